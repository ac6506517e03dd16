//! What an installation can set, one struct per concern, from `QUERENT_…` variables.
//!
//! Every error names its variable and says what would fit.

pub mod data;
pub mod http;
pub mod log;
pub mod sessions;
mod variables;

pub use variables::{ConfigError, Variables};

use data::DataConfig;
use http::HttpConfig;
use log::LogConfig;
use sessions::SessionsConfig;

/// Everything. `Debug` prints no secret.
#[derive(Clone, Debug)]
pub struct Config {
    pub http: HttpConfig,
    pub data: DataConfig,
    pub sessions: SessionsConfig,
    pub log: LogConfig,
}

impl Config {
    /// Reads the environment.
    ///
    /// # Errors
    /// The first variable that holds something that does not fit.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from(&Variables::of_process())
    }

    /// # Errors
    /// The first variable that holds something that does not fit.
    pub fn from(variables: &Variables) -> Result<Self, ConfigError> {
        Ok(Self {
            http: HttpConfig::from(variables)?,
            data: DataConfig::from(variables)?,
            sessions: SessionsConfig::from(variables)?,
            log: LogConfig::from(variables)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(pairs: &[(&str, &str)]) -> String {
        Config::from(&Variables::of(pairs)).unwrap_err().to_string()
    }

    #[test]
    fn an_empty_environment_is_a_laptop() {
        let config = Config::from(&Variables::of(&[])).unwrap();
        assert_eq!(config.http.address.to_string(), "127.0.0.1:3000");
        assert_eq!(config.data.dir.to_str(), Some("data"));
        assert!(config.data.sample && !config.data.allow_loopback);
        assert!(config.http.public_url.is_none());
        let retention = config.data.retention;
        assert_eq!((retention.result_days, retention.history_days), (Some(90), None));
    }

    #[test]
    fn errors_name_the_variable_and_what_fits() {
        for (pairs, variable, fits) in [
            (("QUERENT_ADDRESS", "3000"), "QUERENT_ADDRESS", "127.0.0.1:3000"),
            (("QUERENT_PUBLIC_URL", "querent.example"), "QUERENT_PUBLIC_URL", "https://"),
            (("QUERENT_PUBLIC_URL", "https://a.example/b"), "QUERENT_PUBLIC_URL", "path"),
            (("QUERENT_TRUSTED_PROXY", "10.0.0.0/99"), "QUERENT_TRUSTED_PROXY", "10.0.0.0/8"),
            (("QUERENT_SAMPLE", "maybe"), "QUERENT_SAMPLE", "true or false"),
            (("QUERENT_SESSION_IDLE", "soon"), "QUERENT_SESSION_IDLE", "12h"),
            (("QUERENT_SESSION_ABSOLUTE", "0m"), "QUERENT_SESSION_ABSOLUTE", "12h"),
            (("QUERENT_RESULT_DAYS", "a year"), "QUERENT_RESULT_DAYS", "days"),
            (("QUERENT_LOG_FORMAT", "xml"), "QUERENT_LOG_FORMAT", "json"),
            (("QUERENT_DATABASE_URL", "mysql://x"), "QUERENT_DATABASE_URL", "postgres://"),
        ] {
            let message = error(&[pairs]);
            assert!(message.contains(variable) && message.contains(fits), "{message}");
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let pairs = [
            ("QUERENT_SECRET_KEY", "verysecretkey"),
            ("QUERENT_DATABASE_URL", "postgres://u:verysecretpassword@db/q"),
        ];
        let text = format!("{:?}", Config::from(&Variables::of(&pairs)).unwrap());
        assert!(!text.contains("verysecret"), "{text}");
    }
}
