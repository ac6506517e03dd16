//! The time between two dates of a row, by what such pairs are called: shipped and delivered, start and end.
//!
//! Each is a column of its own to the rest of the engine, a number of days; the writer of statements takes the
//! difference.

use crate::lexicon::{ColumnInfo, Phrase};
use model::catalog::ValueKind;

/// A pair of dates: words of the first, words of the second, what the time between them is called.
struct Pair {
    from: &'static [&'static str],
    until: &'static [&'static str],
    called: &'static [&'static str],
}

const PAIRS: [Pair; 10] = [
    Pair {
        from: &["ship", "shipped", "dispatch", "send", "sent"],
        until: &["deliver", "delivered", "delivery", "arrive", "arrival", "receive", "received"],
        called: &["delivery", "time"],
    },
    Pair {
        from: &["order", "ordered", "place", "placed"],
        until: &["deliver", "delivered", "delivery"],
        called: &["delivery", "time"],
    },
    Pair {
        from: &["order", "ordered", "place", "placed"],
        until: &["ship", "shipped", "dispatch"],
        called: &["shipping", "time"],
    },
    Pair {
        from: &["start", "started", "begin", "began"],
        until: &["end", "ended", "finish", "finished", "complete", "completed"],
        called: &["duration"],
    },
    Pair { from: &["from"], until: &["to", "until"], called: &["duration"] },
    Pair {
        from: &["open", "opened", "create", "created", "report", "reported"],
        until: &["close", "closed", "resolve", "resolved"],
        called: &["resolution", "time"],
    },
    Pair { from: &["in", "checkin"], until: &["out", "checkout"], called: &["stay", "length"] },
    Pair { from: &["admission", "admit"], until: &["discharge"], called: &["stay", "length"] },
    Pair {
        from: &["rental", "rent", "rented", "borrow", "borrowed"],
        until: &["return", "returned"],
        called: &["rental", "time"],
    },
    Pair {
        from: &["departure", "depart", "departed"],
        until: &["arrival", "arrive", "arrived"],
        called: &["travel", "time"],
    },
];

/// The columns that follow from pairs of dates of one table. `columns` start at number `start`.
pub(crate) fn durations(table: usize, columns: &[ColumnInfo], start: usize) -> Vec<ColumnInfo> {
    let mut out: Vec<ColumnInfo> = Vec::new();
    for pair in &PAIRS {
        let only = |words: &[&str]| {
            let fits = |c: &&ColumnInfo| {
                c.kind.is_temporal() && c.phrase.words.iter().any(|w| words.contains(&w.as_str()))
            };
            let mut found = columns.iter().zip(start..).filter(|(c, _)| fits(c));
            found.next().filter(|_| found.next().is_none()).map(|(_, number)| number)
        };
        let (Some(from), Some(until)) = (only(pair.from), only(pair.until)) else { continue };
        let known = out.iter().any(|c| c.phrase.words == pair.called);
        let held = columns
            .iter()
            .any(|c| c.kind.is_numeric() && c.phrase.words.iter().any(|w| w == pair.called[0]));
        if from != until && !known && !held {
            out.push(duration(table, pair.called, (from, until)));
        }
    }
    out
}

fn duration(table: usize, called: &[&str], between: (usize, usize)) -> ColumnInfo {
    let words: Vec<String> = called.iter().map(|w| (*w).to_owned()).collect();
    let weight = (0..words.len()).map(|i| if i == 0 { 1.0 } else { 0.2 }).collect();
    ColumnInfo {
        table,
        name: format!("{}_days", called[0]),
        phrase: Phrase { inherited: vec![false; words.len()], words, weight, glued: None },
        kind: ValueKind::Number,
        is_primary: false,
        refers_to: None,
        is_keyish: false,
        nullable: true,
        derived: Some(between),
    }
}

impl crate::lexicon::Lexicon {
    /// Do rows say from when to when something went on?
    pub(crate) fn takes_time(&self) -> bool {
        self.real_columns().iter().any(|c| c.derived.is_some())
    }
}

/// Other words for the parts of a duration's name.
pub(crate) fn also_called(word: &str) -> &'static [&'static str] {
    match word {
        "delivery" => &["transit"],
        "time" | "length" => &["time", "duration", "day"],
        "shipping" => &["processing", "fulfillment", "fulfilment", "handling"],
        "resolution" => &["turnaround", "handling"],
        "travel" => &["flight", "journey", "trip"],
        _ => &[],
    }
}
