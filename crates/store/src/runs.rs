//! Runs: a question or a statement, its event log and its stored result.
//!
//! Rows are written through the [`journal`](crate::journal), read from here.

use crate::{
    Store, StoreError, conversations,
    database::Engine,
    error::During,
    rows::{Columns, now, plain, rfc3339, to_json, to_word},
};
use model::{
    dialect::Dialect,
    error::{Problem, ProblemCode},
    history::HistoryKind,
    id::{ConnectionId, ConversationId, RunId, UserId, WorkspaceId},
    run::{Happening, RunEvent, RunStatus, RunSummary},
};
use sqlx::{
    Any, AnyConnection,
    any::{AnyArguments, AnyRow},
    query::Query,
};
use std::sync::LazyLock;

/// A run to be written down.
#[derive(Clone, Debug)]
pub struct NewRun {
    pub id: RunId,
    pub workspace: WorkspaceId,
    pub user: UserId,
    pub connection: ConnectionId,
    pub conversation: Option<ConversationId>,
    /// The conversation starts with this run, and is written down with it.
    pub starts_conversation: bool,
    pub kind: HistoryKind,
    /// Empty for a statement.
    pub question: String,
    pub sql: Option<String>,
    /// Milliseconds since the epoch.
    pub started_at_ms: i64,
    /// `None`: it is running. A statement is usually written once, when it has ended.
    pub end: Option<RunEnd>,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct RunEnd {
    pub status: RunStatus,
    pub problem: Option<String>,
    pub rows: Option<u64>,
    pub elapsed_us: Option<u64>,
    /// What ran in the end; `None` keeps what is there.
    pub sql: Option<String>,
    /// The result that was kept, if one was.
    pub result: Option<StoredResult>,
    pub finished_at_ms: i64,
}

/// A stored run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRow {
    pub id: RunId,
    pub user: UserId,
    pub connection: ConnectionId,
    pub dialect: Dialect,
    pub conversation: Option<ConversationId>,
    pub kind: HistoryKind,
    pub question: String,
    pub sql: Option<String>,
    pub status: RunStatus,
    pub problem: Option<String>,
    pub rows: Option<u64>,
    pub elapsed_us: Option<u64>,
    pub started_at_ms: i64,
    /// When its log with the answer was removed.
    pub pruned_at_ms: Option<i64>,
    /// Were its kept rows removed? They may go before the answer does.
    pub rows_pruned: bool,
}

/// A result that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredResult {
    /// Below the data directory.
    pub file: String,
    pub size_bytes: u64,
}

/// Characters of question and statement that a search reads.
const SEARCHED_CHARS: usize = 2_000;
const NONE: StoreError = StoreError::NotFound { what: "run" };

macro_rules! runs {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.user_id, r.connection_id, c.dialect, r.conversation_id, r.kind, \
             r.question, r.sql, r.status, r.problem, r.row_count, r.elapsed_us, r.started_at, \
             r.answer_pruned_at, r.rows_pruned_at FROM runs r JOIN connections c ON c.id = r.connection_id ",
            $rest
        )
    };
}

/// # Errors
/// `NotFound` for another workspace's run, `Query`, `Corrupt`.
pub async fn get(store: &Store, workspace: WorkspaceId, id: RunId) -> Result<RunRow, StoreError> {
    let row = sqlx::query(runs!("WHERE r.id = $1 AND r.workspace_id = $2"))
        .bind(id.to_string())
        .bind(workspace.to_string())
        .fetch_optional(store.reads())
        .await
        .during("look a run up")?
        .ok_or(NONE)?;
    run(&row)
}

/// A conversation's runs, oldest first; replaced ones are left out.
///
/// # Errors
/// `Query`, `Corrupt`.
pub async fn of_conversation(
    store: &Store,
    workspace: WorkspaceId,
    conversation: ConversationId,
) -> Result<Vec<RunRow>, StoreError> {
    let rows = sqlx::query(runs!(
        "WHERE r.conversation_id = $1 AND r.workspace_id = $2 AND r.replaced_by IS NULL \
         ORDER BY r.started_at, r.id"
    ))
    .bind(conversation.to_string())
    .bind(workspace.to_string())
    .fetch_all(store.reads())
    .await
    .during("list a conversation's runs")?;
    rows.iter().map(run).collect()
}

