//! From a draft with settled names to a plan: expressions, conditions, grouping, joins.

mod check;
mod compare;
mod condition;
mod either;
mod filter;
mod group;
mod join;
mod nest;
mod order;
mod select;
mod time;

use crate::{
    draft::Draft,
    lexicon::{Item, Lexicon},
    link::Links,
    plan::Plan,
    resolve::Assignment,
};
use either::{lists, union};
pub(crate) use join::multiplied;
use select::draft_distinct;
use std::collections::HashMap;

pub(crate) struct Builder<'a> {
    pub draft: &'a Draft,
    pub links: &'a Links,
    pub lexicon: &'a Lexicon,
    pub settled: &'a Assignment,
    /// Columns that words of the question point at, for choosing among keys.
    pub mentioned: &'a HashMap<usize, f32>,
    pub today: crate::Date,
    pub style: Style,
}

/// How a statement is shaped where more than one shape says the same thing, or nearly.
#[derive(Clone, Debug, Default)]
pub(crate) struct Style {
    /// Tables that only take part are not joined unless a column of theirs is used.
    pub bare: bool,
    /// Groups are told apart by what is shown, not by the key.
    pub by_shown: bool,
    /// `A except B` instead of `not in B`.
    pub except: bool,
    /// This edge of the join graph is not taken.
    pub detour: Option<usize>,
    /// Conditions after `than the average …` are about the rows asked for.
    pub outer: bool,
    /// What a negated condition on the rows asked for would show is taken away.
    pub taken: bool,
    /// `A or B` as two queries whose rows are taken together.
    pub union: bool,
    /// The same of two tables, one after the other.
    pub lists: bool,
}

#[derive(Default)]
struct State {
    plan: Plan,
    /// Tables that must be joined though no column of theirs is used.
    extra: Vec<usize>,
    /// Tables whose rows are counted, by expression position in select (`usize::MAX`: elsewhere).
    counted: Vec<(usize, usize)>,
    subject: Option<usize>,
    /// The last condition asks for nothing beyond the join.
    satisfied: bool,
    /// The tables that only take part are in an inner query already.
    no_context: bool,
    /// A condition went into an inner query.
    narrowed: bool,
    /// Tables that a time without a column is about first.
    near: Vec<usize>,
    /// The first of each group is asked for.
    of_each: bool,
    /// Something in the question found no place.
    lost: u32,
}

/// The plan, and how many parts of the draft found no place in it.
pub(crate) fn build(builder: &Builder<'_>) -> Option<(Plan, u32)> {
    if builder.style.union {
        return union(builder);
    }
    if builder.style.lists {
        return lists(builder);
    }
    let mut s = State {
        subject: builder.subject(),
        lost: u32::from(builder.draft.dangling),
        ..State::default()
    };
    s.plan.their = builder.draft.their;
    builder.select(&mut s);
    builder.defaults(&mut s);
    builder.filters(&mut s);
    builder.group(&mut s);
    builder.order(&mut s);
    builder.first_of_each(&mut s);
    builder.nest(&mut s);
    builder.nest_commonest(&mut s);
    builder.count_groups(&mut s);
    s.plan.distinct = draft_distinct(builder.draft, &s.plan) || builder.lists_kinds(&s.plan);
    builder.require_rows(&mut s);
    builder.join(&mut s)?;
    builder.take_away(&mut s)?;
    builder.share(&mut s);
    (builder.holds(&s.plan) && builder.typed(&s.plan)).then_some((s.plan, s.lost))
}

impl Builder<'_> {
    fn item(&self, noun: usize) -> Option<Item> {
        self.settled.items.get(noun).copied().flatten()
    }

    fn table_of(&self, noun: usize) -> Option<usize> {
        self.item(noun).map(|i| self.lexicon.table_of(i))
    }

    /// The table that the question is about.
    fn subject(&self) -> Option<usize> {
        let wanted = self.draft.select.iter().filter_map(|s| s.noun);
        let plain = self
            .draft
            .select
            .iter()
            .filter(|s| s.agg.is_none() && !s.number_of)
            .filter_map(|s| s.noun);
        plain
            .chain(wanted)
            .chain(self.draft.context.iter().copied())
            .chain(self.draft.required.iter().copied())
            .chain(self.draft.group.iter().copied())
            .find_map(|n| self.table_of(n))
            .or_else(|| self.settled.tables.first().copied())
    }
}
