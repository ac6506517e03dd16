//! Which runs somebody works on. With several replicas over one store nobody else can know: each says
//! so of its own now and then, and a run of which nobody says so for long is ended as failed.

use crate::{
    Store, StoreError,
    error::During,
    rows::{Columns, now},
    runs::write_failed,
};
use model::{
    error::{Problem, ProblemCode},
    id::RunId,
};

/// Says that these runs are worked on here.
///
/// # Errors
/// `Query`.
pub async fn beat(store: &Store, runs: &[RunId]) -> Result<(), StoreError> {
    const DOING: &str = "say which runs are worked on";
    if runs.is_empty() {
        return Ok(());
    }
    let mut transaction = store.writes().begin().await.during(DOING)?;
    for run in runs {
        sqlx::query("UPDATE runs SET alive_at = $2 WHERE id = $1 AND status = 'running'")
            .bind(run.to_string())
            .bind(now())
            .execute(&mut *transaction)
            .await
            .during(DOING)?;
    }
    transaction.commit().await.during(DOING)
}

/// Ends the runs that nobody has spoken of since this, in milliseconds since the epoch: their server
/// died. Gives how many. Several replicas may do so at once; each run is ended once.
///
/// # Errors
/// `Query`, `Corrupt`.
pub async fn end_silent(store: &Store, since_ms: i64) -> Result<u64, StoreError> {
    const DOING: &str = "end abandoned runs";
    let rows = sqlx::query(
        "SELECT id FROM runs WHERE status = 'running' AND coalesce(alive_at, started_at) < $1",
    )
    .bind(since_ms)
    .fetch_all(store.reads())
    .await
    .during(DOING)?;
    let mut ended = 0;
    for row in &rows {
        ended += u64::from(end(store, row.parsed("id")?, since_ms).await?);
    }
    Ok(ended)
}

/// `false`: somebody was faster, or somebody works on it after all.
async fn end(store: &Store, id: RunId, since_ms: i64) -> Result<bool, StoreError> {
    const DOING: &str = "end an abandoned run";
    let problem = Problem::new(ProblemCode::Internal, "The server that worked on this stopped.")
        .hint("Ask again.");
    let mut transaction = store.writes().begin().await.during(DOING)?;
    let taken = sqlx::query(
        "UPDATE runs SET status = 'failed' WHERE id = $1 AND status = 'running' \
         AND coalesce(alive_at, started_at) < $2",
    )
    .bind(id.to_string())
    .bind(since_ms)
    .execute(&mut *transaction)
    .await
    .during(DOING)?;
    if taken.rows_affected() == 0 {
        return Ok(false);
    }
    write_failed(&mut transaction, id, problem).await?;
    transaction.commit().await.during(DOING)?;
    Ok(true)
}