/// Marks a run of this person as replaced by a later one (edit and re-ask), with every run that
/// followed it in the conversation.
///
/// # Errors
/// `NotFound`, `Query`.
pub async fn replace(
    store: &Store,
    workspace: WorkspaceId,
    user: UserId,
    old: RunId,
    new: RunId,
) -> Result<(), StoreError> {
    let replaced = sqlx::query(
        "UPDATE runs SET replaced_by = $4 WHERE workspace_id = $1 AND user_id = $2 \
         AND id <> $4 AND replaced_by IS NULL AND (id = $3 OR (conversation_id = \
         (SELECT conversation_id FROM runs WHERE id = $3 AND workspace_id = $1 AND user_id = $2) \
         AND started_at > (SELECT started_at FROM runs WHERE id = $3)))",
    )
    .bind(workspace.to_string())
    .bind(user.to_string())
    .bind(old.to_string())
    .bind(new.to_string())
    .execute(store.writes())
    .await
    .during("replace a run")?;
    if replaced.rows_affected() == 0 { Err(NONE) } else { Ok(()) }
}

/// A run's events with a number above `after`, in order.
///
/// # Errors
/// `NotFound` for another workspace's run, `Query`, `Corrupt`.
pub async fn events_after(
    store: &Store,
    workspace: WorkspaceId,
    id: RunId,
    after: u32,
) -> Result<Vec<RunEvent>, StoreError> {
    get(store, workspace, id).await?;
    let rows =
        sqlx::query("SELECT body FROM run_events WHERE run_id = $1 AND seq > $2 ORDER BY seq")
            .bind(id.to_string())
            .bind(i64::from(after))
            .fetch_all(store.reads())
            .await
            .during("read a run's events")?;
    rows.iter().map(|row| row.json("body")).collect()
}

/// Where a run's result is kept; `None`: there is none.
///
/// # Errors
/// `NotFound` for another workspace's run, `Query`, `Corrupt`.
pub async fn result(
    store: &Store,
    workspace: WorkspaceId,
    id: RunId,
) -> Result<Option<StoredResult>, StoreError> {
    get(store, workspace, id).await?;
    let row = sqlx::query("SELECT file, size_bytes FROM results WHERE run_id = $1")
        .bind(id.to_string())
        .fetch_optional(store.reads())
        .await
        .during("look a result up")?;
    let Some(row) = row else { return Ok(None) };
    let size_bytes = u64::try_from(row.int("size_bytes")?).unwrap_or_default();
    Ok(Some(StoredResult { file: row.text("file")?, size_bytes }))
}

/// Ends the runs that a crash left running, so that nobody waits for them. Only with SQLite, where
/// no other replica can be at work on them; gives how many.
///
/// # Errors
/// `Query`, `Corrupt`.
pub async fn end_abandoned(store: &Store) -> Result<u64, StoreError> {
    const DOING: &str = "end abandoned runs";
    if store.engine() != Engine::Sqlite {
        return Ok(0);
    }
    let mut transaction = store.writes().begin().await.during(DOING)?;
    let rows = sqlx::query("SELECT id FROM runs WHERE status = 'running'")
        .fetch_all(&mut *transaction)
        .await
        .during(DOING)?;
    let problem = Problem::new(ProblemCode::Internal, "Querent stopped while this was running.")
        .hint("Ask again.");
    for row in &rows {
        write_failed(&mut transaction, row.parsed("id")?, problem.clone()).await?;
    }
    transaction.commit().await.during(DOING)?;
    Ok(rows.len() as u64)
}

fn run(row: &AnyRow) -> Result<RunRow, StoreError> {
    let unsigned = |n: Option<i64>| n.and_then(|n| u64::try_from(n).ok());
    Ok(RunRow {
        id: row.parsed("id")?,
        user: row.parsed("user_id")?,
        connection: row.parsed("connection_id")?,
        dialect: row.parsed("dialect")?,
        conversation: row.parsed_option("conversation_id")?,
        kind: row.word("kind")?,
        question: row.text("question")?,
        sql: row.text_option("sql")?,
        status: row.word("status")?,
        problem: row.text_option("problem")?,
        rows: unsigned(row.int_option("row_count")?),
        elapsed_us: unsigned(row.int_option("elapsed_us")?),
        started_at_ms: row.int("started_at")?,
        pruned_at_ms: row.int_option("answer_pruned_at")?,
        rows_pruned: row.int_option("rows_pruned_at")?.is_some(),
    })
}

