//! Could this statement mean anything? Only numbers are added up, a text is never compared with a number.

use super::Builder;
use crate::{
    calendar::Range,
    cues::Agg,
    plan::{Ex, Lit, Plan, Pred},
};
use model::{catalog::ValueKind, dialect::Dialect};

impl Builder<'_> {
    /// Does every query have the tables of the columns it uses?
    pub(super) fn holds(&self, plan: &Plan) -> bool {
        let mut columns = Vec::new();
        plan.select.iter().chain(&plan.group).for_each(|e| e.columns(&mut columns));
        plan.order.iter().for_each(|(e, _)| e.columns(&mut columns));
        let mut inner = Vec::new();
        for pred in plan.filter.iter().chain(&plan.having) {
            pred.columns(&mut columns);
            pred.queries(&mut inner);
        }
        inner.extend(plan.set.iter().map(|(_, p)| &**p));
        columns.iter().all(|c| plan.tables.contains(&self.lexicon.columns[*c].table))
            && inner.into_iter().all(|p| self.holds(p))
    }

    /// Are only numbers added up, and is every value compared with a column that can hold it?
    pub(super) fn typed(&self, plan: &Plan) -> bool {
        let adds = |e: &Ex| match e {
            Ex::Agg { agg: Agg::Sum | Agg::Avg, arg: Some(arg), .. } => {
                !matches!(**arg, Ex::Col(c) if !self.can_add(c))
            }
            _ => true,
        };
        let conditions = || plan.filter.iter().chain(&plan.having);
        let mut inner = Vec::new();
        conditions().for_each(|p| p.queries(&mut inner));
        inner.extend(plan.set.iter().map(|(_, p)| &**p));
        plan.select.iter().chain(plan.order.iter().map(|o| &o.0)).all(adds)
            && possible(&plan.filter)
            && conditions().all(|p| self.comparable(p))
            && inner.into_iter().all(|p| self.typed(p))
    }

    /// A number; SQLite also keeps numbers in columns of text, which then are named like one.
    pub(super) fn can_add(&self, c: usize) -> bool {
        match self.lexicon.columns[c].kind {
            k if k.is_numeric() => true,
            ValueKind::Other => true,
            ValueKind::Text => self.lexicon.dialect == Dialect::Sqlite && self.quantity(c),
            _ => false,
        }
    }

    pub(super) fn comparable(&self, pred: &Pred) -> bool {
        match pred {
            Pred::Any(list) | Pred::All(list) => list.iter().all(|p| self.comparable(p)),
            Pred::Compare(Ex::Col(c), _, lit) => self.can_hold(*c, lit),
            Pred::Compare(Ex::Agg { agg: Agg::Sum | Agg::Avg, arg: Some(arg), .. }, ..) => {
                !matches!(**arg, Ex::Col(c) if !self.can_add(c))
            }
            Pred::Like { column, .. } if self.lexicon.dialect == Dialect::Postgres => {
                let kind = self.lexicon.columns[*column].kind;
                !kind.is_numeric() && !kind.is_temporal()
            }
            _ => true,
        }
    }

    pub(super) fn can_hold(&self, c: usize, lit: &Lit) -> bool {
        let kind = self.lexicon.columns[c].kind;
        let strict = self.lexicon.dialect == Dialect::Postgres;
        match lit {
            Lit::Text(text) => {
                let known = || {
                    let hit = |h: &(usize, String, f32)| h.0 == c && h.1 == *text;
                    self.links.values.iter().any(|v| v.hits.iter().any(hit))
                };
                if kind.is_numeric() {
                    text.trim().parse::<f64>().is_ok() || known()
                } else if kind.is_temporal() {
                    text.chars().any(|c| c.is_ascii_digit()) || known()
                } else {
                    kind != ValueKind::Boolean || !strict && known()
                }
            }
            Lit::Num(_) => !strict || !matches!(kind, ValueKind::Text | ValueKind::Enum),
            Lit::Bool(_) => true,
        }
    }
}

/// Can a row meet all of these? Two periods that do not meet are for two statements.
pub(super) fn possible(filter: &[Pred]) -> bool {
    let times: Vec<(usize, &Range)> = filter
        .iter()
        .filter_map(|p| match p {
            Pred::Time { column, range, negated: false } => Some((*column, range)),
            _ => None,
        })
        .collect();
    let apart = |a: &Range, b: &Range| matches!((a.until, b.from), (Some(x), Some(y)) if x <= y);
    times.iter().enumerate().all(|(i, (c, a))| {
        times[i + 1..].iter().all(|(d, b)| c != d || !apart(a, b) && !apart(b, a))
    })
}
