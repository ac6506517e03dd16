//! Which tables a question may be about: names, columns, comments and values, ranked.

use super::{schema::singular, words};
use catalog::{ValueIndex, fold::fold};
use model::catalog::Catalog;
use std::{collections::HashMap, sync::Arc};

/// A catalogue of up to so many tables is told in full: cheaper than a miss.
const SMALL: usize = 30;
/// Candidates out of a larger catalogue, before those that joins need.
const CANDIDATES: usize = 8;
const WITH_JOINS: usize = 12;

/// What of a table a word stands in.
const NAME: f32 = 4.0;
const COLUMN: f32 = 1.0;
const COMMENT: f32 = 0.5;
const VALUE: f32 = 3.0;
/// How much the question before counts.
const BEFORE: f32 = 0.3;

/// Words of a catalogue and where they are. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Index(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// `(schema, table)` in catalogue order.
    tables: Vec<(String, String)>,
    by_name: HashMap<(String, String), usize>,
    /// Word → tables with its weight there.
    words: HashMap<String, HashMap<usize, f32>>,
    /// Tables that a foreign key links, both ways.
    linked: Vec<Vec<usize>>,
}

/// The candidates, best first, and a line for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub tables: Vec<(String, String)>,
    pub note: String,
}

impl Index {
    pub fn new(catalog: &Catalog) -> Self {
        let mut inner = Inner::default();
        for (schema, table) in catalog.tables() {
            let number = inner.tables.len();
            let key = (schema.to_owned(), table.name.clone());
            inner.by_name.insert(key.clone(), number);
            inner.tables.push(key);
            let name = tokens(&table.name);
            // `order_items` is less about orders than `orders` is.
            let share = NAME / (name.len().max(1) as f32).sqrt();
            name.into_iter().for_each(|w| inner.add(w, number, share));
            let comments =
                table.comment.iter().chain(table.columns.iter().filter_map(|c| c.comment.as_ref()));
            comments.flat_map(|c| tokens(c)).for_each(|w| inner.add(w, number, COMMENT));
            for column in &table.columns {
                tokens(&column.name).into_iter().for_each(|w| inner.add(w, number, COLUMN));
            }
        }
        inner.link(catalog);
        Self(Arc::new(inner))
    }

    /// The tables for a question, with the question before it in the conversation.
    pub fn find(&self, question: &str, before: Option<&str>, values: &ValueIndex) -> Found {
        let inner = &*self.0;
        let mut scores = vec![0f32; inner.tables.len()];
        inner.score(question, 1.0, &mut scores);
        if let Some(before) = before {
            inner.score(before, BEFORE, &mut scores);
        }
        inner.score_values(question, values, &mut scores);
        let mut ranked: Vec<usize> = (0..scores.len()).collect();
        ranked.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
        let hits = ranked.iter().filter(|i| scores[**i] > 0.0).count();
        if inner.tables.len() > SMALL {
            // Without any hit the most linked tables are the likeliest to be meant.
            if hits == 0 {
                ranked.sort_by_key(|i| std::cmp::Reverse(inner.linked[*i].len()));
            }
            ranked.truncate(if hits == 0 { CANDIDATES } else { hits.min(CANDIDATES) });
            inner.add_joins(&mut ranked);
        }
        let note = inner.note(&ranked, hits);
        Found { tables: ranked.into_iter().map(|i| inner.tables[i].clone()).collect(), note }
    }
}

impl Inner {
    fn add(&mut self, word: String, table: usize, weight: f32) {
        let best = self.words.entry(word).or_default().entry(table).or_default();
        *best = best.max(weight);
    }

    fn link(&mut self, catalog: &Catalog) {
        self.linked = vec![Vec::new(); self.tables.len()];
        for (number, (_, table)) in catalog.tables().enumerate() {
            for key in &table.foreign_keys {
                let target = (key.ref_schema.clone(), key.ref_table.clone());
                if let Some(other) = self.by_name.get(&target).copied().filter(|o| *o != number) {
                    self.linked[number].push(other);
                    self.linked[other].push(number);
                }
            }
        }
    }

    /// Rare words say more: each counts by how few tables have it.
    fn score(&self, text: &str, factor: f32, scores: &mut [f32]) {
        let count = self.tables.len() as f32;
        for word in tokens(text) {
            let Some(found) = self.words.get(&word) else { continue };
            let rarity = (1.0 + count / found.len() as f32).ln();
            for (table, weight) in found {
                scores[*table] += factor * weight * rarity;
            }
        }
    }

