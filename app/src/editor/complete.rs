//! What could be typed next: tables after FROM, columns of the statement's tables elsewhere.

use super::statement::{Kind, Token, tokens};
use model::dialect::Dialect;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The names of a database, for completion.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    pub dialect: Option<Dialect>,
    /// Schemas that need not be written.
    pub search_path: Vec<String>,
    /// `schema.table` → columns, as the server function gives it.
    pub columns: BTreeMap<String, Vec<String>>,
    /// Schema and table, in the catalogue's order.
    pub tables: Vec<(String, String)>,
}

/// One suggestion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    pub label: String,
    /// What is written: the label, quoted if need be.
    pub insert: String,
    pub detail: String,
    pub kind: SuggestionKind,
    /// Smaller comes first.
    pub rank: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuggestionKind {
    Column,
    Table,
    Schema,
    Keyword,
    Function,
}

const KEYWORDS: &[&str] = &[
    "ALL",
    "AND",
    "AS",
    "ASC",
    "BETWEEN",
    "BY",
    "CASE",
    "CAST",
    "CROSS JOIN",
    "DESC",
    "DISTINCT",
    "ELSE",
    "END",
    "EXCEPT",
    "EXISTS",
    "EXPLAIN",
    "FALSE",
    "FROM",
    "FULL JOIN",
    "GROUP BY",
    "HAVING",
    "IN",
    "INNER JOIN",
    "INTERSECT",
    "IS NOT NULL",
    "IS NULL",
    "JOIN",
    "LEFT JOIN",
    "LIKE",
    "LIMIT",
    "NOT",
    "NULL",
    "OFFSET",
    "ON",
    "OR",
    "ORDER BY",
    "OVER",
    "PARTITION BY",
    "RIGHT JOIN",
    "SELECT",
    "THEN",
    "TRUE",
    "UNION",
    "UNION ALL",
    "USING",
    "VALUES",
    "WHEN",
    "WHERE",
    "WITH",
];

const FUNCTIONS: &[&str] = &[
    "abs",
    "avg",
    "ceil",
    "coalesce",
    "count",
    "dense_rank",
    "floor",
    "lag",
    "lead",
    "length",
    "lower",
    "max",
    "min",
    "nullif",
    "rank",
    "replace",
    "round",
    "row_number",
    "substr",
    "sum",
    "trim",
    "upper",
];

/// Words that cannot stand unquoted as a name: the most likely ones.
const RESERVED: &[&str] = &[
    "all",
    "and",
    "as",
    "asc",
    "by",
    "case",
    "check",
    "column",
    "constraint",
    "create",
    "cross",
    "default",
    "desc",
    "distinct",
    "else",
    "end",
    "except",
    "false",
    "for",
    "foreign",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "in",
    "index",
    "inner",
    "intersect",
    "into",
    "is",
    "join",
    "key",
    "left",
    "like",
    "limit",
    "not",
    "null",
    "offset",
    "on",
    "or",
    "order",
    "primary",
    "references",
    "right",
    "select",
    "table",
    "then",
    "to",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "values",
    "when",
    "where",
    "with",
];

impl Names {
    /// From the server's `{"schema.table": ["column", …]}`.
    #[must_use]
    pub fn new(
        dialect: Dialect,
        search_path: Vec<String>,
        tables: Vec<(String, String)>,
        columns: serde_json::Value,
    ) -> Self {
        let columns = serde_json::from_value(columns).unwrap_or_default();
        Self { dialect: Some(dialect), search_path, columns, tables }
    }

    /// Suggestions at a byte offset of the text.
    #[must_use]
    pub fn complete(&self, sql: &str, offset: usize) -> Vec<Suggestion> {
        let dialect = self.dialect.unwrap_or(Dialect::Postgres);
        let all = tokens(sql, dialect);
        let start = all.iter().rev().find(|t| t.kind == Kind::Semicolon && t.at.end <= offset);
        let start = start.map_or(0, |t| t.at.end);
        let end = all.iter().find(|t| t.kind == Kind::Semicolon && t.at.start >= offset);
        let end = end.map_or(sql.len(), |t| t.at.start);
        let here: Vec<Token> =
            all.into_iter().filter(|t| t.at.start >= start && t.at.end <= end).collect();
        if here.iter().any(|t| in_text(t, offset)) {
            return Vec::new();
        }
        let before: Vec<&Token> = here.iter().filter(|t| t.at.start < offset).collect();
        let scope = self.scope(sql, &here, dialect);
        match position(sql, &before, offset, dialect) {
            Place::Behind(qualifier) => self.members(&qualifier, &scope),
            Place::Tables => self.tables(true),
            Place::Expression => {
                let mut found = self.columns_of(&scope);
                found.extend(words(FUNCTIONS, SuggestionKind::Function, 3));
                found.extend(words(KEYWORDS, SuggestionKind::Keyword, 4));
                found.extend(self.tables(false));
                found
            }
        }
    }

