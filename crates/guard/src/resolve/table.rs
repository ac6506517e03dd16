//! Tables and views in FROM: found, allowed, replaced where a policy governs them.

use super::{
    Mask, Resolver, mask,
    scope::{Column, Ctes, Relation, Scope, Shape, Taint, Use},
};
use crate::{
    Flavour,
    ast::{
        Alias, Arm, Body, Count, Expr, Factor, FactorKind, From, Hint, Ident, Item, Limit, Literal,
        Name, Part, Quantifier, Query, Select,
    },
    facts::View,
    fault::{Checked, Fault, Span},
    functions,
    policy::{ColumnRule, Governed},
};
use model::catalog::TableKind;

/// Deepest chain of views that is followed.
const MAX_VIEWS: usize = 16;

/// What a name in FROM means.
enum Found {
    Cte(Shape),
    Table(usize),
    System(&'static functions::System),
    /// MariaDB's `seq_1_to_10_step_2`.
    Sequence,
}

impl<'g> Resolver<'g> {
    /// Resolves a table, replaces it if it must be, and gives what it brings into reach.
    pub(super) fn table(&mut self, factor: &mut Factor, ctes: Ctes<'_>) -> Checked<Relation> {
        let FactorKind::Table { name, sample, only, .. } = &mut factor.kind else {
            return Err(Fault::new("syntax", "A table was expected here.", factor.span));
        };
        if let Some(sample) = sample {
            for expr in std::iter::once(&mut sample.argument).chain(&mut sample.repeatable) {
                self.expr(expr, &Scope::default(), ctes, Use::Decides)?;
            }
        }
        let only = *only;
        match self.find(name, ctes)? {
            Found::Cte(shape) => {
                let own = name.last().map(|part| part.value.clone());
                Ok(super::from::aliased(factor.alias.as_ref(), own, shape))
            }
            Found::System(system) => self.system(factor, system),
            Found::Sequence => {
                let own = name.last().map(|part| part.value.clone());
                let columns = vec![Column { name: Some("seq".into()), taint: Taint::default() }];
                let shape = Shape { columns, ..Shape::default() };
                Ok(super::from::aliased(factor.alias.as_ref(), own, shape))
            }
            Found::Table(id) => self.catalogue_table(factor, id, only),
        }
    }

    fn find(&self, name: &[Ident], ctes: Ctes<'_>) -> Checked<Found> {
        let Some((last, qualifiers)) = name.split_last() else {
            return Err(Fault::whole("syntax", "A table has no name."));
        };
        match qualifiers {
            [] => {
                if let Some(shape) = self.cte(&last.value, ctes) {
                    return Ok(Found::Cte(shape));
                }
                self.find_unqualified(last)
            }
            [schema] => self.find_in(&schema.value, last),
            [database, schema]
                if self.facts.flavour.is_postgres() && database.value == self.facts.database =>
            {
                self.find_in(&schema.value, last)
            }
            _ => Err(Fault::new("unknown_table", "Another database cannot be read.", last.span)),
        }
    }

    fn cte(&self, name: &str, ctes: Ctes<'_>) -> Option<Shape> {
        let mut here = Some(&ctes);
        while let Some(ctes) = here {
            let found = ctes.entries.iter().rev().find(|entry| self.facts.same(&entry.name, name));
            if let Some(entry) = found {
                return Some(entry.shape.clone());
            }
            here = ctes.outer;
        }
        None
    }

    fn find_unqualified(&self, name: &Ident) -> Checked<Found> {
        let flavour = self.facts.flavour;
        if flavour.is_postgres() && name.value.starts_with("pg_") {
            // pg_catalog is searched before everything else.
            if let Some(system) = functions::system(flavour, "pg_catalog", &name.value) {
                return Ok(Found::System(system));
            }
            // A user's table of such a name may still be hidden by the server's own.
            return Err(self.hidden_system(name));
        }
        if flavour.is_sqlite() && name.value.to_ascii_lowercase().starts_with("sqlite_") {
            return self.find_in("main", name);
        }
        match self.facts.unqualified(&name.value) {
            Some(id) => Ok(Found::Table(id)),
            None if flavour == Flavour::MariaDb && is_sequence(&name.value) => Ok(Found::Sequence),
            // SQLite's PRAGMAs without an argument are tables too.
            None => match functions::system(flavour, "main", &name.value) {
                Some(system) if flavour.is_sqlite() => Ok(Found::System(system)),
                _ => Err(self.no_table(name)),
            },
        }
    }

