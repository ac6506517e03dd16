//! The checked tree as text, in the named server's own spelling.
//!
//! Every literal and every name is written here and nowhere else: names in quotes unless they are
//! plain and no keyword, text with the escapes of the server under the pinned `sql_mode` and
//! `standard_conforming_strings`.

mod expr;
mod from;
mod meta;
mod query;

use crate::{
    Flavour,
    ast::{Expr, Ident, Literal, Name, Statement},
    words,
};

/// The statement as one line of SQL.
pub(crate) fn statement(statement: &Statement, flavour: Flavour) -> String {
    let mut out = Writer { text: String::with_capacity(256), flavour };
    match statement {
        Statement::Query(query) => out.query(query),
        Statement::Explain { options, query } => {
            out.explain(options);
            out.query(query);
        }
        Statement::Show(show) => out.show(show),
    }
    out.text
}

/// An identifier as this server reads it.
pub(crate) fn ident(name: &str, flavour: Flavour) -> String {
    let mut out = Writer { text: String::new(), flavour };
    out.raw_ident(name);
    out.text
}

/// One expression.
pub(crate) fn expression(expr: &Expr, flavour: Flavour) -> String {
    let mut out = Writer { text: String::new(), flavour };
    out.expr(expr);
    out.text
}

/// A text literal as this server reads it.
pub(crate) fn text(text: &str, flavour: Flavour) -> String {
    let mut out = Writer { text: String::new(), flavour };
    out.text(text);
    out.text
}

struct Writer {
    text: String,
    flavour: Flavour,
}

impl Writer {
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// A word with a blank before it where one is needed.
    pub(super) fn word(&mut self, word: &str) {
        self.gap();
        self.push(word);
    }

    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with([' ', '(', '[']) {
            self.text.push(' ');
        }
    }

    pub(super) fn commas<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        for (n, item) in items.iter().enumerate() {
            if n > 0 {
                self.push(", ");
            }
            write(self, item);
        }
    }

    fn raw_ident(&mut self, name: &str) {
        let postgres = self.flavour.is_postgres();
        let first =
            |c: char| c == '_' || c.is_ascii_lowercase() || (!postgres && c.is_ascii_uppercase());
        let plain = name.starts_with(first)
            && name.chars().all(|c| first(c) || c.is_ascii_digit())
            && !words::needs_quotes(self.flavour, name);
        if plain {
            self.push(name);
        } else {
            let quoted = self.flavour.dialect().quote(name);
            self.push(&quoted);
        }
    }

    pub(super) fn ident(&mut self, ident: &Ident) {
        if ident.quoted && self.flavour.is_sqlite() && ident.double {
            // Kept in double quotes: SQLite may take it for a text.
            self.push(&format!("\"{}\"", ident.value.replace('"', "\"\"")));
        } else {
            self.raw_ident(&ident.value);
        }
    }

    pub(super) fn name(&mut self, name: &Name) {
        for (n, part) in name.iter().enumerate() {
            if n > 0 {
                self.push(".");
            }
            self.ident(part);
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        match self.flavour {
            Flavour::Postgres if text.contains('\\') => {
                let escaped = text.replace('\\', "\\\\").replace('\'', "''");
                self.push(&format!("E'{escaped}'"));
            }
            Flavour::Postgres | Flavour::Sqlite => {
                self.push(&format!("'{}'", text.replace('\'', "''")));
            }
            Flavour::MySql | Flavour::MariaDb => {
                let escaped = text.replace('\\', "\\\\").replace('\'', "''");
                self.push(&format!("'{}'", escaped.replace('\0', "\\0")));
            }
        }
    }

    pub(super) fn literal(&mut self, literal: &Literal) {
        match literal {
            Literal::Null => self.push("NULL"),
            Literal::Bool(true) => self.push("TRUE"),
            Literal::Bool(false) => self.push("FALSE"),
            Literal::Number(digits) => self.push(digits),
            Literal::Text(text) => self.text(text),
            Literal::Charset(set, text) => {
                self.push(set);
                self.push(" ");
                self.literal(text);
            }
            Literal::Bits { prefix: prefix @ ("0x" | "0b"), digits } => {
                self.push(prefix);
                self.push(digits);
            }
            Literal::Bits { prefix, digits } => self.push(&format!("{prefix}'{digits}'")),
        }
    }

    pub(super) fn parens(&mut self, write: impl FnOnce(&mut Self)) {
        self.push("(");
        write(self);
        self.push(")");
    }
}
