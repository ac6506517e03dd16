//! Server functions of the history.

use crate::error::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use model::history::{HistoryFilter, HistoryPage};

#[cfg(feature = "ssr")]
use {
    crate::backend::{answer, backend, person},
    model::role::Role,
};

#[server(endpoint = "history/page", input = Json, output = Json)]
pub async fn list_history(filter: HistoryFilter) -> Result<HistoryPage, AppError> {
    let person = person(Role::Viewer)?;
    answer(backend().history.page(&person, filter).await)
}
