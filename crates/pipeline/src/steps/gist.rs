//! What a statement uses, read from its text: to compare two statements, never to decide about one.

use model::{catalog::Catalog, dialect::Dialect};
use std::collections::{BTreeMap, BTreeSet};

/// The parts of a statement that say what it means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gist {
    /// `(schema, table)`, as the guard resolved them.
    pub tables: BTreeSet<(String, String)>,
    /// Columns of these tables that are named, keys left out: joins need them in any reading.
    pub columns: BTreeSet<String>,
    /// Texts and numbers that rows are compared with, lower case; dates, formats and small counts left out.
    pub values: BTreeSet<String>,
    pub shape: BTreeSet<Shape>,
}

/// What is done with the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    Count,
    Sum,
    Average,
    /// The highest or lowest, by `MAX`, `MIN` or `LIMIT 1`.
    Extreme,
    Group,
    /// Some dates only.
    Period,
    Top,
}

impl Shape {
    /// What the statement does, as the rest of a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Count => "counts",
            Self::Sum => "sums",
            Self::Average => "averages",
            Self::Extreme => "takes an extreme",
            Self::Group => "groups",
            Self::Period => "limits the time",
            Self::Top => "takes the first few",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    /// A quoted name: never a keyword.
    Name(String),
    Text(String),
    Number(String),
    Sign(char),
}

impl Gist {
    /// `tables`: what the guard says the statement reads.
    pub fn of(sql: &str, tables: &[(String, String)], catalog: &Catalog) -> Self {
        let tokens = tokens(sql, catalog.dialect);
        let mut gist = Self { tables: tables.iter().cloned().collect(), ..Self::default() };
        let known = columns_of(&gist.tables, catalog);
        for (at, token) in tokens.iter().enumerate() {
            match token {
                Token::Word(word) => gist.word(word, &tokens, at, &known),
                Token::Name(name) => gist.column(name, &tokens, at, &known),
                Token::Text(text) => gist.text(text),
                Token::Number(number) => gist.number(number, &tokens, at),
                Token::Sign(_) => {}
            }
        }
        if gist.shape.contains(&Shape::Extreme) {
            gist.shape.remove(&Shape::Top);
        }
        gist
    }

    fn word(&mut self, word: &str, tokens: &[Token], at: usize, known: &BTreeMap<String, bool>) {
        let called = tokens.get(at + 1) == Some(&Token::Sign('('));
        let shape = match word {
            "count" if called => Shape::Count,
            "sum" if called => Shape::Sum,
            "avg" if called => Shape::Average,
            "max" | "min" if called => Shape::Extreme,
            "group" => Shape::Group,
            "limit" | "fetch" => {
                match tokens[at + 1..].iter().find(|t| matches!(t, Token::Number(_))) {
                    Some(Token::Number(n)) if n == "1" => Shape::Extreme,
                    _ => Shape::Top,
                }
            }
            _ => return self.column(word, tokens, at, known),
        };
        self.shape.insert(shape);
    }

    /// A name counts when a table that is read has it, unless it is being given to a result.
    fn column(&mut self, name: &str, tokens: &[Token], at: usize, known: &BTreeMap<String, bool>) {
        let given = at > 0 && tokens[at - 1] == Token::Word("as".into());
        let name = name.to_lowercase();
        if !given && known.get(&name) == Some(&false) {
            self.columns.insert(name);
        }
    }

    fn text(&mut self, text: &str) {
        let text = text.trim_matches('%').to_lowercase();
        if is_date(&text) {
            self.shape.insert(Shape::Period);
        } else if !text.is_empty() && !is_format(&text) {
            self.values.insert(text);
        }
    }

    fn number(&mut self, number: &str, tokens: &[Token], at: usize) {
        let counts = matches!(&tokens[..at], [.., Token::Word(w)] if w == "limit" || w == "offset" || w == "first");
        if counts || matches!(number, "0" | "1" | "100" | "1.0" | "100.0") {
            return;
        }
        if is_year(number) {
            self.shape.insert(Shape::Period);
        } else {
            self.values.insert(number.to_owned());
        }
    }
}

/// Columns by lower-case name; `true`: a key, here or of another table.
fn columns_of(tables: &BTreeSet<(String, String)>, catalog: &Catalog) -> BTreeMap<String, bool> {
    let mut known = BTreeMap::new();
    for table in tables.iter().filter_map(|(schema, name)| catalog.table(schema, name)) {
        for column in &table.columns {
            let is_key = table.primary_key.contains(&column.name)
                || table.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
            *known.entry(column.name.to_lowercase()).or_insert(false) |= is_key;
        }
    }
    known
}

