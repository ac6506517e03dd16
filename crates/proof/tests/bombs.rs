//! Statements that grow without end are stopped, while others are served, on the real databases.
#![allow(clippy::unwrap_used)]

use guard::Policy;
use model::dialect::Dialect;
use proof::world::{Seen, World};
use std::time::{Duration, Instant};

const SCRIPT: &str = "CREATE TABLE t (id int PRIMARY KEY, s varchar(20)); \
                      INSERT INTO t VALUES (1,'a'),(2,'b'),(3,'c'),(4,'d'),(5,'e'),(6,'f'),(7,'g'),(8,'h'),(9,'i'),(10,'j');";

const ENDLESS: &str =
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r";
const CROSS: &str = "SELECT count(*) FROM t a, t b, t c, t d, t e, t f, t g, t h, t i, t j, t k WHERE \
                     a.id + b.id + c.id + d.id + e.id + f.id + g.id + h.id + i.id + j.id + k.id < 0";

fn bombs(dialect: Dialect) -> Vec<&'static str> {
    let mut all = vec![CROSS];
    match dialect {
        Dialect::Postgres => all.extend([
            ENDLESS,
            "WITH RECURSIVE r(s) AS (SELECT 'x' UNION ALL SELECT s || s FROM r) SELECT max(length(s)) FROM r",
            "SELECT count(*) FROM (SELECT a FROM generate_series(1, 9000000000000) a ORDER BY random()) q",
            "SELECT string_agg(repeat('x', 1000000), '') FROM generate_series(1, 100000)",
            "SELECT max(length(repeat(repeat('x', n), 20))) FROM generate_series(40000000, 40000001) n",
            "SELECT array_agg(a) FROM generate_series(1, 900000000) a",
        ]),
        // MariaDB ends a recursion after a number of rounds, so it has to be wide.
        Dialect::MySql => all.extend([
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT r.n + t.id FROM r, t) SELECT count(*) FROM r",
            "SELECT sum(a.seq * 2) FROM seq_1_to_999999999999 a",
            "SELECT count(*) FROM (SELECT seq FROM seq_1_to_90000000000 ORDER BY RAND()) q",
            "SELECT GROUP_CONCAT(REPEAT('x', 1000)) FROM seq_1_to_9000000000",
        ]),
        Dialect::Sqlite => all.extend([
            ENDLESS,
            "WITH RECURSIVE r(s) AS (SELECT 'x' UNION ALL SELECT s || s FROM r) SELECT max(length(s)) FROM r",
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT group_concat(n) FROM r",
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION SELECT n + 1 FROM r) SELECT max(n) FROM r",
            "SELECT sum(length(replace(hex(zeroblob(3000000 + a.id * b.id)), '0', 'abcdefgh'))) FROM t a, t b, t c, t d",
        ]),
    }
    all
}

#[tokio::test]
async fn bombs_are_stopped_and_others_are_served() {
    for dialect in Dialect::ALL {
        let world = World::new(dialect, SCRIPT).await;
        let open = Policy::default();
        for sql in bombs(dialect) {
            let cleared = match world.clear(&open, sql) {
                Ok(cleared) => cleared,
                Err(why) => panic!("{dialect}: {sql}: {why}"),
            };
            let started = Instant::now();
            let bomb = world.read(&cleared, Duration::from_millis(1_500));
            let neighbour = async {
                tokio::time::sleep(Duration::from_millis(300)).await;
                let asked = Instant::now();
                let seen = world.see(&open, "SELECT max(id) FROM t").await;
                (seen, asked.elapsed())
            };
            let (burst, (seen, waited)) = tokio::join!(bomb, neighbour);
            assert!(burst.is_err(), "{dialect}: {sql}: {burst:?}");
            assert!(
                started.elapsed() < Duration::from_secs(8),
                "{dialect}: {sql}: {:?}",
                started.elapsed()
            );
            assert_eq!(seen, Seen::Rows(vec![vec![Some("10".to_owned())]]), "{dialect}: {sql}");
            assert!(
                waited < Duration::from_secs(4),
                "{dialect}: {sql}: the neighbour waited {waited:?}"
            );
        }
        let seen = world.see(&open, "SELECT count(*) FROM t").await;
        assert_eq!(seen, Seen::Rows(vec![vec![Some("10".to_owned())]]), "{dialect}");
    }
}

#[tokio::test]
async fn a_value_beyond_all_measure_is_not_made() {
    let world = World::new(Dialect::Sqlite, SCRIPT).await;
    let open = Policy::default();
    for sql in
        ["SELECT length(printf('%.*c', 900000000, 'x'))", "SELECT length(printf('%900000000d', 1))"]
    {
        let started = Instant::now();
        let seen = world.see(&open, sql).await;
        assert!(!matches!(&seen, Seen::Rows(rows) if rows[0][0].is_some()), "{sql}: {seen:?}");
        assert!(started.elapsed() < Duration::from_secs(3), "{sql}");
    }
}

#[tokio::test]
async fn sessions_carry_limits() {
    let open = Policy::default();
    let postgres = World::new(Dialect::Postgres, SCRIPT).await;
    let seen = postgres.see(&open, "SHOW work_mem").await;
    let Seen::Rows(rows) = &seen else { panic!("{seen:?}") };
    let size = rows[0][0].as_deref().unwrap();
    let kb = size.strip_suffix("MB").map(|mb| mb.parse::<u64>().unwrap() * 1024);
    assert!(size.ends_with("kB") || kb.is_some_and(|kb| kb <= 65_536), "{size}");
    // A sort that does not fit is ended by the server itself: the account of these tests may set it.
    let seen = postgres
        .see(&open, "SELECT count(*) FROM (SELECT repeat(a::text, 200) AS b FROM generate_series(1, 20000000) a ORDER BY 1 OFFSET 1) q")
        .await;
    assert!(
        matches!(&seen, Seen::Failed(words) if words.contains("temp_file_limit") || words.contains("longer than")),
        "{seen:?}"
    );
}
