//! How long a login lasts.

use super::{ConfigError, Variables};
use store::sessions::Lifetime;

const HOUR_MS: i64 = 3_600_000;

#[derive(Clone, Copy, Debug)]
pub struct SessionsConfig {
    /// `QUERENT_SESSION_IDLE` (by default `12h`) and `QUERENT_SESSION_ABSOLUTE` (by default `7d`).
    pub lifetime: Lifetime,
}

impl SessionsConfig {
    pub(super) fn from(variables: &Variables) -> Result<Self, ConfigError> {
        Ok(Self {
            lifetime: Lifetime {
                idle_ms: variables.duration_ms("QUERENT_SESSION_IDLE", 12 * HOUR_MS)?,
                absolute_ms: variables.duration_ms("QUERENT_SESSION_ABSOLUTE", 7 * 24 * HOUR_MS)?,
            },
        })
    }
}
