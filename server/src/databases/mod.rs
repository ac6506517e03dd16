//! The connected databases that this process has open: a connector and the newest catalogue each.
//!
//! An entry is looked up by workspace and id, so that another workspace's id is not found. It is
//! opened when first needed and dropped when the connection is edited or deleted; an edit made by
//! another replica is noticed within two seconds.

mod live;
mod prepared;
pub mod small_read;
pub mod values;

pub use live::{Database, clear};
pub use prepared::Prepared;

use crate::policies::Policies;
use connect::{ConnectOptions, Connector};
use model::{
    connection::{Limits, Target, TestReport},
    error::{Problem, ProblemCode},
    id::{ConnectionId, WorkspaceId},
};
use secrecy::{ExposeSecret, SecretSlice};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};
use store::{
    Store,
    connections::{self, ConnectionRow},
    seal::Keyring,
};

/// How long an entry is used before the store is asked whether it has changed.
const TRUSTED: Duration = Duration::from_secs(2);

/// Which databases may be opened at all.
#[derive(Clone, Debug)]
pub struct Reach {
    /// SQLite files are only opened below this directory; `None`: not at all.
    pub sqlite_dir: Option<PathBuf>,
    /// Whether servers on this machine may be connected.
    pub allow_loopback: bool,
}

/// Every open database of this process. Cheap to clone.
#[derive(Clone)]
pub struct Databases {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    keyring: Keyring,
    reach: Reach,
    policies: Policies,
    open: RwLock<HashMap<ConnectionId, Entry>>,
}

#[derive(Clone)]
struct Entry {
    database: Arc<Database>,
    checked: Instant,
}

/// What is sealed of a connection.
#[derive(Default, Serialize, Deserialize)]
pub struct Secrets {
    pub password: Option<String>,
    pub tls_key: Option<String>,
}

impl Databases {
    #[must_use]
    pub fn new(store: Store, keyring: Keyring, reach: Reach) -> Self {
        let policies = Policies::new(store.clone(), keyring.clone());
        let inner = Inner { store, keyring, reach, policies, open: RwLock::default() };
        Self { inner: Arc::new(inner) }
    }

    /// Who may see what of them.
    #[must_use]
    pub fn policies(&self) -> &Policies {
        &self.inner.policies
    }

    #[must_use]
    pub fn reach(&self) -> &Reach {
        &self.inner.reach
    }

    /// The workspace's database of this id, opened if it was not.
    ///
    /// # Errors
    /// `NotFound` for another workspace's id; what connect says when the target is not allowed.
    pub async fn get(
        &self,
        workspace: WorkspaceId,
        id: ConnectionId,
    ) -> Result<Arc<Database>, Problem> {
        // 1. The usual case costs one look-up.
        let known = self.entry(id).filter(|entry| entry.database.workspace == workspace);
        if let Some(entry) = &known
            && entry.checked.elapsed() < TRUSTED
        {
            return Ok(entry.database.clone());
        }
        // 2. Has it changed since?
        let row = match connections::get(&self.inner.store, workspace, id).await {
            Ok(row) => row,
            Err(error) => {
                if matches!(error, store::StoreError::NotFound { .. }) && known.is_some() {
                    self.forget(id).await;
                }
                return Err(error.into());
            }
        };
        if let Some(entry) = known {
            if entry.database.version == row.updated_at_ms {
                self.insert(entry.database.clone());
                return Ok(entry.database);
            }
            self.forget(id).await;
        }
        // 3. Open it.
        let database = Arc::new(self.opened(&row)?);
        database.load_catalog(&self.inner.store).await?;
        Ok(self.insert(database))
    }

    /// Closes what is open for this connection; running reads end by themselves.
    pub async fn forget(&self, id: ConnectionId) {
        let entry = self.inner.open.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
        if let Some(entry) = entry {
            entry.database.connector.close().await;
        }
    }

    /// Starts reading the catalogue in the background, unless that is under way.
    pub fn start_introspection(&self, database: Arc<Database>) {
        if database.begin_introspection() {
            let store = self.inner.store.clone();
            tokio::spawn(async move { database.introspect(&store).await });
        }
    }

