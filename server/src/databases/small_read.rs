//! A read of few rows for Querent's own use, whole in memory.

use super::Database;
use connect::{ReadEvent, ReadLimits, RunTag};
use futures::StreamExt;
use guard::Cleared;
use model::{
    error::{Problem, ProblemCode},
    result::Cell,
};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Bytes of all values together.
const BYTES: u64 = 1 << 20;

/// What a small read may cost.
#[derive(Clone, Copy, Debug)]
pub struct Small {
    pub rows: u64,
    pub timeout: Duration,
    /// Longer cells are shortened.
    pub cell_bytes: usize,
}

/// Reads what the guard cleared. `why` is what the database shows as the statement's run.
///
/// # Errors
/// What the database says.
pub async fn small_read(
    database: &Database,
    cleared: &Cleared,
    why: &str,
    small: Small,
) -> Result<Vec<Vec<Cell>>, Problem> {
    let Small { rows, timeout, cell_bytes } = small;
    let limits = ReadLimits { rows, bytes: BYTES, timeout, cell_bytes };
    let tag = RunTag { user: "querent".into(), run: why.into() };
    let reading = database.connector.read(cleared, &tag, limits, CancellationToken::new()).await;
    let mut events = reading.map_err(|error| error.problem())?.rows;
    let mut all = Vec::new();
    while let Some(event) = events.next().await {
        if let ReadEvent::Rows(chunk) = event.map_err(|error| error.problem())? {
            let rows: Vec<Vec<Cell>> = serde_json::from_slice(&chunk.json)
                .map_err(|_| Problem::new(ProblemCode::Internal, "Rows could not be read."))?;
            all.extend(rows);
        }
    }
    Ok(all)
}
