//! Follow-up questions: what is left out is taken from the question before.

use crate::{
    Ask,
    calendar::Time,
    cues::{self, Cue},
    link::{Seg, link},
    text::{self, Kind, Token},
};

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
    let frame = previous.trim_end_matches(['?', '.', '!', ' ']);
    let bare = lower.trim_end_matches(['?', '.', '!', ' ']);
    if matches!(
        bare,
        "how many"
            | "how many are there"
            | "how many of them are there"
            | "count them"
            | "and how many"
            | "how many is that"
    ) {
        return format!("how many {}", without_opening(frame));
    }
    let Some(opening) = OPENINGS.iter().find(|o| lower.starts_with(*o)) else { return question };
    let rest =
        question.get(opening.len()..).unwrap_or_default().trim_end_matches(['?', '.', '!', ' ']);
    replaced(frame, rest, ask).unwrap_or_else(|| format!("{frame} {rest}"))
}

/// `list all products` → `products`
fn without_opening(frame: &str) -> String {
    let tokens = text::tokens(frame);
    let mut at = 0;
    while at < tokens.len() {
        match cues::cue_at(&tokens, at) {
            Some((n, Cue::Select | Cue::Ignore | Cue::HowMany)) => at += n,
            _ => break,
        }
    }
    written(&tokens[at..])
}

/// The previous question with the value or time that the new one replaces: Germany by France, 2024 by 2025.
fn replaced(frame: &str, rest: &str, ask: &Ask<'_>) -> Option<String> {
    let old = link(text::tokens(frame), ask.lexicon, ask.values, ask.today, false);
    let new = link(text::tokens(rest), ask.lexicon, ask.values, ask.today, false);
    let columns = |v: &crate::link::Value| v.hits.iter().map(|h| h.0).collect::<Vec<_>>();
    for (seg, at) in &new.segs {
        let span = match seg {
            Seg::Value(v) => {
                let wanted = columns(&new.values[*v]);
                let was =
                    old.values.iter().find(|o| columns(o).iter().any(|c| wanted.contains(c)))?;
                (was.span, new.values[*v].span)
            }
            Seg::Time(time) => {
                let same = |other: &Time| {
                    matches!(
                        (time, other),
                        (Time::Range(_), Time::Range(_)) | (Time::Bucket(_), Time::Bucket(_))
                    )
                };
                let index =
                    old.segs.iter().position(|(s, _)| matches!(s, Seg::Time(t) if same(t)))?;
                let end = |segs: &[(Seg, usize)], i: usize, all: usize| {
                    segs.get(i + 1).map_or(all, |s| s.1)
                };
                let mine = new.segs.iter().position(|s| s.1 == *at)?;
                (
                    (old.segs[index].1, end(&old.segs, index, old.tokens.len())),
                    (*at, end(&new.segs, mine, new.tokens.len())),
                )
            }
            _ => continue,
        };
        let ((from, to), (start, end)) = span;
        let parts = [&old.tokens[..from], &new.tokens[start..end], &old.tokens[to..]];
        return Some(parts.map(written).join(" ").trim().to_owned());
    }
    None
}

/// Tokens as text that is read the same way again.
pub(crate) fn written(tokens: &[Token]) -> String {
    let mut out = String::new();
    for token in tokens {
        if !out.is_empty() && token.kind != Kind::Punct {
            out.push(' ');
        }
        match token.kind {
            Kind::Quoted => out.push_str(&format!("\"{}\"", token.text)),
            _ => out.push_str(&token.text),
        }
        if token.possessive {
            out.push_str("'s");
        }
    }
    out
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
