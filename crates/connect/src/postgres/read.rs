//! Runs one statement and streams its rows.

use super::{
    Shared,
    session::{Backend, Session, failure},
};
use crate::{
    ConnectError,
    encode::{Encoder, Flow},
    pump::{self, Outlet, Stop, Word},
    sessions::Lease,
    statement::Statement,
};
use futures::{Stream, StreamExt};
use guard::ReadKind;
use model::result::ResultColumn;
use sqlx::{AssertSqlSafe, Executor, Row, postgres::PgRow};
use std::{borrow::Cow, sync::Arc, time::Duration};
use tracing::warn;

/// A statement that a limit has cut is nearly always at its end, since the guard's own LIMIT is one
/// row higher: waiting this long for it saves the session.
const LAST_ROWS: Duration = Duration::from_millis(50);

/// The whole life of a read, in a task of its own.
pub(crate) async fn run(shared: Arc<Shared>, statement: Statement, mut outlet: Outlet) {
    let ready = outlet.watch.unless_stopped(prepare(&shared, &statement, outlet.timeout())).await;
    let (mut lease, columns) = match ready {
        Ok(Ok(ready)) => ready,
        Ok(Err(error)) => return outlet.finish(Stop::Failed(error)),
        Err(stop) => return outlet.finish(stop),
    };
    let width = columns.len();
    outlet.say(Word::Columns(columns.to_vec())).await;
    outlet.start_clock();
    let mut flowed = flow(&mut lease.session, &statement, width, &mut outlet).await;
    // A session can die while it is idle; nothing has been sent yet, so a fresh one may try.
    if flowed.is_stale() && lease.reused {
        let fresh = outlet.watch.unless_stopped(shared.fresh(lease)).await;
        lease = match fresh {
            Ok(Ok(fresh)) => fresh,
            Ok(Err(error)) => return outlet.finish(Stop::Failed(error)),
            Err(stop) => return outlet.finish(stop),
        };
        flowed = flow(&mut lease.session, &statement, width, &mut outlet).await;
    }
    let Flowed { stop, usable, .. } = flowed;
    if matches!(stop, Stop::Failed(_)) {
        shared.accepted.forget(&statement.sql);
    }
    let running = stop.leaves_running() && !usable;
    let backend = lease.session.backend.clone();
    let stop = by_time_limit(stop, &outlet);
    if running && !matches!(stop, Stop::Enough) {
        // The statement is ended before the reader hears of it: what is told is what happened.
        cancel(&shared, &backend).await;
        outlet.finish(stop);
    } else {
        outlet.finish(stop);
        if running {
            cancel(&shared, &backend).await;
        }
    }
    if usable {
        tidy(&shared, lease, statement.clean).await;
    }
}

/// A session and the columns of the accepted statement.
async fn prepare(
    shared: &Shared,
    statement: &Statement,
    timeout: Duration,
) -> Result<(Lease<Session>, Arc<[ResultColumn]>), ConnectError> {
    let mut lease = Some(shared.lease().await?);
    let columns = shared.accept(&mut lease, &statement.sql).await?;
    let mut lease = match lease {
        Some(lease) => lease,
        None => shared.lease().await?,
    };
    if let Err(error) = lease.session.limit_time(timeout).await {
        if !(lease.reused && error.is_stale_session()) {
            return Err(error);
        }
        lease = shared.fresh(lease).await?;
        lease.session.limit_time(timeout).await?;
    }
    Ok((lease, columns))
}

struct Flowed {
    stop: Stop<ConnectError>,
    /// Nothing came from the server yet.
    untouched: bool,
    /// The session is idle again and may serve the next read.
    usable: bool,
}

impl Flowed {
    /// The session had died before it was used.
    fn is_stale(&self) -> bool {
        self.untouched && matches!(&self.stop, Stop::Failed(error) if error.is_stale_session())
    }

    fn failed(error: ConnectError) -> Self {
        Self { stop: Stop::Failed(error), untouched: true, usable: false }
    }
}

async fn flow(
    session: &mut Session,
    statement: &Statement,
    width: usize,
    outlet: &mut Outlet,
) -> Flowed {
    if !statement.clean {
        match outlet.watch.unless_stopped(session.run("BEGIN READ ONLY")).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Flowed::failed(error),
            Err(stop) => return Flowed { stop, untouched: true, usable: false },
        }
    }
    match statement.kind {
        ReadKind::Query => copy(session, statement, width, outlet).await,
        ReadKind::Explain | ReadKind::Show => simple(session, statement, outlet).await,
    }
}

/// `COPY (…) TO STDOUT`: the server's own text of every value, in one stream.
async fn copy(
    session: &mut Session,
    statement: &Statement,
    width: usize,
    outlet: &mut Outlet,
) -> Flowed {
    // The line feed ends a comment that the statement may end with.
    let before = format!("{}COPY (\n", statement.comment);
    let skipped = before.chars().count();
    let sql = format!("{before}{}\n) TO STDOUT", statement.sql);
    let started = outlet.watch.unless_stopped(session.connection.copy_out_raw(&sql)).await;
    let stream = match started {
        Ok(Ok(stream)) => stream,
        // The driver leaves the session out of step when COPY fails before its first answer.
        Ok(Err(error)) => return Flowed::failed(failure(&error, &statement.sql, skipped)),
        Err(stop) => return Flowed { stop, untouched: true, usable: false },
    };
    let mut stream = stream.map(|data| data.map_err(Oops::Server)).fuse();
    let mut lines = Lines { width, partial: Vec::new() };
    let stop = outlet
        .pump(&mut stream, |encoder, data| lines.append(encoder, &data).map_err(Oops::Shape))
        .await;
    let usable = drained(&mut stream, &stop).await;
    Flowed { stop: told(stop, &statement.sql, skipped), untouched: false, usable }
}

