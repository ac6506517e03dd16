//! Readings that differ only in whose column a word means.

use super::{CLOSE, Candidate, Sense};
use crate::{
    lexicon::{Item, Lexicon},
    link::Links,
};

/// When the best readings differ only in whose column a word means (the customer's country or the store's): the
/// question to ask, and the places of the readings to choose from.
pub(super) fn ambiguous(
    found: &[Candidate],
    senses: &[Sense],
    lexicon: &Lexicon,
) -> Option<(String, Vec<usize>)> {
    let best = found.first().filter(|c| c.lost == 0)?;
    let links = &senses[best.sense].links;
    let mut word: Option<String> = None;
    let mut homes: Vec<usize> = Vec::new();
    let mut places = vec![0];
    for (other, place) in found.iter().zip(0..).skip(1) {
        if best.score - other.score > CLOSE || places.len() == 4 {
            break;
        }
        if other.sense != best.sense {
            continue;
        }
        let Some((mine, theirs, said)) = other_home(best, other, links, lexicon) else { continue };
        let theirs = lexicon.columns[theirs].table;
        if homes.contains(&theirs) || word.as_ref().is_some_and(|w| *w != said) {
            continue;
        }
        if homes.is_empty() {
            homes.push(lexicon.columns[mine].table);
        }
        homes.push(theirs);
        word = Some(said);
        places.push(place);
    }
    let names: Vec<String> =
        homes.iter().map(|t| format!("the {}’s", lexicon.tables[*t].phrase.text())).collect();
    let (last, first) = names.split_last().filter(|_| places.len() > 1)?;
    Some((format!("Which {} do you mean: {} or {last}?", word?, first.join(", ")), places))
}

/// The columns that one word stands for in two readings that agree in all else, and what it is called: columns of
/// the same name in two tables that the question does not name.
pub(super) fn other_home(
    a: &Candidate,
    b: &Candidate,
    links: &Links,
    lexicon: &Lexicon,
) -> Option<(usize, usize, String)> {
    if b.lost > 0 {
        return None;
    }
    let items = links.nouns.iter().zip(a.settled.items.iter().zip(&b.settled.items));
    let mut other: Vec<(usize, usize)> = Vec::new();
    for (noun, (x, y)) in items.filter(|(_, (x, y))| x != y) {
        let (Some(Item::Column(x)), Some(Item::Column(y))) = (x, y) else { return None };
        let fit = |c: usize| noun.candidates.iter().find(|k| k.0 == Item::Column(c)).map(|k| k.1);
        if noun.implied || (fit(*x)? - fit(*y)?).abs() > 0.03 {
            return None;
        }
        other.push((*x, *y));
    }
    let values = links.values.iter().zip(a.settled.values.iter().zip(&b.settled.values));
    for (_, (x, y)) in values.filter(|(_, (x, y))| x != y) {
        let (Some((x, _)), Some((y, _))) = (x, y) else { return None };
        if x != y {
            other.push((*x, *y));
        }
    }
    let [(x, y)] = other[..] else { return None };
    let (mine, theirs) = (&lexicon.columns[x], &lexicon.columns[y]);
    let names_rows = |c: usize| {
        let info = &lexicon.columns[c];
        let table = &lexicon.tables[info.table];
        info.is_primary
            || info.refers_to.is_some()
            || info.is_keyish
            || table.label == Some(c)
            || table.label_rest == Some(c)
    };
    let named = |t: usize| {
        a.settled.items.contains(&Some(Item::Table(t)))
            || b.settled.items.contains(&Some(Item::Table(t)))
    };
    let open = mine.table != theirs.table
        && mine.phrase.core() == theirs.phrase.core()
        && !names_rows(x)
        && !names_rows(y)
        && !named(mine.table)
        && !named(theirs.table);
    open.then(|| (x, y, mine.phrase.core()))
}
