//! What stands in FROM.

use super::Writer;
use crate::ast::{
    Alias, Factor, FactorKind, From, Hint, Ident, JsonColumn, JsonDefault, Period, Sample, Type,
};

impl Writer {
    pub(super) fn from(&mut self, parts: &[From]) {
        for part in parts {
            match part {
                From::Comma => self.push(", "),
                From::Join(join) => {
                    self.word(join);
                    self.push(" ");
                }
                From::Factor(factor) => self.factor(factor),
                From::On(expr) => {
                    self.push(" ON ");
                    self.expr(expr);
                }
                From::Using { columns, alias } => {
                    self.push(" USING ");
                    self.parens(|out| out.commas(columns, Self::ident));
                    if let Some(alias) = alias {
                        self.push(" AS ");
                        self.ident(alias);
                    }
                }
            }
        }
    }

    pub(super) fn factor(&mut self, factor: &Factor) {
        match &factor.kind {
            FactorKind::Table { only, name, partitions, period, hints, sample } => {
                self.push(if *only { "ONLY " } else { "" });
                self.name(name);
                if !partitions.is_empty() {
                    self.push(" PARTITION ");
                    self.parens(|out| out.commas(partitions, Self::ident));
                }
                if let Some(period) = period {
                    self.period(period);
                }
                self.alias(&factor.alias);
                for hint in hints {
                    self.hint(hint);
                }
                if let Some(sample) = sample {
                    self.sample(sample);
                }
                return;
            }
            FactorKind::Derived { lateral, query } => {
                self.push(if *lateral { "LATERAL " } else { "" });
                self.parens(|out| out.query(query));
            }
            FactorKind::Functions { lateral, rows_from, calls, ordinality } => {
                self.push(if *lateral { "LATERAL " } else { "" });
                self.push(if *rows_from { "ROWS FROM (" } else { "" });
                self.commas(calls, |out, (call, columns)| {
                    out.expr(call);
                    if !columns.is_empty() {
                        out.push(" AS ");
                        out.alias_columns(columns);
                    }
                });
                self.push(if *rows_from { ")" } else { "" });
                self.push(if *ordinality { " WITH ORDINALITY" } else { "" });
            }
            FactorKind::Joined(parts) => self.parens(|out| out.from(parts)),
            FactorKind::JsonTable { lateral, input, path, columns } => {
                self.push(if *lateral { "LATERAL " } else { "" });
                self.push("JSON_TABLE(");
                self.expr(input);
                self.push(", ");
                self.literal(path);
                self.json_columns(columns);
                self.push(")");
            }
        }
        self.alias(&factor.alias);
    }

    fn period(&mut self, period: &Period) {
        self.push(" FOR SYSTEM_TIME ");
        self.push(period.word);
        if let Some(from) = &period.from {
            self.push(" ");
            self.expr(from);
        }
        if let Some(to) = &period.to {
            self.push(" TO ");
            self.expr(to);
        }
    }

    pub(super) fn alias(&mut self, alias: &Option<Alias>) {
        let Some(alias) = alias else { return };
        self.push(" AS ");
        if let Some(name) = &alias.name {
            self.ident(name);
        }
        if !alias.columns.is_empty() {
            self.alias_columns(&alias.columns);
        }
    }

    fn alias_columns(&mut self, columns: &[(Ident, Option<Type>)]) {
        self.push("(");
        self.commas(columns, |out, (name, ty)| {
            out.ident(name);
            if let Some(ty) = ty {
                out.push(" ");
                out.data_type(ty);
            }
        });
        self.push(")");
    }

    fn hint(&mut self, hint: &Hint) {
        self.word(&hint.words.join(" "));
        match &hint.indexes {
            Some(indexes) if self.flavour.is_sqlite() => {
                self.push(" ");
                self.commas(indexes, Self::ident);
            }
            Some(indexes) => {
                self.push(" (");
                self.commas(indexes, Self::ident);
                self.push(")");
            }
            None => {}
        }
    }

    fn sample(&mut self, sample: &Sample) {
        self.word("TABLESAMPLE ");
        self.push(sample.method);
        self.push(" (");
        self.expr(&sample.argument);
        self.push(")");
        if let Some(seed) = &sample.repeatable {
            self.push(" REPEATABLE (");
            self.expr(seed);
            self.push(")");
        }
    }

    fn json_columns(&mut self, columns: &[JsonColumn]) {
        self.push(" COLUMNS (");
        self.commas(columns, |out, column| match column {
            JsonColumn::Ordinality(name) => {
                out.ident(name);
                out.push(" FOR ORDINALITY");
            }
            JsonColumn::Nested { path, columns } => {
                out.push("NESTED PATH ");
                out.literal(path);
                out.json_columns(columns);
            }
            JsonColumn::Value { name, ty, exists, path, on_empty, on_error } => {
                out.ident(name);
                out.push(" ");
                out.data_type(ty);
                out.push(if *exists { " EXISTS PATH " } else { " PATH " });
                out.literal(path);
                out.json_default(on_empty, " ON EMPTY");
                out.json_default(on_error, " ON ERROR");
            }
        });
        self.push(")");
    }

    fn json_default(&mut self, default: &Option<JsonDefault>, event: &str) {
        match default {
            None => return,
            Some(JsonDefault::Null) => self.push(" NULL"),
            Some(JsonDefault::Error) => self.push(" ERROR"),
            Some(JsonDefault::Default(value)) => {
                self.push(" DEFAULT ");
                self.literal(value);
            }
        }
        self.push(event);
    }
}
