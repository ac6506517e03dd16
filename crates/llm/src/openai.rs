//! Any endpoint that speaks OpenAI's chat completions.

use crate::{
    Llm, LlmError, Prompt, Reply,
    chunk::{Abilities, Chunk, Format, Request},
    transport::{self, Failure, Unsupported},
};
use async_openai::{
    Client, config::Config, error::OpenAIError, middleware::HttpRequestFactory,
    types::stream::StreamResponse,
};
use async_trait::async_trait;
use futures::{StreamExt, stream};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, timeout_at};
use tower::BoxError;

/// Where the model is and how to ask it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `https://api.openai.com/v1`, `http://localhost:11434/v1`.
    pub base_url: String,
    pub api_key: Option<SecretString>,
    pub model: String,
    /// 0 to 2.
    pub temperature: f32,
    /// For one reply, its stream included.
    pub timeout: Duration,
}

impl Settings {
    /// The admin's settings with the key unsealed into `api_key`.
    #[must_use]
    pub fn of(settings: &model::llm::ModelSettings) -> Self {
        let key = settings.api_key.as_deref().map(str::trim).filter(|k| !k.is_empty());
        Self {
            base_url: settings.base_url.clone(),
            api_key: key.map(|k| k.to_owned().into()),
            model: settings.model.trim().to_owned(),
            temperature: settings.temperature,
            timeout: Duration::from_secs(settings.timeout_s.clamp(1, 600).into()),
        }
    }
}

/// A client of one endpoint and model; keeps its connections and what it learnt of the endpoint.
pub struct OpenAi {
    client: Client<Endpoint>,
    model: String,
    temperature: f32,
    timeout: Duration,
    can: Mutex<Abilities>,
}

impl OpenAi {
    /// Checks the settings; nothing is sent yet.
    ///
    /// # Errors
    /// `Settings` when the address, the key or the model cannot be right.
    pub fn new(settings: Settings) -> Result<Self, LlmError> {
        let endpoint = Endpoint::new(&settings)?;
        if settings.model.is_empty() {
            return Err(LlmError::Settings("the model's name is missing".into()));
        }
        if !(0.0..=2.0).contains(&settings.temperature) {
            return Err(LlmError::Settings("the temperature must be 0 to 2".into()));
        }
        let http = http_client()?;
        let model = settings.model.clone();
        let service = tower::service_fn(move |request: HttpRequestFactory| {
            let sent = transport::send(http.clone(), model.clone(), request);
            async { sent.await.map_err(BoxError::from) }
        });
        Ok(Self {
            client: Client::with_config(endpoint).with_http_service(service),
            model: settings.model,
            temperature: settings.temperature,
            timeout: settings.timeout,
            can: Mutex::new(Abilities::ALL),
        })
    }

    fn can(&self) -> Abilities {
        *self.can.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for less next time; false when there is nothing less to ask for.
    fn learn(&self, tried: Abilities, cannot: Unsupported) -> bool {
        let less = match (cannot, tried.format) {
            (Unsupported::Temperature, _) if tried.temperature => {
                Abilities { temperature: false, ..tried }
            }
            (Unsupported::Format, Format::Schema) => Abilities { format: Format::Json, ..tried },
            (Unsupported::Format, Format::Json) => Abilities { format: Format::Text, ..tried },
            _ => return false,
        };
        tracing::debug!(?less, "the endpoint knows less than asked for");
        *self.can.lock().unwrap_or_else(PoisonError::into_inner) = less;
        true
    }

    async fn open(&self, prompt: &Prompt) -> Result<StreamResponse<Chunk>, LlmError> {
        loop {
            let can = self.can();
            let request = Request::new(&self.model, self.temperature, prompt, can);
            let opened: Result<StreamResponse<Chunk>, OpenAIError> =
                self.client.chat().create_stream_byot(request).await;
            let Failure { error, unsupported } = match opened {
                Ok(stream) => return Ok(stream),
                Err(error) => transport::of_openai(error),
            };
            match unsupported {
                Some(cannot) if self.learn(can, cannot) => {}
                _ => return Err(error),
            }
        }
    }
}

#[async_trait]
impl Llm for OpenAi {
    fn name(&self) -> &str {
        &self.model
    }

