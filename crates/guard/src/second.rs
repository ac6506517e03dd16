//! The second opinion: PostgreSQL's own parser must read the same in what came in and in what was
//! rendered from the tree.

use crate::{
    Flavour,
    ast::Statement,
    fault::{Checked, Fault},
    render,
};
use pg_query::{DeparseOptions, Error, FingerprintOptions, ParserOptions};

/// Both texts mean the same to PostgreSQL. Other databases have no such parser here: they accept
/// the statement themselves before it runs.
pub(crate) fn agrees(statement: &Statement, sql: &str, flavour: Flavour) -> Checked<()> {
    if !flavour.is_postgres() {
        return Ok(());
    }
    let rendered = render::statement(statement, flavour);
    let same = match canonical(sql) {
        Ok(before) => canonical(&rendered).is_ok_and(|after| before == after),
        // Too deep to be carried over from C: compare what PostgreSQL's parser makes of it there.
        Err(Error::Decode(_)) => {
            let before = fingerprint(sql);
            before.is_some() && before == fingerprint(&rendered)
        }
        Err(error) => {
            let reason = format!("PostgreSQL cannot read this: {error}.");
            return Err(Fault::whole("syntax", reason));
        }
    };
    if same {
        return Ok(());
    }
    Err(Fault::whole(
        "ambiguous",
        "PostgreSQL reads this statement differently than the guard does.",
    )
    .hint("Write it more plainly; please report it."))
}

/// PostgreSQL's own spelling of one statement.
fn canonical(sql: &str) -> Result<String, Error> {
    let parsed = pg_query::parse(sql, ParserOptions::DEFAULT)?;
    if parsed.protobuf.stmts.len() != 1 {
        return Err(Error::Parse("it is not one statement".into()));
    }
    parsed.protobuf.deparse(DeparseOptions::default())
}

/// The shape of the parse tree, without its constants.
fn fingerprint(sql: &str) -> Option<String> {
    let print = pg_query::fingerprint(sql, ParserOptions::DEFAULT, FingerprintOptions::default());
    print.ok().map(|print| print.hex)
}
