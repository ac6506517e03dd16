//! A scripted model that speaks OpenAI's protocol over HTTP: streamed chat completions, errors, stalls, nonsense.
//!
//! Rules come first (`when` the last user message holds a text), then the queue, then the default.

use anyhow::{Context, Result};
use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::ListenerExt,
};
use futures::{StreamExt, stream};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{net::TcpListener, task::JoinHandle};

/// How the model behaves once.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// Streams this text word by word.
    Reply(String),
    /// A status with a body as OpenAI words it.
    Error {
        status: u16,
        code: String,
        message: String,
        #[serde(default)]
        retry_after: Option<u32>,
    },
    /// A status with exactly this body.
    Raw { status: u16, body: String },
    /// A web page, as a server sends that knows no model.
    Page(String),
    /// An error object inside the stream, after this text.
    ErrorInStream { text: String, message: String },
    /// Takes the request and never answers.
    Stall,
    /// Streams this text and then nothing, without ending.
    StallAfter(String),
    /// Streams this text and breaks the connection.
    Cut(String),
    /// Streams this text and says that the length limit was reached.
    Length(String),
    /// Says that the content filter stepped in.
    Filtered,
    /// A stream of events that are not JSON.
    Garbage,
    /// A stream that ends properly without text.
    Empty,
    /// Sends the client elsewhere.
    Redirect(String),
}

/// What the endpoint accepts and how fast it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct Behaviour {
    /// `None`: any key, or none.
    pub key: Option<String>,
    pub models: Vec<String>,
    /// False: `response_format: json_schema` is answered with 400.
    pub schemas: bool,
    /// False: every `response_format` is answered with 400.
    pub json: bool,
    /// False: a `temperature` is answered with 400.
    pub temperature: bool,
    /// Milliseconds before each answer.
    pub delay_ms: u64,
    /// Answers to questions that hold `when` (case does not matter), first match wins.
    pub rules: Vec<Rule>,
    pub default: Turn,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Rule {
    pub when: String,
    pub turn: Turn,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            key: None,
            models: vec!["scripted".into()],
            schemas: true,
            json: true,
            temperature: true,
            delay_ms: 0,
            rules: Vec::new(),
            default: Turn::Reply("ready".into()),
        }
    }
}

/// A running server; it stops when this is dropped.
pub struct ModelServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    behaviour: Mutex<Behaviour>,
    queue: Mutex<VecDeque<Turn>>,
    requests: Mutex<Vec<Value>>,
}

impl ModelServer {
    /// Listens on a free port of this machine.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start(behaviour: Behaviour) -> Result<Self> {
        Self::listen(behaviour, 0).await
    }

    /// Listens on this port of this machine.
    ///
    /// # Errors
    /// When it is taken.
    pub async fn listen(behaviour: Behaviour, port: u16) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.context("cannot listen")?;
        let address = listener.local_addr()?;
        // A reply is many small writes; waiting for acknowledgements would cost 40 ms each time.
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        let shared = Arc::new(Shared {
            behaviour: Mutex::new(behaviour),
            queue: Mutex::default(),
            requests: Mutex::default(),
        });
        let router = Router::new()
            .route("/v1/chat/completions", post(complete))
            .route("/v1/models", get(models))
            .with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move {
            // Serving ends only with the task.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, shared, task })
    }

    /// The base URL for a client: `http://127.0.0.1:port/v1`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The next answer for a question that no rule matches.
    pub fn then(&self, turn: Turn) -> &Self {
        lock(&self.shared.queue).push_back(turn);
        self
    }

    /// Changes how it behaves from now on.
    pub fn set(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut lock(&self.shared.behaviour));
    }

    /// The bodies of all requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Value> {
        lock(&self.shared.requests).clone()
    }

    /// Runs until the process ends.
    pub async fn wait(mut self) {
        let _ = (&mut self.task).await;
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn models(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let models = lock(&shared.behaviour).models.clone();
    let models: Vec<_> = models.iter().map(|m| json!({"id": m, "object": "model"})).collect();
    Json(json!({"object": "list", "data": models}))
}

async fn complete(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(request): Json<Value>,
) -> Response {
    lock(&shared.requests).push(request.clone());
    let behaviour = lock(&shared.behaviour).clone();
    if behaviour.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(behaviour.delay_ms)).await;
    }
    if let Some(refused) = refused(&behaviour, &headers, &request) {
        return refused;
    }
    let question = last_question(&request).to_lowercase();
    let rule = behaviour.rules.iter().find(|r| question.contains(&r.when.to_lowercase()));
    let turn = match rule {
        Some(rule) => rule.turn.clone(),
        None => lock(&shared.queue).pop_front().unwrap_or(behaviour.default),
    };
    let model = request["model"].as_str().unwrap_or_default();
    answer(turn, model).await
}

