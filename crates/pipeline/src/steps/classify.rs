//! What kind of question it is: for the conversation only. Safety is the guard's matter.

use super::{schema::SchemaQuestion, words};
use catalog::fold::fold;
use model::{catalog::Catalog, run::Decline};

/// A longer question than this, in characters, is a paste, not a question.
pub const QUESTION_CHARS: usize = 4_000;

#[derive(Clone, Debug, PartialEq)]
pub enum Class {
    /// To be answered with SQL.
    Question,
    Greeting,
    Schema(SchemaQuestion),
    Decline(Decline),
}

/// Classes are tried from the surest to the least sure; what fits none is a question.
pub fn classify(question: &str, catalog: &Catalog) -> Class {
    if let Some(text) = unreadable(question) {
        return Class::Decline(Decline { text, ..Decline::default() });
    }
    let folded = fold(question);
    if is_greeting(&folded) {
        return Class::Greeting;
    }
    if let Some(verb) = write_verb(&folded) {
        return Class::Decline(Decline {
            text: format!(
                "“{}” would change data. Changes need another person's approval, which is not built yet; \
                 for now questions are answered by reading only.",
                words::capital(verb)
            ),
            ..Decline::default()
        });
    }
    match SchemaQuestion::read(&folded, catalog) {
        Some(question) => Class::Schema(question),
        None => Class::Question,
    }
}

fn unreadable(question: &str) -> Option<String> {
    let letters = question.chars().filter(|c| c.is_alphanumeric()).count();
    let odd = question
        .chars()
        .filter(|c| *c == '\u{fffd}' || (c.is_control() && !c.is_whitespace()))
        .count();
    if question.trim().is_empty() {
        Some("There is no question yet. Ask something about the data.".into())
    } else if question.chars().count() > QUESTION_CHARS {
        Some(format!(
            "This question is longer than {QUESTION_CHARS} characters. Ask it in fewer words."
        ))
    } else if letters == 0 || odd > letters / 4 {
        Some("This does not look like a question: it has hardly any letters.".into())
    } else {
        None
    }
}

fn is_greeting(folded: &str) -> bool {
    const PHRASES: [&str; 26] = [
        "hi",
        "hello",
        "hey",
        "hi there",
        "hello there",
        "hey there",
        "good morning",
        "good afternoon",
        "good evening",
        "thanks",
        "thank you",
        "thx",
        "ok",
        "okay",
        "great",
        "cool",
        "bye",
        "goodbye",
        "help",
        "who are you",
        "what are you",
        "what can you do",
        "what can i ask",
        "what can i ask you",
        "how does this work",
        "how are you",
    ];
    PHRASES.contains(&folded)
}

/// The words of a question that asks for a change: an order at its start, not a noun inside it.
fn write_verb(folded: &str) -> Option<&str> {
    const POLITE: [&str; 9] =
        ["please", "can", "could", "would", "you", "now", "just", "i", "kindly"];
    let mut words = folded.split(' ').skip_while(|w| POLITE.contains(w)).peekable();
    let mut verb = words.next()?;
    if matches!(verb, "want" | "need" | "like") && words.peek() == Some(&"to") {
        words.next();
        verb = words.next()?;
    }
    let rest: Vec<&str> = words.collect();
    let next = rest.first().copied().unwrap_or_default();
    let has = |word: &str| rest.contains(&word);
    let writes = match verb {
        "delete" | "truncate" | "insert" | "erase" | "purge" => true,
        "drop" | "alter" | "rename" => {
            matches!(
                next,
                "table" | "column" | "view" | "index" | "the" | "database" | "schema" | "all"
            ) || rest.len() == 1
        }
        "remove" => !has("duplicates") && !rest.is_empty(),
        "update" => !matches!(next, "me" | "us" | "on" | ""),
        "set" => has("to"),
        "change" => has("to") && next != "in",
        "add" => matches!(next, "a" | "an" | "new" | "another"),
        "create" => {
            matches!(next, "table" | "view" | "index" | "database" | "schema" | "user" | "new")
                || (matches!(next, "a" | "an" | "the")
                    && rest.get(1).is_some_and(|w| {
                        matches!(*w, "table" | "view" | "index" | "database" | "user" | "new")
                    }))
        }
        "grant" | "revoke" => has("to") || has("from") || has("on"),
        _ => false,
    };
    writes.then_some(verb)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::schema::tests::shop;

    fn class(question: &str) -> &'static str {
        match classify(question, &shop()) {
            Class::Question => "question",
            Class::Greeting => "greeting",
            Class::Schema(_) => "schema",
            Class::Decline(_) => "decline",
        }
    }

    #[test]
    fn kinds() {
        for (question, expected) in [
            ("monthly revenue last year", "question"),
            ("Hello!", "greeting"),
            ("what can you do?", "greeting"),
            ("hello orders", "question"),
            ("", "decline"),
            (" \n\t", "decline"),
            ("\0\u{1}\u{2}a", "decline"),
            ("???", "decline"),
            ("delete all orders", "decline"),
            ("Please delete the order 5", "decline"),
            ("can you drop table orders", "decline"),
            ("I want to update prices by 5%", "decline"),
            ("DROP orders", "decline"),
            ("update orders set total = 0", "decline"),
            ("set the price of product 5 to 10", "decline"),
            ("add a new customer", "decline"),
            ("create table x", "decline"),
            ("insert into orders values (1)", "decline"),
            ("drop in sales by month", "question"),
            ("change in revenue per month", "question"),
            ("update me on sales", "question"),
            ("add up all totals", "question"),
            ("set of all countries", "question"),
            ("which orders were deleted", "question"),
            ("how many customers did we add to the shop", "question"),
            ("create a chart of orders", "question"),
            ("what tables are there?", "schema"),
            ("describe orders", "schema"),
            ("describe the weather", "question"),
        ] {
            assert_eq!(class(question), expected, "{question}");
        }
        assert_eq!(class(&"word ".repeat(200_000)), "decline");
    }
}
