//! What the connections pages need from the server.

use async_trait::async_trait;
use model::{
    account::Person,
    connection::{ConnectionDraft, ConnectionView, TestReport},
    error::Problem,
    id::ConnectionId,
};

/// Secrets go in and never come out. Ids of another workspace are `NotFound`.
#[async_trait]
pub trait Connections: Send + Sync {
    async fn list(&self, person: &Person) -> Result<Vec<ConnectionView>, Problem>;
    /// Stores the connection and starts reading its catalogue.
    async fn add(&self, person: &Person, draft: ConnectionDraft)
    -> Result<ConnectionView, Problem>;
    async fn edit(
        &self,
        person: &Person,
        id: ConnectionId,
        draft: ConnectionDraft,
    ) -> Result<ConnectionView, Problem>;
    async fn delete(&self, person: &Person, id: ConnectionId) -> Result<(), Problem>;
    /// Tries the draft; `stored` lends the secrets that the draft leaves out.
    async fn test(
        &self,
        person: &Person,
        draft: ConnectionDraft,
        stored: Option<ConnectionId>,
    ) -> Result<TestReport, Problem>;
    /// SQLite files below the configured directory, by their paths inside it.
    async fn files(&self, person: &Person) -> Result<Vec<String>, Problem>;
}
