//! Stretches of the question that some column holds.

use super::{Span, What, power};
use crate::{
    cues::{self, Cue},
    lexicon::Lexicon,
    text::{self, Kind, Token},
    words,
};

use catalog::ValueIndex;

/// A quoted full name whose parts stand in two columns of one table, as two values.
pub(super) fn split_names(
    tokens: Vec<Token>,
    lexicon: &Lexicon,
    values: &ValueIndex,
) -> Vec<Token> {
    let mut out = Vec::with_capacity(tokens.len());
    for token in tokens {
        let halves = (token.kind == Kind::Quoted)
            .then(|| token.text.split_once(' '))
            .flatten()
            .filter(|_| hits(&token.text, lexicon, values, 1.0).is_empty());
        let Some((first, last)) = halves else {
            out.push(token);
            continue;
        };
        let (a, b) = (hits(first, lexicon, values, 1.0), hits(last.trim(), lexicon, values, 1.0));
        let together = a.iter().any(|x| {
            let table = &lexicon.tables[lexicon.columns[x.0].table];
            table.label_rest.is_some()
                && (table.label == Some(x.0) || table.label_rest == Some(x.0))
                && b.iter().any(|y| {
                    y.0 != x.0 && (table.label == Some(y.0) || table.label_rest == Some(y.0))
                })
        });
        if together {
            out.push(text::quoted_token(first));
            out.push(text::quoted_token(last.trim()));
        } else {
            out.push(token);
        }
    }
    out
}

pub(super) fn add_values(
    tokens: &[Token],
    lexicon: &Lexicon,
    values: &ValueIndex,
    plain: bool,
    spans: &mut [Vec<Span>],
) {
    let longest = values.longest_words().min(12);
    for start in 0..tokens.len() {
        let first = &tokens[start];
        if first.kind == Kind::Quoted {
            let hits = literal_hits(&first.text, lexicon, values);
            spans[start].push(Span { end: start + 1, weight: 3.0, what: What::Value(hits) });
            continue;
        }
        let letter = (1..=start.min(4)).any(|k| match cues::cue_at(tokens, start - k) {
            Some((n, Cue::StartsWith | Cue::EndsWith)) => {
                n == k && first.kind != Kind::Punct && (first.capital || first.text.len() == 1)
            }
            Some((n, Cue::Contains)) => {
                n == k
                    && first.kind != Kind::Punct
                    && first.capital
                    && start + 1 >= tokens.len().saturating_sub(6)
            }
            _ => false,
        }) || start > 0
            && first.text.len() == 1
            && first.kind == Kind::Word
            && matches!(tokens[start - 1].lower.as_str(), "letter");
        if letter {
            spans[start].push(Span { end: start + 1, weight: 1.6, what: What::Value(Vec::new()) });
        }
        if first.kind == Kind::Punct || values.is_empty() {
            continue;
        }
        let mut text = String::new();
        for end in start + 1..=(start + longest).min(tokens.len()) {
            let token = &tokens[end - 1];
            if token.kind == Kind::Quoted
                || token.kind == Kind::Punct
                    && !matches!(token.text.as_str(), "&" | "." | "," | "-" | "/")
            {
                break;
            }
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&token.text);
            if token.kind == Kind::Punct {
                continue;
            }
            let slice = &tokens[start..end];
            if plain && end == start + 1 && !token.capital && token.kind == Kind::Word {
                continue;
            }
            if slice.iter().all(|t| words::is_stop(&t.lower) || t.number().is_some()) {
                continue;
            }
            let mut found = hits(&text, lexicon, values, 1.0);
            if end == start + 1 && !token.capital && token.kind == Kind::Word {
                // `end` is not the code `END`.
                found.retain(|(_, v, _)| {
                    v.len() > 4 || v.chars().any(char::is_lowercase) || v.chars().count() == 1
                });
            }
            if found.is_empty() && end == start + 1 {
                found = sex(&token.lemma, lexicon, values);
            }
            if found.is_empty() && end == start + 1 && token.lemma != token.lower {
                found = hits(&token.lemma, lexicon, values, 0.85);
                found.retain(|(_, v, _)| token.capital || v.chars().any(char::is_lowercase));
            }
            if found.is_empty() {
                continue;
            }
            let capital = slice.iter().any(|t| t.capital || t.kind == Kind::Code)
                && (start > 0 || slice.len() > 1);
            let quality = if capital {
                1.2
            } else if slice.len() > 1 {
                1.02
            } else {
                0.86
            };
            spans[start].push(Span {
                end,
                weight: power(slice.len()) * quality,
                what: What::Value(found),
            });
        }
        if first.kind == Kind::Code {
            let found = literal_hits(&first.text, lexicon, values);
            spans[start].push(Span { end: start + 1, weight: 0.9, what: What::Value(found) });
        }
    }
}

/// Columns with this value. A text in very many columns says little about which is meant.
pub(super) fn hits(
    text: &str,
    lexicon: &Lexicon,
    values: &ValueIndex,
    score: f32,
) -> Vec<(usize, String, f32)> {
    let mut found: Vec<(usize, String, f32)> = Vec::new();
    for hit in values.exact(text).take(64) {
        let c = hit.column;
        let Some(column) = lexicon.column_number(&c.schema, &c.table, &c.column) else {
            continue;
        };
        let score = if hit.value == text { score } else { score * 0.97 };
        match found.iter_mut().find(|f| f.0 == column) {
            Some(old) if old.2 < score => *old = (column, hit.value.to_owned(), score),
            Some(_) => {}
            None => found.push((column, hit.value.to_owned(), score)),
        }
    }
    found
}

/// `male`, `women`: the letters that columns of sex or gender hold.
pub(super) fn sex(word: &str, lexicon: &Lexicon, values: &ValueIndex) -> Vec<(usize, String, f32)> {
    let letter = match word {
        "male" | "man" | "boy" => ["M", "male", "man"],
        "female" | "woman" | "girl" => ["F", "female", "woman"],
        _ => return Vec::new(),
    };
    let is_sex = |c: usize| {
        lexicon.columns[c].phrase.words.iter().any(|w| matches!(w.as_str(), "sex" | "gender"))
    };
    letter.iter().flat_map(|l| hits(l, lexicon, values, 0.95)).filter(|h| is_sex(h.0)).collect()
}

/// For text that is surely a value: near misses count too.
pub(super) fn literal_hits(
    text: &str,
    lexicon: &Lexicon,
    values: &ValueIndex,
) -> Vec<(usize, String, f32)> {
    let found = hits(text, lexicon, values, 1.0);
    if !found.is_empty() || text.len() < 4 {
        return found;
    }
    let near = values.nearest(text, 4);
    near.into_iter()
        .filter(|n| n.likeness >= 0.8)
        .filter_map(|n| {
            let c = n.hit.column;
            let column = lexicon.column_number(&c.schema, &c.table, &c.column)?;
            Some((column, n.hit.value.to_owned(), n.likeness * 0.8))
        })
        .collect()
}
