//! Grammar words: what is wanted, where a condition begins, how things are ordered.

use super::{Mode, Parser, Superlative};
use crate::{
    cues::{Agg, Cue, Op},
    draft::{Key, Like, NounId, Order, Sel},
    link::Seg,
};

impl Parser<'_> {
    pub(super) fn on_cue(&mut self, cue: Cue, token: usize) {
        match cue {
            Cue::Select => self.on_select(token),
            Cue::Who if self.starts_clause() => {
                self.draft.who = true;
                self.enter(Mode::Select);
            }
            Cue::Where if self.starts_clause() => self.draft.whereabouts = true,
            Cue::When if self.starts_clause() => self.draft.when = true,
            Cue::When => {}
            Cue::Except => {
                self.enter(Mode::Filter);
                self.negated = true;
                self.except = true;
            }
            Cue::Who | Cue::Where | Cue::Rel => {
                self.enter(Mode::Filter);
                self.relative = true;
            }
            Cue::With | Cue::Whose => {
                self.whose = self.pending.map(|p| p.0).filter(|_| cue == Cue::Whose);
                self.enter(Mode::Filter);
                self.relative = true;
                self.pending = None;
            }
            Cue::HowMany => {
                if self.mode == Mode::Filter && !self.starts_clause() {
                    self.number_of = true;
                } else {
                    self.enter(Mode::Select);
                    self.how_many = true;
                    self.number_of = true;
                }
            }
            // `phone number of`: the word belongs to the name.
            Cue::NumberOf
                if self.at > 0
                    && matches!(self.seg(self.at - 1), Some(Seg::Noun(_)))
                    && self.links.tokens[token].lemma == "number" =>
            {
                self.prep = true;
            }
            Cue::Times if self.mode == Mode::Select => {
                self.draft.select.push(Sel {
                    noun: None,
                    agg: Some(Agg::Count),
                    distinct: false,
                    number_of: true,
                });
                self.enter(Mode::Filter);
                self.relative = true;
            }
            Cue::Share => {
                self.enter(Mode::Select);
                self.draft.share = true;
                self.number_of = true;
            }
            Cue::Times => {}
            Cue::NumberOf => self.number_of = true,
            Cue::Agg(agg @ (Agg::Max | Agg::Min))
                if self.mode == Mode::Filter && self.relative && !self.compares_later() =>
            {
                self.on_superlative(Superlative::Extreme(agg == Agg::Max));
            }
            // `average order total`: the total is the measure.
            Cue::Agg(Agg::Sum)
                if self.links.tokens[token].is("total")
                    && matches!(self.previous(), Some(Seg::Noun(_)))
                    && !matches!(
                        self.next(self.at + 1),
                        Some((_, Seg::Noun(_) | Seg::Cue(Cue::NumberOf)))
                    ) =>
            {
                let noun = self.links.imply("sum", self.lexicon, token);
                let subject = self.draft.select.pop();
                let agg = self.agg.take().or(subject.as_ref().and_then(|s| s.agg));
                if let Some(owner) = subject.and_then(|s| s.noun) {
                    self.draft.owned.push((noun, owner));
                    self.draft.context.push(owner);
                }
                self.push_select(noun, agg);
            }
            Cue::Agg(agg) => self.agg = Some(agg),
            Cue::Distinct => self.distinct = true,
            Cue::Each => {
                self.flush();
                self.grouping = true;
            }
            Cue::By => self.on_by(),
            Cue::OrderBy if self.starts_clause() && self.draft.select.is_empty() => {
                self.enter(Mode::Select)
            }
            // `have been ordered by customers`: a verb.
            Cue::OrderBy
                if token > 0
                    && matches!(
                        self.links.tokens[token - 1].lower.as_str(),
                        "been" | "was" | "were" | "is" | "are" | "being"
                    ) =>
            {
                self.prep = true;
                let done = self.links.imply("ordered", self.lexicon, token);
                if !self.links.nouns[done].candidates.is_empty() {
                    self.draft.verbs.push(done);
                }
            }
            Cue::OrderBy => {
                self.enter(Mode::Order);
            }
            Cue::Asc => self.on_direction(false),
            Cue::Desc => self.on_direction(true),
            Cue::Cmp(op) => self.op = Some((op, None)),
            Cue::CmpHint(op, hint) => self.op = Some((op, Some(hint))),
            Cue::Between => self.op = Some((Op::Eq, None)),
            Cue::Not => {
                // `whose photo is not by X`: no photo by X, rather than a photo by another.
                self.loose = false;
                self.negated = true;
                if self.mode == Mode::Select {
                    self.enter(Mode::Filter);
                }
            }
            Cue::Without => {
                self.enter(Mode::Filter);
                self.negated = true;
                self.without = true;
                self.pending = None;
            }
            Cue::And => self.on_and(),
            Cue::Or => self.or = true,
            Cue::Both => self.both = true,
            Cue::But => {
                self.enter(Mode::Filter);
            }
            Cue::Prep => self.prep = true,
            Cue::Most(d) => self.on_superlative(Superlative::Most(d)),
            Cue::Super(d) => self.on_superlative(Superlative::Extreme(d)),
            Cue::SuperHint(d, hint) => self.on_superlative(Superlative::Hint(d, hint)),
            Cue::MostCommon(d) => self.on_superlative(Superlative::Common(d)),
            Cue::Top => self.on_top(true),
            Cue::Bottom => self.on_top(false),
            Cue::Contains => self.like = Some(Like::Contains),
            Cue::StartsWith => self.like = Some(Like::Starts),
            Cue::EndsWith => self.like = Some(Like::Ends),
            Cue::Everything => self.draft.everything = true,
            Cue::Named => {
                if self.mode == Mode::Select {
                    self.mode = Mode::Filter;
                }
            }
            Cue::Sort => self.on_sort(),
            Cue::Stock(op) => self.on_stock(op),
            Cue::LowStock => self.on_low_stock(token),
            Cue::Either => self.either = true,
            Cue::Be | Cue::Ignore | Cue::OrMore | Cue::OrLess | Cue::Same => {}
        }
    }

    /// `above average`: the average of what is compared.
    pub(super) fn settle_average(&mut self) {
        if let Some((op, hint)) = self.op
            && let Some(agg) = self.agg.take()
        {
            self.compare_with_aggregate(op, hint, agg, None);
        }
    }

    pub(super) fn enter(&mut self, mode: Mode) {
        self.settle_average();
        self.flush();
        self.mode = mode;
        self.entered = self.at;
        self.prep = false;
        self.relative = false;
        self.grouping = false;
    }

    pub(super) fn on_select(&mut self, token: usize) {
        let word = self.links.tokens[token].lower.clone();
        let relative = matches!(word.as_str(), "which" | "what") && !self.starts_clause();
        if relative {
            self.enter(Mode::Filter);
            self.relative = true;
            return;
        }
        let opens = self.starts_clause()
            || matches!(self.previous(), Some(Seg::Cue(Cue::Ignore | Cue::Each | Cue::Prep)))
            || matches!(word.as_str(), "what" | "which");
        if !opens {
            // `did not give`: a verb of the sentence.
            return;
        }
        self.enter(Mode::Select);
        self.pending = None;
    }

    /// `by` groups a measure; elsewhere it is a preposition.
    pub(super) fn on_by(&mut self) {
        if self.mode == Mode::Order && (self.direction.is_some() || self.draft.order.is_empty()) {
            // `ordered descending by`
            return;
        }
        let measured = self.draft.select.iter().any(|s| s.agg.is_some() || s.number_of)
            || self.draft.bucket.is_some()
            || matches!(&self.draft.select[..], [only] if only.noun.is_some_and(|n| {
                let noun = &self.links.nouns[n];
                noun.is_table() && self.at < 4 || noun.rate || noun.concept || self.measures(n) && !self.links.nouns[n].is_table()
            }));
        let after_measure =
            matches!(self.previous(), Some(Seg::Noun(n)) if self.links.nouns[*n].concept);
        let after_word = !after_measure
            && (matches!(self.previous(), Some(Seg::Word)) || self.after_participle());
        let before_noun = matches!(self.next(self.at + 1), Some((_, Seg::Noun(_))));
        if !self.draft.order.is_empty()
            && self.draft.order.last().is_some_and(|o| matches!(o.key, Key::First))
        {
            self.draft.order.pop();
            self.enter(Mode::Order);
        } else if measured && before_noun && !after_word {
            self.flush();
            self.grouping = true;
        } else {
            self.prep = true;
        }
    }

    /// `order the cities by size`: what stands before `by` is known already, or wanted.
    pub(super) fn on_sort(&mut self) {
        let rest = self.links.segs[self.at..].iter();
        let by = rest
            .take_while(|(s, _)| *s != Seg::Break)
            .position(|(s, _)| matches!(s, Seg::Cue(Cue::By)))
            .map(|i| self.at + i);
        let known = !self.draft.select.is_empty();
        self.enter(Mode::Select);
        if let Some(by) = by {
            self.links.segs[by].0 = Seg::Cue(Cue::OrderBy);
            if known {
                for i in self.at..by {
                    if matches!(self.links.segs[i].0, Seg::Noun(_) | Seg::Word) {
                        self.links.segs[i].0 = Seg::Cue(Cue::Ignore);
                    }
                }
            }
        }
    }

    pub(super) fn on_direction(&mut self, descending: bool) {
        if let Some(last) = self.draft.order.last_mut()
            && last.descending.is_none()
            && self.mode == Mode::Order
        {
            last.descending = Some(descending);
            return;
        }
        self.flush();
        // `in descending order of price`: the noun is yet to come.
        let follows = match self.next(self.at + 1) {
            Some((_, Seg::Noun(_) | Seg::Cue(Cue::NumberOf | Cue::Agg(_) | Cue::HowMany))) => true,
            Some((i, Seg::Cue(Cue::Prep | Cue::By | Cue::OrderBy))) => {
                matches!(
                    self.next(i + 1),
                    Some((
                        _,
                        Seg::Noun(_)
                            | Seg::Cue(Cue::NumberOf | Cue::Agg(_) | Cue::HowMany | Cue::Prep)
                    ))
                )
            }
            _ => false,
        };
        if self.draft.select.is_empty() && self.draft.group.is_empty() {
            // `list in alphabetical order the names`
            self.draft.order.push(Order {
                key: Key::First,
                descending: Some(descending),
                flips: false,
            });
            self.mode = Mode::Select;
            self.prep = false;
            return;
        }
        self.mode = Mode::Order;
        if follows {
            self.direction = Some(descending);
        } else {
            self.draft.order.push(Order {
                key: Key::First,
                descending: Some(descending),
                flips: false,
            });
        }
    }

    pub(super) fn on_and(&mut self) {
        self.or = false;
        if self.mode == Mode::Select {
            self.prep = false;
        }
        let (_, token) = self.links.segs[self.at];
        let side_by_side = matches!(self.links.tokens[token].lower.as_str(), "vs" | "versus")
            || self.links.tokens[token].is("compared");
        let values = matches!(self.previous(), Some(Seg::Value(_)))
            && matches!(self.next(self.at + 1), Some((_, Seg::Value(_))));
        if side_by_side && values {
            self.or = true;
            self.draft.versus = true;
        }
        let back = self.links.tokens[token..]
            .iter()
            .take(3)
            .any(|t| matches!(t.lower.as_str(), "their" | "its" | "corresponding"));
        if back && self.mode == Mode::Filter && !self.compares_later() {
            self.enter(Mode::Select);
        }
    }

    pub(super) fn on_comma(&mut self) {
        self.settle_average();
        self.flush();
        if self.grouping || !self.draft.group.is_empty() && self.draft.select.is_empty() {
            self.mode = Mode::Select;
        }
        self.grouping = false;
        if self.mode == Mode::Select {
            self.prep = false;
        }
    }

    pub(super) fn on_break(&mut self) {
        self.settle_average();
        self.flush();
        self.sentence += 1;
        let more = matches!(self.next(self.at + 1), Some((_, Seg::Cue(Cue::Select))));
        if more {
            // `Which students …? List their names.`: what was asked for first is the subject only.
            let plain: Vec<NounId> = self
                .draft
                .select
                .iter()
                .filter(|s| s.agg.is_none() && !s.number_of)
                .filter_map(|s| s.noun)
                .collect();
            let next_nouns =
                self.links.segs[self.at..].iter().any(|(s, _)| matches!(s, Seg::Noun(_)));
            if next_nouns {
                let again = self.links.segs[self.at..].iter().any(|(s, _)| {
                    matches!(s, Seg::Cue(Cue::HowMany | Cue::NumberOf | Cue::Agg(_)))
                });
                self.draft.select.retain(|s| (s.agg.is_some() || s.number_of) && !again);
                self.draft.context.extend(plain);
                self.draft.who = false;
            }
        }
        self.mode = Mode::Select;
        self.pending = None;
        self.op = None;
        self.grouping = false;
        self.prep = false;
        self.relative = false;
        self.negated = false;
    }
}
