//! What is logged, and how. Logs go to standard error.

use super::{ConfigError, Variables};
use std::io::IsTerminal;
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// tower-sessions opens a span per request and warns of every expired cookie.
const DEFAULT: &str = "info,tower_sessions=error,tower_sessions_core=error,sqlx=warn";

#[derive(Clone, Debug)]
pub struct LogConfig {
    /// `QUERENT_LOG`, by default `info` (and less of what says little): a filter as `tracing` reads it.
    pub filter: String,
    /// `QUERENT_LOG_FORMAT`: `text` (the default) or `json`.
    pub format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

impl LogConfig {
    pub(super) fn from(variables: &Variables) -> Result<Self, ConfigError> {
        const FILTER: &str = "QUERENT_LOG";
        let filter = variables.text(FILTER).unwrap_or(DEFAULT).to_owned();
        if EnvFilter::try_new(&filter).is_err() {
            return Err(ConfigError::new(FILTER, &filter, "a filter such as info,store=debug"));
        }
        let format = match variables.text("QUERENT_LOG_FORMAT") {
            None | Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(other) => {
                return Err(ConfigError::new("QUERENT_LOG_FORMAT", other, "text or json"));
            }
        };
        Ok(Self { filter, format })
    }

    /// Starts logging; a second call in one process changes nothing.
    pub fn start(&self) {
        let filter = EnvFilter::try_new(&self.filter).unwrap_or_else(|_| EnvFilter::new(DEFAULT));
        let registry = tracing_subscriber::registry().with(filter);
        let layer =
            fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
        // An error means that somebody has started it already: a test.
        let _ = match self.format {
            LogFormat::Text => registry.with(layer.compact()).try_init(),
            LogFormat::Json => registry.with(layer.json()).try_init(),
        };
    }
}
