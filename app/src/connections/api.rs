//! Server functions of connections.

use crate::error::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use model::{
    connection::{ConnectionDraft, ConnectionView, TestReport},
    id::ConnectionId,
};

#[cfg(feature = "ssr")]
use {
    crate::backend::{answer, backend, person},
    model::role::Role,
};

#[server(endpoint = "connections/list", input = Json, output = Json)]
pub async fn list_connections() -> Result<Vec<ConnectionView>, AppError> {
    let person = person(Role::Viewer)?;
    answer(backend().connections.list(&person).await)
}

#[server(endpoint = "connections/add", input = Json, output = Json)]
pub async fn add_connection(draft: ConnectionDraft) -> Result<ConnectionView, AppError> {
    let person = person(Role::Admin)?;
    answer(backend().connections.add(&person, draft).await)
}

#[server(endpoint = "connections/edit", input = Json, output = Json)]
pub async fn edit_connection(
    id: ConnectionId,
    draft: ConnectionDraft,
) -> Result<ConnectionView, AppError> {
    let person = person(Role::Admin)?;
    answer(backend().connections.edit(&person, id, draft).await)
}

#[server(endpoint = "connections/delete", input = Json, output = Json)]
pub async fn delete_connection(id: ConnectionId) -> Result<(), AppError> {
    let person = person(Role::Admin)?;
    answer(backend().connections.delete(&person, id).await)
}

#[server(endpoint = "connections/test", input = Json, output = Json)]
pub async fn test_connection(
    draft: ConnectionDraft,
    stored: Option<ConnectionId>,
) -> Result<TestReport, AppError> {
    let person = person(Role::Admin)?;
    answer(backend().connections.test(&person, draft, stored).await)
}

#[server(endpoint = "connections/files", input = Json, output = Json)]
pub async fn sqlite_files() -> Result<Vec<String>, AppError> {
    let person = person(Role::Admin)?;
    answer(backend().connections.files(&person).await)
}
