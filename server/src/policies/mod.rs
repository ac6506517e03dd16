//! Policies: stored by admins, merged into what the guard takes for one person.
//!
//! A statement must not wait for the store, so the workspace's policies and what they mean for each
//! person are kept here. A save on this replica takes effect with the next statement. Where other
//! replicas save, too (Querent's data in PostgreSQL), a number that each save raises is read again
//! once what is known is a second old.

pub mod condition;
pub mod govern;
pub mod preview;
pub mod replay;
pub mod seen;
pub mod sensitive;
pub mod words;

use govern::{Governed, Subject, govern};
use guard::{Policy, policy::HashKey};
use model::{
    account::Person,
    catalog::Catalog,
    error::Problem,
    id::{ConnectionId, UserId, WorkspaceId},
    policy::{PolicyDraft, PolicyRecord},
    role::Role,
};
use secrecy::ExposeSecret;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use store::{Store, database::Engine, policies, seal::Keyring};

/// How long another replica's save may go unnoticed.
const TRUSTED: Duration = Duration::from_secs(1);
/// Merged policies kept of one workspace.
const PEOPLE: usize = 4_096;

/// Every workspace's policies, as this process knows them. Cheap to clone.
#[derive(Clone)]
pub struct Policies {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    keyring: Keyring,
    /// Raised by every save here: what was read before it is not kept.
    saves: AtomicU64,
    known: RwLock<HashMap<WorkspaceId, Arc<Known>>>,
}

/// One version of a workspace's policies.
struct Known {
    version: i64,
    records: Vec<PolicyRecord>,
    hash_key: HashKey,
    checked: Mutex<Instant>,
    people: RwLock<HashMap<(ConnectionId, Role, UserId), Merged>>,
}

#[derive(Clone)]
struct Merged {
    /// For this version of the catalogue.
    catalog: Arc<Catalog>,
    governed: Arc<Governed>,
    policy: Arc<Policy>,
    key: Arc<str>,
}

/// What one person may read of one connection.
#[derive(Clone, Debug)]
pub struct Allowed {
    pub governed: Arc<Governed>,
    /// The same for the guard.
    pub policy: Arc<Policy>,
    /// What row filters may name of the person.
    pub attributes: BTreeMap<String, String>,
    /// The same for everybody to whom the policies say the same.
    pub key: Arc<str>,
}

impl Policies {
    #[must_use]
    pub fn new(store: Store, keyring: Keyring) -> Self {
        let inner = Inner { store, keyring, saves: AtomicU64::new(0), known: RwLock::default() };
        Self { inner: Arc::new(inner) }
    }

    /// What this person may read of a connection with this catalogue.
    ///
    /// # Errors
    /// `Internal` when the store cannot be read: without policies nothing is read.
    pub async fn of_person(
        &self,
        person: &Person,
        connection: ConnectionId,
        catalog: &Arc<Catalog>,
    ) -> Result<Allowed, Problem> {
        let known = self.known(person.workspace).await?;
        let key = (connection, person.role, person.user);
        let merged = known.merged(key).filter(|merged| Arc::ptr_eq(&merged.catalog, catalog));
        let merged = match merged {
            Some(merged) => merged,
            None => known.merge(key, catalog),
        };
        let Merged { governed, policy, key, .. } = merged;
        Ok(Allowed { governed, policy, attributes: attributes_of(person), key })
    }

    /// What somebody may read if these were the policies.
    #[must_use]
    pub fn of_subject<'p>(
        &self,
        drafts: impl IntoIterator<Item = &'p PolicyDraft>,
        workspace: WorkspaceId,
        connection: ConnectionId,
        (subject, attributes): (Subject, BTreeMap<String, String>),
        catalog: &Catalog,
    ) -> Allowed {
        let governed = govern(drafts, connection, subject, catalog);
        Allowed {
            policy: Arc::new(governed.policy(self.hash_key(workspace))),
            key: governed.key().into(),
            governed: Arc::new(governed),
            attributes,
        }
    }

    /// Every policy of the workspace, by name.
    ///
    /// # Errors
    /// `Internal` when the store cannot be read.
    pub async fn records(&self, workspace: WorkspaceId) -> Result<Vec<PolicyRecord>, Problem> {
        Ok(self.known(workspace).await?.records.clone())
    }

    /// The secret of the workspace's `hash` masks. It never changes while the server's key stays, so
    /// that equal values look equal tomorrow, too.
    #[must_use]
    pub fn hash_key(&self, workspace: WorkspaceId) -> HashKey {
        let key = self.inner.keyring.derive(&format!("policy hash {workspace}"));
        HashKey::new(store::seal::hex(key.expose_secret()))
    }

    /// To be called after a save: the next statement reads the policies anew.
    pub fn changed(&self, workspace: WorkspaceId) {
        self.inner.saves.fetch_add(1, Ordering::AcqRel);
        self.inner.known.write().unwrap_or_else(PoisonError::into_inner).remove(&workspace);
    }

    async fn known(&self, workspace: WorkspaceId) -> Result<Arc<Known>, Problem> {
        let Inner { store, saves, known: all, .. } = &*self.inner;
        let known = all.read().unwrap_or_else(PoisonError::into_inner).get(&workspace).cloned();
        // 1. The usual case costs one look-up.
        if let Some(known) = &known
            && (store.engine() == Engine::Sqlite || lock(&known.checked).elapsed() < TRUSTED)
        {
            return Ok(known.clone());
        }
        // 2. Has another replica saved?
        let before = saves.load(Ordering::Acquire);
        let checked = Instant::now();
        let version = policies::version(store, workspace).await?;
        if let Some(known) = known.filter(|known| known.version == version) {
            *lock(&known.checked) = checked;
            return Ok(known);
        }
        // 3. Read them. The number was read first: what is saved in between is noticed the next time.
        let known = Arc::new(Known {
            version,
            records: policies::list(store, workspace).await?,
            hash_key: self.hash_key(workspace),
            checked: Mutex::new(checked),
            people: RwLock::default(),
        });
        let mut all = all.write().unwrap_or_else(PoisonError::into_inner);
        if saves.load(Ordering::Acquire) == before {
            all.insert(workspace, known.clone());
        }
        Ok(known)
    }
}

