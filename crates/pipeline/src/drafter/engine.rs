//! The built-in engine as a drafter.

use super::{Brief, Draft, Drafted, Drafter, Origin, Seen, offers};
use async_trait::async_trait;
use engine::{Ask, Outcome, Reading};
use model::{
    error::{Problem, ProblemCode},
    run::{Choice, Clarification},
};

/// More choices than this are no help.
const CHOICES: usize = 4;

/// No key, no network, the same draft for the same question.
#[derive(Clone, Copy, Debug, Default)]
pub struct EngineDrafter;

#[async_trait]
impl Drafter for EngineDrafter {
    fn name(&self) -> String {
        "built-in engine".into()
    }

    fn is_engine(&self) -> bool {
        true
    }

    async fn draft(&self, brief: &Brief, _seen: Seen<'_>) -> Result<Drafted, Problem> {
        let brief = brief.clone();
        // Milliseconds of thinking do not belong on a thread that serves others.
        let thought = tokio::task::spawn_blocking(move || think(&brief)).await;
        thought.map_err(|error| {
            tracing::error!(%error, "the engine panicked");
            Problem::new(ProblemCode::Internal, "The built-in engine failed on this question.")
                .hint("Ask in other words; the log has the details.")
        })
    }
}

fn think(brief: &Brief) -> Drafted {
    let (readings, question) = match answer(brief) {
        Outcome::Declined(decline) => return Drafted::Declined(decline),
        Outcome::Readings(readings) => (readings, None),
        Outcome::Clarify { choices, question } => (choices, Some(question)),
    };
    let Some(mend) = &brief.mend else {
        return match (question, readings) {
            (Some(question), choices) if choices.len() > 1 => unclear(question, choices),
            (_, readings) => readings
                .into_iter()
                .next()
                .map_or_else(|| Drafted::Declined(Default::default()), |r| with_offers(r, brief)),
        };
    };
    // The engine would say the same again: a repair takes its next best reading.
    match readings.into_iter().find(|r| r.sql != mend.sql) {
        Some(reading) => Drafted::Draft(draft(reading)),
        None => Drafted::Unreadable(mend.problem.clone()),
    }
}

fn with_offers(mut reading: Reading, brief: &Brief) -> Drafted {
    offers::add(&mut reading, brief);
    Drafted::Draft(draft(reading))
}

/// The engine's outcome for a question, with the conversation so far.
pub(crate) fn answer(brief: &Brief) -> Outcome {
    engine::answer(&Ask {
        question: &brief.question,
        lexicon: &brief.prepared.lexicon,
        values: &brief.prepared.values,
        glossary: &brief.glossary,
        previous: brief.before.last().map(|e| e.question.as_str()),
        today: brief.today,
    })
}

fn unclear(question: String, choices: Vec<Reading>) -> Drafted {
    let choices = choices.into_iter().take(CHOICES).map(|reading| Choice {
        paraphrase: reading.paraphrase,
        sql: reading.sql,
        understood: reading.chips,
        follow_ups: reading.follow_ups,
    });
    Drafted::Unclear(Clarification { question, choices: choices.collect() })
}

fn draft(reading: Reading) -> Draft {
    let mut explanation = sentence(&reading.paraphrase);
    if !reading.unused_words.is_empty() {
        let words: Vec<_> = reading.unused_words.iter().map(|w| format!("“{w}”")).collect();
        explanation.push_str(&format!(" Not used: {}.", words.join(", ")));
    } else if !reading.confident {
        explanation.push_str(" This is my best guess.");
    }
    let Reading { sql, chips, follow_ups, score, .. } = reading;
    Draft { sql, explanation, chips, follow_ups, origin: Origin::Engine { score } }
}

pub(crate) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?']) {
        text.into()
    } else {
        format!("{text}.")
    }
}
