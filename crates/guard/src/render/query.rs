//! Queries: WITH, SELECT, set operations, windows, limits.

use super::Writer;
use crate::ast::{
    Arm, Body, Bound, Count, Cte, Expr, Frame, Group, GroupBy, Item, Limit, OrderItem, Quantifier,
    Query, Select, Window, With,
};

impl Writer {
    pub(super) fn query(&mut self, query: &Query) {
        if let Some(with) = &query.with {
            self.with(with);
            self.push(" ");
        }
        for arm in &query.arms {
            self.arm(arm);
        }
        self.order_by(&query.order_by);
        self.limit(&query.limit);
    }

    fn arm(&mut self, arm: &Arm) {
        if let Some(operator) = arm.operator {
            self.word(operator);
            self.push(" ");
        }
        match &arm.body {
            Body::Select(select) => self.select(select),
            Body::Values { rows, rows_named } => {
                self.push("VALUES ");
                self.commas(rows, |out, row| {
                    out.push(if *rows_named { "ROW(" } else { "(" });
                    out.commas(row, Self::expr);
                    out.push(")");
                });
            }
            Body::Table(factor) => {
                self.push("TABLE ");
                self.factor(factor);
            }
            Body::Paren(query) => self.parens(|out| out.query(query)),
        }
    }

    pub(super) fn with(&mut self, with: &With) {
        self.push(if with.recursive { "WITH RECURSIVE " } else { "WITH " });
        self.commas(&with.ctes, Self::cte);
    }

    fn cte(&mut self, cte: &Cte) {
        self.ident(&cte.name);
        if !cte.columns.is_empty() {
            self.parens(|out| out.commas(&cte.columns, Self::ident));
        }
        self.push(match cte.materialized {
            None => " AS ",
            Some(true) => " AS MATERIALIZED ",
            Some(false) => " AS NOT MATERIALIZED ",
        });
        self.parens(|out| out.query(&cte.query));
        if let Some(search) = &cte.search {
            self.push(if search.breadth { " SEARCH BREADTH" } else { " SEARCH DEPTH" });
            self.push(" FIRST BY ");
            self.commas(&search.by, Self::ident);
            self.push(" SET ");
            self.ident(&search.set);
        }
        if let Some(cycle) = &cte.cycle {
            self.push(" CYCLE ");
            self.commas(&cycle.columns, Self::ident);
            let Some(marks) = &cycle.marks else {
                self.push(" RESTRICT");
                return;
            };
            self.push(" SET ");
            self.ident(&marks.set);
            if let Some((to, default)) = &marks.values {
                self.push(" TO ");
                self.literal(to);
                self.push(" DEFAULT ");
                self.literal(default);
            }
            self.push(" USING ");
            self.ident(&marks.using);
        }
    }

    fn select(&mut self, select: &Select) {
        self.push("SELECT");
        match &select.distinct {
            Quantifier::None => {}
            Quantifier::All => self.push(" ALL"),
            Quantifier::Distinct => self.push(" DISTINCT"),
            Quantifier::On(exprs) => {
                self.push(" DISTINCT ON ");
                self.parens(|out| out.commas(exprs, Self::expr));
            }
        }
        for option in &select.options {
            self.word(option);
        }
        if !select.items.is_empty() {
            self.push(" ");
            self.commas(&select.items, Self::item);
        }
        if !select.from.is_empty() {
            self.push(" FROM ");
            self.from(&select.from);
        } else if self.flavour.is_mysql() && select.filter.is_some() {
            self.push(" FROM DUAL");
        }
        self.clause(" WHERE ", select.filter.as_ref());
        if let Some(group_by) = &select.group_by {
            self.group_by(group_by);
        }
        self.clause(" HAVING ", select.having.as_ref());
        if !select.windows.is_empty() {
            self.push(" WINDOW ");
            self.commas(&select.windows, |out, (name, window)| {
                out.ident(name);
                out.push(" AS ");
                out.window(window);
            });
        }
    }

