//! The engine's golden questions on real servers: the sample shop in PostgreSQL, MariaDB and SQLite, each
//! statement through the guard and run by the connector.

#![allow(clippy::unwrap_used)]

use catalog::{ValueIndex, ValueSource};
use connect::{ConnectOptions, Connector, ReadEvent, ReadLimits, RunTag};
use engine::{Ask, Date, Outcome};
use futures::StreamExt;
use guard::{Facts, Gate, Policy, Verdict};
use model::{
    catalog::{Catalog, Table, TableKind, ValueKind},
    connection::{Limits, Target, Tls},
    dialect::Dialect,
    result::Cell,
};
use std::{collections::BTreeMap, fmt::Write, path::Path, sync::Arc, time::Duration};
use testkit::databases::Database;
use tokio_util::sync::CancellationToken;

const TODAY: Date = Date { year: 2026, month: 5, day: 14 };
/// Rows copied of each table: enough that casts and formats meet values.
const ROWS: usize = 40;

/// The sample shop in one database, as a person's connection sees it.
struct Shop {
    connector: Arc<dyn Connector>,
    catalog: Catalog,
    facts: Facts,
    values: ValueIndex,
    _database: Option<Database>,
    _folder: Option<tempfile::TempDir>,
}

async fn open(target: Target, folder: Option<&Path>) -> (Arc<dyn Connector>, Catalog) {
    let connector = connect::open(ConnectOptions {
        target,
        limits: Limits::default(),
        schemas: Vec::new(),
        sqlite_dir: folder.map(Path::to_owned),
        allow_loopback: true,
        application: "querent".into(),
    })
    .unwrap();
    let catalog = connector.introspect(&|_| ()).await.unwrap();
    (connector, catalog)
}

impl Shop {
    async fn in_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        sample::build(&folder.path().join("shop.sqlite"), (2026, 5, 14)).unwrap();
        let target = Target::File { path: "shop.sqlite".into() };
        let (connector, catalog) = open(target, Some(folder.path())).await;
        let mut shop = Self {
            facts: Facts::new(&catalog),
            values: ValueIndex::default(),
            connector,
            catalog,
            _database: None,
            _folder: Some(folder),
        };
        shop.values = shop.read_values().await;
        shop
    }

    /// A copy of the first rows in a fresh database of a server.
    async fn on(database: Database, shop: &Self) -> Self {
        database.run(&shop.script(database.dialect).await);
        let target = Target::Server {
            dialect: database.dialect,
            host: database.host.clone(),
            port: database.port,
            database: database.name.clone(),
            user: database.user.clone(),
            password: Some(database.password.clone()),
            tls: Tls::default(),
        };
        let (connector, catalog) = open(target, None).await;
        let mut copy = Self {
            facts: Facts::new(&catalog),
            values: ValueIndex::default(),
            connector,
            catalog,
            _database: Some(database),
            _folder: None,
        };
        copy.values = copy.read_values().await;
        copy
    }

    /// Runs a statement as the chat does; its rows, or why there are none.
    async fn read(&self, sql: &str) -> Result<Vec<Vec<Cell>>, String> {
        let gate = Gate {
            facts: &self.facts,
            policy: &Policy::default(),
            attributes: &BTreeMap::new(),
            row_limit: Some(10_001),
        };
        let cleared = match guard::check(&gate, sql) {
            Verdict::Read(cleared) => cleared,
            Verdict::Write(_) => return Err("the guard takes it for a write".into()),
            Verdict::Deny(refusal) => return Err(format!("refused: {}", refusal.reason)),
        };
        let limits = ReadLimits {
            rows: 10_000,
            bytes: 8 << 20,
            timeout: Duration::from_secs(20),
            cell_bytes: 1 << 16,
        };
        let (tag, cancel) =
            (RunTag { user: "ann".into(), run: "1".into() }, CancellationToken::new());
        let reading = self.connector.read(&cleared, &tag, limits, cancel).await;
        let mut events = reading.map_err(|error| error.to_string())?.rows;
        let mut rows = Vec::new();
        while let Some(event) = events.next().await {
            if let ReadEvent::Rows(chunk) = event.map_err(|error| error.to_string())? {
                rows.extend(serde_json::from_slice::<Vec<Vec<Cell>>>(&chunk.json).unwrap());
            }
        }
        Ok(rows)
    }

    fn tables(&self) -> impl Iterator<Item = (&str, &Table)> {
        self.catalog.tables().filter(|(_, table)| table.kind == TableKind::Table)
    }

    async fn read_values(&self) -> ValueIndex {
        let quote = |name: &str| self.catalog.dialect.quote(name);
        let mut sources = Vec::new();
        for (schema, table) in self.tables() {
            for column in table.columns.iter().filter(|c| c.kind == ValueKind::Text) {
                let (name, place) = (quote(&column.name), quote(&table.name));
                let sql = format!("SELECT DISTINCT {name} FROM {place} LIMIT 200");
                let rows = self.read(&sql).await.unwrap();
                sources.push(ValueSource {
                    schema: schema.into(),
                    table: table.name.clone(),
                    column: column.name.clone(),
                    complete: rows.len() < 200,
                    values: rows.into_iter().filter_map(|mut row| row.remove(0)).collect(),
                });
            }
        }
        ValueIndex::new(sources)
    }

    /// CREATE and INSERT statements that make a copy.
    async fn script(&self, dialect: Dialect) -> String {
        let (mut made, mut filled, mut linked) = (String::new(), String::new(), String::new());
        for (_, table) in self.tables() {
            let name = dialect.quote(&table.name);
            let mut lines: Vec<String> = table
                .columns
                .iter()
                .map(|c| format!("{} {}", dialect.quote(&c.name), type_name(c.kind, dialect)))
                .collect();
            if !table.primary_key.is_empty() {
                lines.push(format!("PRIMARY KEY ({})", listed(&table.primary_key, dialect)));
            }
            writeln!(made, "CREATE TABLE {name} ({});", lines.join(", ")).unwrap();
            for key in &table.foreign_keys {
                writeln!(
                    linked,
                    "ALTER TABLE {name} ADD FOREIGN KEY ({}) REFERENCES {} ({});",
                    listed(&key.columns, dialect),
                    dialect.quote(&key.ref_table),
                    listed(&key.ref_columns, dialect)
                )
                .unwrap();
            }
            let columns: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
            let sql = format!(
                "SELECT {} FROM {} LIMIT {ROWS}",
                listed(&columns, Dialect::Sqlite),
                Dialect::Sqlite.quote(&table.name)
            );
            for row in self.read(&sql).await.unwrap() {
                let cells: Vec<String> = row.iter().map(literal).collect();
                writeln!(filled, "INSERT INTO {name} VALUES ({});", cells.join(", ")).unwrap();
            }
        }
        // The first rows of a table may point at rows that were not copied.
        let unchecked = match dialect {
            Dialect::Postgres => "SET session_replication_role = replica;",
            _ => "SET foreign_key_checks = 0;",
        };
        let linked = match dialect {
            Dialect::Postgres => linked.replace(";\n", " NOT VALID;\n"),
            _ => linked,
        };
        format!("{unchecked}\n{made}{filled}{linked}")
    }

    /// The engine's statement for a question; `None`: it declines.
    fn answer(&self, question: &str, lexicon: &engine::Lexicon) -> Option<String> {
        let ask = Ask {
            question,
            lexicon,
            values: &self.values,
            glossary: &[],
            previous: None,
            today: TODAY,
        };
        let readings = match engine::answer(&ask) {
            Outcome::Readings(readings) => readings,
            Outcome::Clarify { choices, .. } => choices,
            Outcome::Declined(_) => return None,
        };
        Some(readings.into_iter().next()?.sql)
    }

    /// Every question of every file, and the statements that are written down for this dialect.
    async fn check(&self, own: &str) {
        let lexicon = engine::Lexicon::new(&self.catalog);
        let mut wrong = Vec::new();
        let (mut answered, mut with_rows) = (0, 0);
        for (question, _) in
            ["sqlite.txt", "postgres.txt", "mysql.txt"].into_iter().flat_map(golden)
        {
            let Some(sql) = self.answer(&question, &lexicon) else { continue };
            answered += 1;
            match self.read(&sql).await {
                Ok(rows) => with_rows += usize::from(!rows.is_empty()),
                Err(problem) => wrong.push(format!("{question}\n  {sql}\n  {problem}")),
            }
        }
        for (question, sql) in golden(own) {
            if let Err(problem) = self.read(&sql).await {
                wrong.push(format!("{question} (as written down)\n  {sql}\n  {problem}"));
            }
        }
        let told = wrong.join("\n");
        assert!(wrong.is_empty(), "{} statements do not run:\n{told}", wrong.len());
        assert!(answered >= 150, "only {answered} questions were answered");
        assert!(with_rows >= 60, "only {with_rows} statements found rows");
    }
}

