//! Any text, read as SQLite reads it. What is accepted runs as the owner in a scratch database with
//! a canary, and changes nothing.
#![no_main]

use fuzz::Bench;
use libfuzzer_sys::fuzz_target;
use rusqlite::{Connection, ErrorCode};
use std::sync::LazyLock;

static BENCH: LazyLock<Bench> =
    LazyLock::new(|| Bench::new(include_str!("../../crates/guard/tests/catalogs/sqlite.json")));

const SCRATCH: &str = "
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name, email, phone, ssn, city, country, segment,
        credit_limit REAL, created_at, update_time, deleted, profile);
    INSERT INTO customers(id, name, email) VALUES (1, 'Ada', 'canary');
    CREATE INDEX customers_email_idx ON customers(email);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id, status, amount, currency, placed_at, note);
    INSERT INTO orders(id, status, amount) VALUES (1, 'paid', 2.5), (2, 'open', 3);
    CREATE TABLE employees (id INTEGER PRIMARY KEY, name, dept, salary, manager_id, hired_at);
    CREATE TABLE updates (id, version, drop_reason, insert_date);
    CREATE TABLE secrets (id, api_key);
    INSERT INTO secrets VALUES (1, 'canary');
    CREATE VIRTUAL TABLE docs USING fts5(title, body);";

fn scratch() -> Connection {
    let database = Connection::open_in_memory().expect("memory is there");
    database.execute_batch(SCRATCH).expect("the scratch database can be made");
    database
}

/// Everything that a write could have changed.
fn state(database: &Connection) -> (i64, u64, bool) {
    let number = |sql: &str| database.query_row(sql, [], |row| row.get(0)).unwrap_or(-1);
    let settings = number("SELECT schema_version FROM pragma_schema_version")
        + number("SELECT user_version FROM pragma_user_version")
        + number("SELECT count(*) FROM pragma_database_list");
    (settings, database.total_changes(), database.is_autocommit())
}

fuzz_target!(|data: &[u8]| {
    for cleared in BENCH.pass(data) {
        thread_local!(static DATABASE: Connection = scratch());
        DATABASE.with(|database| {
            let before = state(database);
            let mut steps = 0;
            let _ = database.progress_handler(
                1_000,
                Some(move || {
                    steps += 1;
                    steps > 200
                }),
            );
            let mut statement = match database.prepare(cleared.sql()) {
                Ok(statement) => statement,
                Err(rusqlite::Error::MultipleStatement) => {
                    panic!("more than one statement: {}", cleared.sql())
                }
                Err(_) => return,
            };
            // SQLite counts this one as a write whether or not a mode follows; none ever does.
            let asks = cleared.sql().eq_ignore_ascii_case("PRAGMA journal_mode");
            assert!(asks || statement.readonly(), "writes: {}", cleared.sql());
            if let Ok(mut rows) = statement.query([]) {
                loop {
                    match rows.next() {
                        Ok(Some(_)) => {}
                        Err(rusqlite::Error::SqliteFailure(error, _))
                            if error.code == ErrorCode::ReadOnly =>
                        {
                            panic!("writes: {}", cleared.sql())
                        }
                        Ok(None) | Err(_) => break,
                    }
                }
            }
            let _ = database.progress_handler(0, None::<fn() -> bool>);
            assert_eq!(state(database), before, "changed something: {}", cleared.sql());
        });
    }
});
