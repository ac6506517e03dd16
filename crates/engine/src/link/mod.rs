//! From tokens to segments: which stretches of the question are grammar, names of the catalogue, values, numbers, times.
//!
//! Every stretch that could be something gets a weight; the heaviest set of stretches that do not overlap wins.

mod choose;
mod measures;
mod nouns;
mod values;

use crate::{
    Date,
    calendar::{self, Time},
    cues::{self, Cue, Op},
    lexicon::{Item, Lexicon},
    text::{Kind, Token},
    words,
};
use catalog::ValueIndex;
use choose::choose;
use measures::{implied, money};
use nouns::add_nouns;
use values::{add_values, split_names};

/// A name of the catalogue in the question, with what it may mean, best first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Noun {
    /// Tokens `start..end`.
    pub span: (usize, usize),
    pub candidates: Vec<(Item, f32)>,
    pub text: String,
    /// What follows belongs to it (`the student's`).
    pub possessive: bool,
    /// Not in the question: stands for the attribute in `older`, `cheapest`.
    pub implied: bool,
    /// `revenue`: a measure by convention, added up unless told otherwise.
    pub concept: bool,
    /// `conversion rate`: how often a column of yes and no says yes.
    pub rate: bool,
    /// The same words as a value.
    pub hits: Vec<(usize, String, f32)>,
    /// A unit of time that is no column: `month`.
    pub bucket: Option<calendar::Bucket>,
}

impl Noun {
    pub fn best(&self, wanted: impl Fn(Item) -> bool) -> f32 {
        self.candidates.iter().filter(|(i, _)| wanted(*i)).map(|(_, s)| *s).fold(0.0, f32::max)
    }

    pub fn table_score(&self) -> f32 {
        self.best(|i| matches!(i, Item::Table(_)))
    }

    pub fn column_score(&self) -> f32 {
        self.best(|i| matches!(i, Item::Column(_)))
    }

    pub fn is_table(&self) -> bool {
        self.table_score() > 0.0 && self.table_score() >= self.column_score() - 0.02
    }
}

