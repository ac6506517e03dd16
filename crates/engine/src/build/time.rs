//! Which column dates the rows.

use super::{Builder, State};
use crate::calendar::Range;

impl Builder<'_> {
    pub(super) fn time_for(&self, s: &State, range: &Range) -> Option<usize> {
        let mut tables: Vec<usize> = s.near.clone();
        tables.extend(s.counted.iter().map(|c| c.1));
        let mut columns = Vec::new();
        s.plan.select.iter().filter(|e| e.is_aggregate()).for_each(|e| e.columns(&mut columns));
        tables.extend(columns.iter().map(|c| self.lexicon.columns[*c].table));
        tables.extend(s.subject);
        tables.extend(&self.settled.tables);
        let _ = range;
        self.time_column(&tables)
    }

    /// The column that dates the rows of the first table that has one, or of its neighbours.
    pub(super) fn time_column(&self, tables: &[usize]) -> Option<usize> {
        let own = tables.iter().find_map(|t| self.dates(*t));
        own.or_else(|| {
            tables.iter().find_map(|t| {
                let near = self.lexicon.graph.edges_of(*t).filter(|e| e.from == *t).map(|e| e.to);
                near.filter_map(|n| self.dates(n)).next()
            })
        })
    }

    pub(super) fn dates(&self, table: usize) -> Option<usize> {
        let rank = |c: usize| {
            let info = &self.lexicon.columns[c];
            let words = &info.phrase.words;
            let has = |w: &str| words.iter().any(|x| x == w);
            let base = if info.kind.is_temporal() {
                10
            } else if has("year") || has("date") {
                5
            } else {
                return None;
            };
            let mut rank = base;
            rank -= if has("birth")
                || has("birthday")
                || has("update")
                || has("updated")
                || has("delete")
                || has("end")
                || has("due")
            {
                6
            } else {
                0
            };
            rank += if has("create") || has("created") || has("start") || has("order") || has("at")
            {
                1
            } else {
                0
            };
            rank +=
                if self.lexicon.tables[table].phrase.words.iter().any(|w| has(w)) { 2 } else { 0 };
            rank += (self.mentioned.get(&c).copied().unwrap_or(0.0) * 4.0) as i32;
            Some(rank)
        };
        let range = self.lexicon.tables[table].columns.clone();
        range
            .filter_map(|c| Some((rank(c)?, c)))
            .max_by_key(|(r, c)| (*r, usize::MAX - c))
            .map(|(_, c)| c)
    }
}
