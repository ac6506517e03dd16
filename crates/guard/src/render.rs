//! The checked tree as text, in the named server's own spelling.
//!
//! Every literal and every name is written here and nowhere else: names in quotes unless they are
//! plain and no keyword, text with the escapes of the server under the pinned `sql_mode` and
//! `standard_conforming_strings`.

use crate::{
    Flavour,
    ast::{
        Alias, Arg, Args, Arm, Body, Bound, Call, Count, Cte, Explain, Expr, Factor, FactorKind,
        Filter, Frame, From, Group, GroupBy, Hint, Ident, Item, JsonColumn, JsonDefault, Limit,
        Literal, Name, OrderItem, Over, Part, Piece, PragmaArgument, Quantifier, Query, Sample,
        Select, Show, Statement, Type, TypeName, Window, With,
    },
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
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// A word with a blank before it where one is needed.
    fn word(&mut self, word: &str) {
        self.gap();
        self.push(word);
    }

    fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with([' ', '(', '[']) {
            self.text.push(' ');
        }
    }

    fn commas<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
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

    fn ident(&mut self, ident: &Ident) {
        if ident.quoted && self.flavour.is_sqlite() && ident.double {
            // Kept in double quotes: SQLite may take it for a text.
            self.push(&format!("\"{}\"", ident.value.replace('"', "\"\"")));
        } else {
            self.raw_ident(&ident.value);
        }
    }

    fn name(&mut self, name: &Name) {
        for (n, part) in name.iter().enumerate() {
            if n > 0 {
                self.push(".");
            }
            self.ident(part);
        }
    }

    fn text(&mut self, text: &str) {
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

    fn literal(&mut self, literal: &Literal) {
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

    fn explain(&mut self, options: &Explain) {
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

    fn show(&mut self, show: &Show) {
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

    fn filter(&mut self, filter: &Filter) {
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

    fn query(&mut self, query: &Query) {
        if let Some(with) = &query.with {
            self.with(with);
            self.push(" ");
        }
        for arm in &query.arms {
            self.arm(arm);
        }
        self.order_by(&query.order_by);
        self.limit(&query.limit);
    }

    fn arm(&mut self, arm: &Arm) {
        if let Some(operator) = arm.operator {
            self.word(operator);
            self.push(" ");
        }
        match &arm.body {
            Body::Select(select) => self.select(select),
            Body::Values { rows, rows_named } => {
                self.push("VALUES ");
                self.commas(rows, |out, row| {
                    out.push(if *rows_named { "ROW(" } else { "(" });
                    out.commas(row, Self::expr);
                    out.push(")");
                });
            }
            Body::Table(factor) => {
                self.push("TABLE ");
                self.factor(factor);
            }
            Body::Paren(query) => self.parens(|out| out.query(query)),
        }
    }

    fn parens(&mut self, write: impl FnOnce(&mut Self)) {
        self.push("(");
        write(self);
        self.push(")");
    }

    fn with(&mut self, with: &With) {
        self.push(if with.recursive { "WITH RECURSIVE " } else { "WITH " });
        self.commas(&with.ctes, Self::cte);
    }

    fn cte(&mut self, cte: &Cte) {
        self.ident(&cte.name);
        if !cte.columns.is_empty() {
            self.parens(|out| out.commas(&cte.columns, Self::ident));
        }
        self.push(match cte.materialized {
            None => " AS ",
            Some(true) => " AS MATERIALIZED ",
            Some(false) => " AS NOT MATERIALIZED ",
        });
        self.parens(|out| out.query(&cte.query));
        if let Some(search) = &cte.search {
            self.push(if search.breadth { " SEARCH BREADTH" } else { " SEARCH DEPTH" });
            self.push(" FIRST BY ");
            self.commas(&search.by, Self::ident);
            self.push(" SET ");
            self.ident(&search.set);
        }
        if let Some(cycle) = &cte.cycle {
            self.push(" CYCLE ");
            self.commas(&cycle.columns, Self::ident);
            self.push(" SET ");
            self.ident(&cycle.set);
            if let Some((to, default)) = &cycle.values {
                self.push(" TO ");
                self.literal(to);
                self.push(" DEFAULT ");
                self.literal(default);
            }
            self.push(" USING ");
            self.ident(&cycle.using);
        }
    }

    fn select(&mut self, select: &Select) {
        self.push("SELECT");
        match &select.distinct {
            Quantifier::None => {}
            Quantifier::All => self.push(" ALL"),
            Quantifier::Distinct => self.push(" DISTINCT"),
            Quantifier::On(exprs) => {
                self.push(" DISTINCT ON ");
                self.parens(|out| out.commas(exprs, Self::expr));
            }
        }
        for option in &select.options {
            self.word(option);
        }
        if !select.items.is_empty() {
            self.push(" ");
            self.commas(&select.items, Self::item);
        }
        if !select.from.is_empty() {
            self.push(" FROM ");
            self.from(&select.from);
        } else if self.flavour.is_mysql() && select.filter.is_some() {
            self.push(" FROM DUAL");
        }
        self.clause(" WHERE ", select.filter.as_ref());
        if let Some(group_by) = &select.group_by {
            self.group_by(group_by);
        }
        self.clause(" HAVING ", select.having.as_ref());
        if !select.windows.is_empty() {
            self.push(" WINDOW ");
            self.commas(&select.windows, |out, (name, window)| {
                out.ident(name);
                out.push(" AS ");
                out.window(window);
            });
        }
    }

    fn clause(&mut self, word: &str, expr: Option<&Expr>) {
        if let Some(expr) = expr {
            self.push(word);
            self.expr(expr);
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Star(_) => self.push("*"),
            Item::QualifiedStar(name) => {
                self.name(name);
                self.push(".*");
            }
            Item::Expr { value, alias } => {
                self.expr(value);
                if let Some(alias) = alias {
                    self.push(" AS ");
                    self.ident(alias);
                }
            }
        }
    }

    fn group_by(&mut self, group_by: &GroupBy) {
        self.push(" GROUP BY ");
        if group_by.distinct {
            self.push("DISTINCT ");
        }
        self.commas(&group_by.items, Self::group);
        if group_by.rollup {
            self.push(" WITH ROLLUP");
        }
    }

    fn group(&mut self, group: &Group) {
        match group {
            Group::Expr(expr) => self.expr(expr),
            Group::Ordered(expr, descending) => {
                self.expr(expr);
                self.push(if *descending { " DESC" } else { " ASC" });
            }
            Group::Sets { word, items } => {
                self.push(word);
                self.push(" ");
                self.parens(|out| out.commas(items, Self::group));
            }
        }
    }

    fn from(&mut self, parts: &[From]) {
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

    fn factor(&mut self, factor: &Factor) {
        match &factor.kind {
            FactorKind::Table { only, name, partitions, hints, sample } => {
                self.push(if *only { "ONLY " } else { "" });
                self.name(name);
                if !partitions.is_empty() {
                    self.push(" PARTITION ");
                    self.parens(|out| out.commas(partitions, Self::ident));
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

    fn alias(&mut self, alias: &Option<Alias>) {
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

    fn order_by(&mut self, items: &[OrderItem]) {
        if items.is_empty() {
            return;
        }
        self.word("ORDER BY ");
        self.order_items(items);
    }

    fn order_items(&mut self, items: &[OrderItem]) {
        self.commas(items, |out, item| {
            out.expr(&item.value);
            if let Some(operator) = &item.using {
                out.word("USING ");
                out.push(operator);
            }
            for word in [item.direction, item.nulls].into_iter().flatten() {
                out.word(word);
            }
        });
    }

    fn limit(&mut self, limit: &Limit) {
        let fetch = matches!(limit.count, Some(Count::Fetch { .. }));
        match &limit.count {
            Some(Count::All) => self.push(" LIMIT ALL"),
            Some(Count::Rows(rows)) => {
                self.push(" LIMIT ");
                self.expr(rows);
            }
            Some(Count::Fetch { .. }) | None => {}
        }
        if let Some(offset) = &limit.offset {
            self.push(" OFFSET ");
            self.expr(offset);
            self.push(if fetch { " ROWS" } else { "" });
        }
        if let Some(Count::Fetch { rows, ties }) = &limit.count {
            self.push(" FETCH FIRST");
            if let Some(rows) = rows {
                self.push(" ");
                self.expr(rows);
            }
            self.push(if *ties { " ROWS WITH TIES" } else { " ROWS ONLY" });
        }
    }

    fn window(&mut self, window: &Window) {
        self.push("(");
        if let Some(base) = &window.base {
            self.ident(base);
        }
        if !window.partition_by.is_empty() {
            self.word("PARTITION BY ");
            self.commas(&window.partition_by, Self::expr);
        }
        self.order_by(&window.order_by);
        if let Some(frame) = &window.frame {
            self.frame(frame);
        }
        self.push(")");
    }

    fn frame(&mut self, frame: &Frame) {
        self.word(frame.units);
        match &frame.end {
            Some(end) => {
                self.push(" BETWEEN ");
                self.bound(&frame.start);
                self.push(" AND ");
                self.bound(end);
            }
            None => {
                self.push(" ");
                self.bound(&frame.start);
            }
        }
        if let Some(exclude) = frame.exclude {
            self.push(" EXCLUDE ");
            self.push(exclude);
        }
    }

    fn bound(&mut self, bound: &Bound) {
        match bound {
            Bound::Fixed(words) => self.push(words),
            Bound::Amount(amount, side) => {
                self.expr(amount);
                self.word(side);
            }
        }
    }

    fn expr(&mut self, expr: &Expr) {
        let mut tight = false;
        for (n, part) in expr.parts.iter().enumerate() {
            let joined = matches!(
                part,
                Part::Index { .. } | Part::Field(_) | Part::FieldStar | Part::CastTo(_)
            );
            if n > 0 && !joined && !tight {
                self.gap();
            }
            // A sign stays on its number, so that `-1` reads as before; `- -1` keeps its blank.
            tight = matches!(part, Part::Op(op) if op == "-" || op == "+")
                && (n == 0 || matches!(expr.parts[n - 1], Part::Op(_) | Part::Operator(..)))
                && !matches!(expr.parts.get(n + 1), Some(Part::Op(_) | Part::Operator(..)));
            self.part(part);
        }
    }

    fn part(&mut self, part: &Part) {
        match part {
            Part::Op(op) => self.push(op),
            Part::Operator(schema, op) => {
                self.push("OPERATOR(");
                self.name(schema);
                self.push(if schema.is_empty() { "" } else { "." });
                self.push(op);
                self.push(")");
            }
            Part::Literal(literal) => self.literal(literal),
            Part::Column(name) => self.name(name),
            Part::Row(name) => {
                self.name(name);
                self.push(".*");
            }
            Part::System(name) => {
                self.push("@@");
                self.push(name);
            }
            Part::Keyword(word, precision) => {
                self.push(word);
                if let Some(precision) = precision {
                    self.push(&format!("({precision})"));
                }
            }
            Part::Call(call) => self.call(call),
            Part::Tuple { row, items } => {
                self.push(if *row { "ROW(" } else { "(" });
                self.commas(items, Self::expr);
                self.push(")");
            }
            Part::Query { lead, query } => {
                self.push(lead);
                self.parens(|out| out.query(query));
            }
            Part::Array { lead, items } => {
                self.push(if *lead { "ARRAY[" } else { "[" });
                self.commas(items, Self::expr);
                self.push("]");
            }
            Part::Index { from, to } => self.index(from.as_ref(), to.as_ref()),
            Part::Field(field) => {
                self.push(".");
                self.ident(field);
            }
            Part::FieldStar => self.push(".*"),
            Part::Case { operand, whens, otherwise } => {
                self.case(operand.as_ref(), whens, otherwise.as_ref());
            }
            Part::CastTo(ty) => {
                self.push("::");
                self.data_type(ty);
            }
            Part::Collate(name) => {
                self.push("COLLATE ");
                self.name(name);
            }
            Part::Typed { ty, text, fields } => {
                self.data_type(ty);
                self.push(" ");
                self.literal(text);
                if let Some(fields) = fields {
                    self.push(" ");
                    self.push(fields);
                }
            }
            Part::Interval { value, unit } => {
                self.push("INTERVAL ");
                self.expr(value);
                self.push(" ");
                self.push(unit);
            }
            Part::Special { name, pieces } => {
                self.push(name);
                if *name == "MATCH" {
                    self.push(" ");
                    self.pieces(pieces);
                } else {
                    self.parens(|out| out.pieces(pieces));
                }
            }
        }
    }

    fn index(&mut self, from: Option<&Expr>, to: Option<&Option<Expr>>) {
        self.push("[");
        if let Some(from) = from {
            self.expr(from);
        }
        if let Some(to) = to {
            self.push(":");
            if let Some(to) = to {
                self.expr(to);
            }
        }
        self.push("]");
    }

    fn case(&mut self, operand: Option<&Expr>, whens: &[(Expr, Expr)], otherwise: Option<&Expr>) {
        self.push("CASE");
        self.clause(" ", operand);
        for (when, then) in whens {
            self.push(" WHEN ");
            self.expr(when);
            self.push(" THEN ");
            self.expr(then);
        }
        self.clause(" ELSE ", otherwise);
        self.push(" END");
    }

    fn pieces(&mut self, pieces: &[Piece]) {
        for (n, piece) in pieces.iter().enumerate() {
            let comma = matches!(piece, Piece::Comma);
            let attributes = matches!(piece, Piece::Group(_))
                && matches!(n.checked_sub(1).and_then(|n| pieces.get(n)), Some(Piece::Word(_)));
            if n > 0 && !comma && !attributes {
                self.gap();
            }
            match piece {
                Piece::Word(word) => self.push(word),
                Piece::Comma => self.push(","),
                Piece::Expr(expr) => self.expr(expr),
                Piece::Type(ty) => self.data_type(ty),
                Piece::Charset(name) => self.push(&name.value),
                Piece::Label(name) => self.ident(name),
                Piece::Group(pieces) => self.parens(|out| out.pieces(pieces)),
            }
        }
    }

    fn call(&mut self, call: &Call) {
        // Checked against a list of plain names; quotes would hide built-ins from MySQL.
        for (n, part) in call.name.iter().enumerate() {
            self.push(if n > 0 { "." } else { "" });
            self.push(&part.value);
        }
        self.push("(");
        self.args(&call.args);
        self.push(")");
        if !call.within.is_empty() {
            self.push(" WITHIN GROUP (");
            self.order_by(&call.within);
            self.push(")");
        }
        if let Some(filter) = &call.filter {
            self.push(" FILTER (WHERE ");
            self.expr(filter);
            self.push(")");
        }
        if let Some(nulls) = call.nulls {
            self.word(nulls);
        }
        match &call.over {
            None => {}
            Some(Over::Named(name)) => {
                self.push(" OVER ");
                self.ident(name);
            }
            Some(Over::Window(window)) => {
                self.push(" OVER ");
                self.window(window);
            }
        }
    }

    fn args(&mut self, args: &Args) {
        if args.star {
            self.push("*");
        }
        if let Some(quantifier) = args.quantifier {
            self.push(quantifier);
            self.push(" ");
        }
        self.commas(&args.values, Self::arg);
        self.order_by(&args.order_by);
        if let Some(separator) = &args.separator {
            self.push(" SEPARATOR ");
            self.literal(separator);
        }
        if let Some(limit) = &args.limit {
            self.limit(limit);
        }
    }

    fn arg(&mut self, arg: &Arg) {
        if arg.variadic {
            self.push("VARIADIC ");
        }
        if let Some(name) = &arg.name {
            self.ident(name);
            self.push(" => ");
        }
        if let Some(unit) = arg.unit {
            self.push(unit);
        }
        self.expr(&arg.value);
    }

    fn data_type(&mut self, ty: &Type) {
        match &ty.name {
            TypeName::Built(words) => self.push(words),
            TypeName::User(name) => self.name(name),
        }
        // `interval day to second (3)`: the words come before the number.
        let interval = matches!(&ty.name, TypeName::Built(words) if words == "interval");
        let modifiers = |out: &mut Self| {
            if !ty.modifiers.is_empty() {
                out.push(&format!("({})", ty.modifiers.join(", ")));
            }
        };
        if !interval {
            modifiers(self);
        }
        for word in &ty.tail {
            self.word(word);
        }
        if interval {
            modifiers(self);
        }
        for size in &ty.dimensions {
            self.push(&format!("[{}]", size.as_deref().unwrap_or("")));
        }
    }
}
