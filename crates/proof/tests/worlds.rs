//! Two worlds that differ only in what a person may not see look the same to that person.
#![allow(clippy::unwrap_used)]

use guard::Policy;
use model::dialect::Dialect;
use proof::{
    queries::Queries,
    world::{Seen, World},
};
use std::fmt::Write as _;

/// Masks that show nothing of the value.
const BLIND: &str = r#"{"tables": [
    {"table": "people", "columns": {"email": "null", "ssn": {"fixed": "hidden"}, "phone": "null", "credit": "null"}},
    {"table": "staff", "columns": {"salary": "null"}}]}"#;

/// Masks that show a part, so that conditions and sorts over them are allowed.
const PARTIAL: &str = r#"{"tables": [
    {"table": "people", "columns": {
        "email": {"partial": {"start": 1, "end": 5}}, "phone": {"partial": {"start": 3, "end": 2, "fill": "…"}},
        "ssn": {"partial": {"end": 2}}, "credit": {"range": {"width": 100}}}},
    {"table": "staff", "columns": {"salary": {"range": {"width": 100000}}}}]}"#;

/// Rows, a column and a custom expression.
const FILTERED: &str = r#"{"tables": [
    {"table": "people", "rows": "city = {user.city}", "columns": {"ssn": "deny", "email": {"custom": "substr(email, 1, 1)"},
        "phone": "null", "credit": {"range": {"width": 100}}}},
    {"table": "sales", "rows": "status <> 'secret'"},
    {"table": "staff", "columns": {"salary": {"fixed": "0"}}}]}"#;

/// A shop. In the other world every masked value is another one that the masks show the same of,
/// and, with `filtered`, the rows that are filtered away are others too.
fn shop(other: bool, filtered: bool) -> String {
    let mut sql = String::from(
        "CREATE TABLE people (id int PRIMARY KEY, name varchar(40), email varchar(60), phone varchar(40), \
         ssn varchar(40), city varchar(40), credit decimal(12,2));
         CREATE TABLE staff (id int PRIMARY KEY, person_id int, dept varchar(20), salary decimal(12,2), boss int);
         CREATE TABLE sales (id int PRIMARY KEY, person_id int, status varchar(20), amount decimal(12,2));
         CREATE INDEX by_email ON people (email); CREATE INDEX by_salary ON staff (salary);
         CREATE INDEX by_credit ON people (credit, id); CREATE INDEX by_ssn ON people (ssn);\n",
    );
    for i in 0..30_u32 {
        // Another order and other lengths in the other world.
        let secret = if other { (i * 17 + 5) % 30 } else { i };
        let middle = "xyzw".repeat(1 + usize::try_from(secret % 3).unwrap());
        let letter = char::from(b'a' + u8::try_from(i % 7).unwrap());
        let city = ["Ulm", "Bonn", "Köln"][usize::try_from(i % 3).unwrap()];
        let hidden = filtered && city != "Ulm";
        if hidden && other && i % 4 == 0 {
            continue;
        }
        let shown = if hidden && other { i + 100 } else { i };
        let credit = (i % 5) * 100 + if other { 99 - secret } else { secret };
        let null = |text: String| if i % 11 == 3 { "NULL".to_owned() } else { format!("'{text}'") };
        let _ = writeln!(
            sql,
            "INSERT INTO people VALUES ({i}, 'name {shown}', {}, '+49{secret}{middle}{}', '{secret}-{middle}-{}', '{city}', {credit}.50);",
            null(format!("{letter}{secret}{middle}.test")),
            10 + i % 9,
            10 + i % 4,
        );
    }
    for i in 0..12_u32 {
        let secret = if other { 99_000 - i * 7_001 } else { i * 8_000 };
        let boss = if i == 0 { "NULL".to_owned() } else { ((i - 1) / 2).to_string() };
        let dept = ["eng", "ops"][usize::try_from(i % 2).unwrap()];
        let salary = (i % 4) * 100_000 + secret;
        let _ =
            writeln!(sql, "INSERT INTO staff VALUES ({i}, {}, '{dept}', {salary}, {boss});", i * 2);
    }
    for i in 0..60_u32 {
        let status = ["paid", "open", "secret"][usize::try_from(i % 3).unwrap()];
        let hidden = filtered && status == "secret";
        if hidden && other && i % 2 == 0 {
            continue;
        }
        let amount = if hidden && other { 7 } else { i * 13 % 400 };
        let _ =
            writeln!(sql, "INSERT INTO sales VALUES ({i}, {}, '{status}', {amount}.25);", i % 25);
    }
    sql
}

