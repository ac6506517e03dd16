//! The tree as a flat list of rows: what is open, what the search leaves, in order.

use super::api::{SchemaOverview, TableDetail, TableEntry};
use model::catalog::{Column, TableKind, ValueKind};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

/// A table's name in its database.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableName {
    pub schema: String,
    pub table: String,
}

/// What is known of a table's columns.
#[derive(Clone, Debug, PartialEq)]
pub enum Details {
    Loading,
    Ready(Arc<TableDetail>),
    Failed(String),
}

/// What a row stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Schema(String),
    Table(TableName, TableKind),
    Column {
        table: TableName,
        name: String,
        kind: ValueKind,
        key: Key,
    },
    /// Something to read: that columns are loading, or why they are not there.
    Note,
}

/// Which key a column belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    None,
    Primary,
    Foreign,
}

/// A row of the tree. `level`, `position` and `of` are what assistive technology is told, from 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Unique in the tree.
    pub id: String,
    pub node: Node,
    pub label: String,
    /// To the right: an estimate of rows, a type.
    pub detail: String,
    /// The comment, or what a key refers to.
    pub title: String,
    pub level: usize,
    pub position: usize,
    pub of: usize,
    pub open: Option<bool>,
}

/// What decides which rows there are.
pub struct View<'a> {
    pub overview: &'a SchemaOverview,
    pub open: &'a HashSet<String>,
    pub details: &'a HashMap<TableName, Details>,
    /// Column names by `schema.table`, for the search; may be empty.
    pub columns: &'a BTreeMap<String, Vec<String>>,
    pub search: &'a str,
}

impl View<'_> {
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        let words: Vec<String> = self.search.split_whitespace().map(str::to_lowercase).collect();
        let one_schema = self.overview.schemas.len() == 1;
        let mut rows = Vec::new();
        let shown: Vec<_> = self
            .overview
            .schemas
            .iter()
            .map(|schema| (schema, self.matching(&schema.name, &schema.tables, &words)))
            .filter(|(_, tables)| words.is_empty() || !tables.is_empty())
            .collect();
        let count = shown.len();
        for (at, (schema, tables)) in shown.into_iter().enumerate() {
            let id = schema_id(&schema.name);
            let open = one_schema || !words.is_empty() || self.open.contains(&id);
            if !one_schema {
                rows.push(Row {
                    id,
                    node: Node::Schema(schema.name.clone()),
                    label: schema.name.clone(),
                    detail: schema.tables.len().to_string(),
                    title: schema.comment.clone().unwrap_or_default(),
                    level: 1,
                    position: at + 1,
                    of: count,
                    open: Some(open),
                });
            }
            if open {
                self.tables(&mut rows, &schema.name, &tables, if one_schema { 1 } else { 2 });
            }
        }
        rows
    }

    /// The tables that hold every word of the search, with the column that did, if it was one.
    fn matching<'t>(
        &self,
        schema: &str,
        tables: &'t [TableEntry],
        words: &[String],
    ) -> Vec<(&'t TableEntry, Option<String>)> {
        tables
            .iter()
            .filter_map(|table| {
                let mut column = None;
                let holds = |word: &String| {
                    let own = table.name.to_lowercase().contains(word)
                        || schema.to_lowercase().contains(word)
                        || table.comment.as_ref().is_some_and(|c| c.to_lowercase().contains(word));
                    own || {
                        let key = format!("{schema}.{}", table.name);
                        let mut columns = self.columns.get(&key).into_iter().flatten();
                        column = columns.find(|c| c.to_lowercase().contains(word)).cloned();
                        column.is_some()
                    }
                };
                words.iter().all(holds).then_some((table, column))
            })
            .collect()
    }

    fn tables(
        &self,
        rows: &mut Vec<Row>,
        schema: &str,
        tables: &[(&TableEntry, Option<String>)],
        level: usize,
    ) {
        for (at, (table, column)) in tables.iter().enumerate() {
            let name = TableName { schema: schema.into(), table: table.name.clone() };
            let id = table_id(&name);
            let open = self.open.contains(&id);
            let found = column.as_ref().map(|column| format!("· {column}"));
            rows.push(Row {
                id,
                node: Node::Table(name.clone(), table.kind),
                label: table.name.clone(),
                detail: found.unwrap_or_else(|| estimate(table.row_estimate)),
                title: table_title(table),
                level,
                position: at + 1,
                of: tables.len(),
                open: Some(open),
            });
            if open {
                self.columns(rows, &name, level + 1);
            }
        }
    }

    fn columns(&self, rows: &mut Vec<Row>, name: &TableName, level: usize) {
        let note = |text: &str| Row {
            id: format!("n:{}.{}", name.schema, name.table),
            node: Node::Note,
            label: text.into(),
            detail: String::new(),
            title: text.into(),
            level,
            position: 1,
            of: 1,
            open: None,
        };
        match self.details.get(name) {
            None | Some(Details::Loading) => rows.push(note("Loading columns…")),
            Some(Details::Failed(problem)) => rows.push(note(problem)),
            Some(Details::Ready(table)) if table.columns.is_empty() => {
                rows.push(note("No columns"))
            }
            Some(Details::Ready(table)) => {
                let of = table.columns.len();
                let all = table.columns.iter().enumerate();
                rows.extend(
                    all.map(|(at, column)| column_row(name, table, column, level, at + 1, of)),
                );
            }
        }
    }
}