    fn find_in(&self, schema: &str, name: &Ident) -> Checked<Found> {
        let flavour = self.facts.flavour;
        let sqlite_system =
            flavour.is_sqlite() && name.value.to_ascii_lowercase().starts_with("sqlite_");
        if functions::system_schema(flavour, schema) || sqlite_system {
            return match functions::system(flavour, schema, &name.value) {
                Some(system) => Ok(Found::System(system)),
                None => Err(self.hidden_system(name)),
            };
        }
        match self.facts.table(schema, &name.value) {
            Some(id) => Ok(Found::Table(id)),
            None => match functions::system(flavour, schema, &name.value) {
                Some(system) if flavour.is_sqlite() => Ok(Found::System(system)),
                _ => Err(self.no_table(name)),
            },
        }
    }

    fn hidden_system(&self, name: &Ident) -> Box<Fault> {
        let reason =
            format!("The system relation '{}' is not on the list of harmless ones.", name.value);
        Fault::new("system_relation", reason, name.span)
    }

    fn no_table(&self, name: &Ident) -> Box<Fault> {
        let reason = format!("There is no table '{}' in this connection.", name.value);
        let fault = Fault::new("unknown_table", reason, name.span);
        let alike: Vec<_> = self
            .facts
            .alike(&name.value)
            .filter(|table| !self.gate.policy.of(&table.schema, &table.name).denied)
            .take(3)
            .map(|table| table.name.as_str())
            .collect();
        if alike.is_empty() {
            fault
        } else {
            fault.hint(format!("Did you mean {}?", alike.join(", ")))
        }
    }

    /// A system relation: its hidden columns are left out by a derived table.
    fn system(
        &mut self,
        factor: &mut Factor,
        system: &'static functions::System,
    ) -> Checked<Relation> {
        let own = factor_name(factor);
        let FactorKind::Table { name, .. } = &mut factor.kind else {
            return Ok(Relation::new(None, Shape::default()));
        };
        *name = vec![Ident::made(system.schema), Ident::made(system.name)];
        let qualified = (system.schema.to_owned(), system.name.to_owned());
        let rows = self.visible_rows(system)?;
        let veiled = self.uncounted(system)?;
        let defined = self.defined(system)?;
        let settings = self.settings_asked(system, factor.span)?;
        let rows = rows.or(settings);
        let narrow = Some(&system.narrow).filter(|all| veiled.is_some() && !all.is_empty());
        let mut relation = match system.columns.as_ref().or(narrow) {
            None => {
                let open = Shape { open: true, ..Shape::default() };
                let relation = super::from::aliased(factor.alias.as_ref(), own.clone(), open);
                if rows.is_some() {
                    let all = vec![Item::Star(factor.span)];
                    let query = select(all, Factor { alias: None, ..factor.clone() }, rows);
                    set_derived(factor, query, own);
                }
                relation
            }
            Some(columns) => {
                let items = columns
                    .iter()
                    .map(|column| match &veiled {
                        Some(open) if system.statistics.contains(column) => {
                            counted_item(column, open)
                        }
                        _ if system.definitions.contains(column) => match &defined {
                            Some(readable) => counted_item(column, readable),
                            None => column_item(column),
                        },
                        _ => column_item(column),
                    })
                    .collect();
                let shape = Shape {
                    columns: columns
                        .iter()
                        .map(|name| Column { name: Some((*name).into()), taint: Taint::default() })
                        .collect(),
                    ..Shape::default()
                };
                let relation = super::from::aliased(factor.alias.as_ref(), own.clone(), shape);
                let query = select(items, Factor { alias: None, ..factor.clone() }, rows);
                set_derived(factor, query, own);
                relation
            }
        };
        if factor.alias.is_none() || relation.alias.as_deref() == Some(system.name) {
            relation.qualified = Some(qualified);
        }
        relation.no_star = system.has_sources();
        Ok(relation)
    }