/// The simple protocol, for what COPY does not take: EXPLAIN and SHOW.
async fn simple(session: &mut Session, statement: &Statement, outlet: &mut Outlet) -> Flowed {
    let sql = format!("{}{}", statement.comment, statement.sql);
    let skipped = statement.comment.chars().count();
    let rows = session.connection.fetch(sqlx::raw_sql(AssertSqlSafe(sql)));
    let mut stream = rows.map(|row| row.map_err(Oops::Server)).fuse();
    let stop = outlet.pump(&mut stream, |encoder, row| append_row(encoder, &row)).await;
    let usable = drained(&mut stream, &stop).await;
    Flowed { stop: told(stop, &statement.sql, skipped), untouched: false, usable }
}

/// What can interrupt a stream: the server, or a row of the wrong shape.
enum Oops {
    Server(sqlx::Error),
    Shape(ConnectError),
}

impl From<sqlx::Error> for Oops {
    fn from(error: sqlx::Error) -> Self {
        Self::Server(error)
    }
}

fn told(stop: Stop<Oops>, sql: &str, skipped: usize) -> Stop<ConnectError> {
    stop.map_failure(|oops| match oops {
        Oops::Server(error) => failure(&error, sql, skipped),
        Oops::Shape(error) => error,
    })
}

/// Whether the session is idle again after the rows stopped.
async fn drained<T>(
    rows: &mut (impl Stream<Item = Result<T, Oops>> + Unpin),
    stop: &Stop<Oops>,
) -> bool {
    match stop {
        Stop::Finished => true,
        // The server has ended the statement itself and waits for the next.
        Stop::Failed(Oops::Server(error)) => error.as_database_error().is_some(),
        Stop::Enough => pump::drain(rows, LAST_ROWS).await,
        _ => false,
    }
}

/// The server's time limit ended it, not a person: the clock knows.
fn by_time_limit(stop: Stop<ConnectError>, outlet: &Outlet) -> Stop<ConnectError> {
    match stop {
        Stop::Failed(ConnectError::Cancelled) if outlet.out_of_time() => Stop::TimedOut,
        other => other,
    }
}

async fn cancel(shared: &Shared, backend: &Backend) {
    if let Err(error) = shared.opener.cancel(backend).await {
        // The server notices the closed line within a second or so by itself.
        warn!(%error, "a statement could not be cancelled from another session");
    }
}

/// Gives the session back as the next person may have it.
async fn tidy(shared: &Shared, mut lease: Lease<Session>, clean: bool) {
    let washed = if clean { Ok(()) } else { lease.session.wash().await };
    if washed.is_ok() && lease.session.forget_statements().await.is_ok() {
        shared.sessions.give_back(lease);
    }
}

/// COPY's text format, cut into lines: one message is one row, but nothing promises that.
struct Lines {
    width: usize,
    partial: Vec<u8>,
}

impl Lines {
    fn append(&mut self, encoder: &mut Encoder, data: &[u8]) -> Result<Flow, ConnectError> {
        for piece in data.split_inclusive(|byte| *byte == b'\n') {
            let Some(line) = piece.strip_suffix(b"\n") else {
                self.partial.extend_from_slice(piece);
                continue;
            };
            let flow = if self.partial.is_empty() {
                self.line(encoder, line)?
            } else {
                self.partial.extend_from_slice(line);
                let line = std::mem::take(&mut self.partial);
                self.line(encoder, &line)?
            };
            if flow == Flow::Enough {
                return Ok(flow);
            }
        }
        Ok(Flow::More)
    }

    fn line(&self, encoder: &mut Encoder, line: &[u8]) -> Result<Flow, ConnectError> {
        // A database in SQL_ASCII sends bytes as they are.
        let line = match String::from_utf8_lossy(line) {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        };
        if encoder.begin_row() == Flow::Enough {
            return Ok(Flow::Enough);
        }
        for field in line.split(|byte| *byte == b'\t') {
            encoder.copy_field(field);
        }
        if encoder.cells_in_row() != self.width {
            return Err(ConnectError::Statement {
                message: "a table of this statement was changed while it ran".to_owned(),
                code: None,
                hint: Some("Run it again.".to_owned()),
                position: None,
            });
        }
        Ok(encoder.end_row())
    }
}

fn append_row(encoder: &mut Encoder, row: &PgRow) -> Result<Flow, Oops> {
    if encoder.begin_row() == Flow::Enough {
        return Ok(Flow::Enough);
    }
    for index in 0..row.len() {
        let value = row.try_get_raw(index)?;
        match value.as_bytes() {
            Ok(text) => encoder.text(text),
            Err(_) => encoder.null(),
        }
    }
    Ok(encoder.end_row())
}