fn column_row(
    name: &TableName,
    table: &TableDetail,
    column: &Column,
    level: usize,
    position: usize,
    of: usize,
) -> Row {
    let foreign = table.foreign_keys.iter().find(|key| key.columns.contains(&column.name));
    let key = match foreign {
        _ if table.primary_key.contains(&column.name) => Key::Primary,
        Some(_) => Key::Foreign,
        None => Key::None,
    };
    let mut title = vec![format!("{} {}", column.name, column.type_name)];
    title.push(if column.nullable { "can be NULL".into() } else { "never NULL".into() });
    title.extend(column.default.as_ref().map(|default| format!("default {default}")));
    title.extend(column.generated.as_ref().map(|how| format!("generated: {how}")));
    if key == Key::Primary {
        title.push("primary key".into());
    }
    title.extend(foreign.map(|key| {
        format!("refers to {}.{} ({})", key.ref_schema, key.ref_table, key.ref_columns.join(", "))
    }));
    title.extend(column.comment.clone());
    let mask = table.masks.get(&column.name);
    title.extend(mask.map(|mask| format!("masked for you by a policy: {mask}")));
    let masked = if mask.is_some() { " · masked" } else { "" };
    Row {
        id: format!("c:{}.{}.{}", name.schema, name.table, column.name),
        node: Node::Column {
            table: name.clone(),
            name: column.name.clone(),
            kind: column.kind,
            key,
        },
        label: column.name.clone(),
        detail: format!("{}{masked}", column.type_name),
        title: title.join("\n"),
        level,
        position,
        of,
        open: None,
    }
}

#[must_use]
pub fn schema_id(schema: &str) -> String {
    format!("s:{schema}")
}

#[must_use]
pub fn table_id(name: &TableName) -> String {
    format!("t:{}.{}", name.schema, name.table)
}

/// What a table is, in a word.
#[must_use]
pub fn kind_word(kind: TableKind) -> &'static str {
    match kind {
        TableKind::Table => "table",
        TableKind::View => "view",
        TableKind::MaterializedView => "materialised view",
        TableKind::Partitioned => "partitioned table",
        TableKind::Partition => "partition",
        TableKind::Foreign => "foreign table",
        TableKind::Virtual => "virtual table",
    }
}

fn table_title(table: &TableEntry) -> String {
    let rows = table.row_estimate.map(|rows| format!(", about {rows} rows")).unwrap_or_default();
    let comment = table.comment.as_ref().map(|c| format!("\n{c}")).unwrap_or_default();
    format!("{} ({}{rows}){comment}", table.name, kind_word(table.kind))
}

