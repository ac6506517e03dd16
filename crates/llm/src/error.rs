//! Why a model did not answer, told apart so that the hint fits.

use model::error::{Problem, ProblemCode};
use std::time::Duration;

/// Texts never hold the key or the prompt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LlmError {
    #[error("the model's settings do not work: {0}")]
    Settings(String),
    #[error("the endpoint does not accept the API key")]
    BadKey,
    #[error("the endpoint has no model '{0}'")]
    UnknownModel(String),
    #[error("nothing answers to chat completions at this address")]
    WrongAddress,
    /// `after`: how long the endpoint asks to wait, if it says so.
    #[error("the endpoint limits how often it may be asked{}", wait(*.after))]
    RateLimited { after: Option<Duration> },
    #[error("the account at the endpoint has used up its quota")]
    Quota,
    #[error("the endpoint cannot be reached: {0}")]
    Unreachable(String),
    #[error("the model did not finish within {} s", .0.as_secs())]
    Timeout(Duration),
    #[error("question and schema are longer than the model can read at once")]
    ContextTooLong,
    #[error("the model's reply cannot be read: {0}")]
    Malformed(String),
    #[error("the connection ended in the middle of the reply")]
    Interrupted,
    #[error("the model's reply was cut off at its length limit")]
    CutOff,
    #[error("the model declined to answer: {0}")]
    Declined(String),
    /// Another status of 400 to 499.
    #[error("the endpoint refused the request ({status}): {message}")]
    Rejected { status: u16, message: String },
    /// A status of 500 to 599, after retries.
    #[error("the endpoint failed ({status}): {message}")]
    Server { status: u16, message: String },
}

fn wait(after: Option<Duration>) -> String {
    after.map(|d| format!("; it asks to wait {} s", d.as_secs().max(1))).unwrap_or_default()
}

impl LlmError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Settings(_) => "An administrator can correct the settings under Models.",
            Self::BadKey => "An administrator can enter a valid key under Models.",
            Self::UnknownModel(_) => {
                "An administrator can choose another model under Models; the endpoint lists its own at /models."
            }
            Self::WrongAddress => {
                "An administrator can correct the base URL under Models; it usually ends in /v1."
            }
            Self::RateLimited { .. } => "Ask again in a moment.",
            Self::Quota => "Check plan and billing of the account that the key belongs to.",
            Self::Unreachable(_) => {
                "Check that the endpoint is running and that this server may reach it."
            }
            Self::Timeout(_) => {
                "Ask again, or let an administrator allow more time or choose a faster model under Models."
            }
            Self::ContextTooLong => {
                "Ask in fewer words, start a new conversation, or choose a model with a longer context."
            }
            Self::Malformed(_) | Self::CutOff => {
                "Ask again or in other words; if it happens often, choose a stronger model."
            }
            Self::Interrupted => "Ask again.",
            Self::Declined(_) => "Ask in other words.",
            Self::Rejected { .. } => "Check the model's settings under Models.",
            Self::Server { .. } => "Ask again in a moment; the trouble is at the endpoint.",
        }
    }

    /// As people are told.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let code = match self {
            Self::Timeout(_) => ProblemCode::Timeout,
            _ => ProblemCode::Model,
        };
        let text = self.to_string();
        let mut letters = text.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        let text: String = first.chain(letters).collect();
        Problem::new(code, format!("{text}.")).hint(self.hint())
    }
}
