//! `querent migrate`.

use super::output;
use crate::{config::Config, startup};
use anyhow::Result;

pub async fn run(config: &Config) -> Result<()> {
    startup::open_store(config).await?.close().await;
    output::line("Querent's own data is up to date.");
    Ok(())
}
