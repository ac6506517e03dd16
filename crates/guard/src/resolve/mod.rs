//! Every name in the tree is resolved, every function checked, every governed table replaced.
//!
//! The tree that comes out reads only what the policy lets through: the checks on the way
//! (conditions on masked columns, unknown names) serve the person, the replacement serves safety.

mod arguments;
mod call;
mod clauses;
mod column;
mod expr;
mod find;
mod from;
mod govern;
mod inner;
mod mask;
mod names;
mod near;
mod scope;
mod stable;
mod table;
mod types;
mod view;
mod with;

pub(crate) use scope::Taint;

use crate::{
    Gate,
    ast::{Body, Count, Expr, GroupBy, Item, OrderItem, Part, Quantifier, Query, Select},
    facts::Inner,
    fault::{Checked, Fault, Span},
};
use scope::{Column, Ctes, Scope, Shape, Use, output_name};
use std::collections::BTreeSet;

/// Queries and FROM items that are looked at before a statement counts as too involved.
const MAX_STEPS: u32 = 20_000;

/// A mask that a statement met.
#[derive(Clone, Debug)]
pub(crate) struct Mask {
    /// `schema.table.column`.
    pub column: String,
    pub name: &'static str,
    pub constant: bool,
}

/// Walks one statement.
pub(crate) struct Resolver<'g> {
    gate: &'g Gate<'g>,
    facts: &'g Inner,
    pub tables: BTreeSet<(String, String)>,
    pub masks: Vec<Mask>,
    /// A function of a user runs.
    pub user_code: bool,
    /// The key of hash masks is in the text.
    pub secret: bool,
    /// Tables were replaced so far.
    pub replaced: usize,
    /// Rows of some table are filtered away.
    pub filtered: bool,
    /// Orders that are left open are completed.
    stable: bool,
    /// The column that comes next is a result column, nothing is done to it.
    shown_whole: bool,
    /// The SELECT that is looked at names the server's settings that it asks for.
    settings_named: bool,
    /// Views that are being read, outermost first.
    views: Vec<usize>,
    /// What an admin wrote: policies do not apply to it.
    trusted: bool,
    steps: u32,
}

impl<'g> Resolver<'g> {
    pub fn new(gate: &'g Gate<'g>) -> Self {
        Self {
            gate,
            facts: gate.facts.inner(),
            tables: BTreeSet::new(),
            masks: Vec::new(),
            user_code: false,
            secret: false,
            replaced: 0,
            filtered: false,
            stable: false,
            shown_whole: false,
            settings_named: false,
            views: Vec::new(),
            trusted: false,
            steps: 0,
        }
    }

    /// One that completes the orders which a statement leaves open.
    pub fn stable(gate: &'g Gate<'g>) -> Self {
        Self { stable: true, ..Self::new(gate) }
    }

    pub fn flavour(&self) -> crate::Flavour {
        self.facts.flavour
    }

    /// Resolves a whole statement; gives what its result carries.
    pub fn statement(&mut self, query: &mut Query) -> Checked<Vec<(Option<usize>, Taint)>> {
        let shape = self.ordered_query(query, None, Ctes::default(), true)?;
        let exact = !shape.open && !shape.shuffled;
        Ok(shape
            .columns
            .iter()
            .enumerate()
            .map(|(n, column)| ((exact || !shape.shuffled).then_some(n), column.taint))
            .filter(|(_, taint)| !taint.is_clean())
            .collect())
    }

    /// Resolves an expression that stands in no query: the WHERE of a SHOW.
    pub fn lone(&mut self, expr: &mut Expr) -> Checked<()> {
        let shape = Shape { open: true, ..Shape::default() };
        let mut scope = Scope::default();
        scope.relations.push(scope::Relation::new(None, shape));
        self.expr(expr, &scope, Ctes::default(), Use::Decides).map(|_| ())
    }

    fn constant(&self, taint: Taint) -> Option<&Mask> {
        let mask = |(n, mask): (usize, &'_ Mask)| {
            (taint.has(Taint::mask(n)) && mask.constant).then_some(n)
        };
        let n = self.masks.iter().enumerate().find_map(mask)?;
        self.masks.get(n)
    }

