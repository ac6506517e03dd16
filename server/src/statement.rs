//! Runs one statement for one person: guard, database, and the result as a body of lines.
//!
//! The body is the wire format of `model::result`. A small result is one piece with a known
//! length; a large one streams, and nothing but the piece under way is held in memory. Dropping
//! the body cancels the statement in the database. Every statement leaves one row of history,
//! refused ones too.

use crate::{databases::Database, statements::Registration};
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use connect::{ReadEnd, ReadEvent, ReadLimits, Reading, RunTag};
use futures::{StreamExt, stream};
use guard::Cleared;
use model::{
    account::Person,
    chart::ChartSuggestion,
    error::{Problem, ProblemCode},
    history::HistoryKind,
    id::RunId,
    result::{Cell, ResultColumn, ResultFooter, ResultHeader, ResultLine},
    run::RunStatus,
};
use serde::de::{Deserializer as _, SeqAccess, Visitor};
use std::{
    convert::Infallible,
    fmt,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use store::{
    journal::Journal,
    runs::{NewRun, RunEnd},
};

/// Longer cells are shortened, and the footer says so.
const CELL_BYTES: usize = 1 << 20;
/// A result that has ended within this many bytes and this time is sent in one piece.
const PIECE_BYTES: usize = 64 * 1024;
const PIECE_TIME: Duration = Duration::from_millis(15);
/// Rows that the chart suggestion looks at.
const CHART_ROWS: usize = 200;

/// A statement and who runs it.
pub struct Statement {
    pub database: Arc<Database>,
    pub person: Person,
    pub run: RunId,
    pub sql: String,
    /// Fewer rows than the connection allows, if asked for.
    pub row_limit: Option<u64>,
    pub registration: Registration,
    pub journal: Journal,
}

impl Statement {
    /// Passes the guard, starts the statement and waits for its first rows.
    ///
    /// # Errors
    /// `Refused` by the guard; whatever the database said before the first row.
    pub async fn start(self) -> Result<Started, Problem> {
        let Self { database, person, run, sql, row_limit, registration, journal } = self;
        let record = Record::new(&database, &person, run, sql, journal);
        // 1. The guard.
        let rows = row_limit.unwrap_or(u64::MAX).min(database.limits.rows);
        let limit = Some(rows.saturating_add(1));
        let (cleared, allowed) = match database.clear(&person, record.sql(), limit).await {
            Ok(cleared) => cleared,
            Err(problem) => return Err(record.failed(problem)),
        };
        // 2. The database.
        let limits = ReadLimits {
            rows,
            bytes: database.limits.bytes,
            timeout: Duration::from_millis(database.limits.timeout_ms),
            cell_bytes: CELL_BYTES,
        };
        let tag = RunTag { user: person.email.clone(), run: run.to_string() };
        let cancel = registration.cancel.clone();
        match database.connector.read(&cleared, &tag, limits, cancel).await {
            Ok(mut reading) => {
                if !cleared.masked().is_empty() {
                    let policies = allowed.mask_policies();
                    pipeline::masks::mark(&mut reading.columns, &cleared, &policies);
                }
                Ok(Started { reading, cleared, record, _registration: registration })
            }
            Err(error) => Err(record.failed(error.problem())),
        }
    }
}

/// A statement whose first rows are there.
pub struct Started {
    reading: Reading,
    cleared: Cleared,
    record: Record,
    _registration: Registration,
}

impl Started {
    #[must_use]
    pub fn columns(&self) -> &[ResultColumn] {
        &self.reading.columns
    }

    /// The result as a body of lines.
    pub async fn into_body(self) -> Body {
        let mut lines = Lines::new(self);
        let mut piece = BytesMut::new();
        piece.extend_from_slice(&lines.header());
        let patience = tokio::time::Instant::now() + PIECE_TIME;
        while piece.len() < PIECE_BYTES {
            match tokio::time::timeout_at(patience, lines.next()).await {
                Ok(Some(line)) => piece.extend_from_slice(&line),
                Ok(None) => return Body::from(piece.freeze()),
                Err(_) => break,
            }
        }
        let rest = stream::unfold(lines, async |mut lines| {
            let line = lines.next().await?;
            Some((line, lines))
        });
        let first = stream::iter([piece.freeze()]);
        Body::from_stream(first.chain(rest).map(Ok::<_, Infallible>))
    }

    /// The rows, chunk by chunk, for other formats. `None` ends it; an error is the last item.
    pub fn into_chunks(self) -> impl futures::Stream<Item = Result<Bytes, Problem>> + Send {
        stream::unfold(Some(self), async |state| {
            let mut started = state?;
            match started.reading.rows.next().await {
                Some(Ok(ReadEvent::Rows(chunk))) => Some((Ok(chunk.json), Some(started))),
                Some(Ok(ReadEvent::End(end))) => {
                    started.record.done(&end);
                    None
                }
                Some(Err(error)) => Some((Err(started.record.failed(error.problem())), None)),
                None => Some((Err(started.record.failed(cut())), None)),
            }
        })
    }
}

/// The lines of a body after its header.
struct Lines {
    reading: Reading,
    cleared: Cleared,
    /// Gone once the end is told.
    record: Option<Record>,
    _registration: Registration,
    sample: Vec<Vec<Cell>>,
}

impl Lines {
    fn new(started: Started) -> Self {
        let Started { reading, cleared, record, _registration } = started;
        Self { reading, cleared, record: Some(record), _registration, sample: Vec::new() }
    }

    fn header(&self) -> Bytes {
        line(&ResultLine::Header(ResultHeader {
            columns: self.reading.columns.clone(),
            sql: self.cleared.shown_sql().to_owned(),
        }))
    }

    async fn next(&mut self) -> Option<Bytes> {
        self.record.as_ref()?;
        match self.reading.rows.next().await {
            Some(Ok(ReadEvent::Rows(chunk))) => {
                if self.sample.is_empty() {
                    self.sample = sample(&chunk.json);
                }
                Some(chunk.json)
            }
            Some(Ok(ReadEvent::End(end))) => {
                self.record.take()?.done(&end);
                Some(line(&ResultLine::Footer(self.footer(&end))))
            }
            Some(Err(error)) => {
                let problem = self.record.take()?.failed(error.problem());
                Some(line(&ResultLine::Error(problem)))
            }
            None => Some(line(&ResultLine::Error(self.record.take()?.failed(cut())))),
        }
    }

    fn footer(&self, end: &ReadEnd) -> ResultFooter {
        ResultFooter {
            rows: end.rows,
            bytes: end.bytes,
            elapsed_us: micros(end.elapsed),
            truncated: end.truncated,
            shortened_cells: end.shortened_cells,
            chart: self.chart(end.rows),
        }
    }

    fn chart(&self, rows: u64) -> Option<ChartSuggestion> {
        charts::suggest(&self.reading.columns, &self.sample, rows)
    }
}

/// The first rows of a chunk, of which only those are parsed.
fn sample(json: &[u8]) -> Vec<Vec<Cell>> {
    struct FirstRows(Vec<Vec<Cell>>);
    impl<'de> Visitor<'de> for &mut FirstRows {
        type Value = ();
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("rows")
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
            while self.0.len() < CHART_ROWS
                && let Some(row) = rows.next_element()?
            {
                self.0.push(row);
            }
            Ok(())
        }
    }
    let mut first = FirstRows(Vec::new());
    // Stopping before the end of the list is an error to serde, and the point of it here.
    let _ = serde_json::Deserializer::from_slice(json).deserialize_seq(&mut first);
    first.0
}

