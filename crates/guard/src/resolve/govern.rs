//! Governed tables: masked, filtered and cut by a derived table in their place.

use super::{
    Mask, Resolver, mask,
    scope::{Column, Ctes, Relation, Scope, Shape, Taint, Use},
    table::{column_item, select, set_derived},
};
use crate::{
    ast::{Alias, Count, Expr, Factor, FactorKind, Hint, Ident, Item, Literal, Part, Query},
    fault::{Checked, Fault, Span},
    policy::{ColumnRule, Governed},
};
use model::catalog::TableKind;

impl<'g> Resolver<'g> {
    /// What the policy says of a table with everything that shares its rows.
    pub(super) fn governed(&self, id: usize, only: bool, span: Span) -> Checked<Governed<'g>> {
        let policy = self.gate.policy;
        if policy.is_open() {
            return Ok(Governed::default());
        }
        let table = &self.facts.tables[id];
        let mut governed = policy.of(&table.schema, &table.name);
        for relative in self.relatives(id, |id| &self.facts.tables[id].parents) {
            let table = &self.facts.tables[relative];
            let (more, _) = policy.explicit(&table.schema, &table.name);
            governed.denied |= more.denied;
            governed.rows.extend(more.rows);
            add_columns(&mut governed, more.columns);
        }
        for relative in self.relatives(id, |id| &self.facts.tables[id].children) {
            if only {
                break;
            }
            let table = &self.facts.tables[relative];
            let (more, _) = policy.explicit(&table.schema, &table.name);
            governed.denied |= more.denied;
            if !more.rows.is_empty() {
                let reason = format!(
                    "Rows of its part '{}' are filtered for you; read the parts singly.",
                    table.name
                );
                return Err(Fault::new("policy", reason, span));
            }
            add_columns(&mut governed, more.columns);
        }
        Ok(governed)
    }

    fn relatives<'f>(&'f self, id: usize, next: impl Fn(usize) -> &'f Vec<usize>) -> Vec<usize> {
        let mut seen = vec![id];
        let mut at = 0;
        while at < seen.len() {
            for more in next(seen[at]) {
                if !seen.contains(more) {
                    seen.push(*more);
                }
            }
            at += 1;
        }
        seen.split_off(1)
    }

    /// Puts a derived table in the place of a governed one: masks, filters, leaves out.
    pub(super) fn governed_table(
        &mut self,
        factor: &mut Factor,
        id: usize,
        governed: &Governed<'g>,
        inlined: Option<(Query, Shape)>,
    ) -> Checked<Relation> {
        let span = factor.span;
        let facts = self.facts;
        let table = &facts.tables[id];
        let hidden: Vec<String> = governed
            .columns
            .iter()
            .filter(|(_, rule)| **rule == ColumnRule::Deny)
            .map(|(name, _)| name.clone())
            .collect();
        let renamed = factor.alias.as_ref().is_some_and(|alias| !alias.columns.is_empty());
        if renamed && !hidden.is_empty() {
            let reason = "Columns cannot be renamed by position where the policy hides some.";
            return Err(Fault::new("policy", reason, span));
        }
        let before = inlined
            .as_ref()
            .map(|(_, shape)| shape.clone())
            .unwrap_or_else(|| self.plain_shape(table));
        let mut items = Vec::new();
        let mut shape = Shape::default();
        for (n, column) in table.columns.iter().enumerate() {
            let carried = before.columns.get(n).map_or_else(Taint::default, |column| column.taint);
            let name = Some(column.name.clone());
            match governed.column(&column.name) {
                Some(ColumnRule::Deny) => {}
                None => {
                    items.push(column_item(&column.name));
                    shape.columns.push(Column { name, taint: carried });
                }
                Some(rule) => {
                    let taint = self.mask(table, &column.name, rule);
                    let value = self.mask_expr(table, column, rule, span)?;
                    let alias = Some(Ident::made(&column.name));
                    items.push(Item::Expr { value, alias });
                    shape.columns.push(Column { name, taint: carried.with(taint) });
                }
            }
        }
        if items.is_empty() {
            let reason = format!("No column of '{}' may be read.", table.name);
            return Err(Fault::new("denied", reason, span));
        }
        let filter = self.filter(table, &governed.rows, span)?;
        let fenced = filter.is_some();
        let own = Some(table.name.clone());
        let mut relation = super::from::aliased(factor.alias.as_ref(), own.clone(), shape);
        relation.governed = true;
        relation.denied = hidden;
        relation.rowid.clone_from(&table.rowid);
        relation.unique = unique(table, factor.alias.as_ref(), governed);
        self.filtered |= fenced;
        let query = match inlined {
            Some((query, _)) if governed.is_open() => query,
            Some((query, _)) => {
                let kind = FactorKind::Derived { lateral: false, query: Box::new(query) };
                let alias = Some(Alias { name: own.clone().map(Ident::made), columns: vec![] });
                select(items, Factor { kind, alias, span }, filter)
            }
            None => {
                let mut inner = Factor { alias: None, ..factor.clone() };
                let masked: Vec<String> =
                    governed.columns.iter().map(|(name, _)| name.clone()).collect();
                let traced = table.indexes_over(&masked);
                let filter = unordered(&mut inner, &traced, filter, self.facts.flavour);
                select(items, inner, filter)
            }
        };
        set_derived(factor, query, own);
        if fenced {
            fence(factor, self.facts.flavour);
        }
        self.replaced += 1;
        Ok(relation)
    }

    fn mask(&mut self, table: &crate::facts::TableFacts, column: &str, rule: &ColumnRule) -> Taint {
        let column = format!("{}.{}.{column}", table.schema, table.name);
        let known = self.masks.iter().position(|mask| mask.column == column);
        let n = known.unwrap_or_else(|| {
            let constant = rule.is_constant();
            self.masks.push(Mask { column, name: rule.name(), constant });
            self.masks.len() - 1
        });
        Taint::mask(n)
    }

    fn mask_expr(
        &mut self,
        table: &crate::facts::TableFacts,
        column: &crate::facts::ColumnFacts,
        rule: &ColumnRule,
        span: Span,
    ) -> Checked<Expr> {
        let flavour = self.facts.flavour;
        let key = self.gate.policy.hash_key.as_ref();
        self.secret |= *rule == ColumnRule::Hash && key.is_some();
        let mut expr = mask::expression(flavour, column, rule, key)
            .map_err(|fault| Self::policy_fault(&fault, "mask", &column.name, span))?;
        if let ColumnRule::Custom(_) = rule {
            self.trusted_expr(table, &mut expr)
                .map_err(|fault| Self::policy_fault(&fault, "mask", &column.name, span))?;
        }
        Ok(expr)
    }

    fn policy_fault(fault: &Fault, what: &str, of: &str, span: Span) -> Box<Fault> {
        let reason = format!("The policy's {what} of '{of}' cannot be used: {}", fault.reason);
        Fault::new("policy", reason, span)
    }

    /// Resolves what an admin wrote over the bare table.
    fn trusted_expr(&mut self, table: &crate::facts::TableFacts, expr: &mut Expr) -> Checked<()> {
        let mut scope = Scope::default();
        scope.relations.push(Relation::new(Some(table.name.clone()), self.plain_shape(table)));
        let before = std::mem::replace(&mut self.trusted, true);
        let result = self.expr(expr, &scope, Ctes::default(), Use::Decides);
        self.trusted = before;
        result.map(|_| ())
    }

    /// All row filters, each in parentheses, joined by AND.
    pub(super) fn filter(
        &mut self,
        table: &crate::facts::TableFacts,
        rows: &[&str],
        span: Span,
    ) -> Checked<Option<Expr>> {
        let mut parts = Vec::new();
        for rule in rows {
            let mut expr = crate::parse::expression(rule, self.facts.flavour)
                .map_err(|fault| Self::policy_fault(&fault, "row filter", &table.name, span))?;
            self.trusted_expr(table, &mut expr)
                .map_err(|fault| Self::policy_fault(&fault, "row filter", &table.name, span))?;
            if !parts.is_empty() {
                parts.push(Part::Op("AND".into()));
            }
            parts.push(Part::Tuple { row: false, items: vec![expr] });
        }
        Ok((!parts.is_empty()).then_some(Expr { parts, span }))
    }
}

