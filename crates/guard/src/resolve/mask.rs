//! Masks as expressions over the bare column.

use crate::{
    Flavour,
    ast::Expr,
    facts::ColumnFacts,
    fault::Checked,
    parse,
    policy::{ColumnRule, HashKey},
    render,
};
use model::catalog::ValueKind;

/// What is shown instead of the column.
pub(super) fn expression(
    flavour: Flavour,
    column: &ColumnFacts,
    rule: &ColumnRule,
    key: Option<&HashKey>,
) -> Checked<Expr> {
    let name = render::ident(&column.name, flavour);
    let text = match rule {
        ColumnRule::Custom(text) => text.clone(),
        ColumnRule::Deny | ColumnRule::Null => null(&name),
        ColumnRule::Fixed(value) => fixed(flavour, column, value),
        ColumnRule::Partial { start, end, fill } => partial(flavour, &name, *start, *end, fill),
        ColumnRule::Hash => {
            key.and_then(|key| hash(flavour, &name, key)).unwrap_or_else(|| null(&name))
        }
        ColumnRule::Range { width } => {
            range(flavour, column, &name, *width).unwrap_or_else(|| null(&name))
        }
        ColumnRule::Year => year(flavour, column, &name).unwrap_or_else(|| null(&name)),
    };
    parse::expression(&text, flavour)
}

/// NULL of the column's own type, in every dialect; the column is never read.
fn null(name: &str) -> String {
    format!("CASE WHEN FALSE THEN {name} END")
}

fn quoted(flavour: Flavour, text: &str) -> String {
    render::text(text, flavour)
}

fn fixed(flavour: Flavour, column: &ColumnFacts, value: &str) -> String {
    if column.kind.is_numeric() && is_number(value) {
        return value.to_owned();
    }
    let text = quoted(flavour, value);
    if flavour.is_postgres() { format!("CAST({text} AS text)") } else { text }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.bytes().filter(|b| *b == b'.').count() <= 1
        && digits.bytes().any(|b| b.is_ascii_digit())
}

/// Both ends of the text; short values show nothing, and the length is not told.
fn partial(flavour: Flavour, name: &str, start: u32, end: u32, fill: &str) -> String {
    let (start, end) = (start.min(64), end.min(64));
    let fill = quoted(flavour, fill);
    let (length, head, tail, text) = match flavour {
        Flavour::Postgres => ("length", "left", "right", format!("CAST({name} AS text)")),
        Flavour::Sqlite => ("length", "substr", "substr", format!("CAST({name} AS TEXT)")),
        Flavour::MySql | Flavour::MariaDb => {
            ("CHAR_LENGTH", "LEFT", "RIGHT", format!("CAST({name} AS CHAR)"))
        }
    };
    let mut pieces = Vec::new();
    if start > 0 {
        let from = if flavour.is_sqlite() { "1, " } else { "" };
        pieces.push(format!("{head}({text}, {from}{start})"));
    }
    pieces.push(fill.clone());
    if end > 0 {
        let sign = if flavour.is_sqlite() { "-" } else { "" };
        pieces.push(format!("{tail}({text}, {sign}{end})"));
    }
    let joined = if flavour.is_mysql() {
        format!("CONCAT({})", pieces.join(", "))
    } else {
        pieces.join(" || ")
    };
    let enough = start + end;
    format!("CASE WHEN {length}({text}) > {enough} THEN {joined} ELSE {fill} END")
}

/// The first 64 bits of a SHA-256 over key and value. SQLite has no digest: the connection brings
/// `querent_hash`, which no person may call.
fn hash(flavour: Flavour, name: &str, key: &HashKey) -> Option<String> {
    let key = quoted(flavour, key.expose());
    match flavour {
        Flavour::Postgres => Some(format!(
            "substr(encode(sha256(convert_to({key} || CAST({name} AS text), 'UTF8')), 'hex'), 1, 16)"
        )),
        Flavour::MySql | Flavour::MariaDb => {
            Some(format!("LEFT(SHA2(CONCAT({key}, {name}), 256), 16)"))
        }
        Flavour::Sqlite => Some(format!("querent_hash({key}, CAST({name} AS TEXT))")),
    }
}

fn range(flavour: Flavour, column: &ColumnFacts, name: &str, width: f64) -> Option<String> {
    let usable = column.kind.is_numeric() && width.is_finite() && width > 0.0;
    if !usable {
        return None;
    }
    let width = format!("{width}");
    Some(match flavour {
        Flavour::Postgres => format!("floor(CAST({name} AS numeric) / {width}) * {width}"),
        Flavour::MySql | Flavour::MariaDb => format!("FLOOR({name} / {width}) * {width}"),
        // Rounds towards zero, then down once more for what is negative.
        Flavour::Sqlite => format!(
            "(CAST({name} / ({width} * 1.0) AS INTEGER) - ({name} < CAST({name} / ({width} * 1.0) AS INTEGER) * {width})) * {width}"
        ),
    })
}

fn year(flavour: Flavour, column: &ColumnFacts, name: &str) -> Option<String> {
    match flavour {
        Flavour::Sqlite => Some(format!("strftime('%Y-01-01', {name})")),
        _ if !column.kind.is_temporal() => None,
        Flavour::Postgres if column.kind == ValueKind::Date => {
            Some(format!("CAST(date_trunc('year', {name}) AS date)"))
        }
        Flavour::Postgres => Some(format!("date_trunc('year', {name})")),
        Flavour::MySql | Flavour::MariaDb => Some(format!("MAKEDATE(YEAR({name}), 1)")),
    }
}