/// Questions with their statements; those that are declined are left out.
fn golden(file: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/tests/golden").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let blocks = text.split("\n\n").filter_map(|block| block.trim().split_once('\n'));
    let pairs = blocks.map(|(question, sql)| {
        // `? ` marks the best of several choices.
        (question.to_owned(), sql.trim().trim_start_matches("? ").to_owned())
    });
    pairs.filter(|(_, sql)| !sql.starts_with("declined")).collect()
}

fn type_name(kind: ValueKind, dialect: Dialect) -> &'static str {
    match (kind, dialect) {
        (ValueKind::Integer, _) => "bigint",
        (ValueKind::Number, _) => "decimal(12,2)",
        (ValueKind::Boolean, _) => "boolean",
        (ValueKind::Date, _) => "date",
        (ValueKind::Timestamp, Dialect::MySql) => "datetime",
        (ValueKind::Timestamp, _) => "timestamp",
        _ => "varchar(200)",
    }
}

fn listed(names: &[String], dialect: Dialect) -> String {
    names.iter().map(|name| dialect.quote(name)).collect::<Vec<_>>().join(", ")
}

fn literal(cell: &Cell) -> String {
    match cell {
        Some(text) => format!("'{}'", text.replace('\'', "''")),
        None => "NULL".into(),
    }
}

#[tokio::test]
async fn golden_questions_run_on_sqlite() {
    Shop::in_sqlite().await.check("sqlite.txt").await;
}

#[tokio::test]
async fn golden_questions_run_on_postgres() {
    let shop = Shop::in_sqlite().await;
    Shop::on(Database::postgres(), &shop).await.check("postgres.txt").await;
}

#[tokio::test]
async fn golden_questions_run_on_mariadb() {
    let shop = Shop::in_sqlite().await;
    Shop::on(Database::mysql(), &shop).await.check("mysql.txt").await;
}
