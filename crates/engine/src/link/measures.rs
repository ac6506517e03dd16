//! Measures by convention: what was sold, for how much, and how often something says yes.

use super::nouns::fit;
use crate::{
    cues,
    lexicon::{Item, Lexicon},
    text::{Kind, Token},
};
use std::collections::BTreeMap;

/// Tables of what was sold, by what such tables are called.
pub(super) fn sales(lexicon: &Lexicon) -> impl Iterator<Item = (Item, f32)> {
    lexicon.real_tables().iter().zip(0..).filter_map(|(table, number)| {
        let about = |words: &[&str]| table.phrase.words.iter().any(|w| words.contains(&w.as_str()));
        let sells = about(&["order", "sale", "purchase", "invoice"]) && !table.is_view;
        let weight = if about(&["item", "line", "detail", "product"]) { 0.78 } else { 0.6 };
        sells.then_some((Item::Table(number), weight))
    })
}

/// `units sold`
pub(super) fn is_sold(tokens: &[Token]) -> bool {
    matches!(tokens, [what, sold] if sold.is("sold")
        && matches!(what.lemma.as_str(), "unit" | "quantity" | "item" | "copy" | "piece"))
}

/// `conversion rate`: the columns that say whether something was converted.
pub(super) fn rates(tokens: &[Token], lexicon: &Lexicon) -> Vec<(Item, f32)> {
    let [what, rate] = tokens else {
        return Vec::new();
    };
    if !matches!(rate.lower.as_str(), "rate" | "rates") || what.kind != Kind::Word {
        return Vec::new();
    }
    let alike = |word: &String| {
        let same = word.chars().zip(what.lower.chars()).take_while(|(a, b)| a == b).count();
        same >= 5 && 2 * same > word.len() && 2 * same > what.lower.len()
    };
    let yes_or_no = lexicon.real_columns().iter().zip(0..).filter(|(c, _)| {
        c.kind == model::catalog::ValueKind::Boolean && c.phrase.words.iter().any(alike)
    });
    yes_or_no.map(|(_, number)| (Item::Column(number), 1.0)).collect()
}

pub(super) fn is_money(tokens: &[Token]) -> bool {
    matches!(tokens, [t] if matches!(t.lower.as_str(), "revenue" | "revenues" | "sales" | "turnover" | "income" | "earnings"))
}

/// The columns that hold what was sold or paid, by what such columns are called.
pub(super) fn money(lexicon: &Lexicon) -> Vec<(Item, f32)> {
    let mut out: Vec<(Item, f32)> = Vec::new();
    for (column, number) in lexicon.real_columns().iter().zip(0..) {
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

/// Tables named by a word, best first.
pub(super) fn named_tables(word: &str, lexicon: &Lexicon) -> Vec<(Item, f32)> {
    let mut out: Vec<(Item, f32)> = Vec::new();
    for p in lexicon
        .postings_exact(word)
        .iter()
        .filter(|p| matches!(p.item, Item::Table(_)) && !lexicon.is_of_role(p.item))
    {
        let score = fit(lexicon.phrase(p.item), &[(p.position, p.weight)]);
        if !out.iter().any(|o| o.0 == p.item) {
            out.push((p.item, score));
        }
    }
    out.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    out
}

/// Columns that a hint speaks about, best first.
pub(super) fn implied(hint: &str, lexicon: &Lexicon) -> Vec<(Item, f32)> {
    match hint {
        "revenue" => return money(lexicon),
        "stock" => return lexicon.stocks(),
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
            if taken.len() == wanted.len()
                && matches!(item, Item::Column(_))
                && !lexicon.is_of_role(item)
            {
                let score = fit(lexicon.phrase(item), &taken) * strength;
                let slot = candidates.entry(item).or_insert(0.0);
                *slot = slot.max(score);
            }
        }
        strength *= 0.92;
    }
    if matches!(hint, "age" | "time") {
        for (column, number) in lexicon.real_columns().iter().zip(0..) {
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