    async fn reply(&self, prompt: &Prompt) -> Result<Reply, LlmError> {
        let deadline = Instant::now() + self.timeout;
        let late = LlmError::Timeout(self.timeout);
        let opened = timeout_at(deadline, self.open(prompt)).await;
        let stream = opened.map_err(|_| late.clone())??;
        let state = Reading { stream, deadline, late, model: self.model.clone(), finished: false };
        Ok(stream::unfold(Some(state), Reading::next).boxed())
    }
}

/// A reply on its way.
struct Reading {
    stream: StreamResponse<Chunk>,
    deadline: Instant,
    late: LlmError,
    model: String,
    /// The model said that it is done.
    finished: bool,
}

impl Reading {
    /// The next text; `None` as the state after an error, so that nothing follows it.
    async fn next(state: Option<Self>) -> Option<(Result<String, LlmError>, Option<Self>)> {
        let mut state = state?;
        match state.piece().await {
            Ok(Some(text)) => Some((Ok(text), Some(state))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    }

    async fn piece(&mut self) -> Result<Option<String>, LlmError> {
        loop {
            let next = timeout_at(self.deadline, self.stream.next()).await;
            let chunk = match next.map_err(|_| self.late.clone())? {
                Some(chunk) => chunk.map_err(|e| transport::of_openai(e).error)?,
                None if self.finished => return Ok(None),
                None => return Err(LlmError::Interrupted),
            };
            if let Some(error) = &chunk.error {
                return Err(transport::in_stream(error, &self.model));
            }
            if let Some(text) = self.text(chunk)? {
                return Ok(Some(text));
            }
        }
    }

    fn text(&mut self, chunk: Chunk) -> Result<Option<String>, LlmError> {
        let Some(choice) = chunk.choices.into_iter().flatten().next() else { return Ok(None) };
        match choice.finish_reason.as_deref() {
            None | Some("") => {}
            Some("length") => return Err(LlmError::CutOff),
            Some("content_filter") => {
                return Err(LlmError::Declined("its content filter stopped it".into()));
            }
            Some(_) => self.finished = true,
        }
        let delta = choice.delta.unwrap_or_default();
        if let Some(refusal) = delta.refusal.filter(|r| !r.is_empty()) {
            return Err(LlmError::Declined(refusal.chars().take(300).collect()));
        }
        Ok(delta.content.filter(|c| !c.is_empty()))
    }
}

/// The address and the key, and nothing from the environment.
#[derive(Debug)]
struct Endpoint {
    base: String,
    key: SecretString,
    headers: HeaderMap,
}

impl Endpoint {
    fn new(settings: &Settings) -> Result<Self, LlmError> {
        let wrong = |why: &str| LlmError::Settings(format!("the base URL {why}"));
        let base = settings.base_url.trim().trim_end_matches('/');
        let url = reqwest::Url::parse(base).map_err(|e| wrong(&format!("is not one: {e}")))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(wrong("must start with http:// or https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("must not hold a password; the key has its own field"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("must not have a query"));
        }
        let key = settings.api_key.clone().unwrap_or_else(|| String::new().into());
        let mut headers = HeaderMap::new();
        if !key.expose_secret().is_empty() {
            let bearer = format!("Bearer {}", key.expose_secret());
            let mut value = HeaderValue::from_str(&bearer)
                .map_err(|_| LlmError::Settings("the key has characters that no key has".into()))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        Ok(Self { base: base.to_owned(), key, headers })
    }
}

impl Config for Endpoint {
    fn headers(&self) -> HeaderMap {
        self.headers.clone()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn query(&self) -> Vec<(&str, &str)> {
        Vec::new()
    }

    fn api_base(&self) -> &str {
        &self.base
    }

    fn api_key(&self) -> &SecretString {
        &self.key
    }
}

fn http_client() -> Result<reqwest::Client, LlmError> {
    // Already there when another part of the process was first; either way it is ring.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("querent/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|e| LlmError::Settings(e.to_string()))
}
