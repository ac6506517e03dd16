//! Random statements: the gate never panics, and what it renders it reads as itself.
#![allow(clippy::unwrap_used)] // Helpers of tests stand outside of test functions.

use guard::{Facts, Gate, Policy, Verdict, check};
use proptest::prelude::*;
use std::{collections::BTreeMap, sync::LazyLock};

static FACTS: LazyLock<[Facts; 4]> = LazyLock::new(|| {
    [
        include_str!("catalogs/postgres.json"),
        include_str!("catalogs/mysql.json"),
        include_str!("catalogs/mariadb.json"),
        include_str!("catalogs/sqlite.json"),
    ]
    .map(|catalog| Facts::new(&serde_json::from_str(catalog).unwrap()))
});

const WORDS: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "orders",
    "customers",
    "o",
    "id",
    "status",
    "email",
    "AS",
    "(",
    ")",
    ",",
    ".",
    "*",
    "1",
    "'x'",
    "\"id\"",
    "`id`",
    "[id]",
    "+",
    "-",
    "=",
    "AND",
    "NOT",
    "IN",
    "LIKE",
    "BETWEEN",
    "CASE",
    "WHEN",
    "THEN",
    "END",
    "JOIN",
    "ON",
    "USING",
    "LEFT",
    "NATURAL",
    "WITH",
    "a",
    "UNION",
    "ALL",
    "ORDER",
    "BY",
    "GROUP",
    "HAVING",
    "LIMIT",
    "count",
    "max",
    "EXISTS",
    "NULL",
    "VALUES",
    "::",
    "int",
    "[",
    "]",
    "INTERVAL",
    "DAY",
    "OVER",
    "PARTITION",
    "LATERAL",
    "ROW",
    "ARRAY",
    "->",
    "->>",
    "||",
    "COLLATE",
    "CAST",
    "EXTRACT",
    "YEAR",
    ";",
    "--",
    "/*",
    "*/",
    "\n",
    "é",
    "E'\\''",
    "$$",
    "@",
    "?",
    "{",
    "}",
    "\\",
    "'",
    "\"",
];

fn check_text(sql: &str) -> Result<(), TestCaseError> {
    let (policy, attributes) = (Policy::default(), BTreeMap::new());
    for facts in FACTS.iter() {
        let gate = Gate { facts, policy: &policy, attributes: &attributes, row_limit: None };
        if let Verdict::Read(cleared) = check(&gate, sql) {
            match check(&gate, cleared.sql()) {
                Verdict::Read(again) => prop_assert_eq!(again.sql(), cleared.sql()),
                other => prop_assert!(false, "{} became {other:?}", cleared.sql()),
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn soup(words in prop::collection::vec(prop::sample::select(WORDS), 0..24)) {
        check_text(&words.join(" "))?;
    }

    #[test]
    fn soup_after_select(words in prop::collection::vec(prop::sample::select(WORDS), 0..12)) {
        check_text(&format!("SELECT {} FROM orders o", words.join(" ")))?;
    }

    #[test]
    fn any_text(text in "\\PC{0,60}") {
        check_text(&text)?;
    }

    #[test]
    fn any_literal(text in ".{0,20}") {
        let quoted = text.replace('\'', "''");
        check_text(&format!("SELECT '{quoted}' AS a, id FROM orders WHERE note = '{quoted}'"))?;
    }
}
