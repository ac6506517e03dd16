//! What was asked and run: one list for questions and statements.

use crate::{
    id::{ConnectionId, ConversationId, RunId},
    run::RunStatus,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HistoryKind {
    Question,
    Statement,
}

/// A row of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    pub id: RunId,
    pub kind: HistoryKind,
    pub connection: ConnectionId,
    pub connection_name: String,
    pub conversation: Option<ConversationId>,
    /// The question, or empty for a statement.
    pub question: String,
    pub sql: Option<String>,
    pub status: RunStatus,
    pub problem: Option<String>,
    pub rows: Option<u64>,
    pub elapsed_us: Option<u64>,
    /// RFC 3339, UTC.
    pub started_at: String,
    /// When its rows were removed, because they were old or took too much room. RFC 3339, UTC.
    #[serde(default)]
    pub pruned_at: Option<String>,
    pub by: String,
}

/// Which part of the history to list, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryFilter {
    /// Words that the question or statement holds.
    pub search: String,
    pub connection: Option<ConnectionId>,
    pub kind: Option<HistoryKind>,
    pub status: Option<RunStatus>,
    /// Entries older than this one: the next page.
    pub before: Option<RunId>,
}

/// Up to 50 entries and whether there are more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryPage {
    pub entries: Vec<HistoryEntry>,
    pub more: bool,
}
