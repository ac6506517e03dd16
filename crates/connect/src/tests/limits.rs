//! Row, byte, cell and session limits, and results that are large in some way.

use super::*;
use model::result::Truncation;
use std::time::Instant;

/// A statement that gives `rows` rows of a number and a text.
fn numbers(dialect: Dialect, rows: u32) -> String {
    match dialect {
        Dialect::Postgres => {
            format!("SELECT i, 'row ' || i FROM (SELECT generate_series(1, {rows}) AS i) AS s")
        }
        Dialect::MySql => format!("SELECT seq, CONCAT('row ', seq) FROM seq_1_to_{rows}"),
        Dialect::Sqlite => format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) \
             SELECT i, 'row ' || i FROM n"
        ),
    }
}

#[tokio::test]
async fn limits_cut_and_say_so() {
    for dialect in Dialect::ALL {
        let subject = Subject::new(dialect, "");
        let sql = numbers(dialect, 5_000);
        let whole = subject.read(&sql).await.unwrap();
        assert_eq!((whole.rows.len(), whole.end.truncated), (5_000, None));
        assert_eq!(whole.rows[4_999][1].as_deref(), Some("row 5000"));
        assert!(whole.chunks > 1 && whole.end.elapsed > Duration::ZERO);

        let rows = ReadLimits { rows: 100, ..GENEROUS };
        let whole = subject.read_with(&sql, rows).await.unwrap();
        assert_eq!(whole.end.truncated, Some(Truncation::Rows { limit: 100 }), "{dialect}");
        assert_eq!(whole.rows.len(), 100);

        // Exactly as many rows as allowed: nothing was cut.
        let whole = subject.read_with(&numbers(dialect, 100), rows).await.unwrap();
        assert_eq!((whole.rows.len(), whole.end.truncated), (100, None), "{dialect}");

        let bytes = ReadLimits { bytes: 1_000, ..GENEROUS };
        let whole = subject.read_with(&sql, bytes).await.unwrap();
        assert_eq!(whole.end.truncated, Some(Truncation::Bytes { limit: 1_000 }), "{dialect}");
        assert!(whole.end.bytes <= 1_000 && whole.rows.len() > 50);

        let none = ReadLimits { rows: 0, ..GENEROUS };
        assert_eq!(subject.read_with(&sql, none).await.unwrap().rows.len(), 0);
    }
}

#[tokio::test]
async fn a_cut_endless_statement_is_ended_in_the_database() {
    for dialect in Dialect::ALL {
        let subject = Subject::new(dialect, "");
        let started = Instant::now();
        let rows = ReadLimits { rows: 10, ..GENEROUS };
        let endless = numbers(dialect, 2_000_000_000);
        let whole = subject.read_with(&endless, rows).await.unwrap();
        assert_eq!(whole.rows.len(), 10);
        assert!(started.elapsed() < Duration::from_secs(5), "{dialect}");
        super::cancel::nothing_runs(&subject).await;
        assert_eq!(subject.read(&numbers(dialect, 3)).await.unwrap().rows.len(), 3);
    }
}

#[tokio::test]
async fn huge_cells_are_shortened_and_counted() {
    for dialect in Dialect::ALL {
        let subject = Subject::new(dialect, "");
        let (text, bytes, mark) = match dialect {
            Dialect::Postgres => {
                ("repeat('ä', 5000000)", "decode(repeat('ab', 3000000), 'hex')", "\\xabab")
            }
            Dialect::MySql => ("REPEAT('ä', 5000000)", "UNHEX(REPEAT('ab', 3000000))", "0xABAB"),
            Dialect::Sqlite => {
                ("replace(hex(zeroblob(2500000)), '0', 'ä')", "zeroblob(3000000)", "X'0000")
            }
        };
        let limits = ReadLimits { cell_bytes: 1_001, ..GENEROUS };
        let whole =
            subject.read_with(&format!("SELECT {text}, {bytes}, 'short'"), limits).await.unwrap();
        assert_eq!(whole.end.shortened_cells, 2, "{dialect}");
        let text = only(&whole);
        assert!(text.starts_with("ää") && text.ends_with("… [10000000 bytes]"), "{dialect}");
        assert!(text.len() < 1_100);
        let bytes = whole.rows[0][1].as_deref().unwrap();
        assert!(
            bytes.starts_with(mark) && bytes.ends_with("… [3000000 bytes]"),
            "{dialect}: {bytes}"
        );
        assert_eq!(whole.rows[0][2].as_deref(), Some("short"));
    }
}

