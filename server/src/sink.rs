//! Where a question's events and rows go: the journal and the live log, and a file of its own.

use crate::{policies::Allowed, runs::LiveRun};
use async_trait::async_trait;
use bytes::Bytes;
use model::{catalog::Catalog, id::RunId, run::RunEvent};
use pipeline::{
    Ended,
    ports::{ResultSink, Sink},
};
use std::{
    io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use store::{
    Store,
    error::chain,
    journal::Journal,
    policies::{self, RunRead},
    runs::{RunEnd, StoredResult},
};
use tokio::{
    fs::{self, File},
    io::AsyncWriteExt,
};

/// Results live below the data directory, in a folder of this name.
pub(crate) const FOLDER: &str = "results";

/// A result that stays below this is written in one go, when it has ended.
const PIECE_BYTES: usize = 64 * 1024;

/// The sink of one run.
pub struct StoreSink {
    pub run: RunId,
    pub journal: Journal,
    pub live: LiveRun,
    /// The data directory.
    pub dir: PathBuf,
    /// The whole result, once it is kept; noted with the run's end.
    pub kept: Arc<Mutex<Option<StoredResult>>>,
    pub watch: Watch,
}

/// What is noted of a read, so that its rows are not shown again once the policies say otherwise.
pub struct Watch {
    pub store: Store,
    pub allowed: Allowed,
    pub catalog: Arc<Catalog>,
}

#[async_trait]
impl Sink for StoreSink {
    async fn append(&self, events: Vec<RunEvent>, end: Option<Ended>) -> Result<(), String> {
        let Some(end) = end else {
            // Shown at once; the journal keeps the order, so that the log on disk stays whole.
            self.live.push(&events);
            return self
                .journal
                .append(self.run, events, None)
                .await
                .map_err(|error| chain(&error));
        };
        // The end is on disk before anybody sees it.
        let end = run_end(end, lock(&self.kept).take());
        let kept = self.journal.append_durable(self.run, events.clone(), Some(end)).await;
        self.live.push(&events);
        kept.map_err(|error| chain(&error))
    }

    /// Tables that no policy governs are told from the statement when they have to be.
    async fn reads(&self, tables: &[(String, String)]) -> Result<(), String> {
        let Watch { store, allowed, catalog } = &self.watch;
        let digest = allowed.digest(catalog, tables);
        if digest.is_empty() {
            return Ok(());
        }
        let read = RunRead { tables: tables.to_vec(), digest };
        policies::note_read(store, self.run, &read).await.map_err(|error| chain(&error))
    }

    async fn result(&self) -> Result<Box<dyn ResultSink>, String> {
        Ok(Box::new(ResultFile {
            waiting: Vec::new(),
            file: None,
            size_bytes: 0,
            dir: self.dir.clone(),
            name: format!("{FOLDER}/{}.ndjson", self.run),
            kept: self.kept.clone(),
        }))
    }
}

fn run_end(end: Ended, result: Option<StoredResult>) -> RunEnd {
    RunEnd {
        status: end.status,
        problem: end.problem.map(|problem| problem.message),
        rows: end.rows,
        elapsed_us: end.elapsed_us,
        sql: end.sql,
        result,
        finished_at_ms: end.finished_at_ms,
    }
}

/// A result on its way into a file. A file without a footer was cut, and says so to its reader.
struct ResultFile {
    waiting: Vec<u8>,
    /// Opened with the first whole piece.
    file: Option<File>,
    size_bytes: u64,
    dir: PathBuf,
    /// Below the data directory.
    name: String,
    kept: Arc<Mutex<Option<StoredResult>>>,
}

impl ResultFile {
    async fn write_piece(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                fs::create_dir_all(self.dir.join(FOLDER)).await?;
                self.file.insert(File::create(self.dir.join(&self.name)).await?)
            }
        };
        file.write_all(&self.waiting).await?;
        self.waiting.clear();
        Ok(())
    }

    async fn end(&mut self) -> io::Result<()> {
        if self.file.is_some() {
            self.write_piece().await?;
            return self.file.as_mut().expect("just written to").flush().await;
        }
        // One step for the many small ones: each costs a way to another thread and back.
        let (dir, path) = (self.dir.join(FOLDER), self.dir.join(&self.name));
        let bytes = std::mem::take(&mut self.waiting);
        let written = tokio::task::spawn_blocking(move || match std::fs::write(&path, &bytes) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                std::fs::create_dir_all(dir)?;
                std::fs::write(&path, &bytes)
            }
            done => done,
        });
        written.await.map_err(io::Error::other)?
    }
}

#[async_trait]
impl ResultSink for ResultFile {
    async fn write(&mut self, bytes: Bytes) -> Result<(), String> {
        self.size_bytes += bytes.len() as u64;
        self.waiting.extend_from_slice(&bytes);
        if self.waiting.len() < PIECE_BYTES {
            return Ok(());
        }
        self.write_piece().await.map_err(|error| failed(&error))
    }

    async fn finish(mut self: Box<Self>) -> Result<(), String> {
        self.end().await.map_err(|error| failed(&error))?;
        *lock(&self.kept) = Some(StoredResult {
            file: std::mem::take(&mut self.name),
            size_bytes: self.size_bytes,
        });
        Ok(())
    }
}

fn failed(error: &io::Error) -> String {
    format!("cannot keep a result: {error}")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
