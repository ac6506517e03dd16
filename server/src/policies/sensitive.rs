//! Columns that look as if not everybody should see them: by their names, in several languages, by
//! their types, and by what some of their values look like.
//!
//! Values are read through the guard, looked at and forgotten: only how many of them look like
//! something is kept.

mod names;
mod values;

use crate::databases::{
    Database, Prepared, clear,
    small_read::{Small, small_read},
};
use guard::Policy;
use model::{
    catalog::{Column, Table, TableKind, ValueKind},
    policy::{Mask, PolicyDraft, SensitiveColumn, SensitiveKind},
    result::Cell,
};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// Values looked at of one column.
const SAMPLED: u64 = 200;
/// Columns read of one table.
const COLUMNS: usize = 40;
const CELL_BYTES: usize = 200;
const TIMEOUT: Duration = Duration::from_secs(3);
/// For a whole connection; what comes later is judged by its name alone.
const BUDGET: Duration = Duration::from_secs(20);
/// Fewer values prove nothing by themselves.
const ENOUGH: usize = 5;

/// The columns of a connection that look sensitive, the surest kinds first.
pub async fn find(database: &Database, known: &Prepared) -> Vec<SensitiveColumn> {
    let started = Instant::now();
    let mut found = Vec::new();
    for (schema, table) in known.catalog.tables().filter(|(_, table)| holds_rows(table)) {
        let columns: Vec<&Column> =
            table.columns.iter().filter(|column| worth_a_look(column)).take(COLUMNS).collect();
        let rows = match started.elapsed() < BUDGET {
            true => sample(database, known, schema, table, &columns).await,
            false => Vec::new(),
        };
        for (at, column) in columns.iter().enumerate() {
            let values: Vec<&str> = rows.iter().filter_map(|row| row.get(at)?.as_deref()).collect();
            let Some((kind, why)) = judge(table, column, &values) else { continue };
            found.push(SensitiveColumn {
                schema: schema.to_owned(),
                table: table.name.clone(),
                column: column.name.clone(),
                kind,
                why,
                suggested: suggested(kind, column, &values),
                covered: false,
            });
        }
    }
    found.sort_by(|a, b| (a.kind, &a.schema, &a.table).cmp(&(b.kind, &b.schema, &b.table)));
    found
}

/// Says of each column whether one of these policies masks it for somebody already.
pub fn cover(found: &mut [SensitiveColumn], drafts: &[&PolicyDraft]) {
    for column in found {
        column.covered = drafts.iter().any(|draft| {
            super::govern::covers(draft, &column.schema, &column.table, &column.column)
        });
    }
}

/// Partitions have their parent's columns, views those of their tables.
fn holds_rows(table: &Table) -> bool {
    matches!(table.kind, TableKind::Table | TableKind::Partitioned | TableKind::Foreign)
}

fn worth_a_look(column: &Column) -> bool {
    names::kind(&column.name).is_some()
        || matches!(column.kind, ValueKind::Text | ValueKind::Other)
        || column.name.to_lowercase().ends_with("name")
}

async fn sample(
    database: &Database,
    known: &Prepared,
    schema: &str,
    table: &Table,
    columns: &[&Column],
) -> Vec<Vec<Cell>> {
    if columns.is_empty() {
        return Vec::new();
    }
    let quote = |name: &str| known.catalog.dialect.quote(name);
    let list: Vec<String> = columns.iter().map(|column| quote(&column.name)).collect();
    let from = format!("{}.{}", quote(schema), quote(&table.name));
    let sql = format!("SELECT {} FROM {from} LIMIT {SAMPLED}", list.join(", "));
    let (everything, nobody) = (Policy::default(), BTreeMap::new());
    let Ok(cleared) = clear(known, &everything, &nobody, &sql, Some(SAMPLED)) else {
        return Vec::new();
    };
    let small = Small { rows: SAMPLED, timeout: TIMEOUT, cell_bytes: CELL_BYTES };
    small_read(database, &cleared, "sensitive", small).await.unwrap_or_default()
}

/// What the column is, and why it looks so.
fn judge(table: &Table, column: &Column, values: &[&str]) -> Option<(SensitiveKind, String)> {
    let by_name = named(table, column);
    let by_value = values::kind(values).filter(|found| found.of >= ENOUGH && found.share() >= 0.8);
    match (by_name, by_value) {
        // The values know better than the name.
        (Some(kind), Some(found)) if found.kind != kind && found.share() >= 0.95 => {
            Some((found.kind, sentence(&found.words())))
        }
        (Some(kind), _) => {
            let found = values::count(kind, values);
            let Some(found) = found else { return Some((kind, alone(values))) };
            // The name promises what the values are not.
            if found.of >= ENOUGH && found.share() < 0.2 {
                return values::is_certain(kind).then_some(()).map_or(
                    Some((kind, "The name says so; the values have another form.".into())),
                    |()| None,
                );
            }
            Some((kind, format!("The name says so, and {}.", found.words())))
        }
        (None, Some(found)) if !is_flag(column) => Some((found.kind, sentence(&found.words()))),
        (None, _) => None,
    }
}

fn named(table: &Table, column: &Column) -> Option<SensitiveKind> {
    let kind = match names::kind(&column.name) {
        Some(kind) => kind,
        // `name` is a person's where the table is about people.
        None if names::is_plain_name(&column.name) && names::is_about_people(&table.name) => {
            SensitiveKind::PersonName
        }
        None => return None,
    };
    fits(kind, column.kind).then_some(kind)
}

