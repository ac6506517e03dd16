//! Other readings of a part, each as the question that asks for it.

use crate::{
    calendar::{Bucket, Time},
    follow::written,
    lexicon::{Item, Lexicon},
    link::{Links, Seg},
    text::tokens,
};
use model::run::{Chip, ChipChoice};

/// Fills the alternatives of chips whose part can be changed by changing the question's words.
pub(crate) fn add_alternatives(chips: &mut [Chip], links: &Links, lexicon: &Lexicon) {
    for chip in chips {
        if chip.kind == "time" && chip.label.starts_with("by ") {
            chip.alternatives = buckets(links, &chip.label);
        } else if chip.kind == "measure" {
            chip.alternatives = measures(links, lexicon);
        }
    }
}

/// `per month` → `per year`, `monthly` → `yearly`.
fn buckets(links: &Links, current: &str) -> Vec<ChipChoice> {
    let place = links.segs.iter().find_map(|(seg, at)| match seg {
        Seg::Time(Time::Bucket(_)) => Some(*at),
        Seg::Noun(n) if links.nouns[*n].bucket.is_some() => Some(*at),
        _ => None,
    });
    let Some(at) = place.filter(|at| Bucket::of(&links.tokens[*at].lower).is_some()) else {
        return vec![];
    };
    let adverb = links.tokens[at].lower.ends_with("ly");
    [
        (Bucket::Year, "yearly"),
        (Bucket::Quarter, "quarterly"),
        (Bucket::Month, "monthly"),
        (Bucket::Week, "weekly"),
    ]
    .into_iter()
    .filter(|(b, _)| current != format!("by {}", b.word()))
    .map(|(b, word)| ChipChoice {
        label: format!("by {}", b.word()),
        question: replaced(links, (at, at + 1), if adverb { word } else { b.word() }),
    })
    .collect()
}

/// Other columns that the measure's word may mean: payments for revenue.
fn measures(links: &Links, lexicon: &Lexicon) -> Vec<ChipChoice> {
    let Some(noun) = links.nouns.iter().find(|n| n.concept) else { return vec![] };
    noun.candidates
        .iter()
        .skip(1)
        .take(3)
        .filter_map(|(item, _)| match item {
            Item::Column(c) => {
                let column = &lexicon.columns[*c];
                let name = format!(
                    "{} {}",
                    lexicon.tables[column.table].phrase.text(),
                    column.phrase.core()
                );
                Some(ChipChoice {
                    question: replaced(links, noun.span, &format!("total {name}")),
                    label: name,
                })
            }
            Item::Table(_) => None,
        })
        .collect()
}

fn replaced(links: &Links, span: (usize, usize), by: &str) -> String {
    let parts =
        [written(&links.tokens[..span.0]), written(&tokens(by)), written(&links.tokens[span.1..])];
    parts.iter().filter(|p| !p.is_empty()).cloned().collect::<Vec<_>>().join(" ")
}
