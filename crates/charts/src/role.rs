//! What a column can be in a chart: from its kind, its name and a sample of its values.

use model::{
    catalog::ValueKind,
    result::{Cell, ResultColumn},
};
use std::collections::HashSet;

/// A column's part in a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Points in time that sort as text: dates, timestamps, `2025-03`, `2025-Q1`.
    Time,
    /// Years, months, weeks, hours as numbers: along an axis, never up it.
    Period,
    /// A number that can be drawn.
    Measure,
    /// Names to compare.
    Category,
    /// Keys and everything that is not for drawing.
    Other,
}

/// A column with what its sample shows.
#[derive(Clone, Debug)]
pub struct Reading {
    pub position: u32,
    pub name: String,
    pub role: Role,
    /// Different values in the sample.
    pub distinct: usize,
    /// No value twice and none missing in the sample.
    pub unique: bool,
    /// Parsed values of a measure, NULLs left out.
    pub numbers: Vec<f64>,
}

/// Reads all columns; `sample` has one cell per column and row.
pub fn read(columns: &[ResultColumn], sample: &[Vec<Cell>]) -> Vec<Reading> {
    (0u32..).zip(columns).map(|(position, column)| one(position, column, sample)).collect()
}

fn one(position: u32, column: &ResultColumn, sample: &[Vec<Cell>]) -> Reading {
    let cells = || sample.iter().map(|row| row.get(position as usize).and_then(Option::as_deref));
    let values: Vec<&str> = cells().flatten().collect();
    let distinct = values.iter().collect::<HashSet<_>>().len();
    let role = role(column, &values);
    let numbers = match role {
        Role::Measure => values.iter().filter_map(|v| number(v)).collect(),
        _ => Vec::new(),
    };
    let unique = distinct == sample.len();
    Reading { position, name: column.name.clone(), role, distinct, unique, numbers }
}

fn role(column: &ResultColumn, values: &[&str]) -> Role {
    use ValueKind as K;
    match column.kind {
        K::Date | K::Timestamp => Role::Time,
        K::Integer | K::Number => numeric(&column.name, values),
        K::Boolean | K::Enum => Role::Category,
        K::Text => text(&column.name, values),
        // SQLite does not say what an expression gives.
        K::Other if column.type_name.is_empty() && !values.is_empty() => {
            if values.iter().all(|v| number(v).is_some()) {
                numeric(&column.name, values)
            } else {
                text(&column.name, values)
            }
        }
        _ => Role::Other,
    }
}

fn text(name: &str, values: &[&str]) -> Role {
    if !values.is_empty() && values.iter().all(|v| is_time(v)) {
        Role::Time
    } else if !values.is_empty() && values.iter().all(|v| is_year(v)) && says(name, &["year"]) {
        Role::Period
    } else if values.iter().any(|v| v.chars().count() > 80) {
        Role::Other
    } else {
        Role::Category
    }
}

fn numeric(name: &str, values: &[&str]) -> Role {
    let whole = |low: i64, high: i64| {
        values.iter().all(|v| {
            v.trim_end_matches(".0").parse::<i64>().is_ok_and(|n| (low..=high).contains(&n))
        })
    };
    if says(name, &["year", "yr", "jahr"]) && whole(1000, 2999) {
        return Role::Period;
    }
    let small = [
        (&["month"][..], 12),
        (&["quarter"], 4),
        (&["week"], 53),
        (&["weekday", "dow"], 7),
        (&["day"], 366),
        (&["hour"], 23),
    ];
    let last = words(name).pop().unwrap_or_default();
    if small.iter().any(|(names, high)| names.contains(&last.as_str()) && whole(0, *high)) {
        return Role::Period;
    }
    if is_key(name) { Role::Other } else { Role::Measure }
}

/// Numbers that name something instead of counting it.
fn is_key(name: &str) -> bool {
    let words = words(name);
    // `number_of_orders`, `count(id)` count; `order_number`, `customer_id` do not.
    let counted = ["count", "sum", "avg", "average", "total", "min", "max", "number", "distinct"];
    if words.len() > 1 && words.first().is_some_and(|w| counted.contains(&w.as_str())) {
        return false;
    }
    let keys = [
        "id",
        "key",
        "pk",
        "fk",
        "no",
        "nr",
        "number",
        "code",
        "zip",
        "zipcode",
        "postcode",
        "sku",
        "phone",
        "fax",
        "isbn",
        "ean",
        "ssn",
        "uuid",
        "oid",
        "lat",
        "latitude",
        "lon",
        "lng",
        "longitude",
        "rowid",
    ];
    let postal = words.iter().any(|w| w == "postal");
    postal || words.last().is_some_and(|w| keys.contains(&w.as_str()))
}

fn says(name: &str, wanted: &[&str]) -> bool {
    words(name).iter().any(|w| wanted.contains(&w.as_str()))
}

/// The words of `orderId`, `order_id`, `Order Id`, `count(order_id)`, in lower case.
pub fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && before_lower) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before_lower = c.is_lowercase();
    }
    words.retain(|w| !w.is_empty());
    words
}

/// A finite number as databases print them.
pub fn number(text: &str) -> Option<f64> {
    let starts = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.' | '+'));
    text.parse().ok().filter(|n: &f64| starts && n.is_finite())
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())
}

/// `2025-03`, `2025-03-01`, `2025-03-01 10:00…`, `2025-Q1`, `2025-W07`.
fn is_time(text: &str) -> bool {
    let b = text.as_bytes();
    let digits = |from: usize, to: usize| {
        b.get(from..to).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    if !digits(0, 4) || !matches!(b.get(4), Some(b'-' | b'/')) {
        return false;
    }
    match b.len() {
        7 if b[5] == b'Q' => (b'1'..=b'4').contains(&b[6]),
        7 => digits(5, 7),
        8 => b[5] == b'W' && digits(6, 8),
        10 => digits(5, 7) && b[7] == b[4] && digits(8, 10),
        16.. => digits(5, 7) && digits(8, 10) && matches!(b[10], b' ' | b'T') && b[13] == b':',
        _ => false,
    }
}