impl RunRow {
    #[must_use]
    pub fn summary(&self) -> RunSummary {
        RunSummary {
            id: self.id,
            connection: self.connection,
            dialect: self.dialect,
            conversation: self.conversation,
            question: self.question.clone(),
            status: self.status,
            sql: self.sql.clone(),
            started_at: rfc3339(self.started_at_ms),
            pruned_at: self.pruned_at_ms.map(rfc3339),
        }
    }
}

// ---- writing, for the journal ----

/// Rows that go into one INSERT. Few sizes, so that each stays a prepared statement; and few rows,
/// because SQLite finds each parameter by going through those before it.
pub(crate) const GROUP: usize = 8;
const RUN_COLUMNS: usize = 15;
const EVENT_COLUMNS: usize = 4;

static INSERT_RUN: LazyLock<String> = LazyLock::new(|| insert_runs(1));
static INSERT_RUNS: LazyLock<String> = LazyLock::new(|| insert_runs(GROUP));
static INSERT_EVENT: LazyLock<String> = LazyLock::new(|| insert_events(1));
static INSERT_EVENTS: LazyLock<String> = LazyLock::new(|| insert_events(GROUP));

fn insert_runs(rows: usize) -> String {
    format!(
        "INSERT INTO runs (id, workspace_id, user_id, connection_id, conversation_id, kind, \
         question, sql, status, problem, row_count, elapsed_us, started_at, finished_at, search) \
         VALUES {}",
        placeholders(rows, RUN_COLUMNS)
    )
}

fn insert_events(rows: usize) -> String {
    format!(
        "INSERT INTO run_events (run_id, seq, at_ms, body) VALUES {}",
        placeholders(rows, EVENT_COLUMNS)
    )
}

/// `($1, $2), ($3, $4)` for two rows of two columns.
fn placeholders(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let numbers: Vec<String> =
            (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", numbers.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// Inserts runs with the conversations that they start; all of them or, within the caller's transaction, none.
pub(crate) async fn write_runs(
    connection: &mut AnyConnection,
    runs: &[&NewRun],
) -> Result<(), StoreError> {
    for run in runs {
        let Some(conversation) = run.conversation else { continue };
        if run.starts_conversation {
            conversations::write_start(connection, conversation, run).await?;
        } else {
            conversations::write_use(connection, conversation, run).await?;
        }
    }
    let (groups, rest) = runs.as_chunks::<GROUP>();
    for group in groups {
        let mut query = sqlx::query(INSERT_RUNS.as_str());
        for run in group {
            query = bind_run(query, run)?;
        }
        query.execute(&mut *connection).await.during("write down runs")?;
    }
    for run in rest {
        bind_run(sqlx::query(INSERT_RUN.as_str()), run)?
            .execute(&mut *connection)
            .await
            .during("write down a run")?;
    }
    Ok(())
}

fn bind_run<'q>(
    query: Query<'q, Any, AnyArguments>,
    run: &NewRun,
) -> Result<Query<'q, Any, AnyArguments>, StoreError> {
    let end = run.end.as_ref();
    let sql = end.and_then(|end| end.sql.clone()).or_else(|| run.sql.clone());
    let signed = |n: Option<u64>| n.map(|n| i64::try_from(n).unwrap_or(i64::MAX));
    let search = searched(&run.question, sql.as_deref());
    Ok(query
        .bind(run.id.to_string())
        .bind(run.workspace.to_string())
        .bind(run.user.to_string())
        .bind(run.connection.to_string())
        .bind(run.conversation.map(|id| id.to_string()))
        .bind(to_word(&run.kind, "kind")?)
        .bind(plain(&run.question))
        .bind(sql.as_deref().map(plain))
        .bind(end.map_or(RunStatus::Running, |end| end.status).name())
        .bind(end.and_then(|end| end.problem.as_deref().map(plain)))
        .bind(signed(end.and_then(|end| end.rows)))
        .bind(signed(end.and_then(|end| end.elapsed_us)))
        .bind(run.started_at_ms)
        .bind(end.map(|end| end.finished_at_ms))
        .bind(search))
}

