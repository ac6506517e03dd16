//! FROM lists: which relations come into reach, and what their joins decide.

use super::{
    Resolver,
    scope::{Column, Ctes, Relation, Scope, Shape, Taint, Use},
};
use crate::{
    ast::{Alias, Expr, Factor, FactorKind, From, Ident, JsonColumn, Part, TableCall},
    fault::{Checked, Fault},
    functions, parse,
};

impl Resolver<'_> {
    pub(super) fn from(
        &mut self,
        parts: &mut [From],
        scope: &mut Scope<'_>,
        ctes: Ctes<'_>,
    ) -> Checked<()> {
        let first = scope.relations.len();
        let mut natural = false;
        for part in parts {
            match part {
                From::Comma => natural = false,
                From::Join(join) => {
                    natural = join.starts_with("NATURAL");
                    if natural && self.facts.flavour.is_postgres() {
                        self.operator("=", crate::fault::Span::default())?;
                    }
                    scope.merged |= natural;
                }
                From::Factor(factor) => {
                    let before = scope.relations.len();
                    self.factor(factor, scope, ctes)?;
                    if natural {
                        self.natural(scope, first, before, factor)?;
                    }
                }
                From::On(expr) => {
                    self.expr(expr, scope, ctes, Use::Decides)?;
                }
                From::Using { columns, alias } => {
                    scope.merged = true;
                    if let (true, Some(column)) =
                        (self.facts.flavour.is_postgres(), columns.first())
                    {
                        self.operator("=", column.span)?;
                    }
                    let shape = self.using(columns, scope, first)?;
                    if let Some(alias) = alias {
                        scope.relations.push(Relation::new(Some(alias.value.clone()), shape));
                    }
                }
            }
        }
        Ok(())
    }

    /// The columns of USING: joining on a constant mask would join everything or nothing.
    fn using(&mut self, columns: &[Ident], scope: &Scope<'_>, first: usize) -> Checked<Shape> {
        let mut shape = Shape::default();
        for column in columns {
            let mut taint = Taint::default();
            let mut found = false;
            for relation in &scope.relations[first..] {
                let hidden =
                    relation.denied.iter().any(|name| self.facts.same(name, &column.value));
                if hidden {
                    return Err(self.denied_column(relation, column));
                }
                found |= relation.shape.open;
                for known in self.columns(relation, &column.value) {
                    found = true;
                    taint = taint.with(known.taint);
                }
            }
            if !found {
                return Err(self.no_column(column, &scope.relations[first..]));
            }
            self.runs_no_cast(taint, column.span)?;
            self.allow(taint, Use::Decides, column.span)?;
            shape.columns.push(Column { name: Some(column.value.clone()), taint });
        }
        Ok(shape)
    }

    /// A natural join decides by the columns that both sides have.
    fn natural(
        &mut self,
        scope: &Scope<'_>,
        first: usize,
        before: usize,
        factor: &Factor,
    ) -> Checked<()> {
        let (left, right) = scope.relations[first..].split_at(before - first);
        let either = || left.iter().chain(right);
        let governed =
            either().any(|relation| relation.governed || !relation.shape.taint().is_clean());
        if either().any(|relation| !relation.denied.is_empty())
            || (governed && either().any(|relation| relation.shape.open))
        {
            let reason = "A natural join is refused where the policy hides columns.";
            return Err(Fault::new("masked", reason, factor.span).hint("Join with ON or USING."));
        }
        for column in left.iter().flat_map(|relation| &relation.shape.columns) {
            let Some(name) = &column.name else { continue };
            for other in right.iter().flat_map(|relation| self.columns(relation, name)) {
                self.runs_no_cast(column.taint.with(other.taint), factor.span)?;
                self.allow(column.taint.with(other.taint), Use::Decides, factor.span)?;
            }
        }
        Ok(())
    }

    pub(super) fn columns<'r>(
        &self,
        relation: &'r Relation,
        name: &str,
    ) -> impl Iterator<Item = &'r Column> {
        let facts = self.facts;
        let name = name.to_owned();
        relation.shape.columns.iter().filter(move |column| {
            column.name.as_deref().is_some_and(|known| facts.same(known, &name))
        })
    }

    fn factor(
        &mut self,
        factor: &mut Factor,
        scope: &mut Scope<'_>,
        ctes: Ctes<'_>,
    ) -> Checked<()> {
        self.step()?;
        let given = factor.alias.iter_mut().flat_map(|alias| &mut alias.columns);
        for ty in given.filter_map(|(_, ty)| ty.as_mut()) {
            self.data_type(ty)?;
        }
        let alias = factor.alias.clone();
        match &mut factor.kind {
            FactorKind::Table { .. } => {
                let relation = self.table(factor, ctes)?;
                scope.relations.push(relation);
            }
            FactorKind::Derived { lateral, query } => {
                let shape = if *lateral {
                    let inner = Scope {
                        relations: scope.relations.clone(),
                        aliases: Vec::new(),
                        outer: scope.outer,
                        merged: false,
                    };
                    self.query(query, Some(&inner), ctes)?
                } else {
                    self.query(query, scope.outer, ctes)?
                };
                scope.relations.push(aliased(alias.as_ref(), None, shape));
            }
            FactorKind::Functions { calls, .. } => {
                let shape = self.functions(calls, scope, ctes)?;
                let name = function_name(calls);
                let mut relation = aliased(alias.as_ref(), name, shape);
                relation.of_function = true;
                scope.relations.push(relation);
            }
            FactorKind::Joined(parts) => self.joined(parts, alias.as_ref(), scope, ctes)?,
            FactorKind::JsonTable { input, columns, .. } => {
                let taint = self.expr(input, scope, ctes, Use::Decides)?;
                let mut shape = Shape::default();
                json_columns(columns, taint, &mut shape);
                scope.relations.push(aliased(alias.as_ref(), None, shape));
            }
        }
        Ok(())
    }

    fn joined(
        &mut self,
        parts: &mut [From],
        alias: Option<&Alias>,
        scope: &mut Scope<'_>,
        ctes: Ctes<'_>,
    ) -> Checked<()> {
        let Some(alias) = alias else { return self.from(parts, scope, ctes) };
        // Behind an alias the single tables are out of reach.
        let before = scope.relations.len();
        let merged = scope.merged;
        self.from(parts, scope, ctes)?;
        let mut shape = Shape { shuffled: scope.merged && !merged, ..Shape::default() };
        for relation in scope.relations.drain(before..) {
            shape.open |= relation.shape.open;
            shape.columns.extend(relation.shape.columns);
        }
        scope.relations.push(aliased(Some(alias), None, shape));
        Ok(())
    }

    fn functions(
        &mut self,
        calls: &mut [TableCall],
        scope: &Scope<'_>,
        ctes: Ctes<'_>,
    ) -> Checked<Shape> {
        let mut shape = Shape { open: true, ..Shape::default() };
        for (call, columns) in calls {
            self.table_function(call)?;
            let taint = self.expr(call, scope, ctes, Use::Decides)?;
            for (name, ty) in columns {
                if let Some(ty) = ty {
                    self.data_type(ty)?;
                }
                shape.columns.push(Column { name: Some(name.value.clone()), taint });
            }
            if !taint.is_clean() && shape.columns.is_empty() {
                shape.columns.push(Column { name: None, taint });
            }
        }
        Ok(shape)
    }

    /// SQLite: PRAGMAs and full-text tables can be called in FROM.
    fn table_function(&mut self, call: &mut Expr) -> Checked<()> {
        let [Part::Call(call)] = call.parts.as_mut_slice() else { return Ok(()) };
        let [name] = call.name.as_slice() else { return Ok(()) };
        if !self.facts.flavour.is_sqlite() {
            return Ok(());
        }
        if let Some(pragma) = name.value.to_ascii_lowercase().strip_prefix("pragma_") {
            let first = call.args.values.first().map(|arg| arg.value.parts.as_slice());
            let text = match first {
                Some([Part::Literal(crate::ast::Literal::Text(text))]) => Some(text.as_str()),
                Some([Part::Column(name)]) if name.len() == 1 && name[0].double => {
                    Some(name[0].value.as_str())
                }
                _ => None,
            };
            let bare = matches!(parse::pragma(pragma), Some((_, parse::PragmaKind::Bare)));
            if bare && !call.args.values.is_empty() {
                let reason = format!("PRAGMA {pragma} with a value would change it.");
                return Err(Fault::new("pragma", reason, name.span));
            }
            self.pragma(pragma, text, name.span)?;
            if text.is_none()
                && let Some(first) = call.args.values.first_mut()
            {
                self.visible_argument(&mut first.value)?;
            }
        }
        Ok(())
    }

    /// The PRAGMA is on the list, and the table that it describes may be seen.
    pub(crate) fn pragma(
        &mut self,
        name: &str,
        table: Option<&str>,
        span: crate::fault::Span,
    ) -> Checked<()> {
        use crate::parse::{PragmaKind, pragma};
        let Some((_, kind)) = pragma(name) else {
            let reason = format!("PRAGMA {name} is not on the list of those that only read.");
            return Err(Fault::new("pragma", reason, span));
        };
        if kind == PragmaKind::Rows && !self.gate.policy.is_open() {
            let reason = format!("PRAGMA {name} tells of rows that your policy may hide.");
            return Err(Fault::new("policy", reason, span));
        }
        let Some(table) = table else { return Ok(()) };
        let id = match kind {
            PragmaKind::Index => self.facts.index_table(table),
            _ => self.facts.unqualified(table),
        };
        match id {
            Some(id) => self.readable(id, span),
            None => Ok(()),
        }
    }

    /// Functions in FROM that are no functions elsewhere.
    pub(super) fn is_table_function(&self, name: &str) -> bool {
        self.facts.flavour.is_sqlite()
            && (name
                .to_ascii_lowercase()
                .strip_prefix("pragma_")
                .is_some_and(|p| crate::parse::pragma(p).is_some())
                || functions::built_in(self.facts.flavour, name))
    }
}

/// A relation under its alias, with the alias's column names.
pub(super) fn aliased(alias: Option<&Alias>, name: Option<String>, shape: Shape) -> Relation {
    match alias {
        None => Relation::new(name, shape),
        Some(alias) => {
            let shape = shape.renamed(alias.columns.iter().map(|(name, _)| name));
            Relation::new(alias.name.as_ref().map(|name| name.value.clone()).or(name), shape)
        }
    }
}

fn function_name(calls: &[TableCall]) -> Option<String> {
    match calls {
        [(Expr { parts, .. }, _)] => match parts.as_slice() {
            [Part::Call(call)] => call.name.last().map(|name| name.value.clone()),
            _ => None,
        },
        _ => None,
    }
}

fn json_columns(columns: &[JsonColumn], taint: Taint, shape: &mut Shape) {
    for column in columns {
        match column {
            JsonColumn::Ordinality(name) | JsonColumn::Value { name, .. } => {
                shape.columns.push(Column { name: Some(name.value.clone()), taint });
            }
            JsonColumn::Nested { columns, .. } => json_columns(columns, taint, shape),
        }
    }
}
