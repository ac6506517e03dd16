//! Conversations: chats of one person with one connection.

use crate::{
    id::{ConnectionId, ConversationId},
    run::RunSummary,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationSummary {
    pub id: ConversationId,
    pub connection: ConnectionId,
    /// The first question, shortened.
    pub title: String,
    /// RFC 3339, UTC.
    pub updated_at: String,
}

/// A conversation with its runs, oldest first; replaced runs are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    pub summary: ConversationSummary,
    pub runs: Vec<RunSummary>,
}
