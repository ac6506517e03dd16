//! A shop in a database of its own, and one person's view of it through guard and connector.

use connect::{ConnectOptions, Connector, ReadEvent, ReadLimits, RunTag};
use futures::StreamExt;
use guard::{Cleared, Facts, Gate, Policy, Verdict};
use model::{
    connection::{Limits, Target, Tls},
    dialect::Dialect,
    result::Cell,
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use testkit::databases::Database;
use tokio_util::sync::CancellationToken;

/// What a person sees of a statement.
#[derive(Debug, PartialEq)]
pub enum Seen {
    Rows(Vec<Vec<Cell>>),
    /// What the guard or the database says instead.
    Refused(String),
    Failed(String),
}

/// One database, open.
pub struct World {
    pub connector: Arc<dyn Connector>,
    pub facts: Facts,
    pub database: Option<Database>,
    pub directory: tempfile::TempDir,
}

impl World {
    /// A fresh database in which `script` has run, introspected.
    ///
    /// # Panics
    /// When a server is missing or the script fails.
    pub async fn new(dialect: Dialect, script: &str) -> Self {
        let directory = tempfile::tempdir().expect("there is a place for files");
        let (target, database) = match dialect {
            Dialect::Sqlite => {
                let file = rusqlite::Connection::open(directory.path().join("shop.db"))
                    .expect("a file can be made");
                file.execute_batch(script).expect("the script runs");
                (Target::File { path: "shop.db".to_owned() }, None)
            }
            _ => {
                let database = if dialect == Dialect::Postgres {
                    Database::postgres()
                } else {
                    Database::mysql()
                };
                database.run(script);
                let target = Target::Server {
                    dialect,
                    host: database.host.clone(),
                    port: database.port,
                    database: database.name.clone(),
                    user: database.user.clone(),
                    password: Some(database.password.clone()),
                    tls: Tls::default(),
                };
                (target, Some(database))
            }
        };
        let connector = connect::open(ConnectOptions {
            target,
            limits: Limits::default(),
            schemas: Vec::new(),
            sqlite_dir: Some(directory.path().to_owned()),
            allow_loopback: true,
            application: "querent".to_owned(),
        })
        .expect("the target is well formed");
        let catalog = connector.introspect(&|_| {}).await.expect("the catalogue can be read");
        Self { connector, facts: Facts::new(&catalog), database, directory }
    }

    /// What the guard says to this person's statement.
    pub fn clear(&self, policy: &Policy, sql: &str) -> Result<Cleared, String> {
        let attributes = BTreeMap::from([("city".to_owned(), "Ulm".to_owned())]);
        let gate =
            Gate { facts: &self.facts, policy, attributes: &attributes, row_limit: Some(10_001) };
        match guard::check(&gate, sql) {
            Verdict::Read(cleared) => Ok(cleared),
            Verdict::Write(_) => Err("a write".to_owned()),
            Verdict::Deny(refusal) => Err(refusal.reason),
        }
    }

    /// What this person sees: rows in order, or the words of whoever refused or failed.
    pub async fn see(&self, policy: &Policy, sql: &str) -> Seen {
        match self.clear(policy, sql) {
            Err(reason) => Seen::Refused(self.nameless(&reason)),
            Ok(cleared) => match self.read(&cleared, Duration::from_secs(20)).await {
                Ok(rows) => Seen::Rows(rows),
                Err(words) => Seen::Failed(self.nameless(&words)),
            },
        }
    }

    /// All rows of a cleared statement.
    pub async fn read(
        &self,
        cleared: &Cleared,
        timeout: Duration,
    ) -> Result<Vec<Vec<Cell>>, String> {
        let tag = RunTag { user: "ann".to_owned(), run: "1".to_owned() };
        let limits = ReadLimits { rows: 10_000, bytes: 64 << 20, timeout, cell_bytes: 1 << 20 };
        let cancel = CancellationToken::new();
        let reading = self.connector.read(cleared, &tag, limits, cancel).await;
        let mut reading = reading.map_err(|error| error.to_string())?;
        let mut rows = Vec::new();
        while let Some(event) = reading.rows.next().await {
            match event.map_err(|error| error.to_string())? {
                ReadEvent::Rows(chunk) => {
                    let some: Vec<Vec<Cell>> =
                        serde_json::from_slice(&chunk.json).map_err(|error| error.to_string())?;
                    rows.extend(some);
                }
                ReadEvent::End(_) => return Ok(rows),
            }
        }
        Err("the stream ended without a last word".to_owned())
    }

    /// Two databases have two names; what is said of them must be the same otherwise.
    fn nameless(&self, words: &str) -> String {
        match &self.database {
            Some(database) => words.replace(&database.name, "shop"),
            None => words.to_owned(),
        }
    }
}
