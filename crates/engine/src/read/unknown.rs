//! Words that found no place.

use super::{Candidate, SHORT, Sense};
use crate::{
    cues::Cue,
    link::{Links, Seg},
    text::Kind,
    words,
};

/// What a short question says found no place in its best reading: an answer to the rest would be another question's.
pub(super) fn says_too_little(best: &Candidate, senses: &[Sense]) -> bool {
    let sense = &senses[best.sense];
    let links = &sense.links;
    let mut unused = unknown_tokens(sense);
    unused.extend(&best.unheard);
    unused.retain(|t| !words::is_stop(&links.tokens[*t].lower));
    unused.sort_unstable();
    unused.dedup();
    let said = links.content().len();
    // `churned customers`: words as in a search box, where each one counts.
    let first = links.segs.iter().find(|s| s.0 != Seg::Cue(Cue::Ignore));
    let sentence = matches!(
        first,
        Some((
            Seg::Cue(
                Cue::Select
                    | Cue::HowMany
                    | Cue::Who
                    | Cue::Where
                    | Cue::When
                    | Cue::Prep
                    | Cue::Sort
                    | Cue::OrderBy
                    | Cue::Each
            ),
            _
        ))
    );
    let lost = unused.len() + best.lost as usize;
    if !sentence && said <= SHORT && lost > 0 && lost * 3 >= said {
        return true;
    }
    // `show churned customers`
    let describes = |t: &usize| {
        let place = links.segs.iter().position(|s| s.1 == *t && s.0 == Seg::Word);
        place.is_some_and(|i| {
            let wanted = matches!(links.segs.get(i + 1), Some((Seg::Noun(n), at)) if *at == t + 1
                && links.nouns[*n].is_table()
                && sense.draft.select.iter().any(|s| s.noun == Some(*n)));
            // `departments offer courses`
            let does = i > 0 && matches!(links.segs[i - 1].0, Seg::Noun(_));
            wanted && !does && !links.tokens[*t].lower.ends_with("ing")
        })
    };
    unused.iter().any(describes)
}

/// Content words that became nothing.
pub(super) fn unknown_words(sense: &Sense) -> Vec<String> {
    told(&sense.links, unknown_tokens(sense))
}

pub(super) fn unknown_tokens(sense: &Sense) -> Vec<usize> {
    let plain = sense.links.segs.iter().filter(|(s, _)| *s == Seg::Word).map(|(_, t)| *t);
    plain.chain(sense.draft.unread.iter().copied()).collect()
}

/// Content words that became nothing, or nothing in this statement.
pub(super) fn unused_words(c: &Candidate, senses: &[Sense]) -> Vec<String> {
    let sense = &senses[c.sense];
    let mut tokens = unknown_tokens(sense);
    tokens.extend(&c.unheard);
    told(&sense.links, tokens)
}

pub(super) fn told(links: &Links, mut tokens: Vec<usize>) -> Vec<String> {
    tokens.sort_unstable();
    tokens.dedup();
    tokens
        .into_iter()
        .map(|t| &links.tokens[t])
        .filter(|t| t.kind == Kind::Word && !words::is_stop(&t.lower))
        .map(|t| t.text.clone())
        .collect()
}
