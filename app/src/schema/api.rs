//! Server functions of the schema tree.

use crate::error::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use model::{
    catalog::{CatalogProgress, Table, TableKind},
    dialect::Dialect,
    id::ConnectionId,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::BTreeMap, ops::Deref};

#[cfg(feature = "ssr")]
use {
    crate::backend::{answer, backend, person},
    model::role::Role,
};

/// What the tree shows before anything is opened. `None` in `read_at`: no catalogue yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SchemaOverview {
    pub dialect: Dialect,
    pub server_version: String,
    /// RFC 3339, UTC.
    pub read_at: Option<String>,
    pub search_path: Vec<String>,
    pub schemas: Vec<SchemaEntry>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SchemaEntry {
    pub name: String,
    pub comment: Option<String>,
    pub tables: Vec<TableEntry>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableEntry {
    pub name: String,
    pub kind: TableKind,
    pub comment: Option<String>,
    pub row_estimate: Option<i64>,
}

/// One table with everything, and which of its columns are masked for whoever asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableDetail {
    pub table: Table,
    /// The masks' names, by column.
    pub masks: BTreeMap<String, String>,
}

impl Deref for TableDetail {
    type Target = Table;
    fn deref(&self) -> &Table {
        &self.table
    }
}

#[server(endpoint = "schema/overview", input = Json, output = Json)]
pub async fn get_schema_overview(connection: ConnectionId) -> Result<SchemaOverview, AppError> {
    let person = person(Role::Viewer)?;
    answer(backend().schemas.overview(&person, connection).await)
}

#[server(endpoint = "schema/table", input = Json, output = Json)]
pub async fn get_schema_table(
    connection: ConnectionId,
    schema: String,
    table: String,
) -> Result<TableDetail, AppError> {
    let person = person(Role::Viewer)?;
    answer(backend().schemas.table(&person, connection, schema, table).await)
}

#[server(endpoint = "schema/columns", input = Json, output = Json)]
pub async fn get_schema_columns(connection: ConnectionId) -> Result<Value, AppError> {
    let person = person(Role::Viewer)?;
    answer(backend().schemas.columns(&person, connection).await)
}

#[server(endpoint = "schema/refresh", input = Json, output = Json)]
pub async fn refresh_schema(connection: ConnectionId) -> Result<(), AppError> {
    let person = person(Role::Analyst)?;
    answer(backend().schemas.refresh(&person, connection).await)
}

#[server(endpoint = "schema/progress", input = Json, output = Json)]
pub async fn get_schema_progress(
    connection: ConnectionId,
) -> Result<Option<CatalogProgress>, AppError> {
    let person = person(Role::Viewer)?;
    answer(backend().schemas.progress(&person, connection).await)
}
