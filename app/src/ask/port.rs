//! What the conversation panel needs from the server.

use super::api::Asked;
use async_trait::async_trait;
use model::{
    account::Person,
    conversation::{Conversation, ConversationSummary},
    error::Problem,
    id::{ConnectionId, ConversationId, RunId},
    run::{AskRequest, ChooseRequest},
};

/// Conversations belong to one person; ids of others are `NotFound`.
#[async_trait]
pub trait Asking: Send + Sync {
    /// Starts a run and returns at once; its events are read from `/api/runs/{run}/events`.
    async fn ask(&self, person: &Person, request: AskRequest) -> Result<Asked, Problem>;
    /// Goes on with a reading of a run that waits; returns at once, like `ask`.
    ///
    /// `Conflict`: it does not wait any more. `Invalid`: there is no such choice.
    async fn choose(&self, person: &Person, request: ChooseRequest) -> Result<(), Problem>;
    /// Ends a run or an editor's query, in the database too.
    async fn cancel(&self, person: &Person, run: RunId) -> Result<(), Problem>;
    async fn conversations(
        &self,
        person: &Person,
        connection: ConnectionId,
    ) -> Result<Vec<ConversationSummary>, Problem>;
    async fn conversation(
        &self,
        person: &Person,
        id: ConversationId,
    ) -> Result<Conversation, Problem>;
    async fn delete_conversation(&self, person: &Person, id: ConversationId)
    -> Result<(), Problem>;
    /// Ways to go on from what is typed so far, best first, at most 8.
    async fn complete(
        &self,
        person: &Person,
        connection: ConnectionId,
        prefix: String,
    ) -> Result<Vec<String>, Problem>;
    /// Questions that this database can answer: the empty state's chips.
    async fn suggestions(
        &self,
        person: &Person,
        connection: ConnectionId,
    ) -> Result<Vec<String>, Problem>;
}
