//! Functions that Querent adds to a SQLite session: the mathematical ones, which the library is
//! built without, and the keyed hash of the guard's masks.

use rusqlite::{
    Connection,
    functions::{Context, FunctionFlags},
    types::ValueRef,
};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// `guard` writes this name for a `hash` mask; it is on no list of functions that a person may call.
const HASH: &str = "querent_hash";

const PURE: FunctionFlags = FunctionFlags::SQLITE_UTF8
    .union(FunctionFlags::SQLITE_DETERMINISTIC)
    .union(FunctionFlags::SQLITE_INNOCUOUS);

type Unary = (&'static str, fn(f64) -> f64);

const UNARY: [Unary; 25] = [
    ("acos", f64::acos),
    ("acosh", f64::acosh),
    ("asin", f64::asin),
    ("asinh", f64::asinh),
    ("atan", f64::atan),
    ("atanh", f64::atanh),
    ("ceil", f64::ceil),
    ("ceiling", f64::ceil),
    ("cos", f64::cos),
    ("cosh", f64::cosh),
    ("degrees", f64::to_degrees),
    ("exp", f64::exp),
    ("floor", f64::floor),
    ("ln", f64::ln),
    ("log", f64::log10),
    ("log10", f64::log10),
    ("log2", f64::log2),
    ("radians", f64::to_radians),
    ("sin", f64::sin),
    ("sinh", f64::sinh),
    ("sqrt", f64::sqrt),
    ("tan", f64::tan),
    ("tanh", f64::tanh),
    ("trunc", f64::trunc),
    ("square", |x| x * x),
];

type Binary = (&'static str, fn(f64, f64) -> f64);

const BINARY: [Binary; 5] = [
    ("atan2", f64::atan2),
    ("log", |base, x| x.ln() / base.ln()),
    ("mod", |x, y| x % y),
    ("pow", f64::powf),
    ("power", f64::powf),
];

/// Registers them all.
pub(super) fn add(database: &Connection) -> rusqlite::Result<()> {
    for (name, function) in UNARY {
        database.create_scalar_function(name, 1, PURE, move |context| {
            Ok(number(context, 0).map(function).filter(|value| !value.is_nan()))
        })?;
    }
    for (name, function) in BINARY {
        database.create_scalar_function(name, 2, PURE, move |context| {
            let both = number(context, 0).zip(number(context, 1));
            Ok(both.map(|(x, y)| function(x, y)).filter(|value| !value.is_nan()))
        })?;
    }
    database.create_scalar_function("pi", 0, PURE, |_| Ok(std::f64::consts::PI))?;
    database.create_scalar_function(HASH, 2, PURE, |context| {
        let Some(value) = text(context, 1) else { return Ok(None) };
        let key = text(context, 0).unwrap_or_default();
        let digest = Sha256::new().chain_update(key).chain_update(value).finalize();
        let mut hex = String::with_capacity(16);
        for byte in digest.iter().take(8) {
            let _ = write!(hex, "{byte:02x}");
        }
        Ok(Some(hex))
    })
}

/// As SQLite's own: NULL for what is no number.
fn number(context: &Context<'_>, index: usize) -> Option<f64> {
    match context.get_raw(index) {
        #[allow(clippy::cast_precision_loss)]
        ValueRef::Integer(value) => Some(value as f64),
        ValueRef::Real(value) => Some(value),
        ValueRef::Text(text) => std::str::from_utf8(text).ok()?.trim().parse().ok(),
        ValueRef::Null | ValueRef::Blob(_) => None,
    }
}

/// A value as SQLite casts it to text.
fn text(context: &Context<'_>, index: usize) -> Option<Vec<u8>> {
    match context.get_raw(index) {
        ValueRef::Null => None,
        ValueRef::Integer(value) => Some(value.to_string().into_bytes()),
        ValueRef::Real(value) => Some(value.to_string().into_bytes()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(bytes.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASHED: &str = "3ebb1c99b12b7746";

    #[test]
    fn they_answer_as_sqlite_does() {
        let database = Connection::open_in_memory().unwrap();
        add(&database).unwrap();
        let one = |sql: &str| {
            database
                .query_row(&format!("SELECT CAST({sql} AS TEXT)"), [], |row| {
                    row.get::<_, Option<String>>(0)
                })
                .unwrap()
        };
        for (sql, expected) in [
            ("sqrt(16)", Some("4.0")),
            ("sqrt(-1)", None),
            ("sqrt('x')", None),
            ("pow(2, 10)", Some("1024.0")),
            ("log(2, 8)", Some("3.0")),
            ("log(100)", Some("2.0")),
            ("floor(-1.5)", Some("-2.0")),
            ("querent_hash('k', NULL)", None),
            // The first 16 digits of sha256('ka').
            ("querent_hash('k', 'a')", Some(HASHED)),
        ] {
            assert_eq!(one(sql).as_deref(), expected, "{sql}");
        }
        assert_eq!(one("querent_hash('k', 'a')"), one("querent_hash('k', 'a')"));
        assert_ne!(one("querent_hash('k', 'a')"), one("querent_hash('l', 'a')"));
    }
}
