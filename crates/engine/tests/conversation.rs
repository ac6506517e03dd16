//! Follow-ups, the glossary, what is said about a reading, completions.
#![allow(clippy::unwrap_used)]

mod shop;

use engine::{Ask, Date, GlossaryTerm, Lexicon, Outcome, Reading, answer, complete};
use model::dialect::Dialect;

const TODAY: Date = Date { year: 2026, month: 5, day: 14 };

fn reading(question: &str, previous: Option<&str>, glossary: &[GlossaryTerm]) -> Reading {
    let lexicon = Lexicon::new(&shop::catalog(Dialect::Sqlite));
    let values = shop::values(Dialect::Sqlite);
    let ask =
        Ask { question, lexicon: &lexicon, values: &values, glossary, previous, today: TODAY };
    match answer(&ask) {
        Outcome::Readings(mut list) => list.remove(0),
        other => panic!("{question}: {other:?}"),
    }
}

#[test]
fn a_follow_up_keeps_the_frame() {
    for (previous, question, expect) in [
        (
            "How many customers are in Germany?",
            "and in France?",
            "SELECT COUNT(*) AS count FROM customers WHERE country = 'France'",
        ),
        (
            "How many customers are in Germany?",
            "what about Italy?",
            "SELECT COUNT(*) AS count FROM customers WHERE country = 'Italy'",
        ),
        ("list all products", "how many are there?", "SELECT COUNT(*) AS count FROM products"),
        (
            "How many orders are online?",
            "the same per month",
            "SELECT strftime('%Y-%m', ordered_at) AS month, COUNT(*) AS count FROM orders WHERE channel = 'online' GROUP BY strftime('%Y-%m', ordered_at) ORDER BY strftime('%Y-%m', ordered_at)",
        ),
    ] {
        assert_eq!(reading(question, Some(previous), &[]).sql, expect, "{previous} {question}");
    }
}

#[test]
fn the_glossary_explains_terms() {
    let glossary = [GlossaryTerm {
        term: "VIP".into(),
        meaning: "customers with loyalty points over 500".into(),
    }];
    let found = reading("list every vip", None, &glossary);
    assert_eq!(found.sql, "SELECT first_name, last_name FROM customers WHERE loyalty_points > 500");
}

#[test]
fn a_reading_says_what_it_is() {
    let found = reading("orders per month in 2025", None, &[]);
    assert_eq!(
        found.paraphrase,
        "Counting orders per month where ordered at in 2025, oldest first"
    );
    assert_eq!(found.tables, [("main".to_owned(), "orders".to_owned())]);
    assert!(found.columns.contains(&("main".into(), "orders".into(), "ordered_at".into())));
    let kinds: Vec<&str> = found.chips.iter().map(|c| c.kind.as_str()).collect();
    assert_eq!(kinds, ["table", "measure", "time", "time", "order"]);
    let bucket = found.chips.iter().find(|c| c.label == "by month").unwrap();
    let choice = bucket.alternatives.iter().find(|a| a.label == "by year").unwrap();
    assert_eq!(choice.question, "orders per year in 2025");
    assert!(found.confident || found.score > 0.5);
}

#[test]
fn unknown_words_are_named() {
    let lexicon = Lexicon::new(&shop::catalog(Dialect::Sqlite));
    let values = shop::values(Dialect::Sqlite);
    let question = "frobnicate the wibble";
    let ask = Ask {
        question,
        lexicon: &lexicon,
        values: &values,
        glossary: &[],
        previous: None,
        today: TODAY,
    };
    let Outcome::Declined(decline) = answer(&ask) else { panic!("must decline") };
    assert_eq!(decline.unknown_words, ["frobnicate", "wibble"]);
    assert!(!decline.suggestions.is_empty());
}

#[test]
fn what_comes_next_is_something_else() {
    let next = |question: &str, previous: Option<&str>| reading(question, previous, &[]).follow_ups;
    assert!(!next("orders per year", None).contains(&"the same per year".to_owned()));
    let months = next("How many orders are online?", None);
    assert!(months.contains(&"the same per month".to_owned()));
    let years = next("the same per month", Some("How many orders are online?"));
    assert_eq!(years[0], "the same per year");
    let counted = next("How many products are there?", None);
    assert!(counted.is_empty(), "{counted:?}");
}

#[test]
fn completes_names_values_and_phrases() {
    let lexicon = Lexicon::new(&shop::catalog(Dialect::Sqlite));
    let values = shop::values(Dialect::Sqlite);
    let check = |prefix: &str, expect: &str| {
        let found = complete(prefix, &lexicon, &values);
        assert!(found.iter().any(|f| f == expect), "{prefix}: {found:?}");
    };
    check("how many cust", "how many customers");
    check("customers from Ger", "customers from Germany");
    check("orders per mo", "orders per month");
    check("Ho", "How many");
    check("monthly rev", "monthly revenue");
    assert!(complete("", &lexicon, &values).is_empty());
}
