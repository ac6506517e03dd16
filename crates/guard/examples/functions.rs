//! Regenerates `data/functions-postgres.txt`: reads the answer of the query in
//! `data/functions-postgres.sql` from standard input, applies the exceptions, writes the list.
//! `psql -At -f data/functions-postgres.sql | cargo run -p guard --example functions`
#![allow(clippy::print_stdout)]

use std::{collections::BTreeSet, io::Read};

const EXCEPTIONS: &str = include_str!("../data/functions-postgres-exceptions.txt");

fn main() -> std::io::Result<()> {
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input)?;
    let rules: Vec<(bool, &str)> = EXCEPTIONS.lines().filter_map(rule).collect();
    let pure: BTreeSet<&str> = input.split_whitespace().collect();
    let added = rules.iter().filter(|(allow, _)| *allow).map(|(_, name)| *name);
    let names: BTreeSet<&str> = pure.iter().copied().chain(added).collect();
    println!(
        "# PostgreSQL 15: built-in functions that a read may call. Generated from pg_proc and"
    );
    println!("# functions-postgres-exceptions.txt by `cargo run -p guard --example functions`.");
    for name in names {
        let last = rules.iter().rev().find(|(_, pattern)| matches(pattern, name));
        if last.map_or(pure.contains(name), |(allow, _)| *allow) {
            println!("{name}");
        }
    }
    Ok(())
}

fn rule(line: &'static str) -> Option<(bool, &'static str)> {
    let mut words = line.split_whitespace();
    match words.next()? {
        "+" => Some((true, words.next()?)),
        "-" => Some((false, words.next()?)),
        _ => None,
    }
}

/// A `*` stands for any text at either end.
fn matches(pattern: &str, name: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), None) => name.ends_with(end),
        (None, Some(start)) => name.starts_with(start),
        (None, None) => pattern == name,
        (Some(_), Some(_)) => name.contains(pattern.trim_matches('*')),
    }
}
