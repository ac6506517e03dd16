//! The second opinion: PostgreSQL's own parser must read the same in what came in and in what was
//! rendered from the tree.

use crate::{
    Flavour,
    ast::Statement,
    fault::{Checked, Fault},
    render,
};
use pg_query::{DeparseOptions, ParserOptions, protobuf};

/// Both texts mean the same to PostgreSQL. Other databases have no such parser here: they accept
/// the statement themselves before it runs.
pub(crate) fn agrees(statement: &Statement, sql: &str, flavour: Flavour) -> Checked<()> {
    if !flavour.is_postgres() {
        return Ok(());
    }
    let rendered = render::statement(statement, flavour);
    let before = canonical(sql).map_err(|message| {
        Fault::whole("syntax", format!("PostgreSQL cannot read this: {message}"))
    })?;
    let after = canonical(&rendered).map_err(|_| differs())?;
    if before == after { Ok(()) } else { Err(differs()) }
}

fn differs() -> Box<Fault> {
    Fault::whole("ambiguous", "PostgreSQL reads this statement differently than the guard does.")
        .hint("Write it more plainly; please report it.")
}

/// PostgreSQL's own spelling of one statement.
fn canonical(sql: &str) -> Result<String, String> {
    let parsed = pg_query::parse(sql, ParserOptions::DEFAULT).map_err(|error| error.to_string())?;
    if parsed.protobuf.stmts.len() != 1 {
        return Err("it is not one statement".into());
    }
    let one: &protobuf::ParseResult = &parsed.protobuf;
    one.deparse(DeparseOptions::default()).map_err(|error| error.to_string())
}