/// The primary key, where its columns go by their own names and the policy shows them.
pub(super) fn unique(
    table: &crate::facts::TableFacts,
    alias: Option<&Alias>,
    governed: &Governed<'_>,
) -> Option<Vec<String>> {
    let renamed = alias.is_some_and(|alias| !alias.columns.is_empty());
    // The rows of tables that inherit have keys of their own.
    let shared = table.kind == TableKind::Table && !table.children.is_empty();
    let shown = table.key.iter().all(|name| governed.column(name).is_none());
    let usable = !renamed && !shared && shown && table.view.is_none() && !table.key.is_empty();
    usable.then(|| table.key.clone())
}

fn add_columns<'p>(governed: &mut Governed<'p>, more: Vec<(String, &'p ColumnRule)>) {
    for (name, rule) in more {
        if governed.column(&name).is_none() {
            governed.columns.push((name, rule));
        }
    }
}

/// Keeps the server from reading the table along an index over a masked column: rows would come in
/// the order of the values that the mask hides. A person's own hints are dropped for the same
/// reason.
fn unordered(
    factor: &mut Factor,
    indexes: &[&str],
    filter: Option<Expr>,
    flavour: crate::Flavour,
) -> Option<Expr> {
    let FactorKind::Table { hints, .. } = &mut factor.kind else { return filter };
    hints.clear();
    if indexes.is_empty() {
        return filter;
    }
    match flavour {
        crate::Flavour::Sqlite => {
            hints.push(Hint { words: vec!["NOT", "INDEXED"], indexes: None });
            filter
        }
        crate::Flavour::MySql | crate::Flavour::MariaDb => {
            let indexes = Some(indexes.iter().map(|name| Ident::made(*name)).collect());
            hints.push(Hint { words: vec!["IGNORE", "INDEX"], indexes });
            filter
        }
        // There are no hints. A system column is in no index, so a scan of the index alone, which
        // is what would give its order away, is out of the question.
        crate::Flavour::Postgres => {
            let span = factor.span;
            let column = Part::Column(vec![Ident::made("tableoid")]);
            let mut parts = vec![column, Part::Op("IS NOT NULL".into())];
            if let Some(filter) = filter {
                parts.extend([
                    Part::Op("AND".into()),
                    Part::Tuple { row: false, items: vec![filter] },
                ]);
            }
            Some(Expr { parts, span })
        }
    }
}

/// Keeps the server from testing a person's conditions on rows that the filter takes away: such a
/// condition could fail, or take time, by what is in them.
fn fence(factor: &mut Factor, flavour: crate::Flavour) {
    let FactorKind::Derived { query, .. } = &mut factor.kind else { return };
    let number =
        |digits: &str| Expr::one(Part::Literal(Literal::Number(digits.into())), Span::default());
    match flavour {
        crate::Flavour::Postgres => query.limit.offset = Some(number("0")),
        crate::Flavour::Sqlite => query.limit.count = Some(Count::Rows(number("-1"))),
        crate::Flavour::MySql | crate::Flavour::MariaDb => {
            query.limit.count = Some(Count::Rows(number("18446744073709551615")));
        }
    }
}
