//! Reads the distinct values of text columns in the background, so that "germany" finds its column.
//!
//! Every read passes the guard and has limits per column and per connection. A column with more
//! values than fit is kept with the first ones and marked as incomplete.

use super::{Database, Prepared, live::clear};
use catalog::{ValueIndex, ValueSource};
use connect::{ReadEvent, ReadLimits, RunTag};
use futures::StreamExt;
use guard::Policy;
use model::{
    catalog::{Table, TableKind, ValueKind},
    result::Cell,
};
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

/// Values kept of one column.
const COLUMN_VALUES: u64 = 5_000;
/// Columns read of one connection.
const COLUMNS: usize = 400;
/// Tables with more rows are left out: finding their values would cost too much.
const TABLE_ROWS: i64 = 2_000_000;
/// For one column.
const TIMEOUT: Duration = Duration::from_secs(3);
/// For one connection.
const BUDGET: Duration = Duration::from_secs(30);

/// Reads the values of `prepared`'s tables and hands them to it.
pub async fn read_values(database: Arc<Database>, prepared: Arc<Prepared>) {
    let started = Instant::now();
    let mut sources = Vec::new();
    for (schema, table, column) in candidates(&prepared) {
        if started.elapsed() > BUDGET {
            tracing::info!(connection = %database.id, read = sources.len(), "value budget used up");
            break;
        }
        if let Some(source) = read_column(&database, &prepared, schema, table, column).await {
            sources.push(source);
        }
    }
    let columns = sources.len();
    if let Ok(index) = tokio::task::spawn_blocking(move || ValueIndex::new(sources)).await {
        prepared.set_values(index);
        let elapsed = started.elapsed();
        tracing::info!(connection = %database.id, columns, ?elapsed, "values read");
    }
}

fn candidates(prepared: &Prepared) -> Vec<(&str, &Table, &str)> {
    prepared
        .catalog
        .tables()
        .filter(|(_, table)| {
            matches!(table.kind, TableKind::Table | TableKind::Partitioned)
                && table.row_estimate.is_none_or(|rows| rows <= TABLE_ROWS)
        })
        .flat_map(|(schema, table)| {
            let columns = table.columns.iter().filter(|column| {
                matches!(column.kind, ValueKind::Text | ValueKind::Enum)
                    && !table.primary_key.contains(&column.name)
            });
            columns.map(move |column| (schema, table, column.name.as_str()))
        })
        .take(COLUMNS)
        .collect()
}

async fn read_column(
    database: &Database,
    prepared: &Prepared,
    schema: &str,
    table: &Table,
    column: &str,
) -> Option<ValueSource> {
    let quote = |name: &str| database.dialect.quote(name);
    let (name, from) = (quote(column), format!("{}.{}", quote(schema), quote(&table.name)));
    let sql = format!(
        "SELECT DISTINCT {name} FROM {from} WHERE {name} IS NOT NULL LIMIT {}",
        COLUMN_VALUES + 1
    );
    let cleared =
        clear(prepared, &Policy::default(), &BTreeMap::new(), &sql, Some(COLUMN_VALUES + 1))
            .ok()?;
    let limits =
        ReadLimits { rows: COLUMN_VALUES, bytes: 1 << 20, timeout: TIMEOUT, cell_bytes: 400 };
    let tag = RunTag { user: "querent".into(), run: "values".into() };
    let mut reading =
        database.connector.read(&cleared, &tag, limits, CancellationToken::new()).await.ok()?;
    let (mut values, mut complete) = (Vec::new(), false);
    while let Some(event) = reading.rows.next().await {
        match event.ok()? {
            ReadEvent::Rows(chunk) => {
                let rows: Vec<Vec<Cell>> = serde_json::from_slice(&chunk.json).ok()?;
                values.extend(rows.into_iter().flatten().flatten());
            }
            ReadEvent::End(end) => complete = end.truncated.is_none() && end.shortened_cells == 0,
        }
    }
    Some(ValueSource {
        schema: schema.to_owned(),
        table: table.name.clone(),
        column: column.to_owned(),
        values,
        complete,
    })
}
