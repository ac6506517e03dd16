//! One open database: its connector, its newest catalogue, and the reading of a newer one.

use super::{Prepared, values};
use crate::policies::{Allowed, Policies, seen::Seen, sensitive};
use connect::Connector;
use guard::{Cleared, Gate, Policy, Verdict};
use model::{
    account::Person,
    catalog::CatalogProgress,
    connection::Limits,
    dialect::Dialect,
    error::{Problem, ProblemCode},
    id::{ConnectionId, WorkspaceId},
    policy::SensitiveColumn,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};
use store::{Store, catalogs, connections::ConnectionRow};

/// How long after a catalogue its values are read, if no question needs them before.
const VALUES_AFTER: Duration = Duration::from_millis(500);

/// A connection of a workspace, open.
pub struct Database {
    pub id: ConnectionId,
    pub workspace: WorkspaceId,
    pub name: String,
    pub dialect: Dialect,
    pub limits: Limits,
    pub connector: Arc<dyn Connector>,
    /// The row's `updated_at_ms`: another number means that it was edited since.
    pub version: i64,
    policies: Policies,
    prepared: RwLock<Option<Arc<Prepared>>>,
    progress: Mutex<Option<CatalogProgress>>,
}

impl Database {
    pub(super) fn new(
        row: &ConnectionRow,
        connector: Arc<dyn Connector>,
        policies: Policies,
    ) -> Self {
        Self {
            id: row.id,
            workspace: row.workspace,
            name: row.name.clone(),
            dialect: row.dialect(),
            limits: row.limits,
            connector,
            version: row.updated_at_ms,
            policies,
            prepared: RwLock::default(),
            progress: Mutex::default(),
        }
    }

    /// The newest catalogue, if one was read.
    pub fn prepared(&self) -> Option<Arc<Prepared>> {
        self.prepared.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The newest catalogue.
    ///
    /// # Errors
    /// `Conflict` with what to do, while there is none.
    pub fn known(&self) -> Result<Arc<Prepared>, Problem> {
        self.prepared().ok_or_else(|| match self.progress() {
            Some(CatalogProgress::Failed { problem }) => Problem::new(
                ProblemCode::Conflict,
                format!("The schema of {} could not be read: {problem}", self.name),
            )
            .hint("Test the connection, then refresh the schema."),
            _ => Problem::new(
                ProblemCode::Conflict,
                format!("The schema of {} has not been read yet.", self.name),
            )
            .hint("It is being read; try again in a moment, or refresh the schema tree."),
        })
    }

    /// Passes a statement through the guard for this person; with what they are allowed.
    ///
    /// # Errors
    /// `Refused` with reason and place, `Conflict` while there is no catalogue.
    pub async fn clear(
        &self,
        person: &Person,
        sql: &str,
        row_limit: Option<u64>,
    ) -> Result<(Cleared, Allowed), Problem> {
        let known = self.known()?;
        let allowed = self.allowed(person, &known).await?;
        let cleared = clear(&known, &allowed.policy, &allowed.attributes, sql, row_limit)?;
        Ok((cleared, allowed))
    }

    /// What this person may read of it.
    ///
    /// # Errors
    /// `Internal` when the policies cannot be read.
    pub async fn allowed(&self, person: &Person, known: &Prepared) -> Result<Allowed, Problem> {
        self.policies.of_person(person, self.id, &known.catalog).await
    }

    /// What this person sees of its structure.
    ///
    /// # Errors
    /// `Internal` when the policies cannot be read.
    pub async fn seen(&self, person: &Person, known: &Arc<Prepared>) -> Result<Arc<Seen>, Problem> {
        let allowed = self.allowed(person, known).await?;
        known.seen(&allowed).await
    }

    /// Columns that look as if not everybody should see them; looked for once for each catalogue.
    pub async fn sensitive(&self, known: &Prepared) -> Vec<SensitiveColumn> {
        known.sensitive.get_or_init(|| sensitive::find(self, known)).await.clone()
    }

    pub fn progress(&self) -> Option<CatalogProgress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Marks an introspection as under way; `false`: one was already.
    pub(super) fn begin_introspection(&self) -> bool {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*progress, Some(CatalogProgress::Reading { .. })) {
            return false;
        }
        *progress = Some(CatalogProgress::Reading { step: 0, steps: 1, what: "connecting".into() });
        true
    }

