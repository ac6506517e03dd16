//! Ten queries in the manner of TPC-H through the whole gate: parse, second opinion, resolve,
//! substitute, render. Target: p50 at most 200 µs.
#![allow(missing_docs)]

use criterion::{Criterion, criterion_group, criterion_main};
use guard::{Facts, Gate, Policy, Verdict, check};
use std::{collections::BTreeMap, hint::black_box};

const QUERIES: &str = include_str!("tpch.sql");

fn gate(c: &mut Criterion) {
    let catalog = include_str!("tpch.json");
    let facts = Facts::new(&serde_json::from_str(catalog).expect("the catalogue is valid"));
    let policy: Policy = serde_json::from_str(
        r#"{"tables": [{"table": "customer", "columns": {"c_phone": "null"}},
                       {"table": "orders", "rows": "o_orderstatus <> 'X'"}]}"#,
    )
    .expect("the policy is valid");
    let attributes = BTreeMap::new();
    let gate =
        Gate { facts: &facts, policy: &policy, attributes: &attributes, row_limit: Some(1001) };
    for (n, sql) in QUERIES.split(";\n").map(str::trim).filter(|sql| !sql.is_empty()).enumerate() {
        assert!(
            matches!(check(&gate, sql), Verdict::Read(_)),
            "query {n}: {:?}",
            check(&gate, sql)
        );
        c.bench_function(&format!("tpch {}", n + 1), |b| b.iter(|| check(&gate, black_box(sql))));
    }
}

criterion_group!(benches, gate);
criterion_main!(benches);
