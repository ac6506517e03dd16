//! A run: one question on its way to an answer, as a numbered event log.
//!
//! Browser, API and MCP only read the log. On the wire it is newline-delimited JSON, one
//! `RunEvent` a line, ordered by `seq` from 1; a reader resumes with `?after=<seq>`.

use crate::{
    chart::ChartSuggestion,
    dialect::Dialect,
    error::Problem,
    id::{ConnectionId, ConversationId, RunId},
    result::ResultTable,
};
use serde::{Deserialize, Serialize};

/// What a person asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskRequest {
    pub connection: ConnectionId,
    /// `None` starts a new conversation.
    pub conversation: Option<ConversationId>,
    pub question: String,
    /// Replaces this earlier run of the conversation (edit and re-ask).
    pub replaces: Option<RunId>,
}

/// Where a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    Running,
    /// Answered.
    Done,
    /// The question was not understood, with what was; not an error.
    Declined,
    Failed,
    Cancelled,
}

impl RunStatus {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Declined => "declined",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The stages of the frame, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Classify,
    Retrieve,
    Draft,
    Validate,
    Clear,
    Execute,
    Present,
}

impl Stage {
    pub const ALL: [Self; 7] = [
        Self::Classify,
        Self::Retrieve,
        Self::Draft,
        Self::Validate,
        Self::Clear,
        Self::Execute,
        Self::Present,
    ];

    /// What the stage does, as the progress list says it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Classify => "Understanding the question",
            Self::Retrieve => "Finding tables",
            Self::Draft => "Writing SQL",
            Self::Validate => "Checking against the schema",
            Self::Clear => "Passing the guard",
            Self::Execute => "Running",
            Self::Present => "Preparing the answer",
        }
    }
}

/// One entry of a run's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunEvent {
    /// From 1, without gaps.
    pub seq: u32,
    /// Milliseconds since the Unix epoch.
    pub at_ms: i64,
    #[serde(flatten)]
    pub what: Happening,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Happening {
    Started {
        question: String,
        drafter: String,
    },
    StageStarted {
        stage: Stage,
    },
    /// `note`: what the stage found, one line for people: "orders, customers".
    StageFinished {
        stage: Stage,
        elapsed_us: u64,
        note: String,
    },
    /// A model's text as it streams, for display only.
    DraftText {
        text: String,
    },
    /// The statement as drafted, with how the drafter understood the question.
    Drafted {
        sql: String,
        explanation: String,
        attempt: u32,
    },
    /// The draft did not pass; it is drafted once more with this problem.
    Repairing {
        problem: Problem,
    },
    /// What will run, as the guard rendered it.
    Cleared {
        sql: String,
    },
    /// Rows are there; fetch them from `/api/runs/{run}/result`.
    Executed {
        rows: u64,
        elapsed_us: u64,
        truncated: bool,
    },
    Answered(Answer),
    /// The question was not understood.
    Declined(Decline),
    Failed {
        problem: Problem,
    },
    Cancelled,
}

impl Happening {
    /// The status that this event ends the run with, if it does.
    #[must_use]
    pub fn ends(&self) -> Option<RunStatus> {
        match self {
            Self::Answered(_) => Some(RunStatus::Done),
            Self::Declined(_) => Some(RunStatus::Declined),
            Self::Failed { .. } => Some(RunStatus::Failed),
            Self::Cancelled => Some(RunStatus::Cancelled),
            _ => None,
        }
    }
}

/// What a run found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// One short paragraph with the figures that matter.
    pub text: String,
    pub chart: Option<ChartSuggestion>,
    /// Up to three questions that could come next.
    pub follow_ups: Vec<String>,
    /// How the question was read, as parts that can be shown as chips. Empty when a model drafted.
    #[serde(default)]
    pub understood: Vec<Chip>,
    /// The first rows, so that a short answer needs no second request.
    pub preview: ResultTable,
}

/// A part of the reading of a question: `time: 2025 by month`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chip {
    /// `measure`, `group`, `filter`, `time`, `order`, `limit`, `table`.
    pub kind: String,
    pub label: String,
    /// Other readings of the same part; choosing one asks again with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<ChipChoice>,
}

/// Another reading of a part, with the question that asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChipChoice {
    pub label: String,
    pub question: String,
}

/// Why a question has no answer, and what would have one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decline {
    pub text: String,
    /// Words of the question that were not understood.
    pub unknown_words: Vec<String>,
    /// Questions that can be answered.
    pub suggestions: Vec<String>,
}

/// A run as a conversation or the history lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSummary {
    pub id: RunId,
    pub connection: ConnectionId,
    pub dialect: Dialect,
    pub conversation: Option<ConversationId>,
    pub question: String,
    pub status: RunStatus,
    pub sql: Option<String>,
    /// RFC 3339, UTC.
    pub started_at: String,
}
