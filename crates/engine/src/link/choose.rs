//! The heaviest stretches that do not overlap, as segments.

use super::{
    Links, Noun, Seg, Span, Value, What,
    measures::{is_money, is_sold, rates},
    opens,
};
use crate::{
    calendar,
    lexicon::{Item, Lexicon},
    text::{Kind, Token},
    words,
};

/// The heaviest chain of spans, as segments.
pub(super) fn choose(tokens: Vec<Token>, spans: Vec<Vec<Span>>, lexicon: &Lexicon) -> Links {
    let n = tokens.len();
    let mut best: Vec<(f32, Option<usize>)> = vec![(0.0, None); n + 1];
    for at in (0..n).rev() {
        best[at] = (best[at + 1].0, None);
        for (i, span) in spans[at].iter().enumerate() {
            let total = span.weight + best[span.end].0;
            if total > best[at].0 {
                best[at] = (total, Some(i));
            }
        }
    }
    let mut links = Links::default();
    let mut spans = spans;
    let mut at = 0;
    while at < n {
        let Some(choice) = best[at].1 else {
            push_plain(&tokens, at, &mut links);
            at += 1;
            continue;
        };
        let end = spans[at][choice].end;
        let hits = spans[at].iter().find_map(|s| match &s.what {
            What::Value(hits) if s.end == end => Some(hits.clone()),
            _ => None,
        });
        let span = spans[at].swap_remove(choice);
        let text: Vec<&str> = tokens[at..span.end].iter().map(|t| t.text.as_str()).collect();
        let text = text.join(" ");
        let seg = match span.what {
            What::Noun(candidates) => {
                links.nouns.push(Noun {
                    span: (at, span.end),
                    bucket: (span.end == at + 1)
                        .then(|| calendar::Bucket::of(&tokens[at].lower))
                        .flatten(),
                    rate: tokens[span.end - 1].lower.starts_with("rate")
                        && span.end == at + 2
                        && !rates(&tokens[at..span.end], lexicon).is_empty(),
                    concept: (is_money(&tokens[at..span.end])
                        || is_sold(&tokens[at..span.end])
                        || span.end == at + 2
                            && is_money(&tokens[at + 1..span.end])
                            && candidates.first().is_none_or(|c| c.1 < 0.97))
                        && candidates.first().is_none_or(|c| matches!(c.0, Item::Column(_))),
                    candidates,
                    hits: hits.unwrap_or_default(),
                    possessive: tokens[span.end - 1].possessive,
                    implied: false,
                    text,
                });
                Seg::Noun(links.nouns.len() - 1)
            }
            What::Value(hits) => {
                let quoted = tokens[at].kind == Kind::Quoted;
                links.values.push(Value { span: (at, span.end), hits, quoted, text });
                Seg::Value(links.values.len() - 1)
            }
            What::Cue(cue) => Seg::Cue(cue),
            What::Time(time) => Seg::Time(time),
        };
        links.segs.push((seg, at));
        at = span.end;
    }
    links.tokens = tokens;
    links
}

/// A token that is nothing known: a number, punctuation, perhaps a proper name.
pub(super) fn push_plain(tokens: &[Token], at: usize, links: &mut Links) {
    let token = &tokens[at];
    let seg = match token.kind {
        Kind::Number(n) => Seg::Num(n),
        Kind::Punct => match token.text.as_str() {
            "(" => Seg::Open,
            "," | ":" | ")" => Seg::Comma,
            "." | "?" | "!" | ";" => Seg::Break,
            _ => return,
        },
        Kind::Word
            if calendar::Bucket::of(&token.lower).is_some()
                && matches!(links.segs.last(), Some((Seg::Noun(n), _))
                    if links.nouns[*n].span.1 == at
                        && !links.nouns[*n].is_table()
                        && !links.nouns[*n].possessive) =>
        {
            // `creation year` where the column is `creation`.
            return;
        }
        Kind::Word if calendar::Bucket::of(&token.lower).is_some() => {
            links.nouns.push(Noun {
                span: (at, at + 1),
                bucket: calendar::Bucket::of(&token.lower),
                text: token.text.clone(),
                ..Noun::default()
            });
            Seg::Noun(links.nouns.len() - 1)
        }
        Kind::Word if token.capital && !opens(tokens, at) && !words::is_stop(&token.lower) => {
            // A run of capitalised words is one name.
            if let (Some((Seg::Value(v), _)), true) = (links.segs.last(), at > 0)
                && let value = &mut links.values[*v]
                && value.span.1 == at
                && value.hits.is_empty()
                && !value.quoted
            {
                value.span.1 = at + 1;
                value.text.push(' ');
                value.text.push_str(&token.text);
                return;
            }
            links.values.push(Value {
                span: (at, at + 1),
                text: token.text.clone(),
                ..Value::default()
            });
            Seg::Value(links.values.len() - 1)
        }
        _ => Seg::Word,
    };
    links.segs.push((seg, at));
}