/// A value in the question and the columns that hold it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Value {
    pub span: (usize, usize),
    pub text: String,
    /// Column, the value as the database has it, how well it fits.
    pub hits: Vec<(usize, String, f32)>,
    pub quoted: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Seg {
    Noun(usize),
    Value(usize),
    Num(f64),
    Time(Time),
    Cue(Cue),
    Comma,
    /// An opening bracket: what follows explains.
    Open,
    /// End of a sentence.
    Break,
    Word,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Links {
    pub tokens: Vec<Token>,
    pub nouns: Vec<Noun>,
    pub values: Vec<Value>,
    /// With the token where each starts.
    pub segs: Vec<(Seg, usize)>,
    /// Tables that stand for others, by words of the question.
    pub roles: Vec<usize>,
}

struct Span {
    end: usize,
    weight: f32,
    what: What,
}

enum What {
    Noun(Vec<(Item, f32)>),
    Value(Vec<(usize, String, f32)>),
    Cue(Cue),
    Time(Time),
}

/// `plain`: small words are never values.
pub(crate) fn link(
    tokens: Vec<Token>,
    lexicon: &Lexicon,
    values: &ValueIndex,
    today: Date,
    plain: bool,
) -> Links {
    let tokens = split_names(tokens, lexicon, values);
    let mut spans: Vec<Vec<Span>> = tokens.iter().map(|_| Vec::new()).collect();
    let roles = lexicon.roles_said(&tokens);
    add_nouns(&tokens, lexicon, &roles, &mut spans);
    add_values(&tokens, lexicon, values, plain, &mut spans);
    for at in 0..tokens.len() {
        if newest_of(&tokens, at) {
            let what = What::Cue(Cue::SuperHint(true, "time"));
            spans[at].push(Span { end: at + 1, weight: 2.0, what });
        }
        if let Some((length, cue)) = stock_cue(&tokens, at).filter(|_| !lexicon.stocks().is_empty())
        {
            spans[at].push(Span { end: at + length, weight: 6.0, what: What::Cue(cue) });
        }
        if let Some(length) = asks_how_long(&tokens, at).filter(|_| lexicon.takes_time()) {
            let what = What::Cue(Cue::Agg(cues::Agg::Avg));
            spans[at].push(Span { end: at + length, weight: 4.0, what });
        }
        if sorts(&tokens, at) {
            spans[at].push(Span { end: at + 1, weight: 1.5, what: What::Cue(Cue::Sort) });
        }
        let cue = cues::cue_at(&tokens, at).map(|found| {
            // `over 80 or under 50`: another bound, not the end of the first.
            let other = opens_other_bound(&tokens, at, found);
            if other { (1, if tokens[at].is("and") { Cue::And } else { Cue::Or }) } else { found }
        });
        if let Some((length, cue)) = cue.filter(|found| {
            !is_number_column(&tokens, at)
                && !is_quantity_column(&tokens, at, *found, lexicon)
                && !is_share_column(&tokens, at, *found, lexicon)
        }) {
            let end = at + length;
            spans[at].push(Span { end, weight: cue_weight(cue, length), what: What::Cue(cue) });
            // A shorter grammar word may leave its last word to a name.
            if length > 1
                && let Some((1, first)) = cues::cue_at(&tokens[..=at], at)
            {
                spans[at].push(Span {
                    end: at + 1,
                    weight: cue_weight(first, 1),
                    what: What::Cue(first),
                });
            }
        }
        if let Some((length, time)) = calendar::time_at(&tokens, at, today) {
            let weight = power(length) * 1.12;
            spans[at].push(Span { end: at + length, weight, what: What::Time(time) });
        }
    }
    let mut links = choose(tokens, spans, lexicon);
    for value in &mut links.values {
        let real = value.hits.clone();
        for role in &roles {
            let played = |(c, text, fit): &(usize, String, f32)| {
                Some((lexicon.in_role(*c, *role)?, text.clone(), fit * 0.98))
            };
            value.hits.extend(real.iter().filter_map(played));
        }
    }
    links.roles = roles;
    links
}

/// `last 10 orders`: the newest.
fn newest_of(tokens: &[Token], at: usize) -> bool {
    let word = |i: usize| tokens.get(at + i).filter(|t| t.kind == Kind::Word);
    matches!(tokens[at].lower.as_str(), "last" | "latest" | "newest")
        && tokens.get(at + 1).is_some_and(|t| t.number().is_some() && t.kind != Kind::Word)
        && word(2).is_some_and(|t| calendar::Bucket::of(&t.lower).is_none())
}

/// `how long do`
fn asks_how_long(tokens: &[Token], at: usize) -> Option<usize> {
    let word = |i: usize| tokens.get(at + i).map_or("", |t| t.lower.as_str());
    let asks = word(0) == "how"
        && word(1) == "long"
        && matches!(word(2), "do" | "does" | "did")
        && tokens[at..].iter().any(takes);
    asks.then_some(3)
}

/// `take`, `last`: how long something goes on.
fn takes(token: &Token) -> bool {
    matches!(token.lower.as_str(), "take" | "takes" | "took" | "last" | "lasts")
}

/// `out of stock`, `low on stock`
fn stock_cue(tokens: &[Token], at: usize) -> Option<(usize, Cue)> {
    let phrases: [(&[&str], Cue); 12] = [
        (&["out", "of", "stock"], Cue::Stock(Op::Le)),
        (&["not", "in", "stock"], Cue::Stock(Op::Le)),
        (&["no", "longer", "in", "stock"], Cue::Stock(Op::Le)),
        (&["sold", "out"], Cue::Stock(Op::Le)),
        (&["still", "in", "stock"], Cue::Stock(Op::Gt)),
        (&["in", "stock"], Cue::Stock(Op::Gt)),
        (&["left", "in", "stock"], Cue::Stock(Op::Gt)),
        (&["on", "hand"], Cue::Stock(Op::Gt)),
        (&["low", "stock"], Cue::LowStock),
        (&["low", "on", "stock"], Cue::LowStock),
        (&["low", "in", "stock"], Cue::LowStock),
        (&["low", "inventory"], Cue::LowStock),
    ];
    // `no devices in stock` says what is missing.
    let before = &tokens[at.saturating_sub(3)..at];
    if before.iter().any(|t| matches!(t.lower.as_str(), "no" | "any" | "without" | "never")) {
        return None;
    }
    phrases.into_iter().find_map(|(words, cue)| {
        let rest = tokens.get(at..at + words.len())?;
        words.iter().zip(rest).all(|(w, t)| t.lower == *w).then_some((words.len(), cue))
    })
}

/// Is this the first word of a sentence?
fn opens(tokens: &[Token], at: usize) -> bool {
    at == 0 || matches!(tokens[at - 1].text.as_str(), "." | "?" | "!" | ";")
}

/// `Order the cities by …`: the verb, not rows of `orders`.
fn sorts(tokens: &[Token], at: usize) -> bool {
    matches!(tokens[at].lower.as_str(), "order" | "sort" | "rank" | "arrange")
        && (opens(tokens, at) || at > 0 && tokens[at - 1].is("and"))
        && tokens[at + 1..]
            .iter()
            .take_while(|t| t.kind != Kind::Punct)
            .any(|t| t.is("by") || t.is("according"))
}

/// `or under 50`
fn opens_other_bound(tokens: &[Token], at: usize, (length, cue): (usize, Cue)) -> bool {
    matches!(cue, Cue::OrMore | Cue::OrLess)
        && tokens.get(at + length).is_some_and(|t| t.number().is_some())
}

/// `the number and time of the train`: a column, nothing is counted.
fn is_number_column(tokens: &[Token], at: usize) -> bool {
    tokens[at].is("number")
        && tokens.get(at + 1).is_none_or(|t| {
            matches!(t.lower.as_str(), "and" | "," | "?" | ".") || t.kind == Kind::Punct
        })
}

/// `quantity of` where a column holds quantities.
fn is_quantity_column(
    tokens: &[Token],
    at: usize,
    (length, cue): (usize, Cue),
    lexicon: &Lexicon,
) -> bool {
    cue == Cue::NumberOf
        && tokens[at..at + length].iter().any(|t| t.is("quantity"))
        && !lexicon.postings_exact("quantity").is_empty()
}

/// `percentage of` where a column holds percentages.
fn is_share_column(
    tokens: &[Token],
    at: usize,
    (length, cue): (usize, Cue),
    lexicon: &Lexicon,
) -> bool {
    cue == Cue::Share
        && tokens[at..at + length]
            .iter()
            .any(|t| !words::is_stop(&t.lower) && !lexicon.postings_exact(&t.lemma).is_empty())
}

#[allow(clippy::cast_precision_loss)]
fn power(words: usize) -> f32 {
    (words as f32).powf(1.2)
}

fn cue_weight(cue: Cue, length: usize) -> f32 {
    power(length)
        * match cue {
            Cue::Ignore | Cue::Prep | Cue::Be | Cue::Rel | Cue::With => 0.6,
            Cue::Agg(_) | Cue::NumberOf | Cue::Top | Cue::Super(_) | Cue::Contains
                if length == 1 =>
            {
                0.96
            }
            _ => 1.0,
        }
}

/// Does some column say what things were sold for?
pub(crate) fn sells(lexicon: &Lexicon) -> bool {
    money(lexicon).iter().any(|(_, s)| *s > 0.7)
}

impl Links {
    /// One small word that some column holds, and that may be a verb: `reported by`, `sold in`.
    pub fn is_plain_word(&self, value: &Value) -> bool {
        let token = &self.tokens[value.span.0];
        !value.quoted
            && !value.hits.is_empty()
            && value.span.1 == value.span.0 + 1
            && !token.capital
            && token.kind == Kind::Word
            && (token.lower.ends_with("ed")
                || token.lemma != token.lower && !token.lower.ends_with('s'))
            && self.tokens.get(value.span.1).is_none_or(|next| {
                let way = ["by", "to", "in", "on", "from", "after", "before", "at", "for", "since"];
                next.kind == Kind::Punct || way.contains(&next.lower.as_str())
            })
    }

    /// Tokens that say something: words of names, values and unknown words, not grammar.
    pub fn content(&self) -> Vec<usize> {
        let ends = self.segs.iter().skip(1).map(|s| s.1).chain([self.tokens.len()]);
        self.segs
            .iter()
            .zip(ends)
            .filter(|((seg, _), _)| matches!(seg, Seg::Noun(_) | Seg::Value(_) | Seg::Word))
            .flat_map(|((_, start), end)| *start..end)
            .filter(|t| {
                let token = &self.tokens[*t];
                token.kind != Kind::Punct && !words::is_stop(&token.lower)
            })
            .collect()
    }

    /// A noun for a column that is surely meant.
    pub fn stand_for(&mut self, column: usize, at: usize) -> usize {
        self.nouns.push(Noun {
            span: (at, at + 1),
            candidates: vec![(Item::Column(column), 1.0)],
            implied: true,
            ..Noun::default()
        });
        self.nouns.len() - 1
    }

    /// A noun for an attribute that the question only implies, with candidates by the hint's words.
    pub fn imply(&mut self, hint: &'static str, lexicon: &Lexicon, at: usize) -> usize {
        self.nouns.push(Noun {
            span: (at, at + 1),
            candidates: implied(hint, lexicon),
            text: hint.to_owned(),
            implied: true,
            concept: matches!(hint, "sold" | "revenue" | "stock"),
            ..Noun::default()
        });
        self.nouns.len() - 1
    }
}
