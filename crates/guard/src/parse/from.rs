//! FROM lists: tables, derived tables, functions, joins.

use super::Parser;
use crate::{
    Flavour,
    ast::{
        Alias, Body, Expr, Factor, FactorKind, From, Hint, Ident, JsonColumn, JsonDefault, Part,
        Period, Query, Sample, TableCall, Type,
    },
    fault::{Checked, Fault, Span},
    lexer::Tok,
};

/// What stands in parentheses in FROM.
enum Paren {
    Query(Query),
    Joined(Vec<From>),
}

/// Ways to join, the longest first; each with the word that the servers share.
const JOINS: [(&str, &str); 10] = [
    ("LEFT OUTER JOIN", "LEFT JOIN"),
    ("LEFT JOIN", "LEFT JOIN"),
    ("RIGHT OUTER JOIN", "RIGHT JOIN"),
    ("RIGHT JOIN", "RIGHT JOIN"),
    ("FULL OUTER JOIN", "FULL JOIN"),
    ("FULL JOIN", "FULL JOIN"),
    ("INNER JOIN", "JOIN"),
    ("CROSS JOIN", "CROSS JOIN"),
    ("JOIN", "JOIN"),
    ("STRAIGHT_JOIN", "STRAIGHT_JOIN"),
];

const NATURAL: [(&str, &str); 8] = [
    ("NATURAL LEFT OUTER JOIN", "NATURAL LEFT JOIN"),
    ("NATURAL LEFT JOIN", "NATURAL LEFT JOIN"),
    ("NATURAL RIGHT OUTER JOIN", "NATURAL RIGHT JOIN"),
    ("NATURAL RIGHT JOIN", "NATURAL RIGHT JOIN"),
    ("NATURAL FULL OUTER JOIN", "NATURAL FULL JOIN"),
    ("NATURAL FULL JOIN", "NATURAL FULL JOIN"),
    ("NATURAL INNER JOIN", "NATURAL JOIN"),
    ("NATURAL JOIN", "NATURAL JOIN"),
];

/// What PostgreSQL's grammar takes for expressions of their own, in FROM too; the second opinion's
/// printer knows them in other places only.
const NO_TABLES: [&str; 9] = [
    "NULLIF",
    "JSON",
    "JSON_ARRAY",
    "JSON_EXISTS",
    "JSON_QUERY",
    "JSON_SCALAR",
    "JSON_SERIALIZE",
    "JSON_VALUE",
    "MERGE_ACTION",
];

impl Parser {
    pub fn table_list(&mut self) -> Checked<Vec<From>> {
        let first = self.factor()?;
        self.table_rest(vec![From::Factor(Box::new(first))])
    }

    fn table_rest(&mut self, mut parts: Vec<From>) -> Checked<Vec<From>> {
        loop {
            if self.eat_op(",") {
                parts.push(From::Comma);
            } else if let Some(join) = self.join() {
                parts.push(From::Join(join));
            } else if self.eat("ON") {
                parts.push(From::On(self.expr()?));
                continue;
            } else if self.is("USING") {
                self.skip(1);
                let columns = self.ident_list()?;
                let alias = self.flavour.is_postgres() && self.eat("AS");
                let alias = if alias { Some(self.ident()?) } else { None };
                parts.push(From::Using { columns, alias });
                continue;
            } else {
                return Ok(parts);
            }
            parts.push(From::Factor(Box::new(self.factor()?)));
        }
    }

