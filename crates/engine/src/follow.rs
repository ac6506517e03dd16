//! Follow-up questions: what is left out is taken from the question before.

use crate::Ask;

/// Openings that only make sense after another question.
const OPENINGS: [&str; 8] =
    ["and ", "what about ", "how about ", "the same ", "same ", "now ", "but ", "only "];

/// The question with the glossary's terms replaced, and with the previous question's frame when it is a follow-up.
pub(crate) fn complete_question(ask: &Ask<'_>) -> String {
    let mut question = ask.question.trim().to_owned();
    for term in ask.glossary {
        question = replace_term(&question, &term.term, &term.meaning);
    }
    let Some(previous) = ask.previous.map(str::trim).filter(|p| !p.is_empty()) else {
        return question;
    };
    let lower = question.to_lowercase();
    let Some(opening) = OPENINGS.iter().find(|o| lower.starts_with(*o)) else { return question };
    let rest = question.get(opening.len()..).unwrap_or_default().trim_end_matches(['?', '.', '!']);
    let frame = previous.trim_end_matches(['?', '.', '!', ' ']);
    format!("{frame} {rest}")
}

/// Replaces whole words, whatever their case.
fn replace_term(text: &str, term: &str, meaning: &str) -> String {
    let term = term.trim();
    if term.is_empty() || !text.is_ascii() || !term.is_ascii() {
        return text.to_owned();
    }
    let (lower, wanted) = (text.to_lowercase(), term.to_lowercase());
    let mut out = String::new();
    let mut at = 0;
    while let Some(found) = lower[at..].find(&wanted) {
        let (start, end) = (at + found, at + found + wanted.len());
        let whole = !lower[..start].ends_with(char::is_alphanumeric)
            && !lower[end..].starts_with(char::is_alphanumeric);
        out.push_str(&text[at..start]);
        out.push_str(if whole { meaning } else { &text[start..end] });
        at = end;
    }
    out.push_str(&text[at..]);
    out
}
