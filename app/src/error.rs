//! The one error of every server function: a [`Problem`] that can travel.

use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use model::error::{Problem, ProblemCode};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a server function answers when it cannot do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AppError(pub Problem);

/// What every server function returns.
pub type AppResult<T> = Result<T, AppError>;

impl AppError {
    #[must_use]
    pub fn code(&self) -> ProblemCode {
        self.0.code
    }
}

impl From<Problem> for AppError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for AppError {}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let code = match &error {
            ServerFnErrorErr::Request(_) => ProblemCode::Unreachable,
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => ProblemCode::Invalid,
            _ => ProblemCode::Internal,
        };
        let problem = match code {
            ProblemCode::Unreachable => {
                Problem::new(code, "Querent's server could not be reached.")
                    .hint("Check the network; what you wrote is kept.")
            }
            ProblemCode::Invalid => {
                Problem::new(code, format!("The request could not be read: {error}"))
            }
            _ => Problem::new(code, "Something went wrong on the server.")
                .hint("Try again; if it stays so, ask the administrator to look at the log."),
        };
        Self(problem)
    }
}
