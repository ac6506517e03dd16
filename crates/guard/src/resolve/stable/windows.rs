//! Windows and lists whose functions tell equals apart: their orders are completed.

use super::keys::{key, text, wrapped};
use crate::resolve::{Resolver, scope::Scope};
use crate::{
    Flavour,
    ast::{Bound, Call, Expr, Frame, Ident, Item, OrderItem, Over, Part, Piece, Select, Window},
};

/// Functions that give a list in the order in which rows come.
const LISTS: [&str; 12] = [
    "array_agg",
    "string_agg",
    "json_agg",
    "jsonb_agg",
    "json_object_agg",
    "jsonb_object_agg",
    "xmlagg",
    "group_concat",
    "json_arrayagg",
    "json_group_array",
    "last_value",
    "nth_value",
];

/// Window functions that tell equals apart whatever the frame.
const SINGLING: [&str; 5] = ["row_number", "ntile", "lag", "lead", "first_value"];

impl Resolver<'_> {
    /// Completes the order in which a list is made.
    pub(in crate::resolve) fn settle_list(&self, call: &mut Call, scope: &Scope<'_>) {
        let Some(name) = call.name.last().map(|name| name.value.to_ascii_lowercase()) else {
            return;
        };
        let flavour = self.facts.flavour;
        let takes_order = LISTS.contains(&name.as_str())
            && call.over.is_none()
            && !(flavour == Flavour::MySql && name == "json_arrayagg");
        let distinct = call.args.quantifier == Some("DISTINCT");
        // PostgreSQL sorts what it makes distinct.
        if !takes_order || (distinct && flavour.is_postgres()) {
            return;
        }
        let arguments = || {
            let values = call.args.values.iter().map(|arg| arg.value.clone());
            let values = values.map(|value| {
                if flavour.is_postgres() { text(wrapped(value)) } else { wrapped(value) }
            });
            values.collect::<Vec<_>>()
        };
        let keys = if distinct { None } else { self.row_keys(scope) };
        let keys = keys.filter(|keys| !keys.is_empty()).unwrap_or_else(arguments);
        call.args.order_by.extend(keys.into_iter().map(key));
    }
}

/// Completes the orders of windows whose functions tell equals apart.
pub(super) fn settle_windows(select: &mut Select, order_by: &mut [OrderItem], keys: &[Expr]) {
    let windows = std::mem::take(&mut select.windows);
    let items = select.items.iter_mut().filter_map(|item| match item {
        Item::Expr { value, .. } => Some(value),
        Item::Star(_) | Item::QualifiedStar(_) => None,
    });
    for expr in items.chain(order_by.iter_mut().map(|item| &mut item.value)) {
        calls(expr, &mut |call| settle_window(call, &windows, keys));
    }
    select.windows = windows;
}

fn settle_window(call: &mut Call, windows: &[(Ident, Window)], keys: &[Expr]) {
    let Some(name) = call.name.last().map(|name| name.value.to_ascii_lowercase()) else { return };
    let Some(mut window) = call.over.as_ref().and_then(|over| flat(over, windows)) else { return };
    let whole = |frame: &Frame| {
        matches!(
            (&frame.start, &frame.end),
            (Bound::Fixed("UNBOUNDED PRECEDING"), Some(Bound::Fixed("UNBOUNDED FOLLOWING")))
        )
    };
    let list = LISTS.contains(&name.as_str());
    match &window.frame {
        Some(frame) if frame.units == "ROWS" || (whole(frame) && frame.exclude.is_none()) => {}
        _ if SINGLING.contains(&name.as_str()) => {}
        None if list && window.order_by.is_empty() => {
            window.frame = Some(Frame {
                units: "ROWS",
                start: Bound::Fixed("UNBOUNDED PRECEDING"),
                end: Some(Bound::Fixed("UNBOUNDED FOLLOWING")),
                exclude: None,
            });
        }
        _ => return,
    }
    window.order_by.extend(keys.iter().cloned().map(key));
    call.over = Some(Over::Window(window));
}

/// A window with what it takes over from those that it names.
fn flat(over: &Over, windows: &[(Ident, Window)]) -> Option<Window> {
    let named = |name: &Ident| {
        windows.iter().find(|(known, _)| known.value == name.value).map(|(_, window)| window)
    };
    let mut window = match over {
        Over::Named(name) => named(name)?.clone(),
        Over::Window(window) => window.clone(),
    };
    for _ in 0..windows.len() {
        let Some(base) = window.base.take() else { break };
        let base = named(&base)?;
        if window.partition_by.is_empty() {
            window.partition_by.clone_from(&base.partition_by);
        }
        if window.order_by.is_empty() {
            window.order_by.clone_from(&base.order_by);
        }
        window.base.clone_from(&base.base);
    }
    window.base.is_none().then_some(window)
}

/// Visits the calls of an expression, those of its subqueries not.
pub(super) fn calls(expr: &mut Expr, visit: &mut dyn FnMut(&mut Call)) {
    for part in &mut expr.parts {
        match part {
            Part::Call(call) => {
                call.args.values.iter_mut().for_each(|arg| calls(&mut arg.value, visit));
                visit(call);
            }
            Part::Tuple { items, .. } | Part::Array { items, .. } => {
                items.iter_mut().for_each(|item| calls(item, visit));
            }
            Part::Case { operand, whens, otherwise } => {
                for expr in operand.iter_mut().chain(otherwise) {
                    calls(expr, visit);
                }
                for (when, then) in whens {
                    calls(when, visit);
                    calls(then, visit);
                }
            }
            Part::Interval { value, .. } => calls(value, visit),
            Part::Special { pieces, .. } => in_pieces(pieces, visit),
            _ => {}
        }
    }
}

fn in_pieces(pieces: &mut [Piece], visit: &mut dyn FnMut(&mut Call)) {
    for piece in pieces {
        match piece {
            Piece::Expr(expr) => calls(expr, visit),
            Piece::Group(pieces) => in_pieces(pieces, visit),
            _ => {}
        }
    }
}
