//! Values: what holds them, whole or in part.

use super::{Mode, Parser};
use crate::{
    cues::{Cue, Op},
    draft::{Condition, Left, Like, NounId, Right, ValueId},
    link::Seg,
};

impl Parser<'_> {
    pub(super) fn on_value(&mut self, value: ValueId) {
        if self.op == Some((Op::Eq, None))
            && matches!(self.before_number(), Some(Cue::Between))
            && let Some((i, Seg::Cue(Cue::And | Cue::Prep))) = self.next(self.at + 1)
            && let Some((i, Seg::Value(high))) = self.next(i + 1)
        {
            let (i, high) = (i, *high);
            self.between_values(value, high);
            self.at = i;
            return;
        }
        let near = self.near_pending();
        if let Some((op, hint)) = self.op.take()
            && op != Op::Eq
            && self.like.is_none()
            // `under the category "Seeds"` compares nothing.
            && (op == Op::Ne || !self.is_word(value))
        {
            let left = match near {
                Some(n) if !self.links.nouns[n].is_table() => {
                    self.take_pending(n);
                    Left::Noun(n)
                }
                _ => match hint {
                    Some(h) => Left::Noun(self.links.imply(h, self.lexicon, self.token_here())),
                    None => Left::Unknown,
                },
            };
            let negated = self.taking_negation();
            if op == Op::Ne {
                let what = Condition::Value { noun: near, near: None, value, like: None };
                self.push_filter(what, !negated);
                return;
            }
            self.push_filter(
                Condition::Compare { left, op, right: Right::Value(value), flips: false },
                negated,
            );
            return;
        }
        let mut like = self.like.take().or_else(|| self.part_of(value));
        if like.is_none()
            && matches!(self.previous(), Some(Seg::Cue(Cue::Or)))
            && let Some(Condition::Value { like: Some(before), .. }) =
                self.draft.filters.last().map(|f| &f.what)
        {
            like = Some(*before);
        }
        let following = match self.seg(self.at + 1) {
            Some(Seg::Noun(n)) => Some(*n),
            _ => None,
        };
        let near = match self.noun_after_like(like).filter(|_| {
            near.is_none_or(|n| {
                self.links.nouns[n].is_table() || self.at < self.pending.map_or(0, |p| p.1 + 2)
            })
        }) {
            Some((i, n)) => {
                self.links.segs[i].0 = Seg::Cue(Cue::Ignore);
                Some(n)
            }
            None => near,
        };
        if let Some(n) = near {
            self.take_pending(n);
        }
        // `and 'B'` after `'A'`: about the same noun.
        let noun = near.or_else(|| self.noun_of_last_value());
        let negated = if self.or || matches!(self.previous(), Some(Seg::Cue(Cue::And))) {
            std::mem::take(&mut self.negated) || self.last_negated()
        } else {
            self.taking_negation()
        };
        self.push_filter(Condition::Value { noun, near: following, value, like }, negated);
        if self.mode == Mode::Select && following.is_none() {
            self.prep = true;
        } else if following.is_some() {
            self.prep = !self.draft.select.is_empty();
        }
    }

    /// `between '2020-01-01' and '2020-06-30'`
    pub(super) fn between_values(&mut self, low: ValueId, high: ValueId) {
        let left = match self.near_pending() {
            Some(n) if !self.links.nouns[n].is_table() => {
                self.take_pending(n);
                Left::Noun(n)
            }
            _ => Left::Noun(self.links.imply("time", self.lexicon, self.token_here())),
        };
        for (op, value) in [(Op::Ge, low), (Op::Le, high)] {
            let right = Right::Value(value);
            self.push_filter(
                Condition::Compare { left: left.clone(), op, right, flips: false },
                false,
            );
        }
    }

    /// `have 'X' in their name`, `'X' as a substring`: the text is a part.
    pub(super) fn part_of(&self, value: ValueId) -> Option<Like> {
        if !self.links.values[value].quoted {
            return None;
        }
        let end = self.links.values[value].span.1;
        let word = |i: usize| self.links.tokens.get(end + i).map_or("", |t| t.lower.as_str());
        let part = word(0) == "in"
            && matches!(word(1), "it" | "its" | "their" | "part" | "his" | "her")
            || word(0) == "in" && word(1) == "the" && self.links.values[value].hits.is_empty()
            || word(0) == "as" && matches!(word(2), "substring" | "part" | "word");
        let letter = self.links.values[value].text.chars().count() == 1
            && self.links.tokens[..self.links.values[value].span.0]
                .iter()
                .rev()
                .take(2)
                .any(|t| t.is("letter") || t.is("letters"));
        (part || letter).then_some(Like::Contains)
    }

    /// `include 'X' in their address`: the column comes after.
    pub(super) fn noun_after_like(&self, like: Option<Like>) -> Option<(usize, NounId)> {
        like?;
        let (i, seg) = self.next(self.at + 1)?;
        if *seg != Seg::Cue(Cue::Prep) {
            return None;
        }
        match self.next(i + 1)? {
            (i, Seg::Noun(n)) if !self.links.nouns[*n].is_table() => Some((i, *n)),
            _ => None,
        }
    }

    /// A text of letters that some column holds: nothing is more or less than it.
    pub(super) fn is_word(&self, value: ValueId) -> bool {
        let info = &self.links.values[value];
        !info.hits.is_empty() && !info.text.contains(|c: char| c.is_ascii_digit())
    }

    pub(super) fn last_negated(&self) -> bool {
        self.draft
            .filters
            .last()
            .is_some_and(|f| f.negated && matches!(f.what, Condition::Value { .. }))
            && self.or
    }

    pub(super) fn noun_of_last_value(&self) -> Option<NounId> {
        let joined = matches!(
            self.previous(),
            Some(Seg::Cue(Cue::And | Cue::Or | Cue::But | Cue::Not) | Seg::Comma)
        );
        match &self.draft.filters.last()?.what {
            Condition::Value { noun, .. } if joined => *noun,
            _ => None,
        }
    }
}
