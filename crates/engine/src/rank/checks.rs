//! Conditions and aggregates that hardly mean anything.

use super::{Amounts, Checks, Judge};
use crate::{
    cues::{Agg, Op},
    plan::{Ex, Lit, Plan, Pred},
};
use model::catalog::ValueKind;

impl<'a> Judge<'a> {
    pub(super) fn conditions(&self, plan: &Plan) -> Checks {
        let mut found = Checks::default();
        let mut outer = plan.tables.clone();
        outer.sort_unstable();
        let mut equal: Vec<usize> = Vec::new();
        for pred in plan
            .filter
            .iter()
            .flat_map(|p| if let Pred::Any(l) = p { l.iter().collect() } else { vec![p] })
        {
            let single = plan.filter.contains(pred);
            match pred {
                Pred::Compare(Ex::Col(c), op, lit) => {
                    let info = &self.lexicon.columns[*c];
                    let key = info.is_primary || info.refers_to.is_some() || info.is_keyish;
                    if matches!(lit, Lit::Num(_)) && !matches!(op, Op::Eq | Op::Ne) {
                        if key {
                            found.key_compared += 1.0;
                        }
                        if !info.kind.is_numeric() && !info.kind.is_temporal() {
                            found.text_compared += 1.0;
                        }
                    }
                    if let Lit::Text(text) = lit
                        && matches!(op, Op::Eq | Op::Ne)
                        && !self
                            .links
                            .values
                            .iter()
                            .any(|v| v.hits.iter().any(|h| h.0 == *c && h.1 == *text))
                    {
                        found.absent += 1.0;
                    }
                    if *op == Op::Eq && single {
                        if equal.contains(c) {
                            found.twice += 1.0;
                        }
                        equal.push(*c);
                        if plan.select.contains(&Ex::Col(*c)) && plan.group.is_empty() {
                            found.shows_fixed += 1.0;
                        }
                    }
                    if !self.lexicon.columns[*c].kind.is_numeric() && matches!(lit, Lit::Num(_)) {
                        found.text_compared += 0.5;
                    }
                    if !self.shows_table(plan, info.table) {
                        found.far += 1.0;
                    }
                }
                Pred::In { query, negated: true, .. } => {
                    let shared = query.tables.iter().filter(|t| outer.contains(t)).count();
                    let own = query.filter.is_empty() && query.having.is_empty();
                    if shared > 0 && own && query.tables.first().is_some_and(|t| outer.contains(t))
                    {
                        found.contradiction += 1.0;
                    }
                }
                _ => {}
            }
        }
        found
    }

    pub(super) fn shows_table(&self, plan: &Plan, table: usize) -> bool {
        let mut columns = Vec::new();
        plan.select.iter().for_each(|e| e.columns(&mut columns));
        columns.is_empty() || columns.iter().any(|c| self.lexicon.columns[*c].table == table)
    }

    pub(super) fn amounts(&self, plan: &Plan) -> Amounts {
        let mut found = Amounts::default();
        let all = plan.select.iter().chain(plan.order.iter().map(|o| &o.0));
        for e in all {
            if let Ex::Agg { agg, arg: Some(arg), .. } = e
                && let Ex::Col(c) = **arg
            {
                let info = &self.lexicon.columns[c];
                let key = info.is_primary || info.refers_to.is_some();
                let number = info.kind.is_numeric();
                match agg {
                    Agg::Sum | Agg::Avg => {
                        if key {
                            found.key_added += 1.0;
                        } else if !number {
                            found.text_added += 1.0;
                        }
                    }
                    Agg::Min | Agg::Max => {
                        if key || !number && !info.kind.is_temporal() {
                            found.text_extreme += 1.0;
                        }
                    }
                    Agg::Count => {
                        if !info.is_primary && info.refers_to.is_none() {
                            found.plain_count += 1.0;
                        }
                    }
                }
            }
        }
        if plan.limit.is_some() {
            for (e, _) in &plan.order {
                if let Ex::Col(c) = e {
                    let info = &self.lexicon.columns[*c];
                    if info.is_primary || info.refers_to.is_some() {
                        found.key_ordered += 1.0;
                    } else if matches!(info.kind, ValueKind::Text) {
                        found.text_extreme += 1.0;
                    }
                }
            }
        }
        found
    }
}
