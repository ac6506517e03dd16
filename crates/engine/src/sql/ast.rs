//! Small pieces of the syntax tree.

use super::plain;
use crate::{cues::Op, plan::Lit};
use sqlparser::ast::{
    BinaryOperator, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr,
    FunctionArgumentList, FunctionArguments, Ident, Query, Value, WindowSpec, WindowType,
    visit_expressions_mut,
};
use std::ops::ControlFlow;

pub(super) fn and(a: Expr, b: Expr) -> Expr {
    binary(a, BinaryOperator::And, b)
}

pub(super) fn binary(left: Expr, op: BinaryOperator, right: Expr) -> Expr {
    Expr::BinaryOp { left: Box::new(left), op, right: Box::new(right) }
}

/// Without the brackets that only a larger expression needs.
pub(super) fn bare(e: Expr) -> Expr {
    match e {
        Expr::Nested(inner) => *inner,
        e => e,
    }
}

pub(super) fn operator(op: Op) -> BinaryOperator {
    match op {
        Op::Eq => BinaryOperator::Eq,
        Op::Ne => BinaryOperator::NotEq,
        Op::Gt => BinaryOperator::Gt,
        Op::Ge => BinaryOperator::GtEq,
        Op::Lt => BinaryOperator::Lt,
        Op::Le => BinaryOperator::LtEq,
    }
}

/// MySQL takes a backslash in a string for an escape; sqlparser prints it as it is.
pub(super) fn double_backslashes(query: &mut Query) {
    let _ = visit_expressions_mut(query, |expr| {
        if let Expr::Value(value) = expr
            && let Value::SingleQuotedString(text) = &mut value.value
        {
            *text = text.replace('\\', "\\\\");
        }
        ControlFlow::<()>::Continue(())
    });
}

pub(super) fn number(text: String) -> Expr {
    Expr::value(Value::Number(text, false))
}

pub(super) fn string(text: &str) -> Expr {
    Expr::value(Value::SingleQuotedString(text.to_owned()))
}

pub(super) fn literal(lit: &Lit) -> Expr {
    match lit {
        Lit::Num(n) => number(plain(*n)),
        Lit::Text(t) => string(t),
        Lit::Bool(b) => Expr::value(Value::Boolean(*b)),
    }
}

/// The aggregate over all groups.
pub(super) fn over_all(call: Expr) -> Expr {
    let Expr::Function(mut function) = call else { return call };
    function.over = Some(WindowType::WindowSpec(WindowSpec {
        window_name: None,
        partition_by: vec![],
        order_by: vec![],
        window_frame: None,
    }));
    Expr::Function(function)
}

pub(super) fn call(name: &str, args: Vec<Expr>) -> Expr {
    call_distinct(name, args, false)
}

pub(super) fn call_distinct(name: &str, args: Vec<Expr>, distinct: bool) -> Expr {
    function(
        name,
        args.into_iter().map(|a| FunctionArg::Unnamed(FunctionArgExpr::Expr(a))).collect(),
        distinct,
    )
}

pub(super) fn function(name: &str, args: Vec<FunctionArg>, distinct: bool) -> Expr {
    Expr::Function(Function {
        name: Ident::new(name).into(),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList {
            duplicate_treatment: distinct.then_some(DuplicateTreatment::Distinct),
            args,
            clauses: vec![],
        }),
        within_group: vec![],
        filter: None,
        null_treatment: None,
        over: None,
    })
}