/// What a person with this policy sees of each statement in both worlds is equal. Gives how many
/// were answered with rows.
async fn compare(
    dialect: Dialect,
    policy: &str,
    statements: impl Iterator<Item = String>,
) -> usize {
    let filtered = policy == FILTERED;
    let one = World::new(dialect, &shop(false, filtered)).await;
    let two = World::new(dialect, &shop(true, filtered)).await;
    let policy: Policy = serde_json::from_str(policy).unwrap();
    let mut answered = 0;
    for sql in statements {
        let (first, second) = (one.see(&policy, &sql).await, two.see(&policy, &sql).await);
        assert_eq!(first, second, "{dialect}: {sql}");
        answered += usize::from(matches!(&first, Seen::Rows(rows) if !rows.is_empty()));
    }
    answered
}

async fn random(dialect: Dialect, each: usize, seed: u64) {
    for (n, policy) in [BLIND, PARTIAL, FILTERED].into_iter().enumerate() {
        let mut queries = Queries::new(dialect, seed + u64::try_from(n).unwrap());
        let answered = compare(dialect, policy, (0..each).map(|_| queries.one())).await;
        // Refusals alone would prove nothing.
        assert!(answered * 5 > each, "{dialect}: only {answered} of {each} gave rows");
    }
}

#[tokio::test]
async fn random_queries_on_sqlite() {
    random(Dialect::Sqlite, 700, 1).await;
}

#[tokio::test]
async fn random_queries_on_postgres() {
    random(Dialect::Postgres, 150, 2).await;
}

#[tokio::test]
async fn random_queries_on_mariadb() {
    random(Dialect::MySql, 150, 3).await;
}

/// Every statement of the file that is for this database.
fn cases(file: &str, dialect: Dialect) -> impl Iterator<Item = String> {
    let mark = match dialect {
        Dialect::Postgres => 'p',
        Dialect::MySql => 'm',
        Dialect::Sqlite => 's',
    };
    file.lines().filter_map(move |line| {
        let (marks, sql) = line.split_once(" | ")?;
        marks.contains(mark).then(|| sql.to_owned())
    })
}

#[tokio::test]
async fn every_mask_case() {
    for dialect in Dialect::ALL {
        for policy in [BLIND, PARTIAL, FILTERED] {
            let answered =
                compare(dialect, policy, cases(include_str!("masks.txt"), dialect)).await;
            assert!(answered >= 15, "{dialect}: {answered}");
        }
    }
}

/// A table of many rows that are filtered away, among the same few that are not, and its statistics.
fn crowd(dialect: Dialect) -> String {
    let mut sql = shop(false, true);
    for (table, row) in [("people", "'x', 'y', 'z', '1', 'Bonn', 100"), ("sales", "3, 'secret', 5")]
    {
        let rows: Vec<_> = (1_000..7_000).map(|i| format!("({i}, {row})")).collect();
        let _ = writeln!(sql, "INSERT INTO {table} VALUES {};", rows.join(", "));
        let word = if dialect == Dialect::MySql { "ANALYZE TABLE" } else { "ANALYZE" };
        let _ = writeln!(sql, "{word} {table};");
    }
    sql
}

