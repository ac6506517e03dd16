//! What a database says when a statement over masked or filtered tables fails: its words may quote a
//! value that a mask hides, so values are taken out of them.

use crate::{ConnectError, Reading};
use futures::StreamExt;
use guard::Cleared;
use model::dialect::Dialect;

/// MySQL's errors about names and text of the statement: what they quote, the person wrote.
const MYSQL_OF_THE_TEXT: [&str; 16] = [
    "1052", "1054", "1055", "1056", "1060", "1064", "1066", "1109", "1111", "1140", "1146", "1222",
    "1241", "1247", "1248", "1305",
];

/// The reading with veiled errors, where the guard has put masks or filters into the statement.
pub(crate) fn reading(
    cleared: &Cleared,
    result: Result<Reading, ConnectError>,
) -> Result<Reading, ConnectError> {
    if !cleared.is_governed() {
        return result;
    }
    let dialect = cleared.dialect();
    let Reading { columns, rows } = result.map_err(|error| veil(error, dialect))?;
    let rows = rows.map(move |event| event.map_err(|error| veil(error, dialect))).boxed();
    Ok(Reading { columns, rows })
}

/// The same error without values.
pub(crate) fn veil(error: ConnectError, dialect: Dialect) -> ConnectError {
    match error {
        ConnectError::Statement { message, code, hint, position }
            if !of_the_text(code.as_deref().unwrap_or_default(), dialect) =>
        {
            let hint = hint.map(|hint| blotted(&hint));
            ConnectError::Statement { message: blotted(&message), code, hint, position }
        }
        other => other,
    }
}

/// The error is about how the statement is written, found before any row was read.
fn of_the_text(code: &str, dialect: Dialect) -> bool {
    match dialect {
        Dialect::Postgres => code.starts_with("42"),
        Dialect::MySql => MYSQL_OF_THE_TEXT.contains(&code),
        // SQLite's messages quote names only.
        Dialect::Sqlite => code == "1",
    }
}

/// Everything between quotes as `…`; an open quote blots out the rest.
fn blotted(message: &str) -> String {
    let mut out = String::new();
    let mut rest = message;
    while let Some(at) = rest.find(['"', '\'', '`']) {
        let quote = &rest[at..=at];
        let last = rest.rfind(quote).filter(|last| *last > at);
        out.push_str(&rest[..at]);
        out.push('…');
        // Up to the last such quote: a value may hold quotes itself.
        let Some(last) = last else { return out };
        rest = &rest[last + 1..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(dialect: Dialect, code: &str, message: &str, expected: &str) {
        let error = ConnectError::Statement {
            message: message.to_owned(),
            code: Some(code.to_owned()),
            hint: None,
            position: None,
        };
        assert_eq!(veil(error, dialect).to_string(), expected);
    }

    #[test]
    fn values_are_taken_out_and_names_stay() {
        check(
            Dialect::Postgres,
            "22P02",
            "invalid input syntax for type integer: \"ada@x.y\"",
            "invalid input syntax for type integer: …",
        );
        check(
            Dialect::Postgres,
            "22P02",
            "invalid input syntax for type integer: \"say \"hi\" there\"",
            "invalid input syntax for type integer: …",
        );
        check(
            Dialect::Postgres,
            "42703",
            "column \"x\" does not exist",
            "column \"x\" does not exist",
        );
        check(
            Dialect::MySql,
            "1292",
            "Truncated incorrect INTEGER value: 'it's'",
            "Truncated incorrect INTEGER value: …",
        );
        check(Dialect::MySql, "1105", "XPATH syntax error: '~900-11", "XPATH syntax error: …");
        check(
            Dialect::MySql,
            "1054",
            "Unknown column 'x' in 'field list'",
            "Unknown column 'x' in 'field list'",
        );
        check(Dialect::Sqlite, "1", "no such column: \"x\"", "no such column: \"x\"");
    }
}
