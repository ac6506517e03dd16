//! The outermost limit: added, or lowered, without changing which rows come first.

use crate::{
    Flavour,
    ast::{Arm, Body, Count, Expr, Factor, FactorKind, Limit, Literal, Part, Query, Select},
    fault::Span,
    parse,
};

/// The query returns at most `rows` rows.
pub(crate) fn apply(query: &mut Query, rows: u64, flavour: Flavour) {
    if flavour.is_sqlite() && ends_with_values(query) {
        wrap(query);
    }
    // PostgreSQL takes `(… LIMIT 5)` and what follows for one query, with one LIMIT.
    if flavour.is_postgres()
        && query.limit.count.is_none()
        && let [Arm { body: Body::Paren(inner), .. }] = query.arms.as_mut_slice()
        && limited(inner)
    {
        return apply(inner, rows, flavour);
    }
    match &mut query.limit.count {
        None | Some(Count::All) => query.limit.count = Some(Count::Rows(number(rows))),
        Some(Count::Rows(expr)) => lower(expr, rows, flavour),
        Some(Count::Fetch { rows: None, .. }) => {}
        // A number that is too high is lowered; ties stay with the last row, and the stream is cut.
        Some(Count::Fetch { rows: Some(expr), .. }) => {
            if literal(expr).is_none_or(|n| n > rows) {
                *expr = number(rows);
            }
        }
    }
}

/// The query, or the only one in its parentheses, has a limit.
fn limited(query: &Query) -> bool {
    let inside = match query.arms.as_slice() {
        [Arm { body: Body::Paren(inner), .. }] => limited(inner),
        _ => false,
    };
    query.limit.count.is_some() || inside
}

fn lower(expr: &mut Expr, rows: u64, flavour: Flavour) {
    match literal(expr) {
        Some(n) if n <= rows => {}
        Some(_) => *expr = number(rows),
        None => {
            let inner = std::mem::take(expr);
            *expr = computed(inner, rows, flavour);
        }
    }
}

fn literal(expr: &Expr) -> Option<u64> {
    match expr.parts.as_slice() {
        [Part::Literal(Literal::Number(digits))] => digits.parse().ok(),
        _ => None,
    }
}

fn number(rows: u64) -> Expr {
    Expr::one(Part::Literal(Literal::Number(rows.to_string())), Span::default())
}

/// A limit that is worked out: no more than `rows`, and `rows` where it means "all".
fn computed(inner: Expr, rows: u64, flavour: Flavour) -> Expr {
    let tuple = |expr: Expr| Part::Tuple { row: false, items: vec![expr] };
    let op = |text: &'static str| Part::Op(text.into());
    let first = Part::Literal(Literal::Number("0".into()));
    let cap = Part::Literal(Literal::Number(rows.to_string()));
    // LEAST of PostgreSQL leaves NULL out, which is "all" in LIMIT.
    let template =
        if flavour.is_postgres() { "least(x, y)" } else { "CASE WHEN TRUE THEN x ELSE y END" };
    if flavour.is_postgres()
        && let Ok(mut call) = parse::expression(template, flavour)
        && let [Part::Call(call)] = call.parts.as_mut_slice()
        && let [x, y] = call.args.values.as_mut_slice()
    {
        // A text literal takes the type of a number.
        let Ok(cast) = parse::expression("x::bigint", flavour) else { return number(rows) };
        let mut parts = vec![tuple(inner)];
        parts.extend(cast.parts.into_iter().skip(1));
        x.value = Expr { parts, span: Span::default() };
        y.value = number(rows);
        return Expr::one(Part::Call(Box::new((**call).clone())), Span::default());
    }
    let between = vec![tuple(inner.clone()), op("BETWEEN"), first, op("AND"), cap];
    let when = Expr { parts: between, span: Span::default() };
    let case =
        Part::Case { operand: None, whens: vec![(when, inner)], otherwise: Some(number(rows)) };
    Expr::one(case, Span::default())
}

/// SQLite takes no LIMIT after VALUES.
fn ends_with_values(query: &Query) -> bool {
    matches!(query.arms.last(), Some(Arm { body: Body::Values { .. }, .. }))
}

/// `SELECT * FROM (query)`.
fn wrap(query: &mut Query) {
    let span = query.span;
    let empty = Query { with: None, arms: vec![], order_by: vec![], limit: Limit::default(), span };
    let inner = std::mem::replace(query, empty);
    let kind = FactorKind::Derived { lateral: false, query: Box::new(inner) };
    query.arms = Select::all(Factor { kind, alias: None, span }).arms();
}
