//! A cleared statement on its way to a worker.

use crate::{ConnectError, RunTag, tag};
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
        check_dialect(cleared, dialect)?;
        Ok(Self {
            sql: cleared.sql().to_owned(),
            kind: cleared.kind(),
            clean: cleared.leaves_session_clean(),
            comment: tag::comment(tag),
        })
    }
}

/// A statement that was cleared for another kind of database is read differently by this one.
pub(crate) fn check_dialect(cleared: &Cleared, dialect: Dialect) -> Result<(), ConnectError> {
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
