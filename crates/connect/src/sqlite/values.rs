//! SQLite's five storage classes as text, and what a declared type means.

use crate::encode::Encoder;
use model::catalog::ValueKind;
use rusqlite::{ffi, types::ValueRef};

/// Writes a value as the `sqlite3` shell prints it; blobs as `X'…'`.
pub(crate) fn append(encoder: &mut Encoder, value: ValueRef<'_>) {
    match value {
        ValueRef::Null => encoder.null(),
        ValueRef::Integer(number) => encoder.plain(format_args!("{number}")),
        ValueRef::Real(number) => real(encoder, number),
        ValueRef::Text(text) => encoder.text(text),
        ValueRef::Blob(bytes) => encoder.hex("X'", bytes, "'", true),
    }
}

/// A float by SQLite's own formatting, which is what casting it to TEXT gives.
fn real(encoder: &mut Encoder, number: f64) {
    let mut buffer = [0_u8; 64];
    // SAFETY: the buffer is as long as said, the format consumes exactly one double, and SQLite
    // always ends what it writes with NUL inside the buffer.
    unsafe {
        ffi::sqlite3_snprintf(
            buffer.len() as i32,
            buffer.as_mut_ptr().cast(),
            c"%!.15g".as_ptr(),
            number,
        );
    }
    let end = buffer.iter().position(|byte| *byte == 0).unwrap_or(buffer.len());
    encoder.text(&buffer[..end]);
}

/// What a value's storage class says of an expression's column.
pub(crate) fn kind_of(value: ValueRef<'_>) -> ValueKind {
    match value {
        ValueRef::Null => ValueKind::Other,
        ValueRef::Integer(_) => ValueKind::Integer,
        ValueRef::Real(_) => ValueKind::Number,
        ValueRef::Text(_) => ValueKind::Text,
        ValueRef::Blob(_) => ValueKind::Binary,
    }
}

/// The meaning of a declared type. SQLite takes any word, so this reads the usual ones and falls
/// back on SQLite's own affinity rules.
pub(crate) fn kind(declared: &str) -> ValueKind {
    let upper = declared.to_ascii_uppercase();
    let word = upper.split('(').next().unwrap_or_default().trim();
    match word {
        "BOOLEAN" | "BOOL" => ValueKind::Boolean,
        "DATE" => ValueKind::Date,
        "DATETIME" | "TIMESTAMP" | "TIMESTAMPTZ" | "TIMESTAMP WITH TIME ZONE" => {
            ValueKind::Timestamp
        }
        "TIME" => ValueKind::Time,
        "UUID" | "GUID" => ValueKind::Uuid,
        "JSON" | "JSONB" => ValueKind::Json,
        "" => ValueKind::Other,
        _ if upper.contains("INT") => ValueKind::Integer,
        _ if ["CHAR", "CLOB", "TEXT", "STRING", "ENUM"].iter().any(|part| upper.contains(part)) => {
            ValueKind::Text
        }
        _ if ["BLOB", "BINARY", "BYTEA"].iter().any(|part| upper.contains(part)) => {
            ValueKind::Binary
        }
        _ if ["REAL", "FLOA", "DOUB", "NUMERIC", "DECIMAL", "MONEY", "NUMBER"]
            .iter()
            .any(|part| upper.contains(part)) =>
        {
            ValueKind::Number
        }
        _ => ValueKind::Other,
    }
}
