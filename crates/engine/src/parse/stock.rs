//! What is left: `out of stock`, `less than 10 in stock`, `how many units are in stock`.

use super::Parser;
use crate::{
    cues::{Agg, Op},
    draft::{Condition, Left, Right, Sel},
    lexicon::Item,
    link::Seg,
};

impl Parser<'_> {
    pub(super) fn on_stock(&mut self, op: Op) {
        let stock = self.links.imply("stock", self.lexicon, self.token_here());
        // `how many units are in stock`
        if let [Sel { noun: Some(n), number_of: true, .. }] = self.draft.select[..]
            && matches!(self.links.nouns[n].text.to_lowercase().as_str(), "units" | "pieces")
        {
            self.draft.select = vec![Sel {
                noun: Some(stock),
                agg: Some(Agg::Sum),
                distinct: false,
                number_of: false,
            }];
            self.prep = true;
            return;
        }
        // `less than 10 in stock`
        let counted = matches!(self.previous(), Some(Seg::Num(_)));
        if counted
            && let Some(filter) = self.draft.filters.last_mut()
            && let Condition::Compare { left, right: Right::Num(_), .. } = &mut filter.what
        {
            *left = Left::Noun(stock);
            return;
        }
        let negated = self.taking_negation();
        let right = Right::Num(0.0);
        let what = Condition::Compare { left: Left::Noun(stock), op, right, flips: false };
        self.push_filter(what, negated);
        self.prep = !self.draft.select.is_empty();
    }

    /// No more than the catalogue says there should be; without such a column the words stay unread.
    pub(super) fn on_low_stock(&mut self, token: usize) {
        let stock = self.links.imply("stock", self.lexicon, token);
        let least = self.links.nouns[stock].candidates.iter().find_map(|(item, _)| match item {
            Item::Column(c) => Some((*c, self.lexicon.least_stock(*c)?)),
            Item::Table(_) => None,
        });
        let Some((much, least)) = least else {
            self.draft.unread.push(token);
            return;
        };
        self.links.nouns[stock].concept = false;
        self.links.nouns[stock].candidates = vec![(Item::Column(much), 1.0)];
        let least = self.links.stand_for(least, token);
        let negated = self.taking_negation();
        let (left, right) = (Left::Noun(stock), Right::Noun(least));
        self.push_filter(Condition::Compare { left, op: Op::Le, right, flips: false }, negated);
        self.prep = !self.draft.select.is_empty();
    }
}
