//! The journal: one writer for runs and their events.
//!
//! Requests leave what they did in a bounded queue; the writer groups what has come within a few
//! milliseconds into one transaction. Order is kept. Whoever must know that an entry is on disk
//! uses a `_durable` method, which also makes the group close at once.

use crate::{
    Store, StoreError,
    error::{During, chain},
    runs::{self, NewRun, RunEnd},
};
use model::{id::RunId, run::RunEvent};
use std::time::Duration;
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, timeout_at},
};

/// Entries that may wait; a caller then waits too, so that memory stays bounded.
const QUEUE: usize = 8_192;
/// Entries in one transaction.
const BATCH: usize = 512;
/// How long an entry waits for company.
const WINDOW: Duration = Duration::from_millis(4);

/// The way to the writer. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Journal {
    entries: mpsc::Sender<Entry>,
}

#[derive(Debug)]
struct Entry {
    what: What,
    /// Told when the entry is on disk, or why it is not.
    done: Option<oneshot::Sender<Result<(), StoreError>>>,
}

#[derive(Debug)]
enum What {
    Run(Box<NewRun>),
    Events {
        run: RunId,
        events: Vec<RunEvent>,
        end: Option<Box<RunEnd>>,
    },
    /// Only asks to be told.
    Flush,
    Stop,
}

impl Journal {
    /// Starts the writer.
    #[must_use]
    pub fn start(store: Store) -> Self {
        let (entries, queue) = mpsc::channel(QUEUE);
        tokio::spawn(Writer { store, queue }.run());
        Self { entries }
    }

    /// Writes a run down soon. Waits only while the queue is full.
    ///
    /// # Errors
    /// `Closed` after [`close`](Self::close).
    pub async fn record(&self, run: NewRun) -> Result<(), StoreError> {
        self.send(What::Run(Box::new(run)), None).await
    }

    /// Writes a run down soon, without a wait.
    ///
    /// # Errors
    /// The run itself, when the queue is full or closed.
    pub fn try_record(&self, run: NewRun) -> Result<(), Box<NewRun>> {
        let entry = Entry { what: What::Run(Box::new(run)), done: None };
        self.entries.try_send(entry).map_err(|error| match error.into_inner().what {
            What::Run(run) => run,
            _ => unreachable!("what was sent is a run"),
        })
    }

    /// Writes a run down and returns when it is on disk.
    ///
    /// # Errors
    /// `Closed`, or why the row could not be written.
    pub async fn record_durable(&self, run: NewRun) -> Result<(), StoreError> {
        self.durable(What::Run(Box::new(run))).await
    }

    /// Appends events soon, and the run's end with them if it has ended.
    ///
    /// # Errors
    /// `Closed`.
    pub async fn append(
        &self,
        run: RunId,
        events: Vec<RunEvent>,
        end: Option<RunEnd>,
    ) -> Result<(), StoreError> {
        self.send(What::Events { run, events, end: end.map(Box::new) }, None).await
    }

    /// Appends events and returns when they are on disk.
    ///
    /// # Errors
    /// `Closed`, or why they could not be written.
    pub async fn append_durable(
        &self,
        run: RunId,
        events: Vec<RunEvent>,
        end: Option<RunEnd>,
    ) -> Result<(), StoreError> {
        self.durable(What::Events { run, events, end: end.map(Box::new) }).await
    }

    /// Returns when everything sent before is on disk.
    ///
    /// # Errors
    /// `Closed`.
    pub async fn flush(&self) -> Result<(), StoreError> {
        self.durable(What::Flush).await
    }

    /// Writes what waits and ends the writer. Later entries are `Closed`.
    pub async fn close(&self) {
        // An error means that it is closed already.
        let _ = self.durable(What::Stop).await;
    }

    async fn durable(&self, what: What) -> Result<(), StoreError> {
        let (done, told) = oneshot::channel();
        self.send(what, Some(done)).await?;
        told.await.map_err(|_| StoreError::Closed)?
    }

    async fn send(
        &self,
        what: What,
        done: Option<oneshot::Sender<Result<(), StoreError>>>,
    ) -> Result<(), StoreError> {
        self.entries.send(Entry { what, done }).await.map_err(|_| StoreError::Closed)
    }
}

struct Writer {
    store: Store,
    queue: mpsc::Receiver<Entry>,
}

impl Writer {
    async fn run(mut self) {
        while let Some(first) = self.queue.recv().await {
            let batch = self.gather(first).await;
            if batch.iter().any(|entry| matches!(entry.what, What::Stop)) {
                // What was sent before the stop is still in the queue or in this batch.
                self.queue.close();
            }
            self.write(batch).await;
        }
    }

    /// `first` and what comes within the window, or is there already when somebody waits.
    async fn gather(&mut self, first: Entry) -> Vec<Entry> {
        let deadline = Instant::now() + WINDOW;
        let mut awaited = first.done.is_some();
        let mut batch = vec![first];
        while batch.len() < BATCH {
            let next = match self.queue.try_recv() {
                Ok(entry) => Some(entry),
                Err(_) if awaited => None,
                Err(_) => timeout_at(deadline, self.queue.recv()).await.ok().flatten(),
            };
            let Some(entry) = next else { break };
            awaited |= entry.done.is_some();
            batch.push(entry);
        }
        batch
    }

    /// Writes the batch as one; if that fails, one by one, so that a bad entry harms no other.
    async fn write(&self, batch: Vec<Entry>) {
        if let Err(error) = self.commit(batch.iter().map(|entry| &entry.what)).await {
            tracing::warn!(error = chain(&error), "a batch of the journal is written one by one");
            for entry in batch {
                let outcome = self.commit([&entry.what].into_iter()).await;
                if let Err(error) = &outcome {
                    tracing::error!(error = chain(error), "an entry of the journal is lost");
                }
                tell(entry.done, outcome);
            }
            return;
        }
        for entry in batch {
            tell(entry.done, Ok(()));
        }
    }

    async fn commit(&self, entries: impl Iterator<Item = &What>) -> Result<(), StoreError> {
        const DOING: &str = "write the journal";
        let mut transaction = self.store.writes().begin().await.during(DOING)?;
        // A run was sent before its events, so runs first, then events, then ends keep every order
        // that matters, and make few statements of many entries.
        let (mut started, mut happened, mut ended) = (Vec::new(), Vec::new(), Vec::new());
        for what in entries {
            match what {
                What::Run(run) => started.push(&**run),
                What::Events { run, events, end } => {
                    happened.extend(events.iter().map(|event| (*run, event)));
                    ended.extend(end.as_deref().map(|end| (*run, end)));
                }
                What::Flush | What::Stop => {}
            }
        }
        runs::write_runs(&mut transaction, &started).await?;
        runs::write_events(&mut transaction, &happened).await?;
        for (run, end) in ended {
            runs::write_end(&mut transaction, run, end).await?;
        }
        transaction.commit().await.during(DOING)
    }
}

fn tell(done: Option<oneshot::Sender<Result<(), StoreError>>>, outcome: Result<(), StoreError>) {
    if let Some(done) = done {
        // Whoever waited may have gone.
        let _ = done.send(outcome);
    }
}
