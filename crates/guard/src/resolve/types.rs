//! Operators and types: none that runs what is not known.

use super::{
    Resolver, Taint,
    scope::{Column, Ctes, Relation, Scope, Shape, Use},
};
use crate::{
    Flavour,
    ast::{Ident, Type, TypeName},
    facts::{CastFacts, of_one},
    fault::{Checked, Fault, Span},
    functions, parse,
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
        let table = match schema {
            [] => self.facts.unqualified(&last.value),
            [schema] => self.facts.table(&schema.value, &last.value),
            _ => None,
        };
        let known = !self.facts.user_types(&last.value).is_empty();
        let table = table.filter(|_| !known && self.facts.flavour == Flavour::Postgres);
        if !known && table.is_none() {
            let reason = format!("The type '{}' is not known.", last.value);
            return Err(Fault::new("type", reason, ty.span));
        }
        if self.has_user_cast(&last.value) || !self.is_harmless_type(&last.value, 0) {
            let reason = format!("Casting to '{}' may run a user's code.", last.value);
            return Err(Fault::new("type", reason, ty.span)
                .hint("An admin can mark the function behind it as harmless."));
        }
        table.map_or(Ok(()), |id| self.readable(id, ty.span))
    }

    /// A cast from or to this type runs a user's code that nobody vouches for.
    pub(super) fn has_user_cast(&self, type_name: &str) -> bool {
        self.user_casts().any(|cast| cast.types.iter().any(|name| name == type_name))
    }

    /// The server may call a user's cast wherever a value of this type stands.
    pub(super) fn casts_by_itself(&self, type_name: &str) -> bool {
        let from = of_one(type_name);
        self.user_casts()
            .any(|cast| cast.implicit && cast.types.first().is_some_and(|name| name == from))
    }

    fn user_casts(&self) -> impl Iterator<Item = &'_ CastFacts> {
        let vouched = &self.gate.policy.functions;
        self.facts.casts.iter().filter(|cast| !vouched.contains(&cast.function))
    }

    /// Some domain's checks may run a user's code.
    pub(super) fn has_unknown_domains(&mut self) -> bool {
        let facts = self.facts;
        !facts.domains().all(|name| self.is_harmless_type(name, 0))
    }

    /// All columns of the table, or attributes of the type, can be filled without running what is
    /// not known.
    pub(super) fn fills_harmlessly(&mut self, name: &[Ident]) -> bool {
        let facts = self.facts;
        let table = match name {
            [only] if !facts.user_types(&only.value).is_empty() => {
                return self.is_harmless_type(&only.value, 0);
            }
            [table] => facts.unqualified(&table.value),
            [schema, table] => facts.table(&schema.value, &table.value),
            _ => None,
        };
        table.is_some_and(|id| {
            let columns = &facts.tables[id].columns;
            columns.iter().all(|column| self.is_harmless_type(of_one(&column.type_name), 0))
        })
    }

    /// Making a value of the type runs nothing that is not known: its domains' checks neither.
    fn is_harmless_type(&mut self, name: &str, depth: usize) -> bool {
        const DEEPEST: usize = 8;
        let facts = self.facts;
        let types = facts.user_types(name);
        depth < DEEPEST
            && types.iter().all(|ty| {
                let whole = match ty.kind.as_str() {
                    "base" | "enum" | "range" | "composite" => true,
                    "domain" => ty.checks.as_ref().is_some_and(|checks| {
                        checks.iter().all(|check| self.is_harmless_check(check))
                    }),
                    _ => false,
                };
                whole && ty.parts.iter().all(|part| self.is_harmless_type(part, depth + 1))
            })
    }

    /// `CHECK ((VALUE > 0))` with the server's own functions and operators.
    fn is_harmless_check(&mut self, check: &str) -> bool {
        let Some(rule) = check.strip_prefix("CHECK ") else { return false };
        let rule = rule.strip_suffix(" NOT VALID").unwrap_or(rule);
        let Ok(mut expr) = parse::expression(rule, self.facts.flavour) else { return false };
        let columns = vec![Column { name: Some("value".into()), taint: Taint::default() }];
        let mut scope = Scope::default();
        scope.relations.push(Relation::new(None, Shape { columns, ..Shape::default() }));
        let mut resolver = Self::new(self.gate);
        resolver.steps = self.steps;
        let read = resolver.expr(&mut expr, &scope, Ctes::default(), Use::Computed);
        self.user_code |= resolver.user_code;
        read.is_ok()
    }

    /// Nothing that a user made runs by itself here.
    pub(super) fn runs_no_cast(&self, taint: Taint, span: Span) -> Checked<()> {
        if self.trusted || !taint.has(Taint::CAST) {
            return Ok(());
        }
        let reason = "The server may call a user's cast of this column's type by itself.";
        Err(Fault::new("type", reason, span).hint(
            "Show the column as it is, or have an admin mark the cast's function as harmless.",
        ))
    }
}