    fn catalogue_table(&mut self, factor: &mut Factor, id: usize, only: bool) -> Checked<Relation> {
        let span = factor.span;
        let facts = self.facts;
        let table = &facts.tables[id];
        if facts.shadowed(&table.schema, &table.name).is_some() {
            let reason = format!("'{}' is the inside of a virtual table.", table.name);
            return Err(Fault::new("system_relation", reason, span));
        }
        self.tables.insert((table.schema.clone(), table.name.clone()));
        let governed =
            if self.trusted { Governed::default() } else { self.governed(id, only, span)? };
        if governed.denied {
            return Err(denied(&table.name, span));
        }
        if self.indexes_governed(id) {
            let reason = format!(
                "'{}' may hold the text of a table that the policy governs, without its masks.",
                table.name
            );
            return Err(Fault::new("policy", reason, span));
        }
        let own = Some(table.name.clone());
        let unaliased = factor.alias.is_none();
        let written = factor_name(factor);
        pin(factor, &table.schema, &table.name);
        let mut relation = match &table.view {
            Some(view) => self.view(factor, id, view, &governed)?,
            None if governed.is_open() => {
                let shape = plain_shape(table);
                let mut relation = super::from::aliased(factor.alias.as_ref(), own, shape);
                relation.plain = true;
                relation.rowid = Some("rowid".into());
                relation.unique = unique(table, factor.alias.as_ref(), &governed);
                relation.cast = facts.has_user_cast(&table.name);
                relation
            }
            None => self.governed_table(factor, id, &governed, None)?,
        };
        if unaliased {
            relation.qualified = Some((table.schema.clone(), table.name.clone()));
            // The name that the statement goes on to use.
            relation.alias = written;
        }
        Ok(relation)
    }

    /// What the policy says of a table with everything that shares its rows.
    fn governed(&self, id: usize, only: bool, span: Span) -> Checked<Governed<'g>> {
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

    /// The table may be looked at, were it only for its structure.
    pub(crate) fn readable(&mut self, id: usize, span: Span) -> Checked<()> {
        let table = &self.facts.tables[id];
        if self.governed(id, true, span)?.denied {
            return Err(denied(&table.name, span));
        }
        self.tables.insert((table.schema.clone(), table.name.clone()));
        Ok(())
    }

    /// A full-text table of SQLite may lie over another table, whose columns it then names, or list
    /// the words of one: policies of that table do not reach through it.
    pub(super) fn indexes_governed(&self, id: usize) -> bool {
        let table = &self.facts.tables[id];
        let policy = self.gate.policy;
        if table.kind != TableKind::Virtual || policy.is_open() || self.trusted {
            return false;
        }
        let hidden =
            |name: &str| self.facts.same(name, &table.name) || self.facts.same(name, "rank");
        let own: Vec<&str> =
            table.columns.iter().map(|c| c.name.as_str()).filter(|name| !hidden(name)).collect();
        let lists_words = own.contains(&"term") && (own.contains(&"doc") || own.contains(&"cnt"));
        let over = |other: &crate::facts::TableFacts| {
            let governed = policy.of(&other.schema, &other.name);
            // A view carries the policies of what it reads.
            let behind = other.view.is_some() && self.reads_governed(&other.schema, &other.name);
            let has = |name: &&str| other.columns.iter().any(|c| self.facts.same(&c.name, name));
            other.kind != TableKind::Virtual
                && (behind || !governed.is_open())
                && own.iter().all(has)
                && (behind
                    || governed.denied
                    || !governed.rows.is_empty()
                    || own.iter().any(|name| governed.column(name).is_some()))
        };
        lists_words || (!own.is_empty() && self.facts.tables.iter().any(over))
    }

