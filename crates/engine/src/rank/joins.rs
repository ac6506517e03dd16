//! What the joins of a statement do to its rows.

use super::Judge;
use crate::{
    cues::Agg,
    plan::{Ex, Plan},
    resolve::Assignment,
};

impl<'a> Judge<'a> {
    /// Sums and averages over rows that the join repeats.
    pub(super) fn fan_out(&self, plan: &Plan) -> usize {
        let added = plan.select.iter().chain(plan.order.iter().map(|o| &o.0)).filter_map(|e| {
            let Ex::Agg { agg: Agg::Sum | Agg::Avg, arg: Some(arg), .. } = e else { return None };
            let mut columns = Vec::new();
            arg.columns(&mut columns);
            columns.first().map(|c| self.lexicon.columns[*c].table)
        });
        added.filter(|t| crate::build::multiplied(self.lexicon, *t, plan)).count()
    }

    /// Tables that nobody named and that two others refer to: what their rows have in common says little.
    pub(super) fn shared(&self, plan: &Plan, settled: &Assignment) -> usize {
        let own = plan.tables.iter().filter(|t| {
            let referring =
                plan.edges.iter().filter(|e| self.lexicon.graph.edges[**e].to == **t).count();
            referring > 1 && !settled.tables.contains(t)
        });
        let inner: usize = inner_queries(plan).map(|p| self.shared(p, settled)).sum();
        own.count() + inner
    }

    /// Groups of one row each.
    pub(super) fn idle_group(&self, plan: &Plan) -> bool {
        plan.group.iter().any(|e| match e {
            Ex::Col(c) => {
                let info = &self.lexicon.columns[*c];
                info.is_primary
                    && self.lexicon.tables[info.table].primary_key.len() == 1
                    && !plan.edges.iter().any(|e| self.lexicon.graph.edges[*e].to == info.table)
            }
            _ => false,
        })
    }

    /// Tables that refer to two or more of the others: rows of a relation.
    pub(super) fn hubs(&self, plan: &Plan) -> usize {
        plan.tables
            .iter()
            .filter(|t| {
                plan.edges.iter().filter(|e| self.lexicon.graph.edges[**e].from == **t).count() > 1
            })
            .count()
    }
}

pub(super) fn inner_queries(plan: &Plan) -> impl Iterator<Item = &Plan> {
    let mut inner = Vec::new();
    plan.filter.iter().chain(&plan.having).for_each(|p| p.queries(&mut inner));
    inner.into_iter()
}

/// Joins within inner queries.
pub(super) fn inner_joins(plan: &Plan) -> usize {
    inner_queries(plan).map(|p| p.tables.len().saturating_sub(1) + inner_joins(p)).sum()
}
