//! The event log of one run: numbers, times, and the rule that nothing follows the end.

use crate::ports::{Clock, Sink};
use model::{
    error::Problem,
    run::{Happening, RunEvent, RunStatus},
};
use std::sync::Arc;

/// How a run ended, or that it waits for a person, for the history.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    pub status: RunStatus,
    pub problem: Option<Problem>,
    /// The newest form of the statement, if there was one.
    pub sql: Option<String>,
    pub rows: Option<u64>,
    /// The database's time for the statement.
    pub elapsed_us: Option<u64>,
    /// Milliseconds since the Unix epoch: when it ended, or began to wait.
    pub finished_at_ms: i64,
}

/// Numbers events and gathers what the history wants to know.
pub struct Log {
    sink: Arc<dyn Sink>,
    clock: Arc<dyn Clock>,
    seq: u32,
    seen: Ended,
    /// It has ended, or waits for a person.
    rests: bool,
}

impl Log {
    /// `seq`: the number of the newest event that is kept already, 0 for a new run.
    pub fn after(seq: u32, sink: Arc<dyn Sink>, clock: Arc<dyn Clock>) -> Self {
        let seen = Ended {
            status: RunStatus::Running,
            problem: None,
            sql: None,
            rows: None,
            elapsed_us: None,
            finished_at_ms: 0,
        };
        Self { sink, clock, seq, seen, rests: false }
    }

    /// Appends what happened, up to and including the first event that the run rests with; later ones are dropped.
    ///
    /// # Errors
    /// The sink's.
    pub async fn append(&mut self, happenings: Vec<Happening>) -> Result<(), String> {
        let at_ms = self.clock.unix_ms();
        let mut events = Vec::with_capacity(happenings.len());
        for what in happenings {
            if self.rests {
                break;
            }
            self.see(&what, at_ms);
            self.seq += 1;
            events.push(RunEvent { seq: self.seq, at_ms, what });
        }
        if events.is_empty() {
            return Ok(());
        }
        self.sink.append(events, self.rests.then(|| self.seen.clone())).await
    }

    /// The end or the wait, once there is one.
    pub fn end(&self) -> Option<Ended> {
        self.rests.then(|| self.seen.clone())
    }

    fn see(&mut self, what: &Happening, at_ms: i64) {
        match what {
            Happening::Drafted { sql, .. } | Happening::Cleared { sql } => {
                self.seen.sql = Some(sql.clone());
            }
            Happening::Executed { rows, elapsed_us, .. } => {
                self.seen.rows = Some(*rows);
                self.seen.elapsed_us = Some(*elapsed_us);
            }
            Happening::Failed { problem } => self.seen.problem = Some(problem.clone()),
            _ => {}
        }
        if let Some(status) = what.rests() {
            self.seen.status = status;
            self.seen.finished_at_ms = at_ms;
            self.rests = true;
        }
    }
}