    /// Reads the catalogue and waits for it.
    pub async fn introspect_now(&self, database: Arc<Database>) {
        if database.begin_introspection() {
            database.introspect(&self.inner.store).await;
        }
    }

    /// Tries a target without keeping anything.
    ///
    /// # Errors
    /// What connect says when it is not allowed.
    pub async fn test(&self, target: Target, limits: Limits, schemas: Vec<String>) -> TestReport {
        match connect::open(self.options(target, limits, schemas)) {
            Ok(connector) => {
                let report = connector.test().await;
                connector.close().await;
                report
            }
            Err(error) => not_allowed(&error.problem()),
        }
    }

    /// Seals the secrets of a target for this connection; `None` when there are none.
    #[must_use]
    pub fn seal(&self, id: ConnectionId, secrets: &Secrets) -> Option<Vec<u8>> {
        if secrets.password.is_none() && secrets.tls_key.is_none() {
            return None;
        }
        let json = serde_json::to_vec(secrets).expect("two strings are JSON");
        let json: SecretSlice<u8> = json.into();
        Some(self.inner.keyring.seal(&context(id), json.expose_secret()))
    }

    /// Opens a connection's secrets.
    ///
    /// # Errors
    /// `Internal` with what to do, when the key is not the one they were sealed with.
    pub fn unseal(&self, row: &ConnectionRow) -> Result<Secrets, Problem> {
        let Some(sealed) = &row.secrets else { return Ok(Secrets::default()) };
        let opened = self.inner.keyring.open(&context(row.id), sealed).map_err(|error| {
            tracing::error!(connection = %row.id, error = %error, "a secret cannot be opened");
            Problem::new(
                ProblemCode::Internal,
                format!("The secrets of \u{201c}{}\u{201d} cannot be opened: {error}.", row.name),
            )
            .hint("Start Querent with the key they were sealed with, or enter the password anew.")
        })?;
        serde_json::from_slice(opened.expose_secret()).map_err(|_| {
            Problem::new(ProblemCode::Internal, "A stored secret is damaged.")
                .hint("Enter the password anew.")
        })
    }

    fn opened(&self, row: &ConnectionRow) -> Result<Database, Problem> {
        let target = with_secrets(&row.target, self.unseal(row)?);
        let options = self.options(target, row.limits, row.schemas.clone());
        let connector: Arc<dyn Connector> =
            connect::open(options).map_err(|error| error.problem())?;
        Ok(Database::new(row, connector, self.inner.policies.clone()))
    }

    fn options(&self, target: Target, limits: Limits, schemas: Vec<String>) -> ConnectOptions {
        ConnectOptions {
            target,
            limits,
            schemas,
            sqlite_dir: self.inner.reach.sqlite_dir.clone(),
            allow_loopback: self.inner.reach.allow_loopback,
            application: "querent".into(),
        }
    }

    fn entry(&self, id: ConnectionId) -> Option<Entry> {
        self.inner.open.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// Keeps the database; when two requests opened it at once, the first one stays.
    fn insert(&self, database: Arc<Database>) -> Arc<Database> {
        let mut open = self.inner.open.write().unwrap_or_else(PoisonError::into_inner);
        let kept = match open.get(&database.id) {
            Some(entry) if entry.database.version == database.version => entry.database.clone(),
            _ => database,
        };
        open.insert(kept.id, Entry { database: kept.clone(), checked: Instant::now() });
        kept
    }
}

/// The target with its secrets in.
#[must_use]
pub fn with_secrets(target: &Target, secrets: Secrets) -> Target {
    let mut target = target.clone();
    if let Target::Server { password, tls, .. } = &mut target {
        *password = secrets.password;
        tls.key = secrets.tls_key;
    }
    target
}

fn context(id: ConnectionId) -> String {
    format!("connection {id}")
}

fn not_allowed(problem: &Problem) -> TestReport {
    TestReport::Failed {
        cause: model::connection::TestFailure::NotAllowed,
        message: problem.message.clone(),
        hint: problem.hint.clone().unwrap_or_default(),
    }
}
