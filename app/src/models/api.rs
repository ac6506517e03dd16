//! Server functions of the model settings.

use crate::error::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use model::llm::{ModelSettings, ModelTest};

#[cfg(feature = "ssr")]
use {
    crate::backend::{answer, backend, person},
    model::role::Role,
};

#[server(endpoint = "models/settings", input = Json, output = Json)]
pub async fn get_model_settings() -> Result<ModelSettings, AppError> {
    let person = person(Role::Admin)?;
    answer(backend().models.settings(&person).await)
}

#[server(endpoint = "models/save", input = Json, output = Json)]
pub async fn save_model_settings(settings: ModelSettings) -> Result<(), AppError> {
    let person = person(Role::Admin)?;
    answer(backend().models.save(&person, settings).await)
}

#[server(endpoint = "models/test", input = Json, output = Json)]
pub async fn test_model(settings: ModelSettings) -> Result<ModelTest, AppError> {
    let person = person(Role::Admin)?;
    answer(backend().models.test(&person, settings).await)
}
