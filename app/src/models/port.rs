//! What the model settings need from the server.

use async_trait::async_trait;
use model::{
    account::Person,
    error::Problem,
    llm::{ModelSettings, ModelTest},
};

#[async_trait]
pub trait Models: Send + Sync {
    async fn settings(&self, person: &Person) -> Result<ModelSettings, Problem>;
    async fn save(&self, person: &Person, settings: ModelSettings) -> Result<(), Problem>;
    /// Asks the model for one word with these settings; a key left out is the stored one.
    async fn test(&self, person: &Person, settings: ModelSettings) -> Result<ModelTest, Problem>;
}
