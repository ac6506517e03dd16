//! One story on three real databases. Statements go in below the guard, since what is told here is
//! how a connector behaves whatever the guard lets through.

mod cancel;
mod catalog;
mod failing;
mod hygiene;
mod limits;
mod tls;
mod values;

use crate::{
    ConnectError, ConnectOptions, Connector, ReadEnd, ReadEvent, ReadLimits, Reading, mysql::MySql,
    postgres::Postgres, sqlite::Sqlite, statement::Statement,
};
use futures::StreamExt;
use guard::ReadKind;
use model::{
    connection::{Limits, Target, Tls, TlsMode},
    dialect::Dialect,
    result::{Cell, ResultColumn},
};
use std::time::Duration;
use testkit::databases::Database;
use tokio_util::sync::CancellationToken;

/// A connector of one kind, with the database it is connected to.
struct Subject {
    connector: Kind,
    /// `None`: SQLite.
    database: Option<Database>,
    directory: Option<tempfile::TempDir>,
}

enum Kind {
    Postgres(Postgres),
    MySql(MySql),
    Sqlite(Sqlite),
}

/// A result read to its end.
#[derive(Debug)]
struct Whole {
    columns: Vec<ResultColumn>,
    rows: Vec<Vec<Cell>>,
    chunks: usize,
    end: ReadEnd,
}

const GENEROUS: ReadLimits = ReadLimits {
    rows: 1_000_000,
    bytes: 1 << 30,
    timeout: Duration::from_secs(30),
    cell_bytes: 64 << 10,
};

fn options(database: &Database) -> ConnectOptions {
    ConnectOptions {
        target: Target::Server {
            dialect: database.dialect,
            host: database.host.clone(),
            port: database.port,
            database: database.name.clone(),
            user: database.user.clone(),
            password: Some(database.password.clone()),
            tls: Tls { mode: TlsMode::Prefer, ..Tls::default() },
        },
        limits: Limits::default(),
        schemas: Vec::new(),
        sqlite_dir: None,
        allow_loopback: true,
        application: "querent".to_owned(),
    }
}

impl Subject {
    fn new(dialect: Dialect, script: &str) -> Self {
        Self::with(dialect, script, |_| {})
    }

    /// A connector to a fresh database in which `script` has run.
    fn with(dialect: Dialect, script: &str, change: impl FnOnce(&mut ConnectOptions)) -> Self {
        if dialect == Dialect::Sqlite {
            return Self::sqlite(script, change);
        }
        let database = match dialect {
            Dialect::Postgres => Database::postgres(),
            _ => Database::mysql(),
        };
        database.run(script);
        let mut options = options(&database);
        change(&mut options);
        let connector = match dialect {
            Dialect::Postgres => Kind::Postgres(Postgres::new(options).unwrap()),
            _ => Kind::MySql(MySql::new(options).unwrap()),
        };
        Self { connector, database: Some(database), directory: None }
    }

    fn sqlite(script: &str, change: impl FnOnce(&mut ConnectOptions)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = rusqlite::Connection::open(directory.path().join("shop.db")).unwrap();
        file.execute_batch(script).unwrap();
        let mut options = ConnectOptions {
            target: Target::File { path: "shop.db".to_owned() },
            limits: Limits::default(),
            schemas: Vec::new(),
            sqlite_dir: Some(directory.path().to_owned()),
            allow_loopback: false,
            application: "querent".to_owned(),
        };
        change(&mut options);
        let connector = Kind::Sqlite(Sqlite::new(options).unwrap());
        Self { connector, database: None, directory: Some(directory) }
    }

    fn connector(&self) -> &dyn Connector {
        match &self.connector {
            Kind::Postgres(postgres) => postgres,
            Kind::MySql(mysql) => mysql,
            Kind::Sqlite(sqlite) => sqlite,
        }
    }

    async fn start(
        &self,
        statement: Statement,
        limits: ReadLimits,
        cancel: CancellationToken,
    ) -> Result<Reading, ConnectError> {
        match &self.connector {
            Kind::Postgres(postgres) => postgres.read_statement(statement, limits, cancel).await,
            Kind::MySql(mysql) => mysql.read_statement(statement, limits, cancel).await,
            Kind::Sqlite(sqlite) => sqlite.read_sql(&statement.sql, limits, cancel).await,
        }
    }

    async fn read_with(&self, sql: &str, limits: ReadLimits) -> Result<Whole, ConnectError> {
        collect(self.start(query(sql), limits, CancellationToken::new()).await?).await
    }

    async fn read(&self, sql: &str) -> Result<Whole, ConnectError> {
        self.read_with(sql, GENEROUS).await
    }
}

/// A statement as the guard would have cleared it.
fn query(sql: &str) -> Statement {
    Statement {
        sql: sql.to_owned(),
        kind: ReadKind::Query,
        clean: true,
        comment: "/* querent user=ann run=7 */ ".to_owned(),
    }
}

async fn collect(mut reading: Reading) -> Result<Whole, ConnectError> {
    let (mut rows, mut chunks, mut counted) = (Vec::new(), 0, 0);
    while let Some(event) = reading.rows.next().await {
        match event? {
            ReadEvent::Rows(chunk) => {
                assert!(chunk.json.ends_with(b"]]\n"));
                let some: Vec<Vec<Cell>> = serde_json::from_slice(&chunk.json).unwrap();
                assert_eq!(some.len(), chunk.rows as usize);
                counted += chunk.value_bytes;
                rows.extend(some);
                chunks += 1;
            }
            ReadEvent::End(end) => {
                assert_eq!((end.rows, end.bytes), (rows.len() as u64, counted));
                assert!(reading.rows.next().await.is_none(), "nothing comes after the end");
                return Ok(Whole { columns: reading.columns, rows, chunks, end });
            }
        }
    }
    panic!("the stream ended without a last word");
}

/// The first cell, which must be there.
fn only(whole: &Whole) -> &str {
    whole.rows[0][0].as_deref().unwrap_or("NULL")
}
