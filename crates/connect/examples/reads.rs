//! Measures reads and introspection through the guard: `cargo run --release -p connect --example reads`.
//!
//! Needs the servers of `cargo xtask services`. Prints milliseconds, the best and the middle of
//! several runs, and how much memory the process grew at most.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use connect::{ConnectOptions, Connector, ReadEvent, ReadLimits, RunTag};
use futures::StreamExt;
use guard::{Facts, Gate, Policy, Verdict};
use model::connection::{Limits, Target, Tls, TlsMode};
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};
use testkit::databases::Database;
use tokio_util::sync::CancellationToken;

const LIMITS: ReadLimits = ReadLimits {
    rows: 10_000_000,
    bytes: 10 << 30,
    timeout: Duration::from_secs(60),
    cell_bytes: 64 << 10,
};

const WIDE: &str =
    "SELECT id, customer, amount, price, name, email, city, note, paid, day, at, ratio FROM wide";

#[tokio::main]
async fn main() {
    let database = Database::postgres();
    database.run(
        "CREATE TABLE wide AS SELECT i AS id, i % 1000 AS customer, (i * 1.25)::numeric(12,2) AS amount, \
         i * 3 AS price, 'customer ' || i AS name, 'c' || i || '@example.com' AS email, 'city ' || i % 90 AS city, \
         repeat('x', i % 20) AS note, i % 2 = 0 AS paid, date '2024-01-01' + i % 900 AS day, \
         timestamptz '2024-01-01' + i * interval '1 minute' AS at, i / 7.0::float8 AS ratio \
         FROM generate_series(1, 100000) AS i; ANALYZE wide;",
    );
    let postgres = connect::open(server(&database)).unwrap();
    measure("PostgreSQL", &postgres).await;

    let tables: String = (0..2_000)
        .map(|i| format!("CREATE TABLE t{i} (id int PRIMARY KEY, b text, c int, d date, e int, f int, g text, h int, i int, j int, k int, l int);"))
        .collect();
    database.run(&tables);
    let mut times = Vec::new();
    for _ in 0..7 {
        let started = Instant::now();
        assert!(postgres.introspect(&|_| {}).await.unwrap().tables().count() > 2_000);
        times.push(started.elapsed());
    }
    report("PostgreSQL: catalogue of 2,000 tables of 12 columns", times);
    postgres.close().await;

    let database = Database::mysql();
    database.run(
        "CREATE TABLE wide ENGINE=InnoDB AS SELECT seq AS id, seq % 1000 AS customer, CAST(seq * 1.25 AS decimal(12,2)) AS amount, \
         seq * 3 AS price, CONCAT('customer ', seq) AS name, CONCAT('c', seq, '@example.com') AS email, \
         CONCAT('city ', seq % 90) AS city, REPEAT('x', seq % 20) AS note, seq % 2 AS paid, \
         DATE('2024-01-01') + INTERVAL seq % 900 DAY AS day, TIMESTAMP('2024-01-01') + INTERVAL seq MINUTE AS at, \
         seq / 7e0 AS ratio FROM seq_1_to_100000; ANALYZE TABLE wide;",
    );
    let mariadb = connect::open(server(&database)).unwrap();
    measure("MariaDB", &mariadb).await;
    mariadb.close().await;

    let directory = tempfile::tempdir().unwrap();
    let file = rusqlite::Connection::open(directory.path().join("wide.db")).unwrap();
    file.execute_batch(
        "CREATE TABLE wide AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) \
         SELECT i AS id, i % 1000 AS customer, i * 1.25 AS amount, i * 3 AS price, 'customer ' || i AS name, \
         'c' || i || '@example.com' AS email, 'city ' || i % 90 AS city, 'xxxxxxxxxx' AS note, i % 2 AS paid, \
         date('2024-01-01', i % 900 || ' days') AS day, datetime('2024-01-01', i || ' minutes') AS at, i / 7.0 AS ratio FROM n",
    )
    .unwrap();
    drop(file);
    let sqlite = connect::open(ConnectOptions {
        target: Target::File { path: "wide.db".to_owned() },
        limits: Limits { sessions: 32, ..Limits::default() },
        schemas: Vec::new(),
        sqlite_dir: Some(directory.path().to_owned()),
        allow_loopback: false,
        application: "querent".to_owned(),
    })
    .unwrap();
    measure("SQLite", &sqlite).await;
}

