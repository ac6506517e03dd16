//! Comparisons of two things of one row: the cost with the price, an employee's salary with the manager's, how many
//! reviews with how many orders.

use super::{Mode, Parser};
use crate::{
    cues::{self, Cue, Op},
    draft::{Condition, Left, NounId, Right},
    lexicon::Item,
    link::Seg,
};

impl Parser<'_> {
    /// Takes the noun when it is one side of a comparison of two things.
    pub(super) fn compares(&mut self, noun: NounId) -> bool {
        let Some((op, hint)) = self.op else { return false };
        if self.number_of || self.agg.is_some() || self.mode == Mode::Order {
            return false;
        }
        if self.than.is_none() && op != Op::Eq && self.before_than(noun) {
            self.than = Some(noun);
            return true;
        }
        if !self.ends_here() {
            return false;
        }
        let Some((left, right)) = self.sides(noun, hint) else { return false };
        self.than = None;
        let flips = hint.is_some_and(cues::flips_on_dates);
        self.op = None;
        if let Left::Noun(n) = left {
            self.take_pending(n);
        }
        let negated = self.taking_negation();
        self.push_filter(Condition::Compare { left, op, right, flips }, negated);
        self.pending = None;
        true
    }

    /// `more reviews than`
    fn before_than(&mut self, noun: NounId) -> bool {
        let end = self.links.nouns[noun].span.1;
        let follows = self.links.tokens.get(end).is_some_and(|t| t.is("than"));
        let other = matches!(self.next(self.at + 2), Some((_, Seg::Noun(_))));
        if !follows || !other || !matches!(self.seg(self.at + 1), Some(Seg::Word)) {
            return false;
        }
        self.links.segs[self.at + 1].0 = Seg::Cue(Cue::Ignore);
        true
    }

    /// Nothing more is said about this noun.
    fn ends_here(&self) -> bool {
        matches!(
            self.next(self.at + 1),
            None | Some((
                _,
                Seg::Break | Seg::Comma | Seg::Cue(Cue::And | Cue::Or | Cue::OrderBy | Cue::But)
            ))
        )
    }

    fn sides(&mut self, noun: NounId, hint: Option<&'static str>) -> Option<(Left, Right)> {
        let is_table = |n: NounId| self.links.nouns[n].is_table();
        let measure = |n: &NounId| !is_table(*n) && self.measures(*n);
        if let Some(first) = self.than {
            return if is_table(first) && is_table(noun) && !self.is_role(noun) {
                Some((Left::CountOf(first), Right::CountOf(noun)))
            } else if measure(&first) && measure(&noun) {
                Some((Left::Noun(first), Right::Noun(noun)))
            } else if measure(&first) && self.is_role(noun) {
                let other = self.same_of(first, noun)?;
                Some((Left::Noun(first), Right::Noun(other)))
            } else {
                None
            };
        }
        let before = self.near_pending().filter(measure);
        if self.is_role(noun) {
            let left = match (before, hint) {
                (Some(n), _) => n,
                (None, Some(h)) => self.links.imply(h, self.lexicon, self.token_here()),
                (None, None) => return None,
            };
            let other = self.same_of(left, noun)?;
            return Some((Left::Noun(left), Right::Noun(other)));
        }
        let left =
            before.filter(|_| measure(&noun) && self.links.nouns[noun].column_score() > 0.6)?;
        (left != noun).then_some((Left::Noun(left), Right::Noun(noun)))
    }

    /// `names of employees and customers`: one thing of two tables, and nothing else.
    pub(super) fn two_lists(&self) -> Option<(NounId, NounId, NounId)> {
        let [wanted, other] = &self.draft.select[..] else { return None };
        let (x, b) = (wanted.noun?, other.noun?);
        let (_, a) = *self.draft.owned.iter().find(|o| o.0 == x)?;
        let nouns = &self.links.nouns;
        let plain = [wanted, other].iter().all(|s| s.agg.is_none() && !s.number_of);
        let alone = self.draft.filters.is_empty()
            && self.draft.group.is_empty()
            && self.draft.order.is_empty()
            && self.draft.limit.is_none()
            && self.draft.verbs.is_empty()
            && self.draft.required.is_empty()
            && self.draft.context == [a];
        let between = self.links.tokens.get(nouns[a].span.1..nouns[b].span.0)?;
        let joins = |t: &crate::text::Token| {
            matches!(t.lower.as_str(), "and" | "or" | "all" | "the" | "of" | "," | "as" | "well")
        };
        let joined = between.iter().any(|t| t.is("and") || t.is("or")) && between.iter().all(joins);
        let tables = nouns[a].table_score() > 0.7 && nouns[b].table_score() > 0.7;
        (plain && alone && joined && tables && !nouns[x].is_table()).then_some((x, a, b))
    }

    /// `with their departments and stores`
    pub(super) fn after_their(&self, noun: NounId) -> bool {
        let mut start = self.links.nouns[noun].span.0;
        while start > 1
            && matches!(self.links.tokens[start - 1].lower.as_str(), "and" | ",")
            && let Some(before) = self.links.nouns.iter().find(|n| n.span.1 == start - 1)
        {
            start = before.span.0;
        }
        let own =
            |t: &crate::text::Token| matches!(t.lower.as_str(), "their" | "its" | "his" | "her");
        start > 0 && own(&self.links.tokens[start - 1])
    }

    /// The condition began with `with`.
    pub(super) fn entered_with(&self) -> bool {
        self.seg(self.entered) == Some(&Seg::Cue(Cue::With))
    }

    /// `their manager`: what a row refers to under a name of its own.
    pub(super) fn is_role(&self, noun: NounId) -> bool {
        let best = self.links.nouns[noun].candidates.first();
        best.is_some_and(|(item, _)| {
            matches!(item, Item::Table(_)) && self.lexicon.is_of_role(*item)
        })
    }

    /// The same attribute of the one whom `owner` names.
    fn same_of(&mut self, noun: NounId, owner: NounId) -> Option<NounId> {
        let Some((Item::Table(role), _)) = self.links.nouns[owner].candidates.first().copied()
        else {
            return None;
        };
        let mut other = self.links.nouns[noun].clone();
        other.implied = true;
        let played = |(item, s): &(Item, f32)| match item {
            Item::Column(c) => Some((Item::Column(self.lexicon.in_role(*c, role)?), *s)),
            Item::Table(_) => None,
        };
        other.candidates = other.candidates.iter().filter_map(played).collect();
        if other.candidates.is_empty() {
            return None;
        }
        let of = self.lexicon.tables[role].role.as_ref()?.of;
        self.links.nouns[noun]
            .candidates
            .retain(|(i, _)| matches!(i, Item::Column(c) if self.lexicon.columns[*c].table == of));
        self.links.nouns.push(other);
        Some(self.links.nouns.len() - 1)
    }
}
