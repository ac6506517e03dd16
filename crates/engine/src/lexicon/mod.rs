//! A catalogue prepared for questions: names as words, an index from words to names, keys, and the join graph.

mod keys;
mod names;
mod postings;

use crate::{durations::durations, graph::Graph, roles::Role};
use model::{
    catalog::{Catalog, Table, TableKind, ValueKind},
    dialect::Dialect,
};
use names::{column_info, glued_name, identifier_words, name_words, shared_words, table_phrase};
use std::collections::{HashMap, HashSet};

/// Words, keys and joins of a catalogue, prepared once per catalogue version.
#[derive(Clone, Debug)]
pub struct Lexicon {
    pub(crate) dialect: Dialect,
    /// Unqualified names are found here; other schemas' tables are qualified.
    pub(crate) search_path: Vec<String>,
    pub(crate) tables: Vec<TableInfo>,
    pub(crate) columns: Vec<ColumnInfo>,
    pub(crate) graph: Graph,
    /// Word or `~stem` → where it occurs.
    index: HashMap<String, Vec<Posting>>,
    /// Words of identifiers that are no dictionary words: candidates for abbreviations.
    odd: Vec<String>,
    /// `(schema, table, column)` → number.
    by_name: HashMap<(String, String, String), usize>,
    /// How many tables and columns the catalogue has; what comes after them are roles.
    pub(crate) real: (usize, usize),
}

#[derive(Clone, Debug)]
pub(crate) struct TableInfo {
    pub schema: String,
    pub name: String,
    pub phrase: Phrase,
    pub columns: std::ops::Range<usize>,
    pub primary_key: Vec<usize>,
    /// The column that names a row to a person.
    pub label: Option<usize>,
    /// The rest of a name in parts: the last name.
    pub label_rest: Option<usize>,
    pub is_view: bool,
    /// Only keys of other tables, and little else.
    pub is_bridge: bool,
    /// It stands for another table in one of its roles.
    pub role: Option<Role>,
}

#[derive(Clone, Debug)]
pub(crate) struct ColumnInfo {
    pub table: usize,
    pub name: String,
    pub phrase: Phrase,
    pub kind: ValueKind,
    pub is_primary: bool,
    /// The column that this one refers to.
    pub refers_to: Option<usize>,
    /// Named like a key: `id`, `code`, `…_id`.
    pub is_keyish: bool,
    /// May be missing in a row.
    pub nullable: bool,
    /// No column of the catalogue: the time from the first of these to the second.
    pub derived: Option<(usize, usize)>,
}

/// The words of a name, dictionary forms, abbreviations spelled out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Phrase {
    pub words: Vec<String>,
    /// How much each word matters; words that only repeat the table count little.
    pub weight: Vec<f32>,
    /// Repeats the table's name.
    pub inherited: Vec<bool>,
    /// A name of one word that was taken apart, as written.
    pub glued: Option<String>,
}

impl Phrase {
    pub fn text(&self) -> String {
        self.words.join(" ")
    }

