//! Runs what was cleared, passes its bytes on, and keeps the rows that the answer is made from.

use crate::{
    driver::Access,
    masks,
    ports::{ResultSink, Sink},
};
use bytes::Bytes;
use connect::{ConnectError, Connector, ReadEnd, ReadEvent, ReadLimits, RowChunk, RunTag};
use futures::StreamExt;
use guard::Cleared;
use model::{
    chart::ChartSuggestion,
    error::{Problem, ProblemCode},
    result::{Cell, ResultColumn, ResultFooter, ResultHeader, ResultLine},
};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Rows that the answer's figures are computed from; beyond it the answer says so.
const DIGEST_ROWS: usize = 10_000;
const DIGEST_BYTES: u64 = 8 << 20;
/// Longer cells are shortened in results.
const CELL_BYTES: usize = 64 << 10;
/// Rows that a chart is chosen by.
const CHART_ROWS: usize = 1_000;

/// A result as far as the answer needs it.
#[derive(Clone, Debug)]
pub struct Digest {
    pub columns: Vec<ResultColumn>,
    pub rows: Vec<Vec<Cell>>,
    /// `rows` are all rows that were read.
    pub complete: bool,
    pub end: ReadEnd,
    pub chart: Option<ChartSuggestion>,
}

/// Why there is no result.
#[derive(Debug)]
pub enum Stopped {
    Cancelled,
    Failed(Problem),
}

pub async fn execute(
    connector: &dyn Connector,
    access: &Access,
    tag: &RunTag,
    sink: &dyn Sink,
    cancel: &CancellationToken,
    cleared: &Cleared,
    shown: &str,
) -> Result<Digest, Stopped> {
    let limits = ReadLimits {
        rows: access.limits.rows,
        bytes: access.limits.bytes,
        timeout: Duration::from_millis(access.limits.timeout_ms),
        cell_bytes: CELL_BYTES,
    };
    let mut reading =
        connector.read(cleared, tag, limits, cancel.clone()).await.map_err(of_connect)?;
    let mut out = sink.result().await.map_err(of_sink)?;
    masks::mark(&mut reading.columns, cleared, &access.policies);
    let header = ResultHeader { columns: reading.columns.clone(), sql: shown.to_owned() };
    line(out.as_mut(), &ResultLine::Header(header)).await?;
    let mut kept = Kept { rows: Vec::new(), bytes: 0, complete: true };
    let mut rows = reading.rows;
    let end = loop {
        match rows.next().await {
            Some(Ok(ReadEvent::Rows(chunk))) => {
                kept.keep(&chunk);
                out.write(chunk.json).await.map_err(of_sink)?;
            }
            Some(Ok(ReadEvent::End(end))) => break end,
            Some(Err(error)) => return Err(broken(out, error).await),
            None => {
                let message = "the connection ended before the result did".into();
                return Err(broken(out, ConnectError::Lost { message }).await);
            }
        }
    };
    let sample = &kept.rows[..kept.rows.len().min(CHART_ROWS)];
    let chart = charts::suggest(&reading.columns, sample, end.rows);
    let footer = ResultFooter {
        rows: end.rows,
        bytes: end.bytes,
        elapsed_us: micros(end.elapsed),
        truncated: end.truncated,
        shortened_cells: end.shortened_cells,
        chart: chart.clone(),
    };
    line(out.as_mut(), &ResultLine::Footer(footer)).await?;
    out.finish().await.map_err(of_sink)?;
    let Kept { rows, complete, .. } = kept;
    Ok(Digest { columns: reading.columns, rows, complete, end, chart })
}

pub fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

struct Kept {
    rows: Vec<Vec<Cell>>,
    bytes: u64,
    complete: bool,
}

impl Kept {
    fn keep(&mut self, chunk: &RowChunk) {
        self.bytes += chunk.value_bytes;
        if !self.complete || self.bytes > DIGEST_BYTES {
            self.complete = false;
            return;
        }
        match serde_json::from_slice::<Vec<Vec<Cell>>>(&chunk.json) {
            Ok(rows) => self.rows.extend(rows),
            Err(error) => {
                tracing::error!(%error, "a chunk of rows is not in the wire format");
                self.complete = false;
            }
        }
        if self.rows.len() > DIGEST_ROWS {
            self.rows.truncate(DIGEST_ROWS);
            self.complete = false;
        }
    }
}

async fn line(out: &mut dyn ResultSink, line: &ResultLine) -> Result<(), Stopped> {
    let mut text = serde_json::to_vec(line).map_err(|e| of_sink(e.to_string()))?;
    text.push(b'\n');
    out.write(Bytes::from(text)).await.map_err(of_sink)
}

/// The stored result says itself why it ends.
async fn broken(mut out: Box<dyn ResultSink>, error: ConnectError) -> Stopped {
    if let Err(stopped) = line(out.as_mut(), &ResultLine::Error(error.problem())).await {
        return stopped;
    }
    match out.finish().await {
        Ok(()) => of_connect(error),
        Err(error) => of_sink(error),
    }
}

fn of_connect(error: ConnectError) -> Stopped {
    match error {
        ConnectError::Cancelled => Stopped::Cancelled,
        error => Stopped::Failed(error.problem()),
    }
}

fn of_sink(error: String) -> Stopped {
    tracing::error!(%error, "cannot keep a result");
    Stopped::Failed(
        Problem::new(ProblemCode::Internal, "The result could not be stored.")
            .hint("Try again; if it happens again, the server's disk may be full."),
    )
}
