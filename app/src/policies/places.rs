//! The rows of the tree in which tables are chosen: schemas, tables, columns, and what the draft says of
//! each.

use super::{
    rules::{self, Place},
    words,
};
use crate::schema::api::SchemaOverview;
use model::policy::{Access, PolicyDraft};
use std::collections::{BTreeMap, HashSet};

/// What a row stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// `*.*`
    All,
    /// Every table of a schema.
    Schema(String),
    Table(Place),
    Column(Place, String),
    /// A rule for tables that this database does not have.
    Elsewhere(Place),
}

impl Node {
    /// Which rule is edited when it is chosen.
    #[must_use]
    pub fn place(&self) -> Place {
        match self {
            Self::All => Place::new("*", "*"),
            Self::Schema(schema) => Place::new(schema, "*"),
            Self::Table(place) | Self::Column(place, _) | Self::Elsewhere(place) => place.clone(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Unique in the tree, and stable.
    pub id: String,
    pub node: Node,
    /// From 1.
    pub level: u32,
    pub label: String,
    /// What the draft says of it; empty for nothing.
    pub mark: String,
    /// `None`: there is nothing below it.
    pub open: Option<bool>,
}

/// Everything that the rows are made of.
pub struct Shown<'a> {
    pub overview: &'a SchemaOverview,
    /// `schema.table` to column names.
    pub columns: &'a BTreeMap<String, Vec<String>>,
    pub open: &'a HashSet<String>,
    /// Words that all have to be in a row's path; a search opens what it finds.
    pub search: &'a str,
    pub draft: &'a PolicyDraft,
}

impl Shown<'_> {
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        let words: Vec<String> = self.search.split_whitespace().map(str::to_lowercase).collect();
        let mut rows = Vec::new();
        if words.is_empty() {
            rows.push(self.row(Node::All, 1, "Every table".into(), None));
        }
        let several = self.overview.schemas.len() > 1;
        for schema in &self.overview.schemas {
            let head = self.row(Node::Schema(schema.name.clone()), 1, schema.name.clone(), None);
            let open = self.open.contains(&head.id);
            let tables: Vec<Row> = if several && !open && words.is_empty() {
                Vec::new()
            } else {
                let level = if several { 2 } else { 1 };
                let names = schema.tables.iter().map(|table| table.name.as_str());
                names.flat_map(|name| self.table(&schema.name, name, level, &words)).collect()
            };
            if several && (words.is_empty() || !tables.is_empty()) {
                let open = Some(open || !words.is_empty());
                rows.push(Row { open, ..head });
            }
            rows.extend(tables);
        }
        rows.extend(self.elsewhere(&words));
        rows
    }

    /// The table's row and those of its columns; nothing if the search is for something else.
    fn table(&self, schema: &str, name: &str, level: u32, words: &[String]) -> Vec<Row> {
        let none = Vec::new();
        let columns = self.columns.get(&format!("{schema}.{name}")).unwrap_or(&none);
        let path = format!("{schema}.{name}").to_lowercase();
        let named = words.iter().all(|word| path.contains(word));
        let found = |column: &&String| {
            let path = format!("{path}.{}", column.to_lowercase());
            words.iter().all(|word| path.contains(word))
        };
        let below: Vec<&String> = match (words.is_empty(), named) {
            (true, _) | (_, true) => columns.iter().collect(),
            _ => columns.iter().filter(found).collect(),
        };
        if !named && below.is_empty() {
            return Vec::new();
        }
        let place = Place::new(schema, name);
        let mut head = self.row(Node::Table(place.clone()), level, name.into(), None);
        let open = self.open.contains(&head.id) || !named;
        head.open = (!columns.is_empty()).then_some(open);
        let mut rows = vec![head];
        if open {
            rows.extend(below.into_iter().map(|column| {
                let node = Node::Column(place.clone(), column.clone());
                self.row(node, level + 1, column.clone(), None)
            }));
        }
        rows
    }

