//! Runs one statement by the text protocol and streams its rows.

use super::{
    Shared,
    session::{Session, bytes, columns, failure},
    types,
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
use sqlx::{AssertSqlSafe, Column, Connection, Executor, Row, mysql::MySqlRow};
use std::{sync::Arc, time::Duration};
use tracing::warn;

/// See the PostgreSQL reader.
const LAST_ROWS: Duration = Duration::from_millis(50);

/// The whole life of a read, in a task of its own.
pub(crate) async fn run(shared: Arc<Shared>, statement: Statement, mut outlet: Outlet) {
    let ready = outlet.watch.unless_stopped(prepare(&shared, &statement, outlet.timeout())).await;
    let (mut lease, columns) = match ready {
        Ok(Ok(ready)) => ready,
        Ok(Err(error)) => return outlet.finish(Stop::Failed(error)),
        Err(stop) => return outlet.finish(stop),
    };
    outlet.start_clock();
    let mut flowed = flow(&mut lease.session, &statement, columns.clone(), &mut outlet).await;
    // A session can die while it is idle; nothing has been sent yet, so a fresh one may try.
    if flowed.is_stale() && lease.reused {
        let fresh = outlet.watch.unless_stopped(shared.fresh(lease)).await;
        lease = match fresh {
            Ok(Ok(fresh)) => fresh,
            Ok(Err(error)) => return outlet.finish(Stop::Failed(error)),
            Err(stop) => return outlet.finish(stop),
        };
        flowed = flow(&mut lease.session, &statement, columns, &mut outlet).await;
    }
    let Flowed { stop, usable, .. } = flowed;
    if matches!(stop, Stop::Failed(_)) {
        shared.accepted.forget(&statement.sql);
    }
    let running = stop.leaves_running() && !usable;
    let stop = match stop {
        Stop::Failed(ConnectError::Cancelled) if outlet.out_of_time() => Stop::TimedOut,
        stop => stop,
    };
    if running && !matches!(stop, Stop::Enough) {
        cancel(&shared, lease.session.id).await;
        outlet.finish(stop);
    } else {
        outlet.finish(stop);
        if running {
            cancel(&shared, lease.session.id).await;
        }
    }
    if !usable {
        return;
    }
    if statement.clean {
        shared.sessions.give_back(lease);
    } else {
        // The driver cannot reset a session: it ends, and whatever the statement left in it.
        let _ = lease.session.connection.close().await;
    }
}

/// A session and, where the server tells them in advance, the columns of the accepted statement.
async fn prepare(
    shared: &Shared,
    statement: &Statement,
    timeout: Duration,
) -> Result<(Lease<Session>, Option<Arc<[ResultColumn]>>), ConnectError> {
    let known = shared.accepted.get(&statement.sql);
    let mut lease = shared.lease().await?;
    let mut ready = make_ready(&mut lease.session, statement, timeout, known.clone()).await;
    if lease.is_stale(&ready) {
        lease = shared.fresh(lease).await?;
        ready = make_ready(&mut lease.session, statement, timeout, known.clone()).await;
    }
    let columns = ready?;
    if let (None, Some(columns)) = (known, &columns) {
        shared.accepted.put(&statement.sql, columns.clone());
    }
    Ok((lease, columns))
}

async fn make_ready(
    session: &mut Session,
    statement: &Statement,
    timeout: Duration,
    known: Option<Arc<[ResultColumn]>>,
) -> Result<Option<Arc<[ResultColumn]>>, ConnectError> {
    session.limit_time(timeout).await?;
    match known {
        Some(columns) => Ok(Some(columns)),
        None => accept(session, statement).await,
    }
}

async fn accept(
    session: &mut Session,
    statement: &Statement,
) -> Result<Option<Arc<[ResultColumn]>>, ConnectError> {
    match session.accept(&statement.sql).await {
        Ok(columns) if !columns.is_empty() => Ok(Some(columns.into())),
        Ok(_) if statement.kind == ReadKind::Query => Err(ConnectError::Statement {
            message: "the statement gives no columns".to_owned(),
            code: None,
            hint: Some("Only statements that give rows can be read.".to_owned()),
            position: None,
        }),
        Ok(_) => Ok(None),
        // Some servers do not prepare some kinds of SHOW and EXPLAIN (1295).
        Err(ConnectError::Statement { code: Some(code), .. })
            if code == "1295" && statement.kind != ReadKind::Query =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
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
}

async fn flow(
    session: &mut Session,
    statement: &Statement,
    known: Option<Arc<[ResultColumn]>>,
    outlet: &mut Outlet,
) -> Flowed {
    if !statement.clean {
        match outlet.watch.unless_stopped(session.run("START TRANSACTION READ ONLY")).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                return Flowed { stop: Stop::Failed(error), untouched: true, usable: false };
            }
            Err(stop) => return Flowed { stop, untouched: true, usable: false },
        }
    }
    let sql = format!("{}{}", statement.comment, statement.sql);
    let rows = session.connection.fetch(sqlx::raw_sql(AssertSqlSafe(sql)));
    let mut rows = rows.map(|row| row.map_err(Oops::Server)).fuse();
    // The first row is waited for before the columns are told: where the server did not tell them
    // in advance it has them, and a session that died while idle shows here.
    let first = match outlet.watch.unless_stopped(rows.next()).await {
        Ok(Some(Ok(row))) => Some(row),
        Ok(None) => None,
        Ok(Some(Err(oops))) => {
            let stop = Stop::Failed(oops);
            let usable = drained(&mut rows, &stop).await;
            return Flowed { stop: told(stop, &statement.sql), untouched: true, usable };
        }
        Err(stop) => return Flowed { stop, untouched: true, usable: false },
    };
    let columns = match (&known, &first) {
        (Some(columns), _) => columns.to_vec(),
        (None, Some(row)) => columns(row.columns()),
        (None, None) => Vec::new(),
    };
    let width = columns.len();
    outlet.say(Word::Columns(columns)).await;
    let mut binary: Option<Vec<bool>> = None;
    let mut all = futures::stream::iter(first.map(Ok)).chain(&mut rows);
    let stop = outlet
        .pump(&mut all, |encoder, row| {
            let binary = binary.get_or_insert_with(|| binary_columns(&row));
            append(encoder, &row, binary, width)
        })
        .await;
    let usable = drained(&mut rows, &stop).await;
    Flowed { stop: told(stop, &statement.sql), untouched: false, usable }
}

