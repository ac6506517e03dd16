//! A statement ends in the database within a second, whoever wants it to end.

use super::*;
use std::time::Instant;

const SOON: Duration = Duration::from_millis(1_500);

/// A statement that runs for a minute without giving a row.
fn slow(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => {
            "SELECT count(*) FROM generate_series(1, 60), LATERAL (SELECT pg_sleep(1)) AS s"
        }
        Dialect::MySql => {
            "SELECT COUNT(*) FROM seq_1_to_100000 AS a, seq_1_to_100000 AS b WHERE MD5(a.seq) = MD5(b.seq + a.seq)"
        }
        Dialect::Sqlite => {
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        }
    }
}

/// Waits until the server runs none of our statements.
pub(super) async fn nothing_runs(subject: &Subject) {
    let Some(database) = &subject.database else { return };
    let count = match database.dialect {
        Dialect::Postgres => {
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
             AND state = 'active' AND pid <> pg_backend_pid()"
        }
        _ => {
            "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() \
             AND command = 'Query' AND id <> CONNECTION_ID()"
        }
    };
    let started = Instant::now();
    while database.run(count).trim() != "0" {
        assert!(started.elapsed() < SOON, "a statement is still running in {}", database.dialect);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until the server runs our statement, whose tag it knows.
async fn something_runs(subject: &Subject) {
    let Some(database) = &subject.database else {
        return tokio::time::sleep(Duration::from_millis(200)).await;
    };
    let tagged = match database.dialect {
        Dialect::Postgres => {
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
             AND state = 'active' AND query LIKE '/* querent user=ann run=7 */%' AND application_name = 'querent'"
        }
        _ => {
            "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() \
             AND info LIKE '/* querent user=ann run=7 */%'"
        }
    };
    let started = Instant::now();
    while database.run(tagged).trim() != "1" {
        assert!(started.elapsed() < Duration::from_secs(5), "the statement does not start");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_token_cancels() {
    for dialect in Dialect::ALL {
        let subject = Subject::new(dialect, "");
        let cancel = CancellationToken::new();
        let read = subject.start(query(slow(dialect)), GENEROUS, cancel.clone());
        let stop = async {
            something_runs(&subject).await;
            cancel.cancel();
            Instant::now()
        };
        let (read, cancelled) = tokio::join!(read, stop);
        assert!(matches!(read.map(|_| ()), Err(ConnectError::Cancelled)), "{dialect}");
        assert!(cancelled.elapsed() < Duration::from_secs(1), "{dialect}");
        nothing_runs(&subject).await;
        assert_eq!(only(&subject.read("SELECT 1").await.unwrap()), "1");
    }
}

#[tokio::test]
async fn dropping_the_call_cancels() {
    for dialect in Dialect::ALL {
        let subject = Subject::new(dialect, "");
        let read = subject.start(query(slow(dialect)), GENEROUS, CancellationToken::new());
        tokio::select! {
            _ = read => panic!("it cannot have ended"),
            () = something_runs(&subject) => {}
        }
        nothing_runs(&subject).await;
        let started = Instant::now();
        assert_eq!(only(&subject.read("SELECT 1").await.unwrap()), "1");
        assert!(started.elapsed() < Duration::from_secs(1), "{dialect}");
    }
}

// Asking psql blocks its thread; on a busy machine the one that cancels would wait behind it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropping_the_stream_cancels() {
    for dialect in Dialect::ALL {
        let subject = Subject::with(dialect, "", |options| options.limits.sessions = 1);
        let many = match dialect {
            Dialect::Postgres => "SELECT generate_series(1, 2000000000), repeat('x', 100)",
            Dialect::MySql => "SELECT seq, REPEAT('x', 100) FROM seq_1_to_2000000000",
            Dialect::Sqlite => {
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, hex(zeroblob(50)) FROM n"
            }
        };
        let mut reading =
            subject.start(query(many), GENEROUS, CancellationToken::new()).await.unwrap();
        assert!(matches!(reading.rows.next().await, Some(Ok(ReadEvent::Rows(_)))));
        drop(reading);
        nothing_runs(&subject).await;
        assert_eq!(only(&subject.read("SELECT 1").await.unwrap()), "1", "{dialect}");
    }
}

#[tokio::test]
async fn time_runs_out() {
    for dialect in Dialect::ALL {
        let subject = Subject::new(dialect, "");
        let limits = ReadLimits { timeout: Duration::from_millis(400), ..GENEROUS };
        let started = Instant::now();
        let read = subject.read_with(slow(dialect), limits).await;
        assert!(matches!(read, Err(ConnectError::Timeout { .. })), "{dialect}: {read:?}");
        assert!(started.elapsed() < Duration::from_secs(3), "{dialect}");
        nothing_runs(&subject).await;
        assert_eq!(only(&subject.read("SELECT 1").await.unwrap()), "1", "{dialect}");
    }
}

#[tokio::test]
async fn time_runs_out_even_when_the_session_does_not_watch_it() {
    // The statement itself has no limit in the session: the one from outside ends it.
    let subject = Subject::new(
        Dialect::Postgres,
        "CREATE FUNCTION unlimited() RETURNS int LANGUAGE plpgsql AS \
        $$ BEGIN PERFORM set_config('statement_timeout', '0', false); PERFORM pg_sleep(60); RETURN 1; END $$;",
    );
    let limits = ReadLimits { timeout: Duration::from_millis(400), ..GENEROUS };
    let started = Instant::now();
    let read = subject.read_with("SELECT unlimited()", limits).await;
    assert!(matches!(read, Err(ConnectError::Timeout { .. })), "{read:?}");
    assert!(started.elapsed() < Duration::from_secs(2));
    nothing_runs(&subject).await;
}

#[tokio::test]
async fn rows_that_trickle_in_are_shown_before_the_end() {
    let subject = Subject::new(Dialect::Postgres, "");
    let sql = "SELECT i, repeat('x', 9000), pg_sleep(0.4) FROM generate_series(1, 4) AS i";
    let mut reading = subject.start(query(sql), GENEROUS, CancellationToken::new()).await.unwrap();
    let started = Instant::now();
    assert!(
        matches!(reading.rows.next().await, Some(Ok(ReadEvent::Rows(chunk))) if chunk.rows < 4)
    );
    assert!(started.elapsed() < Duration::from_secs(1));
    let mut last = None;
    while let Some(event) = reading.rows.next().await {
        last = Some(event.unwrap());
    }
    assert!(matches!(last, Some(ReadEvent::End(end)) if end.rows == 4));
}
