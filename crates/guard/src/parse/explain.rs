//! EXPLAIN and DESCRIBE.

use super::Parser;
use crate::{
    Flavour,
    ast::{Explain, Filter, Literal, Show, Statement},
    fault::{Checked, Fault, Span},
    lexer::Tok,
};

/// PostgreSQL's EXPLAIN options that execute nothing.
const EXPLAIN_FLAGS: [&str; 8] =
    ["VERBOSE", "COSTS", "SETTINGS", "BUFFERS", "SUMMARY", "TIMING", "GENERIC_PLAN", "MEMORY"];

impl Parser {
    pub fn explain(&mut self) -> Checked<Statement> {
        let start = self.span();
        match self.flavour {
            Flavour::Postgres => self.explain_postgres(start),
            Flavour::Sqlite => self.explain_sqlite(),
            Flavour::MySql | Flavour::MariaDb => self.explain_mysql(start),
        }
    }

    fn explained(&mut self, options: Explain) -> Checked<Statement> {
        if !self.query_ahead() {
            let reason = "Only queries are explained here.";
            return Err(Fault::new("not_a_read", reason, self.span()));
        }
        Ok(Statement::Explain { options, query: self.query()? })
    }

    fn executes<T>(&self) -> Checked<T> {
        let reason = "EXPLAIN ANALYZE executes the statement; without ANALYZE it is only planned.";
        Err(Fault::new("explain_analyze", reason, self.span()).hint("Leave ANALYZE out."))
    }

    fn explain_postgres(&mut self, start: Span) -> Checked<Statement> {
        if !self.eat("EXPLAIN") {
            return Err(Fault::new("not_a_read", "This is not a statement that reads.", start));
        }
        let mut options = Vec::new();
        if self.is_op("(") && !self.query_ahead() {
            options = self.parens(|p| p.list(Self::explain_option))?;
        } else {
            if self.is("ANALYZE") || self.is("ANALYSE") {
                return self.executes();
            }
            if self.eat("VERBOSE") {
                options.push(("VERBOSE", None));
            }
        }
        self.explained(Explain::Postgres(options))
    }

    fn explain_option(&mut self) -> Checked<(&'static str, Option<&'static str>)> {
        const VALUES: [&str; 10] =
            ["TRUE", "FALSE", "ON", "OFF", "TEXT", "XML", "JSON", "YAML", "NONE", "1"];
        if self.is("WAL") || self.is("SERIALIZE") {
            return self.executes();
        }
        if self.is("ANALYZE") || self.is("ANALYSE") {
            if !["FALSE", "OFF"].iter().any(|word| self.is_at(1, word)) {
                return self.executes();
            }
            self.skip(1);
            return Ok(("ANALYZE", self.eat_one(&["FALSE", "OFF"])));
        }
        let name = if self.eat("FORMAT") {
            "FORMAT"
        } else {
            match self.eat_one(&EXPLAIN_FLAGS) {
                Some(flag) => flag,
                None => return self.unexpected(),
            }
        };
        Ok((name, self.eat_one(&VALUES)))
    }

    fn explain_sqlite(&mut self) -> Checked<Statement> {
        self.expect("EXPLAIN")?;
        let query_plan = self.eat_all(&["QUERY", "PLAN"]);
        self.explained(Explain::Sqlite { query_plan })
    }

    fn explain_mysql(&mut self, start: Span) -> Checked<Statement> {
        self.skip(1);
        if self.is("ANALYZE") {
            return self.executes();
        }
        let extended = self.eat_one(&["EXTENDED", "PARTITIONS"]);
        let format = if self.is("FORMAT") && self.op_at(1, "=") {
            self.skip(2);
            let format = match self.next() {
                Tok::Word(word) | Tok::Str(word) => word.to_ascii_uppercase(),
                _ => return self.unexpected(),
            };
            let known = ["TRADITIONAL", "JSON", "TREE"].into_iter().find(|f| *f == format);
            Some(known.ok_or_else(|| Fault::new("syntax", "This format is not known.", start))?)
        } else {
            None
        };
        if self.query_ahead() {
            return self.explained(Explain::MySql { extended, format });
        }
        if extended.is_some() || format.is_some() || self.is("FOR") {
            return self.explained(Explain::MySql { extended, format });
        }
        if self.words_that_write() {
            let reason = "Only queries are explained here.";
            return Err(Fault::new("not_a_read", reason, self.span()));
        }
        let table = self.name(2)?;
        let column = match self.peek() {
            Tok::Str(_) => Some(Literal::Text(self.string()?)),
            Tok::Word(_) | Tok::Quoted { .. } => {
                let ident = self.ident()?;
                Some(Literal::Text(ident.value))
            }
            _ => None,
        };
        let words = vec!["DESCRIBE"];
        Ok(Statement::Show(Show::Table { words, table, column, filter: Filter::None }))
    }

    fn words_that_write(&self) -> bool {
        ["INSERT", "UPDATE", "DELETE", "REPLACE"].iter().any(|word| self.is(word))
    }
}
