//! One JSON line in, one JSON line out: the guard as a filter for scripts and CI.

use crate::{Gate, Verdict, check};
use model::error::Position;
use serde::{Deserialize, Serialize};

/// A line that comes in. Other fields are ignored.
#[derive(Debug, Deserialize)]
pub struct Question {
    pub id: String,
    /// `postgres`, `mysql`, `sqlite`; told by callers that mix databases.
    #[serde(default)]
    pub dialect: Option<String>,
    /// `mysql`, `mariadb` or `both`.
    #[serde(default)]
    pub engine: Option<String>,
    pub sql: String,
}

/// A line that goes out.
#[derive(Debug, Serialize)]
pub struct Answer {
    pub id: String,
    pub decision: Decision,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// What would run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sql: Option<String>,
    /// Result columns that show masks, as `position: schema.table.column`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub masked: Vec<String>,
}

/// The three answers, and one more for readers that tell masked results from open ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Allow,
    /// Like `allow`; some result column shows a mask. Only in the words of `Words::Corpus`.
    Masked,
    Deny,
    Write,
}

/// Which decisions the reader knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Words {
    /// `allow`, `deny`, `write`.
    #[default]
    Full,
    /// `allow`, `masked`, `deny`: what `guard_eval.py` compares with its corpus.
    Corpus,
}

/// Answers one line. A line that is no question is denied under the id it has, or an empty one.
#[must_use]
pub fn answer(gate: &Gate<'_>, line: &str, words: Words) -> String {
    let answer = match serde_json::from_str::<Question>(line) {
        Ok(question) => decide(gate, question, words),
        Err(error) => unreadable(line, &error),
    };
    serde_json::to_string(&answer).expect("an answer has only string keys")
}

/// Answers a question that is already read.
#[must_use]
pub fn decide(gate: &Gate<'_>, question: Question, words: Words) -> Answer {
    let mut answer = empty(question.id, Decision::Allow);
    match check(gate, &question.sql) {
        Verdict::Read(cleared) => {
            answer.sql = Some(cleared.shown_sql().to_owned());
            answer.masked = cleared
                .masked()
                .iter()
                .map(|masked| match masked.position {
                    Some(position) => format!("{position}: {}", masked.column),
                    None => masked.column.clone(),
                })
                .collect();
            if words == Words::Corpus && !answer.masked.is_empty() {
                answer.decision = Decision::Masked;
            }
        }
        Verdict::Write(class) => {
            let corpus = words == Words::Corpus;
            answer.decision = if corpus { Decision::Deny } else { Decision::Write };
            answer.code = Some("write".into());
            answer.reason = Some(model::error::Problem::from(class).message);
        }
        Verdict::Deny(refusal) => {
            answer.decision = Decision::Deny;
            answer.code = Some(refusal.code.into());
            answer.reason = Some(refusal.reason);
            answer.hint = refusal.hint;
            answer.position = refusal.position;
        }
    }
    answer
}

fn unreadable(line: &str, error: &serde_json::Error) -> Answer {
    let value = serde_json::from_str::<serde_json::Value>(line).unwrap_or_default();
    let id = value.get("id").and_then(|id| id.as_str()).unwrap_or_default().to_owned();
    let mut answer = empty(id, Decision::Deny);
    answer.code = Some("line".into());
    answer.reason = Some(format!("This line is no question: {error}."));
    answer
}

fn empty(id: String, decision: Decision) -> Answer {
    Answer {
        id,
        decision,
        code: None,
        reason: None,
        hint: None,
        position: None,
        sql: None,
        masked: Vec::new(),
    }
}
