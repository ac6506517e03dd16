//! `GET /healthz`: the process lives. `GET /readyz`: it can answer, because its data can be reached.

use super::problem::ApiError;
use crate::state::AppState;
use axum::{Router, extract::State, routing::get};
use model::error::ProblemCode;

pub fn routes() -> Router<AppState> {
    Router::new().route("/healthz", get(live)).route("/readyz", get(ready))
}

async fn live() -> &'static str {
    "ok\n"
}

async fn ready(State(state): State<AppState>) -> Result<&'static str, ApiError> {
    state.store.ping().await.map(|()| "ready\n").map_err(|error| {
        tracing::warn!(error = store::error::chain(&error), "not ready");
        ApiError::new(ProblemCode::Unreachable, "Querent cannot reach its own data.")
    })
}
