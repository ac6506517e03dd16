//! Sessions cannot write, and nothing one person leaves is seen by the next.

use super::*;

fn unclean(sql: &str) -> Statement {
    Statement { clean: false, ..query(sql) }
}

async fn run(subject: &Subject, statement: Statement) -> Result<Whole, ConnectError> {
    collect(subject.start(statement, GENEROUS, CancellationToken::new()).await?).await
}

#[tokio::test]
async fn nothing_can_be_written() {
    let made = "CREATE TABLE t (a int); INSERT INTO t VALUES (1);";
    for dialect in Dialect::ALL {
        let subject = Subject::new(dialect, made);
        let mut writes = vec![
            "INSERT INTO t VALUES (2)",
            "UPDATE t SET a = 2",
            "DELETE FROM t",
            "DROP TABLE t",
            "CREATE TABLE u (a int)",
            "SELECT 1; DROP TABLE t",
            "SELECT 1; SELECT 2",
            "",
            " ",
            ";",
            "-- x",
        ];
        writes.extend(match dialect {
            Dialect::Postgres => &[
                "INSERT INTO t VALUES (2) RETURNING a",
                "WITH x AS (DELETE FROM t RETURNING a) SELECT * FROM x",
                "SELECT 1) TO STDOUT; DROP TABLE t; COPY (SELECT 1",
                "SELECT nextval('s')",
                "SELECT * INTO u FROM t",
                "SELECT a FROM t FOR UPDATE",
                "COPY t TO STDOUT",
                "DO 'BEGIN END'",
                "COMMIT",
            ][..],
            Dialect::MySql => &[
                "SELECT a FROM t FOR UPDATE; DROP TABLE t",
                "SELECT 1 INTO OUTFILE '/nowhere/x'",
                "INSERT INTO t VALUES (2) RETURNING a",
                "TRUNCATE t",
                "SET @x = 1",
                "COMMIT",
            ][..],
            Dialect::Sqlite => &[
                "INSERT INTO t VALUES (2) RETURNING a",
                "ATTACH ':memory:' AS x",
                "PRAGMA writable_schema = on",
                "PRAGMA query_only = off",
                "CREATE TEMP TABLE x (a)",
                "VACUUM",
                "SELECT load_extension('x')",
                "PRAGMA journal_mode = delete",
                "BEGIN",
                "REINDEX",
            ][..],
        });
        for sql in writes {
            for statement in [query(sql), unclean(sql)] {
                let refused = run(&subject, statement).await;
                assert!(
                    matches!(
                        refused,
                        Err(ConnectError::Statement { .. } | ConnectError::MissingRights { .. })
                    ),
                    "{dialect}: {sql}: {refused:?}"
                );
            }
        }
        let whole = subject.read("SELECT a FROM t").await.unwrap();
        assert_eq!(whole.rows, [[Some("1".to_owned())]], "{dialect}");
    }
}

#[tokio::test]
async fn trailing_comments_do_no_harm() {
    for dialect in Dialect::ALL {
        let subject = Subject::new(dialect, "");
        assert_eq!(only(&subject.read("SELECT 1 -- and more").await.unwrap()), "1", "{dialect}");
        assert_eq!(only(&subject.read("SELECT 1 /* x */").await.unwrap()), "1", "{dialect}");
    }
}

#[tokio::test]
async fn the_next_person_finds_a_clean_postgres_session() {
    let subject = Subject::with(Dialect::Postgres, "", |options| options.limits.sessions = 1);
    let dirty = "SELECT set_config('work_mem', '77MB', false), set_config('statement_timeout', '0', false), \
                 set_config('default_transaction_read_only', 'off', false), pg_advisory_lock(7), \
                 set_config('querent.secret', 'x', false)";
    run(&subject, unclean(dirty)).await.unwrap();
    let clean = "SELECT current_setting('work_mem') <> '77MB', current_setting('statement_timeout'), \
                 current_setting('default_transaction_read_only'), \
                 (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())), \
                 coalesce(current_setting('querent.secret', true), ''), current_setting('standard_conforming_strings')";
    let row = &run(&subject, query(clean)).await.unwrap().rows[0];
    let row: Vec<_> = row.iter().map(|cell| cell.as_deref().unwrap_or("NULL")).collect();
    assert_eq!(row, ["t", "30s", "on", "0", "", "on"]);
}

#[tokio::test]
async fn the_next_person_finds_a_clean_mysql_session() {
    let subject = Subject::with(Dialect::MySql, "", |options| options.limits.sessions = 1);
    let session = only(&run(&subject, query("SELECT CONNECTION_ID()")).await.unwrap()).to_owned();
    assert_eq!(only(&run(&subject, query("SELECT CONNECTION_ID()")).await.unwrap()), session);
    run(&subject, unclean("SELECT @a := 5, GET_LOCK('querent', 0)")).await.unwrap();
    let after =
        run(&subject, query("SELECT @a, IS_USED_LOCK('querent'), CONNECTION_ID()")).await.unwrap();
    assert_eq!(after.rows[0][..2], [None, None]);
    assert_ne!(after.rows[0][2].as_deref(), Some(session.as_str()));
}

#[tokio::test]
async fn mysql_reads_text_as_the_guard_does() {
    let subject = Subject::with(Dialect::MySql, "", |_| {});
    let database = subject.database.as_ref().unwrap();
    let modes = only(&subject.read("SELECT @@sql_mode").await.unwrap()).to_owned();
    for mode in ["ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "PIPES_AS_CONCAT", "IGNORE_SPACE"] {
        assert!(!modes.contains(mode), "{modes}");
    }
    assert!(modes.contains("STRICT_TRANS_TABLES"), "{modes}");
    assert_eq!(only(&subject.read("SELECT @@character_set_client").await.unwrap()), "utf8mb4");
    assert_eq!(database.run("SELECT 1"), "1\n");
}

#[tokio::test]
async fn explain_and_show_run_as_well() {
    let made = "CREATE TABLE t (a int);";
    for (dialect, sql, kind, word) in [
        (Dialect::Postgres, "EXPLAIN SELECT * FROM t", ReadKind::Explain, "Seq Scan"),
        (Dialect::Postgres, "EXPLAIN (FORMAT JSON) SELECT * FROM t", ReadKind::Explain, "Plan"),
        (Dialect::Postgres, "SHOW server_version_num", ReadKind::Show, "15"),
        (Dialect::MySql, "EXPLAIN SELECT * FROM t", ReadKind::Explain, "1"),
        (Dialect::MySql, "SHOW TABLES", ReadKind::Show, "t"),
        (Dialect::MySql, "SHOW CREATE TABLE t", ReadKind::Show, "t"),
        (Dialect::MySql, "DESCRIBE t", ReadKind::Show, "a"),
        (Dialect::Sqlite, "EXPLAIN QUERY PLAN SELECT * FROM t", ReadKind::Explain, ""),
        (Dialect::Sqlite, "PRAGMA table_info(t)", ReadKind::Show, "0"),
        (Dialect::Sqlite, "PRAGMA integrity_check", ReadKind::Show, "ok"),
        (Dialect::Sqlite, "PRAGMA quick_check(10)", ReadKind::Show, "ok"),
    ] {
        let subject = Subject::new(dialect, made);
        let whole = run(&subject, Statement { kind, ..query(sql) }).await.unwrap();
        assert!(!whole.columns.is_empty(), "{sql}");
        assert_eq!(whole.rows[0].len(), whole.columns.len(), "{sql}");
        assert!(only(&whole).contains(word), "{sql}: {whole:?}");
    }
}
