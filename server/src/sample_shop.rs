//! The sample database of a new installation: a file made at first start, and a connection to it.

use crate::{config::data::DataConfig, databases::Databases};
use anyhow::Context;
use model::{
    connection::{Colour, Limits, Target},
    id::{ConnectionId, WorkspaceId},
};
use std::{path::PathBuf, time::Instant};
use store::{
    Store,
    connections::{self, ConnectionValues},
};
use time::OffsetDateTime;

const FILE: &str = "sample-shop.sqlite";
const NAME: &str = "Sample shop";

/// Where the sample database is.
#[must_use]
pub fn path(config: &DataConfig) -> PathBuf {
    config.sqlite_dir.join(FILE)
}

/// Makes the file, unless it is there. Blocks for a second or two.
///
/// # Errors
/// When the directory cannot be written.
pub fn ensure_file(config: &DataConfig) -> anyhow::Result<()> {
    let path = path(config);
    if !config.sample || path.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(&config.sqlite_dir)
        .with_context(|| format!("cannot make the directory {}", config.sqlite_dir.display()))?;
    let started = Instant::now();
    let today = OffsetDateTime::now_utc().date();
    let today = (today.year(), u8::from(today.month()), today.day());
    sample::build(&path, today)
        .with_context(|| format!("cannot make the sample database {}", path.display()))?;
    tracing::info!(path = %path.display(), elapsed = ?started.elapsed(), "sample database made");
    Ok(())
}

/// Adds the connection to a new workspace and reads its catalogue; nothing where there is no file.
///
/// # Errors
/// When the store refuses it.
pub async fn connect(
    store: &Store,
    databases: &Databases,
    config: &DataConfig,
    workspace: WorkspaceId,
) -> anyhow::Result<()> {
    if !config.sample || !path(config).exists() {
        return Ok(());
    }
    let values = ConnectionValues {
        name: NAME.into(),
        target: Target::File { path: FILE.into() },
        secrets: None,
        colour: Colour::Green,
        limits: Limits::default(),
        schemas: Vec::new(),
        sample: true,
    };
    let id = ConnectionId::generate();
    connections::insert(store, workspace, id, &values).await.context("cannot add the sample")?;
    match databases.get(workspace, id).await {
        Ok(database) => databases.introspect_now(database).await,
        Err(problem) => tracing::warn!(%problem, "the sample database cannot be opened"),
    }
    Ok(())
}
