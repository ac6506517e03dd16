//! Writes the lists of harmless functions that the guard reads, from the servers' own catalogues and
//! the exceptions in `crates/guard/data`: `cargo xtask functions`. A name that a server has and
//! nobody has judged ends the program, unless `--accept` is given.
#![allow(clippy::print_stdout)]

use std::{
    collections::BTreeSet,
    error::Error,
    fs,
    path::{Path, PathBuf},
};
use testkit::databases::Database;

/// How a list comes about.
struct List {
    name: &'static str,
    title: &'static str,
    /// The server itself tells which functions are harmless (PostgreSQL's volatility).
    judged: bool,
    names: fn(&Path) -> Result<String, Box<dyn Error>>,
}

const LISTS: [List; 3] = [
    List {
        name: "postgres",
        title: "PostgreSQL: built-in functions that a read may call, from pg_proc",
        judged: true,
        names: |data| {
            Ok(Database::postgres().run(&fs::read_to_string(data.join("functions-postgres.sql"))?))
        },
    },
    List {
        name: "mariadb",
        title: "MariaDB: functions that a read may call, from information_schema.SQL_FUNCTIONS",
        judged: false,
        names: |_| {
            Ok(Database::mysql()
                .run("SELECT LOWER(FUNCTION) FROM information_schema.SQL_FUNCTIONS"))
        },
    },
    List {
        name: "sqlite",
        title: "SQLite: functions that a read may call, from pragma function_list",
        judged: false,
        names: |_| {
            let database = rusqlite::Connection::open_in_memory()?;
            let mut list =
                database.prepare("SELECT DISTINCT lower(name) FROM pragma_function_list")?;
            let names = list.query_map([], |row| row.get::<_, String>(0))?;
            Ok(names.collect::<Result<Vec<_>, _>>()?.join("\n"))
        },
    },
];

fn main() -> Result<(), Box<dyn Error>> {
    let accept = std::env::args().any(|argument| argument == "--accept");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guard/data");
    let mut open = Vec::new();
    for list in &LISTS {
        let file: PathBuf = data.join(format!("functions-{}.txt", list.name));
        let text =
            fs::read_to_string(data.join(format!("functions-{}-exceptions.txt", list.name)))?;
        let rules: Vec<(bool, &str)> = text.lines().flat_map(rule).collect();
        let server = (list.names)(&data)?;
        let server: BTreeSet<&str> = server.split_whitespace().collect();
        let judged = |name: &str| rules.iter().rev().find(|(_, pattern)| matches(pattern, name));
        let before = fs::read_to_string(&file).unwrap_or_default();
        let known: BTreeSet<&str> = before
            .lines()
            .filter(|line| !line.starts_with('#'))
            .flat_map(str::split_whitespace)
            .collect();
        for name in &server {
            if !list.judged && !accept && !known.contains(name) && judged(name).is_none() {
                open.push(format!("{}: {name}", list.name));
            }
        }
        let added = rules.iter().filter(|(allow, pattern)| *allow && !pattern.contains('*'));
        let names: BTreeSet<&str> =
            server.iter().copied().chain(added.map(|(_, name)| *name)).collect();
        let names: Vec<&str> =
            names.into_iter().filter(|name| judged(name).is_none_or(|(allow, _)| *allow)).collect();
        let head = format!(
            "# {},\n# with the exceptions beside it: `cargo xtask functions`.\n",
            list.title
        );
        if open.is_empty() {
            fs::write(&file, head + &names.join("\n") + "\n")?;
            println!("{}: {} functions", list.name, names.len());
            if list.name == "postgres" {
                dotted(&data, &names)?;
            }
        }
    }
    if open.is_empty() {
        return Ok(());
    }
    Err(format!("decide in the exceptions, then run again (or --accept):\n{}", open.join("\n"))
        .into())
}

/// What may stand behind a dot: the columns that allowed functions give, and not the names of the
/// others, which PostgreSQL would call.
fn dotted(data: &Path, allowed: &[&str]) -> Result<(), Box<dyn Error>> {
    let server = Database::postgres();
    let all = server.run(
        "SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace",
    );
    // Those of a server's own names are refused by how they begin.
    let own = ["pg_", "lo_", "binary_upgrade_"];
    let others: BTreeSet<&str> = all
        .split_whitespace()
        .filter(|name| !allowed.contains(name) && !own.iter().any(|own| name.starts_with(own)))
        .collect();
    let head = "# PostgreSQL: built-in functions that are not on the list, but for those whose names begin with\n\
                # pg_, lo_, binary_upgrade_: `x.name` would call them. `cargo xtask functions`.\n";
    let names: Vec<&str> = others.into_iter().collect();
    fs::write(
        data.join("functions-postgres-others.txt"),
        head.to_owned() + &names.join("\n") + "\n",
    )?;
    let given = server.run(
        "SELECT DISTINCT p.proname, a.name FROM pg_proc AS p, unnest(p.proargnames, p.proargmodes) AS a (name, mode) \
         WHERE a.mode IN ('o', 't', 'b') AND a.name <> '' \
         AND p.pronamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)",
    );
    let columns: BTreeSet<&str> = given
        .lines()
        .filter_map(|line| line.split_once(['|', '\t']))
        .filter(|(function, _)| allowed.contains(function) || *function == "_pg_expandarray")
        .map(|(_, column)| column)
        .collect();
    let head =
        "# PostgreSQL: columns that the functions of the list give: `cargo xtask functions`.\n";
    let names: Vec<&str> = columns.into_iter().collect();
    fs::write(
        data.join("functions-postgres-fields.txt"),
        head.to_owned() + &names.join("\n") + "\n",
    )?;
    Ok(())
}

/// `- a,b* reason`: whether it allows, and each pattern.
fn rule(line: &str) -> Vec<(bool, &str)> {
    let mut words = line.split_whitespace();
    let allow = match words.next() {
        Some("+") => true,
        Some("-") => false,
        _ => return Vec::new(),
    };
    words
        .next()
        .map(|names| names.split(',').map(|name| (allow, name)).collect())
        .unwrap_or_default()
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
