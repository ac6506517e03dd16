//! What is inside of an expression; its subqueries are not.

use crate::ast::{Call, Expr, Part, Piece};

/// Visits the expression and those inside of it, outermost first. `visit` says whether to look
/// inside of an expression, `enter` whether inside of one of its parts.
pub(super) fn exprs(
    expr: &mut Expr,
    visit: &mut dyn FnMut(&mut Expr) -> bool,
    enter: &dyn Fn(&Part) -> bool,
) {
    if !visit(expr) {
        return;
    }
    for part in expr.parts.iter_mut().filter(|part| enter(part)) {
        match part {
            Part::Call(call) => {
                call.args.values.iter_mut().for_each(|arg| exprs(&mut arg.value, visit, enter));
            }
            Part::Tuple { items, .. } | Part::Array { items, .. } => {
                items.iter_mut().for_each(|item| exprs(item, visit, enter));
            }
            Part::Case { operand, whens, otherwise } => {
                let pairs = whens.iter_mut().flat_map(|(when, then)| [when, then]);
                let single = operand.iter_mut().chain(otherwise);
                single.chain(pairs).for_each(|expr| exprs(expr, visit, enter));
            }
            Part::Interval { value, .. } => exprs(value, visit, enter),
            Part::Special { pieces, .. } => in_pieces(pieces, visit, enter),
            _ => {}
        }
    }
}

fn in_pieces(
    pieces: &mut [Piece],
    visit: &mut dyn FnMut(&mut Expr) -> bool,
    enter: &dyn Fn(&Part) -> bool,
) {
    for piece in pieces {
        match piece {
            Piece::Expr(expr) => exprs(expr, visit, enter),
            Piece::Group(pieces) => in_pieces(pieces, visit, enter),
            _ => {}
        }
    }
}

/// Visits the calls in an expression.
pub(super) fn calls(expr: &mut Expr, visit: &mut dyn FnMut(&mut Call)) {
    let of_expr = &mut |expr: &mut Expr| {
        for part in &mut expr.parts {
            if let Part::Call(call) = part {
                visit(call);
            }
        }
        true
    };
    exprs(expr, of_expr, &|_| true);
}
