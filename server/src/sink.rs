//! Where a question's events and rows go: the journal and the live log, and a file of its own.

use crate::runs::LiveRun;
use async_trait::async_trait;
use bytes::Bytes;
use model::{
    id::{RunId, WorkspaceId},
    run::RunEvent,
};
use pipeline::{
    Ended,
    ports::{ResultSink, Sink},
};
use std::path::PathBuf;
use store::{
    Store,
    error::chain,
    journal::Journal,
    runs::{self, RunEnd, StoredResult},
};
use tokio::{
    fs::{self, File},
    io::{AsyncWriteExt, BufWriter},
};

/// Results live below the data directory, in a folder of this name.
const FOLDER: &str = "results";

/// The sink of one run.
pub struct StoreSink {
    pub run: RunId,
    pub workspace: WorkspaceId,
    pub store: Store,
    pub journal: Journal,
    pub live: LiveRun,
    /// The data directory.
    pub dir: PathBuf,
}

#[async_trait]
impl Sink for StoreSink {
    async fn append(&self, events: Vec<RunEvent>, end: Option<Ended>) -> Result<(), String> {
        let Some(end) = end else {
            // Shown at once; the journal keeps the order, so that the log on disk stays whole.
            let kept = events.clone();
            events.into_iter().for_each(|event| self.live.push(event));
            return self.journal.append(self.run, kept, None).await.map_err(|error| chain(&error));
        };
        // The end is on disk before anybody sees it.
        let kept = self.journal.append_durable(self.run, events.clone(), Some(run_end(end))).await;
        events.into_iter().for_each(|event| self.live.push(event));
        kept.map_err(|error| chain(&error))
    }

    async fn result(&self) -> Result<Box<dyn ResultSink>, String> {
        let folder = self.dir.join(FOLDER);
        let name = format!("{FOLDER}/{}.ndjson", self.run);
        let path = self.dir.join(&name);
        let failed = |error: std::io::Error| format!("cannot keep a result: {error}");
        fs::create_dir_all(&folder).await.map_err(failed)?;
        let file = File::create(&path).await.map_err(failed)?;
        Ok(Box::new(ResultFile {
            file: BufWriter::with_capacity(64 * 1024, file),
            size_bytes: 0,
            name,
            run: self.run,
            workspace: self.workspace,
            store: self.store.clone(),
        }))
    }
}

fn run_end(end: Ended) -> RunEnd {
    RunEnd {
        status: end.status,
        problem: end.problem.map(|problem| problem.message),
        rows: end.rows,
        elapsed_us: end.elapsed_us,
        sql: end.sql,
        finished_at_ms: end.finished_at_ms,
    }
}

/// A result on its way into a file. A file without a footer was cut, and says so to its reader.
struct ResultFile {
    file: BufWriter<File>,
    size_bytes: u64,
    /// Below the data directory.
    name: String,
    run: RunId,
    workspace: WorkspaceId,
    store: Store,
}

#[async_trait]
impl ResultSink for ResultFile {
    async fn write(&mut self, bytes: Bytes) -> Result<(), String> {
        self.size_bytes += bytes.len() as u64;
        self.file.write_all(&bytes).await.map_err(|error| format!("cannot keep a result: {error}"))
    }

    async fn finish(mut self: Box<Self>) -> Result<(), String> {
        self.file.flush().await.map_err(|error| format!("cannot keep a result: {error}"))?;
        let result = StoredResult { file: self.name, size_bytes: self.size_bytes };
        runs::put_result(&self.store, self.workspace, self.run, &result)
            .await
            .map_err(|error| chain(&error))
    }
}