fn server(database: &Database) -> ConnectOptions {
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
        limits: Limits { sessions: 32, ..Limits::default() },
        schemas: Vec::new(),
        sqlite_dir: None,
        allow_loopback: true,
        application: "querent".to_owned(),
    }
}

async fn measure(name: &str, connector: &Arc<dyn Connector>) {
    let facts = Arc::new(Facts::new(&connector.introspect(&|_| {}).await.unwrap()));
    let mut times = Vec::new();
    let before = resident();
    for _ in 0..9 {
        let started = Instant::now();
        assert_eq!(read(connector, &facts, WIDE).await, 100_000);
        times.push(started.elapsed());
    }
    report(&format!("{name}: 100,000 rows of 12 columns"), times);
    println!("{name}: memory grew by {} kB at most", peak() - before);

    let thousand = format!("{WIDE} LIMIT 1000");
    times = timed(200, || read(connector, &facts, &thousand)).await;
    report(&format!("{name}: 1,000 rows"), times);

    let small = "SELECT id, name FROM wide WHERE id = 77";
    let small = if name == "SQLite" { "SELECT id, name FROM wide WHERE rowid = 77" } else { small };
    let small = if name != "SQLite" { "SELECT id, name FROM wide LIMIT 1" } else { small };
    times = timed(2_000, || read(connector, &facts, small)).await;
    report(&format!("{name}: a small query"), times);

    let started = Instant::now();
    let workers = (0..32).map(|_| {
        let (connector, facts) = (connector.clone(), facts.clone());
        tokio::spawn(async move {
            let mut done = 0_u32;
            while started.elapsed() < Duration::from_secs(3) {
                read(&connector, &facts, small).await;
                done += 1;
            }
            done
        })
    });
    let done: u32 = futures::future::join_all(workers).await.into_iter().map(Result::unwrap).sum();
    println!(
        "{name}: small queries from 32 readers: {:.0}/s",
        f64::from(done) / started.elapsed().as_secs_f64()
    );
}

async fn timed<F: Future<Output = u64>>(times: usize, work: impl Fn() -> F) -> Vec<Duration> {
    let mut all = Vec::with_capacity(times);
    for _ in 0..times {
        let started = Instant::now();
        work().await;
        all.push(started.elapsed());
    }
    all
}

/// Rows of a statement that goes through the guard.
async fn read(connector: &Arc<dyn Connector>, facts: &Facts, sql: &str) -> u64 {
    let attributes = BTreeMap::new();
    let gate = Gate { facts, policy: &Policy::default(), attributes: &attributes, row_limit: None };
    let Verdict::Read(cleared) = guard::check(&gate, sql) else { panic!("{sql} is refused") };
    let tag = RunTag { user: "bench".to_owned(), run: "1".to_owned() };
    let mut reading =
        connector.read(&cleared, &tag, LIMITS, CancellationToken::new()).await.unwrap();
    while let Some(event) = reading.rows.next().await {
        if let ReadEvent::End(end) = event.unwrap() {
            return end.rows;
        }
    }
    panic!("no end");
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let shown = |time: Duration| time.as_secs_f64() * 1_000.0;
    println!(
        "{what}: best {:.2} ms, middle {:.2} ms",
        shown(times[0]),
        shown(times[times.len() / 2])
    );
}

/// Memory of this process, in kB, now and at its highest.
fn resident() -> u64 {
    status("VmRSS:")
}

fn peak() -> u64 {
    status("VmHWM:")
}

fn status(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