    /// The policy changes what this view shows.
    fn reads_governed(&self, schema: &str, name: &str) -> bool {
        let name = vec![Ident::made(schema), Ident::made(name)];
        let mut other = Self::new(self.gate);
        other.whole(&name).is_err() || other.replaced > 0
    }

    /// All of the table may be read, what is behind a view too.
    pub(crate) fn whole(&mut self, name: &Name) -> Checked<()> {
        let span = name.last().map_or_else(Span::default, |part| part.span);
        let kind = FactorKind::Table {
            only: false,
            name: name.clone(),
            partitions: vec![],
            hints: vec![],
            sample: None,
        };
        self.table(&mut Factor { kind, alias: None, span }, Ctes::default()).map(|_| ())
    }

    /// The catalogue's table for a statement about its structure.
    pub(crate) fn structure(&mut self, name: &mut Name, statistics: bool) -> Checked<()> {
        let span = name.last().map_or_else(Span::default, |part| part.span);
        match self.find(name, Ctes::default())? {
            Found::Table(id) => {
                self.readable(id, span)?;
                let table = &self.facts.tables[id];
                let masked = !self.governed(id, false, span)?.is_open();
                if statistics && masked {
                    let reason = "Statistics of a table with masked columns are refused.";
                    return Err(Fault::new("masked", reason, span));
                }
                *name = vec![Ident::made(&table.schema), Ident::made(&table.name)];
                Ok(())
            }
            Found::System(_) | Found::Cte(_) | Found::Sequence => Ok(()),
        }
    }

    /// A view is left alone when nothing that it reads is governed; else its definition, with the
    /// policies of what it reads, stands in its place.
    fn view(
        &mut self,
        factor: &mut Factor,
        id: usize,
        view: &'g Checked<View>,
        governed: &Governed<'g>,
    ) -> Checked<Relation> {
        let span = factor.span;
        let table = &self.facts.tables[id];
        let inside = |fault: Box<Fault>| {
            let reason = format!("The view '{}' cannot be read: {}", table.name, fault.reason);
            Fault::new(fault.code, reason, span)
        };
        let View { query, columns } = view.as_ref().map_err(|fault| inside(fault.clone()))?;
        if self.views.contains(&id) || self.views.len() >= MAX_VIEWS {
            return Err(inside(Fault::whole("too_deep", "its views go too deep.")));
        }
        let mut query = query.clone();
        let before = self.replaced;
        self.views.push(id);
        let result = self.query(&mut query, None, Ctes::default());
        self.views.pop();
        let mut shape = result.map_err(inside)?.renamed(columns.iter());
        for (n, known) in table.columns.iter().enumerate() {
            if let Some(column) = shape.columns.get_mut(n) {
                column.name = Some(known.name.clone());
            }
        }
        let own = Some(table.name.clone());
        if self.replaced == before && governed.is_open() {
            let mut relation = super::from::aliased(factor.alias.as_ref(), own, shape);
            relation.plain = true;
            relation.cast = self.facts.has_user_cast(&table.name);
            return Ok(relation);
        }
        if table.kind == TableKind::MaterializedView {
            let reason = "A stored view of masked or filtered tables is refused: it was stored without your policy.";
            return Err(Fault::new("policy", reason, span));
        }
        if self.replaced == before {
            return self.governed_table(factor, id, governed, None);
        }
        name_items(&mut query, &shape);
        self.governed_table(factor, id, governed, Some((query, shape)))
    }

    /// Puts a derived table in the place of a governed one: masks, filters, leaves out.
    fn governed_table(
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
        let before =
            inlined.as_ref().map(|(_, shape)| shape.clone()).unwrap_or_else(|| plain_shape(table));
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
        Taint(1 << n.min(63))
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
        scope.relations.push(Relation::new(Some(table.name.clone()), plain_shape(table)));
        let before = std::mem::replace(&mut self.trusted, true);
        let result = self.expr(expr, &scope, Ctes::default(), Use::Decides);
        self.trusted = before;
        result.map(|_| ())
    }

