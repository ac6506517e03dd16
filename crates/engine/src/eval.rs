//! Measuring the engine on questions with known answers: pure, the catalogue and values come in as data.

use crate::{Ask, Date, Lexicon, Outcome, answer};
use catalog::ValueIndex;
use serde::Serialize;

/// One line of the predictions file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Prediction {
    pub id: String,
    /// `None`: the engine declined. When it asks back, the first of its choices.
    pub predicted_sql: Option<String>,
    /// `confident`, `unsure`, `clarify` or `declined`.
    pub status: &'static str,
    pub confidence: f32,
    pub paraphrase: String,
    /// Milliseconds for the answer.
    pub ms: f64,
}

/// Answers one question. `clock` gives milliseconds from any fixed start, so that the crate reads no clock itself.
pub fn predict(
    id: &str,
    question: &str,
    lexicon: &Lexicon,
    values: &ValueIndex,
    today: Date,
    clock: impl Fn() -> f64,
) -> Prediction {
    let start = clock();
    let outcome = answer(&Ask { question, lexicon, values, glossary: &[], previous: None, today });
    let ms = clock() - start;
    let (first, status) = match outcome {
        Outcome::Readings(list) => {
            let first = list.into_iter().next();
            let confident = first.as_ref().is_some_and(|r| r.confident);
            (first, if confident { "confident" } else { "unsure" })
        }
        // Asked which, with the likeliest first.
        Outcome::Clarify { choices, .. } => (choices.into_iter().next(), "clarify"),
        Outcome::Declined(_) => (None, "declined"),
    };
    Prediction {
        id: id.to_owned(),
        status,
        confidence: first.as_ref().map_or(0.0, |r| r.score),
        paraphrase: first.as_ref().map(|r| r.paraphrase.clone()).unwrap_or_default(),
        predicted_sql: first.map(|r| r.sql),
        ms,
    }
}

/// A fifth of the databases, by their names, that rules are never tuned on.
#[must_use]
pub fn is_held_out(database: &str) -> bool {
    let hash = database
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    (hash >> 7).is_multiple_of(5)
}

/// How a question was taken apart, for whoever develops rules.
#[must_use]
pub fn trace(question: &str, lexicon: &Lexicon, values: &ValueIndex, today: Date) -> String {
    let mut links = crate::link::link(crate::text::tokens(question), lexicon, values, today, false);
    let draft = crate::parse::parse(&mut links, lexicon);
    let name = |item: &crate::lexicon::Item| match item {
        crate::lexicon::Item::Table(t) => lexicon.tables[*t].name.clone(),
        crate::lexicon::Item::Column(c) => {
            let column = &lexicon.columns[*c];
            format!("{}.{}", lexicon.tables[column.table].name, column.name)
        }
    };
    let mut out = String::new();
    for (seg, token) in &links.segs {
        out.push_str(&format!("{:12} {seg:?}", links.tokens[*token].text));
        if let crate::link::Seg::Noun(n) = seg {
            for (item, score) in links.nouns[*n].candidates.iter().take(5) {
                out.push_str(&format!(" {}:{score:.2}", name(item)));
            }
        }
        if let crate::link::Seg::Value(v) = seg {
            for (column, text, score) in links.values[*v].hits.iter().take(5) {
                out.push_str(&format!(
                    " {}={text}:{score:.2}",
                    name(&crate::lexicon::Item::Column(*column))
                ));
            }
        }
        out.push('\n');
    }
    format!("{out}{draft:#?}\n")
}

/// Named features of the best reading, for fitting `data/confidence.txt`.
#[must_use]
pub fn features(
    question: &str,
    lexicon: &Lexicon,
    values: &ValueIndex,
    today: Date,
) -> Vec<(&'static str, f32)> {
    let ask = Ask { question, lexicon, values, glossary: &[], previous: None, today };
    let found = crate::read::best_features(&ask);
    found.map_or_else(Vec::new, |f| crate::confidence::NAMES.into_iter().zip(f).collect())
}

/// Every candidate statement with the features that its rank is made of, best first; names in `feature_names`.
#[must_use]
pub fn candidates(
    question: &str,
    lexicon: &Lexicon,
    values: &ValueIndex,
    today: Date,
) -> Vec<(String, Vec<f32>)> {
    let ask = Ask { question, lexicon, values, glossary: &[], previous: None, today };
    crate::read::all_features(&ask).into_iter().map(|(sql, f)| (sql, f.to_vec())).collect()
}

/// The names of a candidate's features, in order.
#[must_use]
pub fn feature_names() -> &'static [&'static str] {
    &crate::rank::NAMES
}