    pub(super) async fn load_catalog(&self, store: &Store) -> Result<(), Problem> {
        if let Some(row) = catalogs::newest(store, self.workspace, self.id).await? {
            let read_at = row.read_at();
            let prepared = tokio::task::spawn_blocking(move || Prepared::new(row.catalog, read_at))
                .await
                .map_err(|_| Problem::new(ProblemCode::Internal, "A catalogue is damaged."))?;
            self.keep(Arc::new(prepared));
        }
        Ok(())
    }

    /// Reads the catalogue, stores it as a version and makes it the one in use.
    pub(super) async fn introspect(self: Arc<Self>, store: &Store) {
        let outcome = self.read_catalog(store).await;
        if let Err(problem) = &outcome {
            tracing::warn!(connection = %self.id, problem = %problem, "introspection failed");
        }
        let progress = outcome
            .unwrap_or_else(|problem| CatalogProgress::Failed { problem: problem.to_string() });
        self.report(progress);
    }

    async fn read_catalog(self: &Arc<Self>, store: &Store) -> Result<CatalogProgress, Problem> {
        // 1. Read.
        let started = Instant::now();
        let reporter = self.clone();
        let read = self
            .connector
            .introspect(&move |progress| {
                if matches!(progress, CatalogProgress::Reading { .. }) {
                    reporter.report(progress);
                }
            })
            .await
            .map_err(|error| error.problem())?;
        let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        // 2. Make it ready, beside the tasks that serve others.
        let old = self.prepared();
        let first = old.is_none();
        let (prepared, changes, fingerprint) = tokio::task::spawn_blocking(move || {
            let changes =
                old.as_ref().map(|old| catalog::changes(&old.catalog, &read)).unwrap_or_default();
            let fingerprint = catalog::fingerprint(&read);
            let prepared = Prepared::new(read, now());
            if let Some(old) = old.filter(|_| changes.is_empty()) {
                prepared.take_values_of(&old);
            }
            (Arc::new(prepared), changes, fingerprint)
        })
        .await
        .map_err(|_| Problem::new(ProblemCode::Internal, "The schema could not be worked out."))?;
        // 3. Store it.
        let catalog = &prepared.catalog;
        catalogs::put(store, self.workspace, self.id, &fingerprint, catalog).await?;
        let (tables, columns) =
            catalog.tables().fold((0, 0), |(t, c), (_, table)| (t + 1, c + table.columns.len()));
        // 4. Use it from now on, and look its values up.
        self.keep(prepared.clone());
        self.clone().read_values_soon(prepared.clone());
        if first {
            let (database, prepared) = (self.clone(), prepared.clone());
            tokio::spawn(async move { database.sensitive(&prepared).await });
        }
        Ok(CatalogProgress::Done {
            tables,
            columns: u32::try_from(columns).unwrap_or(u32::MAX),
            milliseconds,
            changes,
        })
    }

    /// Starts reading the values behind a catalogue, if nobody has yet.
    pub fn read_values_once(self: &Arc<Self>, prepared: &Arc<Prepared>) {
        if prepared.claim_values() {
            tokio::spawn(values::read_values(self.clone(), prepared.clone()));
        }
    }

    /// Whoever waits for the schema is served first; of several readings in a row only the last one's
    /// values are read.
    fn read_values_soon(self: Arc<Self>, prepared: Arc<Prepared>) {
        tokio::spawn(async move {
            tokio::time::sleep(VALUES_AFTER).await;
            if self.prepared().is_some_and(|newest| Arc::ptr_eq(&newest, &prepared)) {
                self.read_values_once(&prepared);
            }
        });
    }

    fn keep(&self, prepared: Arc<Prepared>) {
        *self.prepared.write().unwrap_or_else(PoisonError::into_inner) = Some(prepared);
    }

    fn report(&self, progress: CatalogProgress) {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = Some(progress);
    }
}

/// The one call of the guard: every door comes through here.
///
/// # Errors
/// `Refused` with reason and place.
pub fn clear(
    prepared: &Prepared,
    policy: &Policy,
    attributes: &BTreeMap<String, String>,
    sql: &str,
    row_limit: Option<u64>,
) -> Result<Cleared, Problem> {
    let gate = Gate { facts: &prepared.facts, policy, attributes, row_limit };
    match guard::check(&gate, sql) {
        Verdict::Read(cleared) => Ok(cleared),
        Verdict::Write(write) => Err(write.into()),
        Verdict::Deny(refusal) => Err(refusal.into()),
    }
}

fn now() -> String {
    time::OffsetDateTime::now_utc()
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap_or_default()
}
