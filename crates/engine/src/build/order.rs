//! What rows are ordered by.

use super::{Builder, State};
use crate::{cues::Agg, draft::Key, lexicon::Item, plan::Ex};

impl Builder<'_> {
    /// Revenue of something that has many rows of it.
    pub(super) fn adds_up(&self, noun: usize, subject: Option<usize>) -> bool {
        let refers = |n: usize| matches!(self.item(n), Some(Item::Column(c)) if self.lexicon.columns[c].refers_to.is_some());
        let per_reference = self.draft.select.iter().filter_map(|s| s.noun).any(refers);
        self.links.nouns[noun].concept && (self.table_of(noun) != subject || per_reference)
    }

    /// `best rated products`: of something that is rated often, the average counts.
    pub(super) fn averages(&self, noun: usize, subject: Option<usize>) -> bool {
        let info = &self.links.nouns[noun];
        info.implied
            && info.text == "rated"
            && matches!((self.table_of(noun), subject), (Some(t), Some(s)) if t != s && self.lexicon.graph.refers(t, s))
    }

    pub(super) fn order_aggregates(&self, key: &Key) -> bool {
        if let Key::Noun(n) = key
            && self.averages(*n, self.subject())
        {
            return true;
        }
        if let Key::Noun(n) | Key::Amount(n) = key
            && self.adds_up(*n, self.subject())
        {
            return true;
        }
        match key {
            Key::Agg(..) | Key::CountOf(_) => true,
            Key::Amount(n) => match self.item(*n) {
                Some(Item::Column(c)) => !self.quantity(c),
                Some(Item::Table(_)) => true,
                None => false,
            },
            Key::Noun(_) | Key::First => false,
        }
    }

    pub(super) fn order(&self, s: &mut State) {
        for order in &self.draft.order {
            let e = match &order.key {
                Key::Noun(n) | Key::Amount(n) if self.adds_up(*n, s.subject) => {
                    match self.item(*n) {
                        Some(Item::Column(c)) => {
                            let sum = self.added(c);
                            // Whoever asks for the best by revenue wants to see the revenue.
                            if !s.plan.select.contains(&sum) {
                                s.plan.select.push(sum.clone());
                            }
                            Some(sum)
                        }
                        _ => None,
                    }
                }
                Key::Noun(n) => match self.item(*n) {
                    Some(Item::Column(c)) if self.averages(*n, s.subject) => {
                        Some(Ex::aggregate(Agg::Avg, c))
                    }
                    Some(Item::Column(c)) => Some(Ex::Col(c)),
                    Some(Item::Table(t)) => self.lexicon.display(t).map(Ex::Col),
                    None => None,
                },
                Key::Agg(agg, n) => match self.item(*n) {
                    Some(Item::Column(c)) => Some(Ex::aggregate(*agg, c)),
                    Some(Item::Table(t)) => {
                        s.extra.push(t);
                        Some(Ex::count())
                    }
                    None => None,
                },
                Key::CountOf(None) => Some(Ex::count()),
                Key::Amount(n) | Key::CountOf(Some(n)) => match self.item(*n) {
                    Some(Item::Column(c)) if self.quantity(c) => Some(Ex::Col(c)),
                    Some(Item::Column(c)) => Some(Ex::Agg {
                        agg: Agg::Count,
                        arg: Some(Box::new(Ex::Col(c))),
                        distinct: true,
                    }),
                    Some(Item::Table(t)) if self.lexicon.stock_of(t).is_some() => {
                        self.lexicon.stock_of(t).map(|c| Ex::aggregate(Agg::Sum, c))
                    }
                    Some(Item::Table(t)) => {
                        s.extra.push(t);
                        Some(Ex::count())
                    }
                    None => None,
                },
                Key::First
                    if !s.plan.group.is_empty()
                        && s.plan.select.iter().any(Ex::is_aggregate)
                        && order.descending == Some(true) =>
                {
                    s.plan.select.iter().find(|e| e.is_aggregate()).cloned()
                }
                Key::First => s
                    .plan
                    .select
                    .first()
                    .cloned()
                    .or_else(|| s.subject.and_then(|t| self.lexicon.display(t)).map(Ex::Col)),
            };
            let Some(mut e) = e else {
                s.lost += 1;
                continue;
            };
            let mut descending = order.descending.unwrap_or(false);
            if order.flips
                && let Ex::Col(c) = e
                && self.counts_backwards(c)
            {
                descending = !descending;
            }
            // Ordering groups by a column means ordering by what is shown of it.
            if !s.plan.group.is_empty()
                && let Ex::Col(c) = e
                && !s.plan.group.contains(&Ex::Col(c))
            {
                let shown = s
                    .plan
                    .select
                    .iter()
                    .find(|x| matches!(x, Ex::Agg { arg: Some(a), .. } if **a == Ex::Col(c)));
                match shown {
                    Some(x) => e = x.clone(),
                    None if s.plan.select.iter().any(Ex::is_aggregate)
                        || !s.plan.having.is_empty() =>
                    {
                        s.plan.group.push(e.clone())
                    }
                    None => {}
                }
            }
            if self.draft.ranked && e.is_aggregate() && !s.plan.select.contains(&e) {
                s.plan.select.push(e.clone());
            }
            s.plan.order.push((e, descending));
        }
        s.plan.limit = self.draft.limit;
    }
}
