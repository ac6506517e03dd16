//! Reads the distinct values of text columns in the background, so that "germany" finds its column.
//!
//! Every read passes the guard and has limits per column and per connection. A column with more
//! values than fit is kept with the first ones and marked as incomplete.

use super::{Database, Prepared, live::clear};
use catalog::{ValueIndex, ValueSource};
use connect::{Connector, ReadEvent, ReadLimits, RunTag};
use futures::StreamExt;
use guard::Policy;
use model::{
    catalog::{Table, TableKind, ValueKind},
    dialect::Dialect,
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
/// Longer texts are prose, not names.
const VALUE_BYTES: usize = 80;
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
    let sources = sources(database.connector.as_ref(), &prepared).await;
    let columns = sources.len();
    if let Ok(index) = tokio::task::spawn_blocking(move || ValueIndex::new(sources)).await {
        prepared.set_values(index);
        let elapsed = started.elapsed();
        tracing::info!(connection = %database.id, columns, ?elapsed, "values read");
    }
}

/// The distinct values of every column that may hold names of things, within the limits.
pub async fn sources(connector: &dyn Connector, prepared: &Prepared) -> Vec<ValueSource> {
    let started = Instant::now();
    let mut sources = Vec::new();
    for (schema, table, column) in candidates(prepared) {
        if started.elapsed() > BUDGET {
            tracing::info!(read = sources.len(), "the time for reading values is used up");
            break;
        }
        sources.extend(read_column(connector, prepared, schema, table, column).await);
    }
    sources
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
            let columns = table.columns.iter().filter(|column| may_name_things(column.kind));
            columns.map(move |column| (schema, table, column.name.as_str()))
        })
        .take(COLUMNS)
        .collect()
}

/// SQLite's columns without a type, or with one of its own, hold texts as often as not.
fn may_name_things(kind: ValueKind) -> bool {
    matches!(kind, ValueKind::Text | ValueKind::Enum | ValueKind::Boolean | ValueKind::Other)
}

async fn read_column(
    connector: &dyn Connector,
    prepared: &Prepared,
    schema: &str,
    table: &Table,
    column: &str,
) -> Option<ValueSource> {
    let dialect = prepared.catalog.dialect;
    let quote = |name: &str| dialect.quote(name);
    let (name, from) = (quote(column), format!("{}.{}", quote(schema), quote(&table.name)));
    // Numbers in SQLite's untyped columns are no names.
    let condition = match dialect {
        Dialect::Sqlite => format!("typeof({name}) = 'text'"),
        Dialect::Postgres | Dialect::MySql => format!("{name} IS NOT NULL"),
    };
    let sql =
        format!("SELECT DISTINCT {name} FROM {from} WHERE {condition} LIMIT {}", COLUMN_VALUES + 1);
    let cleared =
        clear(prepared, &Policy::default(), &BTreeMap::new(), &sql, Some(COLUMN_VALUES + 1))
            .ok()?;
    let limits =
        ReadLimits { rows: COLUMN_VALUES, bytes: 1 << 20, timeout: TIMEOUT, cell_bytes: 400 };
    let tag = RunTag { user: "querent".into(), run: "values".into() };
    let mut reading =
        connector.read(&cleared, &tag, limits, CancellationToken::new()).await.ok()?;
    let (mut values, mut complete) = (Vec::new(), false);
    while let Some(event) = reading.rows.next().await {
        match event.ok()? {
            ReadEvent::Rows(chunk) => {
                let rows: Vec<Vec<Cell>> = serde_json::from_slice(&chunk.json).ok()?;
                let texts = rows.into_iter().flatten().flatten();
                values.extend(texts.filter(|text| text.len() <= VALUE_BYTES));
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
