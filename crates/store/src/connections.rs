//! Connected databases: the target without its secrets, and the sealed secrets.

use crate::{
    Store, StoreError,
    error::During,
    rows::{Columns, now, plain, rfc3339, to_json, to_word},
};
use model::{
    connection::{Colour, ConnectionView, Limits, Target},
    dialect::Dialect,
    id::{ConnectionId, WorkspaceId},
};
use sqlx::{
    Any,
    any::{AnyArguments, AnyRow},
    query::Query,
};

/// A connection as it is stored. `target` holds no password and no key.
#[derive(Clone, Debug)]
pub struct ConnectionRow {
    pub id: ConnectionId,
    pub workspace: WorkspaceId,
    pub name: String,
    pub target: Target,
    /// Password and key, sealed by the server's keyring; `None`: there are none.
    pub secrets: Option<Vec<u8>>,
    pub colour: Colour,
    pub limits: Limits,
    pub schemas: Vec<String>,
    pub sample: bool,
    /// Changes whenever the row does: what was opened for an older one is stale.
    pub updated_at_ms: i64,
    /// Tables in the newest catalogue and when it was read, milliseconds.
    pub catalog: Option<(u32, i64)>,
}

/// What is written when a connection is made or edited.
#[derive(Clone, Debug)]
pub struct ConnectionValues {
    pub name: String,
    pub target: Target,
    pub secrets: Option<Vec<u8>>,
    pub colour: Colour,
    pub limits: Limits,
    pub schemas: Vec<String>,
    pub sample: bool,
}

const NONE: StoreError = StoreError::NotFound { what: "connection" };
const NAME_TAKEN: StoreError =
    StoreError::Conflict { message: "Another connection has this name already." };

macro_rules! connections {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.workspace_id, c.name, c.target, c.secrets, c.colour, c.limits, \
             c.schemas, c.sample, c.updated_at, k.tables, k.read_at FROM connections c \
             LEFT JOIN catalogs k ON k.id = (SELECT max(id) FROM catalogs \
             WHERE connection_id = c.id) WHERE c.deleted_at IS NULL AND ",
            $rest
        )
    };
}

/// The workspace's connections, by name.
///
/// # Errors
/// `Query`, `Corrupt`.
pub async fn list(store: &Store, workspace: WorkspaceId) -> Result<Vec<ConnectionRow>, StoreError> {
    let rows = sqlx::query(connections!("c.workspace_id = $1 ORDER BY lower(c.name), c.id"))
        .bind(workspace.to_string())
        .fetch_all(store.reads())
        .await
        .during("list the connections")?;
    rows.iter().map(connection).collect()
}

/// # Errors
/// `NotFound` for another workspace's id, `Query`, `Corrupt`.
pub async fn get(
    store: &Store,
    workspace: WorkspaceId,
    id: ConnectionId,
) -> Result<ConnectionRow, StoreError> {
    let row = sqlx::query(connections!("c.workspace_id = $1 AND c.id = $2"))
        .bind(workspace.to_string())
        .bind(id.to_string())
        .fetch_optional(store.reads())
        .await
        .during("look a connection up")?
        .ok_or(NONE)?;
    connection(&row)
}

/// Did the workspace ever have a connection, a deleted one included?
///
/// # Errors
/// `Query`.
pub async fn had_any(store: &Store, workspace: WorkspaceId) -> Result<bool, StoreError> {
    let row = sqlx::query("SELECT id FROM connections WHERE workspace_id = $1 LIMIT 1")
        .bind(workspace.to_string())
        .fetch_optional(store.reads())
        .await
        .during("look for connections")?;
    Ok(row.is_some())
}

/// Stores a new connection under an id made by the caller (its secrets are sealed for that id).
///
/// # Errors
/// `Conflict` when the name is taken, `Query`.
pub async fn insert(
    store: &Store,
    workspace: WorkspaceId,
    id: ConnectionId,
    values: &ConnectionValues,
) -> Result<(), StoreError> {
    const DOING: &str = "store a connection";
    let mut transaction = store.writes().begin().await.during(DOING)?;
    refuse_taken_name(&mut transaction, workspace, id, &values.name).await?;
    let query = sqlx::query(
        "INSERT INTO connections (workspace_id, id, name, dialect, target, secrets, colour, \
         limits, schemas, sample, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
    );
    bound(query, workspace, id, values)?.execute(&mut *transaction).await.during(DOING)?;
    transaction.commit().await.during(DOING)
}

/// Every column that a person decides about, as `$1` (workspace), `$2` (id) to `$11` (now).
fn bound<'q>(
    query: Query<'q, Any, AnyArguments>,
    workspace: WorkspaceId,
    id: ConnectionId,
    values: &ConnectionValues,
) -> Result<Query<'q, Any, AnyArguments>, StoreError> {
    let target = without_secrets(&values.target);
    Ok(query
        .bind(workspace.to_string())
        .bind(id.to_string())
        .bind(plain(&values.name))
        .bind(target.dialect().name())
        .bind(to_json(&target, "target")?)
        .bind(values.secrets.clone())
        .bind(to_word(&values.colour, "colour")?)
        .bind(to_json(&values.limits, "limits")?)
        .bind(to_json(&values.schemas, "schemas")?)
        .bind(i64::from(values.sample))
        .bind(now()))
}