    /// The tables of a statement: alias or name → key in `columns`.
    fn scope(&self, sql: &str, here: &[Token], dialect: Dialect) -> Vec<(String, String)> {
        let code: Vec<&Token> = here.iter().filter(|t| t.kind != Kind::Comment).collect();
        let mut scope = Vec::new();
        let mut i = 0;
        let mut listing = false;
        while i < code.len() {
            let word = keyword(sql, code[i]);
            let comma = listing && code[i].kind == Kind::Sign(',');
            if matches!(word.as_str(), "FROM" | "JOIN" | "UPDATE" | "INTO") || comma {
                listing = matches!(word.as_str(), "FROM") || comma;
                let (path, next) = path_at(sql, &code, i + 1, dialect);
                if let Some(key) = self.resolve(&path) {
                    let (alias, after) = alias_at(sql, &code, next, dialect);
                    let name = alias.unwrap_or_else(|| path.last().cloned().unwrap_or_default());
                    scope.push((name, key));
                    i = after;
                    continue;
                }
            } else if matches!(word.as_str(), "WHERE" | "GROUP" | "ORDER" | "SELECT" | "ON") {
                listing = false;
            }
            i += 1;
        }
        scope
    }

    fn resolve(&self, path: &[String]) -> Option<String> {
        let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
        let found = |schema: &str, table: &str| {
            self.tables
                .iter()
                .find(|(s, t)| same(s, schema) && same(t, table))
                .map(|(s, t)| format!("{s}.{t}"))
        };
        match path {
            [table] => {
                self.search_path.iter().find_map(|schema| found(schema, table)).or_else(|| {
                    let (s, t) = self.tables.iter().find(|(_, t)| same(t, table))?;
                    Some(format!("{s}.{t}"))
                })
            }
            [.., schema, table] => found(schema, table),
            [] => None,
        }
    }

    /// What follows `qualifier.`: columns of an alias or table, or tables of a schema.
    fn members(&self, qualifier: &[String], scope: &[(String, String)]) -> Vec<Suggestion> {
        let last = qualifier.last().map(String::as_str).unwrap_or_default();
        let alias = scope.iter().find(|(name, _)| name.eq_ignore_ascii_case(last));
        let key = match alias {
            Some((_, key)) if qualifier.len() == 1 => Some(key.clone()),
            _ => self.resolve(qualifier),
        };
        if let Some(key) = key {
            return self.columns_in(&key);
        }
        self.tables
            .iter()
            .filter(|(schema, _)| qualifier.len() == 1 && schema.eq_ignore_ascii_case(last))
            .map(|(schema, table)| self.suggest(table, schema, SuggestionKind::Table, 0))
            .collect()
    }

    fn columns_of(&self, scope: &[(String, String)]) -> Vec<Suggestion> {
        let mut tables_with: BTreeMap<&str, usize> = BTreeMap::new();
        for column in scope.iter().filter_map(|(_, key)| self.columns.get(key)).flatten() {
            *tables_with.entry(column).or_default() += 1;
        }
        let mut found: Vec<Suggestion> = Vec::new();
        for (name, key) in scope {
            found.extend(self.columns_in(key).into_iter().map(|mut column| {
                // A name in several tables needs to say which is meant.
                if tables_with.get(column.label.as_str()).is_some_and(|tables| *tables > 1) {
                    let table = self.suggest(name, key, SuggestionKind::Table, 1);
                    column.insert = format!("{}.{}", table.insert, column.insert);
                    column.detail.clone_from(name);
                }
                column
            }));
            found.push(self.suggest(name, key, SuggestionKind::Table, 1));
        }
        found
    }

    fn columns_in(&self, key: &str) -> Vec<Suggestion> {
        let table = key.rsplit('.').next().unwrap_or(key);
        self.columns
            .get(key)
            .into_iter()
            .flatten()
            .map(|column| self.suggest(column, table, SuggestionKind::Column, 0))
            .collect()
    }

