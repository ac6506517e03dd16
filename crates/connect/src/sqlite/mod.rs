//! SQLite files, by rusqlite: sqlx's driver has no authorizer, no limits and no interrupt.

mod functions;
mod introspect;
mod open;
mod read;
mod values;

use crate::{
    ConnectError, ConnectOptions, Connector, ReadLimits, Reading, RunTag, pump,
    sessions::{Lease, Sessions},
    statement, veil,
};
use async_trait::async_trait;
use guard::Cleared;
use model::{
    catalog::{Catalog, CatalogProgress},
    connection::{Advice, Target, TestReport},
    dialect::Dialect,
    result::ResultColumn,
};
use open::{Place, Session};
use std::{sync::Arc, time::Instant};
use tokio_util::sync::CancellationToken;

pub(crate) struct Sqlite {
    place: Place,
    sessions: Arc<Sessions<Session>>,
}

impl Sqlite {
    pub(crate) fn new(options: ConnectOptions) -> Result<Self, ConnectError> {
        let Target::File { path } = &options.target else {
            return Err(ConnectError::NotAllowed {
                reason: "SQLite is a file, not a server".to_owned(),
            });
        };
        let place = Place::new(options.sqlite_dir.as_deref(), path)?;
        Ok(Self { place, sessions: Sessions::new(options.limits.sessions) })
    }

    async fn lease(&self) -> Result<Lease<Session>, ConnectError> {
        let place = self.place.clone();
        self.sessions.lease(on_thread(move || Session::open(&place))).await
    }

    /// Runs `work` on a session of the pool. A session whose work failed is closed.
    async fn with_session<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Session) -> Result<T, ConnectError> + Send + 'static,
    ) -> Result<T, ConnectError> {
        let mut lease = self.lease().await?;
        let (lease, result) = on_thread(move || {
            lease.session.rearm();
            let result = work(&lease.session);
            Ok((lease, result))
        })
        .await?;
        if result.is_ok() {
            self.sessions.give_back(lease);
        }
        result
    }

    pub(crate) async fn read_sql(
        &self,
        sql: &str,
        limits: ReadLimits,
        cancel: CancellationToken,
    ) -> Result<Reading, ConnectError> {
        statement::check_text(sql)?;
        let (outlet, words) = pump::channel(limits, cancel);
        let lease = match outlet.watch.unless_stopped::<_, ()>(self.lease()).await {
            Ok(lease) => lease?,
            Err(_) => return Err(ConnectError::Cancelled),
        };
        let sessions = self.sessions.clone();
        let sql = sql.to_owned();
        tokio::spawn(read::run(sessions, lease, sql, outlet));
        pump::reading(words).await
    }
}

/// Runs blocking work off the async threads.
async fn on_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ConnectError> + Send + 'static,
) -> Result<T, ConnectError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| {
        Err(ConnectError::Protocol {
            message: "reading the SQLite file failed unexpectedly".to_owned(),
        })
    })
}

#[async_trait]
impl Connector for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn test(&self) -> TestReport {
        let started = Instant::now();
        let checked = self.with_session(|session| session.check()).await;
        match checked {
            Ok(writable) => TestReport::Ok {
                server_version: rusqlite::version().to_owned(),
                latency_us: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
                encrypted: None,
                warnings: if writable { vec![writable_advice()] } else { Vec::new() },
            },
            Err(error) => crate::classify::report(&error),
        }
    }

    async fn introspect(
        &self,
        progress: &(dyn Fn(CatalogProgress) + Send + Sync),
    ) -> Result<Catalog, ConnectError> {
        introspect::read(self, progress).await
    }

    async fn read(
        &self,
        cleared: &Cleared,
        _tag: &RunTag,
        limits: ReadLimits,
        cancel: CancellationToken,
    ) -> Result<Reading, ConnectError> {
        statement::check(cleared, Dialect::Sqlite)?;
        veil::reading(cleared, self.read_sql(cleared.sql(), limits, cancel).await)
    }

    async fn describe(&self, cleared: &Cleared) -> Result<Vec<ResultColumn>, ConnectError> {
        statement::check(cleared, Dialect::Sqlite)?;
        let sql = cleared.sql().to_owned();
        self.with_session(move |session| read::describe(&session.database, &sql)).await
    }

    async fn close(&self) {
        self.sessions.close();
    }
}

fn writable_advice() -> Advice {
    Advice {
        message:
            "The file may be written by the account Querent runs as. Querent opens it read-only; \
                  read-only file permissions would be a second lock."
                .to_owned(),
        statements: None,
    }
}
