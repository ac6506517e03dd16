//! Conditions on rows, one at a time.

use super::{Builder, State};
use crate::{
    cues::Op,
    draft::{Condition, Filter},
    lexicon::Item,
    plan::{Ex, Lit, Plan, Pred},
};
use model::catalog::ValueKind;

impl Builder<'_> {
    pub(super) fn condition(&self, filter: &Filter, s: &mut State) -> Option<Pred> {
        match &filter.what {
            Condition::Compare { left, op, right, flips } => {
                let pred = self.comparison(left, *op, right, *flips, s);
                if !filter.negated {
                    return pred;
                }
                match pred {
                    Some(Pred::Compare(Ex::Col(c), op, lit)) => {
                        Some(self.negatable(c, true, s, |negated| {
                            Pred::Compare(
                                Ex::Col(c),
                                if negated { op.negated() } else { op },
                                lit.clone(),
                            )
                        }))
                    }
                    Some(Pred::Time { column, range, .. }) => {
                        Some(Pred::Time { column, range, negated: true })
                    }
                    Some(Pred::CompareQuery(e, op, query)) => {
                        Some(Pred::CompareQuery(e, op.negated(), query))
                    }
                    Some(Pred::In { column, query, negated }) => {
                        Some(Pred::In { column, query, negated: !negated })
                    }
                    Some(Pred::Against(a, op, b)) => Some(Pred::Against(a, op.negated(), b)),
                    None if filter.except && self.leave_out_groups(s).is_some() => {
                        s.satisfied = true;
                        None
                    }
                    None => {
                        if let Some(Pred::Compare(_, op, _)) = s.plan.having.last_mut() {
                            *op = op.negated();
                        }
                        None
                    }
                    other => other,
                }
            }
            Condition::Between { left, low, high } => {
                let e = self.left(left, s)?;
                if e.is_aggregate() {
                    s.plan.having.push(Pred::Between(e, *low, *high, filter.negated));
                    return None;
                }
                Some(Pred::Between(e, *low, *high, filter.negated))
            }
            Condition::Value { value, like, .. } => {
                let (column, text) = self.settled.values.get(*value)?.clone()?;
                if let Some(how) = like {
                    return Some(self.negatable(column, filter.negated, s, |negated| Pred::Like {
                        column,
                        text: text.clone(),
                        how: *how,
                        negated,
                    }));
                }
                let lit = self.literal(column, &text);
                Some(self.negatable(column, filter.negated, s, |negated| {
                    Pred::Compare(
                        Ex::Col(column),
                        if negated { Op::Ne } else { Op::Eq },
                        lit.clone(),
                    )
                }))
            }
            Condition::Time { noun, range } => {
                let column = match noun.and_then(|n| self.item(n)) {
                    Some(Item::Column(c)) => c,
                    Some(Item::Table(t)) => self.time_column(&[t])?,
                    None => self.time_for(s, range)?,
                };
                Some(Pred::Time { column, range: range.clone(), negated: filter.negated })
            }
            Condition::Flag { noun } => match self.item(*noun)? {
                Item::Column(c)
                    if self.lexicon.columns[c].kind == ValueKind::Boolean
                        && self.describes(*noun, self.lexicon.columns[c].table, s) =>
                {
                    Some(Pred::Compare(Ex::Col(c), Op::Eq, Lit::Bool(!filter.negated)))
                }
                _ => None,
            },
            Condition::Exists { noun } if filter.negated && self.lacking(*noun, s).is_some() => {
                // `customers without a phone`: the column is empty.
                self.lacking(*noun, s).map(|c| Pred::Null(c, false))
            }
            Condition::Exists { noun } => {
                if !filter.negated {
                    s.extra.extend(self.table_of(*noun));
                }
                None
            }
        }
    }

    /// `active customers` says something about customers, not about those who served them.
    pub(super) fn describes(&self, noun: usize, table: usize, s: &State) -> bool {
        match self.draft.owned.iter().find(|o| o.0 == noun) {
            Some((_, of)) => self.table_of(*of) == Some(table),
            None => {
                s.subject == Some(table) || self.settled.items.contains(&Some(Item::Table(table)))
            }
        }
    }

    /// A column of the subject itself that a condition says is missing.
    pub(super) fn lacking(&self, noun: usize, s: &State) -> Option<usize> {
        match self.item(noun)? {
            // Nobody lacks what they are.
            Item::Column(c)
                if Some(self.lexicon.columns[c].table) == s.subject
                    && !matches!(self.links.nouns[noun].candidates.first(),
                        Some((Item::Table(t), score)) if Some(*t) == s.subject && *score > 0.97) =>
            {
                Some(c)
            }
            // `employees without a manager`
            Item::Table(t) => {
                let key = self.lexicon.tables[t].role.as_ref()?.key;
                (Some(self.lexicon.columns[key].table) == s.subject).then_some(key)
            }
            _ => None,
        }
    }

    pub(super) fn literal(&self, column: usize, text: &str) -> Lit {
        match self.lexicon.columns[column].kind {
            k if k.is_numeric() => {
                text.parse().map_or_else(|_| Lit::Text(text.to_owned()), Lit::Num)
            }
            ValueKind::Boolean => match text.to_lowercase().as_str() {
                "true" | "yes" | "t" | "1" => Lit::Bool(true),
                "false" | "no" | "f" | "0" => Lit::Bool(false),
                _ => Lit::Text(text.to_owned()),
            },
            _ => Lit::Text(text.to_owned()),
        }
    }

    /// A negated condition on rows of which the subject has many: none of them may meet it.
    pub(super) fn negatable(
        &self,
        column: usize,
        negated: bool,
        s: &State,
        make: impl Fn(bool) -> Pred,
    ) -> Pred {
        let table = self.lexicon.columns[column].table;
        if negated
            && self.many(self.entity(s), table)
            && let Some(pred) = self.not_in(table, vec![make(false)], s)
        {
            return pred;
        }
        make(negated)
    }

    /// What the wanted things belong to, when the question says so; else the table asked about.
    pub(super) fn entity(&self, s: &State) -> Option<usize> {
        let first =
            self.draft.select.iter().find(|x| x.agg.is_none() && !x.number_of).and_then(|x| x.noun);
        let owner = first.and_then(|n| self.draft.owned.iter().find(|o| o.0 == n)).map(|o| o.1);
        match owner.and_then(|o| self.item(o)) {
            Some(Item::Table(t)) if s.subject.is_some_and(|s| self.lexicon.graph.refers(t, s)) => {
                Some(t)
            }
            _ => s.subject,
        }
    }

    /// `subject.key NOT IN (SELECT … )` over the rows of `table` that meet `conditions`.
    pub(super) fn not_in(&self, table: usize, conditions: Vec<Pred>, s: &State) -> Option<Pred> {
        let subject = self.entity(s)?;
        if subject == table {
            let [Ex::Col(shown)] = s.plan.select[..] else {
                return None;
            };
            let query = Plan {
                select: vec![Ex::Col(shown)],
                tables: vec![table],
                filter: conditions,
                ..Plan::default()
            };
            let useful = !query.filter.is_empty() && self.lexicon.columns[shown].table == table;
            return useful.then(|| Pred::In {
                column: shown,
                query: Box::new(query),
                negated: true,
            });
        }
        let (path, _) = self.path(subject, table)?;
        let edge = &self.lexicon.graph.edges[*path.first()?];
        let (mine, theirs) = *edge.pairs.first()?;
        let (outer, inner) = if edge.from == subject { (mine, theirs) } else { (theirs, mine) };
        let mut edges = path;
        edges.remove(0);
        let start = self.lexicon.columns[inner].table;
        let mut tables = vec![start];
        for number in &edges {
            let edge = &self.lexicon.graph.edges[*number];
            for t in [edge.from, edge.to] {
                if !tables.contains(&t) {
                    tables.push(t);
                }
            }
        }
        // The last step is needed only when something is said about it.
        if conditions.is_empty() && tables.len() > 1 && self.lexicon.graph.refers(start, table) {
            tables.truncate(1);
            edges.clear();
        }
        let query = Plan {
            select: vec![Ex::Col(inner)],
            tables,
            edges,
            filter: conditions,
            ..Plan::default()
        };
        Some(Pred::In { column: outer, query: Box::new(query), negated: true })
    }
}
