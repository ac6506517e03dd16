//! A problem as it is told to people, from every door.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What went wrong, in the caller's terms. `status()` gives the HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// Not signed in, or the session has ended.
    Unauthenticated,
    /// Signed in, but the role does not allow this.
    Forbidden,
    /// No such thing in this workspace.
    NotFound,
    /// The request's contents do not fit.
    Invalid,
    /// It was changed by someone else meanwhile, or exists already.
    Conflict,
    /// Too many requests or attempts.
    Throttled,
    /// The body is larger than allowed.
    TooLarge,
    /// The guard refused the statement.
    Refused,
    /// The database answered with an error.
    Database,
    /// The database could not be reached, or the connection died.
    Unreachable,
    /// A time limit ended it.
    Timeout,
    /// A person or a closed tab ended it.
    Cancelled,
    /// A language model could not answer.
    Model,
    /// Querent's own fault; the incident id finds it in the log.
    Internal,
}

/// A problem with what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub code: ProblemCode,
    /// What happened, one sentence.
    pub message: String,
    /// What to do next, if there is something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Where in the SQL, if it is about a place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// The guard's stable word for why it refused: `unknown_table`, `lock` … The editor knows what
    /// can be done about some of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Finds an internal error in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
}

/// A place in a text. Lines and columns start at 1 and count Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub line: u32,
    pub column: u32,
    /// How many characters it covers; 0 when only the start is known.
    pub length: u32,
}

impl Problem {
    #[must_use]
    pub fn new(code: ProblemCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
            position: None,
            kind: None,
            incident: None,
        }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub fn at(mut self, position: Option<Position>) -> Self {
        self.position = position;
        self
    }
}

impl ProblemCode {
    /// The HTTP status that says the same.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Invalid | Self::Refused | Self::Database => 422,
            Self::Conflict => 409,
            Self::Throttled => 429,
            Self::TooLarge => 413,
            Self::Cancelled => 499,
            Self::Unreachable | Self::Model => 502,
            Self::Timeout => 504,
            Self::Internal => 500,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}
