//! The value index: which column holds a value that a question names.
//!
//! Values are kept once, folded (see `fold`), in a sorted list. Exact and prefix look-ups are binary searches;
//! look-ups by word and nearest values go through a vocabulary of words sorted from both ends, so that none of them
//! walks over the values themselves.

use crate::fold::{distance, fold};
use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// The distinct values of one text column, as read from the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueSource {
    pub schema: String,
    pub table: String,
    pub column: String,
    pub values: Vec<String>,
    /// False: reading stopped at a limit, so that a missing value proves nothing.
    pub complete: bool,
}

/// A column of the index.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ColumnRef {
    pub schema: String,
    pub table: String,
    pub column: String,
    pub complete: bool,
}

/// A value that was found, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit<'a> {
    /// As the database has it.
    pub value: &'a str,
    pub column: &'a ColumnRef,
}

/// A value near to what was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near<'a> {
    pub hit: Hit<'a>,
    /// 1 is the same after folding; less is further away.
    pub likeness: f32,
}

/// Finds values by their text. Cheap to clone; `default()` holds nothing.
#[derive(Clone, Debug, Default)]
pub struct ValueIndex {
    inner: Arc<Inner>,
    /// Columns that this view may not show.
    hidden: Arc<HashSet<u32>>,
}

#[derive(Debug, Default)]
struct Inner {
    columns: Vec<ColumnRef>,
    /// Sorted by folded text, then column.
    entries: Vec<Entry>,
    words: HashMap<Box<str>, u32>,
    /// By word number: the word and the entries that have it, at most `WORD_ENTRIES`.
    vocabulary: Vec<(Box<str>, Vec<u32>)>,
    /// Numbers of the words, shorter ones first, then by their letters; and the same from the end.
    by_start: Vec<u32>,
    by_end: Vec<u32>,
    longest_words: usize,
}

#[derive(Debug)]
struct Entry {
    folded: Box<str>,
    value: Box<str>,
    column: u32,
}

/// A word in more values than this says too little to be looked up by.
const WORD_ENTRIES: usize = 2_000;

/// Of words of one length that begin alike, no more than these are looked at.
const ALIKE: usize = 1_000;

impl ValueIndex {
    /// Builds the index; the time is about that of sorting the values.
    #[must_use]
    pub fn new(sources: Vec<ValueSource>) -> Self {
        let mut inner = Inner::default();
        for source in sources {
            let number = u32::try_from(inner.columns.len()).unwrap_or(u32::MAX);
            let ValueSource { schema, table, column, values, complete } = source;
            inner.columns.push(ColumnRef { schema, table, column, complete });
            inner.entries.extend(values.into_iter().filter(|v| !v.trim().is_empty()).map(
                |value| Entry { folded: fold(&value).into(), value: value.into(), column: number },
            ));
        }
        inner
            .entries
            .sort_by(|a, b| (&a.folded, a.column, &a.value).cmp(&(&b.folded, b.column, &b.value)));
        inner
            .entries
            .dedup_by(|a, b| a.folded == b.folded && a.column == b.column && a.value == b.value);
        inner.index_words();
        Self { inner: Arc::new(inner), hidden: Arc::default() }
    }

    /// The same index for somebody who may see only the columns that `visible` accepts.
    #[must_use]
    pub fn restrict(&self, visible: impl Fn(&ColumnRef) -> bool) -> Self {
        let hidden = self.inner.columns.iter().zip(0u32..).filter(|(c, _)| !visible(c));
        let hidden = hidden.map(|(_, i)| i).chain(self.hidden.iter().copied()).collect();
        Self { inner: Arc::clone(&self.inner), hidden: Arc::new(hidden) }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.inner.entries.is_empty()
    }

    /// The number of words in the longest value: longer phrases need no look-up.
    #[must_use]
    pub fn longest_words(&self) -> usize {
        self.inner.longest_words
    }

    /// Is the column read, and completely?
    #[must_use]
    pub fn is_complete(&self, schema: &str, table: &str, column: &str) -> bool {
        self.inner
            .columns
            .iter()
            .any(|c| c.complete && c.schema == schema && c.table == table && c.column == column)
    }