/// Appends events of any runs.
pub(crate) async fn write_events(
    connection: &mut AnyConnection,
    events: &[(RunId, &RunEvent)],
) -> Result<(), StoreError> {
    const DOING: &str = "write down a run's events";
    let (groups, rest) = events.as_chunks::<GROUP>();
    for group in groups {
        let mut query = sqlx::query(INSERT_EVENTS.as_str());
        for (run, event) in group {
            query = bind_event(query, *run, event)?;
        }
        query.execute(&mut *connection).await.during(DOING)?;
    }
    for (run, event) in rest {
        bind_event(sqlx::query(INSERT_EVENT.as_str()), *run, event)?
            .execute(&mut *connection)
            .await
            .during(DOING)?;
    }
    Ok(())
}

fn bind_event<'q>(
    query: Query<'q, Any, AnyArguments>,
    run: RunId,
    event: &RunEvent,
) -> Result<Query<'q, Any, AnyArguments>, StoreError> {
    Ok(query
        .bind(run.to_string())
        .bind(i64::from(event.seq))
        .bind(event.at_ms)
        .bind(to_json(event, "an event")?))
}

/// Ends a run that nobody drives as failed.
pub(crate) async fn write_failed(
    connection: &mut AnyConnection,
    id: RunId,
    problem: Problem,
) -> Result<(), StoreError> {
    let told = Some(problem.message.clone());
    let what = Happening::Failed { problem };
    write_closing(connection, id, what, RunStatus::Failed, told).await
}

/// Adds the last event of a run that nobody drives, and ends it.
pub(crate) async fn write_closing(
    connection: &mut AnyConnection,
    id: RunId,
    what: Happening,
    status: RunStatus,
    problem: Option<String>,
) -> Result<(), StoreError> {
    let newest =
        sqlx::query("SELECT coalesce(max(seq), 0) AS seq FROM run_events WHERE run_id = $1")
            .bind(id.to_string())
            .fetch_one(&mut *connection)
            .await
            .during("find a run's last event")?;
    let seq = u32::try_from(newest.int("seq")?).unwrap_or_default().saturating_add(1);
    let event = RunEvent { seq, at_ms: now(), what };
    let end = RunEnd {
        status,
        problem,
        rows: None,
        elapsed_us: None,
        sql: None,
        result: None,
        finished_at_ms: now(),
    };
    write_events(connection, &[(id, &event)]).await?;
    write_end(connection, id, &end).await
}

pub(crate) async fn write_end(
    connection: &mut AnyConnection,
    id: RunId,
    end: &RunEnd,
) -> Result<(), StoreError> {
    let signed = |n: Option<u64>| n.map(|n| i64::try_from(n).unwrap_or(i64::MAX));
    let sql = end.sql.as_deref();
    sqlx::query(
        "UPDATE runs SET status = $2, problem = $3, row_count = $4, elapsed_us = $5, \
         finished_at = $6, sql = coalesce($7, sql), \
         search = CASE WHEN $8 = '' THEN search ELSE search || ' ' || $8 END WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(end.status.name())
    .bind(end.problem.as_deref().map(plain))
    .bind(signed(end.rows))
    .bind(signed(end.elapsed_us))
    .bind(end.finished_at_ms)
    .bind(sql.map(plain))
    .bind(searched("", sql))
    .execute(&mut *connection)
    .await
    .during("write down a run's end")?;
    let Some(result) = &end.result else { return Ok(()) };
    sqlx::query(
        "INSERT INTO results (run_id, file, size_bytes, created_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(id.to_string())
    .bind(&result.file)
    .bind(i64::try_from(result.size_bytes).unwrap_or(i64::MAX))
    .bind(end.finished_at_ms)
    .execute(connection)
    .await
    .during("note a result")
    .map(drop)
}

fn searched(question: &str, sql: Option<&str>) -> String {
    let sql = sql.unwrap_or_default();
    let mut text = String::with_capacity(question.len().min(SEARCHED_CHARS) + 64);
    let between = if question.is_empty() || sql.is_empty() { "" } else { " " };
    let all = question.chars().chain(between.chars()).chain(sql.chars());
    for character in all.take(SEARCHED_CHARS).filter(|c| *c != '\0') {
        text.extend(character.to_lowercase());
    }
    text
}
