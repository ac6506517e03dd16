//! The policies page's port: stored with their log, tried on real rows.

use crate::{
    databases::Databases,
    policies::words::{self, Names},
    state::AppState,
};
use app::policies::port::Policies;
use async_trait::async_trait;
use model::{
    account::Person,
    error::{Problem, ProblemCode},
    id::{ConnectionId, PolicyId},
    policy::{
        ChangeKind, EffectiveTable, Mask, PolicyChange, PolicyDraft, PolicyPreview, PolicyRecord,
        PreviewRequest, SensitiveColumn, TableRule, ViewAs,
    },
};
use store::{
    Store, connections,
    policies::{self, Edit},
    users,
};

const NAME_CHARS: usize = 100;
const RULES: usize = 2_000;
/// Columns of one rule.
const COLUMNS: usize = 2_000;
/// Characters of a row filter or an expression.
const CONDITION_CHARS: usize = 4_000;
const FIXED_CHARS: usize = 200;
/// The guard cuts longer ends.
const PARTIAL_CHARS: u32 = 64;
const LOG_LINES: u32 = 500;

pub struct PoliciesPort {
    store: Store,
    databases: Databases,
}

impl PoliciesPort {
    #[must_use]
    pub fn new(state: &AppState) -> Self {
        Self { store: state.store.clone(), databases: state.databases.clone() }
    }
}

#[async_trait]
impl Policies for PoliciesPort {
    async fn list(&self, person: &Person) -> Result<Vec<PolicyRecord>, Problem> {
        Ok(policies::list(&self.store, person.workspace).await?)
    }

    async fn get(&self, person: &Person, id: PolicyId) -> Result<PolicyRecord, Problem> {
        Ok(policies::get(&self.store, person.workspace, id).await?)
    }

    async fn save(
        &self,
        person: &Person,
        id: Option<PolicyId>,
        draft: PolicyDraft,
        version: Option<i64>,
    ) -> Result<PolicyRecord, Problem> {
        let draft = checked(draft)?;
        let names = self.names(person).await?;
        let by = person.user;
        let id = match id {
            None => {
                let lines = words::created(&draft, &names);
                let edit = Edit { by, what: ChangeKind::Created, lines };
                policies::insert(&self.store, person.workspace, &draft, &edit).await?
            }
            Some(id) => {
                let old = policies::get(&self.store, person.workspace, id).await?;
                let lines = words::changed(&old.draft, &draft, &names);
                let read = version.unwrap_or_default();
                if lines.is_empty() && read == old.version {
                    return Ok(old);
                }
                let edit = Edit { by, what: kind(&old.draft, &draft, &lines), lines };
                policies::update(&self.store, person.workspace, id, read, &draft, &edit)
                    .await
                    .map_err(|error| conflict(error, &old))?;
                id
            }
        };
        self.databases.policies().changed(person.workspace);
        tracing::info!(by = %person.user, policy = %id, "a policy was saved");
        Ok(policies::get(&self.store, person.workspace, id).await?)
    }

    async fn delete(&self, person: &Person, id: PolicyId) -> Result<(), Problem> {
        let old = policies::get(&self.store, person.workspace, id).await?;
        let names = self.names(person).await?;
        let lines = words::created(&old.draft, &names);
        let edit = Edit { by: person.user, what: ChangeKind::Deleted, lines };
        policies::delete(&self.store, person.workspace, id, &old.draft.name, &edit).await?;
        self.databases.policies().changed(person.workspace);
        tracing::info!(by = %person.user, policy = %id, "a policy was deleted");
        Ok(())
    }

    async fn changes(&self, person: &Person, limit: u32) -> Result<Vec<PolicyChange>, Problem> {
        Ok(policies::changes(&self.store, person.workspace, limit.min(LOG_LINES)).await?)
    }

    async fn preview(
        &self,
        person: &Person,
        request: PreviewRequest,
    ) -> Result<PolicyPreview, Problem> {
        self.databases.get(person.workspace, request.connection).await?;
        Err(later())
    }

    async fn check_rows(
        &self,
        person: &Person,
        connection: ConnectionId,
        _schema: String,
        _table: String,
        _condition: String,
    ) -> Result<(), Problem> {
        self.databases.get(person.workspace, connection).await?;
        Err(later())
    }

    async fn sensitive(
        &self,
        person: &Person,
        connection: ConnectionId,
    ) -> Result<Vec<SensitiveColumn>, Problem> {
        self.databases.get(person.workspace, connection).await?;
        Err(later())
    }