    fn join(&mut self) -> Option<&'static str> {
        let (phrase, join) = JOINS.iter().chain(&NATURAL).find(|(phrase, _)| {
            phrase.split(' ').enumerate().all(|(n, word)| self.is_at(n, word))
        })?;
        self.skip(phrase.split(' ').count());
        Some(join)
    }

    fn factor(&mut self) -> Checked<Factor> {
        self.nested(|p| {
            let start = p.span();
            let lateral = !p.flavour.is_sqlite() && p.eat("LATERAL");
            let kind = p.factor_kind(lateral)?;
            let definitions = matches!(kind, FactorKind::Functions { .. });
            let alias = p.table_alias(definitions)?;
            let mut factor = Factor { kind, alias, span: p.since(start) };
            if let FactorKind::Table { hints, sample, .. } = &mut factor.kind {
                *hints = p.hints()?;
                *sample = p.sample()?;
            }
            Ok(factor)
        })
    }

    fn factor_kind(&mut self, lateral: bool) -> Checked<FactorKind> {
        // ODBC's `{OJ a LEFT JOIN b ON …}`.
        if self.flavour.is_mysql() && self.is_op("{") && self.is_at(1, "OJ") {
            self.skip(2);
            let parts = self.table_list()?;
            self.expect_op("}")?;
            return Ok(FactorKind::Joined(parts));
        }
        if self.is_op("(") {
            return match self.table_paren()? {
                Paren::Query(query) => Ok(FactorKind::Derived { lateral, query: Box::new(query) }),
                Paren::Joined(parts) if !lateral => Ok(FactorKind::Joined(parts)),
                Paren::Joined(_) => self.unexpected(),
            };
        }
        if self.flavour.is_postgres() && self.are(&["ROWS", "FROM"]) && self.op_at(2, "(") {
            self.skip(2);
            let calls = self.parens(|p| p.list(Self::table_function))?;
            let ordinality = self.eat_all(&["WITH", "ORDINALITY"]);
            return Ok(FactorKind::Functions { lateral, rows_from: true, calls, ordinality });
        }
        if self.flavour.is_mysql() && self.is("JSON_TABLE") && self.op_at(1, "(") {
            self.skip(1);
            return self.parens(|p| p.json_table(lateral));
        }
        if self.function_ahead() {
            let call = self.table_function()?;
            let ordinality = self.flavour.is_postgres() && self.eat_all(&["WITH", "ORDINALITY"]);
            let calls = vec![call];
            return Ok(FactorKind::Functions { lateral, rows_from: false, calls, ordinality });
        }
        if lateral {
            return self.unexpected();
        }
        self.table()
    }

    /// `name(` or a function without parentheses stands here.
    fn function_ahead(&self) -> bool {
        let mut n = 0;
        while self.op_at(n + 1, ".") {
            n += 2;
        }
        let name = matches!(self.ahead(n), Tok::Word(_) | Tok::Quoted { .. });
        name && self.op_at(n + 1, "(") && !self.is("ONLY")
    }

    fn table_function(&mut self) -> Checked<TableCall> {
        let start = self.span();
        if self.flavour.is_postgres()
            && let Some(name) = NO_TABLES.iter().find(|name| self.is(name) && self.op_at(1, "("))
        {
            let reason = format!("{name} gives a value, no rows: it stands in SELECT.");
            return Err(Fault::new("syntax", reason, start));
        }
        let mut parts = Vec::new();
        self.operand(&mut parts)?;
        let call = matches!(parts.as_slice(), [Part::Call(_) | Part::Special { .. }]);
        if !call {
            return Err(Fault::new("syntax", "A function was expected here.", start));
        }
        let definitions = if self.is("AS") && self.op_at(1, "(") {
            self.skip(1);
            self.parens(|p| p.list(Self::column_definition))?
        } else {
            Vec::new()
        };
        Ok((Expr { parts, span: self.since(start) }, definitions))
    }

    fn column_definition(&mut self) -> Checked<(Ident, Option<Type>)> {
        let name = self.ident()?;
        Ok((name, Some(self.data_type()?)))
    }

    fn table(&mut self) -> Checked<FactorKind> {
        let only = self.flavour.is_postgres() && self.eat("ONLY");
        let parens = only && self.eat_op("(");
        let name = self.name(3)?;
        if parens {
            self.expect_op(")")?;
        }
        if self.flavour.is_postgres() {
            self.eat_op("*");
        }
        let partitions = if self.flavour.is_mysql() && self.is("PARTITION") {
            self.skip(1);
            self.ident_list()?
        } else {
            Vec::new()
        };
        let period = self.period()?;
        Ok(FactorKind::Table { only, name, partitions, period, hints: vec![], sample: None })
    }

    /// MariaDB's `FOR SYSTEM_TIME AS OF …`.
    fn period(&mut self) -> Checked<Option<Period>> {
        if self.flavour != Flavour::MariaDb || !self.eat_all(&["FOR", "SYSTEM_TIME"]) {
            return Ok(None);
        }
        let (mut from, mut to) = (None, None);
        let word = if self.eat("ALL") {
            "ALL"
        } else if self.eat("BETWEEN") {
            from = Some(self.expr()?);
            "BETWEEN"
        } else if self.eat("FROM") {
            from = Some(self.expr()?);
            self.expect("TO")?;
            to = Some(self.expr()?);
            "FROM"
        } else {
            self.expect("AS")?;
            self.expect("OF")?;
            let word = if self.eat("TRANSACTION") { "AS OF TRANSACTION" } else { "AS OF" };
            from = Some(self.expr()?);
            word
        };
        Ok(Some(Period { word, from, to }))
    }

    fn table_paren(&mut self) -> Checked<Paren> {
        self.nested(|p| {
            let start = p.span();
            p.expect_op("(")?;
            let inner = p.table_paren_inside(start)?;
            p.expect_op(")")?;
            Ok(inner)
        })
    }

    fn table_paren_inside(&mut self, start: Span) -> Checked<Paren> {
        if !self.is_op("(") {
            return if self.query_ahead() {
                self.query().map(Paren::Query)
            } else {
                self.table_list().map(Paren::Joined)
            };
        }
        if !self.query_ahead() {
            return self.table_list().map(Paren::Joined);
        }
        match self.table_paren()? {
            Paren::Joined(parts) => {
                let kind = FactorKind::Joined(parts);
                self.table_after(start, kind).map(Paren::Joined)
            }
            Paren::Query(query) if self.query_goes_on() && !self.flavour.is_sqlite() => {
                let first = Body::Paren(Box::new(query));
                self.query_rest(start, None, first).map(Paren::Query)
            }
            Paren::Query(query) if self.is_op(")") => Ok(Paren::Query(query)),
            Paren::Query(query) => {
                let kind = FactorKind::Derived { lateral: false, query: Box::new(query) };
                self.table_after(start, kind).map(Paren::Joined)
            }
        }
    }

    /// The rest of a FROM list whose first factor is read but for its alias.
    fn table_after(&mut self, start: Span, kind: FactorKind) -> Checked<Vec<From>> {
        let alias = self.table_alias(false)?;
        let factor = Factor { kind, alias, span: self.since(start) };
        self.table_rest(vec![From::Factor(Box::new(factor))])
    }

    fn table_alias(&mut self, definitions: bool) -> Checked<Option<Alias>> {
        let bare = definitions && self.is("AS") && self.op_at(1, "(");
        let name = if bare {
            self.skip(1);
            None
        } else {
            match self.alias(false)? {
                Some(name) => Some(name),
                None => return Ok(None),
            }
        };
        let columns = if !self.is_op("(") || self.flavour.is_sqlite() {
            Vec::new()
        } else {
            self.parens(|p| {
                p.list(|p| {
                    let name = p.ident()?;
                    let typed = definitions && !p.is_op(",") && !p.is_op(")");
                    let ty = if typed { Some(p.data_type()?) } else { None };
                    Ok((name, ty))
                })
            })?
        };
        Ok(Some(Alias { name, columns }))
    }

    fn hints(&mut self) -> Checked<Vec<Hint>> {
        let mut hints = Vec::new();
        if self.flavour.is_sqlite() {
            if self.eat_all(&["INDEXED", "BY"]) {
                let index = self.ident()?;
                hints.push(Hint { words: vec!["INDEXED", "BY"], indexes: Some(vec![index]) });
            } else if self.eat_all(&["NOT", "INDEXED"]) {
                hints.push(Hint { words: vec!["NOT", "INDEXED"], indexes: None });
            }
        }
        while self.flavour.is_mysql()
            && let Some(verb) = self.eat_one(&["USE", "FORCE", "IGNORE"])
        {
            let Some(noun) = self.eat_one(&["INDEX", "KEY"]) else { return self.unexpected() };
            let mut words = vec![verb, noun];
            if self.eat("FOR") {
                let what = self.eat_phrase(&["JOIN", "ORDER BY", "GROUP BY"]);
                let Some(what) = what else { return self.unexpected() };
                words.extend(["FOR", what]);
            }
            let index = |p: &mut Self| {
                // PRIMARY is reserved, but the name of an index here.
                p.any_ident()
            };
            let indexes = self.parens(|p| if p.is_op(")") { Ok(vec![]) } else { p.list(index) })?;
            hints.push(Hint { words, indexes: Some(indexes) });
        }
        Ok(hints)
    }

    fn sample(&mut self) -> Checked<Option<Sample>> {
        if self.flavour != Flavour::Postgres || !self.eat("TABLESAMPLE") {
            return Ok(None);
        }
        let Some(method) = self.eat_one(&["BERNOULLI", "SYSTEM"]) else {
            return self.unexpected();
        };
        let argument = self.parens(Self::expr)?;
        let repeatable = if self.eat("REPEATABLE") { Some(self.parens(Self::expr)?) } else { None };
        Ok(Some(Sample { method, argument, repeatable }))
    }

    fn json_table(&mut self, lateral: bool) -> Checked<FactorKind> {
        let input = self.expr()?;
        self.expect_op(",")?;
        let path = self.literal()?;
        self.expect("COLUMNS")?;
        let columns = self.parens(|p| p.list(Self::json_column))?;
        Ok(FactorKind::JsonTable { lateral, input, path, columns })
    }

    fn json_column(&mut self) -> Checked<JsonColumn> {
        self.nested(|p| {
            if p.eat("NESTED") {
                p.eat("PATH");
                let path = p.literal()?;
                p.expect("COLUMNS")?;
                let columns = p.parens(|p| p.list(Self::json_column))?;
                return Ok(JsonColumn::Nested { path, columns });
            }
            let name = p.ident()?;
            if p.eat_all(&["FOR", "ORDINALITY"]) {
                return Ok(JsonColumn::Ordinality(name));
            }
            let ty = Box::new(p.data_type()?);
            let exists = p.eat("EXISTS");
            p.expect("PATH")?;
            let path = p.literal()?;
            let on_empty = p.json_default("EMPTY")?;
            let on_error = p.json_default("ERROR")?;
            Ok(JsonColumn::Value { name, ty, exists, path, on_empty, on_error })
        })
    }

    /// `NULL ON EMPTY`, `ERROR ON ERROR`, `DEFAULT '0' ON EMPTY`.
    pub fn json_default(&mut self, event: &str) -> Checked<Option<JsonDefault>> {
        let ends = |n: usize| self.is_at(n, "ON") && self.is_at(n + 1, event);
        let default = if self.is("NULL") && ends(1) {
            self.skip(1);
            JsonDefault::Null
        } else if self.is("ERROR") && ends(1) {
            self.skip(1);
            JsonDefault::Error
        } else if self.is("DEFAULT") && ends(2) {
            self.skip(1);
            JsonDefault::Default(self.literal()?)
        } else {
            return Ok(None);
        };
        self.skip(2);
        Ok(Some(default))
    }
}
