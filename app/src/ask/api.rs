//! Server functions of the conversation panel. Run events are a stream of their own: `/api/runs/{run}/events`.

use crate::error::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use model::{
    conversation::{Conversation, ConversationSummary},
    id::{ConnectionId, ConversationId, RunId},
    run::{AskRequest, ChooseRequest},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use {
    crate::backend::{answer, backend, person},
    model::role::Role,
};

/// A run that has started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub run: RunId,
    pub conversation: ConversationId,
}

#[server(endpoint = "ask/start", input = Json, output = Json)]
pub async fn ask(request: AskRequest) -> Result<Asked, AppError> {
    let person = person(Role::Analyst)?;
    answer(backend().asking.ask(&person, request).await)
}

/// Goes on with one of the readings that a run asked about.
#[server(endpoint = "ask/choose", input = Json, output = Json)]
pub async fn choose_reading(request: ChooseRequest) -> Result<(), AppError> {
    let person = person(Role::Analyst)?;
    answer(backend().asking.choose(&person, request).await)
}

#[server(endpoint = "ask/cancel", input = Json, output = Json)]
pub async fn cancel_run(run: RunId) -> Result<(), AppError> {
    let person = person(Role::Analyst)?;
    answer(backend().asking.cancel(&person, run).await)
}

#[server(endpoint = "ask/conversations", input = Json, output = Json)]
pub async fn list_conversations(
    connection: ConnectionId,
) -> Result<Vec<ConversationSummary>, AppError> {
    let person = person(Role::Analyst)?;
    answer(backend().asking.conversations(&person, connection).await)
}

#[server(endpoint = "ask/conversation", input = Json, output = Json)]
pub async fn get_conversation(id: ConversationId) -> Result<Conversation, AppError> {
    let person = person(Role::Analyst)?;
    answer(backend().asking.conversation(&person, id).await)
}

#[server(endpoint = "ask/delete_conversation", input = Json, output = Json)]
pub async fn delete_conversation(id: ConversationId) -> Result<(), AppError> {
    let person = person(Role::Analyst)?;
    answer(backend().asking.delete_conversation(&person, id).await)
}

#[server(endpoint = "ask/complete", input = Json, output = Json)]
pub async fn complete_question(
    connection: ConnectionId,
    prefix: String,
) -> Result<Vec<String>, AppError> {
    let person = person(Role::Analyst)?;
    answer(backend().asking.complete(&person, connection, prefix).await)
}

#[server(endpoint = "ask/suggestions", input = Json, output = Json)]
pub async fn suggested_questions(connection: ConnectionId) -> Result<Vec<String>, AppError> {
    let person = person(Role::Analyst)?;
    answer(backend().asking.suggestions(&person, connection).await)
}
