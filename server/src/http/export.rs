//! `POST /api/connections/{id}/export`: a statement's rows as a CSV file.

use super::{
    extract::{Analyst, PathId, Payload, Signed},
    problem::ApiError,
};
use crate::{csv, state::AppState, statement::Statement};
use axum::{
    Router,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
    routing::post,
};
use futures::{StreamExt, stream};
use http::header;
use model::{
    error::ProblemCode,
    id::{ConnectionId, RunId},
};
use serde::Deserialize;
use std::io;

/// The statement, from JSON or a form.
#[derive(Debug, Deserialize)]
pub struct Export {
    pub sql: String,
}

pub fn routes() -> Router<AppState> {
    Router::new().route("/api/connections/{id}/export", post(export))
}

async fn export(
    State(state): State<AppState>,
    signed: Signed<Analyst>,
    PathId(id): PathId<ConnectionId>,
    Payload(Export { sql }): Payload<Export>,
) -> Result<Response, ApiError> {
    if sql.trim().is_empty() {
        return Err(ApiError::new(ProblemCode::Invalid, "There is no statement to export."));
    }
    let database = state.databases.get(signed.person.workspace, id).await?;
    let run = RunId::generate();
    let registration = state.statements.begin(run, signed.person.workspace, signed.person.user)?;
    let statement = Statement {
        database,
        person: signed.person,
        run,
        sql,
        row_limit: None,
        registration,
        journal: state.journal.clone(),
    };
    let started = statement.start().await?;
    let first = stream::iter([Ok(csv::header(started.columns()))]);
    // A failure in the middle breaks the body off, so that no half file passes for a whole one.
    let rows = started.into_chunks().map(|chunk| match chunk {
        Ok(json) => csv::rows(&json).map_err(io::Error::other),
        Err(problem) => Err(io::Error::other(problem)),
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"result.csv\""),
    ];
    Ok((headers, Body::from_stream(first.chain(rows))).into_response())
}
