//! Which drafter a workspace uses.

use crate::{
    Store, StoreError,
    error::During,
    rows::{Columns, now, to_json},
};
use model::{id::WorkspaceId, llm::ModelSettings};

/// The stored settings. `settings.api_key` is always `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelRow {
    pub settings: ModelSettings,
    /// The key, sealed by the server's keyring.
    pub api_key: Option<Vec<u8>>,
}

/// The workspace's settings, or the defaults (the built-in engine).
///
/// # Errors
/// `Query`, `Corrupt`.
pub async fn get(store: &Store, workspace: WorkspaceId) -> Result<ModelRow, StoreError> {
    let row = sqlx::query("SELECT settings, api_key FROM model_settings WHERE workspace_id = $1")
        .bind(workspace.to_string())
        .fetch_optional(store.reads())
        .await
        .during("read the model settings")?;
    let Some(row) = row else { return Ok(ModelRow::default()) };
    let api_key = row.bytes_option("api_key")?;
    let mut settings: ModelSettings = row.json("settings")?;
    settings.has_api_key = api_key.is_some();
    Ok(ModelRow { settings, api_key })
}

/// Replaces the settings and the sealed key.
///
/// # Errors
/// `Query`.
pub async fn put(
    store: &Store,
    workspace: WorkspaceId,
    settings: &ModelSettings,
    api_key: Option<Vec<u8>>,
) -> Result<(), StoreError> {
    let settings =
        ModelSettings { api_key: None, has_api_key: api_key.is_some(), ..settings.clone() };
    sqlx::query(
        "INSERT INTO model_settings (workspace_id, settings, api_key, updated_at) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (workspace_id) DO UPDATE SET \
         settings = excluded.settings, api_key = excluded.api_key, updated_at = excluded.updated_at",
    )
    .bind(workspace.to_string())
    .bind(to_json(&settings, "model settings")?)
    .bind(api_key)
    .bind(now())
    .execute(store.writes())
    .await
    .during("store the model settings")
    .map(drop)
}
