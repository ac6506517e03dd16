//! A workspace's policies, and the log of what was changed and by whom.

use crate::{
    Store, StoreError,
    error::During,
    rows::{Columns, now, plain, rfc3339, to_json, to_word},
};
use model::{
    id::{ConnectionId, PolicyId, RunId, UserId, WorkspaceId},
    policy::{ChangeKind, PolicyChange, PolicyDraft, PolicyRecord},
};
use serde::{Deserialize, Serialize};
use sqlx::{AnyConnection, any::AnyRow};
use uuid::Uuid;

const NONE: StoreError = StoreError::NotFound { what: "policy" };
const NAME_TAKEN: StoreError =
    StoreError::Conflict { message: "There is another policy of this name." };
const CHANGED: StoreError = StoreError::Conflict {
    message: "Somebody else changed this policy while you were editing it.",
};

/// Who changes a policy, and what the log will say of it.
#[derive(Clone, Debug)]
pub struct Edit {
    pub by: UserId,
    pub what: ChangeKind,
    pub lines: Vec<String>,
}

/// The number that every change of the workspace's policies raises.
///
/// # Errors
/// `NotFound` for no such workspace, `Query`.
pub async fn version(store: &Store, workspace: WorkspaceId) -> Result<i64, StoreError> {
    sqlx::query("SELECT policies_version FROM workspaces WHERE id = $1")
        .bind(workspace.to_string())
        .fetch_optional(store.reads())
        .await
        .during("read the policies' version")?
        .ok_or(StoreError::NotFound { what: "workspace" })?
        .int("policies_version")
}

/// Every policy of the workspace, by name.
///
/// # Errors
/// `Query`, `Corrupt`.
pub async fn list(store: &Store, workspace: WorkspaceId) -> Result<Vec<PolicyRecord>, StoreError> {
    let rows = sqlx::query(
        "SELECT p.id, p.body, p.version, p.updated_at, u.name AS by_name FROM policies p \
         JOIN users u ON u.id = p.updated_by WHERE p.workspace_id = $1 ORDER BY p.name, p.id",
    )
    .bind(workspace.to_string())
    .fetch_all(store.reads())
    .await
    .during("list the policies")?;
    rows.iter().map(record).collect()
}

/// One policy.
///
/// # Errors
/// `NotFound`, `Query`, `Corrupt`.
pub async fn get(
    store: &Store,
    workspace: WorkspaceId,
    id: PolicyId,
) -> Result<PolicyRecord, StoreError> {
    let row = sqlx::query(
        "SELECT p.id, p.body, p.version, p.updated_at, u.name AS by_name FROM policies p \
         JOIN users u ON u.id = p.updated_by WHERE p.workspace_id = $1 AND p.id = $2",
    )
    .bind(workspace.to_string())
    .bind(id.to_string())
    .fetch_optional(store.reads())
    .await
    .during("look a policy up")?
    .ok_or(NONE)?;
    record(&row)
}

/// Stores a new policy.
///
/// # Errors
/// `NotFound` when its connection or one of its people is not of this workspace, `Conflict` when
/// the name is taken, `Query`.
pub async fn insert(
    store: &Store,
    workspace: WorkspaceId,
    draft: &PolicyDraft,
    edit: &Edit,
) -> Result<PolicyId, StoreError> {
    const DOING: &str = "store a policy";
    let id = PolicyId::generate();
    let mut transaction = store.writes().begin().await.during(DOING)?;
    check(&mut transaction, workspace, id, draft).await?;
    sqlx::query(
        "INSERT INTO policies (id, workspace_id, connection_id, name, enabled, body, version, \
         updated_by, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $8)",
    )
    .bind(id.to_string())
    .bind(workspace.to_string())
    .bind(draft.connection.map(|id| id.to_string()))
    .bind(plain(&draft.name))
    .bind(i64::from(draft.enabled))
    .bind(to_json(draft, "policy")?)
    .bind(edit.by.to_string())
    .bind(now())
    .execute(&mut *transaction)
    .await
    .during(DOING)?;
    log(&mut transaction, workspace, id, &draft.name, edit).await?;
    transaction.commit().await.during(DOING)?;
    Ok(id)
}

