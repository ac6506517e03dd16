//! What could be asked: completions while typing, and questions for the empty page.

use crate::{Lexicon, explain::plural};
use catalog::ValueIndex;
use model::catalog::ValueKind;

/// Phrases that the engine understands, offered by their beginning.
const PHRASES: [&str; 32] = [
    "How many",
    "Show all",
    "List the",
    "What is the average",
    "What is the total",
    "Which",
    "per month",
    "monthly",
    "yearly",
    "per year",
    "per quarter",
    "per week",
    "per day",
    "by month",
    "last year",
    "last month",
    "last quarter",
    "last 30 days",
    "this year",
    "this month",
    "since",
    "between",
    "more than",
    "less than",
    "at least",
    "without",
    "sorted by",
    "in descending order",
    "top 5",
    "top 10",
    "with the most",
    "the most common",
];

const LIMIT: usize = 8;

pub(crate) fn complete(prefix: &str, lexicon: &Lexicon, values: &ValueIndex) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    // The longest tail that begins something known: `per mo`, then `mo`.
    let starts = std::iter::once(0)
        .chain(prefix.match_indices(char::is_whitespace).map(|(i, c)| i + c.len()));
    for start in
        starts.collect::<Vec<_>>().into_iter().rev().take(3).collect::<Vec<_>>().into_iter().rev()
    {
        let (head, tail) = prefix.split_at(start);
        if tail.trim().is_empty() {
            continue;
        }
        let wanted = tail.to_lowercase();
        let fits =
            |text: &str| text.to_lowercase().starts_with(&wanted) && text.to_lowercase() != wanted;
        let phrases = PHRASES.iter().filter(|p| fits(p)).map(|p| (*p).to_owned());
        let mut names: Vec<String> = lexicon
            .names()
            .map(|n| plural_of_last(&n))
            .chain(lexicon.names())
            .filter(|n| fits(n))
            .collect();
        names.sort_by_key(|n| (n.len(), n.clone()));
        names.dedup();
        // What people call it, whatever the column is called.
        let sold = "revenue".to_owned();
        if crate::link::sells(lexicon) && fits(&sold) && !names.contains(&sold) {
            names.insert(0, sold);
        }
        let mut found: Vec<String> = values
            .starting_with(tail, 3)
            .into_iter()
            .map(|h| h.value.to_owned())
            .filter(|v| fits(v))
            .collect();
        found.dedup();
        for text in phrases.take(3).chain(names.into_iter().take(4)).chain(found) {
            let full = format!("{head}{text}");
            if !out.contains(&full) {
                out.push(full);
            }
        }
    }
    out.truncate(LIMIT);
    out
}

fn plural_of_last(name: &str) -> String {
    match name.rsplit_once(' ') {
        Some((head, last)) => format!("{head} {}", plural(last)),
        None => plural(name),
    }
}

/// Questions over the tables that others hang on: most keys first.
pub(crate) fn suggestions(lexicon: &Lexicon) -> Vec<String> {
    let mut tables: Vec<usize> = (0..lexicon.real.0)
        .filter(|t| !lexicon.tables[*t].is_bridge && !lexicon.tables[*t].is_view)
        .collect();
    tables.sort_by_key(|t| (std::cmp::Reverse(lexicon.graph.edges_of(*t).count()), *t));
    let name = |t: usize| plural_of_last(&lexicon.tables[t].phrase.text());
    let mut out = Vec::new();
    for t in tables.iter().take(12).copied() {
        let columns = lexicon.tables[t].columns.clone();
        if columns.clone().any(|c| is_event(lexicon, c)) {
            out.push(format!("{} per month last year", name(t)));
        }
        let measure = columns.clone().find(|c| {
            let info = &lexicon.columns[*c];
            info.kind.is_numeric()
                && !info.is_primary
                && info.refers_to.is_none()
                && !info.is_keyish
        });
        if let Some(m) = measure {
            out.push(format!(
                "What is the average {} of {}?",
                lexicon.columns[m].phrase.core(),
                name(t)
            ));
        }
        if let Some(edge) =
            lexicon.graph.edges_of(t).find(|e| e.from == t && e.to != t && e.to < lexicon.real.0)
        {
            out.push(format!(
                "How many {} does each {} have?",
                name(t),
                lexicon.tables[edge.to].phrase.text()
            ));
        }
        out.push(format!("How many {} are there?", name(t)));
    }
    // One of a kind first, so that the page shows what is possible.
    let mut mixed = Vec::new();
    for kind in ["per month", "average", "each", "are there"] {
        mixed.extend(out.iter().find(|q| q.contains(kind)).cloned());
    }
    for question in out {
        if mixed.len() >= 6 {
            break;
        }
        if !mixed.contains(&question) {
            mixed.push(question);
        }
    }
    mixed
}

/// A time at which a row came to be, rather than a birthday, a deadline, or the day a product was launched: a moment,
/// or a day that is called so.
pub(crate) fn is_event(lexicon: &Lexicon, column: usize) -> bool {
    let info = &lexicon.columns[column];
    let has = |list: &[&str]| info.phrase.words.iter().any(|w| list.contains(&w.as_str()));
    let happened = [
        "order",
        "ordered",
        "sale",
        "sold",
        "invoice",
        "payment",
        "paid",
        "transaction",
        "rental",
        "visit",
        "booking",
        "booked",
        "create",
        "created",
        "register",
        "registered",
    ];
    info.kind.is_temporal()
        && !has(&["birth", "birthday", "due", "end", "expiry", "updated", "update"])
        && (info.kind == ValueKind::Timestamp || has(&happened))
}
