//! The second opinion: PostgreSQL's own parser must read the same in what came in and in what was
//! rendered from the tree.

use crate::{
    Flavour,
    ast::Statement,
    fault::{Checked, Fault},
    render,
};
use pg_query::{
    DeparseOptions, Error, FingerprintOptions, ParserOptions,
    protobuf::{ScanToken, Token},
};

/// Both texts mean the same to PostgreSQL. Other databases have no such parser here: they accept
/// the statement themselves before it runs.
pub(crate) fn agrees(statement: &Statement, sql: &str, flavour: Flavour) -> Checked<()> {
    if !flavour.is_postgres() {
        return Ok(());
    }
    let rendered = render::statement(statement, flavour);
    if same_tokens(sql, &rendered) {
        return Ok(());
    }
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

/// PostgreSQL's own lexer splits both texts into the same tokens, so there is only one reading.
fn same_tokens(before: &str, after: &str) -> bool {
    let (Ok(first), Ok(second)) = (pg_query::scan_tokens(before), pg_query::scan_tokens(after))
    else {
        return false;
    };
    let (first, second) = (significant(&first, before), significant(&second, after));
    first.len() == second.len()
        && first.iter().zip(&second).all(|((kind, a), (other, b))| {
            let exact = a.contains(['\'', '"', '$']);
            kind == other && if exact { a == b } else { a.eq_ignore_ascii_case(b) }
        })
}

/// Kind and text of every token but comments and the last semicolon.
fn significant<'t>(tokens: &[ScanToken], text: &'t str) -> Vec<(i32, &'t str)> {
    let comments = [Token::SqlComment as i32, Token::CComment as i32];
    let part = |token: &ScanToken| {
        let range = usize::try_from(token.start).ok()?..usize::try_from(token.end).ok()?;
        Some((token.token, text.get(range)?))
    };
    let kept = tokens.iter().filter(|token| !comments.contains(&token.token));
    let mut kept: Vec<_> = kept.map(|token| part(token).unwrap_or_default()).collect();
    while kept.last().is_some_and(|(_, text)| *text == ";") {
        kept.pop();
    }
    kept
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
