//! From tokens to segments: which stretches of the question are grammar, names of the catalogue, values, numbers, times.
//!
//! Every stretch that could be something gets a weight; the heaviest set of stretches that do not overlap wins.

use crate::{
    Date,
    calendar::{self, Time},
    cues::{self, Cue},
    lexicon::{Item, Lexicon},
    text::{self, Kind, Token},
    words,
};
use catalog::ValueIndex;
use std::collections::BTreeMap;

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
    add_nouns(&tokens, lexicon, &mut spans);
    add_values(&tokens, lexicon, values, plain, &mut spans);
    for at in 0..tokens.len() {
        if newest_of(&tokens, at) {
            let what = What::Cue(Cue::SuperHint(true, "time"));
            spans[at].push(Span { end: at + 1, weight: 2.0, what });
        }
        if sorts(&tokens, at) {
            spans[at].push(Span { end: at + 1, weight: 1.5, what: What::Cue(Cue::Sort) });
        }
        if let Some((length, cue)) = cues::cue_at(&tokens, at).filter(|found| {
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
    choose(tokens, spans, lexicon)
}

/// `last 10 orders`: the newest.
fn newest_of(tokens: &[Token], at: usize) -> bool {
    let word = |i: usize| tokens.get(at + i).filter(|t| t.kind == Kind::Word);
    matches!(tokens[at].lower.as_str(), "last" | "latest" | "newest")
        && tokens.get(at + 1).is_some_and(|t| t.number().is_some() && t.kind != Kind::Word)
        && word(2).is_some_and(|t| calendar::Bucket::of(&t.lower).is_none())
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

/// A quoted full name whose parts stand in two columns of one table, as two values.
fn split_names(tokens: Vec<Token>, lexicon: &Lexicon, values: &ValueIndex) -> Vec<Token> {
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

fn add_nouns(tokens: &[Token], lexicon: &Lexicon, spans: &mut [Vec<Span>]) {
    // Item → (token, position in its name, weight), in token order.
    let mut touched: BTreeMap<Item, Vec<(usize, u8, f32, bool)>> = BTreeMap::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.kind != Kind::Word && token.kind != Kind::Code
            || words::is_stop(&token.lower) && lexicon.postings_exact(&token.lemma).is_empty()
        {
            continue;
        }
        let mut found = lexicon.postings(&token.lemma);
        if token.lower != token.lemma && found.iter().all(|p| p.weight < 0.9) {
            found.extend(lexicon.postings_exact(&token.lower));
        }
        // `ordered`: done to rows of `orders`.
        if token.lower.ends_with("ed") {
            for base in
                [&token.lower[..token.lower.len() - 2], &token.lower[..token.lower.len() - 1]]
            {
                let tables = lexicon.postings_exact(base).iter();
                found.extend(
                    tables
                        .filter(|p| matches!(p.item, Item::Table(_)))
                        .map(|p| crate::lexicon::Posting { weight: p.weight * 0.7, ..*p }),
                );
            }
        }
        // `sold`: rows of orders, by whatever name.
        if matches!(token.lower.as_str(), "sold" | "bought" | "purchased")
            && found.iter().all(|p| p.weight < 0.7)
        {
            found.extend(sales(lexicon).map(|(item, weight)| crate::lexicon::Posting {
                item,
                position: 0,
                weight,
                whole: true,
            }));
        }
        for p in found {
            touched.entry(p.item).or_default().push((at, p.position, p.weight, p.whole));
        }
    }
    let mut by_span: BTreeMap<(usize, usize), Vec<(Item, f32)>> = BTreeMap::new();
    for (item, hits) in touched {
        runs(tokens, lexicon, item, &hits, &mut by_span);
    }
    for at in 0..tokens.len().saturating_sub(3) {
        for (item, score) in shared_heads(&tokens[at..at + 4], lexicon) {
            let named = by_span.entry((at, at + 1)).or_default();
            named.retain(|(other, s)| *other != item || *s > score);
            named.push((item, score));
        }
    }
    for at in 1..tokens.len() {
        let two = &tokens[at - 1..=at];
        if is_sold(two) {
            let named = by_span.entry((at - 1, at + 1)).or_default();
            if named.iter().all(|(_, s)| *s < 0.9) {
                *named = implied("sold", lexicon);
                let best = named.first().map_or(1.0, |c| c.1);
                named.iter_mut().for_each(|c| c.1 *= 0.95 / best);
            }
        }
        let rates = rates(two, lexicon);
        if !rates.is_empty() {
            by_span.insert((at - 1, at + 1), rates);
        }
        if matches!(two[0].lower.as_str(), "total" | "overall" | "gross") && is_money(&two[1..]) {
            by_span.entry((at - 1, at + 1)).or_default();
        }
    }
    for at in 0..tokens.len() {
        if is_money(&tokens[at..=at]) || worth(tokens, at, lexicon).is_some() {
            by_span.entry((at, at + 1)).or_default();
        }
    }
    for ((start, end), mut list) in by_span {
        if end == start + 1 && matches!(tokens[start].lemma.as_str(), "name" | "title") {
            let labels = lexicon.tables.iter().filter_map(|t| t.label).map(Item::Column);
            let new: Vec<Item> =
                labels.filter(|l| !list.iter().any(|(i, s)| i == l && *s > 0.9)).collect();
            list.retain(|(i, _)| !new.contains(i));
            list.extend(new.into_iter().map(|i| (i, 0.9)));
        }
        if let Some(amount) = worth(tokens, start, lexicon).filter(|_| end == start + 1) {
            list = vec![(Item::Column(amount), 1.0)];
        }
        if list.is_empty() && !is_money(&tokens[end - 1..end]) {
            continue;
        }
        if is_money(&tokens[end - 1..end])
            && end - start <= 2
            && (end - start == 1
                || matches!(tokens[start].lower.as_str(), "total" | "overall" | "gross"))
            && list.iter().all(|(_, s)| *s < 0.9)
        {
            list = money(lexicon);
            if list.is_empty() {
                continue;
            }
        }
        list.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        // `payment` is a row of payments, not when it was paid.
        if let Some((Item::Table(t), s)) = list.first().copied()
            && s > 0.97
        {
            list.retain(|(i, s)| {
                *s >= 0.9 || !matches!(i, Item::Column(c) if lexicon.columns[*c].table == t)
            });
        }
        let Some(best) = list.first().map(|c| c.1) else { continue };
        list.retain(|(_, s)| *s > 0.3 && *s > best * 0.45);
        list.truncate(32);
        if list.is_empty() {
            continue;
        }
        let words = (start..end).filter(|t| !words::is_stop(&tokens[*t].lower)).count().max(1);
        // A stop word alone is a name only when nothing else is.
        let stop = words::is_stop(&tokens[start].lower) && end == start + 1;
        let weight = power(words)
            * best.powf(1.1)
            * if best > 0.99 && words > 1 { 1.15 } else { 1.0 }
            * if stop { 0.5 } else { 1.0 };
        spans[start].push(Span { end, weight, what: What::Noun(list) });
    }
}

/// `first and last name`: the first word stands for a name that ends like the other one.
fn shared_heads(tokens: &[Token], lexicon: &Lexicon) -> Vec<(Item, f32)> {
    let [first, joint, other, head] = tokens else { return Vec::new() };
    let word = |t: &Token| t.kind == Kind::Word && !words::is_stop(&t.lower);
    if !matches!(joint.lower.as_str(), "and" | "or" | ",")
        || ![first, other, head].into_iter().all(word)
    {
        return Vec::new();
    }
    let column = |word: &Token, item: Item| {
        matches!(item, Item::Column(_))
            .then(|| lexicon.postings_exact(&word.lemma).iter().find(|p| p.item == item))
            .flatten()
            .filter(|p| p.weight > 0.9)
    };
    let heads: Vec<Item> = lexicon.postings_exact(&head.lemma).iter().map(|p| p.item).collect();
    let both = |word: &Token| {
        let mut found = Vec::new();
        for item in &heads {
            if let (Some(a), Some(b)) = (column(word, *item), column(head, *item))
                && a.position != b.position
            {
                found.push((
                    *item,
                    fit(lexicon.phrase(*item), &[(a.position, a.weight), (b.position, b.weight)]),
                ));
            }
        }
        found
    };
    if both(other).is_empty() {
        return Vec::new();
    }
    both(first).into_iter().filter(|f| f.1 > 0.6).collect()
}

/// Tables of what was sold, by what such tables are called.
fn sales(lexicon: &Lexicon) -> impl Iterator<Item = (Item, f32)> {
    lexicon.tables.iter().zip(0..).filter_map(|(table, number)| {
        let about = |words: &[&str]| table.phrase.words.iter().any(|w| words.contains(&w.as_str()));
        let sells = about(&["order", "sale", "purchase", "invoice"]) && !table.is_view;
        let weight = if about(&["item", "line", "detail", "product"]) { 0.78 } else { 0.6 };
        sells.then_some((Item::Table(number), weight))
    })
}

/// `units sold`
fn is_sold(tokens: &[Token]) -> bool {
    matches!(tokens, [what, sold] if sold.is("sold")
        && matches!(what.lemma.as_str(), "unit" | "quantity" | "item" | "copy" | "piece"))
}

/// `conversion rate`: the columns that say whether something was converted.
fn rates(tokens: &[Token], lexicon: &Lexicon) -> Vec<(Item, f32)> {
    let [what, rate] = tokens else { return Vec::new() };
    if !matches!(rate.lower.as_str(), "rate" | "rates") || what.kind != Kind::Word {
        return Vec::new();
    }
    let alike = |word: &String| {
        let same = word.chars().zip(what.lower.chars()).take_while(|(a, b)| a == b).count();
        same >= 5 && 2 * same > word.len() && 2 * same > what.lower.len()
    };
    let yes_or_no = lexicon.columns.iter().zip(0..).filter(|(c, _)| {
        c.kind == model::catalog::ValueKind::Boolean && c.phrase.words.iter().any(alike)
    });
    yes_or_no.map(|(_, number)| (Item::Column(number), 1.0)).collect()
}

/// `order value`: the amount of what stands before.
fn worth(tokens: &[Token], at: usize, lexicon: &Lexicon) -> Option<usize> {
    if !matches!(tokens[at].lemma.as_str(), "value" | "worth") {
        return None;
    }
    let before = &tokens[at.checked_sub(1)?];
    let named =
        |t: &usize| matches!(&lexicon.tables[*t].phrase.words[..], [w] if *w == before.lemma);
    let table = (0..lexicon.tables.len()).find(named)?;
    crate::resolve::amount_of(lexicon, Item::Table(table))
}

fn is_money(tokens: &[Token]) -> bool {
    matches!(tokens, [t] if matches!(t.lower.as_str(), "revenue" | "revenues" | "sales" | "turnover" | "income" | "earnings"))
}

/// Does some column say what things were sold for?
pub(crate) fn sells(lexicon: &Lexicon) -> bool {
    money(lexicon).iter().any(|(_, s)| *s > 0.7)
}

/// The columns that hold what was sold or paid, by what such columns are called.
fn money(lexicon: &Lexicon) -> Vec<(Item, f32)> {
    let mut out: Vec<(Item, f32)> = Vec::new();
    for (column, number) in lexicon.columns.iter().zip(0..) {
        let table = &lexicon.tables[column.table];
        if !column.kind.is_numeric()
            || column.is_primary
            || column.refers_to.is_some()
            || table.is_view
        {
            continue;
        }
        let has = |words: &[&str]| column.phrase.words.iter().any(|w| words.contains(&w.as_str()));
        let about = |words: &[&str]| table.phrase.words.iter().any(|w| words.contains(&w.as_str()));
        let other = [
            "discount", "shipping", "tax", "fee", "refund", "cost", "budget", "salary", "weight",
            "point", "number", "count", "id",
        ];
        if has(&other) || has(&["quantity"]) {
            continue;
        }
        let base = if has(&["revenue", "sale", "turnover", "earnings", "income"]) {
            1.0
        } else if has(&["total"]) {
            0.8
        } else if has(&["amount"]) {
            0.7
        } else if has(&["price"])
            && table
                .columns
                .clone()
                .any(|c| lexicon.columns[c].phrase.words.iter().any(|w| w == "quantity"))
        {
            0.6
        } else {
            continue;
        };
        let place = if about(&["order", "sale", "invoice", "purchase"])
            && !about(&["item", "line", "detail"])
        {
            0.12
        } else if about(&[
            "payment",
            "transaction",
            "billing",
            "order",
            "sale",
            "invoice",
            "rental",
        ]) {
            0.05
        } else {
            -0.2
        };
        out.push((Item::Column(number), base + place));
    }
    // Where orders say what they came to, payments of them are another reading, not a rival.
    let best = out.iter().map(|c| c.1).fold(0.0, f32::max);
    out.iter_mut().filter(|c| c.1 < best - 0.12).for_each(|c| c.1 *= 0.7);
    out
}

/// Stretches of neighbouring tokens that fit `item`.
fn runs(
    tokens: &[Token],
    lexicon: &Lexicon,
    item: Item,
    hits: &[(usize, u8, f32, bool)],
    by_span: &mut BTreeMap<(usize, usize), Vec<(Item, f32)>>,
) {
    let phrase = lexicon.phrase(item);
    for first in 0..hits.len() {
        if first > 0 && hits[first].0 == hits[first - 1].0 {
            continue;
        }
        let mut taken: Vec<(u8, f32)> = Vec::new();
        let (start, mut last) = (hits[first].0, hits[first].0);
        let mut at = first;
        while at < hits.len() {
            let token = hits[at].0;
            let gap = if taken.is_empty() { false } else { token > last + 1 };
            if token > last + 1 && !bridgeable(tokens, last, token) {
                break;
            }
            // The best position of this token that is not taken yet.
            let same = hits[at..].iter().take_while(|h| h.0 == token);
            let count = same.clone().count();
            let free = same
                .filter(|h| !taken.iter().any(|t| t.0 == h.1))
                .filter(|h| {
                    !gap || !phrase.inherited[usize::from(h.1)]
                        && !phrase.inherited[usize::from(taken[0].0)]
                })
                .max_by(|a, b| a.2.total_cmp(&b.2));
            let Some(best) = free else { break };
            if best.3 {
                taken.extend((0u8..).take(phrase.words.len()).map(|p| (p, best.2)));
            } else {
                taken.push((best.1, best.2));
            }
            last = token;
            at += count;
            let score = fit(phrase, &taken);
            if score > 0.3 {
                by_span.entry((start, last + 1)).or_default().push((item, score));
            }
        }
    }
}

/// May a name reach over the tokens between? `date of birth`, `number of employees`.
fn bridgeable(tokens: &[Token], last: usize, next: usize) -> bool {
    !tokens[last].possessive
        && next == last + 2
        && matches!(
            tokens[last + 1].lower.as_str(),
            "of" | "in" | "per" | "and" | "or" | "to" | "the"
        )
        && tokens[last + 1].lower != "the"
}

/// How well the matched positions cover the name: 1 is the whole name in its own words.
fn fit(phrase: &crate::lexicon::Phrase, taken: &[(u8, f32)]) -> f32 {
    let mut have = 0.0;
    let mut all = 0.0;
    let mut own = false;
    for (i, (weight, inherited)) in phrase.weight.iter().zip(&phrase.inherited).enumerate() {
        let hit = taken.iter().find(|t| usize::from(t.0) == i).map(|t| t.1);
        let weight =
            if *inherited { if hit.is_some() { weight * 0.3 } else { 0.03 } } else { *weight };
        all += weight;
        if let Some(quality) = hit {
            have += weight * quality;
            own |= !inherited;
        }
    }
    if !own || all <= 0.0 {
        return 0.0;
    }
    let covered: f32 = have / all;
    covered.powf(0.85)
}

fn add_values(
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
fn hits(
    text: &str,
    lexicon: &Lexicon,
    values: &ValueIndex,
    score: f32,
) -> Vec<(usize, String, f32)> {
    let mut found: Vec<(usize, String, f32)> = Vec::new();
    for hit in values.exact(text).take(64) {
        let c = hit.column;
        let Some(column) = lexicon.column_number(&c.schema, &c.table, &c.column) else { continue };
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
fn sex(word: &str, lexicon: &Lexicon, values: &ValueIndex) -> Vec<(usize, String, f32)> {
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
fn literal_hits(text: &str, lexicon: &Lexicon, values: &ValueIndex) -> Vec<(usize, String, f32)> {
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

/// The heaviest chain of spans, as segments.
fn choose(tokens: Vec<Token>, spans: Vec<Vec<Span>>, lexicon: &Lexicon) -> Links {
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
fn push_plain(tokens: &[Token], at: usize, links: &mut Links) {
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
            concept: matches!(hint, "sold" | "revenue"),
            ..Noun::default()
        });
        self.nouns.len() - 1
    }
}

/// Tables named by a word, best first.
fn named_tables(word: &str, lexicon: &Lexicon) -> Vec<(Item, f32)> {
    let mut out: Vec<(Item, f32)> = Vec::new();
    for p in lexicon.postings_exact(word).iter().filter(|p| matches!(p.item, Item::Table(_))) {
        let score = fit(lexicon.phrase(p.item), &[(p.position, p.weight)]);
        if !out.iter().any(|o| o.0 == p.item) {
            out.push((p.item, score));
        }
    }
    out.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    out
}

/// Columns that a hint speaks about, best first.
fn implied(hint: &str, lexicon: &Lexicon) -> Vec<(Item, f32)> {
    match hint {
        "revenue" => return money(lexicon),
        "ordered" => return named_tables("order", lexicon),
        _ => {}
    }
    let mut candidates: BTreeMap<Item, f32> = BTreeMap::new();
    let mut strength = 0.95;
    for wanted in cues::hint_words(hint) {
        let wanted: Vec<&str> = wanted.split(' ').collect();
        let mut hits: BTreeMap<Item, Vec<(u8, f32)>> = BTreeMap::new();
        for word in &wanted {
            for p in lexicon.postings_exact(word) {
                hits.entry(p.item).or_default().push((p.position, p.weight));
            }
        }
        for (item, taken) in hits {
            if taken.len() == wanted.len() && matches!(item, Item::Column(_)) {
                let score = fit(lexicon.phrase(item), &taken) * strength;
                let slot = candidates.entry(item).or_insert(0.0);
                *slot = slot.max(score);
            }
        }
        strength *= 0.92;
    }
    if matches!(hint, "age" | "time") {
        for (column, number) in lexicon.columns.iter().zip(0..) {
            if column.kind.is_temporal() {
                let slot = candidates.entry(Item::Column(number)).or_insert(0.0);
                *slot = slot.max(0.62);
            }
        }
    }
    if hint == "time" {
        // The newest customer is not the youngest.
        for (item, score) in &mut candidates {
            let words = &lexicon.phrase(*item).words;
            if words.iter().any(|w| matches!(w.as_str(), "birth" | "birthday" | "dob")) {
                *score *= 0.4;
            }
        }
    }
    if hint == "sold" {
        // Quantities of what is ordered, not of what is in stock or came back.
        for (item, score) in &mut candidates {
            let table = &lexicon.tables[lexicon.table_of(*item)].phrase.words;
            let sells = table
                .iter()
                .any(|w| matches!(w.as_str(), "order" | "sale" | "invoice" | "purchase" | "line"));
            if !sells {
                *score *= 0.5;
            }
        }
    }
    let mut candidates: Vec<(Item, f32)> = candidates.into_iter().filter(|c| c.1 > 0.25).collect();
    candidates.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    candidates.truncate(40);
    candidates
}
