//! Which columns of a result show masks, for whoever reads the result.

use guard::Cleared;
use model::result::ResultColumn;
use std::collections::BTreeMap;

/// Says of each column what masks it: `partial of main.customers.email by policy ‘PII’`. `policies`
/// has the policies' names, by `schema.table.column`.
pub fn mark(columns: &mut [ResultColumn], cleared: &Cleared, policies: &BTreeMap<String, String>) {
    for masked in cleared.masked() {
        let says = match policies.get(&masked.column) {
            Some(policy) => format!("{} of {} by policy ‘{policy}’", masked.mask, masked.column),
            None => format!("{} of {}", masked.mask, masked.column),
        };
        match masked.position.and_then(|at| columns.get_mut(at)) {
            Some(column) => add(column, &masked.column, &says),
            None => unplaced(columns, &masked.column, &says),
        }
    }
}

/// A star or a record has it somewhere: in the columns of its name, or else in any.
fn unplaced(columns: &mut [ResultColumn], masked: &str, says: &str) {
    let name = masked.rsplit('.').next().unwrap_or(masked);
    let named = columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
    for column in columns.iter_mut() {
        if !named || column.name.eq_ignore_ascii_case(name) {
            add(column, masked, says);
        }
    }
}

fn add(column: &mut ResultColumn, masked: &str, says: &str) {
    match &mut column.mask {
        None => column.mask = Some(says.to_owned()),
        Some(known) if known == says => {}
        Some(known) => match known.strip_prefix("several of ") {
            Some(_) => known.push_str(&format!(", {masked}")),
            None => {
                let before = known.split_once(" of ").map_or(known.as_str(), |(_, rest)| rest);
                let before = before.split_once(" by policy ").map_or(before, |(column, _)| column);
                *known = format!("several of {before}, {masked}");
            }
        },
    }
}
