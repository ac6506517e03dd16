//! GROUP BY, ORDER BY, LIMIT and windows.

use super::{
    Resolver, scope,
    scope::{Column, Ctes, Scope, Shape, Use},
};
use crate::{
    ast::{Count, Expr, Group, Limit, Literal, OrderItem, Part, Window},
    fault::{Checked, Fault},
};

impl Resolver<'_> {
    pub(super) fn groups(
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

    pub(super) fn order_item(
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
    pub(super) fn sorted_by(&self, item: &OrderItem) -> Checked<()> {
        item.using.as_ref().map_or(Ok(()), |symbol| self.operator(symbol, item.value.span))
    }

    /// ORDER BY of a set operation: only result columns can be named.
    pub(super) fn order_of_result(
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

    pub(super) fn limit(
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
        if let Some(examined) = limit.examined.as_ref().filter(|_| self.stable) {
            let reason = "ROWS EXAMINED counts rows that your policy filters away.";
            return Err(Fault::new("policy", reason, examined.span).hint("Leave it out."));
        }
        for expr in count.into_iter().chain(&mut limit.offset).chain(&mut limit.examined) {
            self.expr(expr, &scope, ctes, Use::Decides)?;
        }
        Ok(())
    }

    pub(super) fn window(
        &mut self,
        window: &mut Window,
        scope: &Scope<'_>,
        ctes: Ctes<'_>,
    ) -> Checked<()> {
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