    /// Values equal to `text` after folding, in all columns.
    pub fn exact<'a>(&'a self, text: &str) -> impl Iterator<Item = Hit<'a>> + use<'a> {
        let folded = fold(text);
        let entries = &self.inner.entries;
        let start = entries.partition_point(|e| *e.folded < *folded);
        entries[start..]
            .iter()
            .take_while(move |e| *e.folded == *folded)
            .filter(|e| !self.hidden.contains(&e.column))
            .map(|e| self.hit(e))
    }

    /// Up to `limit` values that start with `text` after folding.
    #[must_use]
    pub fn starting_with(&self, text: &str, limit: usize) -> Vec<Hit<'_>> {
        let folded = fold(text);
        let entries = &self.inner.entries;
        let start = entries.partition_point(|e| *e.folded < *folded);
        entries[start..]
            .iter()
            .take_while(|e| e.folded.starts_with(&folded))
            .filter(|e| !self.hidden.contains(&e.column))
            .take(limit)
            .map(|e| self.hit(e))
            .collect()
    }

    /// Values that have every word of `text`; none when the words are too common.
    #[must_use]
    pub fn with_words(&self, text: &str) -> Vec<Hit<'_>> {
        let folded = fold(text);
        let mut found: Option<Vec<u32>> = None;
        for word in folded.split(' ') {
            let Some(list) = self.inner.word(word) else { return Vec::new() };
            found = Some(match found {
                None => list.to_vec(),
                Some(had) => had.into_iter().filter(|i| list.binary_search(i).is_ok()).collect(),
            });
        }
        self.entries_of(&found.unwrap_or_default()).map(|e| self.hit(e)).collect()
    }

    /// Up to `limit` values nearest to `text`, best first: typos, one word more or less.
    #[must_use]
    pub fn nearest(&self, text: &str, limit: usize) -> Vec<Near<'_>> {
        let folded = fold(text);
        let mut candidates: Vec<u32> = Vec::new();
        for word in folded.split(' ') {
            for number in self.inner.like(word) {
                candidates.extend(&self.inner.vocabulary[number as usize].1);
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        let mut near: Vec<Near<'_>> = self
            .entries_of(&candidates)
            .filter_map(|e| {
                let likeness = likeness(&folded, &e.folded);
                (likeness > 0.6).then(|| Near { hit: self.hit(e), likeness })
            })
            .collect();
        near.sort_by(|a, b| b.likeness.total_cmp(&a.likeness));
        near.truncate(limit);
        near
    }

    fn hit<'a>(&'a self, entry: &'a Entry) -> Hit<'a> {
        Hit { value: &entry.value, column: &self.inner.columns[entry.column as usize] }
    }

    fn entries_of<'a>(&'a self, numbers: &[u32]) -> impl Iterator<Item = &'a Entry> + use<'a> {
        let numbers: Vec<u32> = numbers.to_vec();
        numbers
            .into_iter()
            .map(|i| &self.inner.entries[i as usize])
            .filter(|e| !self.hidden.contains(&e.column))
    }
}

impl Inner {
    fn index_words(&mut self) {
        for (entry, number) in self.entries.iter().zip(0u32..) {
            let mut count = 0;
            for word in entry.folded.split(' ') {
                count += 1;
                let id = match self.words.get(word) {
                    Some(id) => *id,
                    None => {
                        let id = u32::try_from(self.vocabulary.len()).unwrap_or(u32::MAX);
                        self.words.insert(word.into(), id);
                        self.vocabulary.push((word.into(), Vec::new()));
                        id
                    }
                };
                let list = &mut self.vocabulary[id as usize].1;
                if list.len() < WORD_ENTRIES && list.last() != Some(&number) {
                    list.push(number);
                }
            }
            self.longest_words = self.longest_words.max(count);
        }
        let words: Vec<&str> = self.vocabulary.iter().map(|(word, _)| word.as_ref()).collect();
        let turned: Vec<String> = words.iter().map(|word| word.chars().rev().collect()).collect();
        let turned: Vec<&str> = turned.iter().map(String::as_str).collect();
        let (by_start, by_end) = (by_length(&words), by_length(&turned));
        (self.by_start, self.by_end) = (by_start, by_end);
    }

    fn word(&self, word: &str) -> Option<&[u32]> {
        let list = &self.vocabulary[*self.words.get(word)? as usize].1;
        (list.len() < WORD_ENTRIES).then_some(list)
    }

    /// Numbers of the words within a typo or two of `word` that begin or end as it does: typos at both ends of one
    /// word are not made up for.
    fn like(&self, word: &str) -> Vec<u32> {
        let letters: Vec<char> = word.chars().collect();
        let length = letters.len();
        let itself = self.words.get(word).copied();
        // A number with a typo is another number.
        if length < 4 || letters.iter().all(char::is_ascii_digit) {
            return itself.into_iter().collect();
        }
        let limit = if length < 8 { 1 } else { 2 };
        // Shorter than half, so that letters that changed places leave one of the two as it was.
        let kept = (length - 1) / 2;
        let (start, end) = (&letters[..kept], &letters[length - kept..]);
        let mut found: Vec<u32> = itself.into_iter().collect();
        for of_length in length - limit..=length + limit {
            let begins = |id: &u32| order(self.letters(*id), of_length, start.iter().copied());
            let ends =
                |id: &u32| order(self.letters(*id).rev(), of_length, end.iter().rev().copied());
            found.extend(range(&self.by_start, begins));
            found.extend(range(&self.by_end, ends));
        }
        found.sort_unstable();
        found.dedup();
        found.retain(|id| distance(word, &self.vocabulary[*id as usize].0, limit).is_some());
        found
    }

