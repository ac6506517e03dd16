//! The connections page's port, over the store and the open databases.

use crate::{
    databases::{Databases, Secrets, with_secrets},
    state::AppState,
};
use app::connections::port::Connections;
use async_trait::async_trait;
use model::{
    account::Person,
    connection::{ConnectionDraft, ConnectionView, Target, TestReport},
    error::{Problem, ProblemCode},
    id::ConnectionId,
};
use std::path::Path;
use store::{
    Store,
    connections::{self, ConnectionRow, ConnectionValues},
};

/// Files listed for the admin to choose from.
const LISTED_FILES: usize = 500;
const NAME_CHARS: usize = 100;
const PEM_BYTES: usize = 64 * 1024;

pub struct ConnectionsPort {
    store: Store,
    databases: Databases,
}

#[async_trait]
impl Connections for ConnectionsPort {
    async fn list(&self, person: &Person) -> Result<Vec<ConnectionView>, Problem> {
        let rows = connections::list(&self.store, person.workspace).await?;
        Ok(rows.iter().map(|row| self.view(row)).collect())
    }

    async fn add(
        &self,
        person: &Person,
        draft: ConnectionDraft,
    ) -> Result<ConnectionView, Problem> {
        let draft = checked(draft)?;
        let id = ConnectionId::generate();
        let secrets = self.databases.seal(id, &secrets_of(&draft.target));
        connections::insert(&self.store, person.workspace, id, &values(draft, secrets, false))
            .await?;
        self.opened(person, id).await
    }

    async fn edit(
        &self,
        person: &Person,
        id: ConnectionId,
        draft: ConnectionDraft,
    ) -> Result<ConnectionView, Problem> {
        let row = connections::get(&self.store, person.workspace, id).await?;
        let draft = checked(draft)?;
        let secrets = merged(&draft.target, &row, || self.databases.unseal(&row))?;
        let sealed = self.databases.seal(id, &secrets);
        connections::update(&self.store, person.workspace, id, &values(draft, sealed, row.sample))
            .await?;
        self.databases.forget(id).await;
        self.opened(person, id).await
    }

    async fn delete(&self, person: &Person, id: ConnectionId) -> Result<(), Problem> {
        connections::delete(&self.store, person.workspace, id).await?;
        self.databases.policies().changed(person.workspace);
        self.databases.forget(id).await;
        Ok(())
    }

    async fn test(
        &self,
        person: &Person,
        draft: ConnectionDraft,
        stored: Option<ConnectionId>,
    ) -> Result<TestReport, Problem> {
        let draft = checked(draft)?;
        let secrets = match stored {
            None => secrets_of(&draft.target),
            Some(id) => {
                let row = connections::get(&self.store, person.workspace, id).await?;
                merged(&draft.target, &row, || self.databases.unseal(&row))?
            }
        };
        let target = with_secrets(&draft.target, secrets);
        Ok(self.databases.test(target, draft.limits, draft.schemas).await)
    }

    async fn files(&self, _person: &Person) -> Result<Vec<String>, Problem> {
        let Some(directory) = self.databases.reach().sqlite_dir.clone() else {
            return Ok(Vec::new());
        };
        tokio::task::spawn_blocking(move || sqlite_files(&directory))
            .await
            .map_err(|_| Problem::new(ProblemCode::Internal, "The directory could not be read."))
    }
}

impl ConnectionsPort {
    #[must_use]
    pub fn new(state: &AppState) -> Self {
        Self { store: state.store.clone(), databases: state.databases.clone() }
    }

    /// The connection as stored now; its catalogue is being read when this returns.
    async fn opened(&self, person: &Person, id: ConnectionId) -> Result<ConnectionView, Problem> {
        let row = connections::get(&self.store, person.workspace, id).await?;
        match self.databases.get(person.workspace, id).await {
            Ok(database) => self.databases.start_introspection(database),
            // Stored all the same: the tree says what is wrong, and the form can be mended.
            Err(problem) => tracing::info!(connection = %id, %problem, "not opened"),
        }
        Ok(self.view(&row))
    }

    fn view(&self, row: &ConnectionRow) -> ConnectionView {
        let secrets = self.databases.unseal(row).unwrap_or_default();
        row.view(secrets.password.is_some(), secrets.tls_key.is_some())
    }
}

