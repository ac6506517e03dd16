//! The offline parts of `cargo deny`: licences, bans, sources.
//!
//! cargo-deny itself does it where it is installed. Elsewhere (it takes longer to compile than
//! Querent) the same rules are read from `deny.toml` and checked on cargo's own graph.

use crate::graph::{Graph, Package};
use crate::process;
use crate::tools;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::fs;

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

#[derive(Deserialize)]
struct Rules {
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
}

/// Fails with every finding.
pub fn check(workspace: &Workspace) -> Result<()> {
    if tools::find("cargo-deny", &[]).is_some() {
        return process::check(process::cargo(&workspace.root).args([
            "deny",
            "--offline",
            "check",
            "bans",
            "licenses",
            "sources",
        ]));
    }
    println!("  cargo-deny is not installed: checking deny.toml's rules on cargo's own graph");
    let text = fs::read_to_string(workspace.root.join("deny.toml")).context("reading deny.toml")?;
    let rules: Rules = toml::from_str(&text).context("understanding deny.toml")?;
    let graph = Graph::read(workspace)?;
    let found: Vec<_> = graph.packages.iter().flat_map(|p| findings(p, &rules)).collect();
    if !found.is_empty() {
        bail!("deny.toml forbids:\n  {}", found.join("\n  "));
    }
    Ok(())
}

fn findings(package: &Package, rules: &Rules) -> Vec<String> {
    let Package { name, version, .. } = package;
    let mut found = Vec::new();
    match &package.license {
        None => found.push(format!("{name} {version} names no licence")),
        Some(license) if !permits(license, &rules.licenses.allow) => {
            found.push(format!("{name} {version} is under {license}"));
        }
        Some(_) => {}
    }
    if rules.bans.deny.iter().any(|ban| ban.name == *name) {
        found.push(format!("{name} {version} is banned"));
    }
    if let Some(source) = package.source.as_ref().filter(|source| *source != CRATES_IO) {
        found.push(format!("{name} {version} comes from {source}"));
    }
    for used in &package.dependencies {
        if package.source.is_none() && used.path.is_none() && used.req == "*" {
            found.push(format!("{name} takes any version of {}", used.name));
        }
    }
    found
}

/// Whether an SPDX expression can be met by allowed licences alone. `/` is an old way to write OR.
fn permits(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let met = any(&mut rest, allowed);
    met && rest.is_empty()
}

fn any(words: &mut &[&str], allowed: &[String]) -> bool {
    let mut met = all(words, allowed);
    while take(words, "OR") {
        met |= all(words, allowed);
    }
    met
}

fn all(words: &mut &[&str], allowed: &[String]) -> bool {
    let mut met = one(words, allowed);
    while take(words, "AND") {
        met &= one(words, allowed);
    }
    met
}

fn one(words: &mut &[&str], allowed: &[String]) -> bool {
    if take(words, "(") {
        let met = any(words, allowed);
        return take(words, ")") && met;
    }
    let Some((license, rest)) = words.split_first() else { return false };
    *words = rest;
    let mut name = license.to_string();
    if take(words, "WITH") {
        let Some((exception, rest)) = words.split_first() else { return false };
        *words = rest;
        name = format!("{name} WITH {exception}");
    }
    allowed.contains(&name)
}

fn take(words: &mut &[&str], word: &str) -> bool {
    let found = words.first() == Some(&word);
    if found {
        *words = &words[1..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licence_expressions() {
        let allowed = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "Unicode-3.0"]
            .map(String::from);
        let check =
            |expression, expect| assert_eq!(permits(expression, &allowed), expect, "{expression}");
        check("MIT", true);
        check("GPL-3.0", false);
        check("GPL-3.0 OR MIT", true);
        check("GPL-3.0 AND MIT", false);
        check("MIT/Apache-2.0", true);
        check("(MIT OR GPL-2.0) AND Unicode-3.0", true);
        check("(MIT OR GPL-2.0) AND LGPL-3.0", false);
        check("Apache-2.0 WITH LLVM-exception", true);
        check("Apache-2.0 WITH Classpath-exception-2.0", false);
        check("", false);
        check("(MIT", false);
        check("MIT MIT", false);
    }
}