impl Known {
    fn merged(&self, key: (ConnectionId, Role, UserId)) -> Option<Merged> {
        self.people.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()
    }

    fn merge(&self, key: (ConnectionId, Role, UserId), catalog: &Arc<Catalog>) -> Merged {
        let (connection, role, user) = key;
        let drafts = self.records.iter().map(|record| &record.draft);
        let subject = Subject { role, user: Some(user) };
        let governed = govern(drafts, connection, subject, catalog);
        let merged = Merged {
            catalog: catalog.clone(),
            policy: Arc::new(governed.policy(self.hash_key.clone())),
            key: governed.key().into(),
            governed: Arc::new(governed),
        };
        let mut people = self.people.write().unwrap_or_else(PoisonError::into_inner);
        if people.len() >= PEOPLE {
            people.clear();
        }
        people.insert(key, merged.clone());
        merged
    }
}

/// What row filters may name of this person.
#[must_use]
pub fn attributes_of(person: &Person) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("email".to_owned(), person.email.clone()),
        ("name".to_owned(), person.name.clone()),
        ("role".to_owned(), person.role.to_string()),
    ])
}

impl Allowed {
    /// The name of the policy behind each mask, by `schema.table.column`.
    #[must_use]
    pub fn mask_policies(&self) -> BTreeMap<String, String> {
        let tables = self.governed.tables.values();
        let masks = tables.flat_map(|says| says.columns.iter().map(move |mask| (says, mask)));
        masks
            .map(|(says, mask)| {
                let column = format!("{}.{}.{}", says.schema, says.table, mask.column);
                (column, mask.policy.clone())
            })
            .collect()
    }

    /// What the policies say of these tables, and of those that share their rows, as one short text:
    /// while it stays the same, what was read of them may be shown again.
    #[must_use]
    pub fn digest(&self, catalog: &Catalog, tables: &[(String, String)]) -> String {
        #[derive(Serialize)]
        struct Says<'a> {
            table: &'a (String, String),
            hidden: bool,
            masks: Vec<(&'a str, &'a model::policy::Mask)>,
            rows: Vec<&'a str>,
        }
        let related = related(catalog, tables);
        let says = related.iter().filter_map(|table| {
            let hidden = self.governed.hides(&table.0, &table.1);
            let says = self.governed.table(&table.0, &table.1);
            let masks = says.map(|s| &s.columns[..]).unwrap_or_default();
            let rows = says.map(|s| &s.rows[..]).unwrap_or_default();
            (hidden || !masks.is_empty() || !rows.is_empty()).then(|| Says {
                table,
                hidden,
                masks: masks.iter().map(|m| (m.column.as_str(), &m.mask)).collect(),
                rows: rows.iter().map(|filter| filter.condition.as_str()).collect(),
            })
        });
        let says: Vec<Says<'_>> = says.collect();
        if says.is_empty() {
            return String::new();
        }
        let attributes = says.iter().any(|s| !s.rows.is_empty()).then_some(&self.attributes);
        let json = serde_json::to_vec(&(&says, attributes)).unwrap_or_default();
        store::seal::hex(&Sha256::digest(json)[..16])
    }
}

/// The tables with their partitions, parents and children.
fn related(catalog: &Catalog, tables: &[(String, String)]) -> BTreeSet<(String, String)> {
    let mut found: BTreeSet<(String, String)> = tables.iter().cloned().collect();
    let linked: Vec<_> = catalog.tables().filter(|(_, table)| !table.parents.is_empty()).collect();
    loop {
        let before = found.len();
        for (schema, table) in &linked {
            let own = ((*schema).to_owned(), table.name.clone());
            if found.contains(&own) {
                found.extend(table.parents.iter().cloned());
            } else if table.parents.iter().any(|parent| found.contains(parent)) {
                found.insert(own);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
