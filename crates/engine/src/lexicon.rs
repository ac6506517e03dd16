//! A catalogue prepared for questions.

use crate::{Outcome, Reading};
use catalog::fold::fold;
use model::{catalog::Catalog, dialect::Dialect, run::Decline};

/// Words, keys and joins of a catalogue, prepared once per catalogue version.
#[derive(Clone, Debug)]
pub struct Lexicon {
    dialect: Dialect,
    /// Schema, name, name as words.
    tables: Vec<(String, String, String)>,
}

impl Lexicon {
    #[must_use]
    pub fn new(catalog: &Catalog) -> Self {
        let tables = catalog.tables();
        let tables = tables.map(|(s, t)| (s.to_owned(), t.name.clone(), fold(&t.name))).collect();
        Self { dialect: catalog.dialect, tables }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
        self.tables.iter().map(|t| t.2.clone())
    }

    pub(crate) fn first_answer(&self, question: &str) -> Outcome {
        let words = fold(question);
        let Some((schema, table, name)) = self.tables.iter().find(|t| words.contains(&t.2)) else {
            return Outcome::Declined(Decline {
                text: "I found no table for this question.".into(),
                unknown_words: words.split(' ').map(str::to_owned).collect(),
                suggestions: crate::suggestions(self),
            });
        };
        let from = format!("{}.{}", self.dialect.quote(schema), self.dialect.quote(table));
        let count = words.contains("how many") || words.contains("number of");
        let sql = format!("SELECT {} FROM {from}", if count { "count(*)" } else { "*" });
        Outcome::Readings(vec![Reading {
            sql,
            paraphrase: format!("{} {name}", if count { "Counting" } else { "Listing" }),
            score: 0.4,
            confident: false,
            used_words: vec![name.clone()],
            unused_words: Vec::new(),
            chips: Vec::new(),
            tables: vec![(schema.clone(), table.clone())],
            columns: Vec::new(),
            follow_ups: Vec::new(),
        }])
    }
}
