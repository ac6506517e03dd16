//! One HTTP request with its retries, and what an endpoint's refusal means.

use crate::LlmError;
use async_openai::{error::OpenAIError, middleware::HttpRequestFactory};
use reqwest::{
    Client, Response, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use serde_json::Value;
use std::{
    error::Error,
    hash::{BuildHasher, RandomState},
    time::Duration,
};

const RETRIES: u32 = 2;
const FIRST_PAUSE: Duration = Duration::from_millis(300);
/// A longer wait than this is for the person to decide.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// Of a refusal's text, people see this much.
const MESSAGE_CHARS: usize = 300;

/// Why the attempt failed, and what to try about it.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct Failure {
    pub error: LlmError,
    /// A part of the request that the endpoint does not know.
    pub unsupported: Option<Unsupported>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsupported {
    Format,
    Temperature,
}

impl From<LlmError> for Failure {
    fn from(error: LlmError) -> Self {
        Self { error, unsupported: None }
    }
}

/// Sends until there is an answer, an error that will not go away, or the retries are used up.
pub async fn send(
    client: Client,
    model: String,
    request: HttpRequestFactory,
) -> Result<Response, Failure> {
    let mut tries = 0;
    loop {
        let failure = match attempt(&client, &model, &request).await {
            Ok(response) => return Ok(response),
            Err(failure) => failure,
        };
        let pause = match &failure.error {
            LlmError::RateLimited { after } => after.unwrap_or(back_off(tries)),
            LlmError::Server { .. } | LlmError::Unreachable(_) => back_off(tries),
            _ => return Err(failure),
        };
        if tries == RETRIES || pause > LONGEST_PAUSE {
            return Err(failure);
        }
        tries += 1;
        tracing::debug!(?pause, tries, error = %failure.error, "asking the model again");
        tokio::time::sleep(pause).await;
    }
}

/// Grows threefold, scattered by half so that many clients do not come back at once.
fn back_off(tries: u32) -> Duration {
    let random = RandomState::new().hash_one(tries) % 1000;
    FIRST_PAUSE * 3u32.pow(tries) * (500 + random as u32) / 1000
}

async fn attempt(
    client: &Client,
    model: &str,
    request: &HttpRequestFactory,
) -> Result<Response, Failure> {
    let request = request.build().await.map_err(|e| of_openai(e).error)?;
    let response = client.execute(request).await.map_err(|e| of_reqwest(&e))?;
    if response.status().is_success() {
        // A web server's front page, where an API was looked for.
        let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        return match kind.is_some_and(|kind| kind.starts_with("text/html")) {
            true => Err(LlmError::WrongAddress.into()),
            false => Ok(response),
        };
    }
    let status = response.status();
    let after = response.headers().get(RETRY_AFTER).and_then(|v| v.to_str().ok()?.parse().ok());
    let after = after.map(Duration::from_secs);
    let body = response.bytes().await.unwrap_or_default();
    let body = String::from_utf8_lossy(&body[..body.len().min(64 << 10)]);
    Err(refusal(status, after, &body, model))
}

/// What a status and its body mean.
fn refusal(status: StatusCode, after: Option<Duration>, body: &str, model: &str) -> Failure {
    let said = Said::read(body);
    let code = status.as_u16();
    let error = match code {
        401 | 403 => LlmError::BadKey,
        404 if said.json && (said.mentions("model") || said.is("model_not_found")) => {
            LlmError::UnknownModel(model.to_owned())
        }
        300..=399 | 404 | 405 => LlmError::WrongAddress,
        402 => LlmError::Quota,
        408 | 504 => LlmError::Server { status: code, message: said.message() },
        413 => LlmError::ContextTooLong,
        429 if said.is("insufficient_quota") => LlmError::Quota,
        429 => LlmError::RateLimited { after },
        400 | 422 if said.is_about_context() => LlmError::ContextTooLong,
        400 | 422 if said.is("model_not_found") => LlmError::UnknownModel(model.to_owned()),
        400..=499 => LlmError::Rejected { status: code, message: said.message() },
        _ => LlmError::Server { status: code, message: said.message() },
    };
    let unsupported = match (code, &error) {
        (400 | 422 | 501, LlmError::Rejected { .. } | LlmError::Server { .. }) => {
            said.unsupported()
        }
        _ => None,
    };
    Failure { error, unsupported }
}

/// An error that arrives inside a stream.
pub fn in_stream(error: &Value, model: &str) -> LlmError {
    let status = error["code"].as_u64().or(error["status"].as_u64()).unwrap_or(500);
    let status = u16::try_from(status).ok().and_then(|s| StatusCode::from_u16(s).ok());
    let body = serde_json::json!({ "error": error }).to_string();
    refusal(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), None, &body, model).error
}