fn line(value: &ResultLine) -> Bytes {
    let mut json = serde_json::to_vec(value).expect("results have no maps with odd keys");
    json.push(b'\n');
    json.into()
}

fn cut() -> Problem {
    Problem::new(ProblemCode::Unreachable, "The connection to the database ended in the middle.")
        .hint("Run the statement again.")
}

/// The row of history that a statement leaves, whatever becomes of it. Dropped without an end, the
/// browser went away.
struct Record {
    run: Option<NewRun>,
    journal: Journal,
    started: Instant,
}

impl Record {
    fn new(
        database: &Database,
        person: &Person,
        run: RunId,
        sql: String,
        journal: Journal,
    ) -> Self {
        let run = NewRun {
            id: run,
            workspace: person.workspace,
            user: person.user,
            connection: database.id,
            conversation: None,
            starts_conversation: false,
            kind: HistoryKind::Statement,
            question: String::new(),
            sql: Some(sql),
            started_at_ms: now_ms(),
            end: None,
        };
        Self { run: Some(run), journal, started: Instant::now() }
    }

    fn sql(&self) -> &str {
        self.run.as_ref().and_then(|run| run.sql.as_deref()).unwrap_or_default()
    }

    fn done(mut self, end: &ReadEnd) {
        self.end(RunStatus::Done, None, Some(end.rows));
    }

    fn failed(mut self, problem: Problem) -> Problem {
        let status = match problem.code {
            ProblemCode::Cancelled => RunStatus::Cancelled,
            _ => RunStatus::Failed,
        };
        self.end(status, Some(problem.message.clone()), None);
        problem
    }

    fn end(&mut self, status: RunStatus, problem: Option<String>, rows: Option<u64>) {
        let Some(mut run) = self.run.take() else { return };
        run.end = Some(RunEnd {
            status,
            problem,
            rows,
            elapsed_us: Some(micros(self.started.elapsed())),
            sql: None,
            result: None,
            finished_at_ms: now_ms(),
        });
        // Nearly always the queue has room; only else is it worth a task.
        let Err(run) = self.journal.try_record(run) else { return };
        let journal = self.journal.clone();
        tokio::spawn(async move {
            if let Err(error) = journal.record(*run).await {
                tracing::error!(error = store::error::chain(&error), "history lost a statement");
            }
        });
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.end(RunStatus::Cancelled, None, None);
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// Milliseconds since the Unix epoch.
#[must_use]
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
