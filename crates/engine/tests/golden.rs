//! Golden questions: `question` and the statement it must become, in SQLite's dialect unless marked.
//!
//! `QUERENT_GOLDEN=write cargo nextest run -p engine golden` rewrites the answers; read the diff before committing it.
#![allow(clippy::unwrap_used)]

mod shop;

use engine::{Ask, Date, Lexicon, Outcome, answer};
use model::dialect::Dialect;

const TODAY: Date = Date { year: 2026, month: 5, day: 14 };

fn sql(question: &str, dialect: Dialect) -> String {
    let lexicon = Lexicon::new(&shop::catalog(dialect));
    let values = shop::values(dialect);
    let ask = Ask {
        question,
        lexicon: &lexicon,
        values: &values,
        glossary: &[],
        previous: None,
        today: TODAY,
    };
    match answer(&ask) {
        Outcome::Readings(list) => list[0].sql.clone(),
        Outcome::Clarify { choices, .. } => format!("? {}", choices[0].sql),
        Outcome::Declined(d) => format!("declined: {}", d.unknown_words.join(" ")),
    }
}

fn check(file: &str, dialect: Dialect) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let mut wrong = Vec::new();
    let mut rewritten = String::new();
    let mut count = 0;
    for block in text.split("\n\n").filter(|b| !b.trim().is_empty()) {
        let (question, expected) = block.trim().split_once('\n').unwrap_or((block.trim(), ""));
        let found = sql(question, dialect);
        count += 1;
        if found != expected.trim() {
            wrong.push(format!("{question}\n  expected {expected}\n  found    {found}"));
        }
        rewritten.push_str(&format!("{question}\n{found}\n\n"));
    }
    if std::env::var("QUERENT_GOLDEN").is_ok_and(|v| v == "write") {
        std::fs::write(&path, rewritten).unwrap();
        return;
    }
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn golden_sqlite() {
    check("sqlite.txt", Dialect::Sqlite);
}

#[test]
fn golden_postgres() {
    check("postgres.txt", Dialect::Postgres);
}

#[test]
fn golden_mysql() {
    check("mysql.txt", Dialect::MySql);
}