#[tokio::test]
async fn hidden_rows_choose_no_order() {
    let mut different = Vec::new();
    for dialect in Dialect::ALL {
        let few = World::new(dialect, &shop(false, true)).await;
        let many = World::new(dialect, &crowd(dialect)).await;
        let policy: Policy = serde_json::from_str(FILTERED).unwrap();
        let mut answered = 0;
        for sql in cases(include_str!("orders.txt"), dialect) {
            let (first, second) = (few.see(&policy, &sql).await, many.see(&policy, &sql).await);
            // What the server cannot run proves nothing.
            if first != second || matches!(first, Seen::Failed(_)) {
                different.push(format!("{dialect}: {sql}\n  {first:?}\n  {second:?}"));
            }
            answered += usize::from(matches!(&first, Seen::Rows(rows) if !rows.is_empty()));
        }
        assert!(answered >= 35, "{dialect}: {answered}");
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[tokio::test]
async fn nothing_is_changed_without_a_policy() {
    for (dialect, count) in [(Dialect::Sqlite, 400), (Dialect::Postgres, 60), (Dialect::MySql, 60)]
    {
        let world = World::new(dialect, &shop(false, false)).await;
        let open = Policy::default();
        let mut queries = Queries::new(dialect, 9);
        let mut compared = 0;
        for _ in 0..count {
            let sql = queries.one();
            let cleared =
                world.clear(&open, &sql).unwrap_or_else(|why| panic!("{dialect}: {sql}: {why}"));
            // What the database itself refuses (two columns of a name) it refuses either way.
            if !matches!(world.see(&open, &sql).await, Seen::Rows(_)) {
                continue;
            }
            assert_eq!(straight(&world, &sql), straight(&world, cleared.sql()), "{dialect}: {sql}");
            compared += 1;
        }
        assert!(compared * 10 > count * 7, "{dialect}: only {compared} of {count} ran");
    }
}

/// All rows as one text, without guard and connector.
fn straight(world: &World, sql: &str) -> String {
    if let Some(database) = &world.database {
        return database.run(&format!("{sql};"));
    }
    let file = rusqlite::Connection::open(world.directory.path().join("shop.db")).unwrap();
    let mut statement = file.prepare(sql).unwrap();
    let width = statement.column_count();
    let mut rows = statement.query([]).unwrap();
    let mut text = String::new();
    while let Some(row) = rows.next().unwrap() {
        for n in 0..width {
            let _ = write!(text, "{:?}\t", row.get_ref(n).unwrap());
        }
        text.push('\n');
    }
    text
}

#[tokio::test]
async fn a_hash_is_keyed_and_still_joins() {
    let policy: Policy = serde_json::from_str(
        r#"{"hash_key": "k", "tables": [{"table": "people", "columns": {"email": "hash"}}]}"#,
    )
    .unwrap();
    let mut seen = Vec::new();
    for dialect in Dialect::ALL {
        let world = World::new(dialect, &shop(false, false)).await;
        let sql = "SELECT a.id, a.email FROM people a JOIN people b ON a.email = b.email AND a.id = b.id \
                   ORDER BY a.id";
        let Seen::Rows(rows) = world.see(&policy, sql).await else { panic!("{dialect}: no rows") };
        assert!(rows.len() > 20, "{dialect}");
        assert!(rows.iter().all(|row| row[1].as_ref().unwrap().len() == 16), "{dialect}: {rows:?}");
        seen.push(rows);
        // Nobody hashes guesses.
        let guess = "SELECT querent_hash('k', 'a')";
        assert!(matches!(world.see(&policy, guess).await, Seen::Refused(_)), "{dialect}");
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "one key, one hash, in every database");
}

#[tokio::test]
async fn errors_do_not_quote_what_a_mask_hides() {
    // The mask itself fails on the value: the worst that a policy's author can do.
    let policy: Policy = serde_json::from_str(
        r#"{"tables": [{"table": "people", "columns": {"email": {"custom": "CAST(email AS int)"}}}]}"#,
    )
    .unwrap();
    let world = World::new(Dialect::Postgres, &shop(false, false)).await;
    let Seen::Failed(words) = world.see(&policy, "SELECT email FROM people").await else {
        panic!("it must fail")
    };
    assert!(words.contains("invalid input syntax") && !words.contains(".test"), "{words}");
}

#[tokio::test]
async fn warnings_of_one_person_are_not_shown_to_the_next() {
    let world = World::new(Dialect::MySql, &shop(false, false)).await;
    let open = Policy::default();
    let sql = "SELECT sum(email + 1) FROM people";
    assert!(matches!(world.see(&open, sql).await, Seen::Rows(_)));
    assert_eq!(world.see(&open, "SHOW WARNINGS").await, Seen::Rows(Vec::new()));
}