/// What can interrupt a stream: the server, or a row of the wrong shape.
enum Oops {
    Server(sqlx::Error),
    Shape,
}

fn told(stop: Stop<Oops>, sql: &str) -> Stop<ConnectError> {
    stop.map_failure(|oops| match oops {
        Oops::Server(error) => failure(&error, sql),
        Oops::Shape => ConnectError::Statement {
            message: "a table of this statement was changed while it ran".to_owned(),
            code: None,
            hint: Some("Run it again.".to_owned()),
            position: None,
        },
    })
}

/// Whether the session is idle again after the rows stopped.
async fn drained<T>(
    rows: &mut (impl Stream<Item = Result<T, Oops>> + Unpin),
    stop: &Stop<Oops>,
) -> bool {
    match stop {
        Stop::Finished => true,
        Stop::Enough => pump::drain(rows, LAST_ROWS).await,
        // The server has ended the statement itself and waits for the next.
        Stop::Failed(Oops::Server(error)) => error.as_database_error().is_some(),
        _ => false,
    }
}

async fn cancel(shared: &Shared, id: u64) {
    if let Err(error) = shared.opener.cancel(id).await {
        warn!(%error, "a statement could not be cancelled from another session");
    }
}

fn binary_columns(row: &MySqlRow) -> Vec<bool> {
    row.columns().iter().map(|column| types::is_binary(column.type_info())).collect()
}

fn append(
    encoder: &mut Encoder,
    row: &MySqlRow,
    binary: &[bool],
    width: usize,
) -> Result<Flow, Oops> {
    if row.len() != width {
        return Err(Oops::Shape);
    }
    if encoder.begin_row() == Flow::Enough {
        return Ok(Flow::Enough);
    }
    for (index, binary) in binary.iter().enumerate() {
        match bytes(row, index) {
            None => encoder.null(),
            Some(value) if *binary => encoder.hex("0x", value, "", true),
            Some(value) => encoder.text(value),
        }
    }
    Ok(encoder.end_row())
}
