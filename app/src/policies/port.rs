//! What the policies page needs from the server. Everything here is for admins.

use async_trait::async_trait;
use model::{
    account::Person,
    error::Problem,
    id::{ConnectionId, PolicyId},
    policy::{
        EffectiveTable, PolicyChange, PolicyDraft, PolicyPreview, PolicyRecord, PreviewRequest,
        SensitiveColumn, ViewAs,
    },
};

#[async_trait]
pub trait Policies: Send + Sync {
    /// Every policy of the workspace, by name.
    async fn list(&self, person: &Person) -> Result<Vec<PolicyRecord>, Problem>;
    async fn get(&self, person: &Person, id: PolicyId) -> Result<PolicyRecord, Problem>;
    /// Stores a new policy (`id: None`), or a new version of one. It takes effect at once.
    /// `Conflict` when `version` is not the stored one: somebody else saved in between.
    async fn save(
        &self,
        person: &Person,
        id: Option<PolicyId>,
        draft: PolicyDraft,
        version: Option<i64>,
    ) -> Result<PolicyRecord, Problem>;
    async fn delete(&self, person: &Person, id: PolicyId) -> Result<(), Problem>;
    /// What was changed and by whom, newest first, at most `limit`.
    async fn changes(&self, person: &Person, limit: u32) -> Result<Vec<PolicyChange>, Problem>;
    /// Real rows of one table before and after, with the policy as it is being edited.
    async fn preview(
        &self,
        person: &Person,
        request: PreviewRequest,
    ) -> Result<PolicyPreview, Problem>;
    /// Would this row filter work on this table? The problem says what not, and where in the text.
    async fn check_rows(
        &self,
        person: &Person,
        connection: ConnectionId,
        schema: String,
        table: String,
        condition: String,
    ) -> Result<(), Problem>;
    /// Columns that look as if not everybody should see them, the surest first.
    async fn sensitive(
        &self,
        person: &Person,
        connection: ConnectionId,
    ) -> Result<Vec<SensitiveColumn>, Problem>;
    /// What somebody sees with the stored policies: the tables that some policy governs.
    async fn effective(
        &self,
        person: &Person,
        connection: ConnectionId,
        view_as: ViewAs,
    ) -> Result<Vec<EffectiveTable>, Problem>;
}
