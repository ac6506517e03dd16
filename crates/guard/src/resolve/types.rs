//! Operators and types: none that runs what is not known.

use super::Resolver;
use crate::{
    Flavour,
    ast::{Type, TypeName},
    fault::{Checked, Fault, Span},
    functions,
};

impl Resolver<'_> {
    /// An operator, or those that a word stands for.
    pub(super) fn operators(&self, op: &str, span: Span) -> Checked<()> {
        if op.starts_with(|c: char| !c.is_ascii_alphabetic()) {
            return self.operator(op, span);
        }
        let symbols: &[&str] = match op.strip_prefix("NOT ").unwrap_or(op) {
            "IN" => &["=", "<>"],
            "LIKE" => &["~~", "!~~"],
            "ILIKE" => &["~~*", "!~~*"],
            "SIMILAR TO" => &["~", "!~"],
            op if op.starts_with("BETWEEN") => &["<", "<=", ">", ">="],
            op if op.contains("DISTINCT FROM") => &["="],
            _ => &[],
        };
        symbols.iter().try_for_each(|symbol| self.operator(symbol, span))
    }

    pub(super) fn operator(&self, symbol: &str, span: Span) -> Checked<()> {
        let users = self.facts.operator(symbol);
        let by_users = users.contains(&false);
        let of_extension = functions::operator_of_extension(symbol) && !users.is_empty();
        if by_users || !(functions::operator(symbol) || of_extension) {
            let reason = format!(
                "The operator '{symbol}' is not one of the server's own: what it runs is not known."
            );
            return Err(Fault::new("operator", reason, span));
        }
        Ok(())
    }

    /// The type is built in, or one that runs no user's code.
    pub(super) fn data_type(&mut self, ty: &mut Type) -> Checked<()> {
        let TypeName::User(name) = &mut ty.name else { return Ok(()) };
        let Some((last, schema)) = name.split_last() else { return Ok(()) };
        let refuse = |reason: String| Err(Fault::new("type", reason, ty.span));
        if let Some(kind) = self.facts.user_type(&last.value) {
            let harmless = match kind {
                "base" => true,
                "enum" | "range" | "composite" => !self.facts.has_user_cast(&last.value),
                _ => false,
            };
            return if harmless {
                Ok(())
            } else {
                refuse(format!("Casting to '{}' may run a user's code.", last.value))
            };
        }
        let table = match schema {
            [] => self.facts.unqualified(&last.value),
            [schema] => self.facts.table(&schema.value, &last.value),
            _ => None,
        };
        match table {
            Some(id) if self.facts.flavour == Flavour::Postgres => {
                if self.facts.has_user_cast(&last.value) {
                    return refuse(format!("Casting to '{}' may run a user's code.", last.value));
                }
                self.readable(id, ty.span)
            }
            _ => refuse(format!("The type '{}' is not known.", last.value)),
        }
    }
}
