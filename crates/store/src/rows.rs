//! Reading columns of a row into the model's types.

use crate::error::StoreError;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Row, any::AnyRow};
use std::{error::Error, str::FromStr};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Milliseconds since the Unix epoch.
pub(crate) fn now() -> i64 {
    millis(OffsetDateTime::now_utc())
}

pub(crate) fn millis(time: OffsetDateTime) -> i64 {
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// RFC 3339 in UTC, to the millisecond.
#[must_use]
pub(crate) fn rfc3339(millis: i64) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_default()
}

/// A text that both databases take: PostgreSQL's holds every character but NUL. The sign in its
/// place shows that it was there.
pub(crate) fn plain(text: &str) -> String {
    if text.contains('\0') { text.replace('\0', "\u{2400}") } else { text.to_owned() }
}

fn corrupt(what: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> StoreError {
    StoreError::Corrupt { what, source: source.into() }
}

pub(crate) trait Columns {
    fn text(&self, column: &'static str) -> Result<String, StoreError>;
    fn text_option(&self, column: &'static str) -> Result<Option<String>, StoreError>;
    fn int(&self, column: &'static str) -> Result<i64, StoreError>;
    fn int_option(&self, column: &'static str) -> Result<Option<i64>, StoreError>;
    fn bytes_option(&self, column: &'static str) -> Result<Option<Vec<u8>>, StoreError>;

    fn flag(&self, column: &'static str) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    /// A value that knows how to read itself: an id, a role.
    fn parsed<T>(&self, column: &'static str) -> Result<T, StoreError>
    where
        T: FromStr<Err: Into<Box<dyn Error + Send + Sync>>>,
    {
        self.text(column)?.parse().map_err(|error: T::Err| corrupt(column, error))
    }

    fn parsed_option<T>(&self, column: &'static str) -> Result<Option<T>, StoreError>
    where
        T: FromStr<Err: Into<Box<dyn Error + Send + Sync>>>,
    {
        let Some(text) = self.text_option(column)? else { return Ok(None) };
        text.parse().map(Some).map_err(|error: T::Err| corrupt(column, error))
    }

    fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, StoreError> {
        from_json(&self.text(column)?, column)
    }

    /// One of the model's enums by its name on the wire.
    fn word<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, StoreError> {
        serde_json::from_value(serde_json::Value::String(self.text(column)?))
            .map_err(|error| corrupt(column, error))
    }
}

impl Columns for AnyRow {
    fn text(&self, column: &'static str) -> Result<String, StoreError> {
        self.try_get(column).map_err(|error| corrupt(column, error))
    }

    fn text_option(&self, column: &'static str) -> Result<Option<String>, StoreError> {
        self.try_get(column).map_err(|error| corrupt(column, error))
    }

    fn int(&self, column: &'static str) -> Result<i64, StoreError> {
        self.try_get(column).map_err(|error| corrupt(column, error))
    }

    fn int_option(&self, column: &'static str) -> Result<Option<i64>, StoreError> {
        self.try_get(column).map_err(|error| corrupt(column, error))
    }

    fn bytes_option(&self, column: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
        self.try_get(column).map_err(|error| corrupt(column, error))
    }
}

pub(crate) fn from_json<T: DeserializeOwned>(
    text: &str,
    what: &'static str,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| corrupt(what, error))
}

pub(crate) fn to_json<T: Serialize>(value: &T, what: &'static str) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| corrupt(what, error))
}

/// The wire name of one of the model's enums.
pub(crate) fn to_word<T: Serialize>(value: &T, what: &'static str) -> Result<String, StoreError> {
    match serde_json::to_value(value).map_err(|error| corrupt(what, error))? {
        serde_json::Value::String(word) => Ok(word),
        other => Err(corrupt(what, format!("{other} is no word"))),
    }
}
