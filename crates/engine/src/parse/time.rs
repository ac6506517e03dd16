//! Times: ranges, and periods side by side.

use super::Parser;
use crate::{
    calendar::Time,
    cues::{Agg, Cue, Op},
    draft::{Condition, Key, NounId, Order, Sel},
    link::Seg,
};

impl Parser<'_> {
    /// `revenue 2024 and 2025`: a year beside a measure that is none.
    pub(super) fn is_one_of_years(&self, near: Option<NounId>) -> bool {
        let measured = near.is_some_and(|n| self.links.nouns[n].concept)
            || near.is_some_and(|n| self.links.nouns[n].is_table())
                && self.draft.select.iter().any(|s| s.number_of);
        let other = match self.next(self.at + 1) {
            Some((i, Seg::Cue(Cue::And | Cue::Or | Cue::Prep))) => {
                matches!(self.seg(i + 1), Some(Seg::Num(_) | Seg::Time(_)))
            }
            _ => false,
        };
        measured && other || near.is_some_and(|n| self.links.nouns[n].concept)
    }

    /// A time, beside which another one may stand already: `this month vs last month` is one row each.
    pub(super) fn push_time(&mut self, what: Condition, negated: bool) {
        let Condition::Time { range, .. } = &what else {
            return;
        };
        let measured = self.how_many
            || self.draft.select.iter().any(|s| {
                s.agg.is_some()
                    || s.number_of
                    || s.noun.is_some_and(|n| self.links.nouns[n].concept)
            });
        let apart = |a: &crate::calendar::Range| {
            matches!((a.until, range.from), (Some(x), Some(y)) if x <= y)
                || matches!((range.until, a.from), (Some(x), Some(y)) if x <= y)
        };
        let beside =
            self.draft.filters.iter().position(
                |f| matches!(&f.what, Condition::Time { range: other, .. } if apart(other)),
            );
        let bucket = range.length();
        let last = self.draft.filters.len().checked_sub(1);
        if measured && beside.is_some() && beside == last && !self.both {
            self.or = true;
            if self.draft.bucket.is_none() {
                self.draft.bucket = bucket;
            }
        }
        self.push_filter(what, negated);
    }

    pub(super) fn on_time(&mut self, time: Time) {
        match time {
            Time::Bucket(bucket) => self.draft.bucket = Some(bucket),
            Time::Range(mut range) => {
                if let Some((op, Some("time"))) = self.op {
                    // `before the start of 2010`
                    let years = range.years.take();
                    match op {
                        Op::Lt | Op::Le => {
                            range.until = range.from.take();
                            range.years = years.map(|y| (None, y.0.map(|y| y - 1)));
                            range.label = format!("before {}", range.label);
                        }
                        _ => {
                            range.from = range.until.take();
                            range.years = years.map(|y| (y.1.map(|y| y + 1), None));
                            range.label = format!("after {}", range.label);
                        }
                    }
                }
                self.open_range();
                match self.seg(self.at + 1) {
                    Some(Seg::Cue(Cue::OrMore)) => {
                        range.until = None;
                        range.years = range.years.map(|y| (y.0, None));
                    }
                    Some(Seg::Cue(Cue::OrLess)) => {
                        range.from = None;
                        range.years = range.years.map(|y| (None, y.1));
                    }
                    _ => {}
                }
                // `per day last week`: the day is no column.
                let unit = |n: &NounId| {
                    let info = &self.links.nouns[*n];
                    info.bucket.is_some() && info.column_score() < 0.9
                };
                let near = self.near_pending().filter(|n| self.names_a_time(*n) && !unit(n));
                if let Some(n) = near {
                    self.take_pending(n);
                }
                let negated = self.taking_negation();
                self.op = None;
                self.push_time(Condition::Time { noun: near, range }, negated);
            }
        }
    }

    /// `in 2005 or after`: the words that leave the range open at one end.
    pub(super) fn open_range(&mut self) {
        if self.seg(self.at + 1) != Some(&Seg::Cue(Cue::Or)) {
            return;
        }
        let Some(Seg::Cue(Cue::CmpHint(op, "time"))) = self.seg(self.at + 2).cloned() else {
            return;
        };
        let stands_alone = !matches!(
            self.next(self.at + 3),
            Some((_, Seg::Value(_) | Seg::Num(_) | Seg::Time(_) | Seg::Noun(_)))
        );
        if stands_alone {
            let more = matches!(op, Op::Gt | Op::Ge);
            self.links.segs[self.at + 1].0 = Seg::Cue(if more { Cue::OrMore } else { Cue::OrLess });
            self.links.segs[self.at + 2].0 = Seg::Cue(Cue::Ignore);
        }
    }

    /// `the month with the most orders`: rows are counted per month.
    pub(super) fn period_with_most(&mut self) {
        let counts = |o: &Order| matches!(o.key, Key::Amount(_) | Key::CountOf(_));
        let [Sel { noun: Some(n), agg: None, .. }] = self.draft.select[..] else {
            return;
        };
        let noun = &self.links.nouns[n];
        if noun.bucket.is_none()
            || noun.column_score() >= 0.9
            || self.draft.bucket.is_some()
            || !self.draft.group.is_empty()
            || !self.draft.order.iter().all(counts)
            || self.draft.order.is_empty()
        {
            return;
        }
        self.draft.bucket = noun.bucket;
        self.draft.select =
            vec![Sel { noun: None, agg: Some(Agg::Count), distinct: false, number_of: true }];
    }
}
