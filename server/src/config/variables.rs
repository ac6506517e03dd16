//! Reading variables with errors that help.

use std::{collections::HashMap, fmt, str::FromStr};

/// A variable holds something that does not fit.
#[derive(Debug, thiserror::Error)]
#[error("{name} is '{value}', but should be {fits}")]
pub struct ConfigError {
    name: String,
    value: String,
    fits: String,
}

impl ConfigError {
    pub(super) fn new(name: &str, value: &str, fits: impl Into<String>) -> Self {
        Self { name: name.to_owned(), value: value.to_owned(), fits: fits.into() }
    }
}

/// Where settings come from: the process's environment, or pairs in a test. Empty counts as unset.
#[derive(Clone, Default)]
pub struct Variables {
    values: HashMap<String, String>,
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

impl Variables {
    #[must_use]
    pub fn of_process() -> Self {
        let values = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, value)| name.starts_with("QUERENT_") && !value.is_empty())
            .collect();
        Self { values }
    }

    #[must_use]
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self { values: pairs.iter().map(owned).collect() }
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The variable as a `T`, or `None` when it is unset. `fits` completes "should be …".
    pub(super) fn parsed<T: FromStr>(
        &self,
        name: &str,
        fits: &str,
    ) -> Result<Option<T>, ConfigError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        text.trim().parse().map(Some).map_err(|_| ConfigError::new(name, text, fits))
    }

    pub(super) fn flag(&self, name: &str, unset: bool) -> Result<bool, ConfigError> {
        match self.text(name).map(str::to_ascii_lowercase).as_deref() {
            None => Ok(unset),
            Some("true" | "1" | "yes" | "on") => Ok(true),
            Some("false" | "0" | "no" | "off") => Ok(false),
            Some(other) => Err(ConfigError::new(name, other, "true or false")),
        }
    }

    /// A duration in milliseconds: a number with `s`, `m`, `h` or `d`.
    pub(super) fn duration_ms(&self, name: &str, unset: i64) -> Result<i64, ConfigError> {
        let Some(text) = self.text(name) else { return Ok(unset) };
        let wrong = || ConfigError::new(name, text, "a time such as 30m, 12h or 7d");
        const UNITS: [(char, i64); 4] =
            [('s', 1_000), ('m', 60_000), ('h', 3_600_000), ('d', 86_400_000)];
        let (number, scale) = UNITS
            .iter()
            .find_map(|(unit, scale)| Some((text.trim().strip_suffix(*unit)?, *scale)))
            .ok_or_else(wrong)?;
        let number: i64 = number.trim().parse().map_err(|_| wrong())?;
        number.checked_mul(scale).filter(|ms| *ms > 0).ok_or_else(wrong)
    }
}
