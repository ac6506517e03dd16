//! Server functions of the result pane.

use crate::error::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use model::{chart::ChartSpec, result::ResultColumn};
use serde_json::Value;

#[cfg(feature = "ssr")]
use {
    crate::backend::{answer, backend, person},
    model::role::Role,
};

#[server(endpoint = "results/chart_option", input = Json, output = Json)]
pub async fn chart_option(columns: Vec<ResultColumn>, spec: ChartSpec) -> Result<Value, AppError> {
    let person = person(Role::Viewer)?;
    answer(backend().results.chart_option(&person, columns, spec).await)
}
