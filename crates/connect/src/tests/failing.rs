//! What people are told when something fails: the kind of failure, its place, what to do.

use super::*;
use model::{
    connection::{TestFailure, TestReport},
    error::{Position, ProblemCode},
};

fn server(database: &Database, change: impl FnOnce(&mut ConnectOptions)) -> ConnectOptions {
    let mut options = options(database);
    change(&mut options);
    options
}

async fn cause(options: ConnectOptions) -> TestFailure {
    let connector = match crate::open(options) {
        Ok(connector) => connector,
        Err(error) => return error.failure(),
    };
    match connector.test().await {
        TestReport::Failed { cause, message, hint } => {
            assert!(message.ends_with(['.', '!']) && !hint.is_empty(), "{message} {hint}");
            assert!(!message.contains("hunter2"), "{message}");
            cause
        }
        report => panic!("{report:?}"),
    }
}

type Change = fn(&mut ConnectOptions);

fn target(
    options: &mut ConnectOptions,
) -> (&mut String, &mut u16, &mut String, &mut Option<String>, &mut Tls) {
    match &mut options.target {
        Target::Server { host, port, database, password, tls, .. } => {
            (host, port, database, password, tls)
        }
        Target::File { .. } => panic!("a server"),
    }
}

#[tokio::test]
async fn tests_tell_failures_apart() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_ne!(free, 0);
    let cases: &[(TestFailure, Change)] = &[
        (TestFailure::WrongPassword, |o| *target(o).3 = Some("hunter2".into())),
        (TestFailure::WrongPassword, |o| *target(o).3 = None),
        (TestFailure::UnknownDatabase, |o| *target(o).2 = "nowhere_to_be_found".into()),
        (TestFailure::Unreachable, |o| *target(o).0 = "no-such-host.invalid".into()),
        (TestFailure::Refused, |o| *target(o).1 = 1),
        (TestFailure::Tls, |o| target(o).4.mode = TlsMode::Require),
        (TestFailure::Tls, |o| target(o).4.ca = Some("no certificate".into())),
        (TestFailure::Tls, |o| {
            target(o).4.certificate = Some("-----BEGIN CERTIFICATE-----".into());
        }),
        (TestFailure::NotAllowed, |o| o.allow_loopback = false),
        (TestFailure::NotAllowed, |o| *target(o).0 = "169.254.169.254".into()),
        (TestFailure::NotAllowed, |o| *target(o).0 = "/var/run/postgresql".into()),
    ];
    for database in [Database::postgres(), Database::mysql()] {
        for (index, (expect, change)) in cases.iter().enumerate() {
            let found = cause(server(&database, *change)).await;
            assert_eq!(found, *expect, "{} case {index}", database.dialect);
        }
    }
    // Each server's port asked in the other's language.
    let (postgres, mysql) = (Database::postgres(), Database::mysql());
    let swapped = server(&postgres, |o| *target(o).1 = mysql.port);
    assert_eq!(cause(swapped).await, TestFailure::Other);
}

#[tokio::test]
async fn a_silent_server_is_a_timeout() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    for database in [Database::postgres(), Database::mysql()] {
        let found = cause(server(&database, |o| *target(o).1 = port)).await;
        assert_eq!(found, TestFailure::Timeout, "{}", database.dialect);
    }
}

#[tokio::test]
async fn a_good_test_warns_of_too_many_rights() {
    for database in [Database::postgres(), Database::mysql()] {
        let connector = crate::open(options(&database)).unwrap();
        let TestReport::Ok { server_version, latency_us, encrypted, warnings } =
            connector.test().await
        else {
            panic!("the test fails")
        };
        assert!(server_version.starts_with(['1', '8', '9']) && latency_us > 0);
        assert_eq!(encrypted, None);
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        let statements = warnings[0].statements.clone().unwrap();
        assert!(statements.contains("GRANT SELECT"), "{statements}");

        // The account that the advice makes is one without warnings, and can only read.
        database.run("CREATE TABLE t (a int); INSERT INTO t VALUES (4);");
        let reader = format!("reader_{}", database.name);
        let statements = statements.replace("querent_reader", &reader);
        database.run(&statements);
        let connector = crate::open(server(&database, |options| {
            if let Target::Server { user, password, .. } = &mut options.target {
                *user = reader.clone();
                *password = Some("choose-one".into());
            }
        }))
        .unwrap();
        let report = connector.test().await;
        assert!(
            matches!(&report, TestReport::Ok { warnings, .. } if warnings.is_empty()),
            "{report:?}"
        );
        connector.close().await;
        database.run(&match database.dialect {
            Dialect::Postgres => format!("DROP OWNED BY {reader}; DROP ROLE {reader};"),
            _ => format!("DROP USER {reader};"),
        });
    }
}