/// Replaces everything but the id.
///
/// # Errors
/// `NotFound`, `Conflict` when the name is taken, `Query`.
pub async fn update(
    store: &Store,
    workspace: WorkspaceId,
    id: ConnectionId,
    values: &ConnectionValues,
) -> Result<(), StoreError> {
    const DOING: &str = "change a connection";
    let mut transaction = store.writes().begin().await.during(DOING)?;
    refuse_taken_name(&mut transaction, workspace, id, &values.name).await?;
    let query = sqlx::query(
        "UPDATE connections SET name = $3, dialect = $4, target = $5, secrets = $6, colour = $7, \
         limits = $8, schemas = $9, sample = $10, updated_at = \
         CASE WHEN updated_at < $11 THEN $11 ELSE updated_at + 1 END \
         WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL",
    );
    let changed =
        bound(query, workspace, id, values)?.execute(&mut *transaction).await.during(DOING)?;
    if changed.rows_affected() == 0 {
        return Err(NONE);
    }
    transaction.commit().await.during(DOING)
}

/// Forgets a connection, its secrets, catalogues, policies and conversations. Its name stays for the history.
///
/// # Errors
/// `NotFound`, `Query`.
pub async fn delete(
    store: &Store,
    workspace: WorkspaceId,
    id: ConnectionId,
) -> Result<(), StoreError> {
    const DOING: &str = "delete a connection";
    let mut transaction = store.writes().begin().await.during(DOING)?;
    let deleted = sqlx::query(
        "UPDATE connections SET deleted_at = $3, secrets = NULL, target = '{}' \
         WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL",
    )
    .bind(workspace.to_string())
    .bind(id.to_string())
    .bind(now())
    .execute(&mut *transaction)
    .await
    .during(DOING)?;
    if deleted.rows_affected() == 0 {
        return Err(NONE);
    }
    crate::policies::forget_connection(&mut transaction, workspace, id).await?;
    sqlx::query("DELETE FROM catalogs WHERE connection_id = $1")
        .bind(id.to_string())
        .execute(&mut *transaction)
        .await
        .during(DOING)?;
    sqlx::query("UPDATE conversations SET deleted_at = $2 WHERE connection_id = $1")
        .bind(id.to_string())
        .bind(now())
        .execute(&mut *transaction)
        .await
        .during(DOING)?;
    transaction.commit().await.during(DOING)
}

impl ConnectionRow {
    /// What a browser may see. `has_password` and `has_tls_key` come from who opened the secrets.
    #[must_use]
    pub fn view(&self, has_password: bool, has_tls_key: bool) -> ConnectionView {
        ConnectionView {
            id: self.id,
            name: self.name.clone(),
            target: without_secrets(&self.target),
            has_password,
            has_tls_key,
            colour: self.colour,
            limits: self.limits,
            schemas: self.schemas.clone(),
            tables: self.catalog.map(|(tables, _)| tables),
            catalog_read_at: self.catalog.map(|(_, read_at)| rfc3339(read_at)),
            sample: self.sample,
        }
    }

    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.target.dialect()
    }
}

/// The target with its password and key left out.
#[must_use]
pub fn without_secrets(target: &Target) -> Target {
    let mut target = target.clone();
    if let Target::Server { password, tls, .. } = &mut target {
        *password = None;
        tls.key = None;
    }
    target
}

async fn refuse_taken_name(
    connection: &mut sqlx::AnyConnection,
    workspace: WorkspaceId,
    id: ConnectionId,
    name: &str,
) -> Result<(), StoreError> {
    let taken = sqlx::query(
        "SELECT id FROM connections WHERE workspace_id = $1 AND id <> $2 AND name = $3 \
         AND deleted_at IS NULL",
    )
    .bind(workspace.to_string())
    .bind(id.to_string())
    .bind(plain(name))
    .fetch_optional(connection)
    .await
    .during("look for the connection's name")?;
    if taken.is_some() { Err(NAME_TAKEN) } else { Ok(()) }
}

fn connection(row: &AnyRow) -> Result<ConnectionRow, StoreError> {
    let catalog = match (row.int_option("tables")?, row.int_option("read_at")?) {
        (Some(tables), Some(read_at)) => Some((u32::try_from(tables).unwrap_or(u32::MAX), read_at)),
        _ => None,
    };
    Ok(ConnectionRow {
        id: row.parsed("id")?,
        workspace: row.parsed("workspace_id")?,
        name: row.text("name")?,
        target: row.json("target")?,
        secrets: row.bytes_option("secrets")?,
        colour: row.word("colour")?,
        limits: row.json("limits")?,
        schemas: row.json("schemas")?,
        sample: row.flag("sample")?,
        updated_at_ms: row.int("updated_at")?,
        catalog,
    })
}