/// Replaces a policy, if it still has the version that was read.
///
/// # Errors
/// `NotFound`, also when its connection or one of its people is not of this workspace; `Conflict`
/// for another version or a taken name; `Query`.
pub async fn update(
    store: &Store,
    workspace: WorkspaceId,
    id: PolicyId,
    version: i64,
    draft: &PolicyDraft,
    edit: &Edit,
) -> Result<(), StoreError> {
    const DOING: &str = "change a policy";
    let mut transaction = store.writes().begin().await.during(DOING)?;
    check(&mut transaction, workspace, id, draft).await?;
    let changed = sqlx::query(
        "UPDATE policies SET connection_id = $4, name = $5, enabled = $6, body = $7, \
         version = version + 1, updated_by = $8, updated_at = $9 \
         WHERE workspace_id = $1 AND id = $2 AND version = $3",
    )
    .bind(workspace.to_string())
    .bind(id.to_string())
    .bind(version)
    .bind(draft.connection.map(|id| id.to_string()))
    .bind(plain(&draft.name))
    .bind(i64::from(draft.enabled))
    .bind(to_json(draft, "policy")?)
    .bind(edit.by.to_string())
    .bind(now())
    .execute(&mut *transaction)
    .await
    .during(DOING)?;
    if changed.rows_affected() == 0 {
        drop(transaction);
        return Err(get(store, workspace, id).await.map_or(NONE, |_| CHANGED));
    }
    log(&mut transaction, workspace, id, &draft.name, edit).await?;
    transaction.commit().await.during(DOING)
}

/// Deletes a policy; the log keeps what it was.
///
/// # Errors
/// `NotFound`, `Query`.
pub async fn delete(
    store: &Store,
    workspace: WorkspaceId,
    id: PolicyId,
    name: &str,
    edit: &Edit,
) -> Result<(), StoreError> {
    const DOING: &str = "delete a policy";
    let mut transaction = store.writes().begin().await.during(DOING)?;
    let deleted = sqlx::query("DELETE FROM policies WHERE workspace_id = $1 AND id = $2")
        .bind(workspace.to_string())
        .bind(id.to_string())
        .execute(&mut *transaction)
        .await
        .during(DOING)?;
    if deleted.rows_affected() == 0 {
        return Err(NONE);
    }
    log(&mut transaction, workspace, id, name, edit).await?;
    transaction.commit().await.during(DOING)
}

/// The newest entries of the log.
///
/// # Errors
/// `Query`, `Corrupt`.
pub async fn changes(
    store: &Store,
    workspace: WorkspaceId,
    limit: u32,
) -> Result<Vec<PolicyChange>, StoreError> {
    let rows = sqlx::query(
        "SELECT c.policy_id, c.name, c.at_ms, c.what, c.lines, u.name AS by_name \
         FROM policy_changes c JOIN users u ON u.id = c.by_user \
         WHERE c.workspace_id = $1 ORDER BY c.id DESC LIMIT $2",
    )
    .bind(workspace.to_string())
    .bind(i64::from(limit))
    .fetch_all(store.reads())
    .await
    .during("read the policies' log")?;
    rows.iter().map(change).collect()
}

/// Deletes the policies that are about one connection only, which is going.
pub(crate) async fn forget_connection(
    connection: &mut AnyConnection,
    workspace: WorkspaceId,
    id: ConnectionId,
) -> Result<(), StoreError> {
    const DOING: &str = "delete a connection's policies";
    sqlx::query("DELETE FROM policies WHERE workspace_id = $1 AND connection_id = $2")
        .bind(workspace.to_string())
        .bind(id.to_string())
        .execute(&mut *connection)
        .await
        .during(DOING)?;
    raise(connection, workspace).await
}

/// What a run has read: its tables, and a digest of what the policies said of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRead {
    /// `(schema, table)`.
    pub tables: Vec<(String, String)>,
    pub digest: String,
}

/// Notes what a run is about to read of tables that a policy governs.
///
/// # Errors
/// `NotFound` for no such run, `Query`.
pub async fn note_read(store: &Store, run: RunId, read: &RunRead) -> Result<(), StoreError> {
    let noted = sqlx::query("UPDATE runs SET reads = $2 WHERE id = $1")
        .bind(run.to_string())
        .bind(plain(&to_json(read, "what a run reads")?))
        .execute(store.writes())
        .await
        .during("note what a run reads")?;
    if noted.rows_affected() == 0 { Err(StoreError::NotFound { what: "run" }) } else { Ok(()) }
}