    fn score_values(&self, question: &str, values: &ValueIndex, scores: &mut [f32]) {
        if values.is_empty() {
            return;
        }
        let folded = fold(question);
        let words: Vec<&str> = folded.split(' ').take(60).collect();
        for length in 1..=values.longest_words().min(4) {
            for phrase in words.windows(length) {
                for hit in values.exact(&phrase.join(" ")).take(10) {
                    let key = (hit.column.schema.clone(), hit.column.table.clone());
                    if let Some(table) = self.by_name.get(&key) {
                        scores[*table] += VALUE;
                    }
                }
            }
        }
    }

    /// Tables between two of the best ones, which a join would need.
    fn add_joins(&self, ranked: &mut Vec<usize>) {
        let best: Vec<usize> = ranked.iter().take(4).copied().collect();
        for (i, a) in best.iter().enumerate() {
            for b in &best[i + 1..] {
                if self.linked[*a].contains(b) {
                    continue;
                }
                let between = self.linked[*a].iter().find(|t| self.linked[**t].contains(b));
                if let Some(table) = between.filter(|t| !ranked.contains(t))
                    && ranked.len() < WITH_JOINS
                {
                    ranked.push(*table);
                }
            }
        }
    }

    fn note(&self, ranked: &[usize], hits: usize) -> String {
        let best = ranked.iter().take(hits.clamp(1, 4)).map(|i| self.tables[*i].1.as_str());
        let best: Vec<&str> = best.collect();
        match (hits, self.tables.len() - ranked.len()) {
            _ if self.tables.is_empty() => "no tables".into(),
            (0, 0) => format!("all {} tables", self.tables.len()),
            (_, 0) => best.join(", "),
            (_, left) => format!("{}; {left} tables left out", best.join(", ")),
        }
    }
}

/// Folded singular words, camel case split, each once.
fn tokens(text: &str) -> Vec<String> {
    let split = words::label(text);
    let whole = if text.chars().any(char::is_whitespace) { fold(text) } else { fold(&split) };
    let mut words: Vec<String> = whole.split(' ').filter(|w| !w.is_empty()).map(singular).collect();
    words.sort();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::schema::tests::shop;
    use catalog::ValueSource;

    #[test]
    fn ranks_by_name_column_and_value() {
        let catalog = shop();
        let index = Index::new(&catalog);
        let first = |q: &str, v: &ValueIndex| index.find(q, None, v).tables[0].1.clone();
        let none = ValueIndex::default();
        assert_eq!(first("how many orders", &none), "orders");
        assert_eq!(first("total per customer", &none), "customers");
        assert_eq!(first("order items", &none), "order_items");
        let values = ValueIndex::new(vec![ValueSource {
            schema: "main".into(),
            table: "customers".into(),
            column: "name".into(),
            values: vec!["Miller".into()],
            complete: true,
        }]);
        assert_eq!(first("anything of miller", &values), "customers");
        assert_eq!(index.find("xyz", None, &none).note, "all 3 tables");
        assert_eq!(index.find("orders", None, &none).note, "orders, order_items");
        assert_eq!(index.find("and theirs", Some("orders"), &none).tables[0].1, "orders");
    }

    #[test]
    fn large_catalogues_are_cut_with_a_note() {
        let mut catalog = shop();
        let spare = catalog.schemas[0].tables[0].clone();
        for i in 0..100 {
            let mut table = spare.clone();
            table.name = format!("spare{i}");
            catalog.schemas[0].tables.push(table);
        }
        let found = Index::new(&catalog).find("orders", None, &ValueIndex::default());
        assert_eq!(found.tables[0].1, "orders");
        assert_eq!(found.note, "orders, order_items; 101 tables left out");
        let lost = Index::new(&catalog).find("xyz", None, &ValueIndex::default());
        assert_eq!(lost.tables.len(), CANDIDATES);
        let empty = Catalog { schemas: Vec::new(), ..catalog };
        let found = Index::new(&empty).find("orders", None, &ValueIndex::default());
        assert_eq!((found.tables.len(), found.note.as_str()), (0, "no tables"));
    }
}
