//! A cleared statement on its way to a worker.

use crate::{ConnectError, RunTag, error::position_of, tag};
use guard::{Cleared, ReadKind};
use model::dialect::Dialect;

pub(crate) struct Statement {
    /// As the guard rendered it.
    pub(crate) sql: String,
    pub(crate) kind: ReadKind,
    /// The guard has shown that it leaves the session as it was.
    pub(crate) clean: bool,
    /// `/* querent user=… run=… */ `
    pub(crate) comment: String,
}

impl Statement {
    pub(crate) fn new(
        cleared: &Cleared,
        tag: &RunTag,
        dialect: Dialect,
    ) -> Result<Self, ConnectError> {
        check(cleared, dialect)?;
        Ok(Self {
            sql: cleared.sql().to_owned(),
            kind: cleared.kind(),
            clean: cleared.leaves_session_clean(),
            comment: tag::comment(tag),
        })
    }
}

/// A statement that was cleared for another kind of database is read differently by this one.
pub(crate) fn check(cleared: &Cleared, dialect: Dialect) -> Result<(), ConnectError> {
    if cleared.dialect() == dialect {
        return Ok(());
    }
    Err(ConnectError::NotAllowed {
        reason: format!(
            "the statement was cleared for {}, and this is {}",
            cleared.dialect().title(),
            dialect.title()
        ),
    })
}

/// Databases end a text at a NUL, each in its own way: what stands behind it must not be there.
pub(crate) fn check_text(sql: &str) -> Result<(), ConnectError> {
    match sql.find('\0') {
        None => Ok(()),
        Some(at) => Err(ConnectError::Statement {
            message: "the statement holds a NUL character".to_owned(),
            code: None,
            hint: Some("Remove it; it is invisible in most editors.".to_owned()),
            position: Some(position_of(sql, sql[..at].chars().count())),
        }),
    }
}
