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
    /// `QUERENT_ALLOW_LOOPBACK_DATABASES`, by default true: may connections lead to this machine?
    pub allow_loopback: bool,
    /// `QUERENT_SAMPLE`, by default true: does a new workspace get the sample database?
    pub sample: bool,
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
            allow_loopback: variables.flag("QUERENT_ALLOW_LOOPBACK_DATABASES", true)?,
            sample: variables.flag("QUERENT_SAMPLE", true)?,
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
