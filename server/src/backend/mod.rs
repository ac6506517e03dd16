//! The app's ports, implemented: one file per port.

pub mod accounts;
pub mod asking;
pub mod connections;
pub mod history;
pub mod models;
pub mod policies;
pub mod results;
pub mod schemas;

use crate::state::AppState;
use app::backend::Backend;
use std::sync::Arc;

/// Every port over the same state.
#[must_use]
pub fn backend(state: &AppState) -> Backend {
    let models = models::ModelsPort::new(state);
    Backend {
        accounts: Arc::new(accounts::AccountsPort::new(state)),
        asking: Arc::new(asking::AskingPort::new(state, models.clone())),
        connections: Arc::new(connections::ConnectionsPort::new(state)),
        history: Arc::new(history::HistoryPort::new(state)),
        models: Arc::new(models),
        policies: Arc::new(policies::PoliciesPort::new(state)),
        results: Arc::new(results::ResultsPort::new(state)),
        schemas: Arc::new(schemas::SchemasPort::new(state)),
    }
}
