//! Which column holds a value.

use super::{Assignment, widen};
use crate::{
    draft::ValueId,
    lexicon::{Item, Lexicon},
    link::Links,
    roles::{FROM, TO},
};
use model::catalog::ValueKind;

pub(super) fn value_choices(
    state: &Assignment,
    noun: Option<usize>,
    near: Option<usize>,
    value: ValueId,
    partial: bool,
    links: &Links,
    lexicon: &Lexicon,
) -> Vec<Assignment> {
    let info = &links.values[value];
    let mut out = Vec::new();
    let mut push = |column: usize, text: String, score: f32| {
        let mut next = state.clone();
        next.values[value] = Some((column, text));
        next.score += score;
        next.parts.values += score;
        widen(&mut next, lexicon.columns[column].table, lexicon);
        out.push(next);
    };
    // `the manager of Anna`: Anna is the one who has a manager.
    let base = |item: Item| match item {
        Item::Table(t) if belongs(info.span.0, links) => {
            lexicon.tables[t].role.as_ref().map_or(item, |r| Item::Table(r.of))
        }
        _ => item,
    };
    let holder = noun.and_then(|n| state.items[n]).map(base);
    let beside = near.and_then(|n| state.items[n]);
    let textual = |c: usize| {
        matches!(
            lexicon.columns[c].kind,
            ValueKind::Text
                | ValueKind::Enum
                | ValueKind::Other
                | ValueKind::Uuid
                | ValueKind::Json
        )
    };
    if !partial {
        for (column, text, fit) in &info.hits {
            let at = lexicon.columns[*column].table;
            let mut score = 0.6 * fit;
            score += match holder {
                Some(Item::Column(c)) if c == *column => 0.6,
                Some(Item::Column(_)) => {
                    if info.quoted {
                        -0.35
                    } else {
                        -0.1
                    }
                }
                Some(Item::Table(t)) if t == at => {
                    0.35 + if lexicon.tables[t].label == Some(*column) { 0.15 } else { 0.0 }
                }
                Some(Item::Table(_)) | None => 0.0,
            };
            score += match beside {
                Some(Item::Column(c)) if c == *column => 0.65,
                Some(Item::Table(t)) if t == at => 0.15,
                _ => 0.0,
            };
            if lexicon.tables[at].label == Some(*column) {
                score += 0.04;
            }
            score += direction(info.span.0, *column, links, lexicon);
            if lexicon.columns[*column].refers_to.is_some() {
                score -= 0.03;
            }
            if lexicon.tables[at].is_view {
                score -= 0.2;
            }
            push(*column, text.clone(), score);
        }
    }
    match holder {
        Some(Item::Column(c)) if partial || !info.hits.iter().any(|h| h.0 == c) => {
            let known = !info.quoted && !info.hits.is_empty() && !partial;
            push(
                c,
                info.text.clone(),
                if known {
                    -0.5
                } else if textual(c) {
                    0.25
                } else {
                    0.1
                },
            );
        }
        Some(Item::Table(t)) if partial || info.hits.is_empty() => {
            if let Some(c) = lexicon.tables[t].label {
                push(c, info.text.clone(), 0.2);
            }
        }
        _ => {}
    }
    if holder.is_none() && (info.hits.is_empty() || partial) {
        // No column is known to hold it: perhaps the name of something asked about.
        let tables = if state.tables.is_empty() { 0..lexicon.tables.len().min(1) } else { 0..0 };
        for t in state.tables.iter().copied().chain(tables) {
            if let Some(c) = lexicon.tables[t].label {
                push(c, info.text.clone(), -0.1);
            }
        }
    }
    if out.is_empty() {
        let mut next = state.clone();
        next.score -= 1.0;
        next.parts.values -= 1.0;
        out.push(next);
    }
    out
}

/// `of Anna`
pub(super) fn belongs(start: usize, links: &Links) -> bool {
    start > 0 && links.tokens[start - 1].is("of")
}

/// `from Berlin`, `to Paris`: columns of where something starts and ends.
pub(super) fn direction(start: usize, column: usize, links: &Links, lexicon: &Lexicon) -> f32 {
    let before = links.tokens[..start].iter().rev().map(|t| t.lower.as_str()).find(|w| *w != "the");
    let words = &lexicon.columns[column].phrase.words;
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    let leads = lexicon.leads(lexicon.columns[column].table);
    let starts = has(&FROM) || leads == Some(true);
    let ends = has(&TO) || leads == Some(false);
    match before {
        Some("from" | "leaving" | "departing") if starts => 0.3,
        Some("from" | "leaving" | "departing") if ends => -0.3,
        Some("to" | "into" | "at" | "reaching") if ends => 0.3,
        Some("to" | "into" | "reaching") if starts => -0.3,
        _ => 0.0,
    }
}