/// What the endpoint said, in one of the forms that endpoints use.
struct Said {
    json: bool,
    message: String,
    code: String,
    kind: String,
    param: String,
}

impl Said {
    fn read(body: &str) -> Self {
        let value: Value = serde_json::from_str(body).unwrap_or_default();
        // OpenAI nests it, vLLM does not, others give a plain string or `detail`.
        let error = if value["error"].is_null() { &value } else { &value["error"] };
        let text = |field: &str| match &error[field] {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let candidates = [text("message"), text("detail")];
        let message = error.as_str().map(str::to_owned);
        let message = message.or(candidates.into_iter().find(|c| !c.is_empty()));
        Self {
            json: value.is_object(),
            message: message.unwrap_or_else(|| body.trim().to_owned()),
            code: text("code"),
            kind: text("type"),
            param: text("param"),
        }
    }

    fn is(&self, code: &str) -> bool {
        self.code == code || self.kind == code
    }

    fn mentions(&self, words: &str) -> bool {
        self.message.to_lowercase().contains(words)
    }

    fn is_about_context(&self) -> bool {
        let words = [
            "context length",
            "context window",
            "maximum context",
            "too many tokens",
            "prompt is too long",
        ];
        self.is("context_length_exceeded") || words.iter().any(|w| self.mentions(w))
    }

    fn unsupported(&self) -> Option<Unsupported> {
        if self.param == "temperature" || self.mentions("temperature") {
            return Some(Unsupported::Temperature);
        }
        let words = ["response_format", "json_schema", "json schema", "json_object", "guided"];
        let format =
            self.param.starts_with("response_format") || words.iter().any(|w| self.mentions(w));
        format.then_some(Unsupported::Format)
    }

    fn message(&self) -> String {
        let plain = self.message.split_whitespace().collect::<Vec<_>>().join(" ");
        match plain.char_indices().nth(MESSAGE_CHARS) {
            _ if plain.is_empty() => "no reason given".into(),
            Some((cut, _)) => format!("{} …", &plain[..cut]),
            None => plain,
        }
    }
}

/// async-openai's error, in our terms.
pub fn of_openai(error: OpenAIError) -> Failure {
    let error = match error {
        OpenAIError::Boxed(inner) => match inner.downcast::<Failure>() {
            Ok(failure) => return *failure,
            Err(other) => LlmError::Malformed(other.to_string()),
        },
        OpenAIError::Reqwest(error) => of_reqwest(&error),
        OpenAIError::JSONDeserialize(error, _) => LlmError::Malformed(error.to_string()),
        OpenAIError::StreamError(_) => LlmError::Interrupted,
        OpenAIError::InvalidArgument(reason) => LlmError::Settings(reason),
        other => LlmError::Malformed(other.to_string()),
    };
    error.into()
}

fn of_reqwest(error: &reqwest::Error) -> LlmError {
    if error.is_builder() {
        return LlmError::Settings(deepest(error));
    }
    LlmError::Unreachable(deepest(error))
}

/// The innermost reason; the outer ones only repeat the address.
fn deepest(error: &dyn Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
