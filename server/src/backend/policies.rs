//! The policies page's port: stored with their log, tried on real rows.

use crate::{
    databases::{Database, Databases, Prepared},
    policies::{
        attributes_of, condition,
        govern::{Open, Subject},
        preview, sensitive,
        words::{self, Names},
    },
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
        PreviewRequest, SensitiveColumn, Subjects, TableRule, ViewAs,
    },
};
use std::{collections::BTreeMap, sync::Arc};
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
/// What row filters see of nobody in particular.
const NOBODY: &str = "somebody@example.com";
/// Stands in the place of a policy's name.
const WHAT_IT_READS: &str = "what it reads";

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
        self.usable(person, &draft).await?;
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
        let PreviewRequest { connection, policy, draft, view_as, schema, table } = request;
        let (database, known) = self.known(person, connection).await?;
        let found = known.catalog.table(&schema, &table);
        let found = found.ok_or_else(|| preview::no_table(&schema, &table))?;
        // The draft takes the place of what is stored, and counts as if it were switched on.
        let draft = PolicyDraft { enabled: true, ..checked_rules(draft)? };
        let records = self.databases.policies().records(person.workspace).await?;
        let others = records.iter().filter(|record| Some(record.id) != policy);
        let drafts = others.map(|record| &record.draft).chain([&draft]);
        let seen_as = self.subject(person, view_as).await?;
        let (subject, ref attributes) = seen_as;
        let mut note = self.note(&draft, connection, subject, attributes);
        let workspace = person.workspace;
        let allowed = self.databases.policies().of_subject(
            drafts,
            workspace,
            connection,
            (subject, seen_as.1),
            &known.catalog,
        );
        let mut shown = preview::preview(&database, &known, &allowed, &schema, found).await?;
        note.extend(shown.note.take());
        shown.note = (!note.is_empty()).then(|| note.join(" "));
        Ok(shown)
    }

    async fn check_rows(
        &self,
        person: &Person,
        connection: ConnectionId,
        schema: String,
        table: String,
        condition: String,
    ) -> Result<(), Problem> {
        let (database, known) = self.known(person, connection).await?;
        if condition.chars().count() > CONDITION_CHARS {
            return invalid("The row filter is longer than 4,000 characters.");
        }
        condition::check(&database, &known, person, (&schema, &table), &condition).await
    }

    async fn sensitive(
        &self,
        person: &Person,
        connection: ConnectionId,
    ) -> Result<Vec<SensitiveColumn>, Problem> {
        let (database, known) = self.known(person, connection).await?;
        let mut found = database.sensitive(&known).await;
        let records = self.databases.policies().records(person.workspace).await?;
        let drafts: Vec<&PolicyDraft> = records
            .iter()
            .map(|record| &record.draft)
            .filter(|draft| draft.enabled)
            .filter(|draft| draft.connection.is_none_or(|named| named == connection))
            .collect();
        sensitive::cover(&mut found, &drafts);
        Ok(found)
    }

    async fn effective(
        &self,
        person: &Person,
        connection: ConnectionId,
        view_as: ViewAs,
    ) -> Result<Vec<EffectiveTable>, Problem> {
        let (_, known) = self.known(person, connection).await?;
        let records = self.databases.policies().records(person.workspace).await?;
        let drafts = records.iter().map(|record| &record.draft);
        let seen_as = self.subject(person, view_as).await?;
        let allowed = self.databases.policies().of_subject(
            drafts,
            person.workspace,
            connection,
            seen_as,
            &known.catalog,
        );
        let mut tables: Vec<EffectiveTable> =
            allowed.governed.tables.values().filter(|says| !says.is_open()).cloned().collect();
        // Views are hidden by what they read.
        let seen = known.seen(&allowed).await?;
        for (schema, table) in known.catalog.tables() {
            let hidden = seen.catalog.table(schema, &table.name).is_none();
            if hidden && !allowed.governed.hides(schema, &table.name) {
                tables.push(EffectiveTable {
                    schema: schema.to_owned(),
                    table: table.name.clone(),
                    denied_by: Some(WHAT_IT_READS.into()),
                    ..EffectiveTable::default()
                });
            }
        }
        Ok(tables)
    }
}

impl PoliciesPort {
    async fn known(
        &self,
        person: &Person,
        connection: ConnectionId,
    ) -> Result<(Arc<Database>, Arc<Prepared>), Problem> {
        let database = self.databases.get(person.workspace, connection).await?;
        let known = database.known()?;
        Ok((database, known))
    }

    /// Whoever is looked through, with the attributes that their row filters would have.
    async fn subject(
        &self,
        person: &Person,
        view_as: ViewAs,
    ) -> Result<(Subject, BTreeMap<String, String>), Problem> {
        match view_as {
            ViewAs::User(user) => {
                let seen = users::get(&self.store, person.workspace, user).await?.person;
                let subject = Subject { role: seen.role, user: Some(user) };
                Ok((subject, attributes_of(&seen)))
            }
            ViewAs::Role(role) => {
                let nobody = Person {
                    email: NOBODY.into(),
                    name: "Somebody".into(),
                    role,
                    ..person.clone()
                };
                Ok((Subject { role, user: None }, attributes_of(&nobody)))
            }
        }
    }

    /// What must be said with a preview.
    fn note(
        &self,
        draft: &PolicyDraft,
        connection: ConnectionId,
        subject: Subject,
        attributes: &BTreeMap<String, String>,
    ) -> Vec<String> {
        let mut note = Vec::new();
        if !draft.is_for(subject.role, subject.user) {
            note.push(
                "This policy is not for whom you view as; what the others leave is shown.".into(),
            );
        }
        if draft.connection.is_some_and(|named| named != connection) {
            note.push("This policy is about another connection.".to_owned());
        }
        let named = |rule: &TableRule| rule.rows.as_ref().is_some_and(|r| r.contains("{user."));
        if subject.user.is_none() && draft.tables.iter().any(named) {
            let email = attributes.get("email").map_or(NOBODY, String::as_str);
            note.push(format!(
                "Row filters see the attributes of {email}; view as a person to see theirs."
            ));
        }
        note
    }

    /// The masks and filters of a policy about one connection can be used there, as far as its schema
    /// is known.
    async fn usable(&self, person: &Person, draft: &PolicyDraft) -> Result<(), Problem> {
        let Some(connection) = draft.connection.filter(|_| draft.enabled) else { return Ok(()) };
        let database = self.databases.get(person.workspace, connection).await?;
        let Some(known) = database.prepared() else { return Ok(()) };
        let everybody = PolicyDraft {
            applies_to: Subjects { everyone: true, ..Subjects::default() },
            except: Subjects::default(),
            ..draft.clone()
        };
        let subject = Subject { role: person.role, user: Some(person.user) };
        let allowed = self.databases.policies().of_subject(
            [&everybody],
            person.workspace,
            connection,
            (subject, attributes_of(person)),
            &known.catalog,
        );
        condition::usable(&known, &allowed)
    }
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
    checked_rules(draft)
}

fn checked_rules(mut draft: PolicyDraft) -> Result<PolicyDraft, Problem> {
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
