//! Conversations: chats of one person with one connection.

use crate::{
    Store, StoreError,
    error::During,
    rows::{Columns, now, plain, rfc3339},
    runs::NewRun,
};
use model::{
    conversation::ConversationSummary,
    id::{ConnectionId, ConversationId, UserId, WorkspaceId},
};
use sqlx::{AnyConnection, any::AnyRow};

/// Characters of the first question that become the title.
const TITLE_CHARS: usize = 80;
const LISTED: i64 = 100;
const NONE: StoreError = StoreError::NotFound { what: "conversation" };

/// Writes down the conversation that `run` starts, with its question as the title.
pub(crate) async fn write_start(
    connection: &mut AnyConnection,
    id: ConversationId,
    run: &NewRun,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO conversations (id, workspace_id, user_id, connection_id, title, created_at, \
         updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)",
    )
    .bind(id.to_string())
    .bind(run.workspace.to_string())
    .bind(run.user.to_string())
    .bind(run.connection.to_string())
    .bind(plain(&title(&run.question)))
    .bind(run.started_at_ms)
    .execute(connection)
    .await
    .during("start a conversation")
    .map(drop)
}

/// Notes that the conversation went on with `run`.
pub(crate) async fn write_use(
    connection: &mut AnyConnection,
    id: ConversationId,
    run: &NewRun,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE conversations SET updated_at = $3 WHERE id = $1 AND workspace_id = $2")
        .bind(id.to_string())
        .bind(run.workspace.to_string())
        .bind(run.started_at_ms)
        .execute(connection)
        .await
        .during("note that a conversation went on")
        .map(drop)
}

fn title(question: &str) -> String {
    let line = question.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= TITLE_CHARS {
        return line;
    }
    line.chars().take(TITLE_CHARS - 1).chain(['…']).collect()
}

/// The person's conversations with a connection, the newest first, at most 100.
///
/// # Errors
/// `Query`, `Corrupt`.
pub async fn list(
    store: &Store,
    workspace: WorkspaceId,
    user: UserId,
    connection: ConnectionId,
) -> Result<Vec<ConversationSummary>, StoreError> {
    let rows = sqlx::query(
        "SELECT id, connection_id, title, updated_at FROM conversations WHERE user_id = $1 \
         AND workspace_id = $2 AND connection_id = $3 AND deleted_at IS NULL \
         ORDER BY updated_at DESC, id DESC LIMIT $4",
    )
    .bind(user.to_string())
    .bind(workspace.to_string())
    .bind(connection.to_string())
    .bind(LISTED)
    .fetch_all(store.reads())
    .await
    .during("list the conversations")?;
    rows.iter().map(summary).collect()
}

/// # Errors
/// `NotFound` for another person's or workspace's conversation, `Query`, `Corrupt`.
pub async fn get(
    store: &Store,
    workspace: WorkspaceId,
    user: UserId,
    id: ConversationId,
) -> Result<ConversationSummary, StoreError> {
    let row = sqlx::query(
        "SELECT id, connection_id, title, updated_at FROM conversations WHERE id = $1 \
         AND workspace_id = $2 AND user_id = $3 AND deleted_at IS NULL",
    )
    .bind(id.to_string())
    .bind(workspace.to_string())
    .bind(user.to_string())
    .fetch_optional(store.reads())
    .await
    .during("look a conversation up")?
    .ok_or(NONE)?;
    summary(&row)
}

/// Takes a conversation from the list; its runs stay in the history.
///
/// # Errors
/// `NotFound`, `Query`.
pub async fn delete(
    store: &Store,
    workspace: WorkspaceId,
    user: UserId,
    id: ConversationId,
) -> Result<(), StoreError> {
    let deleted = sqlx::query(
        "UPDATE conversations SET deleted_at = $4 WHERE id = $1 AND workspace_id = $2 \
         AND user_id = $3 AND deleted_at IS NULL",
    )
    .bind(id.to_string())
    .bind(workspace.to_string())
    .bind(user.to_string())
    .bind(now())
    .execute(store.writes())
    .await
    .during("delete a conversation")?;
    if deleted.rows_affected() == 0 { Err(NONE) } else { Ok(()) }
}

fn summary(row: &AnyRow) -> Result<ConversationSummary, StoreError> {
    Ok(ConversationSummary {
        id: row.parsed("id")?,
        connection: row.parsed("connection_id")?,
        title: row.text("title")?,
        updated_at: rfc3339(row.int("updated_at")?),
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn titles_are_one_short_line() {
        assert_eq!(super::title("  how\nmany   orders "), "how many orders");
        let long = super::title(&"ü".repeat(200));
        assert_eq!((long.chars().count(), long.ends_with('…')), (80, true));
    }
}
