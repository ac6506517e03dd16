//! Catalogues of connected databases, one row per version.

use crate::{
    Store, StoreError,
    error::During,
    rows::{Columns, now},
};
use model::{
    catalog::Catalog,
    id::{CatalogId, ConnectionId, WorkspaceId},
};

/// Versions kept per connection.
const KEPT: i64 = 10;

/// The newest version of a connection's catalogue.
#[derive(Clone, Debug)]
pub struct CatalogRow {
    pub id: CatalogId,
    pub fingerprint: String,
    pub catalog: Catalog,
    /// Milliseconds since the epoch.
    pub read_at_ms: i64,
}

impl CatalogRow {
    /// RFC 3339, UTC.
    #[must_use]
    pub fn read_at(&self) -> String {
        crate::rows::rfc3339(self.read_at_ms)
    }
}

/// The newest version; `None` before the first introspection.
///
/// # Errors
/// `Query`, `Corrupt`. Another workspace's connection has none.
pub async fn newest(
    store: &Store,
    workspace: WorkspaceId,
    connection: ConnectionId,
) -> Result<Option<CatalogRow>, StoreError> {
    let row = sqlx::query(
        "SELECT k.id, k.fingerprint, k.body, k.read_at FROM catalogs k \
         JOIN connections c ON c.id = k.connection_id \
         WHERE c.workspace_id = $1 AND c.id = $2 AND c.deleted_at IS NULL \
         ORDER BY k.id DESC LIMIT 1",
    )
    .bind(workspace.to_string())
    .bind(connection.to_string())
    .fetch_optional(store.reads())
    .await
    .during("read a catalogue")?;
    let Some(row) = row else { return Ok(None) };
    let body = row.bytes_option("body")?.unwrap_or_default();
    Ok(Some(CatalogRow {
        id: row.parsed("id")?,
        fingerprint: row.text("fingerprint")?,
        catalog: unpack(&body)?,
        read_at_ms: row.int("read_at")?,
    }))
}

/// Stores what an introspection read: a new version when the fingerprint is new, else only the
/// newest version's time.
///
/// # Errors
/// `NotFound` for another workspace's connection, `Query`.
pub async fn put(
    store: &Store,
    workspace: WorkspaceId,
    connection: ConnectionId,
    fingerprint: &str,
    catalog: &Catalog,
) -> Result<CatalogId, StoreError> {
    const DOING: &str = "store a catalogue";
    let tables = i64::try_from(catalog.tables().count()).unwrap_or(i64::MAX);
    let body = pack(catalog)?;
    let mut transaction = store.writes().begin().await.during(DOING)?;
    sqlx::query(
        "SELECT id FROM connections WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL",
    )
    .bind(workspace.to_string())
    .bind(connection.to_string())
    .fetch_optional(&mut *transaction)
    .await
    .during(DOING)?
    .ok_or(StoreError::NotFound { what: "connection" })?;

    let newest = sqlx::query(
        "SELECT id, fingerprint FROM catalogs WHERE connection_id = $1 ORDER BY id DESC LIMIT 1",
    )
    .bind(connection.to_string())
    .fetch_optional(&mut *transaction)
    .await
    .during(DOING)?;
    if let Some(row) = newest
        && row.text("fingerprint")? == fingerprint
    {
        // Row estimates are not part of the fingerprint, so the body is written again.
        let id: CatalogId = row.parsed("id")?;
        sqlx::query("UPDATE catalogs SET read_at = $2, body = $3, tables = $4 WHERE id = $1")
            .bind(id.to_string())
            .bind(now())
            .bind(body)
            .bind(tables)
            .execute(&mut *transaction)
            .await
            .during(DOING)?;
        transaction.commit().await.during(DOING)?;
        return Ok(id);
    }

    let id = CatalogId::generate();
    sqlx::query(
        "INSERT INTO catalogs (id, connection_id, fingerprint, body, tables, read_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id.to_string())
    .bind(connection.to_string())
    .bind(fingerprint)
    .bind(body)
    .bind(tables)
    .bind(now())
    .execute(&mut *transaction)
    .await
    .during(DOING)?;
    sqlx::query(
        "DELETE FROM catalogs WHERE connection_id = $1 AND id NOT IN \
         (SELECT id FROM catalogs WHERE connection_id = $1 ORDER BY id DESC LIMIT $2)",
    )
    .bind(connection.to_string())
    .bind(KEPT)
    .execute(&mut *transaction)
    .await
    .during(DOING)?;
    transaction.commit().await.during(DOING)?;
    Ok(id)
}

fn pack(catalog: &Catalog) -> Result<Vec<u8>, StoreError> {
    let json = serde_json::to_vec(catalog).map_err(corrupt)?;
    Ok(lz4_flex::compress_prepend_size(&json))
}

fn unpack(body: &[u8]) -> Result<Catalog, StoreError> {
    let json = lz4_flex::decompress_size_prepended(body).map_err(corrupt)?;
    serde_json::from_slice(&json).map_err(corrupt)
}

fn corrupt(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::Corrupt { what: "a catalogue", source: error.into() }
}