#[tokio::test]
async fn sqlite_files() {
    let subject = Subject::new(Dialect::Sqlite, "CREATE TABLE t (a)");
    assert!(matches!(subject.connector().test().await, TestReport::Ok { .. }));
    let directory = subject.directory.as_ref().unwrap().path();
    std::fs::write(
        directory.join("note.txt"),
        "this is no database, but long enough to be looked at".repeat(40),
    )
    .unwrap();
    std::fs::create_dir(directory.join("folder")).unwrap();
    for (path, expect) in [
        ("missing.db", TestFailure::UnknownDatabase),
        ("folder", TestFailure::UnknownDatabase),
        ("note.txt", TestFailure::Other),
        ("../shop.db", TestFailure::NotAllowed),
        ("/etc/passwd", TestFailure::NotAllowed),
    ] {
        let options = ConnectOptions {
            target: Target::File { path: path.to_owned() },
            limits: Limits::default(),
            schemas: Vec::new(),
            sqlite_dir: Some(directory.to_owned()),
            allow_loopback: false,
            application: "querent".to_owned(),
        };
        assert_eq!(cause(options).await, expect, "{path}");
    }
}

#[tokio::test]
async fn errors_have_their_place() {
    let at = |line, column| Some(Position { line, column, length: 0 });
    for (dialect, sql, position) in [
        (Dialect::Postgres, "SELECT 'ä',\n  nope FROM t", at(2, 3)),
        (Dialect::Postgres, "SELECT a FORM t", at(1, 15)),
        (Dialect::Postgres, "SELECT * FROM\nmissing", at(2, 1)),
        (Dialect::MySql, "SELECT 'ä',\n  nope FROM t", at(2, 3)),
        (Dialect::MySql, "SELECT a\nFORM t WHERE", at(2, 6)),
        (Dialect::Sqlite, "SELECT 'ä',\n  nope FROM t", at(2, 3)),
        (Dialect::Sqlite, "SELECT a FORM t", at(1, 15)),
    ] {
        let subject = Subject::new(dialect, "CREATE TABLE t (a int);");
        let problem = subject.read(sql).await.unwrap_err().problem();
        assert_eq!(problem.code, ProblemCode::Database, "{dialect}: {problem:?}");
        assert_eq!(problem.position, position, "{dialect}: {sql}: {problem:?}");
        assert_eq!(only(&subject.read("SELECT 1").await.unwrap()), "1");
    }
}

#[tokio::test]
async fn errors_while_rows_flow_are_told_and_leave_the_connection_usable() {
    for (dialect, sql) in [
        (Dialect::Postgres, "SELECT 1 / (50000 - i) FROM generate_series(1, 100000) AS i"),
        (Dialect::Postgres, "SELECT 1 / 0"),
        (
            Dialect::MySql,
            "SELECT IF(seq < 50000, seq, (SELECT 1 UNION SELECT 2)) FROM seq_1_to_100000",
        ),
        (
            Dialect::Sqlite,
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) \
                           SELECT CASE WHEN i < 50000 THEN i ELSE abs(-9223372036854775808) END FROM n",
        ),
    ] {
        let subject = Subject::with(dialect, "", |options| options.limits.sessions = 1);
        for _ in 0..3 {
            let failed = subject.read(sql).await;
            assert!(matches!(failed, Err(ConnectError::Statement { .. })), "{dialect}: {failed:?}");
            assert_eq!(only(&subject.read("SELECT 1").await.unwrap()), "1", "{dialect}");
        }
    }
}

#[tokio::test]
async fn a_connection_that_dies_in_the_middle_says_so() {
    for (dialect, sql) in [
        (Dialect::Postgres, "SELECT i, repeat('x', 1000) FROM generate_series(1, 2000000) AS i"),
        (Dialect::MySql, "SELECT seq, REPEAT('x', 1000) FROM seq_1_to_2000000"),
    ] {
        let subject = Subject::new(dialect, "");
        let database = subject.database.as_ref().unwrap();
        let mut reading =
            subject.start(query(sql), GENEROUS, CancellationToken::new()).await.unwrap();
        assert!(matches!(reading.rows.next().await, Some(Ok(ReadEvent::Rows(_)))));
        kill_all(database);
        let error = loop {
            match reading.rows.next().await {
                Some(Ok(ReadEvent::Rows(_))) => {}
                Some(Err(error)) => break error,
                other => panic!("{dialect}: {other:?}"),
            }
        };
        assert_eq!(error.problem().code, ProblemCode::Unreachable, "{dialect}: {error:?}");
        assert_eq!(only(&subject.read("SELECT 1").await.unwrap()), "1", "{dialect}");
    }
}

#[tokio::test]
async fn idle_sessions_that_the_server_closed_are_replaced_unnoticed() {
    for dialect in [Dialect::Postgres, Dialect::MySql] {
        let subject = Subject::new(dialect, "");
        for statement in ["SELECT 1", "SELECT 2", "SELECT 1"] {
            subject.read(statement).await.unwrap();
            tokio::time::sleep(Duration::from_millis(50)).await;
            kill_all(subject.database.as_ref().unwrap());
        }
        // Once with a text that is known, once with a new one, once for the catalogue.
        assert_eq!(only(&subject.read("SELECT 1").await.unwrap()), "1", "{dialect}");
        kill_all(subject.database.as_ref().unwrap());
        assert_eq!(only(&subject.read("SELECT 3").await.unwrap()), "3", "{dialect}");
        kill_all(subject.database.as_ref().unwrap());
        subject.connector().introspect(&|_| {}).await.unwrap();
    }
}

/// Ends all sessions of this database but the one that asks.
fn kill_all(database: &Database) {
    if database.dialect == Dialect::Postgres {
        database.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
        return;
    }
    let ids = database.run(
        "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()",
    );
    for id in ids.split_whitespace() {
        database.run(&format!("KILL {id}"));
    }
}
