//! The public door: what the guard has cleared runs, on the database it was cleared for.
#![allow(clippy::unwrap_used)]

use connect::{ConnectError, ConnectOptions, Connector, ReadEvent, ReadLimits, RunTag};
use futures::StreamExt;
use guard::{Cleared, Facts, Gate, Policy, Verdict};
use model::{
    catalog::ValueKind,
    connection::{Limits, Target, Tls},
    dialect::Dialect,
    result::{Cell, Truncation},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use testkit::databases::Database;
use tokio_util::sync::CancellationToken;

const MADE: &str = "CREATE TABLE shops (id int PRIMARY KEY, name varchar(20), opened date); \
                    INSERT INTO shops VALUES (1, 'Ulm', '2020-01-31'), (2, 'Köln', NULL), (3, 'Bonn', '2024-02-29');";

/// A connector on a fresh database with three shops; the database lives as long as the guard does.
struct Shops {
    connector: Arc<dyn Connector>,
    _database: Option<Database>,
    _directory: tempfile::TempDir,
}

fn shops(dialect: Dialect) -> Shops {
    let directory = tempfile::tempdir().unwrap();
    let (target, database) = match dialect {
        Dialect::Sqlite => {
            let file = rusqlite::Connection::open(directory.path().join("shops.db")).unwrap();
            file.execute_batch(MADE).unwrap();
            (Target::File { path: "shops.db".to_owned() }, None)
        }
        _ => {
            let database =
                if dialect == Dialect::Postgres { Database::postgres() } else { Database::mysql() };
            database.run(MADE);
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
    let options = ConnectOptions {
        target,
        limits: Limits::default(),
        schemas: Vec::new(),
        sqlite_dir: Some(directory.path().to_owned()),
        allow_loopback: true,
        application: "querent".to_owned(),
    };
    let shown = format!("{options:?}");
    assert!(!shown.contains("password") && !shown.contains("querent:"), "{shown}");
    Shops { connector: connect::open(options).unwrap(), _database: database, _directory: directory }
}

async fn clear(connector: &dyn Connector, sql: &str) -> Cleared {
    let facts = Facts::new(&connector.introspect(&|_| {}).await.unwrap());
    let attributes = BTreeMap::new();
    let gate = Gate {
        facts: &facts,
        policy: &Policy::default(),
        attributes: &attributes,
        row_limit: Some(3),
    };
    match guard::check(&gate, sql) {
        Verdict::Read(cleared) => cleared,
        verdict => panic!("{sql}: {verdict:?}"),
    }
}

async fn read(
    connector: &dyn Connector,
    cleared: &Cleared,
) -> Result<(Vec<Vec<Cell>>, Option<Truncation>), ConnectError> {
    let tag = RunTag { user: "ann".to_owned(), run: "1".to_owned() };
    let limits = ReadLimits {
        rows: 2,
        bytes: 1 << 20,
        timeout: Duration::from_secs(10),
        cell_bytes: 1 << 10,
    };
    let mut reading = connector.read(cleared, &tag, limits, CancellationToken::new()).await?;
    let mut rows = Vec::new();
    while let Some(event) = reading.rows.next().await {
        match event? {
            ReadEvent::Rows(chunk) => {
                rows.extend(serde_json::from_slice::<Vec<Vec<Cell>>>(&chunk.json).unwrap())
            }
            ReadEvent::End(end) => return Ok((rows, end.truncated)),
        }
    }
    panic!("no end")
}

#[tokio::test]
async fn what_is_cleared_runs_and_its_cap_is_told() {
    for dialect in Dialect::ALL {
        let shops = shops(dialect);
        let connector = &*shops.connector;
        assert_eq!(connector.dialect(), dialect);
        let cleared = clear(connector, "SELECT name, opened FROM shops ORDER BY id").await;
        let (rows, truncated) = read(connector, &cleared).await.unwrap();
        let expect = [[Some("Ulm"), Some("2020-01-31")], [Some("Köln"), None]];
        assert_eq!(
            rows,
            expect.map(|row| row.map(|cell| cell.map(str::to_owned)).to_vec()),
            "{dialect}"
        );
        assert_eq!(truncated, Some(Truncation::Rows { limit: 2 }));

        let columns = connector.describe(&cleared).await.unwrap();
        let kinds: Vec<_> =
            columns.iter().map(|column| (column.name.as_str(), column.kind)).collect();
        assert_eq!(kinds, [("name", ValueKind::Text), ("opened", ValueKind::Date)], "{dialect}");

        let count = clear(connector, "SELECT count(*) FROM shops").await;
        assert_eq!(
            read(connector, &count).await.unwrap(),
            (vec![vec![Some("3".to_owned())]], None)
        );
        connector.close().await;
        assert!(matches!(read(connector, &count).await, Err(ConnectError::Closed)));
    }
}

#[tokio::test]
async fn what_was_cleared_for_another_kind_of_database_does_not_run() {
    let all = Dialect::ALL.map(shops);
    for from in &all {
        let cleared = clear(&*from.connector, "SELECT name FROM shops").await;
        for to in all.iter().filter(|to| to.connector.dialect() != from.connector.dialect()) {
            assert!(matches!(
                read(&*to.connector, &cleared).await,
                Err(ConnectError::NotAllowed { .. })
            ));
            assert!(matches!(
                to.connector.describe(&cleared).await,
                Err(ConnectError::NotAllowed { .. })
            ));
        }
    }
}
