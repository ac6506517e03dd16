//! What a name in FROM means.

use super::{
    Resolver,
    scope::{Ctes, Shape},
};
use crate::{
    Flavour,
    ast::Ident,
    fault::{Checked, Fault},
    functions,
};

/// What a name in FROM means.
pub(super) enum Found {
    Cte(Shape),
    Table(usize),
    System(&'static functions::System),
    /// MariaDB's `seq_1_to_10_step_2`.
    Sequence,
}

impl Resolver<'_> {
    pub(super) fn find(&self, name: &[Ident], ctes: Ctes<'_>) -> Checked<Found> {
        let Some((last, qualifiers)) = name.split_last() else {
            return Err(Fault::whole("syntax", "A table has no name."));
        };
        match qualifiers {
            [] => {
                if let Some(shape) = self.cte(&last.value, ctes) {
                    return Ok(Found::Cte(shape));
                }
                self.find_unqualified(last)
            }
            [schema] => self.find_in(&schema.value, last),
            [database, schema]
                if self.facts.flavour.is_postgres() && database.value == self.facts.database =>
            {
                self.find_in(&schema.value, last)
            }
            _ => Err(Fault::new("unknown_table", "Another database cannot be read.", last.span)),
        }
    }

    fn cte(&self, name: &str, ctes: Ctes<'_>) -> Option<Shape> {
        let mut here = Some(&ctes);
        while let Some(ctes) = here {
            let found = ctes.entries.iter().rev().find(|entry| self.facts.same(&entry.name, name));
            if let Some(entry) = found {
                return Some(entry.shape.clone());
            }
            here = ctes.outer;
        }
        None
    }

    fn find_unqualified(&self, name: &Ident) -> Checked<Found> {
        let flavour = self.facts.flavour;
        if flavour.is_postgres() && name.value.starts_with("pg_") {
            // pg_catalog is searched before everything else.
            if let Some(system) = functions::system(flavour, "pg_catalog", &name.value) {
                return Ok(Found::System(system));
            }
            // A user's table of such a name may still be hidden by the server's own.
            return Err(self.hidden_system(name));
        }
        let lower = name.value.to_ascii_lowercase();
        if flavour.is_sqlite() && lower.starts_with("sqlite_") {
            let schema = if lower.starts_with("sqlite_temp_") { "temp" } else { "main" };
            return self.find_in(schema, name);
        }
        match self.facts.unqualified(&name.value) {
            Some(id) => Ok(Found::Table(id)),
            None if flavour == Flavour::MariaDb && is_sequence(&name.value) => Ok(Found::Sequence),
            // SQLite's PRAGMAs without an argument are tables too.
            None => match functions::system(flavour, "main", &name.value) {
                Some(system) if flavour.is_sqlite() => Ok(Found::System(system)),
                _ => Err(self.no_table(name)),
            },
        }
    }

    fn find_in(&self, schema: &str, name: &Ident) -> Checked<Found> {
        let flavour = self.facts.flavour;
        let sqlite_system =
            flavour.is_sqlite() && name.value.to_ascii_lowercase().starts_with("sqlite_");
        if functions::system_schema(flavour, schema) || sqlite_system {
            return match functions::system(flavour, schema, &name.value) {
                Some(system) => Ok(Found::System(system)),
                None => Err(self.hidden_system(name)),
            };
        }
        match self.facts.table(schema, &name.value) {
            Some(id) => Ok(Found::Table(id)),
            None => match functions::system(flavour, schema, &name.value) {
                Some(system) if flavour.is_sqlite() => Ok(Found::System(system)),
                _ => Err(self.no_table(name)),
            },
        }
    }

    fn hidden_system(&self, name: &Ident) -> Box<Fault> {
        let reason =
            format!("The system relation '{}' is not on the list of harmless ones.", name.value);
        Fault::new("system_relation", reason, name.span)
    }

    fn no_table(&self, name: &Ident) -> Box<Fault> {
        let reason = format!("There is no table '{}' in this connection.", name.value);
        let fault = Fault::new("unknown_table", reason, name.span);
        let alike: Vec<_> = self
            .facts
            .alike(&name.value)
            .filter(|table| !self.gate.policy.of(&table.schema, &table.name).denied)
            .take(3)
            .map(|table| table.name.as_str())
            .collect();
        if alike.is_empty() {
            fault
        } else {
            fault.hint(format!("Did you mean {}?", alike.join(", ")))
        }
    }
}

/// `seq_1_to_10`, `seq_10_to_1_step_3`.
fn is_sequence(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let Some(rest) = lower.strip_prefix("seq_") else { return false };
    let Some((from, rest)) = rest.split_once("_to_") else { return false };
    let (to, step) = rest.split_once("_step_").unwrap_or((rest, "1"));
    [from, to, step].iter().all(|digits| {
        !digits.is_empty() && digits.len() < 20 && digits.bytes().all(|b| b.is_ascii_digit())
    })
}