    /// Nothing sensible can come from computing with a constant mask, so it is said, not done.
    pub(super) fn allow(&self, taint: Taint, place: Use, span: Span) -> Checked<Taint> {
        let lenient = place == Use::Shown || (place == Use::Computed && !self.views.is_empty());
        if lenient || self.trusted {
            return Ok(taint);
        }
        match self.constant(taint) {
            None => Ok(taint),
            Some(mask) => {
                let reason = match place {
                    Use::Decides => format!(
                        "{} is masked for you: conditions, joins and orders on it would see the mask only.",
                        mask.column
                    ),
                    _ => format!(
                        "{} is masked for you: it can be shown as it is, but not computed with.",
                        mask.column
                    ),
                };
                Err(Fault::new("masked", reason, span))
            }
        }
    }

    pub(super) fn query(
        &mut self,
        query: &mut Query,
        outer: Option<&Scope<'_>>,
        ctes: Ctes<'_>,
    ) -> Checked<Shape> {
        self.ordered_query(query, outer, ctes, false)
    }

    /// `seen`: the order of its rows is.
    fn ordered_query(
        &mut self,
        query: &mut Query,
        outer: Option<&Scope<'_>>,
        ctes: Ctes<'_>,
        seen: bool,
    ) -> Checked<Shape> {
        self.step()?;
        let mut entries = Vec::new();
        if let Some(with) = &mut query.with {
            entries = self.with(with, outer, ctes)?;
        }
        let here = Ctes { entries: &entries, outer: Some(&ctes) };
        let mut shape = Shape::default();
        // With ties the last rows are chosen by the order as it was written.
        let ties = matches!(query.limit.count, Some(Count::Fetch { ties: true, .. }));
        let chosen = query.limit.count.is_some() || query.limit.offset.is_some();
        let seen = self.stable && (seen || chosen);
        let (seen, tied) = (seen && !ties, seen && ties);
        if let [arm] = query.arms.as_mut_slice()
            && let Body::Table(factor) = &arm.body
        {
            arm.body = Body::Select(Box::new(Select::all((**factor).clone())));
        }
        if let [arm] = query.arms.as_mut_slice()
            && let Body::Select(select) = &mut arm.body
        {
            shape = self.select(select, &mut query.order_by, outer, here, seen)?;
        } else if let [arm] = query.arms.as_mut_slice()
            && let Body::Paren(inner) = &mut arm.body
            && query.order_by.is_empty()
        {
            shape = self.ordered_query(inner, outer, here, seen)?;
        } else {
            for (n, arm) in query.arms.iter_mut().enumerate() {
                let arm = self.body(&mut arm.body, outer, here)?;
                if n == 0 { shape = arm } else { shape.merge(&arm) }
            }
            if query.arms.len() > 1 {
                self.runs_no_cast(shape.taint(), query.span)?;
            }
            self.order_of_result(&mut query.order_by, &shape, outer, here)?;
            if seen {
                self.settle_result(query, shape.columns.len());
            }
        }
        self.limit(&mut query.limit, outer, here)?;
        if tied {
            self.settle_ties(query, &shape)?;
        }
        Ok(shape)
    }

    pub(super) fn body(
        &mut self,
        body: &mut Body,
        outer: Option<&Scope<'_>>,
        ctes: Ctes<'_>,
    ) -> Checked<Shape> {
        match body {
            Body::Select(select) => self.select(select, &mut Vec::new(), outer, ctes, false),
            Body::Paren(query) => self.query(query, outer, ctes),
            Body::Values { rows, .. } => self.values(rows, outer, ctes),
            Body::Table(factor) => {
                let mut select = Select::all((**factor).clone());
                let shape = self.select(&mut select, &mut Vec::new(), outer, ctes, false)?;
                *body = Body::Select(Box::new(select));
                Ok(shape)
            }
        }
    }

    pub(super) fn values(
        &mut self,
        rows: &mut [Vec<Expr>],
        outer: Option<&Scope<'_>>,
        ctes: Ctes<'_>,
    ) -> Checked<Shape> {
        let scope = Scope::inside(outer);
        // The others call the columns otherwise.
        let open = !self.facts.flavour.is_postgres();
        let mut shape = Shape { open, ..Shape::default() };
        for row in rows {
            let mut columns = Vec::with_capacity(row.len());
            for (n, expr) in row.iter_mut().enumerate() {
                let taint = self.expr(expr, &scope, ctes, Use::Shown)?;
                columns.push(Column { name: Some(format!("column{}", n + 1)), taint });
            }
            shape.merge(&Shape { columns, ..Shape::default() });
        }
        Ok(shape)
    }

