//! The most, the oldest, the top five: what is extreme, and how many of them.

use super::{FEW, Mode, Parser, Superlative};
use crate::{
    cues::{self, Agg, Cue},
    draft::{Key, NounId, Order},
    lexicon::Item,
    link::Seg,
};

impl Parser<'_> {
    pub(super) fn on_top(&mut self, descending: bool) {
        if let Some((i, Seg::Num(n))) = self.next(self.at + 1) {
            self.draft.limit = limit(*n);
            self.at = i;
        } else {
            self.draft.limit = Some(1);
        }
        // `top 3 most common`, `top 5 products by price`
        let rest = &self.links.segs[self.at..];
        let explicit = rest.iter().any(|(s, _)| {
            matches!(
                s,
                Seg::Cue(
                    Cue::Most(_)
                        | Cue::Super(_)
                        | Cue::SuperHint(..)
                        | Cue::MostCommon(_)
                        | Cue::OrderBy
                )
            )
        });
        if explicit {
            return;
        }
        let after = self.links.segs.get(self.at + 1).map(|s| self.links.tokens[s.1].lower.clone());
        if let Some((high, hint)) = after.as_deref().and_then(adjective) {
            self.links.segs[self.at + 1].0 = Seg::Cue(Cue::Ignore);
            self.on_hint(high == descending, hint);
            return;
        }
        let by = self.links.segs[self.at..]
            .iter()
            .position(|(s, t)| matches!(s, Seg::Cue(Cue::By)) || self.links.tokens[*t].is("terms"));
        if let Some(by) = by {
            self.links.segs[self.at + by].0 = Seg::Cue(Cue::OrderBy);
            self.direction = Some(descending);
            self.draft.ranked = true;
        } else if let Some(noun) = self.next_noun(self.at + 1).filter(|n| self.earns(*n)) {
            // `top customers`: by what they brought.
            let key = Key::Noun(self.links.imply("revenue", self.lexicon, self.token_here()));
            if self.draft.limit == Some(1) && self.is_plural(noun) {
                self.draft.limit = Some(FEW);
            }
            self.draft.ranked = true;
            self.push_superlative(Order { key, descending: Some(descending), flips: false });
        } else {
            self.superlative = Some(Superlative::Extreme(descending));
            self.relative = true;
        }
    }

    /// Rows that are no amounts themselves, where some column says what was sold.
    pub(super) fn earns(&self, noun: NounId) -> bool {
        let info = &self.links.nouns[noun];
        let Some((item @ Item::Table(_), _)) = info.candidates.first() else {
            return false;
        };
        info.is_table()
            && crate::resolve::amount_of(self.lexicon, *item).is_none()
            && crate::link::sells(self.lexicon)
            && !matches!(self.next(self.at + 2), Some((_, Seg::Cue(Cue::With))))
    }

    pub(super) fn on_superlative(&mut self, kind: Superlative) {
        if self.draft.limit.is_none()
            && let Some(Seg::Num(n)) = self.previous().cloned()
        {
            self.draft.limit = limit(n);
        } else if let Some((i, Seg::Num(n))) = self.next(self.at + 1)
            && matches!(self.next(i + 1), Some((_, Seg::Noun(_) | Seg::Word)))
        {
            self.draft.limit = limit(*n);
            self.at = i;
        }
        let ends = matches!(
            self.next(self.at + 1),
            None | Some((_, Seg::Break | Seg::Comma | Seg::Cue(Cue::And | Cue::Prep | Cue::Rel)))
        );
        match kind {
            Superlative::Hint(descending, _)
            | Superlative::Extreme(descending)
            | Superlative::Most(descending)
                if ends
                    && self.mode == Mode::Filter
                    && (!matches!(kind, Superlative::Most(_))
                        || self.near_pending().is_some_and(|n| self.measures(n)))
                    && self.near_pending().is_some_and(|n| {
                        !self.links.nouns[n].is_table() || self.pending_number
                    }) =>
            {
                // `whose price is the lowest`
                let Some(noun) = self.near_pending() else {
                    return;
                };
                self.take_pending(noun);
                self.number_of = std::mem::take(&mut self.pending_number);
                self.agg = self.pending_agg.take();
                self.relative = true;
                self.settle_superlative(Superlative::Extreme(descending), noun);
            }
            // `the average and oldest age`
            Superlative::Hint(descending, _) | Superlative::Extreme(descending)
                if self.mode == Mode::Select
                    && self.agg.is_some()
                    && matches!(self.previous(), Some(Seg::Cue(Cue::And)))
                    && matches!(self.next(self.at + 1), Some((_, Seg::Noun(_)))) =>
            {
                self.agg = Some(if descending { Agg::Max } else { Agg::Min });
            }
            Superlative::Hint(descending, hint) => self.on_hint(descending, hint),
            Superlative::Common(descending)
                if !matches!(self.next(self.at + 1), Some((_, Seg::Noun(_)))) =>
            {
                let key = Key::CountOf(None);
                self.push_superlative(Order { key, descending: Some(descending), flips: false });
            }
            _ => self.superlative = Some(kind),
        }
    }

    pub(super) fn on_hint(&mut self, descending: bool, hint: &'static str) {
        let next = self.next_noun(self.at + 1);
        let column = next.filter(|n| {
            let noun = &self.links.nouns[*n];
            noun.column_score() > noun.table_score() + 0.05
        });
        if let Some(noun) = column.filter(|n| self.measures(*n)) {
            // `the earliest date`: the noun itself is what is extreme.
            // `the fastest delivery` took the least time.
            let best = self.links.nouns[noun].candidates.first();
            let took = matches!(best, Some((Item::Column(c), _)) if self.lexicon.columns[*c].derived.is_some());
            self.superlative = Some(Superlative::Extreme(descending != (took && hint == "speed")));
            return;
        }
        let implied = self.links.imply(hint, self.lexicon, self.token_here());
        if let Some(noun) = next.filter(|n| self.links.nouns[*n].is_table()) {
            self.draft.owned.push((implied, noun));
        }
        if hint == "rated" {
            self.draft.ranked = true;
        }
        let order = Order {
            key: Key::Noun(implied),
            descending: Some(descending),
            flips: cues::flips_on_dates(hint),
        };
        let many = next.is_some_and(|n| self.is_plural(n));
        if hint == "sold" && many && self.draft.limit.is_none() {
            // `best selling products`: all of them in that order.
            self.draft.order.push(order);
            return;
        }
        // `latest orders`: a few of them.
        let follows = next.is_some_and(|n| {
            self.seg(self.at + 1) == Some(&Seg::Noun(n)) && self.links.nouns[n].is_table()
        });
        if many && follows && self.draft.select.is_empty() && self.draft.limit.is_none() {
            self.draft.limit = Some(FEW);
        }
        self.push_superlative(order);
    }

    pub(super) fn push_superlative(&mut self, order: Order) {
        self.draft.limit.get_or_insert(1);
        if !self.draft.order.iter().any(|o| o.key == order.key) {
            self.draft.order.push(order);
        }
    }

    pub(super) fn settle_superlative(&mut self, kind: Superlative, noun: NounId) {
        // `the most common company type`
        let table_only = self.links.nouns[noun].is_table()
            || self.links.nouns[noun].table_score() > 0.5
                && matches!(self.seg(self.at + 1), Some(Seg::Noun(_)));
        if self.modifies(noun) && self.at + 1 < self.links.segs.len() && table_only {
            self.owner = Some(noun);
            self.draft.context.push(noun);
            self.superlative = Some(kind);
            return;
        }
        let agg = self.agg.take();
        let number_of = std::mem::take(&mut self.number_of);
        match kind {
            Superlative::Most(descending) => {
                let key = match agg {
                    Some(agg) => Key::Agg(agg, noun),
                    None if number_of => Key::CountOf(Some(noun)),
                    None => Key::Amount(noun),
                };
                self.push_superlative(Order { key, descending: Some(descending), flips: false });
                self.set_pending(noun);
            }
            Superlative::Common(descending) => {
                let key = Key::CountOf(None);
                self.push_superlative(Order { key, descending: Some(descending), flips: false });
                if self.mode == Mode::Select {
                    self.push_select(noun, None);
                } else {
                    self.set_pending(noun);
                }
                if !self.draft.group.contains(&noun) {
                    self.draft.group.push(noun);
                    if self.mode == Mode::Filter {
                        self.draft.hidden.push(noun);
                    }
                }
            }
            Superlative::Extreme(descending) | Superlative::Hint(descending, _) => {
                // `products with the lowest stock`
                let kept = match self.links.nouns[noun].candidates.first() {
                    Some((Item::Table(t), _)) => self.lexicon.stock_of(*t).is_some(),
                    _ => false,
                };
                if kept && self.relative {
                    let order = Order {
                        key: Key::Amount(noun),
                        descending: Some(descending),
                        flips: false,
                    };
                    self.push_superlative(order);
                    return;
                }
                if table_only && agg.is_none() && !number_of {
                    let implied = self.links.imply("extent", self.lexicon, self.token_here());
                    self.draft.owned.push((implied, noun));
                    self.push_superlative(Order {
                        key: Key::Noun(implied),
                        descending: Some(descending),
                        flips: false,
                    });
                    self.place(noun);
                    return;
                }
                let wanted = self.mode == Mode::Select
                    && !self.relative
                    && agg.is_none()
                    && !number_of
                    && self.draft.limit.is_none()
                    && (self.draft.select.is_empty()
                        || !self.prep
                        || self.draft.select.iter().all(|s| s.agg.is_some()));
                if wanted {
                    self.push_select(noun, Some(if descending { Agg::Max } else { Agg::Min }));
                    return;
                }
                let key = match agg {
                    Some(agg) => Key::Agg(agg, noun),
                    None if number_of => Key::Amount(noun),
                    None => Key::Noun(noun),
                };
                self.push_superlative(Order { key, descending: Some(descending), flips: false });
                self.set_pending(noun);
            }
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(super) fn limit(n: f64) -> Option<u64> {
    (n >= 1.0 && n.fract() == 0.0 && n < 1e9).then_some(n as u64)
}

/// `top 3 expensive X`: which attribute, and whether it is high.
pub(super) fn adjective(word: &str) -> Option<(bool, &'static str)> {
    Some(match word {
        "expensive" | "costly" => (true, "price"),
        "cheap" => (false, "price"),
        "old" => (true, "age"),
        "young" => (false, "age"),
        "recent" | "new" => (true, "time"),
        "large" | "big" => (true, "size"),
        "small" => (false, "size"),
        "long" => (true, "length"),
        "short" => (false, "length"),
        "tall" | "high" => (true, "height"),
        "heavy" => (true, "weight"),
        "fast" => (true, "speed"),
        "rated" => (true, "quality"),
        "paid" => (true, "money"),
        _ => return None,
    })
}
