//! Conditions as expressions.

use super::ast::{and, binary, literal, number, operator, string};
use super::{Writer, plain};
use crate::{
    Date,
    calendar::Range,
    draft::Like,
    plan::{Ex, Plan, Pred},
};
use model::{catalog::ValueKind, dialect::Dialect};
use sqlparser::ast::{BinaryOperator, Expr, Value};

impl Writer<'_> {
    pub(super) fn all(&self, list: &[Pred], plan: &Plan) -> Option<Expr> {
        list.iter()
            .map(|p| {
                let e = self.pred(p, plan);
                if matches!(p, Pred::Any(l) if l.len() > 1) && list.len() > 1 {
                    Expr::Nested(Box::new(e))
                } else {
                    e
                }
            })
            .reduce(and)
    }

    pub(super) fn pred(&self, pred: &Pred, plan: &Plan) -> Expr {
        match pred {
            Pred::Compare(e, op, lit) => binary(self.ex(e, plan), operator(*op), literal(lit)),
            Pred::Against(a, op, b) => binary(self.ex(a, plan), operator(*op), self.ex(b, plan)),
            Pred::Between(e, low, high, negated) => Expr::Between {
                expr: Box::new(self.ex(e, plan)),
                negated: *negated,
                low: Box::new(number(plain(*low))),
                high: Box::new(number(plain(*high))),
            },
            Pred::Like { column, text, how, negated } => {
                self.like(*column, text, *how, *negated, plan)
            }
            Pred::Null(column, negated) => {
                let e = Box::new(self.column(*column, plan.tables.len() > 1));
                if *negated { Expr::IsNotNull(e) } else { Expr::IsNull(e) }
            }
            Pred::Time { column, range, negated } => self.time(*column, range, *negated, plan),
            Pred::In { column, query, negated } => Expr::InSubquery {
                expr: Box::new(self.column(*column, plan.tables.len() > 1)),
                subquery: Box::new(self.query(query, self.gap(query).filter(|_| *negated))),
                negated: *negated,
            },
            Pred::CompareQuery(e, op, query) => binary(
                self.ex(e, plan),
                operator(*op),
                Expr::Subquery(Box::new(self.query(query, None))),
            ),
            Pred::Extreme { columns, query } => Expr::InSubquery {
                expr: Box::new(Expr::Tuple(
                    columns.iter().map(|c| self.column(*c, plan.tables.len() > 1)).collect(),
                )),
                subquery: Box::new(self.query(query, None)),
                negated: false,
            },
            Pred::All(list) => list
                .iter()
                .map(|p| self.pred(p, plan))
                .reduce(and)
                .unwrap_or_else(|| Expr::value(Value::Boolean(true))),
            Pred::Any(list) => list
                .iter()
                .map(|p| self.pred(p, plan))
                .reduce(|a, b| binary(a, BinaryOperator::Or, b))
                .unwrap_or_else(|| Expr::value(Value::Boolean(false))),
        }
    }

    /// The column of an inner query that may be missing: one NULL in a list makes `NOT IN` give nothing.
    pub(super) fn gap(&self, query: &Plan) -> Option<usize> {
        match query.select[..] {
            [Ex::Col(c)] if self.lexicon.columns[c].nullable => Some(c),
            _ => None,
        }
    }

    pub(super) fn selection(&self, plan: &Plan, known: Option<usize>) -> Option<Expr> {
        let known = known.map(|c| Expr::IsNotNull(Box::new(self.column(c, plan.tables.len() > 1))));
        match (self.all(&plan.filter, plan), known) {
            (Some(a), Some(b)) => Some(and(
                if matches!(plan.filter[..], [Pred::Any(_)]) {
                    Expr::Nested(Box::new(a))
                } else {
                    a
                },
                b,
            )),
            (a, b) => a.or(b),
        }
    }

    pub(super) fn like(
        &self,
        column: usize,
        text: &str,
        how: Like,
        negated: bool,
        plan: &Plan,
    ) -> Expr {
        let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let special = escaped != text;
        let pattern = match how {
            Like::Contains => format!("%{escaped}%"),
            Like::Starts => format!("{escaped}%"),
            Like::Ends => format!("%{escaped}"),
        };
        let expr = Box::new(self.column(column, plan.tables.len() > 1));
        let pattern = Box::new(string(&pattern));
        let needs_escape = special && self.lexicon.dialect == Dialect::Sqlite;
        let escape_char = needs_escape.then(|| Box::new(string("\\")));
        if self.lexicon.dialect == Dialect::Postgres {
            Expr::ILike { negated, any: false, expr, pattern, escape_char }
        } else {
            Expr::Like { negated, any: false, expr, pattern, escape_char }
        }
    }

    pub(super) fn time(&self, column: usize, range: &Range, negated: bool, plan: &Plan) -> Expr {
        let e = || self.column(column, plan.tables.len() > 1);
        let info = &self.lexicon.columns[column];
        let parts = if info.kind.is_numeric() {
            let (low, high) =
                range.years.unwrap_or((range.from.map(|d| d.year), range.until.map(|d| d.year)));
            match (low, high) {
                (Some(a), Some(b)) if a == b => {
                    vec![binary(e(), BinaryOperator::Eq, number(a.to_string()))]
                }
                _ => [(low, BinaryOperator::GtEq), (high, BinaryOperator::LtEq)]
                    .into_iter()
                    .filter_map(|(y, op)| Some(binary(e(), op, number(y?.to_string()))))
                    .collect(),
            }
        } else if info.kind == ValueKind::Text
            && let Some((Some(a), Some(b))) = range.years
            && a == b
        {
            vec![self.like(column, &a.to_string(), Like::Contains, false, plan)]
        } else {
            let bound = |d: Option<Date>, op| d.map(|d| binary(e(), op, string(&d.iso())));
            [bound(range.from, BinaryOperator::GtEq), bound(range.until, BinaryOperator::Lt)]
                .into_iter()
                .flatten()
                .collect()
        };
        let joined =
            parts.into_iter().reduce(and).unwrap_or_else(|| Expr::value(Value::Boolean(true)));
        if negated {
            Expr::UnaryOp {
                op: sqlparser::ast::UnaryOperator::Not,
                expr: Box::new(Expr::Nested(Box::new(joined))),
            }
        } else {
            joined
        }
    }
}
