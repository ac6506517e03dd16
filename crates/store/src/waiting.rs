//! Runs that wait for their owner's choice: going on with one and giving one up exclude each other,
//! whichever replica they come to.

use crate::{Store, StoreError, error::During, rows::now, runs::write_closing};
use model::{
    id::{RunId, UserId, WorkspaceId},
    run::{Happening, RunStatus},
};
use sqlx::AnyConnection;

/// Takes a waiting run out of its wait, to go on with it. `false`: it does not wait (any more), or is
/// not this person's. Of several calls at once, one gets `true`.
///
/// # Errors
/// `Query`.
pub async fn claim(
    store: &Store,
    workspace: WorkspaceId,
    user: UserId,
    id: RunId,
) -> Result<bool, StoreError> {
    let mut connection = store.writes().acquire().await.during("go on with a run")?;
    leave(&mut connection, workspace, user, id).await
}

/// Ends a waiting run as cancelled. `false`: it does not wait (any more), or is not this person's.
///
/// # Errors
/// `Query`.
pub async fn cancel(
    store: &Store,
    workspace: WorkspaceId,
    user: UserId,
    id: RunId,
) -> Result<bool, StoreError> {
    const DOING: &str = "give a waiting run up";
    let mut transaction = store.writes().begin().await.during(DOING)?;
    if !leave(&mut transaction, workspace, user, id).await? {
        return Ok(false);
    }
    let cancelled = RunStatus::Cancelled;
    write_closing(&mut transaction, id, Happening::Cancelled, cancelled, None).await?;
    transaction.commit().await.during(DOING)?;
    Ok(true)
}

/// The step that only one caller can take.
async fn leave(
    connection: &mut AnyConnection,
    workspace: WorkspaceId,
    user: UserId,
    id: RunId,
) -> Result<bool, StoreError> {
    let left = sqlx::query(
        "UPDATE runs SET status = 'running', finished_at = NULL, alive_at = $4 \
         WHERE id = $1 AND workspace_id = $2 AND user_id = $3 AND status = 'waiting'",
    )
    .bind(id.to_string())
    .bind(workspace.to_string())
    .bind(user.to_string())
    .bind(now())
    .execute(connection)
    .await
    .during("take a run out of its wait")?;
    Ok(left.rows_affected() == 1)
}
