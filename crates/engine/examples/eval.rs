//! Answers questions over SQLite databases and writes predictions.
//!
//! `eval --questions Q.jsonl --databases 'dir/{db}.sqlite' --out P.jsonl [--part tune|held] [--every N] [--field syn_question]`
//!
//! `--merged` takes all databases of the questions as one catalogue of tables `db.table`: for times, its statements run nowhere.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use catalog::{ValueIndex, ValueSource};
use engine::{Date, Lexicon, eval};
use model::{
    catalog::{Catalog, Column, ForeignKey, Schema, Table, TableKind, ValueKind},
    dialect::Dialect,
};
use rusqlite::Connection;
use std::{
    collections::HashMap,
    io::{BufRead, Write},
    time::Instant,
};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let option =
        |name: &str| args.iter().position(|a| a == name).and_then(|i| args.get(i + 1)).cloned();
    let questions = option("--questions").expect("--questions is needed");
    let databases = option("--databases").expect("--databases is needed");
    let mut out = std::io::BufWriter::new(
        std::fs::File::create(option("--out").expect("--out is needed")).unwrap(),
    );
    let field = option("--field").unwrap_or_else(|| "question".into());
    let part = option("--part");
    let every: usize = option("--every").map_or(1, |n| n.parse().unwrap());
    let merged = args.iter().any(|a| a == "--merged").then(|| load_merged(&questions, &databases));
    let start = Instant::now();
    let mut loaded: HashMap<String, (Lexicon, ValueIndex)> = HashMap::new();
    let mut times = Vec::new();
    for (number, line) in
        std::io::BufReader::new(std::fs::File::open(questions).unwrap()).lines().enumerate()
    {
        let row: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        let db = row["db"].as_str().unwrap();
        let held = eval::is_held_out(db);
        if number % every != 0
            || part.as_deref() == Some("tune") && held
            || part.as_deref() == Some("held") && !held
        {
            continue;
        }
        let one = |db: &str| load(&databases.replace("{db}", db), db);
        let (lexicon, values) = match &merged {
            Some(all) => all,
            None => loaded.entry(db.to_owned()).or_insert_with(|| one(db)),
        };
        let today = Date { year: 2026, month: 1, day: 15 };
        let question = row[&field].as_str().unwrap_or_default();
        let clock = || start.elapsed().as_secs_f64() * 1e3;
        let found =
            eval::predict(row["id"].as_str().unwrap(), question, lexicon, values, today, clock);
        if let Some(part) = option("--trace").filter(|t| question.contains(t.as_str())) {
            println!(
                "{part}: {}\n{:?}",
                eval::trace(question, lexicon, values, today),
                found.predicted_sql
            );
        }
        times.push(found.ms);
        let mut row = serde_json::to_value(&found).unwrap();
        if args.iter().any(|a| a == "--alternatives") {
            let (sql, features): (Vec<_>, Vec<_>) =
                eval::candidates(question, lexicon, values, today).into_iter().unzip();
            row["alternatives"] = sql.into();
            row["ranking"] = features.into();
        }
        if args.iter().any(|a| a == "--features") {
            let features = eval::features(question, lexicon, values, today);
            row["features"] = features
                .into_iter()
                .map(|(n, v)| (n.to_owned(), v.into()))
                .collect::<serde_json::Map<_, _>>()
                .into();
        }
        writeln!(out, "{row}").unwrap();
    }
    times.sort_by(f64::total_cmp);
    let at = |q: f64| times.get((times.len() as f64 * q) as usize).copied().unwrap_or(0.0);
    println!("{} questions, p50 {:.2} ms, p99 {:.2} ms", times.len(), at(0.5), at(0.99));
}

fn load(path: &str, name: &str) -> (Lexicon, ValueIndex) {
    let (catalog, sources) = read(path, name);
    (Lexicon::new(&catalog), ValueIndex::new(sources))
}

/// All databases that the questions are about, as one.
fn load_merged(questions: &str, databases: &str) -> (Lexicon, ValueIndex) {
    let mut names: Vec<String> = std::fs::read_to_string(questions)
        .unwrap()
        .lines()
        .map(|l| {
            serde_json::from_str::<serde_json::Value>(l).unwrap()["db"].as_str().unwrap().into()
        })
        .collect();
    names.sort();
    names.dedup();
    let mut all: Option<Catalog> = None;
    let mut sources = Vec::new();
    for db in names {
        let (mut catalog, mut values) = read(&databases.replace("{db}", &db), &db);
        let prefix = |name: &mut String| *name = format!("{db}.{name}");
        for table in &mut catalog.schemas[0].tables {
            prefix(&mut table.name);
            table.foreign_keys.iter_mut().for_each(|k| prefix(&mut k.ref_table));
        }
        values.iter_mut().for_each(|v| prefix(&mut v.table));
        sources.append(&mut values);
        match &mut all {
            Some(all) => all.schemas[0].tables.append(&mut catalog.schemas[0].tables),
            None => all = Some(catalog),
        }
    }
    let all = all.expect("questions about some database");
    println!("{} tables", all.schemas[0].tables.len());
    (Lexicon::new(&all), ValueIndex::new(sources))
}

fn read(path: &str, name: &str) -> (Catalog, Vec<ValueSource>) {
    let db = Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let catalog = introspect(&db, name);
    let mut sources = Vec::new();
    for table in &catalog.schemas[0].tables {
        for column in table
            .columns
            .iter()
            .filter(|c| matches!(c.kind, ValueKind::Text | ValueKind::Other | ValueKind::Boolean))
        {
            sources.push(read_values(&db, &table.name, &column.name));
        }
    }
    (catalog, sources)
}

const VALUES: usize = 5_000;

