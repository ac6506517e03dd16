//! Which tables are joined, along which keys, and what the join repeats.

use super::{Builder, State};
use crate::{
    cues::Agg,
    graph::Edge,
    lexicon::{Item, Lexicon},
    plan::{Ex, Plan, Pred, SetOp},
};
use std::collections::HashMap;

impl Builder<'_> {
    /// Can one row of `from` meet several rows of `to`?
    pub(super) fn many(&self, from: Option<usize>, to: usize) -> bool {
        let Some(from) = from.filter(|f| *f != to) else {
            return false;
        };
        self.path(from, to).is_some_and(|(_, many)| many)
    }

    /// Edge numbers from one table to another, and whether rows multiply on the way.
    pub(super) fn path(&self, from: usize, to: usize) -> Option<(Vec<usize>, bool)> {
        let path = self.lexicon.graph.tree(&[from, to], &|e| self.price(e))?;
        let mut at = from;
        let mut many = false;
        for number in &path {
            let edge = &self.lexicon.graph.edges[*number];
            if edge.from == at {
                at = edge.to;
            } else {
                many |= !is_unique(self.lexicon, edge);
                at = edge.from;
            }
        }
        Some((path, many))
    }

    pub(super) fn price(&self, edge: &Edge) -> f32 {
        let said = edge
            .pairs
            .iter()
            .filter_map(|(c, _)| self.mentioned.get(c))
            .fold(0.0_f32, |a, b| a.max(*b));
        let among = [edge.from, edge.to].iter().filter(|t| self.settled.tables.contains(t)).count();
        #[allow(clippy::cast_precision_loss)]
        let known = 0.1 * among as f32;
        let barred = self.style.detour.is_some_and(|d| {
            self.lexicon.graph.edges.get(d).is_some_and(|e| std::ptr::eq(e, edge))
        });
        // `customers who ordered`: the way leads through what they did.
        let done = self
            .draft
            .verbs
            .iter()
            .chain(&self.draft.required)
            .any(|n| self.table_of(*n).is_some_and(|t| edge.from == t || edge.to == t));
        let way = if done { 0.6 } else { 0.0 };
        // Never below zero: a shortest path would go round for ever.
        (edge.cost - 0.3 * said - known - way).max(0.05) + if barred { 50.0 } else { 0.0 }
    }

    pub(super) fn join(&self, s: &mut State) -> Option<()> {
        let mut columns = Vec::new();
        let plan = &s.plan;
        plan.select.iter().chain(&plan.group).for_each(|e| e.columns(&mut columns));
        plan.order.iter().for_each(|(e, _)| e.columns(&mut columns));
        plan.filter.iter().chain(&plan.having).for_each(|p| p.columns(&mut columns));
        let mut tables: Vec<usize> = Vec::new();
        let mut add = |t: usize| {
            if !tables.contains(&t) {
                tables.push(t);
            }
        };
        if let Some(subject) = s.subject.filter(|t| {
            columns.iter().any(|c| self.lexicon.columns[*c].table == *t) || s.extra.contains(t)
        }) {
            add(subject);
        }
        columns.iter().for_each(|c| add(self.lexicon.columns[*c].table));
        s.extra.iter().for_each(|t| add(*t));
        if tables.is_empty() {
            tables.extend(s.subject);
        }
        let mut absent = self.absent_tables();
        for pred in &s.plan.filter {
            if let Pred::In { query, negated: true, .. } = pred {
                absent.extend(&query.tables);
            }
        }
        let bare = s.no_context || self.style.bare;
        for noun in self.draft.required.iter().filter(|_| !bare) {
            if let Some(t) =
                self.table_of(*noun).filter(|t| !absent.contains(t) && !tables.contains(t))
            {
                tables.push(t);
            }
        }
        for noun in self.draft.context.iter().filter(|_| !bare) {
            if let Some(t) = self.table_of(*noun)
                && !tables.contains(&t)
                && !absent.contains(&t)
                && matches!(self.item(*noun), Some(Item::Table(_)))
                && tables.iter().any(|o| self.lexicon.graph.distance(*o, t) < 3.4)
            {
                tables.push(t);
            }
        }
        if let [only] = tables[..] {
            // The verb is the only relation: `rooms that were reserved`.
            let verbs = self.draft.verbs.iter().filter_map(|n| match self.item(*n) {
                Some(Item::Table(t)) => Some(t),
                _ => None,
            });
            let near = |t: &usize| {
                *t != only && !absent.contains(t) && self.lexicon.graph.distance(only, *t) < 1.5
            };
            tables.extend(verbs.filter(near).take(1).filter(|_| !bare));
        }
        if tables.is_empty() {
            return None;
        }
        let edges = self.lexicon.graph.tree(&tables, &|e| self.price(e))?;
        for number in &edges {
            let edge = &self.lexicon.graph.edges[*number];
            for t in [edge.from, edge.to] {
                if !tables.contains(&t) {
                    tables.push(t);
                }
            }
        }
        s.plan.tables = tables;
        s.plan.edges = edges;
        self.prune(s);
        self.count_once(s);
        self.show_once(s);
        self.whole_rows_once(s);
        if let Some((op, mut other)) = s.plan.set.take() {
            let filter = std::mem::take(&mut other.filter);
            *other = Plan { filter, set: None, order: vec![], limit: None, ..s.plan.clone() };
            s.plan.set = Some((op, other));
        }
        self.persons_by_key(s);
        Some(())
    }

    /// Drops tables at the rim of the join that give nothing but the key that points at them.
    pub(super) fn prune(&self, s: &mut State) {
        while let Some((table, number)) = self.prunable(s) {
            let edge = &self.lexicon.graph.edges[number];
            let swap: HashMap<usize, usize> =
                edge.pairs.iter().map(|(from, to)| (*to, *from)).collect();
            let plan = &mut s.plan;
            plan.select.iter_mut().chain(&mut plan.group).for_each(|e| e.replace(&swap));
            plan.order.iter_mut().for_each(|(e, _)| e.replace(&swap));
            plan.filter.iter_mut().chain(&mut plan.having).for_each(|p| p.replace(&swap));
            if let Some((_, other)) = &mut plan.set {
                other.filter.iter_mut().for_each(|p| p.replace(&swap));
            }
            plan.tables.retain(|t| *t != table);
            plan.edges.retain(|e| *e != number);
            for (position, counted) in &mut s.counted {
                if *counted == table {
                    // Its rows are now told apart by the key that pointed at them.
                    *counted = edge.from;
                    if let [(from, _)] = edge.pairs[..]
                        && plan.group.is_empty()
                        && let Some(e) = plan.select.get_mut(*position)
                        && *e == Ex::count()
                    {
                        *e = Ex::Agg {
                            agg: Agg::Count,
                            arg: Some(Box::new(Ex::Col(from))),
                            distinct: true,
                        };
                    }
                }
            }
            if s.subject == Some(table) {
                s.subject = Some(edge.from);
            }
        }
    }

    pub(super) fn prunable(&self, s: &State) -> Option<(usize, usize)> {
        let plan = &s.plan;
        if plan.tables.len() < 2 || plan.star.is_some() {
            return None;
        }
        let mut used = Vec::new();
        plan.select.iter().chain(&plan.group).for_each(|e| e.columns(&mut used));
        plan.order.iter().for_each(|(e, _)| e.columns(&mut used));
        plan.filter.iter().chain(&plan.having).for_each(|p| p.columns(&mut used));
        plan.set.iter().for_each(|(_, o)| o.filter.iter().for_each(|p| p.columns(&mut used)));
        plan.tables.iter().find_map(|table| {
            let mut touching = plan.edges.iter().filter(|e| {
                let e = &self.lexicon.graph.edges[**e];
                e.from == *table || e.to == *table
            });
            let (number, more) = (touching.next()?, touching.next());
            let edge = &self.lexicon.graph.edges[*number];
            let spare = used
                .iter()
                .filter(|c| self.lexicon.columns[**c].table == *table)
                .all(|c| edge.pairs.iter().any(|(_, to)| to == c));
            (more.is_none() && edge.to == *table && edge.from != *table && spare)
                .then_some((*table, *number))
        })
    }

    /// Counting rows that a join multiplies counts each key once.
    pub(super) fn count_once(&self, s: &mut State) {
        for (position, table) in s.counted.clone() {
            if !multiplied(self.lexicon, table, &s.plan) {
                continue;
            }
            if let [key] = self.lexicon.tables[table].primary_key[..]
                && let Some(e) = s.plan.select.get_mut(position)
                && *e == Ex::count()
            {
                *e = Ex::Agg { agg: Agg::Count, arg: Some(Box::new(Ex::Col(key))), distinct: true };
            }
        }
    }

    /// A list of things shows each once, though a join repeats it.
    pub(super) fn show_once(&self, s: &mut State) {
        let plan = &mut s.plan;
        if !plan.group.is_empty() || plan.select.iter().any(Ex::is_aggregate) || plan.set.is_some()
        {
            plan.distinct &= plan.group.is_empty();
            return;
        }
        let shown = plan.select.iter().filter_map(|e| {
            if let Ex::Col(c) = e { Some(self.lexicon.columns[*c].table) } else { None }
        });
        let mut tables: Vec<usize> = shown.chain(plan.star).collect();
        tables.dedup();
        let repeated =
            plan.tables.len() > 1 && tables.iter().all(|t| multiplied(self.lexicon, *t, plan));
        let ordered = plan.order.iter().all(|(e, _)| plan.select.contains(e));
        plan.distinct = (plan.distinct || repeated) && ordered;
    }

    /// Persons who meet both of two conditions: two who are called the same are not one who meets both.
    fn persons_by_key(&self, s: &mut State) {
        let Some((SetOp::Intersect, other)) = &s.plan.set else { return };
        let mut shown = Vec::new();
        s.plan.select.iter().for_each(|e| e.columns(&mut shown));
        let Some(table) = shown.first().map(|c| self.lexicon.columns[*c].table) else { return };
        let info = &self.lexicon.tables[table];
        let [key] = info.primary_key[..] else { return };
        let plain = s.plan.select.iter().all(|e| matches!(e, Ex::Col(_)))
            && shown.iter().all(|c| self.lexicon.columns[*c].table == table)
            && s.plan.having.is_empty()
            && other.having.is_empty()
            && s.plan.order.is_empty();
        let person = info.label_rest.is_some() && !shown.contains(&key);
        if !plain || !person {
            return;
        }
        let side = |plan: &Plan| Pred::In {
            column: key,
            query: Box::new(Plan {
                select: vec![Ex::Col(key)],
                distinct: false,
                set: None,
                group: vec![],
                ..plan.clone()
            }),
            negated: false,
        };
        let filter = vec![side(&s.plan), side(other)];
        let select = std::mem::take(&mut s.plan.select);
        s.plan = Plan { select, tables: vec![table], filter, ..Plan::default() };
        s.subject = Some(table);
    }

    /// Whole rows that a join repeats: those with the key that the join gives, as not every kind of value can be
    /// told apart.
    pub(super) fn whole_rows_once(&self, s: &mut State) {
        let Some(table) = s.plan.star.filter(|_| s.plan.distinct) else {
            return;
        };
        s.plan.distinct = false;
        let own = |e: &Ex| matches!(e, Ex::Col(c) if self.lexicon.columns[*c].table == table);
        let [key] = self.lexicon.tables[table].primary_key[..] else {
            return;
        };
        if s.plan.tables.len() < 2 || !s.plan.order.iter().all(|(e, _)| own(e)) {
            return;
        }
        let query = Plan {
            select: vec![Ex::Col(key)],
            tables: std::mem::replace(&mut s.plan.tables, vec![table]),
            edges: std::mem::take(&mut s.plan.edges),
            filter: std::mem::take(&mut s.plan.filter),
            ..Plan::default()
        };
        s.plan.filter = vec![Pred::In { column: key, query: Box::new(query), negated: false }];
    }
}

/// Does the join of the plan repeat rows of `table`?
pub(crate) fn multiplied(lexicon: &Lexicon, table: usize, plan: &Plan) -> bool {
    let mut reached = vec![table];
    let mut grew = true;
    while grew {
        grew = false;
        for number in &plan.edges {
            let edge = &lexicon.graph.edges[*number];
            if reached.contains(&edge.to) && !reached.contains(&edge.from) {
                if !is_unique(lexicon, edge) {
                    return true;
                }
                reached.push(edge.from);
                grew = true;
            } else if reached.contains(&edge.from) && !reached.contains(&edge.to) {
                reached.push(edge.to);
                grew = true;
            }
        }
    }
    false
}

/// A key that is the whole primary key of the referring table: one to one.
pub(super) fn is_unique(lexicon: &Lexicon, edge: &Edge) -> bool {
    let key = &lexicon.tables[edge.from].primary_key;
    key.len() == edge.pairs.len() && edge.pairs.iter().all(|(c, _)| key.contains(c))
}