    /// All row filters, each in parentheses, joined by AND.
    fn filter(
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
fn unique(
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

fn denied(table: &str, span: Span) -> Box<Fault> {
    Fault::new("denied", format!("You may not read '{table}'."), span)
        .hint("Ask whoever manages this connection's policy.")
}

fn plain_shape(table: &crate::facts::TableFacts) -> Shape {
    let column = |column: &crate::facts::ColumnFacts| Column {
        name: Some(column.name.clone()),
        taint: Taint::default(),
    };
    Shape {
        columns: table.columns.iter().map(column).collect(),
        // Full-text tables have a column of their own name, `rank`, and more.
        open: table.kind == TableKind::Virtual,
        shuffled: false,
    }
}

/// The name of a table as the statement wrote it.
fn factor_name(factor: &Factor) -> Option<String> {
    match &factor.kind {
        FactorKind::Table { name, .. } => name.last().map(|part| part.value.clone()),
        _ => None,
    }
}

/// Says which table is meant, whatever the server's search path.
fn pin(factor: &mut Factor, schema: &str, table: &str) {
    if let FactorKind::Table { name, .. } = &mut factor.kind {
        // The statement may go on to use its own spelling of the name.
        let spelt = name.last().map_or(table, |part| part.value.as_str());
        if factor.alias.is_none() && spelt != table {
            factor.alias = Some(Alias { name: Some(Ident::made(spelt)), columns: vec![] });
        }
        *name = vec![Ident::made(schema), Ident::made(table)];
    }
}

fn column_item(name: &str) -> Item {
    let part = Part::Column(vec![Ident::made(name)]);
    Item::Expr { value: Expr::one(part, Span::default()), alias: None }
}

/// `SELECT items FROM factor WHERE filter`.
fn select(items: Vec<Item>, from: Factor, filter: Option<Expr>) -> Query {
    let span = from.span;
    let select = Select {
        distinct: Quantifier::None,
        options: Vec::new(),
        items,
        from: vec![From::Factor(Box::new(from))],
        filter,
        group_by: None,
        having: None,
        windows: Vec::new(),
    };
    let arms = vec![Arm { operator: None, body: Body::Select(Box::new(select)) }];
    Query { with: None, arms, order_by: Vec::new(), limit: Limit::default(), span }
}

fn set_derived(factor: &mut Factor, query: Query, own: Option<String>) {
    factor.kind = FactorKind::Derived { lateral: false, query: Box::new(query) };
    if factor.alias.is_none() {
        factor.alias = Some(Alias { name: own.map(Ident::made), columns: Vec::new() });
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

/// Gives the first SELECT of a view's definition the column names that the view has.
fn name_items(query: &mut Query, shape: &Shape) {
    let Some(arm) = query.arms.first_mut() else { return };
    match &mut arm.body {
        Body::Paren(query) => name_items(query, shape),
        Body::Select(select) => {
            let stars = select.items.iter().any(|item| !matches!(item, Item::Expr { .. }));
            if stars || select.items.len() != shape.columns.len() {
                return;
            }
            for (item, column) in select.items.iter_mut().zip(&shape.columns) {
                if let (Item::Expr { alias, .. }, Some(name)) = (item, &column.name) {
                    *alias = Some(Ident::made(name));
                }
            }
        }
        Body::Values { .. } | Body::Table(_) => {}
    }
}

/// `seq_1_to_10`, `seq_10_to_1_step_3`.
fn is_sequence(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let Some(rest) = lower.strip_prefix("seq_") else { return false };
    let Some((from, rest)) = rest.split_once("_to_") else { return false };
    let (to, step) = rest.split_once("_step_").unwrap_or((rest, "1"));
    [from, to, step].iter().all(|digits| {
        !digits.is_empty() && digits.len() < 20 && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

/// `CASE WHEN open THEN column END AS column`.
fn counted_item(name: &str, open: &Expr) -> Item {
    let span = Span::default();
    let column = Expr::one(Part::Column(vec![Ident::made(name)]), span);
    let case = Part::Case { operand: None, whens: vec![(open.clone(), column)], otherwise: None };
    Item::Expr { value: Expr::one(case, span), alias: Some(Ident::made(name)) }
}
