//! Windows and lists whose functions tell equals apart: their orders are completed.

use super::{
    inside::calls,
    keys::{key, text, wrapped},
};
use crate::resolve::{Resolver, scope::Scope};
use crate::{
    Flavour,
    ast::{Bound, Call, Expr, Frame, Ident, Item, OrderItem, Over, Select, Window},
    fault::{Checked, Fault},
};

/// Functions that give a list in the order in which rows come.
const LISTS: [&str; 13] = [
    "any_value",
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

impl Resolver<'_> {
    /// Completes the order in which a list is made.
    pub(in crate::resolve) fn settle_list(&self, call: &mut Call, scope: &Scope<'_>) {
        let Some(name) = call.name.last().map(|name| name.value.to_ascii_lowercase()) else {
            return;
        };
        let flavour = self.facts.flavour;
        let takes_order = LISTS.contains(&name.as_str())
            && call.over.is_none()
            && !(flavour == Flavour::MySql
                && ["json_arrayagg", "any_value"].contains(&name.as_str()));
        let distinct = call.args.quantifier == Some("DISTINCT");
        // PostgreSQL sorts what it makes distinct.
        if !takes_order || (distinct && flavour.is_postgres()) {
            return;
        }
        let arguments = || {
            let values = call.args.values.iter().map(|arg| arg.value.clone());
            let values = values
                .map(|value| if self.has_texts() { text(wrapped(value)) } else { wrapped(value) });
            values.collect::<Vec<_>>()
        };
        let keys = if distinct { None } else { self.row_keys(scope) };
        let keys = keys.filter(|keys| !keys.is_empty()).unwrap_or_else(arguments);
        call.args.order_by.extend(keys.into_iter().map(key));
    }
}

/// Completes the orders of windows whose functions tell equals apart. Where that would change what
/// the window means, the statement is refused.
pub(super) fn settle_windows(
    select: &mut Select,
    order_by: &mut [OrderItem],
    keys: &[Expr],
) -> Checked<()> {
    let windows = std::mem::take(&mut select.windows);
    let items = select.items.iter_mut().filter_map(|item| match item {
        Item::Expr { value, .. } => Some(value),
        Item::Star(_) | Item::QualifiedStar(_) => None,
    });
    let mut settled = Ok(());
    for expr in items.chain(order_by.iter_mut().map(|item| &mut item.value)) {
        calls(expr, &mut |call| {
            if settled.is_ok() {
                settled = settle_window(call, &windows, keys);
            }
        });
    }
    select.windows = windows;
    settled
}

/// What is done about the equals of a window's order.
enum Equals {
    /// They all give the same.
    Alike,
    /// The order goes on with keys.
    Keyed,
    /// It does not look at the frame, which may not allow more keys.
    Unframed,
    /// The value of the last of them, which is the first of its group in another order.
    Grouped,
    /// Nothing would keep the meaning.
    Open,
}

fn settle_window(call: &mut Call, windows: &[(Ident, Window)], keys: &[Expr]) -> Checked<()> {
    let Some(name) = call.name.last().map(|name| name.value.to_ascii_lowercase()) else {
        return Ok(());
    };
    let Some(mut window) = call.over.as_ref().and_then(|over| flat(over, windows)) else {
        return Ok(());
    };
    if LISTS.contains(&name.as_str()) && window.order_by.is_empty() && window.frame.is_none() {
        window.frame = Some(Frame {
            units: "ROWS",
            start: Bound::Fixed("UNBOUNDED PRECEDING"),
            end: Some(Bound::Fixed("UNBOUNDED FOLLOWING")),
            exclude: None,
        });
    }
    match equals(&name, &window) {
        Equals::Alike => return Ok(()),
        Equals::Keyed => {}
        Equals::Unframed => window.frame = None,
        Equals::Grouped if call.nulls.is_none() => {
            window.partition_by.extend(window.order_by.drain(..).map(|item| item.value));
            window.frame = None;
            call.name = vec![Ident::made("first_value")];
        }
        Equals::Grouped | Equals::Open => {
            let reason = format!(
                "'{name}' would tell rows apart that are equal in this window's order, and your policy filters rows."
            );
            return Err(Fault::new("policy", reason, call.span)
                .hint("Write ROWS instead of RANGE or GROUPS, or order the list itself."));
        }
    }
    window.order_by.extend(keys.iter().cloned().map(key));
    call.over = Some(Over::Window(window));
    Ok(())
}

fn equals(name: &str, window: &Window) -> Equals {
    if ["row_number", "ntile", "lag", "lead"].contains(&name) {
        return Equals::Unframed;
    }
    let tells = name == "first_value" || LISTS.contains(&name);
    let Some(frame) = &window.frame else {
        return match name {
            "first_value" => Equals::Keyed,
            "last_value" => Equals::Grouped,
            _ if tells => Equals::Open,
            _ => Equals::Alike,
        };
    };
    let of_equals = frame.exclude.is_some_and(|what| matches!(what, "TIES" | "GROUP"));
    if frame.units == "ROWS" {
        return if of_equals { Equals::Open } else { Equals::Keyed };
    }
    if !tells {
        return Equals::Alike;
    }
    if frame.exclude.is_some_and(|what| what != "NO OTHERS") {
        return Equals::Open;
    }
    let is = |bound: &Bound, words: &str| matches!(bound, Bound::Fixed(fixed) if *fixed == words);
    let current = Bound::Fixed("CURRENT ROW");
    let end = frame.end.as_ref().unwrap_or(&current);
    let amounts = [&frame.start, end].iter().any(|bound| matches!(bound, Bound::Amount(..)));
    let from_first = is(&frame.start, "UNBOUNDED PRECEDING");
    let to_last = is(end, "UNBOUNDED FOLLOWING");
    match name {
        _ if amounts => Equals::Open,
        _ if from_first && to_last => Equals::Keyed,
        "first_value" if from_first => Equals::Keyed,
        "last_value" if to_last => Equals::Keyed,
        "last_value" if from_first && is(end, "CURRENT ROW") => Equals::Grouped,
        _ => Equals::Open,
    }
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
