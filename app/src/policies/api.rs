//! Server functions of the policies page.

use crate::error::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use model::{
    id::{ConnectionId, PolicyId},
    policy::{
        EffectiveTable, PolicyChange, PolicyDraft, PolicyPreview, PolicyRecord, PreviewRequest,
        SensitiveColumn, ViewAs,
    },
};

#[cfg(feature = "ssr")]
use {
    crate::backend::{answer, backend, person},
    model::role::Role,
};

#[server(endpoint = "policies/list", input = Json, output = Json)]
pub async fn list_policies() -> Result<Vec<PolicyRecord>, AppError> {
    let person = person(Role::Admin)?;
    answer(backend().policies.list(&person).await)
}

#[server(endpoint = "policies/get", input = Json, output = Json)]
pub async fn get_policy(id: PolicyId) -> Result<PolicyRecord, AppError> {
    let person = person(Role::Admin)?;
    answer(backend().policies.get(&person, id).await)
}

#[server(endpoint = "policies/save", input = Json, output = Json)]
pub async fn save_policy(
    id: Option<PolicyId>,
    draft: PolicyDraft,
    version: Option<i64>,
) -> Result<PolicyRecord, AppError> {
    let person = person(Role::Admin)?;
    answer(backend().policies.save(&person, id, draft, version).await)
}

#[server(endpoint = "policies/delete", input = Json, output = Json)]
pub async fn delete_policy(id: PolicyId) -> Result<(), AppError> {
    let person = person(Role::Admin)?;
    answer(backend().policies.delete(&person, id).await)
}

#[server(endpoint = "policies/changes", input = Json, output = Json)]
pub async fn policy_changes(limit: u32) -> Result<Vec<PolicyChange>, AppError> {
    let person = person(Role::Admin)?;
    answer(backend().policies.changes(&person, limit).await)
}

#[server(endpoint = "policies/preview", input = Json, output = Json)]
pub async fn preview_policy(request: PreviewRequest) -> Result<PolicyPreview, AppError> {
    let person = person(Role::Admin)?;
    answer(backend().policies.preview(&person, request).await)
}

#[server(endpoint = "policies/check_rows", input = Json, output = Json)]
pub async fn check_policy_rows(
    connection: ConnectionId,
    schema: String,
    table: String,
    condition: String,
) -> Result<(), AppError> {
    let person = person(Role::Admin)?;
    answer(backend().policies.check_rows(&person, connection, schema, table, condition).await)
}

#[server(endpoint = "policies/sensitive", input = Json, output = Json)]
pub async fn sensitive_columns(connection: ConnectionId) -> Result<Vec<SensitiveColumn>, AppError> {
    let person = person(Role::Admin)?;
    answer(backend().policies.sensitive(&person, connection).await)
}

#[server(endpoint = "policies/effective", input = Json, output = Json)]
pub async fn effective_policy(
    connection: ConnectionId,
    view_as: ViewAs,
) -> Result<Vec<EffectiveTable>, AppError> {
    let person = person(Role::Admin)?;
    answer(backend().policies.effective(&person, connection, view_as).await)
}
