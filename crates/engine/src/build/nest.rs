//! Extremes, shares and groups that need a query of their own.

use super::{Builder, State};
use crate::{
    cues::{Agg, Op},
    lexicon::Item,
    plan::{Ex, Plan, Pred, SetOp},
};

impl Builder<'_> {
    /// `the most expensive product of each category`: rows that have the extreme of their group.
    pub(super) fn first_of_each(&self, s: &mut State) {
        if !std::mem::take(&mut s.of_each) {
            return;
        }
        let ([(Ex::Col(c), descending)], Some(1)) = (&s.plan.order[..], s.plan.limit) else {
            s.lost += 1;
            return;
        };
        let (c, descending) = (*c, *descending);
        let own = self.lexicon.columns[c].table;
        let (mut keys, mut shown) = (Vec::new(), Vec::new());
        for noun in &self.draft.group {
            let key = match self.item(*noun) {
                Some(Item::Column(g)) if self.lexicon.columns[g].table == own => {
                    let to = self.lexicon.columns[g].refers_to;
                    let name = to.and_then(|r| self.lexicon.display(self.lexicon.columns[r].table));
                    Some((g, name.unwrap_or(g)))
                }
                Some(Item::Table(t)) => {
                    let edge =
                        self.lexicon.graph.edges_of(own).find(|e| e.from == own && e.to == t);
                    edge.and_then(|e| e.pairs.first())
                        .map(|p| (p.0, self.lexicon.display(t).unwrap_or(p.0)))
                }
                _ => None,
            };
            let Some((key, label)) = key else {
                s.lost += 1;
                return;
            };
            keys.push(key);
            shown.push(Ex::Col(label));
        }
        let agg = if descending { Agg::Max } else { Agg::Min };
        let own_condition = |p: &&Pred| {
            let mut columns = Vec::new();
            p.columns(&mut columns);
            columns.iter().all(|c| self.lexicon.columns[*c].table == own)
        };
        let group: Vec<Ex> = keys.iter().map(|k| Ex::Col(*k)).collect();
        let mut select = group.clone();
        select.push(Ex::aggregate(agg, c));
        let query = Plan {
            select,
            tables: vec![own],
            filter: s.plan.filter.iter().filter(own_condition).cloned().collect(),
            group,
            ..Plan::default()
        };
        keys.push(c);
        s.plan.filter.push(Pred::Extreme { columns: keys, query: Box::new(query) });
        s.plan.order.clear();
        s.plan.limit = None;
        shown.retain(|e| !s.plan.select.contains(e));
        s.plan.select.splice(0..0, shown);
    }

    /// A share: each group's part of all, or the part of the rows that meet the conditions.
    pub(super) fn share(&self, s: &mut State) {
        if !self.draft.share {
            return;
        }
        let measures: Vec<usize> =
            (0..s.plan.select.len()).filter(|i| s.plan.select[*i].is_aggregate()).collect();
        let simple = s.plan.having.is_empty() && s.plan.limit.is_none() && s.plan.set.is_none();
        let ([at], true) = (&measures[..], simple) else {
            s.lost += 1;
            return;
        };
        let part = s.plan.select[*at].clone();
        let (scope, met): (Vec<Pred>, Vec<Pred>) =
            s.plan.filter.clone().into_iter().partition(|p| matches!(p, Pred::Time { .. }));
        let counts = matches!(part, Ex::Agg { agg: Agg::Count, .. });
        let nested = |p: &Pred| {
            let mut inner = Vec::new();
            p.queries(&mut inner);
            !inner.is_empty()
        };
        if !met.is_empty() && counts && s.plan.tables.len() == 1 && !met.iter().any(nested) {
            s.plan.filter = scope;
            s.plan.select[*at] = Ex::Rate(met);
        } else if !s.plan.group.is_empty() {
            let share = Ex::Share(Box::new(part.clone()));
            s.plan.select[*at] = share.clone();
            s.plan.order.iter_mut().filter(|o| o.0 == part).for_each(|o| o.0 = share.clone());
        } else {
            s.lost += 1;
        }
    }

    /// `the average age of students in the largest dorm`: the extreme is found first.
    pub(super) fn nest(&self, s: &mut State) {
        let aggregates = !s.plan.select.is_empty() && s.plan.select.iter().all(Ex::is_aggregate);
        if !aggregates || s.plan.limit != Some(1) || !s.plan.group.is_empty() {
            return;
        }
        let [(Ex::Col(c), descending)] = s.plan.order[..] else {
            return;
        };
        let agg = if descending { Agg::Max } else { Agg::Min };
        let query = Plan {
            select: vec![Ex::aggregate(agg, c)],
            tables: vec![self.lexicon.columns[c].table],
            ..Plan::default()
        };
        s.plan.filter.push(Pred::CompareQuery(Ex::Col(c), Op::Eq, Box::new(query)));
        s.plan.order.clear();
        s.plan.limit = None;
    }

    /// `customers who use the most popular method`: the method is found first.
    pub(super) fn nest_commonest(&self, s: &mut State) {
        let ([noun], [(e, descending)], Some(1)) =
            (&self.draft.hidden[..], &s.plan.order[..], s.plan.limit)
        else {
            return;
        };
        let Some(Item::Column(c)) = self.item(*noun) else {
            return;
        };
        let columns = s.plan.select.iter().all(|e| matches!(e, Ex::Col(shown) if *shown != c));
        if *e != Ex::count() || !columns || s.plan.select.is_empty() || !s.plan.having.is_empty() {
            return;
        }
        let query = Plan {
            select: vec![Ex::Col(c)],
            tables: vec![self.lexicon.columns[c].table],
            group: vec![Ex::Col(c)],
            order: vec![(Ex::count(), *descending)],
            limit: Some(1),
            ..Plan::default()
        };
        s.plan.filter.push(Pred::CompareQuery(Ex::Col(c), Op::Eq, Box::new(query)));
        s.plan.order.clear();
        s.plan.group.clear();
        s.plan.limit = None;
    }

    /// How many of the subject meet a condition on groups: the groups are counted, not listed.
    pub(super) fn count_groups(&self, s: &mut State) {
        let Some(subject) = s.subject else { return };
        let [key] = self.lexicon.tables[subject].primary_key[..] else {
            return;
        };
        let counts = matches!(&s.plan.select[..], [Ex::Agg { agg: Agg::Count, .. }]);
        if !counts || s.plan.having.is_empty() || self.grouping() || !s.plan.order.is_empty() {
            return;
        }
        let mut inner =
            State { subject: s.subject, extra: std::mem::take(&mut s.extra), ..State::default() };
        inner.plan.select = vec![Ex::Col(key)];
        inner.plan.group = vec![Ex::Col(key)];
        inner.plan.having = std::mem::take(&mut s.plan.having);
        inner.plan.filter = std::mem::take(&mut s.plan.filter);
        s.plan.group.clear();
        s.extra = vec![subject];
        if self.join(&mut inner).is_some() {
            s.no_context = true;
            s.plan.filter.push(Pred::In {
                column: key,
                query: Box::new(inner.plan),
                negated: false,
            });
        } else {
            s.lost += 1;
        }
    }

    /// Writes `not in` as EXCEPT over what is shown.
    pub(super) fn take_away(&self, s: &mut State) -> Option<()> {
        if !self.style.except {
            return Some(());
        }
        let plan = &s.plan;
        let plain = plan.set.is_none()
            && plan.star.is_none()
            && plan.limit.is_none()
            && plan.group.is_empty()
            && plan.having.is_empty()
            && plan.select.iter().all(|e| matches!(e, Ex::Col(_)));
        let at = plan.filter.iter().position(|p| matches!(p, Pred::In { negated: true, .. }))?;
        if !plain {
            return None;
        }
        let Pred::In { column, query, .. } = s.plan.filter.remove(at) else {
            return None;
        };
        let mut inner = State { subject: s.subject, no_context: true, ..State::default() };
        inner.plan.select.clone_from(&s.plan.select);
        inner.plan.filter = vec![Pred::In { column, query, negated: false }];
        self.join(&mut inner)?;
        inner.plan.distinct = false;
        s.plan.distinct = false;
        s.plan.set = Some((SetOp::Except, Box::new(inner.plan)));
        Some(())
    }

    /// `except those with at least two …`: the groups that meet the last condition are left out, and rows
    /// without any stay.
    pub(super) fn leave_out_groups(&self, s: &mut State) -> Option<()> {
        let subject = s.subject?;
        let [key] = self.lexicon.tables[subject].primary_key[..] else {
            return None;
        };
        let having = s.plan.having.pop()?;
        let mut inner = State {
            subject: s.subject,
            extra: s.extra.clone(),
            no_context: true,
            ..State::default()
        };
        inner.plan.select = vec![Ex::Col(key)];
        inner.plan.group = vec![Ex::Col(key)];
        inner.plan.having = vec![having];
        self.join(&mut inner)?;
        s.extra.retain(|t| *t == subject);
        s.extra.push(subject);
        s.no_context = true;
        s.plan.filter.push(Pred::In { column: key, query: Box::new(inner.plan), negated: true });
        Some(())
    }
}