/// `1.2M`, `34k`, `560`; empty if there is none.
#[must_use]
pub fn estimate(rows: Option<i64>) -> String {
    match rows {
        None | Some(..0) => String::new(),
        Some(rows @ 0..1_000) => rows.to_string(),
        Some(rows @ 1_000..10_000) => format!("{:.1}k", rows as f64 / 1e3),
        Some(rows @ 10_000..1_000_000) => format!("{:.0}k", rows as f64 / 1e3),
        Some(rows @ 1_000_000..1_000_000_000) => format!("{:.1}M", rows as f64 / 1e6),
        Some(rows) => format!("{:.1}G", rows as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::api::SchemaEntry;
    use model::dialect::Dialect;

    fn table(name: &str, comment: Option<&str>) -> TableEntry {
        TableEntry {
            name: name.into(),
            kind: TableKind::Table,
            comment: comment.map(Into::into),
            row_estimate: Some(1_234),
        }
    }

    /// A schema's name, and its tables' names and comments.
    type Given<'a> = (&'a str, &'a [(&'a str, Option<&'a str>)]);

    fn overview(schemas: &[Given<'_>]) -> SchemaOverview {
        SchemaOverview {
            dialect: Dialect::Postgres,
            server_version: "15".into(),
            read_at: None,
            search_path: vec![],
            schemas: schemas
                .iter()
                .map(|(name, tables)| SchemaEntry {
                    name: (*name).into(),
                    comment: None,
                    tables: tables.iter().map(|(name, comment)| table(name, *comment)).collect(),
                })
                .collect(),
        }
    }

    /// Rows as `level label`, for an open set and a search.
    fn shown(overview: &SchemaOverview, open: &[&str], search: &str) -> Vec<String> {
        let open: HashSet<String> = open.iter().map(ToString::to_string).collect();
        let columns = BTreeMap::from([("public.people".to_string(), vec!["email".to_string()])]);
        View { overview, open: &open, details: &HashMap::new(), columns: &columns, search }
            .rows()
            .into_iter()
            .map(|row| format!("{} {}", row.level, row.label))
            .collect()
    }

    #[test]
    fn schemas_open_and_close() {
        let two = overview(&[("audit", &[("log", None)]), ("public", &[("people", None)])]);
        assert_eq!(shown(&two, &[], ""), ["1 audit", "1 public"]);
        assert_eq!(shown(&two, &["s:public"], ""), ["1 audit", "1 public", "2 people"]);
        let open = ["s:public", "t:public.people"];
        assert_eq!(shown(&two, &open, "")[3], "3 Loading columns…");
    }

    #[test]
    fn a_single_schema_is_left_out() {
        let one = overview(&[("main", &[("a", None), ("b", None)])]);
        assert_eq!(shown(&one, &[], ""), ["1 a", "1 b"]);
    }

    #[test]
    fn the_search_finds_names_comments_and_columns() {
        let two = overview(&[
            ("audit", &[("log", Some("who did What"))]),
            ("public", &[("people", None), ("orders", None)]),
        ]);
        assert_eq!(shown(&two, &[], "what"), ["1 audit", "2 log"]);
        assert_eq!(shown(&two, &[], "PEO"), ["1 public", "2 people"]);
        assert_eq!(shown(&two, &[], "email"), ["1 public", "2 people"]);
        assert_eq!(shown(&two, &[], "public ord"), ["1 public", "2 orders"]);
        assert_eq!(shown(&two, &[], "nothing"), [""; 0]);
    }

    #[test]
    fn estimates_are_short() {
        let cases = [
            (None, ""),
            (Some(-1), ""),
            (Some(0), "0"),
            (Some(1_234), "1.2k"),
            (Some(56_789), "57k"),
            (Some(1_500_000), "1.5M"),
            (Some(2_000_000_000), "2.0G"),
        ];
        for (rows, text) in cases {
            assert_eq!(estimate(rows), text);
        }
    }
}
