//! What the history page needs from the server.

use async_trait::async_trait;
use model::{
    account::Person,
    error::Problem,
    history::{HistoryFilter, HistoryPage},
};

#[async_trait]
pub trait History: Send + Sync {
    /// The person's own questions and statements; an admin sees everyone's of the workspace.
    async fn page(&self, person: &Person, filter: HistoryFilter) -> Result<HistoryPage, Problem>;
}
