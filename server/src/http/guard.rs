//! `POST /api/guard`: what the guard says to a statement, without running it.
//!
//! The answer is a line of `querent guard --jsonl`, for this person with their policies.

use super::{
    extract::{Analyst, Payload, Signed},
    problem::ApiError,
};
use crate::state::AppState;
use axum::{Json, Router, extract::State, routing::post};
use guard::{Gate, jsonl};
use model::id::ConnectionId;
use serde::Deserialize;

/// A statement and the connection that it is for.
#[derive(Debug, Deserialize)]
pub struct Question {
    pub connection: ConnectionId,
    pub sql: String,
    /// Comes back with the answer.
    #[serde(default)]
    pub id: String,
}

pub fn routes() -> Router<AppState> {
    Router::new().route("/api/guard", post(check))
}

async fn check(
    State(state): State<AppState>,
    signed: Signed<Analyst>,
    Payload(Question { connection, sql, id }): Payload<Question>,
) -> Result<Json<jsonl::Answer>, ApiError> {
    let database = state.databases.get(signed.person.workspace, connection).await?;
    let known = database.known()?;
    let allowed = database.allowed(&signed.person, &known).await?;
    let gate = Gate {
        facts: &known.facts,
        policy: &allowed.policy,
        attributes: &allowed.attributes,
        row_limit: Some(database.limits.rows),
    };
    let question = jsonl::Question { id, dialect: None, engine: None, sql };
    Ok(Json(jsonl::decide(&gate, question, jsonl::Words::Full)))
}
