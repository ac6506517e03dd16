//! The history page's port, over the store.

use crate::state::AppState;
use app::history::port::History;
use async_trait::async_trait;
use model::{
    account::Person,
    error::{Problem, ProblemCode},
    history::{HistoryFilter, HistoryPage},
    role::Role,
};
use store::{Store, history, journal::Journal};

const SEARCH_CHARS: usize = 200;

pub struct HistoryPort {
    store: Store,
    journal: Journal,
}

impl HistoryPort {
    #[must_use]
    pub fn new(state: &AppState) -> Self {
        Self { store: state.store.clone(), journal: state.journal.clone() }
    }
}

#[async_trait]
impl History for HistoryPort {
    async fn page(&self, person: &Person, filter: HistoryFilter) -> Result<HistoryPage, Problem> {
        if filter.search.chars().count() > SEARCH_CHARS {
            return Err(Problem::new(
                ProblemCode::Invalid,
                "The search is longer than 200 characters.",
            ));
        }
        // What has just run must be there.
        self.journal.flush().await?;
        let user = (person.role < Role::Admin).then_some(person.user);
        Ok(history::page(&self.store, person.workspace, user, &filter).await?)
    }
}
