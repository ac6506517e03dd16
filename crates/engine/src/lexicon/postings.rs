//! From a word to the names that it may point at.

use super::{Item, Lexicon, Phrase, Posting};
use crate::{
    durations::also_called,
    words::{self, stem},
};
use std::collections::HashMap;
use std::collections::HashSet;

impl Lexicon {
    pub(super) fn index_words(&mut self) {
        let mut index: HashMap<String, Vec<Posting>> = HashMap::new();
        let mut odd: HashSet<String> = HashSet::new();
        let tables = self.tables.iter().zip(0..).map(|(t, i)| (Item::Table(i), &t.phrase));
        let columns = self.columns.iter().zip(0..).map(|(c, i)| (Item::Column(i), &c.phrase));
        for (item, phrase) in tables.chain(columns) {
            for (word, position) in phrase.words.iter().zip(0u8..) {
                let whole = names_alternatives(phrase);
                let mut add = |key: String, weight: f32| {
                    index.entry(key).or_default().push(Posting { item, position, weight, whole });
                };
                add(word.clone(), 1.0);
                let root = stem(word);
                add(format!("~{root}"), 0.85);
                let column = match item {
                    Item::Column(c) => self.columns[c].derived,
                    Item::Table(_) => None,
                };
                for other in column.iter().flat_map(|_| also_called(word)) {
                    add((*other).to_owned(), 0.95);
                }
                for near in words::wider(word).filter(|_| column.is_none()) {
                    add(format!("≈{near}"), 0.5);
                }
                if position == 0
                    && let Some(glued) =
                        phrase.glued.as_ref().filter(|g| phrase.words.len() > 1 && *g != word)
                {
                    index.entry(glued.clone()).or_default().push(Posting {
                        item,
                        position,
                        weight: 1.0,
                        whole: true,
                    });
                }
                if word.len() >= 2 && word.len() <= 6 && !words::is_glue(word) {
                    odd.insert(word.clone());
                }
            }
        }
        self.index = index;
        self.odd = odd.into_iter().collect();
        self.odd.sort();
    }

    /// Where a question's word may point, with how well it fits. At most one entry per item and position.
    pub(crate) fn postings(&self, word: &str) -> Vec<Posting> {
        let mut best: HashMap<(Item, u8), (f32, bool)> = HashMap::new();
        let mut take = |list: Option<&Vec<Posting>>, factor: f32| {
            for p in list.into_iter().flatten() {
                let weight = p.weight * factor;
                let slot = best.entry((p.item, p.position)).or_insert((0.0, false));
                if weight > slot.0 {
                    *slot = (weight, p.whole);
                }
            }
        };
        take(self.index.get(word), 1.0);
        if word.len() > 3 {
            take(self.index.get(&format!("~{}", stem(word))), 1.0);
        }
        for other in words::synonyms(word) {
            take(self.index.get(*other), 0.74);
            if other.len() > 4 {
                take(self.index.get(&format!("~{}", stem(other))), 0.74);
            }
        }
        take(self.index.get(&format!("≈{word}")), 1.0);
        let base =
            word.strip_suffix("ing").or_else(|| word.strip_suffix("ed")).filter(|b| b.len() >= 3);
        for base in base.into_iter().flat_map(|b| [b.to_owned(), format!("{b}e")]) {
            for other in words::synonyms(&base) {
                take(self.index.get(*other), 0.68);
            }
        }
        for other in words::wider(word) {
            take(self.index.get(other), 0.58);
        }
        for other in words::expand(word).filter(|e| e.len() == 1).into_iter().flatten() {
            take(self.index.get(*other), 0.9);
        }
        for odd in self.odd.iter().filter(|o| abbreviates(o, word)) {
            take(self.index.get(odd), if word.starts_with(odd.as_str()) { 0.72 } else { 0.5 });
        }
        let mut found: Vec<Posting> = best
            .into_iter()
            .map(|((item, position), (weight, whole))| Posting { item, position, weight, whole })
            .collect();
        if found.iter().all(|p| p.weight < 0.8) && word.len() >= 5 && !words::is_stop(word) {
            found.extend(self.misspelt(word));
        }
        found.sort_by_key(|p| (p.item, p.position));
        found
    }

    /// Only where the word itself occurs in a name.
    pub(crate) fn postings_exact(&self, word: &str) -> &[Posting] {
        self.index.get(word).map_or(&[], Vec::as_slice)
    }

    pub(super) fn misspelt(&self, word: &str) -> Vec<Posting> {
        let limit = if word.len() < 9 { 1 } else { 2 };
        let mut near: Vec<(&String, &Vec<Posting>)> = self
            .index
            .iter()
            .filter(|(key, _)| {
                !key.starts_with(['~', '≈'])
                    && key.len() >= 5
                    && key.chars().next() == word.chars().next()
                    && catalog::fold::distance(key, word, limit).is_some()
            })
            .collect();
        near.sort_by_key(|(key, _)| key.as_str());
        near.into_iter()
            .flat_map(|(_, list)| list.iter().map(|p| Posting { weight: p.weight * 0.8, ..*p }))
            .collect()
    }
}

/// Could `short`, from an identifier, be short for `word`? Same first letter, letters in order, clearly shorter.
pub(super) fn abbreviates(short: &str, word: &str) -> bool {
    if word.len() < short.len() + 2 || short.len() < 2 || !word.is_ascii() {
        return false;
    }
    if short.len() >= 3 && word.starts_with(short) {
        return true;
    }
    if short.len() < 3 || short.as_bytes()[0] != word.as_bytes()[0] {
        return false;
    }
    let mut rest = word.chars();
    // Vowels are what abbreviations drop.
    let vowels = short[1..].bytes().filter(|b| b"aeiou".contains(b)).count();
    vowels == 0 && short.chars().all(|c| rest.any(|w| w == c))
}

/// `state_province_county`, `zip_postcode`: each word is the whole name.
pub(super) fn names_alternatives(phrase: &Phrase) -> bool {
    const GROUPS: [&[&str]; 4] = [
        &["state", "province", "county", "region", "prefecture"],
        &["zip", "postcode", "postal", "post", "code", "zipcode"],
        &["town", "city", "village", "municipality"],
        &["gender", "sex"],
    ];
    let own = || phrase.words.iter().zip(&phrase.inherited).filter(|(_, i)| !**i).map(|(w, _)| w);
    let zip = own().any(|w| w == "zip") || !own().any(|w| w == "code");
    own().count() > 1
        && zip
        && GROUPS.iter().any(|group| own().all(|w| group.contains(&w.as_str())))
}
