//! Where a name goes: wanted, grouped by, ordered by, or what a condition is about.

use super::{Mode, Parser};
use crate::{
    calendar::Time,
    cues::{Agg, Cue},
    draft::{Condition, Filter, Key, NounId, Order, Sel},
    link::Seg,
};

impl Parser<'_> {
    pub(super) fn on_noun(&mut self, noun: NounId) {
        if self.is_another_value(noun) {
            let info = &self.links.nouns[noun];
            self.links.values.push(crate::link::Value {
                span: info.span,
                text: info.text.clone(),
                hits: info.hits.clone(),
                quoted: false,
            });
            self.on_value(self.links.values.len() - 1);
            return;
        }
        if let Some(kind) = self.superlative.take() {
            self.settle_superlative(kind, noun);
            self.prep = false;
            return;
        }
        if let Some((op, hint)) = self.op
            && let Some(agg) = self.agg.take()
        {
            self.number_of = false;
            self.compare_with_aggregate(op, hint, agg, Some(noun));
            return;
        }
        if let Some((op, hint)) = self.op
            && self.measures(noun)
            && self.draft.filters.len() < 8
            && let Some(agg) = self.of_all(op)
        {
            self.compare_with_aggregate(op, hint, agg, Some(noun));
            return;
        }
        if self.compares(noun) {
            return;
        }
        if self.grouping {
            self.group_by(noun);
            return;
        }
        if self.mode == Mode::Order {
            self.order_by(noun);
            return;
        }
        self.place(noun);
    }

    pub(super) fn group_by(&mut self, noun: NounId) {
        let next_is_noun = matches!(self.seg(self.at + 1), Some(Seg::Noun(_)));
        let modifies =
            self.links.nouns[noun].possessive || next_is_noun && self.links.nouns[noun].is_table();
        if modifies {
            self.draft.context.push(noun);
            return;
        }
        if let Some(bucket) = self.links.nouns[noun].bucket
            && self.links.nouns[noun].column_score() < 0.9
        {
            self.draft.bucket = Some(bucket);
        } else {
            self.draft.group.push(noun);
        }
        self.pending = Some((noun, self.at));
        self.loose = false;
        self.distinct = false;
        // `each city and state`
        self.grouping = matches!(self.next(self.at + 1), Some((i, Seg::Cue(Cue::And)))
            if matches!(self.next(i + 1), Some((_, Seg::Noun(_)))) && self.draft.select.iter().any(|s| s.agg.is_some() || s.number_of));
    }

    pub(super) fn order_by(&mut self, noun: NounId) {
        let next_is_noun = matches!(self.seg(self.at + 1), Some(Seg::Noun(_)));
        if (self.links.nouns[noun].possessive || next_is_noun) && self.links.nouns[noun].is_table()
        {
            self.draft.context.push(noun);
            return;
        }
        if self.prep && !self.draft.order.is_empty() && self.links.nouns[noun].is_table() {
            self.draft.context.push(noun);
            return;
        }
        let key = match self.agg.take() {
            Some(agg) => Key::Agg(agg, noun),
            None if std::mem::take(&mut self.number_of) => Key::Amount(noun),
            None => Key::Noun(noun),
        };
        let descending = self.direction.take();
        self.draft.order.push(Order { key, descending, flips: false });
        self.prep = false;
    }

    /// A noun without special pending grammar.
    pub(super) fn place(&mut self, noun: NounId) {
        let info = &self.links.nouns[noun];
        let next_is_noun = matches!(self.seg(self.at + 1), Some(Seg::Noun(_)));
        let possessive = info.possessive;
        let modifies = self.modifies(noun);
        if self.mode == Mode::Select
            && !self.draft.select.is_empty()
            && self.agg.is_none()
            && !self.number_of
            && matches!(
                self.seg(self.at + 1),
                Some(
                    Seg::Cue(Cue::Cmp(_) | Cue::CmpHint(..) | Cue::Between)
                        | Seg::Num(_)
                        | Seg::Time(Time::Range(_))
                )
            )
            && self.measures(noun)
        {
            // `rooms cost more than 120`
            self.enter(Mode::Filter);
        }
        if self.is_flag(noun) {
            let (prep, negated) = (self.prep, self.taking_negation());
            if let Some(Seg::Noun(of)) = self.seg(self.at + 1) {
                self.draft.owned.push((noun, *of));
            }
            self.push_filter(Condition::Flag { noun }, negated);
            self.prep = prep;
            return;
        }
        let text_follows = matches!(self.next(self.at + 1), Some((_, Seg::Value(_))));
        if self.is_verb(noun)
            && !(self.followed_by_comparison() && self.measures(noun) && !text_follows)
            && (self.mode == Mode::Filter || !self.draft.select.is_empty())
        {
            self.draft.verbs.push(noun);
            return;
        }
        if next_is_noun && modifies && !possessive && self.names_itself(noun) {
            // `director names`: the column already holds names.
            self.skip_noun();
        } else if modifies {
            self.owner = Some(noun);
            self.draft.context.push(noun);
            if self.mode == Mode::Select && possessive {
                self.prep = false;
            }
            return;
        }
        match self.mode {
            Mode::Select | Mode::Order => {
                let wanted = self.agg.is_some()
                    || self.number_of
                    || !self.prep
                    || self.draft.select.is_empty() && !self.draft.who && !self.asks_later();
                if wanted {
                    let agg = self.agg.take();
                    self.push_select(noun, agg);
                } else if self.replaces_name(noun) {
                    self.set_pending(noun);
                } else {
                    for sel in &self.draft.select {
                        if let Some(n) = sel.noun
                            && !self.draft.owned.iter().any(|o| o.0 == n)
                        {
                            self.draft.owned.push((n, noun));
                        }
                    }
                    self.draft.context.push(noun);
                    self.pending = Some((noun, self.at));
                    self.loose = false;
                }
            }
            Mode::Filter => {
                if self.without && !self.followed_by_comparison() {
                    if matches!(self.next(self.at + 1), Some((_, Seg::Noun(_)))) {
                        // `did not teach any courses`: the verb is not what is missing.
                        self.draft.verbs.push(noun);
                    } else {
                        self.exists(noun);
                    }
                    return;
                }
                let noun = match self.whose.take() {
                    Some(w) if self.is_name(noun) && !self.links.nouns[w].is_table() => w,
                    Some(w) => {
                        self.draft.owned.push((noun, w));
                        noun
                    }
                    None => noun,
                };
                self.flush();
                self.own(noun);
                self.pending_number = std::mem::take(&mut self.number_of);
                self.pending_agg = self.agg.take();
                self.set_pending(noun);
                self.loose = true;
            }
        }
    }

    pub(super) fn own(&mut self, noun: NounId) {
        if let Some(owner) = self.owner.take() {
            self.draft.owned.push((noun, owner));
        }
    }

    pub(super) fn set_pending(&mut self, noun: NounId) {
        self.pending = Some((noun, self.at));
        self.loose = false;
        if self.mode != Mode::Filter {
            self.pending_number = false;
            self.pending_agg = None;
        }
    }

    pub(super) fn push_select(&mut self, noun: NounId, agg: Option<Agg>) {
        let number_of = std::mem::take(&mut self.number_of);
        let sel =
            Sel { noun: Some(noun), agg, distinct: std::mem::take(&mut self.distinct), number_of };
        if sel.distinct && !number_of && agg.is_none() {
            self.draft.distinct = true;
        }
        self.how_many = false;
        self.own(noun);
        let mut sel = sel;
        if sel.agg.is_none()
            && !sel.number_of
            && self.joined_to_last()
            && self.draft.select.last().is_some_and(|s| s.number_of && s.distinct)
        {
            // `the number of different cities and countries`
            sel.number_of = true;
            sel.distinct = true;
        }
        if sel.agg.is_none()
            && !sel.number_of
            && self.joined_to_last()
            && self.measures(noun)
            && !self.links.nouns[noun].is_table()
        {
            // `the average age and weight`
            sel.agg = self.draft.select.last().and_then(|s| s.agg).filter(|a| *a != Agg::Count);
        }
        if !self.draft.select.contains(&sel) {
            self.draft.select.push(sel);
        }
        // `the maximum and minimum budget`
        self.set_pending(noun);
        self.prep = false;
        self.earlier_aggregates(noun);
    }

    /// `the maximum and minimum budget`: aggregates named before without a noun of their own.
    pub(super) fn earlier_aggregates(&mut self, noun: NounId) {
        let mut found = Vec::new();
        let mut at = self.at;
        let mut joined = false;
        while at > 0 {
            at -= 1;
            match self.seg(at) {
                Some(Seg::Cue(Cue::Agg(a))) => {
                    if joined {
                        found.push(*a);
                    }
                }
                Some(Seg::Cue(Cue::Super(d) | Cue::SuperHint(d, _))) => {
                    if joined {
                        found.push(if *d { Agg::Max } else { Agg::Min });
                    }
                }
                Some(Seg::Cue(Cue::And) | Seg::Comma) => joined = true,
                Some(Seg::Cue(Cue::Ignore | Cue::Prep | Cue::NumberOf)) => {}
                _ => break,
            }
        }
        for agg in found {
            let sel = Sel { noun: Some(noun), agg: Some(agg), distinct: false, number_of: false };
            let before = self.draft.select.len() - 1;
            if !self.draft.select.contains(&sel) {
                self.draft.select.insert(before, sel);
            }
        }
    }

    /// A pending noun of a condition that nothing was said about: its rows must exist.
    pub(super) fn flush(&mut self) {
        if self.mode == Mode::Filter
            && self.loose
            && let Some((noun, _)) = self.pending
        {
            if self.pending_number || self.pending_agg.is_some() {
                // `with the number of orders`: wanted, not a condition.
                let sel = Sel {
                    noun: Some(noun),
                    agg: self.pending_agg.take(),
                    distinct: false,
                    number_of: std::mem::take(&mut self.pending_number),
                };
                self.draft.select.push(sel);
            } else if !self.negated
                && self.entered_with()
                && (self.is_role(noun) || self.after_their(noun))
            {
                // `messages with sender and receiver`: shown, each once.
                self.draft.their = true;
                let sel = Sel { noun: Some(noun), agg: None, distinct: false, number_of: false };
                self.draft.select.push(sel);
            } else if self.negated {
                self.exists(noun);
            } else if !self.within_absence() {
                self.draft.required.push(noun);
            }
        }
        self.loose = false;
    }

    /// `not assigned to any project`: what is named after what is missing is no more there than that.
    pub(super) fn within_absence(&self) -> bool {
        let missing = matches!(
            self.draft.filters.last(),
            Some(Filter { what: Condition::Exists { .. }, negated: true, .. })
        );
        missing && self.narrows()
    }

    pub(super) fn exists(&mut self, noun: NounId) {
        let negated = std::mem::take(&mut self.negated);
        self.without = false;
        self.push_filter(Condition::Exists { noun }, negated);
        self.pending = Some((noun, self.at));
        self.loose = false;
    }
}