fn read_values(db: &Connection, table: &str, column: &str) -> ValueSource {
    let q = |n: &str| Dialect::Sqlite.quote(n);
    let sql = format!(
        "SELECT DISTINCT {} FROM {} WHERE typeof({0}) = 'text' LIMIT {}",
        q(column),
        q(table),
        VALUES + 1
    );
    let mut statement = db.prepare(&sql).unwrap();
    let mut values: Vec<String> = statement
        .query_map([], |r| {
            r.get_ref(0).map(|v| {
                v.as_bytes().map(|b| String::from_utf8_lossy(b).into_owned()).unwrap_or_default()
            })
        })
        .unwrap()
        .filter_map(Result::ok)
        .filter(|v| v.len() <= 80)
        .collect();
    let complete = values.len() <= VALUES;
    values.truncate(VALUES);
    ValueSource {
        schema: "main".into(),
        table: table.into(),
        column: column.into(),
        values,
        complete,
    }
}

/// A table's name, its columns by lower-case name, its primary key.
type Declared = (String, HashMap<String, String>, Vec<String>);

fn introspect(db: &Connection, name: &str) -> Catalog {
    let mut statement =
        db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").unwrap();
    let names: Vec<String> =
        statement.query_map([], |r| r.get(0)).unwrap().map(Result::unwrap).collect();
    let mut tables: Vec<Table> = names.iter().map(|t| table(db, t)).collect();
    // SQLite takes names in any case: foreign keys use the names as declared.
    let declared: HashMap<String, Declared> = tables
        .iter()
        .map(|t| {
            let columns =
                t.columns.iter().map(|c| (c.name.to_lowercase(), c.name.clone())).collect();
            (t.name.to_lowercase(), (t.name.clone(), columns, t.primary_key.clone()))
        })
        .collect();
    for t in &mut tables {
        let own = declared[&t.name.to_lowercase()].1.clone();
        for key in &mut t.foreign_keys {
            let Some((name, columns, primary)) = declared.get(&key.ref_table.to_lowercase()) else {
                continue;
            };
            key.ref_table.clone_from(name);
            key.columns.iter_mut().for_each(|c| {
                if let Some(n) = own.get(&c.to_lowercase()) {
                    c.clone_from(n);
                }
            });
            if key.ref_columns.iter().any(String::is_empty) {
                key.ref_columns.clone_from(primary);
            }
            key.ref_columns.iter_mut().for_each(|c| {
                if let Some(n) = columns.get(&c.to_lowercase()) {
                    c.clone_from(n);
                }
            });
        }
    }
    Catalog {
        dialect: Dialect::Sqlite,
        server_version: "3".into(),
        database: name.into(),
        search_path: vec!["main".into()],
        schemas: vec![Schema { name: "main".into(), tables, ..Schema::default() }],
    }
}

fn table(db: &Connection, name: &str) -> Table {
    let q = Dialect::Sqlite.quote(name);
    let mut statement = db.prepare(&format!("PRAGMA table_info({q})")).unwrap();
    let rows: Vec<(String, String, i64, bool)> = statement
        .query_map([], |r| Ok((r.get(1)?, r.get(2)?, r.get(5)?, r.get(3)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut primary: Vec<(i64, String)> =
        rows.iter().filter(|r| r.2 > 0).map(|r| (r.2, r.0.clone())).collect();
    primary.sort();
    let mut statement = db.prepare(&format!("PRAGMA foreign_key_list({q})")).unwrap();
    let mut keys: Vec<(i64, ForeignKey)> = Vec::new();
    let found = statement.query_map([], |r| {
        Ok((
            r.get::<_, i64>(0)?,
            r.get::<_, String>(2)?,
            r.get::<_, String>(3)?,
            r.get::<_, Option<String>>(4)?,
        ))
    });
    for (id, to, from, target) in found.unwrap().map(Result::unwrap) {
        let slot = match keys.iter().position(|k| k.0 == id) {
            Some(i) => i,
            None => {
                keys.push((
                    id,
                    ForeignKey {
                        name: String::new(),
                        columns: vec![],
                        ref_schema: "main".into(),
                        ref_table: to,
                        ref_columns: vec![],
                        on_delete: None,
                        on_update: None,
                    },
                ));
                keys.len() - 1
            }
        };
        keys[slot].1.columns.push(from);
        keys[slot].1.ref_columns.push(target.unwrap_or_default());
    }
    keys.reverse();
    Table {
        name: name.into(),
        kind: TableKind::Table,
        comment: None,
        row_estimate: None,
        columns: rows.iter().map(|(n, t, _, filled)| column(n, t, !filled)).collect(),
        primary_key: primary.into_iter().map(|p| p.1).collect(),
        foreign_keys: keys.into_iter().map(|k| k.1).collect(),
        indexes: vec![],
        definition: None,
        parents: vec![],
        partition_key: None,
        partition_bound: None,
    }
}

fn column(name: &str, declared: &str, nullable: bool) -> Column {
    let d = declared.to_lowercase();
    let has = |w: &str| d.contains(w);
    let kind = if has("bool") {
        ValueKind::Boolean
    } else if has("int") || d == "year" {
        ValueKind::Integer
    } else if has("timestamp") || has("datetime") {
        ValueKind::Timestamp
    } else if has("date") {
        ValueKind::Date
    } else if has("real") || has("floa") || has("doub") || has("num") || has("dec") || has("money")
    {
        ValueKind::Number
    } else if has("char") || has("text") || has("clob") {
        ValueKind::Text
    } else {
        ValueKind::Other
    };
    Column {
        name: name.into(),
        type_name: declared.into(),
        kind,
        nullable,
        default: None,
        comment: None,
        generated: None,
        labels: vec![],
    }
}
