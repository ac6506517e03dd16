//! Columns that MariaDB, MySQL and SQLite let stand ungrouped: any row of the group may give them.
//!
//! Which one does is the plan's choice, so the least value of the group is taken.

use super::{calls_in_items, inside::exprs, keys::flatten};
use crate::{
    ast::{Call, Expr, Ident, Item, Name, OrderItem, Part, Select},
    fault::{Checked, Fault, Span},
    render,
    resolve::{
        Resolver,
        scope::{Relation, Scope},
    },
};

/// What a group has one value of.
struct Grouped<'s> {
    scope: &'s Scope<'s>,
    /// The expressions of GROUP BY, as they are written.
    written: Vec<String>,
    /// Those of them that are columns.
    columns: Vec<Name>,
    /// Columns inside of the others.
    inside: Vec<Name>,
}

impl Resolver<'_> {
    /// Puts `min()` around what stands ungrouped in a SELECT that makes one row of many.
    pub(super) fn settle_ungrouped(
        &self,
        select: &mut Select,
        order_by: &mut [OrderItem],
        scope: &Scope<'_>,
    ) -> Checked<()> {
        if self.facts.flavour.is_postgres() || self.takes_its_row(select) {
            return Ok(());
        }
        let grouped = self.grouped(select, scope);
        for item in &mut select.items {
            match item {
                Item::Expr { value, alias } => {
                    let own = match value.parts.as_slice() {
                        [Part::Column(name)] => name.last().cloned(),
                        _ => None,
                    };
                    self.least(value, &grouped)?;
                    // What is put around a column does not change its name.
                    if alias.is_none() && !matches!(value.parts.as_slice(), [Part::Column(_)]) {
                        *alias = own;
                    }
                }
                Item::Star(span) => {
                    if !scope.relations.iter().all(|relation| self.has_one(relation, &grouped)) {
                        return Err(left_open(*span));
                    }
                }
                Item::QualifiedStar(name) => {
                    let span = name.last().map_or_else(Span::default, |name| name.span);
                    let relation = self.relation(name, scope)?;
                    if !self.has_one(relation, &grouped) {
                        return Err(left_open(span));
                    }
                }
            }
        }
        let having = select.having.iter_mut();
        for expr in having.chain(order_by.iter_mut().map(|item| &mut item.value)) {
            self.least(expr, &grouped)?;
        }
        Ok(())
    }

    /// SQLite's other columns beside one `max()` or `min()` are those of its row.
    fn takes_its_row(&self, select: &Select) -> bool {
        let of_row = |call: &Call| {
            let name = call.name.last().map_or("", |name| name.value.as_str());
            let known = ["max", "min"].iter().any(|known| name.eq_ignore_ascii_case(known));
            known && self.is_aggregate(call)
        };
        self.facts.flavour.is_sqlite() && calls_in_items(select, of_row) == 1
    }

    fn grouped<'s>(&self, select: &Select, scope: &'s Scope<'_>) -> Grouped<'s> {
        let mut keys = Vec::new();
        if let Some(group_by) = &select.group_by {
            flatten(&group_by.items, &mut keys, &mut false);
        }
        let mut grouped = Grouped { scope, written: vec![], columns: vec![], inside: vec![] };
        for key in keys {
            let mut key = self.shown_as(&key, select, scope).unwrap_or(key);
            unwrap(&mut key);
            grouped.written.push(self.written(&key));
            match key.parts.as_slice() {
                [Part::Column(name)] => grouped.columns.push(name.clone()),
                _ => {
                    let visit = &mut |expr: &mut Expr| {
                        grouped.inside.extend(expr.parts.iter().filter_map(|part| match part {
                            Part::Column(name) => Some(name.clone()),
                            _ => None,
                        }));
                        true
                    };
                    exprs(&mut key, visit, &|_| true);
                }
            }
        }
        grouped
    }

    fn written(&self, expr: &Expr) -> String {
        render::expression(expr, self.facts.flavour)
    }

    /// A whole key of the relation is grouped by: each group has one of its rows.
    fn has_one(&self, relation: &Relation, grouped: &Grouped<'_>) -> bool {
        let of_relation = |column: &str| {
            grouped.columns.iter().any(|name| match name.as_slice() {
                [only] => self.facts.same(&only.value, column),
                [.., of, last] => {
                    self.facts.same(&last.value, column)
                        && relation
                            .alias
                            .as_deref()
                            .is_some_and(|alias| self.facts.same(alias, &of.value))
                }
                [] => false,
            })
        };
        relation.unique.as_ref().is_some_and(|key| key.iter().all(|column| of_relation(column)))
    }

    /// The same expression with `min()` around its ungrouped columns.
    fn least(&self, expr: &mut Expr, grouped: &Grouped<'_>) -> Checked<()> {
        let mut done = Ok(());
        let is_key = |written: String| grouped.written.contains(&written);
        let visit = &mut |expr: &mut Expr| {
            if is_key(self.written(expr)) {
                return false;
            }
            for part in &mut expr.parts {
                if let Err(fault) = self.least_part(part, grouped) {
                    done = Err(fault);
                }
            }
            true
        };
        let enter = |part: &Part| {
            let aggregate = matches!(part, Part::Call(call) if self.is_aggregate(call));
            !aggregate && !is_key(self.written(&Expr::one(part.clone(), Span::default())))
        };
        exprs(expr, visit, &enter);
        done
    }

    fn least_part(&self, part: &mut Part, grouped: &Grouped<'_>) -> Checked<()> {
        match part {
            Part::Column(name) if self.is_open(name, grouped) => {
                let Some(column) = name.last() else { return Ok(()) };
                let span = column.span;
                let last = |name: &Name| {
                    name.last().is_some_and(|name| self.facts.same(&name.value, &column.value))
                };
                // Least values of several columns may be of several rows: not those of the key.
                if grouped.inside.iter().any(last) {
                    return Err(left_open(span));
                }
                let value = Expr::one(part.clone(), span);
                *part = Part::Call(Box::new(Call::of("min", vec![value], span)));
            }
            Part::Call(call) => {
                if let [name] = call.name.as_mut_slice()
                    && name.value.eq_ignore_ascii_case("any_value")
                {
                    *name = Ident::made("min");
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// A column of FROM that a group may have many values of.
    fn is_open(&self, name: &Name, grouped: &Grouped<'_>) -> bool {
        let Some((last, of)) = name.split_last() else { return false };
        let in_from = |relation: &&Relation| {
            let named = of.last().is_none_or(|of| {
                relation.alias.as_deref().is_some_and(|alias| self.facts.same(alias, &of.value))
            });
            let has = relation
                .shape
                .columns
                .iter()
                .filter_map(|column| column.name.as_deref())
                .any(|known| self.facts.same(known, &last.value));
            named && has
        };
        let Some(relation) = grouped.scope.relations.iter().find(in_from) else { return false };
        let alike = |key: &Name| match (key.split_last(), of.last()) {
            (Some((column, [.., key_of])), Some(of)) => {
                self.facts.same(&column.value, &last.value)
                    && self.facts.same(&key_of.value, &of.value)
            }
            (Some((column, _)), _) => self.facts.same(&column.value, &last.value),
            (None, _) => false,
        };
        !grouped.columns.iter().any(alike) && !self.has_one(relation, grouped)
    }
}

fn left_open(span: Span) -> Box<Fault> {
    let reason = "Which row of each group this column is taken from is left open, and your policy filters rows.";
    Fault::new("policy", reason, span).hint("Group by it, or take its min() or max().")
}

/// `((x))` as `x`.
fn unwrap(expr: &mut Expr) {
    while let [Part::Tuple { row: false, items }] = expr.parts.as_mut_slice() {
        let [inner] = items.as_mut_slice() else { return };
        *expr = std::mem::take(inner);
    }
}
