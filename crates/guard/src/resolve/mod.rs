//! Every name in the tree is resolved, every function checked, every governed table replaced.
//!
//! The tree that comes out reads only what the policy lets through: the checks on the way
//! (conditions on masked columns, unknown names) serve the person, the replacement serves safety.

mod expr;
mod from;
mod inner;
mod mask;
mod names;
mod near;
mod scope;
mod stable;
mod table;

pub(crate) use scope::Taint;

use crate::{
    Gate,
    ast::{
        Body, Count, Cte, Expr, Group, GroupBy, Item, Limit, Literal, OrderItem, Part, Quantifier,
        Query, Select, Window, With,
    },
    facts::Inner,
    fault::{Checked, Fault, Span},
};
use scope::{Column, CteEntry, Ctes, Scope, Shape, Use, output_name};
use std::collections::{BTreeSet, HashMap, HashSet};

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
            (taint.0 >> n.min(63) & 1 == 1 && mask.constant).then_some(n)
        };
        let n = self.masks.iter().enumerate().find_map(mask)?;
        self.masks.get(n)
    }

    /// Nothing sensible can come from computing with a constant mask, so it is said, not done.
    fn allow(&self, taint: Taint, place: Use, span: Span) -> Checked<Taint> {
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

    fn query(
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
        let seen = self.stable && !ties && (seen || chosen);
        if let [arm] = query.arms.as_mut_slice()
            && let Body::Table(factor) = &arm.body
        {
            arm.body = Body::Select(Box::new(all_of(factor)));
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
            self.order_of_result(&mut query.order_by, &shape, outer, here)?;
            if seen {
                self.settle_result(query, shape.columns.len());
            }
        }
        self.limit(&mut query.limit, outer, here)?;
        Ok(shape)
    }

    fn body(
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
                let mut select = all_of(factor);
                let shape = self.select(&mut select, &mut Vec::new(), outer, ctes, false)?;
                *body = Body::Select(Box::new(select));
                Ok(shape)
            }
        }
    }

    fn values(
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

    /// Which names a WITH gives. Servers differ in what a body may see; where one of them would
    /// read another table than the rest, the statement is refused.
    fn with(
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

    /// Counts work, so that views and recursion that multiply it end in a refusal.
    fn step(&mut self) -> Checked<()> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(Fault::whole("too_deep", "This statement is too involved to follow."));
        }
        Ok(())
    }

    /// The columns of a WITH name, those of SEARCH and CYCLE with them.
    fn cte_shape(cte: &Cte, shape: Shape) -> Shape {
        let mut shape = shape.renamed(cte.columns.iter());
        let taint = shape.taint();
        let added = cte.search.iter().map(|search| &search.set);
        let cycle = cte.cycle.iter().flat_map(|cycle| [&cycle.set, &cycle.using]);
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
            self.settle(select, order_by, &scope, seen);
        }
        Ok(shape)
    }

    fn items(&mut self, items: &mut [Item], scope: &Scope<'_>, ctes: Ctes<'_>) -> Checked<Shape> {
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

    fn item(
        &mut self,
        value: &mut Expr,
        alias: Option<&crate::ast::Ident>,
        scope: &Scope<'_>,
        ctes: Ctes<'_>,
        shape: &mut Shape,
    ) -> Checked<()> {
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

    fn groups(
        &mut self,
        groups: &mut [Group],
        shape: &Shape,
        scope: &Scope<'_>,
        ctes: Ctes<'_>,
    ) -> Checked<()> {
        for group in groups {
            match group {
                Group::Expr(expr) | Group::Ordered(expr, _) => {
                    self.by_position(expr, shape)?;
                    self.expr(expr, scope, ctes, Use::Decides)?;
                }
                Group::Sets { items, .. } => self.groups(items, shape, scope, ctes)?,
            }
        }
        Ok(())
    }

    /// `GROUP BY 2`, `ORDER BY 2` mean the second result column.
    fn by_position(&self, expr: &Expr, shape: &Shape) -> Checked<()> {
        let [Part::Literal(Literal::Number(digits))] = expr.parts.as_slice() else { return Ok(()) };
        let position = digits.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
        match position.and_then(|n| shape.columns.get(n)) {
            Some(column) if !shape.shuffled => {
                self.allow(column.taint, Use::Decides, expr.span).map(|_| ())
            }
            _ => Ok(()),
        }
    }

    fn order_item(
        &mut self,
        item: &mut OrderItem,
        shape: &Shape,
        scope: &Scope<'_>,
        ctes: Ctes<'_>,
    ) -> Checked<()> {
        self.sorted_by(item)?;
        self.by_position(&item.value, shape)?;
        // A bare name means the result column of that name first.
        if let [Part::Column(name)] = item.value.parts.as_slice()
            && let [only] = name.as_slice()
        {
            let same = |column: &&Column| {
                column.name.as_deref().is_some_and(|known| self.facts.same(known, &only.value))
            };
            if let Some(column) = scope.aliases.iter().find(same) {
                return self.allow(column.taint, Use::Decides, only.span).map(|_| ());
            }
        }
        self.expr(&mut item.value, scope, ctes, Use::Decides).map(|_| ())
    }

    /// The operator of `ORDER BY x USING <`.
    fn sorted_by(&self, item: &OrderItem) -> Checked<()> {
        item.using.as_ref().map_or(Ok(()), |symbol| self.operator(symbol, item.value.span))
    }

    /// ORDER BY of a set operation: only result columns can be named.
    fn order_of_result(
        &mut self,
        order_by: &mut [OrderItem],
        shape: &Shape,
        outer: Option<&Scope<'_>>,
        ctes: Ctes<'_>,
    ) -> Checked<()> {
        if order_by.is_empty() {
            return Ok(());
        }
        let mut scope = Scope::inside(outer);
        // Other operands may give other names; the server knows.
        let open = Shape { open: true, ..shape.clone() };
        scope.relations.push(scope::Relation::new(None, open));
        for item in order_by {
            self.order_item(item, shape, &scope, ctes)?;
        }
        Ok(())
    }

    fn limit(
        &mut self,
        limit: &mut Limit,
        outer: Option<&Scope<'_>>,
        ctes: Ctes<'_>,
    ) -> Checked<()> {
        let scope = Scope::inside(outer);
        let count = match &mut limit.count {
            Some(Count::Rows(rows) | Count::Fetch { rows: Some(rows), .. }) => Some(rows),
            Some(Count::All | Count::Fetch { rows: None, .. }) | None => None,
        };
        for expr in count.into_iter().chain(&mut limit.offset) {
            self.expr(expr, &scope, ctes, Use::Decides)?;
        }
        Ok(())
    }

    fn window(&mut self, window: &mut Window, scope: &Scope<'_>, ctes: Ctes<'_>) -> Checked<()> {
        for expr in &mut window.partition_by {
            self.expr(expr, scope, ctes, Use::Decides)?;
        }
        for item in &mut window.order_by {
            self.sorted_by(item)?;
            self.expr(&mut item.value, scope, ctes, Use::Decides)?;
        }
        if let Some(frame) = &mut window.frame {
            for bound in [Some(&mut frame.start), frame.end.as_mut()].into_iter().flatten() {
                if let crate::ast::Bound::Amount(amount, _) = bound {
                    self.expr(amount, scope, ctes, Use::Decides)?;
                }
            }
        }
        Ok(())
    }
}

/// `TABLE t` as a SELECT, so that the table can be replaced.
fn all_of(factor: &crate::ast::Factor) -> Select {
    Select {
        distinct: Quantifier::None,
        options: Vec::new(),
        items: vec![Item::Star(factor.span)],
        from: vec![crate::ast::From::Factor(Box::new(factor.clone()))],
        filter: None,
        group_by: None,
        having: None,
        windows: Vec::new(),
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
