//! What every target does with a text: through the gate with and without a policy. It must not
//! panic, and what it renders it must read as itself.

use guard::{Cleared, Facts, Gate, Policy, Verdict, check};
use std::collections::BTreeMap;

const POLICY: &str = r#"{"tables": [
    {"table": "secrets", "access": "deny"},
    {"table": "customers", "rows": "country <> 'NG'", "columns": {"email": null, "ssn": {"partial": {"end": 2}}}},
    {"table": "employees", "columns": {"salary": {"range": {"width": 1000}}, "name": "deny"}}
]}"#;

/// One database's facts and the policies that are tried.
pub struct Bench {
    facts: Facts,
    policy: Policy,
    attributes: BTreeMap<String, String>,
}

impl Bench {
    /// From a catalogue of `crates/guard/tests/catalogs`.
    pub fn new(catalog: &str) -> Self {
        let catalog = serde_json::from_str(catalog).expect("the catalogue is well formed");
        let policy = serde_json::from_str(POLICY).expect("the policy is well formed");
        Self { facts: Facts::new(&catalog), policy, attributes: BTreeMap::new() }
    }

    /// Gives the statements that may run.
    pub fn pass(&self, data: &[u8]) -> Vec<Cleared> {
        let Ok(sql) = std::str::from_utf8(data) else { return Vec::new() };
        let open = Policy::default();
        let mut cleared = Vec::new();
        for policy in [&open, &self.policy] {
            for row_limit in [None, Some(100)] {
                let gate =
                    Gate { facts: &self.facts, policy, attributes: &self.attributes, row_limit };
                if let Verdict::Read(read) = check(&gate, sql) {
                    cleared.push(read);
                }
            }
        }
        if let Some(first) = cleared.first().filter(|_| !of_the_server(sql)) {
            let gate = Gate {
                facts: &self.facts,
                policy: &open,
                attributes: &self.attributes,
                row_limit: None,
            };
            match check(&gate, first.sql()) {
                Verdict::Read(again) if again.sql() == first.sql() => {}
                other => panic!("{} became {other:?}", first.sql()),
            }
        }
        cleared
    }
}

/// Lists of the server are replaced anew each time.
fn of_the_server(sql: &str) -> bool {
    let lower = sql.to_ascii_lowercase();
    ["pg_", "information_schema", "show", "pragma", "sqlite_s"].iter().any(|word| lower.contains(word))
}
