//! Stretches of the question that name something of the catalogue.

use super::{
    Span, What,
    measures::{implied, is_money, is_sold, money, rates, sales},
    power,
};
use crate::{
    cues::Cue,
    lexicon::{Item, Lexicon},
    text::{Kind, Token},
    words,
};
use std::collections::BTreeMap;

pub(super) fn add_nouns(
    tokens: &[Token],
    lexicon: &Lexicon,
    roles: &[usize],
    spans: &mut [Vec<Span>],
) {
    // Item → (token, position in its name, weight), in token order.
    let mut touched: BTreeMap<Item, Vec<(usize, u8, f32, bool)>> = BTreeMap::new();
    for (at, token) in tokens.iter().enumerate() {
        // `second most expensive`: a place, not seconds.
        let place = matches!(token.lower.as_str(), "second" | "third" | "fourth" | "fifth")
            && at + 1 < tokens.len()
            && matches!(
                crate::cues::cue_at(tokens, at + 1),
                Some((_, Cue::Super(_) | Cue::SuperHint(..) | Cue::Most(_) | Cue::MostCommon(_)))
            );
        if place {
            continue;
        }
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
        found.retain(|p| !lexicon.is_of_role(p.item) || roles.contains(&lexicon.table_of(p.item)));
        // `return rate`: how often, which no rating says.
        let before = at.checked_sub(1).map(|i| &tokens[i]);
        if matches!(token.lower.as_str(), "rate" | "rates")
            && before.is_some_and(|t| {
                let named = || !lexicon.postings_exact(&t.lemma).is_empty();
                t.kind == Kind::Word && (!words::is_stop(&t.lower) || t.is("return") && named())
            })
        {
            found.retain(|p| lexicon.phrase(p.item).words.iter().any(|w| w == "rate"));
        }
        // `delivered` says that it was, not how long it took.
        let took =
            |item: Item| matches!(item, Item::Column(c) if lexicon.columns[c].derived.is_some());
        found.retain(|p| !took(p.item) || !token.lower.ends_with("ed") && p.weight > 0.9);
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
    for at in 0..tokens.len() {
        let asked = (0..at).any(|i| super::asks_how_long(tokens, i).is_some());
        if asked && super::takes(&tokens[at]) && lexicon.takes_time() {
            let times = (0..lexicon.real.1).filter(|c| lexicon.columns[*c].derived.is_some());
            by_span.insert((at, at + 1), times.map(|c| (Item::Column(c), 0.9)).collect());
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
        // `delivery time`, both words: a delivery is none.
        let part = |item: &Item| match item {
            Item::Column(c) => {
                let column = &lexicon.columns[*c];
                column.derived.is_some() && column.phrase.words.len() > end - start
            }
            Item::Table(_) => false,
        };
        list.retain(|(item, _)| super::takes(&tokens[start]) || !part(item));
        if end == start + 1 && matches!(tokens[start].lemma.as_str(), "name" | "title") {
            let played = roles.iter().map(|t| &lexicon.tables[*t]);
            let named = lexicon.real_tables().iter().chain(played).filter_map(|t| t.label);
            let labels = named.map(Item::Column);
            let new: Vec<Item> =
                labels.filter(|l| !list.iter().any(|(i, s)| i == l && *s > 0.9)).collect();
            list.retain(|(i, _)| !new.contains(i));
            list.extend(new.into_iter().map(|i| (i, 0.9)));
        }
        if let Some(amount) = worth(tokens, start, lexicon).filter(|_| end == start + 1) {
            list = vec![(Item::Column(amount), 1.0)];
        }
        // `stock` is what a table of stocks holds, not a store.
        if end == start + 1
            && matches!(tokens[start].lemma.as_str(), "stock" | "inventory")
            && list.iter().all(|(_, s)| *s < 0.9)
        {
            let kept = (0..lexicon.real.0).filter(|t| lexicon.stock_of(*t).is_some());
            let tables: Vec<_> = kept.map(|t| (Item::Table(t), 1.0)).collect();
            if !tables.is_empty() {
                list = tables;
            }
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
        if end == start + 1 && costs(tokens, start) {
            let paid = prices(lexicon, &list);
            if !paid.is_empty() {
                list = paid;
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
        // `customers` are rows of customers, not what a view calls them.
        let named = |(i, s): &(Item, f32)| {
            matches!(i, Item::Table(t) if !lexicon.tables[*t].is_view) && *s > 0.97
        };
        if list.iter().any(named) {
            list.retain(|(i, _)| {
                !matches!(i, Item::Column(c) if lexicon.tables[lexicon.columns[*c].table].is_view)
            });
        }
        let Some(best) = list.first().map(|c| c.1) else {
            continue;
        };
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
pub(super) fn shared_heads(tokens: &[Token], lexicon: &Lexicon) -> Vec<(Item, f32)> {
    let [first, joint, other, head] = tokens else {
        return Vec::new();
    };
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

/// `products that cost more than 100`: the verb, not what they cost the shop.
fn costs(tokens: &[Token], at: usize) -> bool {
    let compares = tokens.get(at + 1).is_some_and(|t| {
        let cue = crate::cues::cue_at(tokens, at + 1);
        t.number().is_some()
            || matches!(cue, Some((_, Cue::Cmp(_) | Cue::CmpHint(..) | Cue::Between)))
    });
    let does = at.checked_sub(1).is_some_and(|i| {
        let before = &tokens[i];
        matches!(before.lower.as_str(), "that" | "which" | "who") || before.lower != before.lemma
    });
    matches!(tokens[at].lower.as_str(), "cost" | "costs") && compares && does
}

/// The prices of the tables that also have a column called cost.
fn prices(lexicon: &Lexicon, costs: &[(Item, f32)]) -> Vec<(Item, f32)> {
    let tables = costs.iter().filter(|c| c.1 > 0.9).map(|c| lexicon.table_of(c.0));
    let named = |c: &usize| {
        lexicon.columns[*c].phrase.core() == "price" && lexicon.columns[*c].kind.is_numeric()
    };
    let mut found: Vec<(Item, f32)> = tables
        .flat_map(|t| lexicon.tables[t].columns.clone().filter(named))
        .map(|c| (Item::Column(c), 1.0))
        .collect();
    found.dedup();
    found
}

/// `order value`: the amount of what stands before.
pub(super) fn worth(tokens: &[Token], at: usize, lexicon: &Lexicon) -> Option<usize> {
    if !matches!(tokens[at].lemma.as_str(), "value" | "worth") {
        return None;
    }
    let before = &tokens[at.checked_sub(1)?];
    let named =
        |t: &usize| matches!(&lexicon.tables[*t].phrase.words[..], [w] if *w == before.lemma);
    let table = (0..lexicon.real.0).find(named)?;
    crate::resolve::amount_of(lexicon, Item::Table(table))
}

/// Stretches of neighbouring tokens that fit `item`.
pub(super) fn runs(
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
pub(super) fn bridgeable(tokens: &[Token], last: usize, next: usize) -> bool {
    !tokens[last].possessive
        && next == last + 2
        && matches!(
            tokens[last + 1].lower.as_str(),
            "of" | "in" | "per" | "and" | "or" | "to" | "the"
        )
        && tokens[last + 1].lower != "the"
}

/// How well the matched positions cover the name: 1 is the whole name in its own words.
pub(super) fn fit(phrase: &crate::lexicon::Phrase, taken: &[(u8, f32)]) -> f32 {
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
