//! What the pipeline needs from outside, as traits.

use crate::log::Ended;
use async_trait::async_trait;
use bytes::Bytes;
use model::run::RunEvent;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Keeps a run's events and result. Implemented by the server over `store`; one per run.
#[async_trait]
pub trait Sink: Send + Sync {
    /// Appends events; `seq` goes up by one from 1. With the last event comes `end`, which has to be
    /// kept together with it, and on disk when this returns.
    ///
    /// # Errors
    /// A sentence for the log. The run ends as failed.
    async fn append(&self, events: Vec<RunEvent>, end: Option<Ended>) -> Result<(), String>;

    /// These tables, `(schema, table)`, are about to be read.
    ///
    /// # Errors
    /// A sentence for the log. The run ends as failed, and nothing is read.
    async fn reads(&self, _tables: &[(String, String)]) -> Result<(), String> {
        Ok(())
    }

    /// A place for the result, asked for when the first rows are there, at most once.
    ///
    /// # Errors
    /// A sentence for the log. The run ends as failed.
    async fn result(&self) -> Result<Box<dyn ResultSink>, String>;
}

/// Takes the bytes of `model::result`'s wire format: header line, rows, footer or error line.
/// Dropped without `finish`, the result is cut, which a reader sees from the missing footer.
#[async_trait]
pub trait ResultSink: Send {
    /// # Errors
    /// A sentence for the log.
    async fn write(&mut self, bytes: Bytes) -> Result<(), String>;

    /// All has been written.
    ///
    /// # Errors
    /// A sentence for the log.
    async fn finish(self: Box<Self>) -> Result<(), String>;
}

/// The time.
pub trait Clock: Send + Sync {
    /// Milliseconds since the Unix epoch, UTC.
    fn unix_ms(&self) -> i64;

    /// Time since some fixed moment; never goes back.
    fn steady(&self) -> Duration;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock(Instant);

impl Default for SystemClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    fn unix_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    fn steady(&self) -> Duration {
        self.0.elapsed()
    }
}
