#![doc = include_str!("../README.md")]

mod build;
mod calendar;
mod chips;
mod confidence;
mod cues;
mod draft;
mod durations;
pub mod eval;
mod explain;
mod follow;
mod graph;
mod lexicon;
mod link;
mod parse;
mod plan;
mod rank;
mod read;
mod resolve;
mod roles;
mod sql;
mod stock;
mod suggest;
mod text;
mod words;

use catalog::ValueIndex;
pub use lexicon::Lexicon;
use model::run::{Chip, Decline};

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// A term that the workspace explained: "active customer" means "customers whose status is active".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlossaryTerm {
    pub term: String,
    /// What to read in its place, in words that the engine understands.
    pub meaning: String,
}

/// Everything that an answer depends on.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    pub question: &'a str,
    pub lexicon: &'a Lexicon,
    pub values: &'a ValueIndex,
    pub glossary: &'a [GlossaryTerm],
    /// The question before this one in the conversation.
    pub previous: Option<&'a str>,
    pub today: Date,
}

/// What the engine makes of a question.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Best first, at least one.
    Readings(Vec<Reading>),
    /// Two readings are too close to choose: `question` asks which, `choices` are two to four.
    Clarify {
        question: String,
        choices: Vec<Reading>,
    },
    Declined(Decline),
}

/// One way to read a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// One SELECT in the connection's dialect.
    pub sql: String,
    /// What the statement does, in plain words.
    pub paraphrase: String,
    /// 0 to 1.
    pub score: f32,
    /// The engine stands behind it: shown without a warning.
    pub confident: bool,
    pub used_words: Vec<String>,
    pub unused_words: Vec<String>,
    pub chips: Vec<Chip>,
    /// `(schema, table)`, sorted.
    pub tables: Vec<(String, String)>,
    /// `(schema, table, column)`, sorted.
    pub columns: Vec<(String, String, String)>,
    /// Questions that could come next.
    pub follow_ups: Vec<String>,
}

/// Reads the question. The same input gives the same outcome, always.
#[must_use]
pub fn answer(ask: &Ask<'_>) -> Outcome {
    read::read(ask)
}

/// Questions that start with `prefix`, with its last words completed: phrases, names, values. At most eight.
#[must_use]
pub fn complete(prefix: &str, lexicon: &Lexicon, values: &ValueIndex) -> Vec<String> {
    suggest::complete(prefix, lexicon, values)
}

/// Questions that can be answered on this catalogue.
#[must_use]
pub fn suggestions(lexicon: &Lexicon) -> Vec<String> {
    suggest::suggestions(lexicon)
}