/// The secrets to keep: the draft's own, and for those left out the stored ones. A stored password
/// goes only to the account and server it was entered for: otherwise an edited host would be sent it.
fn merged(
    target: &Target,
    row: &ConnectionRow,
    stored: impl FnOnce() -> Result<Secrets, Problem>,
) -> Result<Secrets, Problem> {
    let given = secrets_of(target);
    if given.password.is_some() && given.tls_key.is_some() {
        return Ok(given);
    }
    if !same_place(target, &row.target) {
        if given.password.is_none() && row.secrets.is_some() {
            return Err(Problem::new(
                ProblemCode::Invalid,
                "The password is needed again: host, port or user changed.",
            )
            .hint("A stored password is only sent to the server it was entered for."));
        }
        return Ok(given);
    }
    let stored = stored()?;
    Ok(Secrets {
        password: given.password.or(stored.password),
        tls_key: given.tls_key.or(stored.tls_key),
    })
}

fn same_place(a: &Target, b: &Target) -> bool {
    match (a, b) {
        (
            Target::Server { dialect: d1, host: h1, port: p1, user: u1, .. },
            Target::Server { dialect: d2, host: h2, port: p2, user: u2, .. },
        ) => d1 == d2 && h1.eq_ignore_ascii_case(h2) && p1 == p2 && u1 == u2,
        (Target::File { .. }, Target::File { .. }) => true,
        _ => false,
    }
}

fn secrets_of(target: &Target) -> Secrets {
    match target {
        Target::Server { password, tls, .. } => {
            Secrets { password: password.clone(), tls_key: tls.key.clone() }
        }
        Target::File { .. } => Secrets::default(),
    }
}

fn values(draft: ConnectionDraft, secrets: Option<Vec<u8>>, sample: bool) -> ConnectionValues {
    ConnectionValues {
        name: draft.name,
        target: connections::without_secrets(&draft.target),
        secrets,
        colour: draft.colour,
        limits: draft.limits,
        schemas: draft.schemas,
        sample,
    }
}

/// The draft with blanks trimmed, if it makes sense.
fn checked(mut draft: ConnectionDraft) -> Result<ConnectionDraft, Problem> {
    let invalid = |message: &str| Err(Problem::new(ProblemCode::Invalid, message));
    draft.name = draft.name.trim().to_owned();
    draft.schemas.iter_mut().for_each(|schema| *schema = schema.trim().to_owned());
    draft.schemas.retain(|schema| !schema.is_empty());
    if draft.name.is_empty() {
        return invalid("The connection needs a name.");
    }
    if draft.name.chars().count() > NAME_CHARS {
        return invalid("The name is longer than 100 characters.");
    }
    let limits = draft.limits;
    if !(1..=10_000_000).contains(&limits.rows) {
        return invalid("The row limit must be between 1 and 10,000,000.");
    }
    if !(1_024..=1 << 34).contains(&limits.bytes) {
        return invalid("The byte limit must be between 1 kB and 16 GB.");
    }
    if !(100..=24 * 3_600_000).contains(&limits.timeout_ms) {
        return invalid("The time limit must be between 0.1 seconds and 24 hours.");
    }
    if !(1..=64).contains(&limits.sessions) {
        return invalid("The number of sessions must be between 1 and 64.");
    }
    match &mut draft.target {
        Target::Server { host, port, user, database, tls, .. } => {
            for text in [&mut *host, &mut *user, &mut *database] {
                *text = text.trim().to_owned();
            }
            if host.is_empty() {
                return invalid("The host is missing.");
            }
            if *port == 0 {
                return invalid("The port must be between 1 and 65535.");
            }
            if user.is_empty() {
                return invalid("The user is missing.");
            }
            let pems = [&tls.ca, &tls.certificate, &tls.key];
            if pems.into_iter().flatten().any(|pem| pem.len() > PEM_BYTES) {
                return invalid("A certificate or key is larger than 64 kB.");
            }
        }
        Target::File { path } => {
            *path = path.trim().to_owned();
            if path.is_empty() {
                return invalid("Choose a file.");
            }
        }
    }
    Ok(draft)
}

/// SQLite files below `root`, three levels deep, by their paths inside it.
fn sqlite_files(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![(root.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && depth < 3 => folders.push((path, depth + 1)),
                Ok(kind) if kind.is_file() && found.len() < LISTED_FILES && is_sqlite(&path) => {
                    if let Ok(inside) = path.strip_prefix(root) {
                        found.push(inside.to_string_lossy().into_owned());
                    }
                }
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// By its first bytes: names say little about SQLite files.
fn is_sqlite(path: &Path) -> bool {
    let mut magic = [0; 16];
    std::fs::File::open(path)
        .and_then(|mut file| std::io::Read::read_exact(&mut file, &mut magic))
        .is_ok_and(|()| &magic == b"SQLite format 3\0")
}
