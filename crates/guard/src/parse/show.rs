//! Statements that list metadata or plans: EXPLAIN, SHOW, DESCRIBE, PRAGMA.

use super::Parser;
use crate::{
    ast::{Filter, Show},
    fault::{Checked, Fault},
    lexer::Tok,
};

/// MySQL's SHOW statements about no table.
const SHOW_WORDS: [&[&str]; 18] = [
    &["PLUGINS"],
    &["EVENTS"],
    &["FUNCTION", "STATUS"],
    &["PROCEDURE", "STATUS"],
    &["PRIVILEGES"],
    &["FULL", "TABLES"],
    &["EXTENDED", "TABLES"],
    &["TABLES"],
    &["TABLE", "STATUS"],
    &["DATABASES"],
    &["SCHEMAS"],
    &["CHARACTER", "SET"],
    &["CHARSET"],
    &["COLLATION"],
    &["ENGINES"],
    &["STORAGE", "ENGINES"],
    &["WARNINGS"],
    &["ERRORS"],
];

const SHOW_TABLE: [&[&str]; 11] = [
    &["FULL", "COLUMNS"],
    &["FULL", "FIELDS"],
    &["EXTENDED", "COLUMNS"],
    &["EXTENDED", "FIELDS"],
    &["COLUMNS"],
    &["FIELDS"],
    &["INDEX"],
    &["INDEXES"],
    &["KEYS"],
    &["CREATE", "TABLE"],
    &["CREATE", "VIEW"],
];

impl Parser {
    pub fn show(&mut self) -> Checked<Show> {
        let start = self.span();
        self.skip(1);
        if self.flavour.is_postgres() {
            return self.show_setting(start);
        }
        if let Some(words) = self.eat_words(&SHOW_TABLE) {
            return self.show_table(words);
        }
        if self.is("COUNT") && self.op_at(1, "(") && self.op_at(2, "*") && self.op_at(3, ")") {
            self.skip(4);
            let words = match self.eat_one(&["WARNINGS", "ERRORS"]) {
                Some("WARNINGS") => vec!["COUNT(*) WARNINGS"],
                Some(_) => vec!["COUNT(*) ERRORS"],
                None => return self.unexpected(),
            };
            return Ok(Show::Words { words, from: None, filter: Filter::None });
        }
        if self.eat_all(&["CREATE", "DATABASE"]) || self.eat_all(&["CREATE", "SCHEMA"]) {
            let from = Some(self.ident()?);
            return Ok(Show::Words {
                words: vec!["CREATE", "DATABASE"],
                from,
                filter: Filter::None,
            });
        }
        if let Some(words) = self.eat_words(&SHOW_WORDS) {
            return self.show_words(words);
        }
        let global = self.eat("GLOBAL") || self.eat("SESSION") || self.eat("LOCAL");
        if self.eat("VARIABLES") {
            return self.show_variables();
        }
        if self.eat("STATUS") {
            return self.show_status(start);
        }
        let _ = global;
        Err(Fault::new("show", "This SHOW statement is not on the list of harmless ones.", start))
    }

    fn eat_words(&mut self, known: &[&'static [&'static str]]) -> Option<Vec<&'static str>> {
        let words = known.iter().find(|words| self.are(words))?;
        self.skip(words.len());
        Some(words.to_vec())
    }

    fn show_table(&mut self, words: Vec<&'static str>) -> Checked<Show> {
        let create = words[0] == "CREATE";
        if !create && !self.eat("FROM") {
            self.expect("IN")?;
        }
        let mut table = self.name(2)?;
        if !create && (self.eat("FROM") || self.eat("IN")) {
            table = vec![self.ident()?, table.pop().ok_or_else(|| self.missing())?];
        }
        let filter = if create { Filter::None } else { self.show_filter()? };
        Ok(Show::Table { words, table, column: None, filter })
    }

    fn missing(&self) -> Box<Fault> {
        Fault::new("syntax", "A name is missing here.", self.span())
    }

    fn show_words(&mut self, mut words: Vec<&'static str>) -> Checked<Show> {
        let notes = words.last().is_some_and(|word| matches!(*word, "WARNINGS" | "ERRORS"));
        if notes && self.eat("LIMIT") {
            // At most as many as the server keeps; which of them is of no matter.
            let Tok::Number(_) = self.next() else { return self.unexpected() };
            if self.eat_op(",") {
                let Tok::Number(_) = self.next() else { return self.unexpected() };
            }
            return Ok(Show::Words {
                words: std::mem::take(&mut words),
                from: None,
                filter: Filter::None,
            });
        }
        let listed = words.last().is_some_and(|word| matches!(*word, "TABLES" | "STATUS"));
        let from =
            if listed && (self.eat("FROM") || self.eat("IN")) { Some(self.ident()?) } else { None };
        Ok(Show::Words { words, from, filter: self.show_filter()? })
    }

    fn show_filter(&mut self) -> Checked<Filter> {
        if self.eat("LIKE") {
            return self.string().map(Filter::Like);
        }
        if self.eat("WHERE") {
            return self.expr().map(Filter::Where);
        }
        Ok(Filter::None)
    }
}
