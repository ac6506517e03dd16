//! A language model as a drafter: its reply is parsed, never followed.

use super::{Brief, Draft, Drafted, Drafter, Seen, prompt};
use async_trait::async_trait;
use llm::{Llm, LlmError};
use model::{
    error::{Problem, ProblemCode},
    run::Decline,
};
use serde::Deserialize;
use std::sync::Arc;

/// A statement longer than this, in bytes, is not an answer to a question.
const SQL_BYTES: usize = 20_000;
const FOLLOW_UPS: usize = 3;

/// Asks a model for `{sql, explanation, follow_ups}`.
pub struct ModelDrafter {
    model: Arc<dyn Llm>,
}

impl ModelDrafter {
    #[must_use]
    pub fn new(model: Arc<dyn Llm>) -> Self {
        Self { model }
    }
}

#[derive(Deserialize)]
struct Reply {
    #[serde(default)]
    sql: Option<String>,
    #[serde(default)]
    explanation: Option<String>,
    #[serde(default)]
    follow_ups: Option<Vec<String>>,
}

#[async_trait]
impl Drafter for ModelDrafter {
    fn name(&self) -> String {
        self.model.name().to_owned()
    }

    async fn draft(&self, brief: &Brief, seen: Seen<'_>) -> Result<Drafted, Problem> {
        let prompt = prompt::of(brief);
        let reply = self.model.reply(&prompt).await.map_err(|e| e.problem())?;
        let text = match llm::collect(reply, seen).await {
            Ok(text) => text,
            Err(error @ LlmError::Malformed(_)) => {
                return Ok(Drafted::Unreadable(error.problem()));
            }
            Err(error) => return Err(error.problem()),
        };
        Ok(match llm::json::<Reply>(&text) {
            Ok(reply) => read(reply),
            Err(error) => Drafted::Unreadable(error.problem()),
        })
    }
}

fn read(reply: Reply) -> Drafted {
    let explanation = reply.explanation.as_deref().map(|e| plain(e, 600)).unwrap_or_default();
    let sql = reply.sql.unwrap_or_default().trim().to_owned();
    if sql.is_empty() {
        let text = match explanation.is_empty() {
            true => "The model found no way to answer this from the database.".into(),
            false => explanation,
        };
        return Drafted::Declined(Decline { text, ..Decline::default() });
    }
    if sql.len() > SQL_BYTES {
        let message = "The model's statement is longer than an answer could be.";
        return Drafted::Unreadable(Problem::new(ProblemCode::Model, message));
    }
    let follow_ups = reply.follow_ups.unwrap_or_default();
    let follow_ups = follow_ups.iter().map(|f| plain(f, 120)).filter(|f| !f.is_empty());
    let follow_ups = follow_ups.take(FOLLOW_UPS).collect();
    Drafted::Draft(Draft { sql, explanation, follow_ups, ..Draft::default() })
}

/// One line without control characters, cut at a length.
fn plain(text: &str, limit: usize) -> String {
    let words: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(limit) {
        Some((cut, _)) => format!("{} …", &words[..cut]),
        None => words,
    }
}
