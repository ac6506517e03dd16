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
    /// The built-in engine drafts, whatever model the workspace has.
    #[serde(default)]
    pub built_in: bool,
}

/// A person's choice between the readings that a run asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChooseRequest {
    pub run: RunId,
    /// The place in [`Clarification::choices`], from 0.
    pub choice: u32,
}

/// Where a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    Running,
    /// It asked back, and goes on when its owner has chosen. Nothing works on it meanwhile.
    Waiting,
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
            Self::Waiting => "waiting",
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
    /// The question can be read in several ways; the run waits for its owner's choice.
    Clarifying(Clarification),
    /// The owner chose this reading; the run goes on.
    Chosen {
        choice: u32,
        paraphrase: String,
    },
    /// The statement as drafted, with how the drafter understood the question.
    Drafted {
        sql: String,
        explanation: String,
        attempt: u32,
    },
    /// How the built-in engine reads the question that a model drafted for.
    SecondReading(SecondReading),
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

    /// The status after this event, if nothing works on the run any more: it has ended or waits.
    #[must_use]
    pub fn rests(&self) -> Option<RunStatus> {
        match self {
            Self::Clarifying(_) => Some(RunStatus::Waiting),
            other => other.ends(),
        }
    }
}

/// Which of several readings is meant?
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clarification {
    /// What is asked of the person, as a sentence.
    pub question: String,
    /// Two to four, best first.
    pub choices: Vec<Choice>,
}

/// One reading, with everything that the run needs to go on with it, even after a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What the statement does, in plain words.
    pub paraphrase: String,
    /// What would be computed. A text like any draft: the guard decides about it when it is chosen.
    pub sql: String,
    #[serde(default)]
    pub understood: Vec<Chip>,
    #[serde(default)]
    pub follow_ups: Vec<String>,
}

/// The built-in engine's reading beside a model's statement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondReading {
    /// What the engine's statement does, in plain words.
    pub paraphrase: String,
    pub sql: String,
    /// Where the two differ, one line each: `tables: the engine uses payments, not orders`. Empty: they agree.
    pub differences: Vec<String>,
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
    /// How sure the reading is. `None` where there was no statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// The first rows, so that a short answer needs no second request.
    pub preview: ResultTable,
}

/// How sure a reading is, from what was checked; never from a model's own word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Confidence {
    /// 0 to 1.
    pub score: f32,
    pub parts: Vec<ConfidencePart>,
}

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConfidencePart {
    /// `Second reading`, `Values` …
    pub name: String,
    /// 0 to 1; 1 takes nothing away.
    pub score: f32,
    /// What was found, one line.
    pub note: String,
}

/// Green, amber, red.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    High,
    Medium,
    Low,
}

impl Confidence {
    /// High from 0.8, medium from 0.6.
    #[must_use]
    pub fn certainty(&self) -> Certainty {
        match self.score {
            0.8.. => Certainty::High,
            0.6..0.8 => Certainty::Medium,
            _ => Certainty::Low,
        }
    }
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
    /// When its log with the answer was removed, because it was old.
    #[serde(default)]
    pub pruned_at: Option<String>,
}
