//! All conditions together: joined by and, by or, within what must not be there, or within an inner query.

use super::{Builder, State, check::possible};
use crate::{
    cues::{Agg, Op},
    draft::{Condition, Filter},
    lexicon::Item,
    plan::{Ex, Lit, Plan, Pred, SetOp},
};
use std::collections::HashMap;

impl Builder<'_> {
    pub(super) fn filters(&self, s: &mut State) {
        let mut built: Vec<(Pred, &Filter, usize)> = Vec::new();
        let absent = self.absent_tables();
        let mut inner: HashMap<usize, Vec<Pred>> = HashMap::new();
        let mut missing: Option<usize> = None;
        for (filter, number) in self.draft.filters.iter().zip(0..) {
            let having = s.plan.having.len();
            let either = filter.or || self.draft.filters.get(number + 1).is_some_and(|f| f.or);
            if !self.style.outer
                && let Some(within) = filter.within
                && self.narrow(filter, within, &mut built, s)
            {
                continue;
            }
            if !filter.attached {
                missing = None;
            }
            if let Condition::Exists { noun } = filter.what
                && filter.negated
            {
                missing = self.table_of(noun);
            }
            s.near = match (filter.attached, built.last()) {
                (true, Some((Pred::In { query, negated: true, .. }, ..))) => query.tables.clone(),
                (true, _) => missing.into_iter().collect(),
                _ => Vec::new(),
            };
            if let Some(pred) = self.condition(filter, s) {
                // A condition on a table that must not be there belongs to what must not be there.
                if let Some(t) = missing
                    .filter(|_| filter.attached)
                    .or_else(|| self.only_in_absent(&pred, &absent))
                    && !filter.or
                {
                    inner.entry(t).or_default().push(pred);
                } else if filter.attached
                    && let Some((Pred::In { query, negated: true, .. }, ..)) = built.last_mut()
                    && self.within(&pred, query)
                {
                    query.filter.push(pred);
                } else {
                    built.push((pred, filter, number));
                }
            } else if either && s.plan.having.len() > having {
                // One of two conditions cannot be about groups and the other about rows.
                s.lost += 1;
            } else if !std::mem::take(&mut s.satisfied)
                && s.plan.having.len() == having
                && !matches!(filter.what, Condition::Exists { .. })
            {
                s.lost += 1;
            }
        }
        for table in absent {
            match self.not_in(table, inner.remove(&table).unwrap_or_default(), s) {
                Some(pred) => s.plan.filter.push(pred),
                None => s.lost += 1,
            }
        }
        self.combine(built, s);
    }

    /// `more than the average price of toys`: the condition belongs to what the average is taken over.
    pub(super) fn narrow(
        &self,
        filter: &Filter,
        within: usize,
        built: &mut [(Pred, &Filter, usize)],
        s: &mut State,
    ) -> bool {
        let Some((Pred::CompareQuery(_, _, query), ..)) =
            built.iter_mut().find(|(_, _, n)| *n == within)
        else {
            return false;
        };
        let mut inner =
            State { subject: query.tables.first().copied(), no_context: true, ..State::default() };
        let Some(pred) = self.condition(filter, &mut inner) else {
            return false;
        };
        inner.plan = (**query).clone();
        inner.plan.filter.push(pred);
        if self.join(&mut inner).is_none() {
            return false;
        }
        inner.plan.distinct = false;
        **query = inner.plan;
        s.narrowed = true;
        true
    }

    pub(super) fn within(&self, pred: &Pred, query: &Plan) -> bool {
        let mut columns = Vec::new();
        pred.columns(&mut columns);
        columns.iter().all(|c| query.tables.contains(&self.lexicon.columns[*c].table))
    }

    pub(super) fn absent_tables(&self) -> Vec<usize> {
        let mut found = Vec::new();
        for filter in &self.draft.filters {
            if let Condition::Exists { noun } = filter.what
                && filter.negated
                && let Some(t) = self.table_of(noun)
                && (matches!(self.item(noun), Some(Item::Table(_))) || Some(t) != self.subject())
                && !self.is_key_of_subject(t)
                && !found.contains(&t)
            {
                found.push(t);
            }
        }
        found
    }

    /// A role that the key of the rows asked about leads to: an empty key says that there is none.
    fn is_key_of_subject(&self, table: usize) -> bool {
        let role = self.lexicon.tables[table].role.as_ref();
        role.is_some_and(|r| Some(self.lexicon.columns[r.key].table) == self.subject())
    }

    pub(super) fn only_in_absent(&self, pred: &Pred, absent: &[usize]) -> Option<usize> {
        let mut columns = Vec::new();
        pred.columns(&mut columns);
        let first = self.lexicon.columns[*columns.first()?].table;
        (absent.contains(&first) && !matches!(pred, Pred::In { .. })).then_some(first)
    }

    /// Joins conditions by AND and OR; two different values of one column need two queries.
    pub(super) fn combine(&self, built: Vec<(Pred, &Filter, usize)>, s: &mut State) {
        let mut list: Vec<Pred> = Vec::new();
        let mut twice: Vec<(usize, Pred)> = Vec::new();
        for (pred, filter, _) in built {
            if filter.tight
                && let Some(Pred::Any(any)) = list.last_mut()
                && let Some(last) = any.pop()
            {
                any.push(match last {
                    Pred::All(mut all) => {
                        all.push(pred);
                        Pred::All(all)
                    }
                    last => Pred::All(vec![last, pred]),
                });
                continue;
            }
            // `Anna Smith or Bob Jones`, `fall 2009 or spring 2010`: what is said again begins the other alternative.
            if !filter.or
                && let Some(Pred::Any(any)) = list.last_mut()
                && let [Pred::All(first), .., Pred::All(other)] = &mut any[..]
                && other.iter().all(|p| about(p) != about(&pred))
                && about(&pred).is_some()
                && first.iter().any(|p| about(p) == about(&pred))
            {
                other.push(pred);
                continue;
            }
            if filter.or
                && about(&pred).is_some()
                && let Some(i) = list.iter().position(|p| about(p) == about(&pred))
                && i + 1 < list.len()
                && list[i..].iter().all(|p| about(p).is_some())
            {
                let first = list.split_off(i);
                list.push(Pred::Any(vec![Pred::All(first), Pred::All(vec![pred])]));
                continue;
            }
            if filter.or
                && let Some(last) = list.last_mut()
            {
                if let Pred::Any(any) = last {
                    any.push(pred);
                } else {
                    let first = std::mem::replace(last, Pred::Any(Vec::new()));
                    *last = Pred::Any(vec![first, pred]);
                }
                continue;
            }
            if let Pred::Compare(Ex::Col(c), Op::Eq, _) = &pred
                && let Some(i) = list
                    .iter()
                    .position(|p| matches!(p, Pred::Compare(Ex::Col(d), Op::Eq, _) if d == c))
                && list[i] != pred
            {
                if filter.both
                    || self.many(s.subject, self.lexicon.columns[*c].table)
                    || !self.identifies(s)
                {
                    twice.push((i, pred));
                } else {
                    let first = list[i].clone();
                    list[i] = Pred::Any(vec![first, pred]);
                }
                continue;
            }
            if filter.both
                && let Pred::Compare(Ex::Col(c), op, Lit::Num(_)) = &pred
                && let Some(i) = list.iter().position(|p| {
                    matches!(p, Pred::Compare(Ex::Col(d), o, Lit::Num(_)) if d == c && (*o == op.flipped() || matches!((o, op.flipped()), (Op::Gt, Op::Ge) | (Op::Ge, Op::Gt) | (Op::Lt, Op::Le) | (Op::Le, Op::Lt))))
                })
            {
                twice.push((i, pred));
                continue;
            }
            // `in 1960 and in 1961`: no row is in both.
            if let Some(i) = list.iter().position(|p| !possible(&[p.clone(), pred.clone()])) {
                if filter.both || !self.identifies(s) {
                    twice.push((i, pred));
                } else {
                    let first = list[i].clone();
                    list[i] = Pred::Any(vec![first, pred]);
                }
                continue;
            }
            let pred = self.taken_away(pred, filter, s);
            if !list.contains(&pred) {
                list.push(pred);
            }
        }
        s.plan.filter.extend(list.clone());
        if !twice.is_empty() {
            let mut other = list;
            twice.into_iter().for_each(|(i, second)| other[i] = second);
            let other = Plan { filter: other, ..Plan::default() };
            s.plan.set = Some((SetOp::Intersect, Box::new(other)));
        }
    }

    /// `cities except those with …`: the cities of such rows are taken away, not only the rows.
    pub(super) fn taken_away(&self, pred: Pred, filter: &Filter, s: &State) -> Pred {
        let [Ex::Col(shown)] = s.plan.select[..] else {
            return pred;
        };
        let mut columns = Vec::new();
        pred.columns(&mut columns);
        let table = self.lexicon.columns[shown].table;
        let own = columns.iter().all(|c| self.lexicon.columns[*c].table == table);
        if !(filter.except || self.style.taken)
            || !filter.negated
            || !own
            || self.identifies(s)
            || matches!(pred, Pred::In { .. })
        {
            return pred;
        }
        let positive = match pred {
            Pred::Compare(e, op, lit) => Pred::Compare(e, op.negated(), lit),
            Pred::Like { column, text, how, .. } => {
                Pred::Like { column, text, how, negated: false }
            }
            Pred::Time { column, range, .. } => Pred::Time { column, range, negated: false },
            Pred::Between(e, a, b, _) => Pred::Between(e, a, b, false),
            other => return other,
        };
        let query = Plan {
            select: vec![Ex::Col(shown)],
            tables: vec![table],
            filter: vec![positive],
            ..Plan::default()
        };
        Pred::In { column: shown, query: Box::new(query), negated: true }
    }

    /// `the average score of customers who have a loan`: each customer counts once, however many loans.
    pub(super) fn require_rows(&self, s: &mut State) {
        let mut columns = Vec::new();
        let measures = !s.plan.select.is_empty()
            && s.plan
                .select
                .iter()
                .all(|e| matches!(e, Ex::Agg { agg, arg: Some(_), .. } if *agg != Agg::Count));
        s.plan.select.iter().for_each(|e| e.columns(&mut columns));
        let Some(own) = columns.first().map(|c| self.lexicon.columns[*c].table) else {
            return;
        };
        let one = columns.iter().all(|c| self.lexicon.columns[*c].table == own);
        if !measures || !one || !s.plan.group.is_empty() || !s.plan.having.is_empty() {
            return;
        }
        let mut used = Vec::new();
        s.plan.filter.iter().for_each(|p| p.columns(&mut used));
        let absent = self.absent_tables();
        let done = self.draft.required.iter().chain(&self.draft.verbs);
        for noun in done {
            let Some(Item::Table(t)) = self.item(*noun) else {
                continue;
            };
            let inner = s
                .plan
                .filter
                .iter()
                .any(|p| matches!(p, Pred::In { query, .. } if query.tables.contains(&t)));
            let touched = used.iter().any(|c| self.lexicon.columns[*c].table == t);
            if t == own || touched || inner || absent.contains(&t) || !self.many(Some(own), t) {
                continue;
            }
            let subject = s.subject.replace(own);
            if let Some(Pred::In { column, query, .. }) = self.not_in(t, Vec::new(), s) {
                s.plan.filter.push(Pred::In { column, query, negated: false });
                s.no_context = true;
            }
            s.subject = subject;
        }
    }

    /// Does what is selected tell one row from another?
    pub(super) fn identifies(&self, s: &State) -> bool {
        s.plan.select.iter().any(|e| match e {
            Ex::Col(c) => {
                let info = &self.lexicon.columns[*c];
                info.is_primary || self.lexicon.tables[info.table].label == Some(*c)
            }
            _ => true,
        })
    }
}

/// The column that a plain condition is about.
fn about(pred: &Pred) -> Option<usize> {
    match pred {
        Pred::Compare(Ex::Col(c), Op::Eq, _) | Pred::Like { column: c, negated: false, .. } => {
            Some(*c)
        }
        Pred::Time { column, negated: false, .. } => Some(*column),
        _ => None,
    }
}
