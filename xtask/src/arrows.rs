//! Who may depend on whom (design §1): the shape that keeps the cores pure and the page small.

use crate::graph::{Dependency, Graph};
use crate::process;
use crate::workspace::Workspace;
use anyhow::Result;
use std::collections::BTreeSet;

/// What each package of the workspace may use of the others. A package that is not listed, or an
/// arrow that is not, breaks the build: adding one is a decision to be read in a diff.
const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("app", &["model"]),
    ("frontend", &["app"]),
    ("guard", &["model"]),
    ("catalog", &["model"]),
    ("retrieval", &["model", "catalog"]),
    ("engine", &["model", "catalog"]),
    ("charts", &["model"]),
    ("llm", &["model"]),
    ("connect", &["model", "guard"]),
    ("store", &["model"]),
    ("sample", &["model"]),
    (
        "pipeline",
        &["model", "guard", "catalog", "retrieval", "engine", "charts", "llm", "connect", "store"],
    ),
    (
        "server",
        &[
            "model",
            "app",
            "guard",
            "catalog",
            "retrieval",
            "engine",
            "charts",
            "llm",
            "connect",
            "store",
            "pipeline",
            "sample",
        ],
    ),
    ("testkit", &["model", "server", "store", "connect", "guard"]),
    ("bench", &["model"]),
    ("proof", &["model", "guard", "connect", "testkit"]),
    ("xtask", &[]),
];

/// Families of outside crates (by prefix of their name) and the only packages that may name them.
const KEPT: &[(&[&str], &[&str])] = &[
    (&["leptos", "reactive_", "server_fn", "tachys"], &["app", "frontend", "server"]),
    (&["sqlx"], &["connect", "store"]),
    (&["rusqlite"], &["connect", "sample", "proof"]),
    (&["sqlparser"], &["guard", "engine"]),
    (&["pg_query"], &["guard"]),
    (&["charming"], &["charts"]),
    (&["async-openai", "reqwest", "hyper", "ureq"], &["llm", "bench", "testkit"]),
    (&["axum"], &["server", "testkit"]),
    (&["tower"], &["server", "testkit", "llm"]),
];

/// Packages whose code runs anywhere: they may not even name a runtime, a socket or a clock.
const PURE: &[&str] = &["model", "guard", "catalog", "retrieval", "engine", "charts"];
const IMPURE: &[&str] = &["tokio", "async-std", "mio", "socket2", "futures"];

/// Packages that tell a server from a page.
const SERVER_ONLY: &[&str] = &[
    "axum",
    "hyper",
    "tokio",
    "mio",
    "sqlx",
    "rusqlite",
    "libsqlite3-sys",
    "sqlparser",
    "pg_query",
    "guard",
    "connect",
    "store",
    "engine",
    "pipeline",
    "llm",
    "leptos_axum",
    "rustls",
    "argon2",
];

/// Every arrow that the design does not have, one line each.
pub fn broken(graph: &Graph) -> Vec<String> {
    let mut lines = Vec::new();
    let names: BTreeSet<&str> = graph.members().map(|package| package.name.as_str()).collect();
    for package in graph.members() {
        let name = package.name.as_str();
        let Some((_, allowed)) = ARROWS.iter().find(|(from, _)| *from == name) else {
            lines.push(format!("{name} has no place in the design's arrows (xtask/src/arrows.rs)"));
            continue;
        };
        // Tests may look at their neighbours; what is shipped may not.
        for used in package.dependencies.iter().filter(|used| !is_test(used)) {
            let to = used.name.as_str();
            if names.contains(to) && !allowed.contains(&to) {
                lines.push(format!("{name} → {to} is not an arrow of the design"));
            }
            lines.extend(KEPT.iter().filter_map(|(family, users)| {
                let kept = family.iter().any(|prefix| belongs(to, prefix));
                (kept && !users.contains(&name))
                    .then(|| format!("{name} names {to}, which only {} may", users.join(", ")))
            }));
            if PURE.contains(&name) && IMPURE.iter().any(|prefix| belongs(to, prefix)) {
                lines.push(format!("{name} is pure, yet names {to}"));
            }
        }
    }
    lines
}

/// Packages of the server that got into the page.
pub fn server_crates_in_page(workspace: &Workspace) -> Result<Vec<String>> {
    let tree = process::output(process::cargo(&workspace.root).args([
        "tree",
        "--package=frontend",
        "--target=wasm32-unknown-unknown",
        "--edges=normal",
        "--prefix=none",
        "--format={p}",
        "--quiet",
    ]))?;
    let used: BTreeSet<&str> = tree.lines().filter_map(|l| l.split_whitespace().next()).collect();
    Ok(SERVER_ONLY.iter().filter(|name| used.contains(*name)).map(ToString::to_string).collect())
}

fn is_test(dependency: &Dependency) -> bool {
    dependency.kind.as_deref() == Some("dev")
}

/// `tower` and `tower-http` belong to the family `tower`; `towering` does not.
fn belongs(name: &str, family: &str) -> bool {
    name.strip_prefix(family).is_some_and(|rest| {
        rest.is_empty() || family.ends_with('_') || rest.starts_with(['-', '_'])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arrows_of_the_design_hold() {
        let workspace = Workspace::find().unwrap();
        let graph = Graph::read(&workspace).unwrap();
        assert_eq!(broken(&graph), Vec::<String>::new());
    }

    #[test]
    fn no_server_crate_is_in_the_page() {
        let workspace = Workspace::find().unwrap();
        assert_eq!(server_crates_in_page(&workspace).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn wrong_arrows_are_noticed() {
        let check = |from: &str, to: &str, kind: &str, expect: &[&str]| {
            let json = format!(
                r#"{{"workspace_members": ["1", "2"], "packages": [
                    {{"id": "1", "name": "{from}", "version": "0.1.0", "dependencies":
                        [{{"name": "{to}", "req": "*", "kind": {kind}}}]}},
                    {{"id": "2", "name": "store", "version": "0.1.0", "dependencies": []}}]}}"#
            );
            assert_eq!(broken(&serde_json::from_str(&json).unwrap()), expect, "{from} → {to}");
        };
        check("connect", "store", "null", &["connect → store is not an arrow of the design"]);
        check("connect", "store", r#""dev""#, &[]);
        check("pipeline", "store", "null", &[]);
        check("guard", "tokio", "null", &["guard is pure, yet names tokio"]);
        check(
            "pipeline",
            "sqlx-core",
            "null",
            &["pipeline names sqlx-core, which only connect, store may"],
        );
        check(
            "newcomer",
            "serde",
            "null",
            &["newcomer has no place in the design's arrows (xtask/src/arrows.rs)"],
        );
    }
}
