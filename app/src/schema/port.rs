//! What the schema tree needs from the server.

use async_trait::async_trait;
use model::{account::Person, catalog::CatalogProgress, error::Problem, id::ConnectionId};
use serde_json::Value;

pub use super::api::{SchemaOverview, TableDetail};

#[async_trait]
pub trait Schemas: Send + Sync {
    /// Schemas and tables without columns: what the tree shows first.
    async fn overview(
        &self,
        person: &Person,
        connection: ConnectionId,
    ) -> Result<SchemaOverview, Problem>;
    /// One table with everything that this person sees of it.
    async fn table(
        &self,
        person: &Person,
        connection: ConnectionId,
        schema: String,
        table: String,
    ) -> Result<TableDetail, Problem>;
    /// Columns of all tables, for completion in the editor: `{"schema.table": ["column", …]}`.
    async fn columns(&self, person: &Person, connection: ConnectionId) -> Result<Value, Problem>;
    /// Starts reading the catalogue anew; does nothing when a reading is under way.
    async fn refresh(&self, person: &Person, connection: ConnectionId) -> Result<(), Problem>;
    async fn progress(
        &self,
        person: &Person,
        connection: ConnectionId,
    ) -> Result<Option<CatalogProgress>, Problem>;
}
