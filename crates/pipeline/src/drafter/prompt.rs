//! What a model is told: the rules, the candidate tables as data, the conversation, the question.
//!
//! No cell value is in it: names, types, keys and comments only.

use super::Brief;
use crate::{run::Mend, steps::words};
use llm::{Message, Prompt, Role, Schema};
use model::{
    catalog::{Catalog, Column, Table, TableKind},
    dialect::Dialect,
};
use serde_json::json;
use std::fmt::Write;

/// Columns told of one table; the rest is counted.
const COLUMNS: usize = 80;
/// Characters told of all tables together.
const SCHEMA_CHARS: usize = 24_000;
const COMMENT_CHARS: usize = 160;
/// Exchanges of the conversation that are told.
const EXCHANGES: usize = 4;

pub fn of(brief: &Brief) -> Prompt {
    let catalog = &brief.prepared.catalog;
    let mut messages = vec![Message::new(Role::System, rules(brief, catalog))];
    let told = brief.before.len().saturating_sub(EXCHANGES);
    for exchange in &brief.before[told..] {
        messages.push(Message::new(Role::User, exchange.question.as_str()));
        let reply = json!({"sql": exchange.sql, "explanation": "", "follow_ups": []});
        messages.push(Message::new(Role::Assistant, reply.to_string()));
    }
    messages.push(Message::new(Role::User, brief.question.as_str()));
    if let Some(mend) = &brief.mend {
        messages.push(Message::new(Role::User, repair(mend)));
    }
    Prompt { messages, schema: Some(schema()) }
}

fn schema() -> Schema {
    let json = json!({
        "type": "object",
        "properties": {
            "sql": {"type": "string"},
            "explanation": {"type": "string"},
            "follow_ups": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["sql", "explanation", "follow_ups"],
        "additionalProperties": false,
    });
    Schema { name: "draft".into(), json }
}

fn rules(brief: &Brief, catalog: &Catalog) -> String {
    let quote = match catalog.dialect {
        Dialect::MySql => "`…`",
        Dialect::Postgres | Dialect::Sqlite => "\"…\"",
    };
    let today = brief.today;
    let today = format!("{:04}-{:02}-{:02}", today.year, today.month, today.day);
    let mut text = include_str!("../../prompts/draft.md")
        .replace("{dialect}", catalog.dialect.title())
        .replace("{version}", &words::line(&catalog.server_version, 60))
        .replace("{quote}", quote)
        .replace("{today}", &today);
    if !brief.glossary.is_empty() {
        text.push_str("\nWords of this workspace:\n");
        for term in brief.glossary.iter().take(50) {
            let meaning = words::line(&term.meaning, 200);
            let _ = writeln!(text, "- {} means {meaning}", words::line(&term.term, 60));
        }
    }
    text.push_str("\nTables:\n");
    text.push_str(&tables(brief, catalog));
    text
}

/// The candidates, best first, as long as they fit; what is left out is said.
fn tables(brief: &Brief, catalog: &Catalog) -> String {
    let mut text = String::new();
    let mut told = 0;
    for (schema, name) in &brief.tables {
        let Some(table) = catalog.table(schema, name) else { continue };
        let described = describe(catalog, schema, table);
        if told > 0 && text.len() + described.len() > SCHEMA_CHARS {
            break;
        }
        text.push_str(&described);
        told += 1;
    }
    let left = catalog.tables().count() - told;
    if left > 0 {
        let _ = writeln!(text, "({left} more tables exist but do not seem to matter here)");
    }
    text
}

fn describe(catalog: &Catalog, schema: &str, table: &Table) -> String {
    let mut text = String::new();
    let kind = match table.kind {
        TableKind::View | TableKind::MaterializedView => "view",
        _ => "table",
    };
    // What an unqualified name reaches needs no schema.
    let shown = match catalog.search_path.iter().any(|s| s == schema) {
        true => words::name(&table.name),
        false => format!("{}.{}", words::name(schema), words::name(&table.name)),
    };
    let _ = write!(text, "\n{kind} {shown}");
    if let Some(rows) = table.row_estimate.filter(|r| *r >= 0) {
        let _ = write!(text, " (about {rows} rows)");
    }
    remark(&mut text, table.comment.as_deref());
    text.push('\n');
    for column in table.columns.iter().take(COLUMNS) {
        line(&mut text, table, column);
    }
    if table.columns.len() > COLUMNS {
        let _ = writeln!(text, "  ({} more columns)", table.columns.len() - COLUMNS);
    }
    text
}

fn line(text: &mut String, table: &Table, column: &Column) {
    let type_name = words::line(&column.type_name, 60);
    let _ = write!(text, "  {} {type_name}", words::name(&column.name));
    if table.primary_key.contains(&column.name) {
        text.push_str(" primary key");
    }
    for key in table.foreign_keys.iter().filter(|k| k.columns.contains(&column.name)) {
        let at = key.columns.iter().position(|c| *c == column.name).unwrap_or_default();
        if let Some(target) = key.ref_columns.get(at) {
            let _ = write!(text, " -> {}.{}", words::name(&key.ref_table), words::name(target));
        }
    }
    if !column.labels.is_empty() {
        let labels: Vec<_> = column.labels.iter().take(30).map(|l| words::line(l, 40)).collect();
        let _ = write!(text, " one of {}", json!(labels));
    }
    remark(text, column.comment.as_deref());
    text.push('\n');
}

/// A comment as a JSON string on one line: it cannot look like anything but data.
fn remark(text: &mut String, comment: Option<&str>) {
    if let Some(comment) = comment.filter(|c| !c.trim().is_empty()) {
        let _ = write!(text, " -- {}", json!(words::line(comment, COMMENT_CHARS)));
    }
}

fn repair(mend: &Mend) -> String {
    let problem = &mend.problem;
    let mut said = problem.message.clone();
    if let Some(hint) = &problem.hint {
        let _ = write!(said, " {hint}");
    }
    if let Some(at) = problem.position {
        let _ = write!(said, " (line {}, column {})", at.line, at.column);
    }
    let sql = if mend.sql.is_empty() {
        "(none: the reply was not the JSON asked for)"
    } else {
        &mend.sql
    };
    include_str!("../../prompts/repair.md").replace("{sql}", sql).replace("{problem}", &said)
}