    async fn effective(
        &self,
        person: &Person,
        connection: ConnectionId,
        _view_as: ViewAs,
    ) -> Result<Vec<EffectiveTable>, Problem> {
        self.databases.get(person.workspace, connection).await?;
        Err(later())
    }
}

fn later() -> Problem {
    Problem::new(ProblemCode::Invalid, "This part of policies is being built.")
}

impl PoliciesPort {
    /// What the ids in drafts are called.
    async fn names(&self, person: &Person) -> Result<Names, Problem> {
        let members = users::members(&self.store, person.workspace).await?;
        let connections = connections::list(&self.store, person.workspace).await?;
        Ok(Names {
            users: members.into_iter().map(|member| (member.user, member.name)).collect(),
            connections: connections.into_iter().map(|row| (row.id, row.name)).collect(),
        })
    }
}

/// A policy that was only switched on or off is logged as that.
fn kind(old: &PolicyDraft, new: &PolicyDraft, lines: &[String]) -> ChangeKind {
    match (lines.len(), old.enabled, new.enabled) {
        (1, false, true) => ChangeKind::Enabled,
        (1, true, false) => ChangeKind::Disabled,
        _ => ChangeKind::Changed,
    }
}

/// A conflict that says who was faster.
fn conflict(error: store::StoreError, stored: &PolicyRecord) -> Problem {
    let problem = Problem::from(error);
    if problem.code == ProblemCode::Conflict && problem.message.starts_with("Somebody else") {
        let by = &stored.updated_by;
        return Problem::new(
            ProblemCode::Conflict,
            format!("{by} saved this policy while you were editing it."),
        )
        .hint("Reload it to see the change, then make yours again.");
    }
    problem
}

/// The draft with blanks trimmed, if it makes sense.
fn checked(mut draft: PolicyDraft) -> Result<PolicyDraft, Problem> {
    draft.name = draft.name.trim().to_owned();
    if draft.name.is_empty() {
        return invalid("The policy needs a name.");
    }
    if draft.name.chars().count() > NAME_CHARS {
        return invalid("The name is longer than 100 characters.");
    }
    if draft.applies_to.is_empty() {
        return invalid("Say whom the policy is for: everyone, roles or people.");
    }
    if draft.tables.len() > RULES {
        return invalid("A policy has at most 2,000 rules.");
    }
    for rule in &mut draft.tables {
        check_rule(rule)?;
    }
    Ok(draft)
}

fn check_rule(rule: &mut TableRule) -> Result<(), Problem> {
    if rule.schema.is_empty() || rule.table.is_empty() {
        return invalid("A rule names no table.");
    }
    rule.rows = rule.rows.take().filter(|rows| !rows.trim().is_empty());
    if rule.rows.as_ref().is_some_and(|rows| rows.chars().count() > CONDITION_CHARS) {
        return invalid("A row filter is longer than 4,000 characters.");
    }
    if rule.columns.len() > COLUMNS {
        return invalid("A rule has at most 2,000 columns.");
    }
    for (column, mask) in &mut rule.columns {
        if column.is_empty() {
            return invalid("A mask names no column.");
        }
        check_mask(column, mask)?;
    }
    Ok(())
}

fn check_mask(column: &str, mask: &mut Mask) -> Result<(), Problem> {
    match mask {
        Mask::Deny | Mask::Null | Mask::Hash | Mask::Year => Ok(()),
        Mask::Fixed(text) if text.chars().count() > FIXED_CHARS => {
            invalid(&format!("The text shown for {column} is longer than 200 characters."))
        }
        Mask::Partial { start, end, .. } if *start > PARTIAL_CHARS || *end > PARTIAL_CHARS => {
            invalid(&format!("The mask of {column} shows at most 64 characters of an end."))
        }
        Mask::Partial { fill, .. } if fill.chars().count() > FIXED_CHARS => {
            invalid(&format!("The text between the ends of {column} is too long."))
        }
        Mask::Fixed(_) | Mask::Partial { .. } => Ok(()),
        Mask::Range { width } if width.is_finite() && *width > 0.0 => Ok(()),
        Mask::Range { .. } => invalid(&format!("The range of {column} needs a width above zero.")),
        Mask::Custom(text) => {
            *text = text.trim().to_owned();
            match text.chars().count() {
                0 => invalid(&format!("The expression shown for {column} is missing.")),
                1..=CONDITION_CHARS => Ok(()),
                _ => invalid(&format!("The expression of {column} is too long.")),
            }
        }
    }
}

fn invalid<T>(message: &str) -> Result<T, Problem> {
    Err(Problem::new(ProblemCode::Invalid, message))
}
