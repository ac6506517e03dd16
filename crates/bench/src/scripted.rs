//! A model server of our own: speaks the chat protocol, always drafts the same statement, after a
//! set time. What a run costs beyond this time is Querent's.

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, server::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;

/// Shared between the tasks that answer.
struct Script {
    reply: String,
    wait_ms: AtomicU64,
    calls: AtomicU64,
}

/// Runs until dropped with its runtime.
pub struct ScriptedModel {
    pub address: SocketAddr,
    script: Arc<Script>,
}

impl ScriptedModel {
    /// Starts one whose every reply is `reply`.
    pub async fn start(reply: String) -> Result<Self> {
        let listener =
            TcpListener::bind("127.0.0.1:0").await.context("opening the model's port")?;
        let address = listener.local_addr()?;
        let script =
            Arc::new(Script { reply, wait_ms: AtomicU64::new(0), calls: AtomicU64::new(0) });
        tokio::spawn(serve(listener, Arc::clone(&script)));
        Ok(Self { address, script })
    }

    pub fn wait(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.script.wait_ms.store(millis, Ordering::Relaxed);
    }

    /// Calls since the last time this was asked.
    pub fn take_calls(&self) -> u64 {
        self.script.calls.swap(0, Ordering::Relaxed)
    }
}

async fn serve(listener: TcpListener, script: Arc<Script>) {
    while let Ok((stream, _)) = listener.accept().await {
        stream.set_nodelay(true).ok();
        let script = Arc::clone(&script);
        let service = service_fn(move |request| answer(request, Arc::clone(&script)));
        tokio::spawn(async move {
            drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    script: Arc<Script>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    script.calls.fetch_add(1, Ordering::Relaxed);
    let body = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let wait = script.wait_ms.load(Ordering::Relaxed);
    if wait > 0 {
        tokio::time::sleep(Duration::from_millis(wait)).await;
    }
    let streams = asked["stream"] == true;
    let kind = if streams { "text/event-stream" } else { "application/json" };
    let text = if streams { streamed(&script.reply) } else { whole(&script.reply).to_string() };
    let mut response = Response::new(Full::new(text.into()));
    response
        .headers_mut()
        .insert(hyper::header::CONTENT_TYPE, hyper::header::HeaderValue::from_static(kind));
    Ok(response)
}

fn whole(reply: &str) -> Value {
    json!({
        "id": "1", "object": "chat.completion", "created": 0, "model": "scripted",
        "choices": [{
            "index": 0, "finish_reason": "stop",
            "message": { "role": "assistant", "content": reply },
        }],
        "usage": { "prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2 },
    })
}

fn streamed(reply: &str) -> String {
    let chunk = |delta: Value, finish: Value| {
        let event = json!({
            "id": "1", "object": "chat.completion.chunk", "created": 0, "model": "scripted",
            "choices": [{ "index": 0, "delta": delta, "finish_reason": finish }],
        });
        format!("data: {event}\n\n")
    };
    let start = chunk(json!({ "role": "assistant", "content": reply }), Value::Null);
    let end = chunk(json!({}), json!("stop"));
    format!("{start}{end}data: [DONE]\n\n")
}
