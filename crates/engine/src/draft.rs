//! The shape of a question before its names are settled: what is wanted, conditions, grouping, order.

use crate::{
    calendar::{Bucket, Range},
    cues::{Agg, Op},
};

/// Number of a noun in `Links::nouns`.
pub(crate) type NounId = usize;
/// Number of a value in `Links::values`.
pub(crate) type ValueId = usize;

#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub select: Vec<Sel>,
    pub group: Vec<NounId>,
    /// Of these groups, the ones that are not shown.
    pub hidden: Vec<NounId>,
    pub bucket: Option<Bucket>,
    pub filters: Vec<Filter>,
    pub order: Vec<Order>,
    pub limit: Option<u64>,
    /// Tables that take part without giving anything.
    pub context: Vec<NounId>,
    /// Verbs that name a table: they say which way to join.
    pub verbs: Vec<NounId>,
    /// Rows of these must exist.
    pub required: Vec<NounId>,
    /// `X of Y`, `Y's X`: the first belongs to the second.
    pub owned: Vec<(NounId, NounId)>,
    pub distinct: bool,
    pub everything: bool,
    /// A `not` or `never` that nothing was found for.
    pub dangling: bool,
    /// `top 5 customers by total payments`: what they are ranked by is shown.
    pub ranked: bool,
    /// A part of the whole is asked for: `share of`, `percentage of`.
    pub share: bool,
    /// `names of employees and customers`: what is wanted, of which two.
    pub lists: Option<(NounId, NounId, NounId)>,
    /// `with their stores`: those that have none are shown as well.
    pub their: bool,
    /// `mobile vs desktop`: side by side.
    pub versus: bool,
    /// The question asks for persons.
    pub who: bool,
    /// The question asks for a place.
    pub whereabouts: bool,
    /// The question asks for a date.
    pub when: bool,
    /// Tokens that the shape has no place for.
    pub unread: Vec<usize>,
}

/// Something wanted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sel {
    pub noun: Option<NounId>,
    pub agg: Option<Agg>,
    pub distinct: bool,
    /// `number of X`: a count, unless a column holds that number.
    pub number_of: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Filter {
    pub what: Condition,
    pub negated: bool,
    /// Joined to the one before by OR.
    pub or: bool,
    /// `both … and …`: each must be met, by different rows if need be.
    pub both: bool,
    /// What meets it is taken away from the answer.
    pub except: bool,
    /// Part of the negated condition before it: `not in spring 2010`.
    pub attached: bool,
    /// It narrows what the aggregate of this earlier condition is taken over.
    pub within: Option<usize>,
    /// `either A, or B and C`: belongs to the alternative before it.
    pub tight: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Compare {
        left: Left,
        op: Op,
        right: Right,
        flips: bool,
    },
    Between {
        left: Left,
        low: f64,
        high: f64,
    },
    Value {
        noun: Option<NounId>,
        near: Option<NounId>,
        value: ValueId,
        like: Option<Like>,
    },
    Time {
        noun: Option<NounId>,
        range: Range,
    },
    /// Rows of this must exist (or not, when negated).
    Exists {
        noun: NounId,
    },
    /// `active`, `open`: a column of yes and no says so.
    Flag {
        noun: NounId,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Left {
    Noun(NounId),
    Agg(Agg, NounId),
    CountOf(NounId),
    /// `more than 3 X`: X counted, or X's own number.
    Amount(NounId),
    /// `more than once`: how often there is a row.
    Rows,
    Unknown,
}

#[derive(Clone, Debug)]
pub(crate) enum Right {
    Num(f64),
    Value(ValueId),
    /// The average (or other aggregate) of the left side, or of a noun.
    Agg(Agg, Option<NounId>),
    /// Another column of the same row, or of what the row belongs to.
    Noun(NounId),
    /// `more X than Y`: how many of these there are.
    CountOf(NounId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Like {
    Contains,
    Starts,
    Ends,
}

#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub key: Key,
    pub descending: Option<bool>,
    pub flips: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Key {
    Noun(NounId),
    Agg(Agg, NounId),
    CountOf(Option<NounId>),
    /// `most X`: X counted, or X's own number.
    Amount(NounId),
    /// What is selected first.
    First,
}