#[tokio::test]
async fn the_widest_results_and_tables() {
    // What each database allows at most in a table; results of 5,000 columns only MariaDB makes.
    for (dialect, result, table) in [
        (Dialect::Postgres, 1_664, 1_600),
        (Dialect::MySql, 4_096, 1_017),
        (Dialect::Sqlite, 2_000, 2_000),
    ] {
        let columns: Vec<String> = (0..table).map(|i| format!("c{i} int")).collect();
        let subject =
            Subject::new(dialect, &format!("CREATE TABLE wide ({});", columns.join(", ")));
        let wide: Vec<String> = (0..result).map(|i| format!("{i} AS v{i}")).collect();
        let whole = subject.read(&format!("SELECT {}", wide.join(", "))).await.unwrap();
        assert_eq!((whole.columns.len(), whole.rows[0].len()), (result, result), "{dialect}");
        assert_eq!(whole.rows[0][result - 1].as_deref(), Some((result - 1).to_string().as_str()));
        let catalog = subject.connector().introspect(&|_| {}).await.unwrap();
        let (_, wide) = catalog.tables().find(|(_, table)| table.name == "wide").unwrap();
        assert_eq!(wide.columns.len(), table, "{dialect}");

        let beyond: Vec<String> = (0..5_000).map(|i| i.to_string()).collect();
        match subject.read(&format!("SELECT {}", beyond.join(", "))).await {
            Ok(whole) => assert_eq!((dialect, whole.columns.len()), (Dialect::MySql, 5_000)),
            Err(error) => assert!(matches!(error, ConnectError::Statement { .. }), "{error:?}"),
        }
    }
}

#[tokio::test]
async fn a_megabyte_of_sql() {
    for dialect in Dialect::ALL {
        let subject = Subject::new(dialect, "");
        let long = format!("SELECT '{}'", "x".repeat(1 << 20));
        let whole = subject.read_with(&long, ReadLimits { cell_bytes: 100, ..GENEROUS }).await;
        let whole = whole.unwrap_or_else(|error| panic!("{dialect}: {error}"));
        assert!(only(&whole).ends_with("[1048576 bytes]"));
        let binary = "SELECT \u{1}\u{2} \u{FFFD}";
        let refused = subject.read(binary).await;
        assert!(matches!(refused, Err(ConnectError::Statement { .. })), "{dialect}: {refused:?}");
        let nul = subject.read("SELECT 1\0; SELECT 2").await;
        assert!(nul.is_err(), "{dialect}: {nul:?}");
        assert_eq!(only(&subject.read("SELECT 7").await.unwrap()), "7", "{dialect}");
    }
}

#[tokio::test]
async fn more_readers_than_sessions_wait_or_are_told() {
    for dialect in Dialect::ALL {
        let subject = Subject::with(dialect, "", |options| options.limits.sessions = 2);
        let all = (0..20).map(|i| {
            let subject = &subject;
            async move {
                subject.read(&format!("SELECT {i}")).await.map(|whole| only(&whole).to_owned())
            }
        });
        let answers = futures::future::join_all(all).await;
        for (i, answer) in answers.into_iter().enumerate() {
            assert_eq!(answer.unwrap(), i.to_string(), "{dialect}");
        }
        // Two readers that do not read on hold both sessions.
        let big = numbers(dialect, 3_000_000);
        let mut held = Vec::new();
        for _ in 0..2 {
            held.push(
                subject.start(query(&big), GENEROUS, CancellationToken::new()).await.unwrap(),
            );
        }
        let refused = subject.read("SELECT 1").await;
        assert!(
            matches!(refused, Err(ConnectError::Busy { sessions: 2 })),
            "{dialect}: {refused:?}"
        );
        drop(held);
        assert_eq!(only(&subject.read("SELECT 1").await.unwrap()), "1", "{dialect}");
    }
}

#[tokio::test]
async fn a_reader_that_stops_reading_does_not_keep_its_session() {
    for dialect in Dialect::ALL {
        let subject = Subject::with(dialect, "", |options| options.limits.sessions = 1);
        let limits = ReadLimits { timeout: Duration::from_millis(500), ..GENEROUS };
        let big = numbers(dialect, 3_000_000);
        let held = subject.start(query(&big), limits, CancellationToken::new()).await.unwrap();
        assert_eq!(only(&subject.read("SELECT 1").await.unwrap()), "1", "{dialect}");
        // What was waiting is still told, and then why there is no more.
        let error = collect(held).await.unwrap_err();
        assert!(matches!(error, ConnectError::Timeout { .. }), "{dialect}: {error:?}");
    }
}
