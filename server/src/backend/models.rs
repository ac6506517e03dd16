//! The model settings' port: stored with a sealed key, tried with a real request.

use crate::state::AppState;
use app::models::port::Models;
use async_trait::async_trait;
use llm::Llm;
use model::{
    account::Person,
    error::{Problem, ProblemCode},
    id::WorkspaceId,
    llm::{ModelSettings, ModelTest, Provider},
};
use secrecy::{ExposeSecret, SecretString};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use store::{
    Store,
    models::{self, ModelRow},
    seal::Keyring,
};

/// How long another replica's save may go unnoticed.
const TRUSTED: Duration = Duration::from_secs(2);

/// A workspace's client, with the settings that it was made from.
#[derive(Clone)]
struct Known {
    row: ModelRow,
    /// `None`: the built-in engine.
    client: Option<Arc<dyn Llm>>,
    /// When the store was last asked whether the settings had changed.
    checked: Instant,
}

#[derive(Default)]
struct Clients {
    known: HashMap<WorkspaceId, Known>,
    /// Raised by every save here: what was read before it is not kept.
    saves: u64,
}

#[derive(Clone)]
pub struct ModelsPort {
    store: Store,
    keyring: Keyring,
    clients: Arc<Mutex<Clients>>,
}

#[async_trait]
impl Models for ModelsPort {
    async fn settings(&self, person: &Person) -> Result<ModelSettings, Problem> {
        let row = models::get(&self.store, person.workspace).await?;
        Ok(ModelSettings { api_key: None, has_api_key: row.api_key.is_some(), ..row.settings })
    }

    async fn save(&self, person: &Person, settings: ModelSettings) -> Result<(), Problem> {
        let mut settings = checked(settings)?;
        let row = models::get(&self.store, person.workspace).await?;
        // The built-in engine needs no endpoint; the one entered before stays with its key.
        if settings.provider == Provider::BuiltIn && settings.base_url.is_empty() {
            settings.base_url.clone_from(&row.settings.base_url);
        }
        let key = self.key_for(person.workspace, &settings, &row)?;
        let sealed = key.map(|key| self.seal(person.workspace, &key));
        models::put(&self.store, person.workspace, &settings, sealed).await?;
        let mut clients = self.clients();
        clients.saves += 1;
        clients.known.remove(&person.workspace);
        Ok(())
    }

    async fn test(&self, person: &Person, settings: ModelSettings) -> Result<ModelTest, Problem> {
        let settings = checked(settings)?;
        let row = models::get(&self.store, person.workspace).await?;
        let key = self.key_for(person.workspace, &settings, &row)?;
        let settings =
            ModelSettings { api_key: key.map(|key| key.expose_secret().to_owned()), ..settings };
        Ok(llm::test(&settings).await)
    }
}

impl ModelsPort {
    #[must_use]
    pub fn new(state: &AppState) -> Self {
        Self { store: state.store.clone(), keyring: state.keyring.clone(), clients: Arc::default() }
    }

    /// The workspace's model as the pipeline talks to it; `None`: the built-in engine drafts. A
    /// client is kept while the settings stay the same, and with it its open lines and what it
    /// learnt of the endpoint.
    ///
    /// # Errors
    /// `Internal` when the key cannot be opened, `Invalid` for settings that cannot be right.
    pub async fn client(&self, workspace: WorkspaceId) -> Result<Option<Arc<dyn Llm>>, Problem> {
        // 1. The usual case costs one look-up.
        let (known, saves) = {
            let clients = self.clients();
            (clients.known.get(&workspace).cloned(), clients.saves)
        };
        if let Some(known) = &known
            && known.checked.elapsed() < TRUSTED
        {
            return Ok(known.client.clone());
        }
        // 2. Have the settings changed since?
        let checked = Instant::now();
        let row = models::get(&self.store, workspace).await?;
        let client = match known.filter(|known| known.row == row) {
            Some(known) => known.client,
            None => self.made(workspace, &row)?,
        };
        let mut clients = self.clients();
        if clients.saves == saves {
            clients.known.insert(workspace, Known { row, client: client.clone(), checked });
        }
        Ok(client)
    }

    fn made(
        &self,
        workspace: WorkspaceId,
        row: &ModelRow,
    ) -> Result<Option<Arc<dyn Llm>>, Problem> {
        if row.settings.provider == Provider::BuiltIn {
            return Ok(None);
        }
        let key = self.open(workspace, row)?.map(|key| key.expose_secret().to_owned());
        let settings = ModelSettings { api_key: key, ..row.settings.clone() };
        let client = llm::OpenAi::new(llm::Settings::of(&settings));
        Ok(Some(Arc::new(client.map_err(|error| error.problem())?)))
    }

    fn clients(&self) -> MutexGuard<'_, Clients> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The given key, or the stored one while it still goes to the endpoint it was entered for.
    fn key_for(
        &self,
        workspace: WorkspaceId,
        settings: &ModelSettings,
        row: &ModelRow,
    ) -> Result<Option<SecretString>, Problem> {
        match &settings.api_key {
            // An empty text takes the key away.
            Some(key) if key.is_empty() => Ok(None),
            Some(key) => Ok(Some(key.clone().into())),
            None if row.api_key.is_some() && settings.base_url != row.settings.base_url => {
                Err(Problem::new(
                    ProblemCode::Invalid,
                    "The key is needed again: the base URL changed.",
                )
                .hint("A stored key is only sent to the endpoint it was entered for."))
            }
            None => self.open(workspace, row),
        }
    }

    fn seal(&self, workspace: WorkspaceId, key: &SecretString) -> Vec<u8> {
        self.keyring.seal(&context(workspace), key.expose_secret().as_bytes())
    }

    fn open(
        &self,
        workspace: WorkspaceId,
        row: &ModelRow,
    ) -> Result<Option<SecretString>, Problem> {
        let Some(sealed) = &row.api_key else { return Ok(None) };
        let opened = self
            .keyring
            .open(&context(workspace), sealed)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes.expose_secret().to_vec()).ok());
        opened.map(|key| Some(key.into())).ok_or_else(|| {
            Problem::new(ProblemCode::Internal, "The model's key cannot be opened.")
                .hint("Enter the key anew on the models page.")
        })
    }
}

fn context(workspace: WorkspaceId) -> String {
    format!("model key {workspace}")
}

fn checked(mut settings: ModelSettings) -> Result<ModelSettings, Problem> {
    let invalid = |message: &str| Err(Problem::new(ProblemCode::Invalid, message));
    settings.base_url = settings.base_url.trim().trim_end_matches('/').to_owned();
    settings.model = settings.model.trim().to_owned();
    if !(0.0..=2.0).contains(&settings.temperature) {
        return invalid("The temperature must be between 0 and 2.");
    }
    if !(1..=600).contains(&settings.timeout_s) {
        return invalid("The time-out must be between 1 and 600 seconds.");
    }
    if settings.provider == Provider::OpenAiCompatible {
        let url = &settings.base_url;
        if !(url.starts_with("http://") || url.starts_with("https://")) {
            return invalid("The base URL must start with http:// or https://.");
        }
        if settings.model.is_empty() {
            return invalid("The model's name is missing.");
        }
    }
    Ok(settings)
}
