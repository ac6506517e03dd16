//! Where Querent keeps its own data, and which databases it may open.

use super::{ConfigError, Variables};
use secrecy::SecretString;
use std::path::PathBuf;

#[derive(Clone, Debug)]
pub struct DataConfig {
    /// `QUERENT_DATA_DIR`, by default `data`: the database, the key file, results.
    pub dir: PathBuf,
    /// `QUERENT_DATABASE_URL`: PostgreSQL for Querent's own data; by default a SQLite file in `dir`.
    pub database_url: Option<SecretString>,
    /// `QUERENT_SECRET_KEY`: seals stored secrets; by default a key file in `dir`.
    pub secret_key: Option<SecretString>,
    /// `QUERENT_SQLITE_DIR`: SQLite connections open files below it only; by default
    /// `databases` in `dir`.
    pub sqlite_dir: PathBuf,
    /// `QUERENT_ALLOW_LOOPBACK_DATABASES`, by default false: may connections lead to this machine?
    pub allow_loopback: bool,
    /// `QUERENT_SAMPLE`, by default true: does a new workspace get the sample database?
    pub sample: bool,
    pub retention: Retention,
}

/// How long is kept what was asked and answered. `None`: for ever, without bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// `QUERENT_RESULT_DAYS`, by default 90: rows and answers of runs. 0 keeps them.
    pub result_days: Option<u32>,
    /// `QUERENT_RESULTS_MB`, by default 10240: room for rows; the oldest go first. 0 is no bound.
    pub results_bytes: Option<u64>,
    /// `QUERENT_HISTORY_DAYS`, by default 0, for ever: the questions and statements themselves.
    pub history_days: Option<u32>,
}

impl Retention {
    fn from(variables: &Variables) -> Result<Self, ConfigError> {
        let days = |name: &str, default: u32| {
            let days = variables.parsed(name, "a number of days, 0 for no end")?;
            Ok::<_, ConfigError>(Some(days.unwrap_or(default)).filter(|days| *days > 0))
        };
        let megabytes: Option<u32> =
            variables.parsed("QUERENT_RESULTS_MB", "a number of megabytes, 0 for no bound")?;
        Ok(Self {
            result_days: days("QUERENT_RESULT_DAYS", 90)?,
            results_bytes: Some(u64::from(megabytes.unwrap_or(10_240)) << 20).filter(|b| *b > 0),
            history_days: days("QUERENT_HISTORY_DAYS", 0)?,
        })
    }
}

impl DataConfig {
    pub(super) fn from(variables: &Variables) -> Result<Self, ConfigError> {
        let dir = PathBuf::from(variables.text("QUERENT_DATA_DIR").unwrap_or("data"));
        Ok(Self {
            database_url: database_url(variables)?,
            secret_key: variables.text("QUERENT_SECRET_KEY").map(SecretString::from),
            sqlite_dir: variables
                .text("QUERENT_SQLITE_DIR")
                .map_or_else(|| dir.join("databases"), PathBuf::from),
            allow_loopback: variables.flag("QUERENT_ALLOW_LOOPBACK_DATABASES", false)?,
            sample: variables.flag("QUERENT_SAMPLE", true)?,
            retention: Retention::from(variables)?,
            dir,
        })
    }
}

fn database_url(variables: &Variables) -> Result<Option<SecretString>, ConfigError> {
    const NAME: &str = "QUERENT_DATABASE_URL";
    let Some(url) = variables.text(NAME) else { return Ok(None) };
    let known = ["postgres://", "postgresql://", "sqlite:"];
    if known.iter().any(|scheme| url.starts_with(scheme)) {
        return Ok(Some(SecretString::from(url)));
    }
    // The rest may hold a password.
    let scheme = url.split(':').next().unwrap_or_default();
    Err(ConfigError::new(NAME, &format!("{scheme}:…"), "postgres://user:password@host/database"))
}
