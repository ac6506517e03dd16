//! Binary values: how many bytes they are, and their bytes in lines, from the hexadecimal that servers send.

use crate::results::pane::plural;
use model::{catalog::ValueKind, result::ResultColumn};
use std::fmt::Write as _;

/// Up to so many bytes the hexadecimal itself is read at a glance.
const GLANCE: u64 = 32;
/// Digits that are looked at to tell binary values from others.
const CHECKED: usize = 512;
/// Bytes in a line of [`dump`].
const LINE: usize = 16;

/// What a cell says instead of a long binary value: its size. `None`: the value itself is shown.
#[must_use]
pub fn size(column: &ResultColumn, value: &str) -> Option<String> {
    let digits = hexadecimal(column, value)?;
    let bytes = whole_size(value).unwrap_or(digits.len() as u64 / 2);
    (bytes > GLANCE).then(|| plural(bytes, "byte"))
}

/// The digits of a binary value that a database shows as `\x00ff`, `0x00FF` or `X'00FF'`; of a shortened
/// one those that came. SQLite names no type for an expression, so there the form has to do.
#[must_use]
pub fn hexadecimal<'a>(column: &ResultColumn, value: &'a str) -> Option<&'a str> {
    let untyped = column.kind == ValueKind::Other && column.type_name.is_empty();
    let shown = match whole_size(value) {
        Some(_) => value.rsplit_once('…')?.0,
        None => value,
    };
    let digits = match column.kind {
        ValueKind::Binary => shown
            .strip_prefix("\\x")
            .or_else(|| shown.strip_prefix("0x"))
            .or_else(|| shown.strip_prefix("X'")),
        _ if untyped => shown.strip_prefix("X'"),
        _ => None,
    }?;
    let digits = digits.strip_suffix('\'').unwrap_or(digits);
    let even = digits.len().is_multiple_of(2);
    // Looked at for every frame: a megabyte of digits is not read each time.
    (even && digits.bytes().take(CHECKED).all(|digit| digit.is_ascii_hexdigit())).then_some(digits)
}

/// Of a value that the server shortened, how many bytes it has in the database.
#[must_use]
pub fn whole_size(value: &str) -> Option<u64> {
    let (_, bytes) = value.strip_suffix(" bytes]")?.rsplit_once("… [")?;
    bytes.parse().ok()
}

/// Lines of place, bytes, and what of them is ASCII; of the first `most` bytes.
#[must_use]
pub fn dump(digits: &str, most: usize) -> String {
    let digits = &digits.as_bytes()[..digits.len().min(most * 2)];
    let mut out = String::with_capacity(digits.len() * 3);
    for (at, line) in digits.chunks(LINE * 2).enumerate() {
        let _ = write!(out, "{:08x} ", at * LINE);
        let mut read = String::new();
        for pair in line.chunks(2) {
            let byte = str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
            let byte = byte.unwrap_or_default();
            let _ = write!(out, " {byte:02x}");
            read.push(if (0x20..0x7f).contains(&byte) { char::from(byte) } else { '.' });
        }
        let missing = LINE - line.len() / 2;
        let _ = writeln!(out, "{:1$}  {read}", "", missing * 3);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(kind: ValueKind, type_name: &str) -> ResultColumn {
        ResultColumn { name: "b".into(), type_name: type_name.into(), kind, mask: None }
    }

    #[test]
    fn long_binary_values_are_said_by_their_size() {
        let binary = column(ValueKind::Binary, "bytea");
        let long = "ab".repeat(1_000);
        for value in [format!("\\x{long}"), format!("0x{long}"), format!("X'{long}'")] {
            assert_eq!(size(&binary, &value).as_deref(), Some("1,000 bytes"));
        }
        assert_eq!(
            size(&column(ValueKind::Other, ""), &format!("X'{long}'")).as_deref(),
            Some("1,000 bytes")
        );
        assert_eq!(size(&binary, "X'abab'… [3000000 bytes]").as_deref(), Some("3,000,000 bytes"));
        // What is short, or is no binary value, stays as it is.
        assert_eq!(size(&binary, "\\x00ff"), None);
        assert_eq!(size(&binary, &"x".repeat(1_000)), None);
        assert_eq!(size(&column(ValueKind::Text, "text"), &format!("\\x{long}")), None);
        assert_eq!(size(&column(ValueKind::Other, ""), &format!("0x{long}")), None);
    }

    #[test]
    fn bytes_are_laid_out_in_lines() {
        let lines = dump(&format!("48656c6c6f00ff{}41", "20".repeat(9)), 1_000);
        let (first, second) = lines.split_once('\n').unwrap();
        assert_eq!(
            first,
            "00000000  48 65 6c 6c 6f 00 ff 20 20 20 20 20 20 20 20 20  Hello..         "
        );
        assert!(second.starts_with("00000010  41 ") && second.ends_with("  A\n"), "{second:?}");
        assert_eq!(first.find("Hello"), second.find("  A\n").map(|at| at + 2));
        assert_eq!(dump("48656c", 2).matches(" 6").count(), 1);
        assert_eq!(dump("", 10), "");
    }
}
