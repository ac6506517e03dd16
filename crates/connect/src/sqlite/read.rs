//! Runs one statement on a blocking thread and streams its rows.

use super::{
    open::{Session, signal},
    values,
};
use crate::{
    ConnectError,
    encode::Flow,
    error::position_of,
    pump::{Outlet, Stop, Word},
    sessions::{Lease, Sessions},
};
use model::{catalog::ValueKind, result::ResultColumn};
use rusqlite::{Connection, ErrorCode, Row, Statement};
use std::sync::{Arc, atomic::Ordering};
use tokio::runtime::Handle;

/// Runs the statement to its end while a watcher on the async side may stop it.
pub(crate) async fn run(
    sessions: Arc<Sessions<Session>>,
    mut lease: Lease<Session>,
    sql: String,
    mut outlet: Outlet,
) {
    lease.session.rearm();
    let flag = lease.session.flag.clone();
    let interrupt = lease.session.database.get_interrupt_handle();
    let watch = outlet.watch.clone();
    let mut stepping = tokio::task::spawn_blocking(move || {
        outlet.start_clock();
        let stop = step_all(&lease.session, &sql, &mut outlet);
        (lease, outlet, stop)
    });
    let done = tokio::select! {
        biased;
        done = &mut stepping => done,
        stop = watch.interrupted() => {
            flag.store(signal_of(&stop), Ordering::Release);
            interrupt.interrupt();
            stepping.await
        }
    };
    let Ok((lease, mut outlet, stop)) = done else { return };
    if !matches!(stop, Stop::Failed(_)) {
        sessions.give_back(lease);
    }
    outlet.finish(stop);
}

fn signal_of(stop: &Stop<()>) -> u8 {
    match stop {
        Stop::Cancelled => signal::CANCELLED,
        Stop::TimedOut => signal::TIMED_OUT,
        _ => signal::DROPPED,
    }
}

fn step_all(session: &Session, sql: &str, outlet: &mut Outlet) -> Stop<ConnectError> {
    match step_rows(session, sql, outlet) {
        Ok(stop) => stop,
        Err(error) => match session.flag.load(Ordering::Acquire) {
            signal::CANCELLED => Stop::Cancelled,
            signal::DROPPED => Stop::Dropped,
            signal::TIMED_OUT => Stop::TimedOut,
            _ => Stop::Failed(failure(&error, sql)),
        },
    }
}

fn step_rows(
    session: &Session,
    sql: &str,
    outlet: &mut Outlet,
) -> rusqlite::Result<Stop<ConnectError>> {
    // SQLite itself says that this is exactly one statement (else `MultipleStatement`).
    let mut statement = session.database.prepare_cached(sql)?;
    if !statement.readonly() || statement.column_count() == 0 {
        return Ok(Stop::Failed(not_a_read()));
    }
    let runtime = Handle::current();
    let width = statement.column_count();
    let mut columns = Some(columns(&statement));
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(mut columns) = columns.take() {
            mean_by_value(&mut columns, row)?;
            // The first word never waits: the channel is empty.
            runtime.block_on(outlet.say(Word::Columns(columns)));
        }
        if outlet.encoder.begin_row() == Flow::Enough {
            return Ok(Stop::Enough);
        }
        for index in 0..width {
            values::append(&mut outlet.encoder, row.get_ref(index)?);
        }
        if outlet.encoder.end_row() == Flow::Enough {
            return Ok(Stop::Enough);
        }
        // Waiting for a slow reader ends when the read shall end.
        if outlet.encoder.is_full()
            && let Err(stop) = runtime.block_on(outlet.flush())
        {
            return Ok(stop);
        }
    }
    if let Some(columns) = columns {
        runtime.block_on(outlet.say(Word::Columns(columns)));
    }
    Ok(Stop::Finished)
}

/// SQLite says nothing of an expression's type: the first row's values do.
fn mean_by_value(columns: &mut [ResultColumn], row: &Row<'_>) -> rusqlite::Result<()> {
    for (index, column) in columns.iter_mut().enumerate() {
        if column.type_name.is_empty() {
            column.kind = values::kind_of(row.get_ref(index)?);
        }
    }
    Ok(())
}

/// The columns of a statement that SQLite accepts as exactly one that reads.
pub(crate) fn describe(
    database: &Connection,
    sql: &str,
) -> Result<Vec<ResultColumn>, ConnectError> {
    let statement = database.prepare_cached(sql).map_err(|error| failure(&error, sql))?;
    if !statement.readonly() || statement.column_count() == 0 {
        return Err(not_a_read());
    }
    Ok(columns(&statement))
}

fn columns(statement: &Statement<'_>) -> Vec<ResultColumn> {
    statement
        .columns()
        .iter()
        .map(|column| {
            let type_name = column.decl_type().unwrap_or_default().to_owned();
            let kind =
                if type_name.is_empty() { ValueKind::Other } else { values::kind(&type_name) };
            ResultColumn { name: column.name().to_owned(), type_name, kind, mask: None }
        })
        .collect()
}

fn not_a_read() -> ConnectError {
    ConnectError::Statement {
        message: "SQLite says that this statement does not only read".to_owned(),
        code: None,
        hint: None,
        position: None,
    }
}

/// SQLite's error in our words, with the place in the statement where it names one.
pub(crate) fn failure(error: &rusqlite::Error, sql: &str) -> ConnectError {
    let statement = |message: String, code: i32, position| ConnectError::Statement {
        message,
        code: Some(code.to_string()),
        hint: None,
        position,
    };
    match error {
        rusqlite::Error::SqlInputError { error, msg, offset, .. } => {
            let place = usize::try_from(*offset).ok().filter(|offset| *offset <= sql.len());
            let position = place.map(|offset| {
                position_of(sql, String::from_utf8_lossy(&sql.as_bytes()[..offset]).chars().count())
            });
            statement(msg.clone(), error.extended_code, position)
        }
        rusqlite::Error::SqliteFailure(error, message) => {
            let words = message.clone().unwrap_or_else(|| error.to_string());
            match error.code {
                ErrorCode::OperationInterrupted => ConnectError::Cancelled,
                ErrorCode::AuthorizationForStatementDenied => ConnectError::MissingRights {
                    message: format!("SQLite refused what is not reading ({words})"),
                },
                ErrorCode::DatabaseBusy => ConnectError::Statement {
                    message: "another program is writing the file and holds it".to_owned(),
                    code: Some(error.extended_code.to_string()),
                    hint: Some("Try again in a moment.".to_owned()),
                    position: None,
                },
                ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt => {
                    ConnectError::Lost { message: words }
                }
                _ => statement(words, error.extended_code, None),
            }
        }
        rusqlite::Error::MultipleStatement => {
            statement("this is more than one statement".to_owned(), 1, None)
        }
        other => statement(other.to_string(), 1, None),
    }
}
