//! The words of identifiers: split, unglued, abbreviations spelled out.

use super::{ColumnInfo, Phrase};
use crate::words::{self, lemma};
use model::{catalog::Catalog, catalog::Column, catalog::Table};
use std::collections::HashMap;
use std::collections::HashSet;

pub(super) fn identifier_words(catalog: &Catalog) -> HashSet<String> {
    let names = catalog
        .tables()
        .flat_map(|(_, t)| std::iter::once(&t.name).chain(t.columns.iter().map(|c| &c.name)));
    let mut count: HashMap<String, usize> = HashMap::new();
    for name in names {
        for word in words::split_identifier(name) {
            *count.entry(lemma(&word)).or_default() += 1;
        }
    }
    count.into_keys().filter(|w| w.len() >= 3).collect()
}

/// The words of an identifier: split, unglued, abbreviations spelled out, dictionary forms.
pub(super) fn name_words(name: &str, own: &HashSet<String>) -> Vec<String> {
    let mut out = Vec::new();
    for part in words::split_identifier(name) {
        if let Some(full) = words::expand(&part) {
            out.extend(full.iter().map(|w| (*w).to_owned()));
        } else if let Some(parts) = unglue(&part, own) {
            let name = parts.len() == 2 && parts[1] == "name";
            for word in parts {
                match words::expand(&word) {
                    // `fname`, `lname`
                    None if name && word == "f" => out.push("first".into()),
                    None if name && word == "l" => out.push("last".into()),
                    Some(full) => out.extend(full.iter().map(|w| (*w).to_owned())),
                    None => out.push(lemma(&word)),
                }
            }
        } else {
            out.push(lemma(&part));
        }
    }
    // `LName`
    if let [initial, name] = &mut out[..]
        && name == "name"
    {
        match initial.as_str() {
            "f" => *initial = "first".into(),
            "l" => *initial = "last".into(),
            _ => {}
        }
    }
    if out.is_empty() {
        out.push(name.to_lowercase());
    }
    out.truncate(12);
    out
}

/// `clubname` → `club`, `name`, when every part is a known word.
pub(super) fn unglue(word: &str, own: &HashSet<String>) -> Option<Vec<String>> {
    if !word.is_ascii()
        || word.len() < 4
        || words::is_glue(&lemma(word))
        || !words::synonyms(&lemma(word)).is_empty()
    {
        return None;
    }
    let known = |part: &str, whole: &str| {
        let l = lemma(part);
        part != whole
            && (words::is_glue(part)
                || words::is_glue(&l)
                || part.len() >= 3 && own.contains(&l)
                || matches!(part, "id" | "no"))
            && (part.len() >= 3 || matches!(part, "id" | "no" | "of" | "by"))
    };
    for cut in (2..=word.len() - 2).rev() {
        let (head, tail) = word.split_at(cut);
        if known(head, word) && known(tail, word) && head.len() >= 3 {
            return Some(vec![head.into(), tail.into()]);
        }
    }
    // One letter of the table, then a known word: `fname`, `cname`.
    let tail = &word[1..];
    if matches!(tail, "name" | "id" | "code" | "date" | "type") {
        return Some(vec![word[..1].into(), tail.into()]);
    }
    // num + of + credits, class + room + no
    for a in 3..word.len().saturating_sub(3) {
        for b in a + 2..word.len() - 2 {
            let (x, y, z) = (&word[..a], &word[a..b], &word[b..]);
            if known(x, word) && known(y, word) && known(z, word) {
                return Some(vec![x.into(), y.into(), z.into()]);
            }
        }
    }
    None
}

/// Words that most columns of a table share: they say nothing about the column.
pub(super) fn shared_words(table: &Table, own: &HashSet<String>) -> HashSet<String> {
    let n = table.columns.len();
    let mut count: HashMap<String, usize> = HashMap::new();
    for column in &table.columns {
        let words: HashSet<String> = name_words(&column.name, own).into_iter().collect();
        for word in words {
            *count.entry(word).or_default() += 1;
        }
    }
    let telling = [
        "name", "id", "date", "code", "number", "amount", "price", "year", "first", "last", "of",
        "average", "total",
    ];
    count
        .into_iter()
        .filter(|(w, c)| n >= 2 && c * 3 >= n * 2 && *c >= 2 && !telling.contains(&w.as_str()))
        .map(|(w, _)| w)
        .collect()
}

/// The dictionary form of a name that is one word as written.
pub(super) fn glued_name(name: &str) -> Option<String> {
    let parts = words::split_identifier(name);
    if let [only] = &parts[..] { Some(lemma(only)) } else { None }
}

pub(super) fn table_phrase(words: Vec<String>, glued: Option<String>) -> Phrase {
    let weight = words
        .iter()
        .map(|w| match w.as_str() {
            "all" | "ref" | "reference" | "tbl" | "table" | "list" | "info" | "data" | "detail"
            | "record" | "of" | "in" | "the" | "t" => 0.2,
            _ => 1.0,
        })
        .collect();
    let inherited = vec![false; words.len()];
    Phrase { words, weight, inherited, glued }
}

pub(super) fn column_info(
    table: usize,
    column: &Column,
    table_words: &[String],
    shared: &HashSet<String>,
    own: &HashSet<String>,
    info: &Table,
) -> ColumnInfo {
    let words = name_words(&column.name, own);
    let repeats = |w: &String| {
        table_words.contains(w)
            || shared.contains(w)
            || w.len() == 1 && words.len() > 1 && w.chars().all(char::is_alphabetic)
    };
    let mut inherited: Vec<bool> = words.iter().map(repeats).collect();
    if inherited.iter().all(|i| *i) {
        inherited.iter_mut().for_each(|i| *i = false);
    }
    let weight = words
        .iter()
        .map(|w| match w.as_str() {
            "code" if words.len() > 1 => 0.22,
            "id" | "code" | "key" | "number" | "value" => 0.45,
            "of" | "in" | "the" | "is" | "by" | "to" | "and" | "for" | "on" => 0.1,
            "dollar" | "usd" | "eur" | "km" | "meter" | "million" | "billion" | "percent"
            | "hour" | "minute" | "kg" | "mile" | "foot" => 0.3,
            "description" | "detail" | "date" | "type" | "amount" => 0.6,
            _ => 1.0,
        })
        .collect();
    let is_primary = info.primary_key.contains(&column.name);
    let last = words.last().map(String::as_str);
    let is_keyish = matches!(last, Some("id" | "code" | "key" | "uuid" | "number")) || is_primary;
    ColumnInfo {
        table,
        name: column.name.clone(),
        phrase: Phrase { words, weight, inherited, glued: glued_name(&column.name) },
        kind: column.kind,
        is_primary,
        refers_to: None,
        is_keyish,
        nullable: column.nullable && !is_primary,
        derived: None,
    }
}