/// What was noted of a run; `None`: nothing of what it read was governed then.
///
/// # Errors
/// `NotFound` for another workspace's run, `Query`, `Corrupt`.
pub async fn read_of(
    store: &Store,
    workspace: WorkspaceId,
    run: RunId,
) -> Result<Option<RunRead>, StoreError> {
    let row = sqlx::query("SELECT reads FROM runs WHERE workspace_id = $1 AND id = $2")
        .bind(workspace.to_string())
        .bind(run.to_string())
        .fetch_optional(store.reads())
        .await
        .during("look up what a run has read")?
        .ok_or(StoreError::NotFound { what: "run" })?;
    match row.text_option("reads")? {
        Some(_) => row.json("reads").map(Some),
        None => Ok(None),
    }
}

/// Everything that a policy names is of its workspace, and its name is its own.
async fn check(
    connection: &mut AnyConnection,
    workspace: WorkspaceId,
    id: PolicyId,
    draft: &PolicyDraft,
) -> Result<(), StoreError> {
    const DOING: &str = "check a policy";
    if let Some(named) = draft.connection {
        refuse_foreign_connection(connection, workspace, named).await?;
    }
    for user in draft.applies_to.users.iter().chain(&draft.except.users) {
        sqlx::query("SELECT role FROM memberships WHERE workspace_id = $1 AND user_id = $2")
            .bind(workspace.to_string())
            .bind(user.to_string())
            .fetch_optional(&mut *connection)
            .await
            .during(DOING)?
            .ok_or(StoreError::NotFound { what: "person" })?;
    }
    let taken =
        sqlx::query("SELECT id FROM policies WHERE workspace_id = $1 AND id <> $2 AND name = $3")
            .bind(workspace.to_string())
            .bind(id.to_string())
            .bind(plain(&draft.name))
            .fetch_optional(connection)
            .await
            .during(DOING)?;
    if taken.is_some() { Err(NAME_TAKEN) } else { Ok(()) }
}

async fn refuse_foreign_connection(
    connection: &mut AnyConnection,
    workspace: WorkspaceId,
    id: ConnectionId,
) -> Result<(), StoreError> {
    sqlx::query(
        "SELECT id FROM connections WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL",
    )
    .bind(workspace.to_string())
    .bind(id.to_string())
    .fetch_optional(connection)
    .await
    .during("check a policy's connection")?
    .ok_or(StoreError::NotFound { what: "connection" })
    .map(drop)
}

/// Writes the log, and raises the workspace's number: whoever has read the policies must do so again.
async fn log(
    connection: &mut AnyConnection,
    workspace: WorkspaceId,
    id: PolicyId,
    name: &str,
    edit: &Edit,
) -> Result<(), StoreError> {
    const DOING: &str = "write the policies' log";
    sqlx::query(
        "INSERT INTO policy_changes (id, workspace_id, policy_id, name, at_ms, by_user, what, lines) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(Uuid::now_v7().to_string())
    .bind(workspace.to_string())
    .bind(id.to_string())
    .bind(plain(name))
    .bind(now())
    .bind(edit.by.to_string())
    .bind(to_word(&edit.what, "what")?)
    .bind(plain(&to_json(&edit.lines, "lines")?))
    .execute(&mut *connection)
    .await
    .during(DOING)?;
    raise(connection, workspace).await
}

async fn raise(connection: &mut AnyConnection, workspace: WorkspaceId) -> Result<(), StoreError> {
    sqlx::query("UPDATE workspaces SET policies_version = policies_version + 1 WHERE id = $1")
        .bind(workspace.to_string())
        .execute(connection)
        .await
        .during("raise the policies' version")
        .map(drop)
}

fn record(row: &AnyRow) -> Result<PolicyRecord, StoreError> {
    Ok(PolicyRecord {
        id: row.parsed("id")?,
        draft: row.json("body")?,
        version: row.int("version")?,
        updated_by: row.text("by_name")?,
        updated_at: rfc3339(row.int("updated_at")?),
    })
}

fn change(row: &AnyRow) -> Result<PolicyChange, StoreError> {
    Ok(PolicyChange {
        policy: row.parsed("policy_id")?,
        name: row.text("name")?,
        at: rfc3339(row.int("at_ms")?),
        by: row.text("by_name")?,
        what: row.word("what")?,
        lines: row.json("lines")?,
    })
}
