//! Who writes the SQL: the built-in engine or a language model, behind one trait.

mod engine;
mod model;
mod offers;
mod prompt;

pub(crate) use self::engine::answer as engine_reading;
pub use self::{engine::EngineDrafter, model::ModelDrafter};

use crate::{driver::Exchange, prepared::Prepared, run::Mend};
use ::engine::{Date, GlossaryTerm};
use ::model::{
    error::Problem,
    run::{Chip, Choice, Clarification, Decline},
};
use async_trait::async_trait;
use std::sync::Arc;

/// A statement with how the question was understood. Text only: the guard decides about it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    pub sql: String,
    /// What the statement does, in plain words, with doubts said.
    pub explanation: String,
    pub chips: Vec<Chip>,
    pub follow_ups: Vec<String>,
    pub origin: Origin,
}

/// Where a draft comes from, as far as it says how sure it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Origin {
    /// A model's word about itself does not count.
    #[default]
    Model,
    /// The engine's score from 0 to 1, fitted on questions with known answers.
    Engine { score: f32 },
    /// A person chose it among several readings.
    Chosen,
}

impl Draft {
    /// The draft of the reading that a person chose.
    #[must_use]
    pub fn chosen(choice: Choice) -> Self {
        let Choice { paraphrase, sql, understood, follow_ups } = choice;
        let explanation = engine::sentence(&paraphrase);
        Self { sql, explanation, chips: understood, follow_ups, origin: Origin::Chosen }
    }
}

/// Everything that a draft is made from.
#[derive(Clone)]
pub struct Brief {
    pub question: String,
    /// The conversation so far, oldest first.
    pub before: Vec<Exchange>,
    pub glossary: Vec<GlossaryTerm>,
    pub today: Date,
    pub prepared: Arc<Prepared>,
    /// `(schema, table)`, best first.
    pub tables: Vec<(String, String)>,
    /// What did not pass before.
    pub mend: Option<Mend>,
}

/// What a drafter comes back with.
#[derive(Clone, Debug, PartialEq)]
pub enum Drafted {
    Draft(Draft),
    Declined(Decline),
    /// Several readings, and a person has to choose.
    Unclear(Clarification),
    /// There is a reply, but not in a form that can be read.
    Unreadable(Problem),
}

/// Takes a model's text as it streams.
pub type Seen<'s> = &'s (dyn Fn(&str) + Send + Sync);

/// Writes SQL for a question.
#[async_trait]
pub trait Drafter: Send + Sync {
    /// As people see it: `built-in engine`, `gpt-5`.
    fn name(&self) -> String;

    /// Is this the built-in engine? Another one's drafts are compared with the engine's reading.
    fn is_engine(&self) -> bool {
        false
    }

    /// `seen` gets text as it streams, for display.
    ///
    /// # Errors
    /// When there is no reply at all.
    async fn draft(&self, brief: &Brief, seen: Seen<'_>) -> Result<Drafted, Problem>;
}
