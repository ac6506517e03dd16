#![doc = include_str!("../README.md")]

mod accepted;
mod address;
mod classify;
mod encode;
mod error;
mod mysql;
mod postgres;
mod pump;
mod sessions;
mod sqlite;
mod statement;
mod tag;
#[cfg(test)]
mod tests;
mod veil;

pub use error::ConnectError;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use guard::Cleared;
use model::{
    catalog::{Catalog, CatalogProgress},
    connection::{Limits, Target, TestReport},
    dialect::Dialect,
    result::{ResultColumn, Truncation},
};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Where a database is and what may be asked of it. Secrets are in `target`; `Debug` hides them.
#[derive(Clone)]
pub struct ConnectOptions {
    /// With its password and TLS key.
    pub target: Target,
    pub limits: Limits,
    /// Schemas to read; empty: all that the account can see, system schemas left out. On MySQL a database
    /// that is named in the target is then the only one.
    pub schemas: Vec<String>,
    /// SQLite files are only opened below this directory; `None`: not at all.
    pub sqlite_dir: Option<PathBuf>,
    /// Whether servers on this machine may be connected.
    pub allow_loopback: bool,
    /// What the sessions call themselves: `querent`.
    pub application: String,
}

/// One connected database. Cheap to share; sessions are opened when first needed.
#[async_trait]
pub trait Connector: Send + Sync {
    fn dialect(&self) -> Dialect;

    /// Tries to connect and look around; says what is wrong and what to do about it.
    async fn test(&self) -> TestReport;

    /// Reads the whole catalogue with a fixed number of queries.
    async fn introspect(
        &self,
        progress: &(dyn Fn(CatalogProgress) + Send + Sync),
    ) -> Result<Catalog, ConnectError>;

    /// Starts the read and returns once its first rows, its end or its failure is known.
    /// Dropping the returned stream, or cancelling the token, ends the statement in the database
    /// within a second.
    async fn read(
        &self,
        cleared: &Cleared,
        tag: &RunTag,
        limits: ReadLimits,
        cancel: CancellationToken,
    ) -> Result<Reading, ConnectError>;

    /// Has the database accept the statement without running it; gives its columns.
    async fn describe(&self, cleared: &Cleared) -> Result<Vec<ResultColumn>, ConnectError>;

    /// Closes idle sessions and refuses new reads. Running reads end by themselves.
    async fn close(&self);
}

/// Whose statement it is; visible in the database as `querent user=… run=…`.
#[derive(Clone, Debug)]
pub struct RunTag {
    pub user: String,
    pub run: String,
}

/// What one read may cost.
#[derive(Clone, Copy, Debug)]
pub struct ReadLimits {
    pub rows: u64,
    /// Bytes of values, before JSON.
    pub bytes: u64,
    pub timeout: Duration,
    /// Longer cells are shortened to about this many bytes.
    pub cell_bytes: usize,
}

/// A read under way.
pub struct Reading {
    pub columns: Vec<ResultColumn>,
    /// Chunks of rows, then exactly one `End`, or an error.
    pub rows: BoxStream<'static, Result<ReadEvent, ConnectError>>,
}

#[derive(Clone, Debug)]
pub enum ReadEvent {
    Rows(RowChunk),
    End(ReadEnd),
}

/// Some rows. `json` is one line of the wire format of `model::result`: `[[cell,…],…]` and a
/// line feed, about 64 kB.
#[derive(Clone, Debug)]
pub struct RowChunk {
    pub rows: u32,
    /// Bytes of values, before JSON.
    pub value_bytes: u64,
    pub json: Bytes,
}

/// How a read ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadEnd {
    pub rows: u64,
    pub bytes: u64,
    /// The limit that cut it short, if one did.
    pub truncated: Option<Truncation>,
    pub shortened_cells: u64,
    /// From the statement's start to its last row.
    pub elapsed: Duration,
}

/// A connector for this target. Nothing is contacted yet; what can be refused without asking the
/// database (a file outside the directory, a host that is no host) is refused here.
pub fn open(options: ConnectOptions) -> Result<Arc<dyn Connector>, ConnectError> {
    Ok(match options.target.dialect() {
        Dialect::Sqlite => Arc::new(sqlite::Sqlite::new(options)?),
        Dialect::Postgres => Arc::new(postgres::Postgres::new(options)?),
        Dialect::MySql => Arc::new(mysql::MySql::new(options)?),
    })
}

impl std::fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = match &self.target {
            Target::Server { host, port, database, .. } => format!("{host}:{port}/{database}"),
            Target::File { path } => path.clone(),
        };
        f.debug_struct("ConnectOptions")
            .field("dialect", &self.target.dialect())
            .field("place", &place)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