/// Can a column of this type be what its name says?
fn fits(kind: SensitiveKind, value: ValueKind) -> bool {
    use SensitiveKind::{BankAccount, BirthDate, Card, NationalId, Phone, Salary, Secret, Token};
    match value {
        ValueKind::Text | ValueKind::Other => kind != Salary,
        ValueKind::Integer => {
            matches!(kind, Salary | Card | NationalId | Phone | BankAccount | Secret)
        }
        ValueKind::Number => kind == Salary,
        ValueKind::Date | ValueKind::Timestamp => kind == BirthDate,
        ValueKind::Binary | ValueKind::Uuid => matches!(kind, Secret | Token),
        ValueKind::Json | ValueKind::Array => kind != Salary && kind != BirthDate,
        ValueKind::Boolean | ValueKind::Time | ValueKind::Interval | ValueKind::Enum => false,
    }
}

fn is_flag(column: &Column) -> bool {
    matches!(column.kind, ValueKind::Boolean | ValueKind::Enum)
}

fn alone(values: &[&str]) -> String {
    match values.is_empty() {
        true => "The name says so; there are no values to look at.".into(),
        false => "The name says so.".into(),
    }
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

/// A mask that leaves the column of some use.
fn suggested(kind: SensitiveKind, column: &Column, values: &[&str]) -> Mask {
    let partial = |start, end| Mask::Partial { start, end, fill: "***".into() };
    match kind {
        SensitiveKind::Secret | SensitiveKind::Token => Mask::Deny,
        SensitiveKind::Card | SensitiveKind::BankAccount => partial(0, 4),
        SensitiveKind::Email | SensitiveKind::PersonName => partial(1, 0),
        SensitiveKind::Phone => partial(0, 2),
        SensitiveKind::BirthDate if column.kind.is_temporal() => Mask::Year,
        SensitiveKind::Salary if column.kind.is_numeric() => Mask::Range { width: width(values) },
        SensitiveKind::NationalId
        | SensitiveKind::Address
        | SensitiveKind::BirthDate
        | SensitiveKind::Salary
        | SensitiveKind::Network => Mask::Null,
    }
}

/// About a tenth to all of a usual value: buckets that still tell high from low.
fn width(values: &[&str]) -> f64 {
    let mut numbers: Vec<f64> =
        values.iter().filter_map(|value| value.parse().ok()).filter(|n: &f64| *n > 0.0).collect();
    numbers.sort_by(f64::total_cmp);
    match numbers.get(numbers.len() / 2) {
        Some(median) => 10f64.powf(median.log10().floor()).max(1.0),
        None => 10_000.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, kind: ValueKind) -> Column {
        Column {
            name: name.into(),
            type_name: String::new(),
            kind,
            nullable: true,
            default: None,
            comment: None,
            generated: None,
            labels: Vec::new(),
        }
    }

    fn table(name: &str) -> Table {
        Table {
            name: name.into(),
            kind: TableKind::Table,
            comment: None,
            row_estimate: None,
            columns: Vec::new(),
            primary_key: Vec::new(),
            foreign_keys: Vec::new(),
            indexes: Vec::new(),
            definition: None,
            parents: Vec::new(),
            partition_key: None,
            partition_bound: None,
        }
    }

    const MAILS: [&str; 6] =
        ["a@x.org", "b@y.com", "c@z.net", "d@x.org", "e.f@long.example", "g@h.io"];

    #[test]
    fn names_types_and_values_count_together() {
        use SensitiveKind as K;
        let none: &[&str] = &[];
        let words: &[&str] = &["red", "green", "blue", "white", "black", "grey"];
        for (table_name, name, kind, values, expect) in [
            ("customers", "email", ValueKind::Text, &MAILS[..], Some(K::Email)),
            ("customers", "email", ValueKind::Text, none, Some(K::Email)),
            // The name says so, but the values are something else.
            ("notes", "mail", ValueKind::Text, words, None),
            // The values say so, whatever the name.
            ("notes", "contact", ValueKind::Text, &MAILS[..], Some(K::Email)),
            ("notes", "colour", ValueKind::Text, words, None),
            ("customers", "name", ValueKind::Text, words, Some(K::PersonName)),
            ("products", "name", ValueKind::Text, words, None),
            ("employees", "salary", ValueKind::Number, &["51000.00"], Some(K::Salary)),
            ("employees", "salary_currency", ValueKind::Text, &["EUR"], None),
            ("users", "email_verified", ValueKind::Boolean, &["t"], None),
            ("users", "password_changed_at", ValueKind::Timestamp, none, None),
            ("users", "passwordHash", ValueKind::Text, none, Some(K::Secret)),
            ("kunden", "geburtsdatum", ValueKind::Date, none, Some(K::BirthDate)),
            ("orders", "phone_id", ValueKind::Integer, none, None),
        ] {
            let found = judge(&table(table_name), &column(name, kind), values);
            assert_eq!(found.map(|(kind, _)| kind), expect, "{table_name}.{name}");
        }
    }

    #[test]
    fn the_reason_says_how_many() {
        let (_, why) = judge(&table("t"), &column("email", ValueKind::Text), &MAILS).unwrap();
        assert_eq!(why, "The name says so, and 6 of 6 values look like e-mail addresses.");
        let (_, why) = judge(&table("t"), &column("x", ValueKind::Text), &MAILS).unwrap();
        assert_eq!(why, "6 of 6 values look like e-mail addresses.");
    }

    #[test]
    fn ranges_fit_the_values() {
        assert_eq!(width(&["51000", "48000.5", "72000"]), 10_000.0);
        assert_eq!(width(&["12.5", "19"]), 10.0);
        assert_eq!(width(&[]), 10_000.0);
    }
}
