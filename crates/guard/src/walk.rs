//! Visits the names of tables in a query, wherever queries may stand.

use crate::ast::{
    Arg, Body, Bound, Call, Count, Expr, FactorKind, From, Group, Item, Limit, Name, OrderItem,
    Over, Part, Piece, Quantifier, Query, Select, Window,
};

/// Calls `visit` with every table name in FROM or TABLE, those in subqueries included.
pub(crate) fn tables(query: &Query, visit: &mut dyn FnMut(&Name)) {
    let mut walk = Walk { visit };
    walk.query(query);
}

struct Walk<'v> {
    visit: &'v mut dyn FnMut(&Name),
}

impl Walk<'_> {
    fn query(&mut self, query: &Query) {
        for cte in query.with.iter().flat_map(|with| &with.ctes) {
            self.query(&cte.query);
        }
        for arm in &query.arms {
            match &arm.body {
                Body::Select(select) => self.select(select),
                Body::Values { rows, .. } => rows.iter().flatten().for_each(|e| self.expr(e)),
                Body::Table(factor) => self.factor(&factor.kind),
                Body::Paren(query) => self.query(query),
            }
        }
        self.order(&query.order_by);
        self.limit(&query.limit);
    }

    fn limit(&mut self, limit: &Limit) {
        match &limit.count {
            Some(Count::Rows(rows) | Count::Fetch { rows: Some(rows), .. }) => self.expr(rows),
            Some(Count::All | Count::Fetch { rows: None, .. }) | None => {}
        }
        self.exprs(limit.offset.iter().chain(&limit.examined));
    }

    fn select(&mut self, select: &Select) {
        if let Quantifier::On(exprs) = &select.distinct {
            self.exprs(exprs);
        }
        for item in &select.items {
            match item {
                Item::Star(_) | Item::QualifiedStar(_) => {}
                Item::Expr { value, .. } => self.expr(value),
            }
        }
        self.from(&select.from);
        self.exprs(select.filter.iter().chain(&select.having));
        for group in select.group_by.iter().flat_map(|group_by| &group_by.items) {
            self.group(group);
        }
        select.windows.iter().for_each(|(_, window)| self.window(window));
    }

    fn group(&mut self, group: &Group) {
        match group {
            Group::Expr(expr) | Group::Ordered(expr, _) => self.expr(expr),
            Group::Sets { items, .. } => items.iter().for_each(|item| self.group(item)),
        }
    }

    fn from(&mut self, parts: &[From]) {
        for part in parts {
            match part {
                From::Comma | From::Join(_) | From::Using { .. } => {}
                From::Factor(factor) => self.factor(&factor.kind),
                From::On(expr) => self.expr(expr),
            }
        }
    }

    fn factor(&mut self, kind: &FactorKind) {
        match kind {
            FactorKind::Table { name, sample, period, .. } => {
                (self.visit)(name);
                if let Some(period) = period {
                    self.exprs(period.from.iter().chain(&period.to));
                }
                if let Some(sample) = sample {
                    self.expr(&sample.argument);
                    self.exprs(sample.repeatable.as_ref());
                }
            }
            FactorKind::Derived { query, .. } => self.query(query),
            FactorKind::Functions { calls, .. } => {
                calls.iter().for_each(|(call, _)| self.expr(call))
            }
            FactorKind::Joined(parts) => self.from(parts),
            FactorKind::JsonTable { input, .. } => self.expr(input),
        }
    }

    fn order(&mut self, items: &[OrderItem]) {
        items.iter().for_each(|item| self.expr(&item.value));
    }

    fn window(&mut self, window: &Window) {
        self.exprs(&window.partition_by);
        self.order(&window.order_by);
        if let Some(frame) = &window.frame {
            for bound in [Some(&frame.start), frame.end.as_ref()].into_iter().flatten() {
                if let Bound::Amount(amount, _) = bound {
                    self.expr(amount);
                }
            }
        }
    }

    fn exprs<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) {
        exprs.into_iter().for_each(|expr| self.expr(expr));
    }

    fn expr(&mut self, expr: &Expr) {
        expr.parts.iter().for_each(|part| self.part(part));
    }

    fn part(&mut self, part: &Part) {
        match part {
            Part::Op(_)
            | Part::Operator(..)
            | Part::Literal(_)
            | Part::Column(_)
            | Part::Row(_)
            | Part::System(_)
            | Part::Keyword(..)
            | Part::Field(_)
            | Part::FieldStar
            | Part::CastTo(_)
            | Part::Collate(_)
            | Part::Typed { .. } => {}
            Part::Call(call) => self.call(call),
            Part::Tuple { items, .. } | Part::Array { items, .. } => self.exprs(items),
            Part::Query { query, .. } => self.query(query),
            Part::Index { from, to } => {
                self.exprs(from);
                self.exprs(to.iter().flatten());
            }
            Part::Case { operand, whens, otherwise } => {
                self.exprs(operand.iter().chain(otherwise));
                for (when, then) in whens {
                    self.expr(when);
                    self.expr(then);
                }
            }
            Part::Interval { value, .. } => self.expr(value),
            Part::Special { pieces, .. } => self.pieces(pieces),
        }
    }

    fn pieces(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            match piece {
                Piece::Word(_)
                | Piece::Comma
                | Piece::Type(_)
                | Piece::Charset(_)
                | Piece::Label(_) => {}
                Piece::Expr(expr) => self.expr(expr),
                Piece::Group(pieces) => self.pieces(pieces),
            }
        }
    }

    fn call(&mut self, call: &Call) {
        for Arg { value, .. } in &call.args.values {
            self.expr(value);
        }
        self.order(&call.args.order_by);
        self.order(&call.within);
        self.exprs(call.filter.as_ref());
        if let Some(limit) = &call.args.limit {
            self.limit(limit);
        }
        match &call.over {
            Some(Over::Window(window)) => self.window(window),
            Some(Over::Named(_)) | None => {}
        }
    }
}
