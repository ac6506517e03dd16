//! Says which runs this process works on, and ends those of processes that died.

use crate::state::AppState;
use crate::statement::now_ms;
use std::time::Duration;
use store::{alive, error::chain};
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(20);
/// A run of which nothing was heard for so long is nobody's. Far more than a beat: a server that
/// stands still for a while, or a clock that is off by a minute, must not cost a run.
const SILENT_MS: i64 = 5 * 60_000;

/// Beats until `stop`. The first beat comes at once: a start finds what a crash left.
pub async fn run(state: AppState, stop: CancellationToken) {
    let mut clock = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = clock.tick() => {}
        }
        if let Err(error) = alive::beat(&state.store, &state.statements.running()).await {
            tracing::warn!(error = chain(&error), "cannot say which runs are worked on");
            continue;
        }
        match alive::end_silent(&state.store, now_ms() - SILENT_MS).await {
            Ok(0) => {}
            Ok(ended) => tracing::warn!(ended, "runs of a server that died were ended"),
            Err(error) => tracing::warn!(error = chain(&error), "abandoned runs were not ended"),
        }
    }
}
