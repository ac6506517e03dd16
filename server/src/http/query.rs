//! `POST /api/connections/{id}/query`: the editor's statements, as lines of a result.

use super::{
    extract::{Analyst, PathId, Payload, Signed},
    problem::ApiError,
};
use crate::{databases::Database, state::AppState, statement::Statement};
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::post,
};
use http::header;
use model::{
    error::{Problem, ProblemCode},
    id::{ConnectionId, RunId},
};
use serde::Deserialize;

const PREVIEW_ROWS: u64 = 100;

/// What to run: a statement, or the first rows of a table.
#[derive(Debug, Deserialize)]
pub struct Query {
    #[serde(default)]
    pub sql: String,
    /// The browser's name for this run, so that it can be cancelled before it answers.
    pub run: Option<RunId>,
    pub row_limit: Option<u64>,
    pub preview: Option<Preview>,
}

/// A table of the catalogue.
#[derive(Debug, Deserialize)]
pub struct Preview {
    pub schema: String,
    pub table: String,
}

pub fn routes() -> Router<AppState> {
    Router::new().route("/api/connections/{id}/query", post(query))
}

async fn query(
    State(state): State<AppState>,
    signed: Signed<Analyst>,
    PathId(id): PathId<ConnectionId>,
    Payload(query): Payload<Query>,
) -> Result<Response, ApiError> {
    // 1. The database, if it is this workspace's.
    let database = state.databases.get(signed.person.workspace, id).await?;
    // 2. The statement.
    let (sql, row_limit) = match query.preview {
        Some(preview) => (preview_sql(&database, &preview)?, Some(PREVIEW_ROWS)),
        None => (query.sql, query.row_limit),
    };
    if sql.trim().is_empty() {
        return Err(ApiError::new(ProblemCode::Invalid, "There is no statement to run.")
            .hint("Write one, or put the cursor into one."));
    }
    // 3. Run it; from here on it can be cancelled.
    let run = query.run.unwrap_or_else(RunId::generate);
    let registration = state.statements.begin(run, signed.person.workspace, signed.person.user)?;
    let statement = Statement {
        database,
        person: signed.person,
        run,
        sql,
        row_limit,
        registration,
        journal: state.journal.clone(),
    };
    let body = statement.start().await?.into_body().await;
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response())
}

fn preview_sql(database: &Database, preview: &Preview) -> Result<String, Problem> {
    let known = database.known()?;
    let Preview { schema, table } = preview;
    if known.catalog.table(schema, table).is_none() {
        return Err(Problem::new(
            ProblemCode::NotFound,
            format!("There is no table {schema}.{table}."),
        )
        .hint("Refresh the schema: it may have been dropped."));
    }
    let quote = |name: &str| database.dialect.quote(name);
    Ok(format!("SELECT * FROM {}.{} LIMIT {PREVIEW_ROWS}", quote(schema), quote(table)))
}
