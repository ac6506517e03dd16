//! "Test" on the models page.

use crate::{Llm, LlmError, Message, OpenAi, Prompt, Role, Settings, collect};
use model::llm::{ModelSettings, ModelTest, Provider};
use std::time::Instant;

/// Asks the model for one word with these settings (the key unsealed into `api_key`).
pub async fn test(settings: &ModelSettings) -> ModelTest {
    if settings.provider == Provider::BuiltIn {
        let reply = "The built-in engine is always ready.".into();
        return ModelTest::Ok { reply, latency_ms: 0 };
    }
    let start = Instant::now();
    match ask(settings).await {
        Ok(reply) => {
            let latency_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
            ModelTest::Ok { reply: reply.trim().chars().take(200).collect(), latency_ms }
        }
        Err(error) => {
            let problem = error.problem();
            ModelTest::Failed { message: problem.message, hint: error.hint().into() }
        }
    }
}

async fn ask(settings: &ModelSettings) -> Result<String, LlmError> {
    let model = OpenAi::new(Settings::of(settings))?;
    let question = Message::new(Role::User, "Reply with one word: ready");
    let prompt = Prompt { messages: vec![question], schema: None };
    collect(model.reply(&prompt).await?, |_| ()).await
}
