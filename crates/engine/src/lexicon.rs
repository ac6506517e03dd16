//! A catalogue prepared for questions: names as words, an index from words to names, keys, and the join graph.

use crate::{
    durations::{also_called, durations},
    graph::Graph,
    roles::Role,
    words::{self, lemma, stem},
};
use model::{
    catalog::{Catalog, Column, Table, TableKind, ValueKind},
    dialect::Dialect,
};
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

    /// Foreign keys, declared ones first, then those that names imply.
    fn link_keys(&mut self, catalog: &Catalog) {
        let mut edges = Vec::new();
        for (schema, table) in catalog.tables() {
            for key in &table.foreign_keys {
                let pairs: Vec<(usize, usize)> = key
                    .columns
                    .iter()
                    .zip(&key.ref_columns)
                    .filter_map(|(from, to)| {
                        Some((
                            self.column_number(schema, &table.name, from)?,
                            self.column_number(&key.ref_schema, &key.ref_table, to)?,
                        ))
                    })
                    .collect();
                if !pairs.is_empty() && pairs.len() == key.columns.len() {
                    for (from, to) in &pairs {
                        self.columns[*from].refers_to.get_or_insert(*to);
                    }
                    edges.push((pairs, 1.0));
                }
            }
        }
        edges.extend(self.implied_keys());
        self.graph = Graph::new(self.tables.len(), edges.clone(), &self.columns);
        let same = self.same_names();
        if !same.is_empty() {
            edges.extend(same);
            self.graph = Graph::new(self.tables.len(), edges, &self.columns);
        }
    }

    /// Tables that no key connects may still share a column of the same name.
    fn same_names(&self) -> Vec<(Vec<(usize, usize)>, f32)> {
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (column, number) in self.columns.iter().zip(0..) {
            let name = column.name.to_lowercase();
            let says_little = matches!(
                name.as_str(),
                "id" | "name"
                    | "type"
                    | "date"
                    | "year"
                    | "description"
                    | "status"
                    | "title"
                    | "code"
                    | "comment"
                    | "notes"
            );
            if !says_little && !column.kind.is_temporal() && column.derived.is_none() {
                by_name.entry(name).or_default().push(number);
            }
        }
        let mut found = Vec::new();
        let mut names: Vec<&String> = by_name.keys().collect();
        names.sort();
        for name in names {
            let list = &by_name[name];
            if list.len() > 4 {
                found.extend(self.one_owner(list));
                continue;
            }
            for (i, a) in list.iter().enumerate() {
                for b in &list[i + 1..] {
                    let (from, to) = (self.columns[*a].table, self.columns[*b].table);
                    if from != to && self.graph.distance(from, to).is_infinite() {
                        let key = self.columns[*a].is_primary;
                        found.push((vec![if key { (*b, *a) } else { (*a, *b) }], 2.0));
                    }
                }
            }
        }
        found
    }

    /// A column that has the name of another table's single primary key refers to it.
    fn implied_keys(&mut self) -> Vec<(Vec<(usize, usize)>, f32)> {
        let mut owners: HashMap<String, Vec<usize>> = HashMap::new();
        for table in &self.tables {
            if let [key] = table.primary_key[..] {
                let name = self.columns[key].name.to_lowercase();
                if name != "id" && name != "name" && self.columns[key].refers_to.is_none() {
                    owners.entry(name).or_default().push(key);
                }
            }
        }
        let mut found = Vec::new();
        for number in 0..self.columns.len() {
            let column = &self.columns[number];
            let Some([owner]) = owners.get(&column.name.to_lowercase()).map(Vec::as_slice) else {
                continue;
            };
            if column.refers_to.is_none()
                && !column.is_primary
                && self.columns[*owner].table != column.table
            {
                found.push((vec![(number, *owner)], 1.3));
            }
        }
        for (pairs, _) in &found {
            self.columns[pairs[0].0].refers_to = Some(pairs[0].1);
        }
        found.extend(self.keys_by_role());
        found
    }

    /// `start_station_id` refers to the key `id` of `station`: a role, the table's name, the key's name.
    fn keys_by_role(&mut self) -> Vec<(Vec<(usize, usize)>, f32)> {
        let mut keys: Vec<(Vec<String>, usize)> = Vec::new();
        for table in self.tables.iter().filter(|t| !t.is_view) {
            if let [key] = table.primary_key[..]
                && self.columns[key].refers_to.is_none()
                && self.columns[key].phrase.words.last().is_some_and(|w| w == "id")
            {
                let mut words = table.phrase.words.clone();
                words.push("id".into());
                keys.push((words, key));
            }
        }
        keys.sort_by_key(|(words, key)| (std::cmp::Reverse(words.len()), *key));
        let mut found = Vec::new();
        for number in 0..self.columns.len() {
            let column = &self.columns[number];
            if column.refers_to.is_some() || column.is_primary {
                continue;
            }
            let mut fits = keys.iter().filter(|(words, key)| {
                let owner = &self.columns[*key];
                column.phrase.words.ends_with(words)
                    && owner.table != column.table
                    && owner.kind.is_numeric() == column.kind.is_numeric()
            });
            if let (Some((words, key)), next) = (fits.next(), fits.next())
                && next.is_none_or(|n| n.0.len() < words.len())
            {
                found.push((number, *key));
            }
        }
        for (from, to) in &found {
            self.columns[*from].refers_to = Some(*to);
        }
        found.into_iter().map(|pair| (vec![pair], 1.4)).collect()
    }

    /// A name in many tables belongs to the one that is called so: `team_id` to `team`.
    fn one_owner(&self, list: &[usize]) -> Vec<(Vec<(usize, usize)>, f32)> {
        let owns = |c: &&usize| {
            let column = &self.columns[**c];
            let mut words = self.tables[column.table].phrase.words.clone();
            words.push("id".into());
            column.phrase.words == words
        };
        let owners: Vec<usize> = list.iter().filter(owns).copied().collect();
        let [owner] = owners[..] else { return Vec::new() };
        let to = self.columns[owner].table;
        list.iter()
            .filter(|c| {
                **c != owner && self.graph.distance(self.columns[**c].table, to).is_infinite()
            })
            .map(|c| (vec![(*c, owner)], 1.6))
            .collect()
    }

    /// A table without a declared key is told apart by the one column that others refer to.
    fn find_keys(&mut self) {
        for number in 0..self.tables.len() {
            if !self.tables[number].primary_key.is_empty() {
                continue;
            }
            let mut targets: Vec<usize> = self
                .graph
                .edges_of(number)
                .filter(|e| e.to == number && e.from != number && e.cost < 1.5)
                .flat_map(|e| e.pairs.iter().map(|p| p.1))
                .collect();
            targets.sort_unstable();
            targets.dedup();
            if let [key] = targets[..] {
                self.tables[number].primary_key = vec![key];
            }
        }
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
            .map(|c| (rank(c), c))
            .filter(|(r, _)| *r > 0)
            .max_by_key(|(r, c)| (*r, usize::MAX - c))
            .map(|(_, c)| c)
    }

    fn index_words(&mut self) {
        let mut index: HashMap<String, Vec<Posting>> = HashMap::new();
        let mut odd: HashSet<String> = HashSet::new();
        let tables = self.tables.iter().zip(0..).map(|(t, i)| (Item::Table(i), &t.phrase));
        let columns = self.columns.iter().zip(0..).map(|(c, i)| (Item::Column(i), &c.phrase));
        for (item, phrase) in tables.chain(columns) {
            for (word, position) in phrase.words.iter().zip(0u8..) {
                let whole = names_alternatives(phrase);
                let mut add = |key: String, weight: f32| {
                    index.entry(key).or_default().push(Posting { item, position, weight, whole });
                };
                add(word.clone(), 1.0);
                let root = stem(word);
                add(format!("~{root}"), 0.85);
                let column = match item {
                    Item::Column(c) => self.columns[c].derived,
                    Item::Table(_) => None,
                };
                for other in column.iter().flat_map(|_| also_called(word)) {
                    add((*other).to_owned(), 0.95);
                }
                for near in words::wider(word).filter(|_| column.is_none()) {
                    add(format!("≈{near}"), 0.5);
                }
                if position == 0
                    && let Some(glued) =
                        phrase.glued.as_ref().filter(|g| phrase.words.len() > 1 && *g != word)
                {
                    index.entry(glued.clone()).or_default().push(Posting {
                        item,
                        position,
                        weight: 1.0,
                        whole: true,
                    });
                }
                if word.len() >= 2 && word.len() <= 6 && !words::is_glue(word) {
                    odd.insert(word.clone());
                }
            }
        }
        self.index = index;
        self.odd = odd.into_iter().collect();
        self.odd.sort();
    }

    /// Where a question's word may point, with how well it fits. At most one entry per item and position.
    pub(crate) fn postings(&self, word: &str) -> Vec<Posting> {
        let mut best: HashMap<(Item, u8), (f32, bool)> = HashMap::new();
        let mut take = |list: Option<&Vec<Posting>>, factor: f32| {
            for p in list.into_iter().flatten() {
                let weight = p.weight * factor;
                let slot = best.entry((p.item, p.position)).or_insert((0.0, false));
                if weight > slot.0 {
                    *slot = (weight, p.whole);
                }
            }
        };
        take(self.index.get(word), 1.0);
        if word.len() > 3 {
            take(self.index.get(&format!("~{}", stem(word))), 1.0);
        }
        for other in words::synonyms(word) {
            take(self.index.get(*other), 0.74);
            if other.len() > 4 {
                take(self.index.get(&format!("~{}", stem(other))), 0.74);
            }
        }
        take(self.index.get(&format!("≈{word}")), 1.0);
        let base =
            word.strip_suffix("ing").or_else(|| word.strip_suffix("ed")).filter(|b| b.len() >= 3);
        for base in base.into_iter().flat_map(|b| [b.to_owned(), format!("{b}e")]) {
            for other in words::synonyms(&base) {
                take(self.index.get(*other), 0.68);
            }
        }
        for other in words::wider(word) {
            take(self.index.get(other), 0.58);
        }
        for other in words::expand(word).filter(|e| e.len() == 1).into_iter().flatten() {
            take(self.index.get(*other), 0.9);
        }
        for odd in self.odd.iter().filter(|o| abbreviates(o, word)) {
            take(self.index.get(odd), if word.starts_with(odd.as_str()) { 0.72 } else { 0.5 });
        }
        let mut found: Vec<Posting> = best
            .into_iter()
            .map(|((item, position), (weight, whole))| Posting { item, position, weight, whole })
            .collect();
        if found.iter().all(|p| p.weight < 0.8) && word.len() >= 5 && !words::is_stop(word) {
            found.extend(self.misspelt(word));
        }
        found.sort_by_key(|p| (p.item, p.position));
        found
    }

    /// Only where the word itself occurs in a name.
    pub(crate) fn postings_exact(&self, word: &str) -> &[Posting] {
        self.index.get(word).map_or(&[], Vec::as_slice)
    }

    fn misspelt(&self, word: &str) -> Vec<Posting> {
        let limit = if word.len() < 9 { 1 } else { 2 };
        let mut near: Vec<(&String, &Vec<Posting>)> = self
            .index
            .iter()
            .filter(|(key, _)| {
                !key.starts_with(['~', '≈'])
                    && key.len() >= 5
                    && key.chars().next() == word.chars().next()
                    && catalog::fold::distance(key, word, limit).is_some()
            })
            .collect();
        near.sort_by_key(|(key, _)| key.as_str());
        near.into_iter()
            .flat_map(|(_, list)| list.iter().map(|p| Posting { weight: p.weight * 0.8, ..*p }))
            .collect()
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

/// Could `short`, from an identifier, be short for `word`? Same first letter, letters in order, clearly shorter.
fn abbreviates(short: &str, word: &str) -> bool {
    if word.len() < short.len() + 2 || short.len() < 2 || !word.is_ascii() {
        return false;
    }
    if short.len() >= 3 && word.starts_with(short) {
        return true;
    }
    if short.len() < 3 || short.as_bytes()[0] != word.as_bytes()[0] {
        return false;
    }
    let mut rest = word.chars();
    // Vowels are what abbreviations drop.
    let vowels = short[1..].bytes().filter(|b| b"aeiou".contains(b)).count();
    vowels == 0 && short.chars().all(|c| rest.any(|w| w == c))
}

/// `state_province_county`, `zip_postcode`: each word is the whole name.
fn names_alternatives(phrase: &Phrase) -> bool {
    const GROUPS: [&[&str]; 4] = [
        &["state", "province", "county", "region", "prefecture"],
        &["zip", "postcode", "postal", "post", "code", "zipcode"],
        &["town", "city", "village", "municipality"],
        &["gender", "sex"],
    ];
    let own = || phrase.words.iter().zip(&phrase.inherited).filter(|(_, i)| !**i).map(|(w, _)| w);
    let zip = own().any(|w| w == "zip") || !own().any(|w| w == "code");
    own().count() > 1
        && zip
        && GROUPS.iter().any(|group| own().all(|w| group.contains(&w.as_str())))
}

fn identifier_words(catalog: &Catalog) -> HashSet<String> {
    let names = catalog
        .tables()
        .flat_map(|(_, t)| std::iter::once(&t.name).chain(t.columns.iter().map(|c| &c.name)));
    let mut count: HashMap<String, usize> = HashMap::new();
    for name in names {
        for word in words::split_identifier(name) {
            *count.entry(lemma(&word)).or_default() += 1;
        }
    }
    count.into_keys().filter(|w| w.len() >= 3).collect()
}

/// The words of an identifier: split, unglued, abbreviations spelled out, dictionary forms.
fn name_words(name: &str, own: &HashSet<String>) -> Vec<String> {
    let mut out = Vec::new();
    for part in words::split_identifier(name) {
        if let Some(full) = words::expand(&part) {
            out.extend(full.iter().map(|w| (*w).to_owned()));
        } else if let Some(parts) = unglue(&part, own) {
            let name = parts.len() == 2 && parts[1] == "name";
            for word in parts {
                match words::expand(&word) {
                    // `fname`, `lname`
                    None if name && word == "f" => out.push("first".into()),
                    None if name && word == "l" => out.push("last".into()),
                    Some(full) => out.extend(full.iter().map(|w| (*w).to_owned())),
                    None => out.push(lemma(&word)),
                }
            }
        } else {
            out.push(lemma(&part));
        }
    }
    // `LName`
    if let [initial, name] = &mut out[..]
        && name == "name"
    {
        match initial.as_str() {
            "f" => *initial = "first".into(),
            "l" => *initial = "last".into(),
            _ => {}
        }
    }
    if out.is_empty() {
        out.push(name.to_lowercase());
    }
    out.truncate(12);
    out
}

/// `clubname` → `club`, `name`, when every part is a known word.
fn unglue(word: &str, own: &HashSet<String>) -> Option<Vec<String>> {
    if !word.is_ascii()
        || word.len() < 4
        || words::is_glue(&lemma(word))
        || !words::synonyms(&lemma(word)).is_empty()
    {
        return None;
    }
    let known = |part: &str, whole: &str| {
        let l = lemma(part);
        part != whole
            && (words::is_glue(part)
                || words::is_glue(&l)
                || part.len() >= 3 && own.contains(&l)
                || matches!(part, "id" | "no"))
            && (part.len() >= 3 || matches!(part, "id" | "no" | "of" | "by"))
    };
    for cut in (2..=word.len() - 2).rev() {
        let (head, tail) = word.split_at(cut);
        if known(head, word) && known(tail, word) && head.len() >= 3 {
            return Some(vec![head.into(), tail.into()]);
        }
    }
    // One letter of the table, then a known word: `fname`, `cname`.
    let tail = &word[1..];
    if matches!(tail, "name" | "id" | "code" | "date" | "type") {
        return Some(vec![word[..1].into(), tail.into()]);
    }
    // num + of + credits, class + room + no
    for a in 3..word.len().saturating_sub(3) {
        for b in a + 2..word.len() - 2 {
            let (x, y, z) = (&word[..a], &word[a..b], &word[b..]);
            if known(x, word) && known(y, word) && known(z, word) {
                return Some(vec![x.into(), y.into(), z.into()]);
            }
        }
    }
    None
}

/// Words that most columns of a table share: they say nothing about the column.
fn shared_words(table: &Table, own: &HashSet<String>) -> HashSet<String> {
    let n = table.columns.len();
    let mut count: HashMap<String, usize> = HashMap::new();
    for column in &table.columns {
        let words: HashSet<String> = name_words(&column.name, own).into_iter().collect();
        for word in words {
            *count.entry(word).or_default() += 1;
        }
    }
    let telling = [
        "name", "id", "date", "code", "number", "amount", "price", "year", "first", "last", "of",
        "average", "total",
    ];
    count
        .into_iter()
        .filter(|(w, c)| n >= 2 && c * 3 >= n * 2 && *c >= 2 && !telling.contains(&w.as_str()))
        .map(|(w, _)| w)
        .collect()
}

/// The dictionary form of a name that is one word as written.
fn glued_name(name: &str) -> Option<String> {
    let parts = words::split_identifier(name);
    if let [only] = &parts[..] { Some(lemma(only)) } else { None }
}

fn table_phrase(words: Vec<String>, glued: Option<String>) -> Phrase {
    let weight = words
        .iter()
        .map(|w| match w.as_str() {
            "all" | "ref" | "reference" | "tbl" | "table" | "list" | "info" | "data" | "detail"
            | "record" | "of" | "in" | "the" | "t" => 0.2,
            _ => 1.0,
        })
        .collect();
    let inherited = vec![false; words.len()];
    Phrase { words, weight, inherited, glued }
}

fn column_info(
    table: usize,
    column: &Column,
    table_words: &[String],
    shared: &HashSet<String>,
    own: &HashSet<String>,
    info: &Table,
) -> ColumnInfo {
    let words = name_words(&column.name, own);
    let repeats = |w: &String| {
        table_words.contains(w)
            || shared.contains(w)
            || w.len() == 1 && words.len() > 1 && w.chars().all(char::is_alphabetic)
    };
    let mut inherited: Vec<bool> = words.iter().map(repeats).collect();
    if inherited.iter().all(|i| *i) {
        inherited.iter_mut().for_each(|i| *i = false);
    }
    let weight = words
        .iter()
        .map(|w| match w.as_str() {
            "code" if words.len() > 1 => 0.22,
            "id" | "code" | "key" | "number" | "value" => 0.45,
            "of" | "in" | "the" | "is" | "by" | "to" | "and" | "for" | "on" => 0.1,
            "dollar" | "usd" | "eur" | "km" | "meter" | "million" | "billion" | "percent"
            | "hour" | "minute" | "kg" | "mile" | "foot" => 0.3,
            "description" | "detail" | "date" | "type" | "amount" => 0.6,
            _ => 1.0,
        })
        .collect();
    let is_primary = info.primary_key.contains(&column.name);
    let last = words.last().map(String::as_str);
    let is_keyish = matches!(last, Some("id" | "code" | "key" | "uuid" | "number")) || is_primary;
    ColumnInfo {
        table,
        name: column.name.clone(),
        phrase: Phrase { words, weight, inherited, glued: glued_name(&column.name) },
        kind: column.kind,
        is_primary,
        refers_to: None,
        is_keyish,
        nullable: column.nullable && !is_primary,
        derived: None,
    }
}