    /// Without the words that repeat the table's name, if others are left.
    pub fn core(&self) -> String {
        let own: Vec<&str> = self
            .words
            .iter()
            .zip(&self.inherited)
            .filter(|(_, i)| !**i)
            .map(|(w, _)| w.as_str())
            .collect();
        if own.is_empty() { self.text() } else { own.join(" ") }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Item {
    Table(usize),
    Column(usize),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Posting {
    pub item: Item,
    pub position: u8,
    pub weight: f32,
    /// The word is all of a glued name (`classroom` of class, room): it covers every position.
    pub whole: bool,
}

impl Lexicon {
    #[must_use]
    pub fn new(catalog: &Catalog) -> Self {
        let mut lexicon = Self {
            dialect: catalog.dialect,
            search_path: catalog.search_path.clone(),
            tables: Vec::new(),
            columns: Vec::new(),
            graph: Graph::default(),
            index: HashMap::new(),
            odd: Vec::new(),
            by_name: HashMap::new(),
            real: (0, 0),
        };
        let own_words = identifier_words(catalog);
        for (schema, table) in catalog.tables().filter(|(_, t)| t.kind != TableKind::Partition) {
            lexicon.add_table(schema, table, &own_words);
        }
        lexicon.link_keys(catalog);
        lexicon.find_keys();
        for number in 0..lexicon.tables.len() {
            lexicon.describe(number);
        }
        lexicon.add_roles();
        lexicon.index_words();
        lexicon
    }

    fn add_table(&mut self, schema: &str, table: &Table, own: &HashSet<String>) {
        let number = self.tables.len();
        let words = name_words(&table.name, own);
        let start = self.columns.len();
        let shared = shared_words(table, own);
        for column in &table.columns {
            let column = column_info(number, column, &words, &shared, own, table);
            let key = (schema.to_owned(), table.name.clone(), column.name.clone());
            self.by_name.insert(key, self.columns.len());
            self.columns.push(column);
        }
        let between = durations(number, &self.columns[start..], start);
        self.columns.extend(between);
        let find =
            |name: &String| table.columns.iter().position(|c| c.name == *name).map(|i| start + i);
        self.tables.push(TableInfo {
            schema: schema.to_owned(),
            name: table.name.clone(),
            phrase: table_phrase(words, glued_name(&table.name)),
            columns: start..self.columns.len(),
            primary_key: table.primary_key.iter().filter_map(find).collect(),
            label: None,
            label_rest: None,
            is_view: matches!(table.kind, TableKind::View | TableKind::MaterializedView),
            is_bridge: false,
            role: None,
        });
    }

    fn describe(&mut self, number: usize) {
        let range = self.tables[number].columns.clone();
        let keys = range.clone().filter(|c| self.columns[*c].refers_to.is_some()).count();
        let others = range.clone().filter(|c| {
            let c = &self.columns[*c];
            c.refers_to.is_none() && !c.is_primary
        });
        let table = &self.tables[number];
        let is_bridge = keys >= 2 && others.count() <= 1 && table.primary_key.len() != 1;
        let label = self.find_label(number, range.clone());
        let core = |c: usize| self.columns[c].phrase.core();
        let rest = label
            .filter(|l| core(*l) == "first name")
            .and_then(|_| range.clone().find(|c| core(*c) == "last name"));
        let table = &mut self.tables[number];
        table.is_bridge = is_bridge;
        table.label = label;
        table.label_rest = rest;
    }

    fn find_label(&self, table: usize, range: std::ops::Range<usize>) -> Option<usize> {
        // A person's title is no name.
        let called = |core: &str| range.clone().any(|c| self.columns[c].phrase.core() == core);
        let person = called("first name") && called("last name");
        let rank = |c: usize| {
            let column = &self.columns[c];
            if column.refers_to.is_some() {
                return 0;
            }
            let core = column.phrase.core();
            let full = column.phrase.text();
            let own = self.tables[table].phrase.text();
            let text = matches!(column.kind, ValueKind::Text | ValueKind::Enum | ValueKind::Other);
            match core.as_str() {
                "name" => 9,
                "title" if person => 2,
                "title" => 8,
                "full name" | "label" => 7,
                _ if full == format!("{own} name") => 9,
                _ if full == own && text => 6,
                _ if text && core.ends_with(" name") && !core.starts_with("middle") => {
                    if core.starts_with("last") { 4 } else { 5 }
                }
                _ if text && core.ends_with(" title") => 4,
                "description" | "detail" => 3,
                _ => 0,
            }
        };
        range
            .clone()
            .map(|c| (rank(c), c))
            .filter(|(r, _)| *r > 0)
            .max_by_key(|(r, c)| (*r, usize::MAX - c))
            .map(|(_, c)| c)
    }

    pub(crate) fn table_names(&self) -> impl Iterator<Item = String> {
        self.real_tables().iter().filter(|t| !t.is_bridge).map(|t| t.phrase.text())
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
        self.table_names().chain(self.real_columns().iter().map(|c| c.phrase.core()))
    }

    pub(crate) fn phrase(&self, item: Item) -> &Phrase {
        match item {
            Item::Table(t) => &self.tables[t].phrase,
            Item::Column(c) => &self.columns[c].phrase,
        }
    }

    pub(crate) fn table_of(&self, item: Item) -> usize {
        match item {
            Item::Table(t) => t,
            Item::Column(c) => self.columns[c].table,
        }
    }

    pub(crate) fn column_number(&self, schema: &str, table: &str, column: &str) -> Option<usize> {
        self.by_name.get(&(schema.to_owned(), table.to_owned(), column.to_owned())).copied()
    }

    /// The label, or what stands in for it: the key, or the first column.
    pub(crate) fn display(&self, table: usize) -> Option<usize> {
        let info = &self.tables[table];
        info.label
            .or_else(|| info.primary_key.first().copied())
            .or_else(|| info.columns.clone().next())
    }
}
