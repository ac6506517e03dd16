//! Single-use links: the first set-up, invitations, password resets.
//!
//! The link itself is a signed token that the server makes; here is only its id, so that it works
//! once and can be taken back.

use crate::{
    Store, StoreError,
    error::During,
    rows::{Columns, now},
    users,
};
use model::{
    account::{LinkKind, LinkPurpose},
    id::{InviteId, UserId, WorkspaceId},
};
use secrecy::SecretString;
use sqlx::AnyConnection;

/// A link that can still be used.
pub struct OpenLink {
    pub purpose: LinkPurpose,
    pub workspace: WorkspaceId,
    pub user: UserId,
}

const GONE: StoreError = StoreError::NotFound { what: "link, or it has been used or has expired" };

/// Makes a new link for a member, and takes back the ones of before.
///
/// # Errors
/// `NotFound` for another workspace's user, `Query`.
pub async fn add(
    store: &Store,
    workspace: WorkspaceId,
    user: UserId,
    kind: LinkKind,
    expires_at_ms: i64,
) -> Result<InviteId, StoreError> {
    const DOING: &str = "make a link";
    users::get(store, workspace, user).await?;
    let mut transaction = store.writes().begin().await.during(DOING)?;
    sqlx::query("UPDATE links SET used_at = $2 WHERE user_id = $1 AND used_at IS NULL")
        .bind(user.to_string())
        .bind(now())
        .execute(&mut *transaction)
        .await
        .during(DOING)?;
    let ids = Some((workspace, user));
    let id = insert(&mut transaction, name(kind), ids, expires_at_ms).await?;
    transaction.commit().await.during(DOING)?;
    Ok(id)
}

/// Makes the link of the first set-up, and takes back the one of an earlier start.
///
/// # Errors
/// `Query`.
pub async fn add_set_up(store: &Store, expires_at_ms: i64) -> Result<InviteId, StoreError> {
    const DOING: &str = "make the set-up link";
    let mut transaction = store.writes().begin().await.during(DOING)?;
    sqlx::query("DELETE FROM links WHERE kind = 'setup'")
        .execute(&mut *transaction)
        .await
        .during(DOING)?;
    let id = insert(&mut transaction, "setup", None, expires_at_ms).await?;
    transaction.commit().await.during(DOING)?;
    Ok(id)
}

/// Is this set-up link still good? Making the first workspace uses it up by itself.
///
/// # Errors
/// `NotFound`, `Query`.
pub async fn check_set_up(store: &Store, id: InviteId) -> Result<(), StoreError> {
    sqlx::query(
        "SELECT id FROM links WHERE id = $1 AND kind = 'setup' AND used_at IS NULL \
         AND expires_at > $2",
    )
    .bind(id.to_string())
    .bind(now())
    .fetch_optional(store.reads())
    .await
    .during("check the set-up link")?
    .map(drop)
    .ok_or(GONE)
}

/// What an open link is for.
///
/// # Errors
/// `NotFound` for an unknown, used or expired one, `Query`, `Corrupt`.
pub async fn get(store: &Store, id: InviteId) -> Result<OpenLink, StoreError> {
    let row = sqlx::query(
        "SELECT l.kind, l.workspace_id, l.user_id, u.email, u.name, w.name AS workspace_name \
         FROM links l JOIN users u ON u.id = l.user_id JOIN workspaces w ON w.id = l.workspace_id \
         JOIN memberships m ON m.user_id = l.user_id AND m.workspace_id = l.workspace_id \
         WHERE l.id = $1 AND l.used_at IS NULL AND l.expires_at > $2 AND m.disabled_at IS NULL",
    )
    .bind(id.to_string())
    .bind(now())
    .fetch_optional(store.reads())
    .await
    .during("look a link up")?
    .ok_or(GONE)?;
    Ok(OpenLink {
        purpose: LinkPurpose {
            kind: row.word("kind")?,
            email: row.text("email")?,
            name: row.text("name")?,
            workspace_name: row.text("workspace_name")?,
        },
        workspace: row.parsed("workspace_id")?,
        user: row.parsed("user_id")?,
    })
}

/// Uses the link up and sets the password (and, unless empty, the name); all sessions end.
///
/// # Errors
/// `NotFound` when it was used meanwhile, `Query`.
pub async fn accept(
    store: &Store,
    id: InviteId,
    name: &str,
    hash: &SecretString,
) -> Result<OpenLink, StoreError> {
    const DOING: &str = "accept a link";
    let link = get(store, id).await?;
    let mut transaction = store.writes().begin().await.during(DOING)?;
    let used = sqlx::query(
        "UPDATE links SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2",
    )
    .bind(id.to_string())
    .bind(now())
    .execute(&mut *transaction)
    .await
    .during(DOING)?;
    if used.rows_affected() == 0 {
        return Err(GONE);
    }
    let name = Some(name.trim()).filter(|name| !name.is_empty());
    users::write_password(&mut transaction, link.user, name, hash).await?;
    transaction.commit().await.during(DOING)?;
    store.accounts_changed();
    Ok(link)
}

async fn insert(
    connection: &mut AnyConnection,
    kind: &str,
    of: Option<(WorkspaceId, UserId)>,
    expires_at_ms: i64,
) -> Result<InviteId, StoreError> {
    let id = InviteId::generate();
    sqlx::query(
        "INSERT INTO links (id, kind, workspace_id, user_id, expires_at, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id.to_string())
    .bind(kind)
    .bind(of.map(|(workspace, _)| workspace.to_string()))
    .bind(of.map(|(_, user)| user.to_string()))
    .bind(expires_at_ms)
    .bind(now())
    .execute(connection)
    .await
    .during("make a link")?;
    Ok(id)
}

fn name(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Invite => "invite",
        LinkKind::Reset => "reset",
    }
}