    /// All tables, and schemas where tables are asked for.
    fn tables(&self, asked: bool) -> Vec<Suggestion> {
        let mut found: Vec<Suggestion> = Vec::new();
        let mut schemas: Vec<&str> = Vec::new();
        for (schema, table) in &self.tables {
            if !schemas.contains(&schema.as_str()) {
                schemas.push(schema);
            }
            let near = self.search_path.contains(schema);
            let mut one =
                self.suggest(table, schema, SuggestionKind::Table, if asked { 0 } else { 5 });
            if !near {
                one.label = format!("{schema}.{table}");
                one.insert = format!("{}.{}", self.written(schema), one.insert);
                one.rank += 1;
            }
            found.push(one);
        }
        if asked && schemas.len() > 1 {
            let schemas = schemas.into_iter();
            found.extend(
                schemas.map(|schema| self.suggest(schema, "schema", SuggestionKind::Schema, 2)),
            );
        }
        found
    }

    fn suggest(&self, label: &str, detail: &str, kind: SuggestionKind, rank: u8) -> Suggestion {
        let insert = self.written(label);
        Suggestion { label: label.into(), insert, detail: detail.into(), kind, rank }
    }

    /// A name as it has to be written in this dialect.
    #[must_use]
    pub fn written(&self, name: &str) -> String {
        written(self.dialect.unwrap_or(Dialect::Postgres), name)
    }
}

/// A name as it has to be written: quoted only where it would be read differently.
#[must_use]
pub fn written(dialect: Dialect, name: &str) -> String {
    let first = name.chars().next();
    let folds = dialect == Dialect::Postgres;
    let plain = first.is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| {
            c == '_'
                || c.is_ascii_digit()
                || c.is_ascii_lowercase()
                || (!folds && c.is_ascii_uppercase())
        })
        && !RESERVED.contains(&name.to_ascii_lowercase().as_str());
    if plain { name.to_string() } else { dialect.quote(name) }
}

enum Place {
    /// Behind `a.` or `a.b.`.
    Behind(Vec<String>),
    Tables,
    Expression,
}

fn position(sql: &str, before: &[&Token], offset: usize, dialect: Dialect) -> Place {
    let mut code: Vec<&Token> =
        before.iter().copied().filter(|t| t.kind != Kind::Comment).collect();
    // The word being typed is not behind the cursor.
    if code.last().is_some_and(|t| matches!(t.kind, Kind::Word | Kind::Name) && t.at.end >= offset)
    {
        code.pop();
    }
    if code.last().is_some_and(|t| t.kind == Kind::Sign('.')) {
        return Place::Behind(qualifier(sql, &code, dialect));
    }
    let mut depth = 0_i32;
    for token in code.iter().rev() {
        match token.kind {
            Kind::Sign(')') => depth += 1,
            Kind::Sign('(') => depth -= 1,
            Kind::Word if depth == 0 => match keyword(sql, token).as_str() {
                // Directly behind, or in a list of tables.
                "FROM" | "JOIN" | "INTO" | "UPDATE" | "TABLE" => {
                    let directly = code.last().is_some_and(|last| last.at == token.at);
                    let listed = code.last().is_some_and(|last| last.kind == Kind::Sign(','));
                    return if directly || listed { Place::Tables } else { Place::Expression };
                }
                "SELECT" | "WHERE" | "ON" | "BY" | "HAVING" | "AND" | "OR" | "USING" | "LIMIT" => {
                    return Place::Expression;
                }
                _ => {}
            },
            _ if depth < 0 => return Place::Expression,
            _ => {}
        }
    }
    Place::Expression
}

/// The names before a final dot, first one first.
fn qualifier(sql: &str, code: &[&Token], dialect: Dialect) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = code;
    while let [before @ .., name, dot] = rest
        && dot.kind == Kind::Sign('.')
        && matches!(name.kind, Kind::Word | Kind::Name)
    {
        names.push(name_of(sql, name, dialect));
        rest = before;
    }
    names.reverse();
    names
}

/// `a.b.c` from position `i` on, and the position behind it.
fn path_at(sql: &str, code: &[&Token], mut i: usize, dialect: Dialect) -> (Vec<String>, usize) {
    let mut path = Vec::new();
    while let Some(token) = code.get(i).filter(|t| matches!(t.kind, Kind::Word | Kind::Name)) {
        path.push(name_of(sql, token, dialect));
        i += 1;
        if code.get(i).is_none_or(|t| t.kind != Kind::Sign('.')) {
            break;
        }
        i += 1;
    }
    (path, i)
}

/// The alias that may follow a table.
fn alias_at(sql: &str, code: &[&Token], i: usize, dialect: Dialect) -> (Option<String>, usize) {
    let explicit = code.get(i).is_some_and(|t| keyword(sql, t) == "AS");
    let at = if explicit { i + 1 } else { i };
    match code.get(at) {
        Some(token) if token.kind == Kind::Name => (Some(name_of(sql, token, dialect)), at + 1),
        Some(token) if token.kind == Kind::Word => {
            let name = name_of(sql, token, dialect);
            let lower = name.to_ascii_lowercase();
            let is_word =
                RESERVED.contains(&lower.as_str()) || lower == "natural" || lower == "window";
            if is_word { (None, i) } else { (Some(name), at + 1) }
        }
        _ => (None, i),
    }
}

