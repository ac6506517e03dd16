//! Functions that are harmless with some arguments only.

use super::Resolver;
use crate::{
    ast::{Call, Expr, Literal, Part, Type, TypeName},
    fault::{Checked, Fault},
    parse::SETTINGS,
};

/// A value that is larger takes the server's memory.
const LARGEST_VALUE: f64 = 5e7;

/// About how many bytes a call gives, as far as its arguments are numbers and texts.
fn bytes_of_call(call: &Call) -> f64 {
    let name = call.name.last().map_or("", |name| name.value.as_str()).to_ascii_lowercase();
    let arg = |n: usize| call.args.values.get(n).map(|arg| &arg.value);
    let number = |n: usize| arg(n).and_then(number).unwrap_or(1.0);
    let bytes = |n: usize| arg(n).map_or(1.0, bytes);
    match name.as_str() {
        "repeat" => bytes(0) * number(1),
        "lpad" | "rpad" => number(1),
        "space" | "zeroblob" | "randomblob" => number(0),
        "array_fill" => match arg(1).map(|expr| expr.parts.as_slice()) {
            Some([Part::Array { items, .. }, ..]) => {
                items.iter().filter_map(self::number).product::<f64>() * 8.0
            }
            _ => 1.0,
        },
        "hex" | "to_hex" | "encode" => 2.0 * bytes(0),
        _ => call.args.values.iter().map(|arg| self::bytes(&arg.value)).sum(),
    }
}

fn bytes(expr: &Expr) -> f64 {
    let of_part = |part: &Part| match part {
        Part::Call(call) => bytes_of_call(call),
        Part::Literal(Literal::Text(text)) => text.len() as f64,
        Part::Tuple { items, .. } => items.iter().map(bytes).sum(),
        _ => 1.0,
    };
    expr.parts.iter().map(of_part).sum()
}

fn number(expr: &Expr) -> Option<f64> {
    match expr.parts.first()? {
        Part::Literal(Literal::Number(digits)) => digits.parse().ok(),
        Part::Tuple { items, .. } => items.first().and_then(number),
        _ => None,
    }
}

impl Resolver<'_> {
    /// Functions that are harmless with some arguments only.
    pub(super) fn arguments(&mut self, call: &Call, name: &str) -> Checked<()> {
        let text = |n: usize| match call.args.values.get(n).map(|arg| arg.value.parts.as_slice()) {
            Some([Part::Literal(Literal::Text(text))]) => Some(text.as_str()),
            Some([Part::Literal(Literal::Text(text)), Part::CastTo(_)]) => Some(text.as_str()),
            _ => None,
        };
        let refuse = |reason: &str| Err(Fault::new("function", reason, call.span));
        match name.to_ascii_lowercase().as_str() {
            "nullif" if self.facts.flavour.is_postgres() => self.operator("=", call.span),
            "current_setting" => {
                let known = text(0)
                    .is_some_and(|name| SETTINGS.contains(&name.to_ascii_lowercase().as_str()));
                if known {
                    Ok(())
                } else {
                    refuse("This setting is not on the list of harmless ones.")
                }
            }
            "repeat" | "lpad" | "rpad" | "space" | "zeroblob" | "randomblob" | "array_fill" => {
                if bytes_of_call(call) > LARGEST_VALUE {
                    refuse("A single value of this size would take the server's memory.")
                } else {
                    Ok(())
                }
            }
            // They fill any columns, those of a user's domain too, whose check then runs.
            name if name.starts_with("json")
                && name.contains("populate_record")
                && self.has_unknown_domains() =>
            {
                // `NULL::orders`, where no column is of such a type.
                let named = match call.args.values.first().map(|arg| arg.value.parts.as_slice()) {
                    Some([_, Part::CastTo(Type { name: TypeName::User(name), .. })]) => Some(name),
                    _ => None,
                };
                if named.is_some_and(|name| self.fills_harmlessly(name)) {
                    return Ok(());
                }
                refuse("Filling a record may run the checks of a user's domain.")
            }
            name if name.starts_with("pg_stat_get_") && !self.gate.policy.is_open() => {
                refuse("Counts of rows are refused where a policy governs tables.")
            }
            "pg_get_viewdef" if !self.gate.policy.is_open() => {
                let named = text(0).map(|name| name.rsplit_once('.').unwrap_or(("", name)));
                let id = named.and_then(|(schema, name)| match schema {
                    "" => self.facts.unqualified(name),
                    schema => self.facts.table(schema, name),
                });
                let readable = id.is_some_and(|id| {
                    let table = &self.facts.tables[id];
                    self.is_readable(&table.schema, &table.name)
                });
                if readable {
                    return Ok(());
                }
                refuse(
                    "Definitions are shown of views that you may read, asked for by name: pg_get_viewdef('schema.view'::regclass).",
                )
            }
            "has_table_privilege"
            | "has_column_privilege"
            | "has_any_column_privilege"
            | "pg_partition_tree"
            | "pg_partition_ancestors"
            | "pg_partition_root" => {
                let about = (0..call.args.values.len()).filter_map(text).any(|name| {
                    let name = name.rsplit('.').next().unwrap_or(name).trim_matches('"');
                    self.facts
                        .alike_named(name)
                        .any(|table| self.gate.policy.of(&table.schema, &table.name).denied)
                });
                if about { refuse("You may not ask about this table.") } else { Ok(()) }
            }
            "pg_relation_size" | "pg_table_size" | "pg_indexes_size" | "pg_total_relation_size" => {
                if self.gate.policy.is_open() {
                    return Ok(());
                }
                let named = text(0)
                    .map(|name| name.rsplit_once('.').map_or((None, name), |(s, n)| (Some(s), n)));
                let id = named.and_then(|(schema, name)| match schema {
                    Some(schema) => self.facts.table(schema, name),
                    None => self.facts.unqualified(name),
                });
                let open = id.is_some_and(|id| {
                    let table = &self.facts.tables[id];
                    self.gate.policy.of(&table.schema, &table.name).is_open()
                });
                if open {
                    Ok(())
                } else {
                    refuse("Sizes of tables that the policy governs are refused.")
                }
            }
            _ => Ok(()),
        }
    }
}