    /// Rules that name nothing in this database, so that they can be seen and taken away.
    fn elsewhere(&self, words: &[String]) -> Vec<Row> {
        let known = |place: &Place| {
            let mut schemas = self.overview.schemas.iter();
            *place == Place::new("*", "*")
                || schemas.any(|schema| {
                    let mut tables = schema.tables.iter();
                    let several = self.overview.schemas.len() > 1;
                    several && place.is(&Place::new(&schema.name, "*"))
                        || tables.any(|table| place.is(&Place::new(&schema.name, &table.name)))
                })
        };
        let places = self.draft.tables.iter().map(Place::of).filter(|place| !known(place));
        places
            .filter(|place| {
                let path = format!("{}.{}", place.schema, place.table).to_lowercase();
                words.iter().all(|word| path.contains(word))
            })
            .map(|place| {
                let label = format!("{}.{}", place.schema, place.table);
                self.row(Node::Elsewhere(place), 1, label, None)
            })
            .collect()
    }

    fn row(&self, node: Node, level: u32, label: String, open: Option<bool>) -> Row {
        let place = node.place();
        let mark = match &node {
            Node::Column(_, column) => {
                rules::mask(self.draft, &place, column).map(|mask| mask.name().to_owned())
            }
            _ => rules::rule(self.draft, &place).map(words::rule_mark),
        };
        let hidden = self.draft.access == Access::Deny && matches!(node, Node::Table(_));
        let mark = mark.unwrap_or_else(|| if hidden { "hidden".into() } else { String::new() });
        let id = match &node {
            Node::All => "*".to_owned(),
            Node::Schema(schema) => format!("s:{schema}"),
            Node::Table(place) => format!("t:{}.{}", place.schema, place.table),
            Node::Column(place, column) => format!("c:{}.{}.{column}", place.schema, place.table),
            Node::Elsewhere(place) => format!("e:{}.{}", place.schema, place.table),
        };
        Row { id, node, level, label, mark, open }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::api::{SchemaEntry, TableEntry};
    use model::{catalog::TableKind, dialect::Dialect, policy::Mask};

    fn overview(schemas: &[(&str, &[&str])]) -> SchemaOverview {
        let table = |name: &&str| TableEntry {
            name: (*name).into(),
            kind: TableKind::Table,
            comment: None,
            row_estimate: None,
        };
        let schema = |(name, tables): &(&str, &[&str])| SchemaEntry {
            name: (*name).into(),
            comment: None,
            tables: tables.iter().map(table).collect(),
        };
        SchemaOverview {
            dialect: Dialect::Postgres,
            server_version: String::new(),
            read_at: None,
            search_path: Vec::new(),
            schemas: schemas.iter().map(schema).collect(),
        }
    }

    fn shown(overview: &SchemaOverview, open: &[&str], search: &str) -> Vec<String> {
        let mut draft = PolicyDraft::default();
        rules::set_mask(&mut draft, &Place::new("hr", "people"), "email", Some(Mask::Hash));
        rules::set_rows(&mut draft, &Place::new("gone", "t"), "true");
        let open = open.iter().map(ToString::to_string).collect();
        let columns =
            BTreeMap::from([("hr.people".to_owned(), vec!["id".to_owned(), "email".to_owned()])]);
        Shown { overview, columns: &columns, open: &open, search, draft: &draft }
            .rows()
            .into_iter()
            .map(|row| format!("{} {} {}", row.level, row.label, row.mark).trim().to_owned())
            .collect()
    }

    #[test]
    fn what_is_open_is_shown_with_its_marks() {
        let two = overview(&[("hr", &["people"]), ("shop", &["orders"])]);
        let closed = ["1 Every table", "1 hr", "1 shop", "1 gone.t row filter"];
        assert_eq!(shown(&two, &[], ""), closed);
        let open = shown(&two, &["s:hr", "t:hr.people"], "");
        assert_eq!(open[2..5], ["2 people 1 mask", "3 id", "3 email hash"]);
    }

    #[test]
    fn a_single_schema_is_left_out() {
        let one = overview(&[("hr", &["people", "teams"])]);
        assert_eq!(shown(&one, &[], "")[..3], ["1 Every table", "1 people 1 mask", "1 teams"]);
    }

    #[test]
    fn the_search_opens_what_it_finds() {
        let two = overview(&[("hr", &["people", "teams"]), ("shop", &["orders"])]);
        assert_eq!(shown(&two, &[], "EMA"), ["1 hr", "2 people 1 mask", "3 email hash"]);
        assert_eq!(shown(&two, &[], "hr team"), ["1 hr", "2 teams"]);
        assert_eq!(shown(&two, &[], "gone"), ["1 gone.t row filter"]);
        assert_eq!(shown(&two, &[], "nothing"), [""; 0]);
    }
}