fn name_of(sql: &str, token: &Token, dialect: Dialect) -> String {
    let text = &sql[token.at.clone()];
    if token.kind != Kind::Name {
        return if dialect == Dialect::Postgres { text.to_lowercase() } else { text.to_string() };
    }
    let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
    match text.chars().next() {
        Some(quote @ ('"' | '`')) => inner.replace(&format!("{quote}{quote}"), &quote.to_string()),
        _ => inner.to_string(),
    }
}

fn keyword(sql: &str, token: &Token) -> String {
    match token.kind {
        Kind::Word => sql[token.at.clone()].to_ascii_uppercase(),
        _ => String::new(),
    }
}

fn in_text(token: &Token, offset: usize) -> bool {
    matches!(token.kind, Kind::Text | Kind::Comment)
        && token.at.start < offset
        && offset < token.at.end
}

fn words(
    all: &'static [&'static str],
    kind: SuggestionKind,
    rank: u8,
) -> impl Iterator<Item = Suggestion> {
    all.iter().map(move |word| Suggestion {
        label: (*word).into(),
        insert: (*word).into(),
        detail: String::new(),
        kind,
        rank,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names(dialect: Dialect) -> Names {
        let table = |schema: &str, table: &str| (schema.to_string(), table.to_string());
        Names::new(
            dialect,
            vec!["public".into()],
            vec![table("public", "customers"), table("public", "Orders"), table("audit", "log")],
            json!({
                "public.customers": ["id", "name", "order"],
                "public.Orders": ["id", "customer_id", "Total"],
                "audit.log": ["at", "what"]
            }),
        )
    }

    fn complete(marked: &str) -> Vec<Suggestion> {
        let offset = marked.find('|').unwrap();
        names(Dialect::Postgres).complete(&marked.replacen('|', "", 1), offset)
    }

    /// The inserted texts of the best rank.
    #[track_caller]
    fn check(marked: &str, expected: &[&str]) {
        let all = complete(marked);
        let best = all.iter().map(|s| s.rank).min().unwrap_or(0);
        let best: Vec<_> =
            all.iter().filter(|s| s.rank == best).map(|s| s.insert.as_str()).collect();
        assert_eq!(best, expected, "{marked}");
    }

    #[test]
    fn tables_where_tables_stand() {
        check("select * from |", &["customers", "\"Orders\""]);
        check("select * from cust|", &["customers", "\"Orders\""]);
        check("select * from customers, |", &["customers", "\"Orders\""]);
        check("select * from customers c join |", &["customers", "\"Orders\""]);
        check("select * from audit.|", &["log"]);
        let all = complete("select * from |");
        assert!(all.iter().any(|s| s.insert == "audit.log"));
        assert!(all.iter().any(|s| s.kind == SuggestionKind::Schema));
    }

    #[test]
    fn columns_where_columns_stand() {
        check("select | from customers", &["id", "name", "\"order\""]);
        check("select c.| from customers c", &["id", "name", "\"order\""]);
        check("select * from customers as c where c.na|", &["id", "name", "\"order\""]);
        check(
            "select * from customers c join \"Orders\" o on o.|",
            &["id", "customer_id", "\"Total\""],
        );
        check("select customers.| from customers", &["id", "name", "\"order\""]);
        check("select audit.log.| from audit.log", &["at", "what"]);
        check(
            "select | from audit.log, customers c, \"Orders\" o",
            &["at", "what", "c.id", "name", "\"order\"", "o.id", "customer_id", "\"Total\""],
        );
        check(
            "select 1; select * from audit.log where |; select 2 from customers",
            &["at", "what"],
        );
    }

    #[test]
    fn nothing_inside_texts() {
        assert_eq!(complete("select 'from | '"), []);
        assert_eq!(complete("select 1 -- from | x\n"), []);
    }

    #[test]
    fn names_are_quoted_where_needed() {
        assert_eq!(written(Dialect::Postgres, "order"), "\"order\"");
        assert_eq!(written(Dialect::Postgres, "Total"), "\"Total\"");
        assert_eq!(written(Dialect::MySql, "Total"), "Total");
        assert_eq!(written(Dialect::MySql, "a b"), "`a b`");
        assert_eq!(written(Dialect::Sqlite, "2x"), "\"2x\"");
        assert_eq!(written(Dialect::Sqlite, ""), "\"\"");
    }
}
