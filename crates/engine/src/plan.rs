//! A query in the engine's own terms: columns by number, no dialect yet.

use crate::{
    calendar::{Bucket, Range},
    cues::{Agg, Op},
    draft::Like,
};
use std::collections::HashMap;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ex {
    Col(usize),
    /// `COUNT(*)` when there is no argument.
    Agg {
        agg: Agg,
        arg: Option<Box<Ex>>,
        distinct: bool,
    },
    Bucket(Bucket, usize),
    /// `price * quantity`
    Product(usize, usize),
    /// The aggregate of a group as a part of all groups', in percent.
    Share(Box<Ex>),
    /// How many of the rows meet all of these, in percent.
    Rate(Vec<Pred>),
    /// How many rows of another table refer to this row: `(referring column, referred column)`.
    Tally(usize, usize),
}

impl Ex {
    pub fn count() -> Self {
        Self::Agg { agg: Agg::Count, arg: None, distinct: false }
    }

    /// The aggregate of a column, over all its values.
    pub fn aggregate(agg: Agg, column: usize) -> Self {
        Self::Agg { agg, arg: Some(Box::new(Self::Col(column))), distinct: false }
    }

    pub fn is_aggregate(&self) -> bool {
        matches!(self, Self::Agg { .. } | Self::Share(_) | Self::Rate(_))
    }

    pub fn replace(&mut self, swap: &HashMap<usize, usize>) {
        let new = |c: &mut usize| *c = *swap.get(c).unwrap_or(c);
        match self {
            Self::Col(c) | Self::Bucket(_, c) => new(c),
            Self::Agg { arg, .. } => {
                if let Some(arg) = arg {
                    arg.replace(swap);
                }
            }
            Self::Product(a, b) => {
                new(a);
                new(b);
            }
            Self::Share(e) => e.replace(swap),
            Self::Rate(list) => list.iter_mut().for_each(|p| p.replace(swap)),
            Self::Tally(_, c) => new(c),
        }
    }

    pub fn columns(&self, out: &mut Vec<usize>) {
        match self {
            Self::Col(c) | Self::Bucket(_, c) => out.push(*c),
            Self::Agg { arg, .. } => {
                if let Some(arg) = arg {
                    arg.columns(out);
                }
            }
            Self::Product(a, b) => out.extend([*a, *b]),
            Self::Share(e) => e.columns(out),
            Self::Rate(list) => list.iter().for_each(|p| p.columns(out)),
            Self::Tally(_, c) => out.push(*c),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Lit {
    Num(f64),
    Text(String),
    Bool(bool),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Pred {
    Compare(Ex, Op, Lit),
    /// Two values of one row.
    Against(Ex, Op, Ex),
    Between(Ex, f64, f64, bool),
    Like {
        column: usize,
        text: String,
        how: Like,
        negated: bool,
    },
    Null(usize, bool),
    Time {
        column: usize,
        range: Range,
        negated: bool,
    },
    /// The column is among what the inner query gives.
    In {
        column: usize,
        query: Box<Plan>,
        negated: bool,
    },
    CompareQuery(Ex, Op, Box<Plan>),
    /// These columns together are among what the inner query gives: the extreme row of every group.
    Extreme {
        columns: Vec<usize>,
        query: Box<Plan>,
    },
    Any(Vec<Pred>),
    All(Vec<Pred>),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Plan {
    pub select: Vec<Ex>,
    /// All columns of this table instead.
    pub star: Option<usize>,
    pub distinct: bool,
    /// All tables that take part; the first is the one asked about.
    pub tables: Vec<usize>,
    /// Numbers of the join graph's edges.
    pub edges: Vec<usize>,
    pub filter: Vec<Pred>,
    pub group: Vec<Ex>,
    pub having: Vec<Pred>,
    pub order: Vec<(Ex, bool)>,
    pub limit: Option<u64>,
    /// What is joined on only to be shown may be missing.
    pub their: bool,
    /// Another query whose rows are taken together with these.
    pub set: Option<(SetOp, Box<Plan>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SetOp {
    /// Rows that both give.
    Intersect,
    /// Rows that the other does not give.
    Except,
    /// Rows that either gives.
    Union,
    /// Rows of the one, then those of the other.
    UnionAll,
}

impl Pred {
    pub fn replace(&mut self, swap: &HashMap<usize, usize>) {
        match self {
            Self::Compare(e, ..) | Self::Between(e, ..) | Self::CompareQuery(e, ..) => {
                e.replace(swap)
            }
            Self::Like { column, .. }
            | Self::Null(column, _)
            | Self::Time { column, .. }
            | Self::In { column, .. } => {
                *column = *swap.get(column).unwrap_or(column);
            }
            Self::Extreme { columns, .. } => {
                columns.iter_mut().for_each(|c| *c = *swap.get(c).unwrap_or(c));
            }
            Self::Against(a, _, b) => {
                a.replace(swap);
                b.replace(swap);
            }
            Self::Any(list) | Self::All(list) => list.iter_mut().for_each(|p| p.replace(swap)),
        }
    }

    /// Inner queries, not those within them.
    pub fn queries<'a>(&'a self, out: &mut Vec<&'a Plan>) {
        match self {
            Self::In { query, .. }
            | Self::CompareQuery(_, _, query)
            | Self::Extreme { query, .. } => out.push(query),
            Self::Any(list) | Self::All(list) => list.iter().for_each(|p| p.queries(out)),
            _ => {}
        }
    }

    /// Keys of rows that are counted beside this one.
    pub fn tallies(&self, out: &mut Vec<usize>) {
        match self {
            Self::Against(a, _, b) => {
                out.extend([a, b].into_iter().filter_map(|e| match e {
                    Ex::Tally(key, _) => Some(*key),
                    _ => None,
                }));
            }
            Self::Any(list) | Self::All(list) => list.iter().for_each(|p| p.tallies(out)),
            _ => {}
        }
    }

    pub fn columns(&self, out: &mut Vec<usize>) {
        match self {
            Self::Compare(e, ..) | Self::Between(e, ..) => e.columns(out),
            Self::CompareQuery(e, ..) => e.columns(out),
            Self::Like { column, .. }
            | Self::Null(column, _)
            | Self::Time { column, .. }
            | Self::In { column, .. } => {
                out.push(*column);
            }
            Self::Extreme { columns, .. } => out.extend(columns),
            Self::Against(a, _, b) => {
                a.columns(out);
                b.columns(out);
            }
            Self::Any(list) | Self::All(list) => list.iter().for_each(|p| p.columns(out)),
        }
    }
}
