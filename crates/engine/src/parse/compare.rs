//! Comparisons with numbers and with aggregates.

use super::{Mode, Parser, superlative::limit};
use crate::{
    cues::{self, Agg, Cue, Op},
    draft::{Condition, Filter, Left, NounId, Right},
    link::Seg,
};

impl Parser<'_> {
    /// `higher than the price of any …`, `than all …`: the extreme that decides.
    pub(super) fn of_all(&self, op: Op) -> Option<Agg> {
        let start = self.segs_back_to_comparison()?;
        let here = self.links.segs[self.at].1;
        let end = match self.seg(self.at + 1) {
            Some(Seg::Cue(Cue::Prep)) => (here + 5).min(self.links.tokens.len()),
            _ => here,
        };
        let words = &self.links.tokens[start..end];
        let every = words.iter().any(|t| matches!(t.lower.as_str(), "all" | "any" | "every"));
        let one = words.iter().any(|t| matches!(t.lower.as_str(), "some" | "one"));
        match op {
            Op::Gt | Op::Ge if every => Some(Agg::Max),
            Op::Lt | Op::Le if every => Some(Agg::Min),
            Op::Gt | Op::Ge if one => Some(Agg::Min),
            Op::Lt | Op::Le if one => Some(Agg::Max),
            _ => None,
        }
    }

    /// The token of the comparison that waits for its right side.
    pub(super) fn segs_back_to_comparison(&self) -> Option<usize> {
        (0..self.at).rev().take(6).find_map(|i| match self.links.segs[i] {
            (Seg::Cue(Cue::Cmp(_) | Cue::CmpHint(..)), t) => Some(t),
            _ => None,
        })
    }

    pub(super) fn push_filter(&mut self, what: Condition, negated: bool) {
        let (or, both) = (std::mem::take(&mut self.or), self.both);
        let except = negated && std::mem::take(&mut self.except);
        let attached = self.draft.filters.last().is_some_and(|f| f.negated)
            && !negated
            && !or
            && (self.last_filter..self.at).all(|i| {
                !matches!(
                    self.seg(i),
                    Some(
                        Seg::Cue(Cue::And | Cue::But | Cue::Or | Cue::Select)
                            | Seg::Comma
                            | Seg::Break
                    )
                )
            });
        let within = self.scope.filter(|_| !or && self.narrows());
        let tight = self.either
            && !or
            && matches!(self.draft.filters.last(), Some(f) if f.or)
            && self.draft.filters.len() > 1;
        self.last_filter = self.at;
        self.draft.filters.push(Filter {
            within,
            tight,
            attached,
            what,
            except,
            negated,
            or: or && !self.draft.filters.is_empty(),
            both,
        });
        self.op = None;
        self.loose = false;
        if self.mode == Mode::Select {
            // What follows `in 2024` may still be wanted, but not without `and`.
            self.prep = true;
        }
    }

    pub(super) fn taking_negation(&mut self) -> bool {
        self.without = false;
        std::mem::take(&mut self.negated)
    }

    pub(super) fn on_number(&mut self, n: f64, token: usize) {
        let next = self.next(self.at + 1).map(|(i, s)| (i, s.clone()));
        if (self.op == Some((Op::Eq, None)) && matches!(self.before_number(), Some(Cue::Between))
            || self.is_span(&next))
            && let Some((i, high)) = self.second_number()
        {
            let object = self.next_noun(i + 1).filter(|_| !self.has_left());
            let left = match object {
                Some(o) => {
                    let at = (i..self.links.segs.len())
                        .find(|j| self.seg(*j) == Some(&Seg::Noun(o)))
                        .unwrap_or(i);
                    self.flush();
                    self.at = at;
                    Left::Amount(o)
                }
                None => self.left(None),
            };
            let what = Condition::Between { left, low: n, high };
            self.at = self.at.max(i);
            let negated = self.taking_negation();
            self.push_filter(what, negated);
            return;
        }
        match &next {
            Some((
                _,
                Seg::Cue(
                    Cue::Super(_)
                    | Cue::SuperHint(..)
                    | Cue::Most(_)
                    | Cue::MostCommon(_)
                    | Cue::Top,
                ),
            )) => return,
            Some((i, Seg::Cue(c @ (Cue::OrMore | Cue::OrLess)))) => {
                self.op = Some((if *c == Cue::OrMore { Op::Ge } else { Op::Le }, None));
                let i = *i;
                self.compare_number(n, i);
                return;
            }
            _ => {}
        }
        if self.op.is_some() {
            let at = self.at;
            self.compare_number(n, at);
            return;
        }
        let word = &self.links.tokens[token];
        // `once a host city`, `in one course`: no number that a column holds.
        let one = word.is("one")
            && (!matches!(next, Some((_, Seg::Noun(_))))
                || token > 0 && self.links.tokens[token - 1].is("in"));
        if one || word.is("once") {
            return;
        }
        let joined = matches!(self.previous(), Some(Seg::Cue(Cue::Or | Cue::And) | Seg::Comma));
        if joined
            && let Some(year) = crate::calendar::year_of(&self.links.tokens[token])
            && let Some(Filter { what: Condition::Time { noun, .. }, negated, .. }) =
                self.draft.filters.last().cloned()
        {
            let range = crate::calendar::whole_year(year);
            self.push_time(Condition::Time { noun, range }, negated);
            return;
        }
        if token > 0
            && matches!(self.links.tokens[token - 1].lower.as_str(), "first" | "last")
            && matches!(next, Some((_, Seg::Noun(_))))
            && self.draft.limit.is_none()
        {
            self.draft.limit = limit(n);
            return;
        }
        let superlative_later = self.links.segs[self.at..].iter().any(|(s, _)| {
            matches!(
                s,
                Seg::Cue(Cue::Super(_) | Cue::SuperHint(..) | Cue::Most(_) | Cue::MostCommon(_))
            )
        });
        if matches!(next, Some((_, Seg::Noun(_))))
            && superlative_later
            && (1.0..1000.0).contains(&n)
            && self.draft.limit.is_none()
        {
            self.draft.limit = limit(n);
            return;
        }
        if self.mode == Mode::Select
            && self.draft.select.is_empty()
            && self.pending.is_none()
            && !self.number_of
            && matches!(next, Some((_, Seg::Noun(_))))
            && (1.0..1000.0).contains(&n)
        {
            self.draft.limit = limit(n);
            return;
        }
        self.equal_number(n, token);
    }

    /// What a comparison is about: the pending noun, the implied attribute, or what the last condition was about.
    pub(super) fn left(&mut self, hint: Option<&'static str>) -> Left {
        let near = self.near_pending();
        if let Some(noun) = near {
            let is_table = self.links.nouns[noun].is_table();
            if self.mode == Mode::Filter && std::mem::take(&mut self.pending_number) {
                return Left::CountOf(noun);
            }
            if self.mode == Mode::Filter
                && let Some(agg) = self.pending_agg.take()
            {
                return Left::Agg(agg, noun);
            }
            if hint.is_none() && self.had_between() && !self.measures(noun) {
                return Left::Rows;
            }
            let wanted = hint.is_none() || !is_table && self.measures(noun);
            if wanted
                && (self.mode == Mode::Filter || !is_table || hint.is_none())
                && !(is_table && hint.is_none() && self.measures(noun))
            {
                self.take_pending(noun);
                return Left::Noun(noun);
            }
        }
        if let Some(hint) = hint {
            return Left::Noun(self.links.imply(hint, self.lexicon, self.token_here()));
        }
        if self.last_left.is_none() {
            // `mountains higher than 5600`
            let cue = (0..self.at).rev().find_map(|i| match self.links.segs[i] {
                (Seg::Cue(Cue::Cmp(_)), t) => Some(t),
                _ => None,
            });
            let size = cue.is_some_and(|t| {
                matches!(
                    self.links.tokens[t].lower.as_str(),
                    "higher" | "larger" | "bigger" | "lower" | "smaller"
                )
            });
            if size {
                return Left::Noun(self.links.imply("extent", self.lexicon, self.token_here()));
            }
        }
        if let Some(left) = self.last_left.clone() {
            return left;
        }
        // `orders over 500`: what they came to.
        let amount = near.and_then(|n| {
            let first = self.links.nouns[n].candidates.first()?;
            crate::resolve::amount_of(self.lexicon, first.0)
        });
        match amount {
            Some(column) => Left::Noun(self.links.stand_for(column, self.token_here())),
            None => Left::Unknown,
        }
    }

    /// A context noun that became the left side of a condition no longer stands for itself.
    pub(super) fn take_pending(&mut self, noun: NounId) {
        self.loose = false;
        if !self.links.nouns[noun].is_table() {
            self.draft.context.retain(|n| *n != noun);
        }
    }

    /// Is there a noun before the comparison that it can be about?
    pub(super) fn has_left(&self) -> bool {
        self.near_pending().is_some_and(|p| {
            let filter = self.mode == Mode::Filter
                && self.pending.is_some_and(|(_, at)| at >= self.entered)
                && !self.had_between();
            filter || !self.links.nouns[p].is_table() && self.measures(p)
        })
    }

    /// `a status that has more than 3`: what follows is counted.
    pub(super) fn had_between(&self) -> bool {
        let Some((_, stood)) = self.pending else {
            return false;
        };
        (stood + 1..self.at).any(|i| {
            let (seg, token) = &self.links.segs[i];
            *seg == Seg::Cue(Cue::Rel)
                && self.links.tokens[*token..]
                    .iter()
                    .take(2)
                    .any(|t| t.lemma == "has" || t.is("have") || t.is("had") || t.is("having"))
        })
    }

    pub(super) fn compare_number(&mut self, n: f64, last: usize) {
        let Some((op, hint)) = self.op.take() else {
            return;
        };
        self.agg = None;
        let year = crate::calendar::year_of(&self.links.tokens[self.token_here()]);
        let flips = hint.is_some_and(|h| cues::flips_on_dates(h) && year.is_none());
        let object = self.next_noun(last + 1).filter(|o| {
            let info = &self.links.nouns[*o];
            info.bucket.is_none() || info.column_score() > 0.9
        });
        let has_left = self.has_left();
        let explicit = op == Op::Eq;
        let has_left = has_left
            && !(object.is_some_and(|o| self.links.nouns[o].table_score() > 0.9)
                && self.near_pending().is_some_and(|p| !self.measures(p)));
        let token = self.token_here();
        let times = matches!(self.links.tokens[token].lower.as_str(), "once" | "twice" | "thrice")
            || self.links.tokens.get(token + 1).is_some_and(|t| t.lemma == "time");
        let left = match object {
            _ if times && self.mode == Mode::Filter => {
                self.flush();
                Left::Rows
            }
            Some(object) if hint.is_none() && !has_left => {
                let at = (last + 1..self.links.segs.len())
                    .find(|i| self.seg(*i) == Some(&Seg::Noun(object)))
                    .unwrap_or(last);
                self.flush();
                let agg = (last + 1..at).find_map(|i| match self.seg(i) {
                    Some(Seg::Cue(Cue::Agg(agg))) => Some(*agg),
                    _ => None,
                });
                self.at = at;
                self.pending = Some((object, at));
                let counted = explicit && self.links.nouns[object].is_table();
                let left = match agg {
                    Some(agg) => Left::Agg(agg, object),
                    None if counted => Left::CountOf(object),
                    None => Left::Amount(object),
                };
                let negated = self.taking_negation();
                self.last_left = Some(left.clone());
                self.push_filter(
                    Condition::Compare { left, op, right: Right::Num(n), flips: false },
                    negated,
                );
                self.mode = Mode::Filter;
                return;
            }
            _ => self.left(hint),
        };
        self.at = last;
        self.last_left = Some(left.clone());
        let negated = self.taking_negation();
        self.push_filter(Condition::Compare { left, op, right: Right::Num(n), flips }, negated);
    }

    pub(super) fn compare_with_aggregate(
        &mut self,
        op: Op,
        hint: Option<&'static str>,
        agg: Agg,
        noun: Option<NounId>,
    ) {
        self.op = None;
        let left = match self.near_pending() {
            Some(p) if !self.links.nouns[p].is_table() => {
                self.take_pending(p);
                match self.pending_agg.take() {
                    Some(agg) => Left::Agg(agg, p),
                    None => Left::Noun(p),
                }
            }
            _ => match (noun, hint) {
                (Some(n), _) if self.measures(n) => Left::Noun(n),
                (_, Some(h)) => Left::Noun(self.links.imply(h, self.lexicon, self.token_here())),
                _ => Left::Unknown,
            },
        };
        let noun = noun.filter(|n| self.measures(*n));
        let flips = hint.is_some_and(cues::flips_on_dates);
        let negated = self.taking_negation();
        self.push_filter(
            Condition::Compare { left, op, right: Right::Agg(agg, noun), flips },
            negated,
        );
        self.scope = Some(self.draft.filters.len() - 1);
        if let Some(n) = noun {
            self.pending = Some((n, self.at));
        }
    }

    pub(super) fn equal_number(&mut self, n: f64, token: usize) {
        let next = self.next_noun(self.at + 1);
        let near = self.near_pending();
        let year = crate::calendar::year_of(&self.links.tokens[token]);
        let negated = self.taking_negation();
        let op = Op::Eq;
        if let Some(year) = year.filter(|_| self.is_one_of_years(near)) {
            let range = crate::calendar::whole_year(year);
            self.push_time(Condition::Time { noun: None, range }, negated);
            return;
        }
        let left = match (near, next) {
            (Some(p), _) if !self.links.nouns[p].is_table() => {
                self.take_pending(p);
                Left::Noun(p)
            }
            (_, Some(o)) if self.mode == Mode::Filter || self.prep => {
                self.flush();
                self.at += 1;
                while self.seg(self.at).is_some_and(|s| *s != Seg::Noun(o)) {
                    self.at += 1;
                }
                self.pending = Some((o, self.at));
                Left::Amount(o)
            }
            (Some(p), _) => Left::Noun(p),
            _ if year.is_some() && self.mode != Mode::Order => {
                Left::Noun(self.links.imply("time", self.lexicon, token))
            }
            _ => self.last_left.clone().unwrap_or(Left::Unknown),
        };
        self.last_left = Some(left.clone());
        self.push_filter(
            Condition::Compare { left, op, right: Right::Num(n), flips: false },
            negated,
        );
    }
}