    pub(super) fn clause(&mut self, word: &str, expr: Option<&Expr>) {
        if let Some(expr) = expr {
            self.push(word);
            self.expr(expr);
        }
    }

    pub(super) fn item(&mut self, item: &Item) {
        match item {
            Item::Star(_) => self.push("*"),
            Item::QualifiedStar(name) => {
                self.name(name);
                self.push(".*");
            }
            Item::Expr { value, alias } => {
                self.expr(value);
                if let Some(alias) = alias {
                    self.push(" AS ");
                    self.ident(alias);
                }
            }
        }
    }

    fn group_by(&mut self, group_by: &GroupBy) {
        self.push(" GROUP BY ");
        if group_by.distinct {
            self.push("DISTINCT ");
        }
        self.commas(&group_by.items, Self::group);
        if group_by.rollup {
            self.push(" WITH ROLLUP");
        }
    }

    fn group(&mut self, group: &Group) {
        match group {
            Group::Expr(expr) => self.expr(expr),
            Group::Ordered(expr, descending) => {
                self.expr(expr);
                self.push(if *descending { " DESC" } else { " ASC" });
            }
            Group::Sets { word, items } => {
                self.push(word);
                self.push(" ");
                self.parens(|out| out.commas(items, Self::group));
            }
        }
    }

    pub(super) fn order_by(&mut self, items: &[OrderItem]) {
        if items.is_empty() {
            return;
        }
        self.word("ORDER BY ");
        self.order_items(items);
    }

    fn order_items(&mut self, items: &[OrderItem]) {
        self.commas(items, |out, item| {
            out.expr(&item.value);
            if let Some(operator) = &item.using {
                out.word("USING ");
                out.push(operator);
            }
            for word in [item.direction, item.nulls].into_iter().flatten() {
                out.word(word);
            }
        });
    }

    pub(super) fn limit(&mut self, limit: &Limit) {
        let fetch = matches!(limit.count, Some(Count::Fetch { .. }));
        match &limit.count {
            Some(Count::All) => self.push(" LIMIT ALL"),
            Some(Count::Rows(rows)) => {
                self.push(" LIMIT ");
                self.expr(rows);
            }
            Some(Count::Fetch { .. }) | None => {}
        }
        if let Some(offset) = &limit.offset {
            self.push(" OFFSET ");
            self.expr(offset);
            self.push(if fetch { " ROWS" } else { "" });
        }
        if let Some(Count::Fetch { rows, ties }) = &limit.count {
            self.push(" FETCH FIRST");
            if let Some(rows) = rows {
                self.push(" ");
                self.expr(rows);
            }
            self.push(if *ties { " ROWS WITH TIES" } else { " ROWS ONLY" });
        }
        if let Some(examined) = &limit.examined {
            self.push(if limit.count.is_some() { "" } else { " LIMIT" });
            self.push(" ROWS EXAMINED ");
            self.expr(examined);
        }
    }

    pub(super) fn window(&mut self, window: &Window) {
        self.push("(");
        if let Some(base) = &window.base {
            self.ident(base);
        }
        if !window.partition_by.is_empty() {
            self.word("PARTITION BY ");
            self.commas(&window.partition_by, Self::expr);
        }
        self.order_by(&window.order_by);
        if let Some(frame) = &window.frame {
            self.frame(frame);
        }
        self.push(")");
    }

    fn frame(&mut self, frame: &Frame) {
        self.word(frame.units);
        match &frame.end {
            Some(end) => {
                self.push(" BETWEEN ");
                self.bound(&frame.start);
                self.push(" AND ");
                self.bound(end);
            }
            None => {
                self.push(" ");
                self.bound(&frame.start);
            }
        }
        if let Some(exclude) = frame.exclude {
            self.push(" EXCLUDE ");
            self.push(exclude);
        }
    }

    fn bound(&mut self, bound: &Bound) {
        match bound {
            Bound::Fixed(words) => self.push(words),
            Bound::Amount(amount, side) => {
                self.expr(amount);
                self.word(side);
            }
        }
    }
}