/// `2025`, `2025-03`, `2025-03-01 00:00:00`, `+3 months`.
fn is_date(text: &str) -> bool {
    let head = text.get(..4).unwrap_or_default();
    let unit = |w: &str| {
        text.ends_with(w) && text.starts_with(|c: char| c.is_ascii_digit() || "+-".contains(c))
    };
    is_year(head) && text[4..].chars().all(|c| c.is_ascii_digit() || "-:/. tzw+".contains(c))
        || ["day", "days", "month", "months", "year", "years", "week", "weeks"]
            .iter()
            .any(|w| unit(w))
        || matches!(text, "now" | "start of month" | "start of year")
}

fn is_year(text: &str) -> bool {
    text.len() == 4
        && (text.starts_with("19") || text.starts_with("20"))
        && text.bytes().all(|b| b.is_ascii_digit())
}

/// What functions on dates are told: `%y-%m`, `yyyy-mm`, `month`.
fn is_format(text: &str) -> bool {
    text.contains("%y")
        || text.contains("%m")
        || text.contains("%d")
        || text.contains("yyy")
        || matches!(
            text,
            "y" | "m"
                | "d"
                | "w"
                | "q"
                | "year"
                | "quarter"
                | "month"
                | "week"
                | "day"
                | "hour"
                | "localtime"
                | "utc"
        )
}

fn tokens(sql: &str, dialect: Dialect) -> Vec<Token> {
    let mut out = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |at| at + 2),
            '\'' | '"' | '`' => {
                let length = quoted(rest, first);
                let inner = rest[1..length].strip_suffix(first).unwrap_or(&rest[1..length]);
                let inner = inner.replace(&format!("{first}{first}"), &first.to_string());
                let is_text = first == '\'' || first == '"' && dialect == Dialect::MySql;
                out.push(if is_text { Token::Text(inner) } else { Token::Name(inner) });
                length
            }
            c if c.is_ascii_digit() => {
                let end = |c: char| !c.is_ascii_alphanumeric() && c != '.';
                let length = rest.find(end).unwrap_or(rest.len());
                out.push(Token::Number(rest[..length].to_owned()));
                length
            }
            c if c.is_alphabetic() || c == '_' => {
                let end = |c: char| !c.is_alphanumeric() && c != '_' && c != '$';
                let length = rest.find(end).unwrap_or(rest.len());
                out.push(Token::Word(rest[..length].to_lowercase()));
                length
            }
            c => {
                if !c.is_whitespace() {
                    out.push(Token::Sign(c));
                }
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    out
}

/// The length in bytes of a quoted text with its quotes; a doubled quote is part of it.
fn quoted(rest: &str, quote: char) -> usize {
    let mut at = 1;
    while let Some(found) = rest[at..].find(quote) {
        at += found + 1;
        if !rest[at..].starts_with(quote) {
            return at;
        }
        at += 1;
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::schema::tests::wide_shop;

    fn gist(sql: &str, tables: &[&str]) -> String {
        let catalog = wide_shop();
        let place = catalog.schemas[0].name.clone();
        let tables: Vec<_> = tables.iter().map(|t| (place.clone(), (*t).to_owned())).collect();
        let Gist { columns, values, shape, .. } = Gist::of(sql, &tables, &catalog);
        let list = |all: BTreeSet<String>| all.into_iter().collect::<Vec<_>>().join(",");
        let shape = shape.iter().map(|s| s.words()).collect::<Vec<_>>().join(",");
        format!("{} | {} | {shape}", list(columns), list(values))
    }

    #[test]
    fn statements_are_told_by_what_they_use() {
        for (sql, expected) in [
            ("SELECT count(*) FROM orders", " |  | counts"),
            ("SELECT COUNT(id) AS status FROM orders", " |  | counts"),
            ("select \"status\" from orders where status = 'It''s' -- 'x'", "status | it's | "),
            ("SELECT max(total) FROM orders", "total |  | takes an extreme"),
            ("SELECT total FROM orders ORDER BY total DESC LIMIT 1", "total |  | takes an extreme"),
            (
                "SELECT id FROM orders WHERE total > 250 LIMIT 10",
                "total | 250 | takes the first few",
            ),
            (
                "SELECT sum(total) FROM orders WHERE placed_at >= '2025-01-01' GROUP BY strftime('%Y-%m', placed_at)",
                "placed_at,total |  | sums,groups,limits the time",
            ),
            ("SELECT 'open", " | open | "),
            ("", " |  | "),
        ] {
            assert_eq!(gist(sql, &["orders"]), expected, "{sql}");
        }
    }

    #[test]
    fn any_text_is_read() {
        for sql in ["é'ü\"", "/*", "--", "`", "1é", "2025-é", "'%'", "LIMIT"] {
            let _ = gist(sql, &["orders"]);
        }
    }
}
