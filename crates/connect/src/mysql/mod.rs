//! MySQL and MariaDB, by sqlx.

mod check;
mod introspect;
mod read;
mod session;
mod types;

use crate::{
    ConnectError, ConnectOptions, Connector, ReadLimits, Reading, RunTag,
    accepted::Accepted,
    address::Address,
    pump,
    sessions::{Lease, Sessions},
    statement::{self, Statement},
    veil,
};
use async_trait::async_trait;
use guard::Cleared;
use model::{
    catalog::{Catalog, CatalogProgress},
    connection::{Target, TestReport},
    dialect::Dialect,
    result::ResultColumn,
};
use session::{Opener, Session};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

pub(crate) struct MySql {
    shared: Arc<Shared>,
}

/// Shared with the tasks that run reads.
struct Shared {
    opener: Opener,
    sessions: Arc<Sessions<Session>>,
    accepted: Accepted,
    schemas: Vec<String>,
}

impl MySql {
    pub(crate) fn new(options: ConnectOptions) -> Result<Self, ConnectError> {
        let Target::Server { host, port, database, .. } = &options.target else {
            return Err(ConnectError::NotAllowed {
                reason: "MySQL is a server, not a file".to_owned(),
            });
        };
        let address = Address::new(host, *port, options.allow_loopback)?;
        let sessions = Sessions::new(options.limits.sessions);
        // A database here is what a schema is elsewhere: whoever names one means that one.
        let schemas = match &options.schemas[..] {
            [] if !database.is_empty() => vec![database.clone()],
            schemas => schemas.to_vec(),
        };
        let opener = Opener::new(address, &options)?;
        let accepted = Accepted::default();
        Ok(Self { shared: Arc::new(Shared { opener, sessions, accepted, schemas }) })
    }

    pub(crate) async fn read_statement(
        &self,
        statement: Statement,
        limits: ReadLimits,
        cancel: CancellationToken,
    ) -> Result<Reading, ConnectError> {
        statement::check_text(&statement.sql)?;
        let (outlet, words) = pump::channel(limits, cancel);
        tokio::spawn(read::run(self.shared.clone(), statement, outlet));
        pump::reading(words).await
    }
}

impl Shared {
    async fn lease(&self) -> Result<Lease<Session>, ConnectError> {
        self.sessions.lease(self.opener.open()).await
    }

    /// In place of a session that went away while it was idle.
    async fn fresh(&self, stale: Lease<Session>) -> Result<Lease<Session>, ConnectError> {
        self.sessions.replace(stale, self.opener.open()).await
    }
}

#[async_trait]
impl Connector for MySql {
    fn dialect(&self) -> Dialect {
        Dialect::MySql
    }

    async fn test(&self) -> TestReport {
        match check::check(&self.shared).await {
            Ok(report) => report,
            Err(error) => crate::classify::report(&error),
        }
    }

    async fn introspect(
        &self,
        progress: &(dyn Fn(CatalogProgress) + Send + Sync),
    ) -> Result<Catalog, ConnectError> {
        self.shared.accepted.clear();
        introspect::read(&self.shared, progress).await
    }

    async fn read(
        &self,
        cleared: &Cleared,
        tag: &RunTag,
        limits: ReadLimits,
        cancel: CancellationToken,
    ) -> Result<Reading, ConnectError> {
        let statement = Statement::new(cleared, tag, Dialect::MySql)?;
        veil::reading(cleared, self.read_statement(statement, limits, cancel).await)
    }

    async fn describe(&self, cleared: &Cleared) -> Result<Vec<ResultColumn>, ConnectError> {
        statement::check(cleared, Dialect::MySql)?;
        let sql = cleared.sql();
        let mut lease = self.shared.lease().await?;
        let mut columns = lease.session.accept(sql).await;
        if lease.is_stale(&columns) {
            lease = self.shared.fresh(lease).await?;
            columns = lease.session.accept(sql).await;
        }
        let columns: Arc<[ResultColumn]> = columns?.into();
        self.shared.sessions.give_back(lease);
        self.shared.accepted.put(sql, columns.clone());
        Ok(columns.to_vec())
    }

    async fn close(&self) {
        self.shared.sessions.close();
    }
}
