//! WITH: the names that it gives, and queries that read themselves.

use super::{
    Resolver,
    scope::{Column, CteEntry, Ctes, Scope, Shape},
};
use crate::{
    ast::{Cte, Limit, Query, With},
    fault::{Checked, Fault},
};
use std::collections::{HashMap, HashSet};

impl Resolver<'_> {
    /// Which names a WITH gives. Servers differ in what a body may see; where one of them would
    /// read another table than the rest, the statement is refused.
    pub(super) fn with(
        &mut self,
        with: &mut With,
        outer: Option<&Scope<'_>>,
        ctes: Ctes<'_>,
    ) -> Checked<Vec<CteEntry>> {
        let mut entries: Vec<CteEntry> = Vec::new();
        let names: Vec<_> = with.ctes.iter().map(|cte| self.facts.fold(&cte.name.value)).collect();
        let sees_itself = with.recursive || self.facts.flavour.is_sqlite();
        let mut later: HashMap<&str, usize> = HashMap::new();
        for (n, name) in names.iter().enumerate() {
            if later.insert(name, n).is_some() {
                let cte = &with.ctes[n].name;
                let reason = format!("The WITH name '{}' is given twice.", cte.value);
                return Err(Fault::new("ambiguous", reason, cte.span));
            }
        }
        for (n, cte) in with.ctes.iter_mut().enumerate() {
            let used = if sees_itself { self.bare_tables(&cte.query) } else { HashSet::new() };
            if let Some(early) =
                used.iter().find(|name| later.get(name.as_str()).is_some_and(|at| *at > n))
            {
                let reason = format!(
                    "'{early}' is used before WITH gives it; servers differ in what that means."
                );
                return Err(Fault::new("ambiguous", reason, cte.name.span)
                    .hint("Put it first in the WITH list."));
            }
            let itself = used.contains(&names[n]);
            let shape = if itself {
                self.recursive(cte, outer, ctes, &entries)?
            } else {
                let here = Ctes { entries: &entries, outer: Some(&ctes) };
                self.query(&mut cte.query, outer, here)?
            };
            let shape = Self::cte_shape(cte, shape);
            entries.push(CteEntry { name: cte.name.value.clone(), shape });
        }
        Ok(entries)
    }

    /// The tables that a query names without a schema, subqueries included.
    fn bare_tables(&self, query: &Query) -> HashSet<String> {
        let mut names = HashSet::new();
        crate::walk::tables(query, &mut |name| {
            if let [only] = name.as_slice() {
                names.insert(self.facts.fold(&only.value));
            }
        });
        names
    }

    /// The columns of a WITH name, those of SEARCH and CYCLE with them.
    fn cte_shape(cte: &Cte, shape: Shape) -> Shape {
        let mut shape = shape.renamed(cte.columns.iter());
        let taint = shape.taint();
        let added = cte.search.iter().map(|search| &search.set);
        let marks = cte.cycle.iter().filter_map(|cycle| cycle.marks.as_ref());
        let cycle = marks.flat_map(|marks| [&marks.set, &marks.using]);
        for name in added.chain(cycle) {
            shape.columns.push(Column { name: Some(name.value.clone()), taint });
        }
        shape
    }

    /// A query that reads itself: masked values may move between its columns, so it is walked
    /// until nothing more is carried.
    fn recursive(
        &mut self,
        cte: &mut Cte,
        outer: Option<&Scope<'_>>,
        ctes: Ctes<'_>,
        before: &[CteEntry],
    ) -> Checked<Shape> {
        let mut entries = before.to_vec();
        let mut seed = cte.query.clone();
        seed.arms.truncate(1);
        seed.order_by.clear();
        seed.limit = Limit::default();
        let here = Ctes { entries: &entries, outer: Some(&ctes) };
        let first = self.query(&mut seed, outer, here)?;
        let mut shape = Self::cte_shape(cte, first);
        entries.push(CteEntry { name: cte.name.value.clone(), shape: shape.clone() });
        for _ in 0..16 {
            let here = Ctes { entries: &entries, outer: Some(&ctes) };
            let next = self.query(&mut cte.query.clone(), outer, here)?;
            let mut merged = shape.clone();
            merged.merge(&Self::cte_shape(cte, next));
            let done = merged == shape;
            shape = merged;
            let last = entries.len() - 1;
            entries[last].shape = shape.clone();
            if done {
                let here = Ctes { entries: &entries, outer: Some(&ctes) };
                self.query(&mut cte.query, outer, here)?;
                return Ok(shape);
            }
        }
        Err(Fault::new("too_deep", "This recursion is too involved to follow.", cte.name.span))
    }
}
