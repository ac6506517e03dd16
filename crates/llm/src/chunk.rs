//! Requests and streamed replies as they are on the wire. Only what is needed, since endpoints leave out the rest.

use crate::{Prompt, Role};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What an endpoint has shown it can do; it starts with everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    pub format: Format,
    pub temperature: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Schema,
    Json,
    Text,
}

impl Abilities {
    pub const ALL: Self = Self { format: Format::Schema, temperature: true };
}

#[derive(Serialize)]
pub struct Request<'a> {
    model: &'a str,
    messages: Vec<Value>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<Value>,
}

impl<'a> Request<'a> {
    pub fn new(model: &'a str, temperature: f32, prompt: &Prompt, can: Abilities) -> Self {
        let message = |m: &crate::Message| json!({"role": role(m.role), "content": m.text});
        let response_format = prompt.schema.as_ref().and_then(|schema| match can.format {
            Format::Schema => Some(json!({
                "type": "json_schema",
                "json_schema": {"name": schema.name, "schema": schema.json, "strict": true},
            })),
            Format::Json => Some(json!({"type": "json_object"})),
            Format::Text => None,
        });
        Self {
            model,
            messages: prompt.messages.iter().map(message).collect(),
            stream: true,
            temperature: can.temperature.then_some(temperature),
            response_format,
        }
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

/// One event of the stream.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chunk {
    pub choices: Option<Vec<Choice>>,
    /// Some endpoints report a failure in the middle of the stream.
    pub error: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    pub delta: Option<Delta>,
    pub finish_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Delta {
    pub content: Option<String>,
    pub refusal: Option<String>,
}
