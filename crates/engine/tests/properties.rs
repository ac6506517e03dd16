//! What must hold for any text: no panic, the same answer twice, and SQL that parses as one SELECT.
#![allow(clippy::unwrap_used)]

mod shop;

use engine::{Ask, Date, GlossaryTerm, Lexicon, Outcome, answer, complete, suggestions};
use model::dialect::Dialect;
use proptest::prelude::*;
use sqlparser::{
    ast::Statement,
    dialect::{MySqlDialect, PostgreSqlDialect, SQLiteDialect},
    parser::Parser,
};

const TODAY: Date = Date { year: 2026, month: 5, day: 14 };
const WORDS: &str = "show list how many number of the average total maximum orders customers products per each by month last year \
 since March between 10 and 20 not without never more than at least most top 5 oldest cheapest whose name contains 'x' \"Berlin\" \
 Germany , . ? ( ) or both either but same revenue in 2025 than is are with status pending sorted descending alphabetical order \
 first one two 3.5 -1 's students' DHL-7 it their who when where what which for all distinct different 12:30 2025-01-01";

fn statements(outcome: &Outcome) -> Vec<&str> {
    match outcome {
        Outcome::Readings(list) => list.iter().map(|r| r.sql.as_str()).collect(),
        Outcome::Clarify { choices, .. } => choices.iter().map(|r| r.sql.as_str()).collect(),
        Outcome::Declined(_) => vec![],
    }
}

fn check(question: &str, previous: Option<&str>) {
    for dialect in Dialect::ALL {
        let lexicon = Lexicon::new(&shop::catalog(dialect));
        let values = shop::values(dialect);
        let glossary = [GlossaryTerm {
            term: "vip".into(),
            meaning: "customers with loyalty points over 500".into(),
        }];
        let ask = Ask {
            question,
            lexicon: &lexicon,
            values: &values,
            glossary: &glossary,
            previous,
            today: TODAY,
        };
        let first = answer(&ask);
        assert_eq!(statements(&first), statements(&answer(&ask)), "{question}");
        for sql in statements(&first) {
            let parsed = match dialect {
                Dialect::Postgres => Parser::parse_sql(&PostgreSqlDialect {}, sql),
                Dialect::MySql => Parser::parse_sql(&MySqlDialect {}, sql),
                Dialect::Sqlite => Parser::parse_sql(&SQLiteDialect {}, sql),
            };
            let parsed = parsed.unwrap_or_else(|e| panic!("{question}: {sql}: {e}"));
            assert!(matches!(&parsed[..], [Statement::Query(_)]), "{question}: {sql}");
        }
        let _ = complete(question, &lexicon, &values);
        let _ = suggestions(&lexicon);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_text_is_survived(question in ".{0,200}", previous in proptest::option::of(".{0,60}")) {
        check(&question, previous.as_deref());
    }

    #[test]
    fn any_words_are_survived(picks in proptest::collection::vec(0..90usize, 0..24)) {
        let words: Vec<&str> = WORDS.split_whitespace().collect();
        let question: Vec<&str> = picks.iter().map(|p| words[p % words.len()]).collect();
        check(&question.join(" "), None);
    }
}

#[test]
fn a_very_long_question_is_survived() {
    check(&"how many orders ".repeat(50_000), None);
    check(&"\u{0}\u{feff}🦀'\"`".repeat(2_000), None);
}

#[test]
fn every_suggestion_has_an_answer() {
    let lexicon = Lexicon::new(&shop::catalog(Dialect::Sqlite));
    let values = shop::values(Dialect::Sqlite);
    let found = suggestions(&lexicon);
    assert!(found.len() >= 4, "{found:?}");
    for question in found {
        let ask = Ask {
            question: &question,
            lexicon: &lexicon,
            values: &values,
            glossary: &[],
            previous: None,
            today: TODAY,
        };
        let Outcome::Readings(list) = answer(&ask) else { panic!("{question}: no reading") };
        assert!(list[0].unused_words.is_empty(), "{question}: {:?}", list[0].unused_words);
    }
}
