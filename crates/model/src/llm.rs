//! Which drafter a workspace uses: the built-in engine, or a language model.

use serde::{Deserialize, Serialize};

/// The admin's choice. `api_key: None` leaves the stored key as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelSettings {
    pub provider: Provider,
    /// For example the endpoint's `…/v1`. Ignored for the built-in engine.
    pub base_url: String,
    /// Never sent back to a browser.
    pub api_key: Option<String>,
    pub has_api_key: bool,
    pub model: String,
    /// 0 to 2.
    pub temperature: f32,
    /// Seconds for one reply.
    pub timeout_s: u32,
}

impl Default for ModelSettings {
    fn default() -> Self {
        Self {
            provider: Provider::BuiltIn,
            base_url: String::new(),
            api_key: None,
            has_api_key: false,
            model: String::new(),
            temperature: 0.0,
            timeout_s: 60,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// No key, nothing leaves the machine.
    #[default]
    BuiltIn,
    /// OpenAI, Ollama, LiteLLM, vLLM: whatever speaks its protocol.
    OpenAiCompatible,
}

/// What "Test" found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ModelTest {
    Ok { reply: String, latency_ms: u64 },
    Failed { message: String, hint: String },
}
