#![doc = include_str!("../README.md")]

mod chunk;
mod error;
mod openai;
mod parse;
mod probe;
mod transport;

use async_trait::async_trait;
pub use error::LlmError;
use futures::{StreamExt, stream::BoxStream};
pub use openai::{OpenAi, Settings};
pub use parse::json;
pub use probe::test;

/// What a model is asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prompt {
    /// In order; at least one.
    pub messages: Vec<Message>,
    /// The reply shall be JSON of this shape. A promise by the endpoint, not a fact: parse it.
    pub schema: Option<Schema>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub role: Role,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    System,
    User,
    Assistant,
}

/// A JSON schema with a name of letters, digits and `_`.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    pub name: String,
    pub json: serde_json::Value,
}

/// Pieces of text as they arrive; after an error nothing follows. Dropping it ends the request.
pub type Reply = BoxStream<'static, Result<String, LlmError>>;

/// A language model.
#[async_trait]
pub trait Llm: Send + Sync {
    /// The model's name as people know it.
    fn name(&self) -> &str;

    /// Asks. The time limit covers the stream, too.
    ///
    /// # Errors
    /// See [`LlmError`]; also as the last item of the stream.
    async fn reply(&self, prompt: &Prompt) -> Result<Reply, LlmError>;
}

impl Message {
    #[must_use]
    pub fn new(role: Role, text: impl Into<String>) -> Self {
        Self { role, text: text.into() }
    }
}

/// A longer reply than this, in bytes, is not what was asked for.
const REPLY_BYTES: usize = 256 << 10;

/// Reads a reply to its end; `seen` gets every piece.
///
/// # Errors
/// The stream's error; `Malformed` when there is no text or far too much.
pub async fn collect(mut reply: Reply, mut seen: impl FnMut(&str)) -> Result<String, LlmError> {
    let mut text = String::new();
    while let Some(piece) = reply.next().await {
        let piece = piece?;
        if text.len() + piece.len() > REPLY_BYTES {
            return Err(LlmError::Malformed("the reply does not end".into()));
        }
        seen(&piece);
        text.push_str(&piece);
    }
    if text.trim().is_empty() {
        return Err(LlmError::Malformed("the reply is empty".into()));
    }
    Ok(text)
}
