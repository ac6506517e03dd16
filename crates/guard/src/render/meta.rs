//! EXPLAIN, SHOW, PRAGMA.

use super::Writer;
use crate::{
    Flavour,
    ast::{Explain, Filter, Ident, PragmaArgument, Show},
};

impl Writer {
    pub(super) fn explain(&mut self, options: &Explain) {
        self.push("EXPLAIN ");
        match options {
            Explain::Postgres(options) if options.is_empty() => {}
            Explain::Postgres(options) => {
                self.push("(");
                self.commas(options, |out, (name, value)| {
                    out.push(name);
                    if let Some(value) = value {
                        out.push(" ");
                        out.push(value);
                    }
                });
                self.push(") ");
            }
            Explain::MySql { extended, format } => {
                // PARTITIONS and EXTENDED are what MySQL shows anyway; MariaDB still has the words.
                if let Some(extended) = extended
                    && self.flavour == Flavour::MariaDb
                {
                    self.push(&format!("{extended} "));
                }
                if let Some(format) = format {
                    self.push(&format!("FORMAT={format} "));
                }
            }
            Explain::Sqlite { query_plan } => {
                self.push(if *query_plan { "QUERY PLAN " } else { "" })
            }
        }
    }

    pub(super) fn show(&mut self, show: &Show) {
        match show {
            Show::Setting(name) => self.push(&format!("SHOW {name}")),
            Show::Words { words, from, filter } => {
                self.push(&format!("SHOW {}", words.join(" ")));
                if let Some(from) = from {
                    // `SHOW CREATE DATABASE d`: the name is what is shown.
                    self.word(if words.first() == Some(&"CREATE") { " " } else { "FROM " });
                    self.ident(from);
                }
                self.filter(filter);
            }
            Show::Table { words, table, column, filter } => {
                let describe = words.first() == Some(&"DESCRIBE");
                let create = words.first() == Some(&"CREATE");
                self.push(if describe { "" } else { "SHOW " });
                self.push(&words.join(" "));
                self.push(if describe || create { " " } else { " FROM " });
                self.name(table);
                if let Some(column) = column {
                    self.push(" ");
                    self.literal(column);
                }
                self.filter(filter);
            }
            Show::Pragma { schema, name, argument } => self.pragma(schema, name, argument),
        }
    }

    fn pragma(&mut self, schema: &Option<Ident>, name: &str, argument: &Option<PragmaArgument>) {
        self.push("PRAGMA ");
        if let Some(schema) = schema {
            self.ident(schema);
            self.push(".");
        }
        self.push(name);
        match argument {
            Some(PragmaArgument::Name(name)) => {
                self.push("(");
                self.text(&name.value);
                self.push(")");
            }
            Some(PragmaArgument::Number(digits)) => self.push(&format!("({digits})")),
            None => {}
        }
    }

    pub(super) fn filter(&mut self, filter: &Filter) {
        match filter {
            Filter::None => {}
            Filter::Like(pattern) => {
                self.word("LIKE ");
                self.text(pattern);
            }
            Filter::Where(expr) => {
                self.word("WHERE ");
                self.expr(expr);
            }
        }
    }
}
