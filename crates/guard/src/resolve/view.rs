//! Views: left alone, or replaced by their definition, which carries the policies of what it reads.

use super::{
    Resolver,
    scope::{Ctes, Relation, Shape},
};
use crate::{
    ast::{Body, Factor, FactorKind, Ident, Item, Query},
    facts::View,
    fault::{Checked, Fault},
    policy::Governed,
};
use model::catalog::TableKind;

/// Deepest chain of views that is followed.
const MAX_VIEWS: usize = 16;

impl<'g> Resolver<'g> {
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

    /// A view is left alone when nothing that it reads is governed; else its definition, with the
    /// policies of what it reads, stands in its place.
    pub(super) fn view(
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
            relation.cast = self.has_user_cast(&table.name);
            return Ok(relation);
        }
        if table.kind == TableKind::MaterializedView {
            let reason = "A stored view of masked or filtered tables is refused: it was stored without your policy.";
            return Err(Fault::new("policy", reason, span));
        }
        if self.replaced == before {
            return self.governed_table(factor, id, governed, None);
        }
        if matches!(&factor.kind, FactorKind::Table { period: Some(_), .. }) {
            let reason = "The past of a view over masked or filtered tables cannot be asked for.";
            return Err(Fault::new("policy", reason, span).hint("Ask its tables."));
        }
        name_items(&mut query, &shape);
        self.governed_table(factor, id, governed, Some((query, shape)))
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
