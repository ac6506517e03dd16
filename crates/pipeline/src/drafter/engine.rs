//! The built-in engine as a drafter.

use super::{Brief, Draft, Drafted, Drafter, Seen};
use async_trait::async_trait;
use engine::{Ask, Outcome, Reading};
use model::error::{Problem, ProblemCode};

/// No key, no network, the same draft for the same question.
#[derive(Clone, Copy, Debug, Default)]
pub struct EngineDrafter;

#[async_trait]
impl Drafter for EngineDrafter {
    fn name(&self) -> String {
        "built-in engine".into()
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
    let ask = Ask {
        question: &brief.question,
        lexicon: &brief.prepared.lexicon,
        values: &brief.prepared.values,
        glossary: &brief.glossary,
        previous: brief.before.last().map(|e| e.question.as_str()),
        today: brief.today,
    };
    let (readings, doubt) = match engine::answer(&ask) {
        Outcome::Declined(decline) => return Drafted::Declined(decline),
        Outcome::Readings(readings) => (readings, String::new()),
        Outcome::Clarify { choices, .. } => {
            let others: Vec<_> = choices.iter().skip(1).map(|c| c.paraphrase.as_str()).collect();
            let doubt = format!("It could also mean: {}.", others.join("; "));
            (choices, doubt)
        }
    };
    // The engine would say the same again: a repair takes its next best reading.
    let failed = brief.mend.as_ref().map(|m| m.sql.as_str());
    match (readings.into_iter().find(|r| Some(r.sql.as_str()) != failed), &brief.mend) {
        (Some(reading), _) => Drafted::Draft(draft(reading, &doubt)),
        (None, Some(mend)) => Drafted::Unreadable(mend.problem.clone()),
        (None, None) => Drafted::Declined(Default::default()),
    }
}

fn draft(reading: Reading, doubt: &str) -> Draft {
    let mut explanation = sentence(&reading.paraphrase);
    if !reading.unused_words.is_empty() {
        let words: Vec<_> = reading.unused_words.iter().map(|w| format!("“{w}”")).collect();
        explanation.push_str(&format!(" Not used: {}.", words.join(", ")));
    } else if !reading.confident && doubt.is_empty() {
        explanation.push_str(" This is my best guess.");
    }
    if !doubt.is_empty() {
        explanation.push(' ');
        explanation.push_str(doubt);
    }
    let Reading { sql, chips, follow_ups, .. } = reading;
    Draft { sql, explanation, chips, follow_ups }
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?']) {
        text.into()
    } else {
        format!("{text}.")
    }
}