    /// Counts work, so that views and recursion that multiply it end in a refusal.
    fn step(&mut self) -> Checked<()> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(Fault::whole("too_deep", "This statement is too involved to follow."));
        }
        Ok(())
    }

    fn select(
        &mut self,
        select: &mut Select,
        order_by: &mut Vec<OrderItem>,
        outer: Option<&Scope<'_>>,
        ctes: Ctes<'_>,
        seen: bool,
    ) -> Checked<Shape> {
        let mut scope = Scope::inside(outer);
        let named = select.filter.as_ref().is_some_and(Self::names_settings);
        let before = std::mem::replace(&mut self.settings_named, named);
        let from = self.from(&mut select.from, &mut scope, ctes);
        self.settings_named = before;
        from?;
        let shape = self.items(&mut select.items, &scope, ctes)?;
        scope.aliases =
            shape.columns.iter().filter(|column| column.name.is_some()).cloned().collect();
        if let Quantifier::On(exprs) = &mut select.distinct {
            for expr in exprs {
                self.expr(expr, &scope, ctes, Use::Decides)?;
            }
        }
        if let Some(filter) = &mut select.filter {
            self.expr(filter, &scope, ctes, Use::Decides)?;
        }
        if let Some(GroupBy { items, .. }) = &mut select.group_by {
            self.groups(items, &shape, &scope, ctes)?;
        }
        if let Some(having) = &mut select.having {
            self.expr(having, &scope, ctes, Use::Decides)?;
        }
        for (_, window) in &mut select.windows {
            self.window(window, &scope, ctes)?;
        }
        for item in order_by.iter_mut() {
            self.order_item(item, &shape, &scope, ctes)?;
        }
        if self.stable {
            let seen = seen || (matches!(select.distinct, Quantifier::On(_)));
            self.settle(select, order_by, &scope, seen)?;
        }
        Ok(shape)
    }

    pub(super) fn items(
        &mut self,
        items: &mut [Item],
        scope: &Scope<'_>,
        ctes: Ctes<'_>,
    ) -> Checked<Shape> {
        let mut shape = Shape::default();
        for item in items {
            match item {
                Item::Star(span) => {
                    if scope.relations.is_empty() && !self.facts.flavour.is_postgres() {
                        return Err(Fault::new(
                            "unknown_table",
                            "There is no table for '*'.",
                            *span,
                        ));
                    }
                    shape.shuffled |= scope.merged;
                    for relation in &scope.relations {
                        no_sources(relation, *span)?;
                        shape.open |= relation.shape.open;
                        shape.shuffled |= relation.shape.open || relation.shape.shuffled;
                        shape.columns.extend(relation.shape.columns.iter().cloned());
                    }
                }
                Item::QualifiedStar(name) => {
                    let relation = self.relation(name, scope)?;
                    no_sources(relation, Span::default())?;
                    shape.open |= relation.shape.open;
                    shape.shuffled |= relation.shape.open || relation.shape.shuffled;
                    shape.columns.extend(relation.shape.columns.iter().cloned());
                }
                Item::Expr { value, alias } => {
                    self.item(value, alias.as_ref(), scope, ctes, &mut shape)?
                }
            }
        }
        Ok(shape)
    }

    pub(super) fn item(
        &mut self,
        value: &mut Expr,
        alias: Option<&crate::ast::Ident>,
        scope: &Scope<'_>,
        ctes: Ctes<'_>,
        shape: &mut Shape,
    ) -> Checked<()> {
        self.shown_whole = is_column_or_field(value);
        let taint = self.expr(value, scope, ctes, Use::Shown)?;
        if matches!(value.parts.last(), Some(Part::FieldStar | Part::Row(_))) {
            // A row spreads over several columns.
            shape.open = true;
            shape.shuffled = true;
            if let Some(relation) = self.whole_row(value, scope) {
                shape.columns.extend(relation.shape.columns.iter().cloned());
                return Ok(());
            }
        }
        let name = match alias {
            Some(alias) => Some(alias.value.clone()),
            None => output_name(&value.parts, self.facts.flavour.is_postgres()),
        };
        shape.open |= name.is_none();
        shape.columns.push(Column { name, taint });
        Ok(())
    }
}

/// `c`, `t.c` or `(t).c`.
fn is_column_or_field(value: &Expr) -> bool {
    match value.parts.as_slice() {
        [Part::Column(_)] => true,
        [first, Part::Field(_)] => {
            matches!(first, Part::Row(_) | Part::Tuple { row: false, .. })
        }
        _ => false,
    }
}

/// `*` over a list of functions asks for their sources too.
fn no_sources(relation: &scope::Relation, span: Span) -> Checked<()> {
    if !relation.no_star {
        return Ok(());
    }
    let reason = "This list holds the sources of functions, which are not shown.";
    Err(Fault::new("system_relation", reason, span).hint("Name the columns that you need."))
}
