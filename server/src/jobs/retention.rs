//! Removes old results and answers, and the oldest results when they take too much room.

use crate::{config::data::Retention, sink, state::AppState, statement::now_ms};
use anyhow::{Context, Result};
use model::id::RunId;
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};
use store::retention;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(3_600);
const DAY_MS: i64 = 86_400_000;
/// A result that is still being written is not looked at.
const FRESH: Duration = Duration::from_secs(600);

/// Sweeps until `stop`, the first time soon after the start.
pub async fn run(state: AppState, stop: CancellationToken) {
    let mut clock =
        tokio::time::interval_at(tokio::time::Instant::now() + Duration::from_secs(60), EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = clock.tick() => {}
        }
        if let Err(error) = sweep(&state).await {
            tracing::warn!(error = format!("{error:#}"), "old results were not removed");
        }
    }
}

/// One sweep. Every replica looks after the files that it holds; the store forgets for all.
///
/// # Errors
/// When the store or the folder of results fails.
pub async fn sweep(state: &AppState) -> Result<()> {
    let Retention { result_days, results_bytes, history_days } = state.config.data.retention;
    let folder = state.config.data.dir.join(sink::FOLDER);
    let removed = tokio::task::spawn_blocking(move || {
        let oldest = result_days.map(|days| Duration::from_secs(u64::from(days) * 86_400));
        remove(&folder, oldest, results_bytes)
    })
    .await
    .context("the sweep was interrupted")??;
    retention::forget_rows(&state.store, &removed).await?;
    let before = |days: u32| now_ms() - i64::from(days) * DAY_MS;
    let answers = match result_days {
        Some(days) => retention::forget_answers(&state.store, before(days)).await?,
        None => 0,
    };
    let runs = match history_days {
        Some(days) => retention::forget_runs(&state.store, before(days)).await?,
        None => 0,
    };
    if !removed.is_empty() || answers + runs > 0 {
        tracing::info!(results = removed.len(), answers, runs, "what was old was removed");
    }
    Ok(())
}

struct Kept {
    path: PathBuf,
    run: RunId,
    age: Duration,
    bytes: u64,
}

/// Removes files older than `oldest`, then the oldest until all fit into `room`; gives their runs.
fn remove(folder: &Path, oldest: Option<Duration>, room: Option<u64>) -> Result<Vec<RunId>> {
    let mut files = kept(folder).with_context(|| format!("reading {}", folder.display()))?;
    files.sort_by_key(|file| std::cmp::Reverse(file.age));
    let mut bytes: u64 = files.iter().map(|file| file.bytes).sum();
    let mut removed = Vec::new();
    for file in files {
        let is_old = oldest.is_some_and(|oldest| file.age > oldest);
        let is_too_much = room.is_some_and(|room| bytes > room) && file.age > FRESH;
        if !is_old && !is_too_much {
            continue;
        }
        match fs::remove_file(&file.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("removing {}", file.path.display()));
            }
            _ => {}
        }
        bytes = bytes.saturating_sub(file.bytes);
        removed.push(file.run);
    }
    Ok(removed)
}

/// The results in the folder; other files are none of ours.
fn kept(folder: &Path) -> io::Result<Vec<Kept>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut out = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let run = name.to_str().and_then(|name| name.strip_suffix(".ndjson")?.parse().ok());
        let (Some(run), Ok(about)) = (run, entry.metadata()) else { continue };
        let age = SystemTime::now().duration_since(about.modified()?).unwrap_or_default();
        out.push(Kept { path: entry.path(), run, age, bytes: about.len() });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(folder: &Path, days: u64, bytes: usize) -> RunId {
        let run = RunId::generate();
        let path = folder.join(format!("{run}.ndjson"));
        fs::write(&path, vec![b'x'; bytes]).unwrap();
        let modified = SystemTime::now() - Duration::from_secs(days * 86_400 + 1_000);
        fs::File::options().append(true).open(path).unwrap().set_modified(modified).unwrap();
        run
    }

    #[test]
    fn old_files_go_first_and_then_the_oldest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        fs::write(path.join("notes.txt"), "not ours").unwrap();
        let [old, middle, young] = [100, 10, 1].map(|days| file(path, days, 1_000));
        let day = Duration::from_secs(86_400);
        assert_eq!(remove(path, None, None).unwrap(), []);
        assert_eq!(remove(path, Some(day * 90), Some(5_000)).unwrap(), [old]);
        assert_eq!(remove(path, Some(day * 90), Some(1_500)).unwrap(), [middle]);
        assert_eq!(remove(path, Some(day * 90), Some(0)).unwrap(), [young]);
        assert!(path.join("notes.txt").exists());
        assert_eq!(remove(&path.join("nothing"), Some(day), Some(0)).unwrap(), []);
    }
}
