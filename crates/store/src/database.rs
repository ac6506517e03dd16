//! Opening Querent's database: SQLite in one file, or PostgreSQL.

use crate::{
    error::{During, StoreError},
    migrate,
    sessions::Recent,
};
use sqlx::{
    AnyConnection, AnyPool, Connection, Executor,
    any::{AnyConnectOptions, AnyPoolOptions},
    pool::PoolOptions,
};
use std::{
    path::Path,
    str::FromStr,
    sync::{Arc, Once},
    time::Duration,
};

/// Querent's own data. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    engine: Engine,
    reads: AnyPool,
    writes: AnyPool,
    recent_sessions: Option<Arc<Recent>>,
}

/// Which database holds Querent's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Sessions for reads on SQLite: each is a thread of its own.
const SQLITE_READERS: u32 = 4;
const POSTGRES_SESSIONS: u32 = 16;
/// A session idle for longer is tried before it is lent.
const TRUSTED_IDLE: Duration = Duration::from_secs(30);

/// WAL lets readers go on while a transaction writes. With `synchronous = NORMAL` a power cut may
/// lose the last transactions, but never damages the file.
const SQLITE_SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
    PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; \
    PRAGMA cache_size = -4096; PRAGMA journal_size_limit = 67108864;";

impl Store {
    /// Opens `sqlite:…` or `postgres://…`, makes the file if it is missing, and migrates.
    ///
    /// # Errors
    /// `Open` for a malformed address or an unreachable server, else the migrations' errors.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);

        let failed = |source| StoreError::Open { url: without_password(url), source };
        let engine = if url.starts_with("sqlite:") { Engine::Sqlite } else { Engine::Postgres };
        let options = AnyConnectOptions::from_str(url).map_err(failed)?;
        let mut first = AnyConnection::connect_with(&options).await.map_err(failed)?;
        engine.prepare(&mut first).await.map_err(failed)?;
        migrate::run(&mut first, engine).await?;

        let writes = engine.pool(engine.writers()).connect_lazy_with(options.clone());
        // Before the first session ends: the last one to leave a SQLite file tidies up, which costs
        // a start several milliseconds.
        drop(writes.acquire().await.map_err(failed)?);
        first.close().await.map_err(failed)?;
        let reads = match engine {
            Engine::Sqlite => engine.pool(SQLITE_READERS).connect_lazy_with(options),
            Engine::Postgres => writes.clone(),
        };
        let recent_sessions = (engine == Engine::Sqlite).then(Arc::default);
        Ok(Self { engine, reads, writes, recent_sessions })
    }

    /// The address of a SQLite file, which is made when it is missing.
    #[must_use]
    pub fn sqlite_url(file: &Path) -> String {
        let mut url = String::from("sqlite://");
        for byte in file.to_string_lossy().bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                    url.push(char::from(byte));
                }
                _ => url.push_str(&format!("%{byte:02X}")),
            }
        }
        url + "?mode=rwc"
    }

    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Does the database answer?
    ///
    /// # Errors
    /// `Query` when it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.reads).await.during("reach the database").map(drop)
    }

    /// Waits for what is under way and closes every session.
    pub async fn close(&self) {
        self.reads.close().await;
        self.writes.close().await;
    }

    /// Answers about sessions that may be used again; `None` where other replicas change them, too.
    pub(crate) fn recent_sessions(&self) -> Option<&Recent> {
        self.recent_sessions.as_deref()
    }

    /// To be called after every change to accounts, members or sessions.
    pub(crate) fn accounts_changed(&self) {
        if let Some(recent) = &self.recent_sessions {
            recent.forget();
        }
    }

    pub(crate) fn reads(&self) -> &AnyPool {
        &self.reads
    }

    pub(crate) fn writes(&self) -> &AnyPool {
        &self.writes
    }
}

impl Engine {
    /// SQLite has one writer at a time: they queue for one session here rather than for its lock.
    fn writers(self) -> u32 {
        match self {
            Self::Sqlite => 1,
            Self::Postgres => POSTGRES_SESSIONS,
        }
    }

    async fn prepare(self, connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite => connection.execute(SQLITE_SETTINGS).await.map(drop),
            Self::Postgres => Ok(()),
        }
    }

    fn pool(self, sessions: u32) -> AnyPoolOptions {
        PoolOptions::new()
            .max_connections(sessions)
            .acquire_timeout(Duration::from_secs(10))
            .idle_timeout((self == Self::Postgres).then_some(Duration::from_secs(600)))
            .max_lifetime((self == Self::Postgres).then_some(Duration::from_secs(1800)))
            .test_before_acquire(false)
            .before_acquire(move |connection: &mut AnyConnection, meta| {
                Box::pin(async move {
                    if self == Self::Postgres && meta.idle_for > TRUSTED_IDLE {
                        return Ok(connection.ping().await.is_ok());
                    }
                    Ok(true)
                })
            })
            .after_connect(move |connection, _| Box::pin(self.prepare(connection)))
    }
}

/// The address for a message: what stands between `:` and `@` is left out.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((account, place)) => {
            let user = account.split_once(':').map_or(account, |(user, _)| user);
            format!("{scheme}://{user}@{place}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_without_passwords() {
        for (url, told) in [
            ("postgres://ann:s3cret@db/querent", "postgres://ann@db/querent"),
            ("postgres://ann:s3@cret@db/querent", "postgres://ann@db/querent"),
            ("postgres://db/querent", "postgres://db/querent"),
            ("sqlite://a.db", "sqlite://a.db"),
        ] {
            assert_eq!(without_password(url), told);
        }
    }

    #[test]
    fn paths_become_addresses() {
        let url = Store::sqlite_url(Path::new("/my data/ü?.db"));
        assert_eq!(url, "sqlite:///my%20data/%C3%BC%3F.db?mode=rwc");
    }
}
