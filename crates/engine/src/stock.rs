//! What is left of a thing: `inventory per store`, `out of stock`, by what such tables and columns are called.

use crate::lexicon::{Item, Lexicon};

impl Lexicon {
    /// The column of a table of stocks that says how much there is.
    pub(crate) fn stock_of(&self, table: usize) -> Option<usize> {
        let info = &self.tables[table];
        let keeps = info.phrase.words.iter().any(|w| matches!(w.as_str(), "inventory" | "stock"));
        let much = |c: &usize| {
            self.is_amount(*c)
                && matches!(
                    self.columns[*c].phrase.core().as_str(),
                    "quantity"
                        | "on hand"
                        | "quantity on hand"
                        | "unit"
                        | "amount"
                        | "count"
                        | "level"
                )
        };
        info.columns.clone().find(much).filter(|_| keeps && !info.is_view)
    }

    /// Columns that say how much of something is left, best first.
    pub(crate) fn stocks(&self) -> Vec<(Item, f32)> {
        let kept =
            (0..self.real.0).filter_map(|t| self.stock_of(t)).map(|c| (Item::Column(c), 1.0));
        let says = |c: &usize| {
            let words = &self.columns[*c].phrase.words;
            let has = |word: &str| words.iter().any(|w| w == word);
            let left = has("stock") && !has("reorder") && !has("minimum") && !has("date")
                || has("hand") && has("on");
            left && self.is_amount(*c) && !self.tables[self.columns[*c].table].is_view
        };
        let named = (0..self.real.1).filter(says).map(|c| (Item::Column(c), 0.95));
        let mut found: Vec<(Item, f32)> = kept.collect();
        for other in named {
            if !found.iter().any(|f| f.0 == other.0) {
                found.push(other);
            }
        }
        found
    }

    /// The column of the same table that says how much there should be at least.
    pub(crate) fn least_stock(&self, stock: usize) -> Option<usize> {
        let says = |c: &usize| {
            let words = &self.columns[*c].phrase.words;
            let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
            *c != stock
                && self.is_amount(*c)
                && (has(&["reorder", "threshold", "safety"])
                    || has(&["minimum", "min"]) && has(&["stock", "level", "quantity"]))
        };
        self.tables[self.columns[stock].table].columns.clone().find(says)
    }

    fn is_amount(&self, column: usize) -> bool {
        let info = &self.columns[column];
        info.kind.is_numeric() && !info.is_primary && info.refers_to.is_none()
    }
}
