//! What is forgotten in time: rows of results, the logs that hold answers, and at last the runs themselves.

use crate::{Store, StoreError, error::During, rows::now};
use model::id::RunId;
use sqlx::AnyConnection;

/// Runs forgotten in one transaction, so that nobody waits long for the store.
const AT_ONCE: i64 = 500;

/// Notes that the kept rows of these runs are gone.
///
/// # Errors
/// `Query`.
pub async fn forget_rows(store: &Store, runs: &[RunId]) -> Result<(), StoreError> {
    const DOING: &str = "forget results";
    for group in runs.chunks(usize::try_from(AT_ONCE).unwrap_or(usize::MAX)) {
        let mut transaction = store.writes().begin().await.during(DOING)?;
        for run in group {
            sqlx::query("DELETE FROM results WHERE run_id = $1")
                .bind(run.to_string())
                .execute(&mut *transaction)
                .await
                .during(DOING)?;
            sqlx::query(
                "UPDATE runs SET rows_pruned_at = $2 WHERE id = $1 AND rows_pruned_at IS NULL",
            )
            .bind(run.to_string())
            .bind(now())
            .execute(&mut *transaction)
            .await
            .during(DOING)?;
        }
        transaction.commit().await.during(DOING)?;
    }
    Ok(())
}

/// Removes the logs and the notes on results of runs that started before this, in milliseconds since
/// the epoch; their lines in the history stay. A run that still waited for a choice ends as cancelled.
/// Gives how many runs.
///
/// # Errors
/// `Query`.
pub async fn forget_answers(store: &Store, before_ms: i64) -> Result<u64, StoreError> {
    const OLD: &str = "SELECT id FROM runs WHERE started_at < $1 AND answer_pruned_at IS NULL \
                       AND status <> 'running' ORDER BY started_at LIMIT $2";
    let mut all = 0;
    loop {
        let mut transaction = store.writes().begin().await.during("forget answers")?;
        for table in ["run_events", "results"] {
            let sql = format!("DELETE FROM {table} WHERE run_id IN ({OLD})");
            some(&mut transaction, &sql, before_ms).await?;
        }
        let sql = format!(
            "UPDATE runs SET answer_pruned_at = {}, \
             status = CASE status WHEN 'waiting' THEN 'cancelled' ELSE status END WHERE id IN ({OLD})",
            now()
        );
        let done = some(&mut transaction, &sql, before_ms).await?;
        transaction.commit().await.during("forget answers")?;
        all += done;
        if done == 0 {
            return Ok(all);
        }
    }
}

/// Removes runs that started before this from the history, and conversations that were last used
/// before it. Gives how many runs.
///
/// # Errors
/// `Query`.
pub async fn forget_runs(store: &Store, before_ms: i64) -> Result<u64, StoreError> {
    const OLD: &str = "SELECT id FROM runs WHERE started_at < $1 AND status <> 'running' \
                       ORDER BY started_at LIMIT $2";
    let mut all = 0;
    loop {
        let mut transaction = store.writes().begin().await.during("forget runs")?;
        for table in ["run_events", "results"] {
            let sql = format!("DELETE FROM {table} WHERE run_id IN ({OLD})");
            some(&mut transaction, &sql, before_ms).await?;
        }
        let sql = format!("DELETE FROM runs WHERE id IN ({OLD})");
        let done = some(&mut transaction, &sql, before_ms).await?;
        transaction.commit().await.during("forget runs")?;
        all += done;
        if done == 0 {
            break;
        }
    }
    sqlx::query("DELETE FROM conversations WHERE updated_at < $1")
        .bind(before_ms)
        .execute(store.writes())
        .await
        .during("forget conversations")?;
    Ok(all)
}

async fn some(
    connection: &mut AnyConnection,
    sql: &str,
    before_ms: i64,
) -> Result<u64, StoreError> {
    let done = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned()))
        .bind(before_ms)
        .bind(AT_ONCE)
        .execute(connection)
        .await
        .during("forget what is old")?;
    Ok(done.rows_affected())
}
