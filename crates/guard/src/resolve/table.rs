//! Tables and views in FROM: found, allowed, replaced where a policy governs them.

use super::{
    Resolver,
    find::Found,
    govern::unique,
    scope::{Column, Ctes, Relation, Scope, Shape, Taint, Use},
};
use crate::{
    ast::{Alias, Expr, Factor, FactorKind, Ident, Item, Limit, Name, Part, Query, Select},
    fault::{Checked, Fault, Span},
    functions,
    policy::Governed,
};
use model::catalog::TableKind;

impl<'g> Resolver<'g> {
    /// Resolves a table, replaces it if it must be, and gives what it brings into reach.
    pub(super) fn table(&mut self, factor: &mut Factor, ctes: Ctes<'_>) -> Checked<Relation> {
        let FactorKind::Table { name, sample, period, only, .. } = &mut factor.kind else {
            return Err(Fault::new("syntax", "A table was expected here.", factor.span));
        };
        if let Some(sample) = sample {
            for expr in std::iter::once(&mut sample.argument).chain(&mut sample.repeatable) {
                self.expr(expr, &Scope::default(), ctes, Use::Decides)?;
            }
        }
        if let Some(period) = period {
            for expr in period.from.iter_mut().chain(&mut period.to) {
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

    /// A system relation: its hidden columns are left out by a derived table.
    pub(super) fn system(
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
                let shape = self.plain_shape(table);
                let mut relation = super::from::aliased(factor.alias.as_ref(), own, shape);
                relation.plain = true;
                relation.rowid = Some("rowid".into());
                relation.unique = unique(table, factor.alias.as_ref(), &governed);
                relation.cast = self.has_user_cast(&table.name);
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

    /// The table may be looked at, were it only for its structure.
    pub(crate) fn readable(&mut self, id: usize, span: Span) -> Checked<()> {
        let table = &self.facts.tables[id];
        if self.governed(id, true, span)?.denied {
            return Err(denied(&table.name, span));
        }
        self.tables.insert((table.schema.clone(), table.name.clone()));
        Ok(())
    }

    /// All of the table may be read, what is behind a view too.
    pub(crate) fn whole(&mut self, name: &Name) -> Checked<()> {
        let span = name.last().map_or_else(Span::default, |part| part.span);
        let kind = FactorKind::Table {
            only: false,
            name: name.clone(),
            partitions: vec![],
            period: None,
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

    /// The columns of a table as they are.
    pub(super) fn plain_shape(&self, table: &crate::facts::TableFacts) -> Shape {
        let column = |column: &crate::facts::ColumnFacts| Column {
            name: Some(column.name.clone()),
            taint: if self.casts_by_itself(&column.type_name) {
                Taint::CAST
            } else {
                Taint::default()
            },
        };
        Shape {
            columns: table.columns.iter().map(column).collect(),
            // Full-text tables have a column of their own name, `rank`, and more.
            open: table.kind == TableKind::Virtual,
            shuffled: false,
        }
    }
}

pub(super) fn denied(table: &str, span: Span) -> Box<Fault> {
    Fault::new("denied", format!("You may not read '{table}'."), span)
        .hint("Ask whoever manages this connection's policy.")
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

pub(super) fn column_item(name: &str) -> Item {
    let part = Part::Column(vec![Ident::made(name)]);
    Item::Expr { value: Expr::one(part, Span::default()), alias: None }
}

/// `SELECT items FROM factor WHERE filter`.
pub(super) fn select(items: Vec<Item>, from: Factor, filter: Option<Expr>) -> Query {
    let span = from.span;
    let select = Select { filter, ..Select::of(items, from) };
    Query { with: None, arms: select.arms(), order_by: Vec::new(), limit: Limit::default(), span }
}

pub(super) fn set_derived(factor: &mut Factor, query: Query, own: Option<String>) {
    factor.kind = FactorKind::Derived { lateral: false, query: Box::new(query) };
    if factor.alias.is_none() {
        factor.alias = Some(Alias { name: own.map(Ident::made), columns: Vec::new() });
    }
}

/// `CASE WHEN open THEN column END AS column`.
fn counted_item(name: &str, open: &Expr) -> Item {
    let span = Span::default();
    let column = Expr::one(Part::Column(vec![Ident::made(name)]), span);
    let case = Part::Case { operand: None, whens: vec![(open.clone(), column)], otherwise: None };
    Item::Expr { value: Expr::one(case, span), alias: Some(Ident::made(name)) }
}
