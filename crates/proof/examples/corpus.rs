//! Other projects' SQL through the guard: `cargo run -p proof --example corpus -- DIALECT SETUP FILE…`.
//!
//! `SETUP` is a script that makes the tables (or `-`). Every statement of the files goes through the
//! guard without a policy; what is accepted runs as the owner of the scratch database. In PostgreSQL
//! a transaction that wrote has a number, in SQLite the statement says that it does not only read;
//! MariaDB's tables are summed up before and after. What is refused is counted by code and reason.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use guard::Policy;
use model::dialect::Dialect;
use proof::world::World;
use std::{collections::BTreeMap, fs, process::ExitCode, time::Duration};

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let dialect = match arguments.next().as_deref() {
        Some("postgres") => Dialect::Postgres,
        Some("mysql") => Dialect::MySql,
        Some("sqlite") => Dialect::Sqlite,
        other => panic!("postgres, mysql or sqlite, not {other:?}"),
    };
    let setup =
        arguments.next().filter(|file| file != "-").map(|file| fs::read_to_string(file).unwrap());
    let world = World::new(dialect, &setup.unwrap_or_default()).await;
    let before = sum(&world);
    let (mut tried, mut accepted, mut wrote) = (0_u32, 0_u32, Vec::new());
    let mut refused: BTreeMap<String, (u32, String)> = BTreeMap::new();
    for file in arguments {
        let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
        for sql in statements(&text, dialect) {
            tried += 1;
            let open = Policy::default();
            match world.clear(&open, &sql) {
                Ok(cleared) => {
                    accepted += 1;
                    if writes(&world, cleared.sql()).await {
                        wrote.push(cleared.sql().to_owned());
                    }
                    // And as people run it; errors of the database are its own business.
                    let _ = world.read(&cleared, Duration::from_secs(2)).await;
                }
                Err(why) => {
                    let why: String = plain(&why);
                    refused.entry(why).or_insert_with(|| (0, sql.chars().take(160).collect())).0 +=
                        1;
                }
            }
        }
    }
    println!("{dialect}: {tried} statements, {accepted} accepted, {} refused", tried - accepted);
    let mut refused: Vec<_> = refused.into_iter().collect();
    refused.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    for (why, (count, example)) in &refused {
        println!("{count:6}  {why}\n        {}", example.replace('\n', " "));
    }
    if sum(&world) != before {
        wrote.push("something: the tables differ".to_owned());
    }
    for sql in &wrote {
        println!("WROTE: {sql}");
    }
    ExitCode::from(u8::from(!wrote.is_empty()))
}

/// Names and numbers taken out, so that one reason is one line.
fn plain(why: &str) -> String {
    let mut parts = why.split('\'');
    let mut text = parts.next().unwrap_or_default().to_owned();
    let keep = text.contains("function") || why.contains("understood") || why.contains("expected");
    while let (Some(inside), Some(after)) = (parts.next(), parts.next()) {
        text.push_str(if keep { inside } else { "…" });
        text.push_str(after);
    }
    text
}

async fn writes(world: &World, sql: &str) -> bool {
    if let Some(database) = &world.database
        && database.dialect == Dialect::Postgres
    {
        let script = format!(
            "SET statement_timeout = 2000; BEGIN;\n\\set ON_ERROR_STOP off\n\\o /dev/null\n{sql};\n\\o\n\
             \\echo\nSELECT 'wrote' WHERE pg_current_xact_id_if_assigned() IS NOT NULL;\nROLLBACK;"
        );
        let database = database.run(&script);
        return database.contains("wrote");
    }
    if world.database.is_some() {
        return false;
    }
    let file = rusqlite::Connection::open(world.directory.path().join("shop.db")).unwrap();
    file.prepare(sql).is_ok_and(|statement| !statement.readonly())
}

/// What a write would change.
fn sum(world: &World) -> String {
    match &world.database {
        Some(database) if database.dialect == Dialect::MySql => database.run(
            "SELECT table_name, table_type, create_time, update_time FROM information_schema.tables \
             WHERE table_schema = DATABASE() ORDER BY 1",
        ),
        _ => String::new(),
    }
}

/// The text cut at semicolons outside quotes, comments and dollar quotes; client commands left out.
fn statements(text: &str, dialect: Dialect) -> Vec<String> {
    let mut all = Vec::new();
    let mut now = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = if rest.starts_with("--") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |at| at + 2)
        } else if matches!(c, '\'' | '"' | '`') {
            quoted(rest, c, dialect)
        } else if c == '$' && dialect == Dialect::Postgres {
            dollar(rest)
        } else if c == '\\' && now.trim().is_empty() {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
            now.clear();
            continue;
        } else {
            c.len_utf8()
        };
        let (piece, after) = rest.split_at(taken);
        rest = after;
        if piece == ";" {
            all.push(std::mem::take(&mut now));
        } else {
            now.push_str(piece);
        }
    }
    all.push(now);
    all.into_iter().map(|sql| sql.trim().to_owned()).filter(|sql| reads(sql)).collect()
}

fn quoted(rest: &str, quote: char, dialect: Dialect) -> usize {
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == '\\' && dialect == Dialect::MySql {
            chars.next();
        } else if c == quote {
            return at + 1;
        }
    }
    rest.len()
}

fn dollar(rest: &str) -> usize {
    let Some(end) = rest[1..].find('$') else { return 1 };
    let fence = &rest[..end + 2];
    if !fence[1..=end].chars().all(|c| c.is_alphanumeric() || c == '_') {
        return 1;
    }
    rest[fence.len()..].find(fence).map_or(1, |at| at + 2 * fence.len())
}

/// It looks like a read: what begins otherwise is refused for that.
fn reads(sql: &str) -> bool {
    let code = sql
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with("--"))
        .unwrap_or_default()
        .trim_start_matches('(')
        .to_ascii_lowercase();
    ["select", "with", "values", "table ", "explain", "show", "pragma", "desc"]
        .iter()
        .any(|word| code.starts_with(word))
}
