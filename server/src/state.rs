//! What every handler and port shares.

use crate::{
    accounts::Accounts, config::Config, databases::Databases, http::assets::Site, runs::Runs,
    statements::Statements,
};
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use std::{ops::Deref, sync::Arc};
use store::{Store, journal::Journal, seal::Keyring};

/// Cheap to clone: every request does so several times.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// The parts.
pub struct Shared {
    pub config: Arc<Config>,
    pub store: Store,
    pub journal: Journal,
    pub keyring: Keyring,
    pub accounts: Accounts,
    /// Connected databases that are open.
    pub databases: Databases,
    /// What can be cancelled.
    pub statements: Statements,
    /// Logs of runs under way.
    pub runs: Runs,
    pub site: Site,
}

impl From<Shared> for AppState {
    fn from(parts: Shared) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// leptos wants its own options in the state. Querent's shell takes its addresses from the
/// manifest, so that these say only the name.
impl FromRef<AppState> for LeptosOptions {
    fn from_ref(_: &AppState) -> Self {
        Self::builder().output_name("querent").build()
    }
}