/// What the real endpoint refuses before any model is asked.
fn refused(behaviour: &Behaviour, headers: &HeaderMap, request: &Value) -> Option<Response> {
    let key = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if behaviour.key.as_ref().is_some_and(|wanted| key != format!("Bearer {wanted}")) {
        let shown = key.trim_start_matches("Bearer ");
        let message = format!("Incorrect API key provided: {shown}.");
        return Some(error(401, "invalid_api_key", &message, None));
    }
    let model = request["model"].as_str().unwrap_or_default();
    if !behaviour.models.iter().any(|m| m == model) {
        let message =
            format!("The model `{model}` does not exist or you do not have access to it.");
        return Some(error(404, "model_not_found", &message, None));
    }
    let format = request["response_format"]["type"].as_str();
    if (format == Some("json_schema") && !behaviour.schemas)
        || (format.is_some() && !behaviour.json)
    {
        let message = "Invalid parameter: 'response_format' of this type is not supported.";
        return Some(error(400, "unsupported_value", message, None));
    }
    if !request["temperature"].is_null() && !behaviour.temperature {
        let message = "Unsupported value: 'temperature' is not supported with this model.";
        return Some(error(400, "unsupported_value", message, None));
    }
    None
}

fn last_question(request: &Value) -> &str {
    let messages = request["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let last = messages.iter().rfind(|m| m["role"] == "user");
    last.and_then(|m| m["content"].as_str()).unwrap_or_default()
}

async fn answer(turn: Turn, model: &str) -> Response {
    let done = || vec![chunk(model, &json!({}), Some("stop")), "data: [DONE]\n\n".into()];
    let said = |text: &str| {
        text.split_inclusive(' ')
            .map(|w| chunk(model, &json!({"content": w}), None))
            .collect::<Vec<_>>()
    };
    let both = |text: &str, more: Vec<String>| said(text).into_iter().chain(more).collect();
    match turn {
        Turn::Reply(text) => events(both(&text, done()), End::Proper),
        Turn::Empty => events(done(), End::Proper),
        Turn::Length(text) => {
            events(both(&text, vec![chunk(model, &json!({}), Some("length"))]), End::Proper)
        }
        Turn::Filtered => {
            events(vec![chunk(model, &json!({}), Some("content_filter"))], End::Proper)
        }
        Turn::ErrorInStream { text, message } => {
            let error = json!({"error": {"message": message, "code": 500}});
            events(both(&text, vec![format!("data: {error}\n\n")]), End::Proper)
        }
        Turn::Garbage => events(vec!["data: <html>oops</html>\n\n".into()], End::Proper),
        Turn::StallAfter(text) => events(said(&text), End::Never),
        Turn::Cut(text) => events(said(&text), End::Broken),
        Turn::Stall => std::future::pending().await,
        Turn::Redirect(to) => {
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response()
        }
        Turn::Error { status, code, message, retry_after } => {
            error(status, &code, &message, retry_after)
        }
        Turn::Raw { status, body } => (code(status), body).into_response(),
        Turn::Page(html) => axum::response::Html(html).into_response(),
    }
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn error(status: u16, name: &str, message: &str, retry_after: Option<u32>) -> Response {
    let body = json!({"error": {"message": message, "type": "invalid_request_error", "param": null, "code": name}});
    let mut response = (code(status), Json(body)).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

fn chunk(model: &str, delta: &Value, finish: Option<&str>) -> String {
    let choice = json!({"index": 0, "delta": delta, "finish_reason": finish});
    let chunk = json!({
        "id": "chatcmpl-scripted", "object": "chat.completion.chunk", "created": 0, "model": model,
        "choices": [choice],
    });
    format!("data: {chunk}\n\n")
}

/// How a stream ends.
enum End {
    Proper,
    Never,
    Broken,
}

fn events(lines: Vec<String>, end: End) -> Response {
    let lines = stream::iter(lines).map(|line| Ok::<_, std::io::Error>(Bytes::from(line)));
    let body = match end {
        End::Proper => Body::from_stream(lines),
        End::Never => Body::from_stream(lines.chain(stream::pending())),
        End::Broken => {
            // Let the text leave first: a break at once would take it along.
            let broken = stream::once(async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Err(std::io::Error::other("broken off"))
            });
            Body::from_stream(lines.chain(broken))
        }
    };
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}
