//! A run over HTTP: its events as they happen, its result, and the way to stop it.

use super::{
    extract::{Analyst, PathId, Signed},
    problem::ApiError,
};
use crate::{policies::replay, runs::LiveRun, state::AppState};
use axum::{
    Router,
    body::Body,
    extract::{Query, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use bytes::Bytes;
use futures::{Stream, stream};
use http::{StatusCode, header};
use model::{
    account::Person,
    error::{Problem, ProblemCode},
    id::{RunId, WorkspaceId},
    run::{RunEvent, RunStatus},
};
use serde::Deserialize;
use std::{collections::VecDeque, convert::Infallible, time::Duration};
use store::{
    Store,
    runs::{self, RunRow},
    waiting,
};
use tokio::time::timeout;
use tokio_util::io::ReaderStream;

/// A blank line now and then keeps proxies from closing a quiet line.
const KEEP_ALIVE: Duration = Duration::from_secs(10);
/// How often a run that another replica drives is looked up.
const POLL: Duration = Duration::from_millis(250);

#[derive(Debug, Deserialize)]
pub struct After {
    #[serde(default)]
    pub after: u32,
}

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/runs/{id}/events", get(events))
        .route("/api/runs/{id}/result", get(result))
        .route("/api/runs/{id}/cancel", post(cancel))
}

/// The run, if it is this person's.
///
/// # Errors
/// `NotFound` for anybody else's.
pub async fn own(store: &Store, person: &Person, run: RunId) -> Result<RunRow, Problem> {
    let row = runs::get(store, person.workspace, run).await?;
    if row.user != person.user {
        return Err(Problem::new(ProblemCode::NotFound, "There is no such run."));
    }
    Ok(row)
}

async fn cancel(
    State(state): State<AppState>,
    signed: Signed<Analyst>,
    PathId(run): PathId<RunId>,
) -> Result<StatusCode, ApiError> {
    stop(&state, &signed.person, run).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stops a run or an editor's statement. One that has ended already is no error.
///
/// # Errors
/// `NotFound` for a run that is not this person's.
pub async fn stop(state: &AppState, person: &Person, run: RunId) -> Result<(), Problem> {
    if state.statements.cancel(run, person.workspace, person.user) {
        return Ok(());
    }
    state.journal.flush().await?;
    let row = own(&state.store, person, run).await?;
    if row.status == RunStatus::Waiting {
        // Whoever chose in this moment was first, and the run goes on: it can be stopped again.
        waiting::cancel(&state.store, person.workspace, person.user, run).await?;
    }
    Ok(())
}

async fn events(
    State(state): State<AppState>,
    signed: Signed<Analyst>,
    PathId(run): PathId<RunId>,
    after: Result<Query<After>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(After { after }) = after
        .map_err(|_| ApiError::new(ProblemCode::Invalid, "`after` must be a whole number."))?;
    let live = state.runs.get(run, &signed.person);
    // A run under way passes the guard with today's policies.
    let withheld = match live {
        Some(_) => false,
        None => {
            let row = own(&state.store, &signed.person, run).await?;
            !matches!(row.status, RunStatus::Running | RunStatus::Waiting)
                && !replay::may_show(&state.store, &state.databases, &signed.person, &row).await?
        }
    };
    let feed = Feed {
        store: state.store.clone(),
        workspace: signed.person.workspace,
        run,
        after,
        live,
        withheld,
        waiting: VecDeque::new(),
        ended: false,
    };
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (header::CACHE_CONTROL, "no-store"),
        // For proxies that would hold lines back.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::from_stream(feed.lines())).into_response())
}

/// A follower of one run.
struct Feed {
    store: Store,
    workspace: WorkspaceId,
    run: RunId,
    after: u32,
    live: Option<LiveRun>,
    /// What it read is not shown: the policies have become stricter.
    withheld: bool,
    waiting: VecDeque<RunEvent>,
    ended: bool,
}

impl Feed {
    fn lines(self) -> impl Stream<Item = Result<Bytes, Infallible>> + Send {
        stream::unfold(self, async |mut feed| {
            let line = feed.next().await?;
            Some((Ok(line), feed))
        })
    }

    /// The next lines, or a blank one after a while without any; `None` after the last.
    async fn next(&mut self) -> Option<Bytes> {
        if self.waiting.is_empty() {
            if self.ended {
                return None;
            }
            match timeout(KEEP_ALIVE, self.more()).await {
                Ok(Ok(())) => {}
                Ok(Err(problem)) => {
                    // The reader comes back for what is missing.
                    tracing::warn!(run = %self.run, %problem, "a run's events cannot be read");
                    return None;
                }
                Err(_) => return Some(Bytes::from_static(b"\n")),
            }
        }
        let mut lines = Vec::new();
        while let Some(event) = self.waiting.pop_front() {
            self.after = event.seq;
            serde_json::to_writer(&mut lines, &event).ok()?;
            lines.push(b'\n');
        }
        (!lines.is_empty()).then(|| lines.into())
    }

    /// Waits for more events, or for the end.
    async fn more(&mut self) -> Result<(), Problem> {
        loop {
            let (events, ended) = match &self.live {
                Some(live) => {
                    let mut length = live.follow();
                    let (events, ended) = live.after(self.after);
                    if events.is_empty() && !ended {
                        // An error means that the run's task is gone: the store knows the rest.
                        if length.changed().await.is_err() {
                            self.live = None;
                        }
                        continue;
                    }
                    (events, ended)
                }
                None => self.stored().await?,
            };
            if events.is_empty() && !ended {
                tokio::time::sleep(POLL).await;
                continue;
            }
            self.ended = ended;
            self.waiting = events.into();
            return Ok(());
        }
    }

    async fn stored(&self) -> Result<(Vec<RunEvent>, bool), Problem> {
        // The status first: events written after it are then read, not missed.
        let row = runs::get(&self.store, self.workspace, self.run).await?;
        let mut events =
            runs::events_after(&self.store, self.workspace, self.run, self.after).await?;
        if self.withheld {
            events = events.into_iter().map(replay::without_values).collect();
        }
        let ended = events.last().is_some_and(|event| event.what.ends().is_some());
        Ok((events, ended || row.status != RunStatus::Running))
    }
}

async fn result(
    State(state): State<AppState>,
    signed: Signed<Analyst>,
    PathId(run): PathId<RunId>,
) -> Result<Response, ApiError> {
    let row = own(&state.store, &signed.person, run).await?;
    if !replay::may_show(&state.store, &state.databases, &signed.person, &row).await? {
        return Err(replay::withheld().into());
    }
    let gone = || {
        let message = if row.rows_pruned || row.pruned_at_ms.is_some() {
            "The rows were removed: this server keeps results for a while only."
        } else {
            "This run has no stored result."
        };
        ApiError::new(ProblemCode::NotFound, message).hint("Run it again to see its rows.")
    };
    let stored = runs::result(&state.store, signed.person.workspace, run).await?;
    let stored = stored.ok_or_else(gone)?;
    let path = state.config.data.dir.join(&stored.file);
    let file = tokio::fs::File::open(path).await.map_err(|_| gone())?;
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    let body = Body::from_stream(ReaderStream::with_capacity(file, 64 * 1024));
    Ok((headers, body).into_response())
}