    fn letters(&self, id: u32) -> std::str::Chars<'_> {
        self.vocabulary[id as usize].0.chars()
    }
}

/// Numbers of the words, shorter ones first, then by their letters.
fn by_length(words: &[&str]) -> Vec<u32> {
    let numbers = 0..u32::try_from(words.len()).unwrap_or(u32::MAX);
    let mut keyed: Vec<(usize, &str, u32)> =
        words.iter().zip(numbers).map(|(word, id)| (word.chars().count(), *word, id)).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, _, id)| id).collect()
}

/// Where a word stands among those of `length` letters that begin with `start`.
fn order(
    word: impl Iterator<Item = char> + Clone,
    length: usize,
    start: impl ExactSizeIterator<Item = char>,
) -> Ordering {
    let beginning = word.clone().take(start.len());
    word.count().cmp(&length).then_with(|| beginning.cmp(start))
}

/// The stretch of a sorted list where `order` says equal; at most so many that a look-up stays short.
fn range(list: &[u32], order: impl Fn(&u32) -> Ordering) -> &[u32] {
    let from = list.partition_point(|id| order(id) == Ordering::Less);
    let to = from + list[from..].partition_point(|id| order(id) == Ordering::Equal);
    &list[from..to.min(from + ALIKE)]
}

fn likeness(a: &str, b: &str) -> f32 {
    let longest = a.chars().count().max(b.chars().count()).max(1);
    let limit = (longest / 3).max(1);
    match distance(a, b, limit) {
        #[allow(clippy::cast_precision_loss)]
        Some(d) => 1.0 - d as f32 / longest as f32,
        None => shared_words(a, b),
    }
}

#[allow(clippy::cast_precision_loss)]
fn shared_words(a: &str, b: &str) -> f32 {
    let left: HashSet<&str> = a.split(' ').collect();
    let right: HashSet<&str> = b.split(' ').collect();
    let shared = left.intersection(&right).count();
    0.95 * 2.0 * shared as f32 / (left.len() + right.len()) as f32
}

#[cfg(test)]
mod tests {
    use super::{ValueIndex, ValueSource};

    fn index() -> ValueIndex {
        let source = |table: &str, column: &str, values: &[&str], complete| ValueSource {
            schema: "main".into(),
            table: table.into(),
            column: column.into(),
            values: values.iter().map(|v| (*v).to_owned()).collect(),
            complete,
        };
        ValueIndex::new(vec![
            source("country", "name", &["Germany", "France", "São Tomé", "New Zealand"], true),
            source("city", "name", &["New York", "Newcastle", "Germany"], false),
        ])
    }

    #[test]
    fn finds_folded_values_in_every_column() {
        let index = index();
        let found: Vec<_> =
            index.exact("GERMANY").map(|h| (h.value, h.column.table.as_str())).collect();
        assert_eq!(found, [("Germany", "country"), ("Germany", "city")]);
        assert_eq!(index.exact("sao tome").next().map(|h| h.value), Some("São Tomé"));
        assert_eq!(index.exact("atlantis").count(), 0);
    }

    #[test]
    fn tolerates_typos_and_says_how_near() {
        let index = index();
        let near = index.nearest("germny", 3);
        assert_eq!(near[0].hit.value, "Germany");
        assert!(near[0].likeness > 0.8 && near[0].likeness < 1.0);
        assert!(index.nearest("qqqqqq", 3).is_empty());
    }

    #[test]
    fn tolerates_a_typo_wherever_it_is() {
        let values = ["Liechtenstein", "Gate 4711", "Gate 4712"].map(str::to_owned).to_vec();
        let (schema, table, column) = ("main".into(), "place".into(), "name".into());
        let index =
            ValueIndex::new(vec![ValueSource { schema, table, column, values, complete: true }]);
        for typo in
            ["leichtenstein", "liecthenstein", "liechtenstien", "lichtenstein", "iechtenstein"]
        {
            let near = index.nearest(typo, 1);
            assert_eq!(near.first().map(|n| n.hit.value), Some("Liechtenstein"), "{typo}");
        }
        // A number with a typo is another number.
        assert!(index.nearest("4713", 1).is_empty());
    }

    #[test]
    fn completes_and_looks_up_by_word() {
        let index = index();
        let names: Vec<_> = index.starting_with("new", 9).iter().map(|h| h.value).collect();
        assert_eq!(names, ["New York", "New Zealand", "Newcastle"]);
        assert_eq!(index.with_words("zealand")[0].value, "New Zealand");
    }

    #[test]
    fn hides_what_may_not_be_seen() {
        let index = index().restrict(|c| c.table != "country");
        assert_eq!(index.exact("france").count(), 0);
        assert_eq!(index.exact("germany").count(), 1);
        assert!(index.nearest("frence", 3).is_empty());
    }

    #[test]
    fn knows_which_columns_are_complete() {
        assert!(index().is_complete("main", "country", "name"));
        assert!(!index().is_complete("main", "city", "name"));
    }
}
