//! Rows to JSON lines: values are escaped straight into the chunk that will travel, limits are
//! applied on the way.

use crate::{ReadEnd, ReadLimits, RowChunk};
use bytes::Bytes;
use model::result::Truncation;
use std::{io::Write, time::Duration};

/// Chunks are sent when they are about this long.
const CHUNK: usize = 64 << 10;
/// A first chunk starts small, since most results are.
const FIRST_CHUNK: usize = 4 << 10;

/// Bytes that cannot stand in a JSON string as they are.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        special[byte] = true;
        byte += 1;
    }
    special[b'"' as usize] = true;
    special[b'\\' as usize] = true;
    special
};

/// Whether the reader wants more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    More,
    /// A limit was reached; the row at hand was left out.
    Enough,
}

/// Collects rows into chunks.
pub(crate) struct Encoder {
    limits: ReadLimits,
    buffer: Vec<u8>,
    chunk_rows: u32,
    chunk_bytes: u64,
    rows: u64,
    bytes: u64,
    row_start: usize,
    row_bytes: u64,
    row_cells: usize,
    row_shortened: u64,
    shortened: u64,
    truncated: Option<Truncation>,
}

impl Encoder {
    pub(crate) fn new(limits: ReadLimits) -> Self {
        Self {
            limits,
            buffer: Vec::with_capacity(FIRST_CHUNK),
            chunk_rows: 0,
            chunk_bytes: 0,
            rows: 0,
            bytes: 0,
            row_start: 0,
            row_bytes: 0,
            row_cells: 0,
            row_shortened: 0,
            shortened: 0,
            truncated: None,
        }
    }

    /// Starts a row, unless the row limit is reached.
    pub(crate) fn begin_row(&mut self) -> Flow {
        if self.rows >= self.limits.rows {
            self.truncated = Some(Truncation::Rows { limit: self.limits.rows });
            return Flow::Enough;
        }
        self.row_start = self.buffer.len();
        self.buffer.extend_from_slice(if self.chunk_rows == 0 { b"[[" } else { b",[" });
        (self.row_bytes, self.row_cells, self.row_shortened) = (0, 0, 0);
        Flow::More
    }

    /// Ends a row. A row that passes the byte limit is taken back.
    pub(crate) fn end_row(&mut self) -> Flow {
        if self.bytes + self.row_bytes > self.limits.bytes {
            self.buffer.truncate(self.row_start);
            self.truncated = Some(Truncation::Bytes { limit: self.limits.bytes });
            return Flow::Enough;
        }
        self.buffer.push(b']');
        self.rows += 1;
        self.bytes += self.row_bytes;
        self.chunk_rows += 1;
        self.chunk_bytes += self.row_bytes;
        self.shortened += self.row_shortened;
        Flow::More
    }

    pub(crate) fn cells_in_row(&self) -> usize {
        self.row_cells
    }

    fn separate(&mut self) {
        if self.row_cells > 0 {
            self.buffer.push(b',');
        }
        self.row_cells += 1;
    }

    pub(crate) fn null(&mut self) {
        self.separate();
        self.buffer.extend_from_slice(b"null");
    }

    /// A value that is known to need no escape: a number.
    pub(crate) fn plain(&mut self, value: std::fmt::Arguments<'_>) {
        self.separate();
        self.buffer.push(b'"');
        let start = self.buffer.len();
        // Writing to a Vec cannot fail.
        let _ = self.buffer.write_fmt(value);
        self.row_bytes += (self.buffer.len() - start) as u64;
        self.buffer.push(b'"');
    }

    /// A text; what is not UTF-8 in it shows as `�`.
    pub(crate) fn text(&mut self, value: &[u8]) {
        self.separate();
        self.row_bytes += value.len() as u64;
        self.buffer.push(b'"');
        let whole = value.len();
        let shown = if whole > self.limits.cell_bytes {
            &value[..character_boundary(value, self.limits.cell_bytes)]
        } else {
            value
        };
        for piece in shown.utf8_chunks() {
            escape(&mut self.buffer, piece.valid().as_bytes());
            if !piece.invalid().is_empty() {
                self.buffer.extend_from_slice("\u{FFFD}".as_bytes());
            }
        }
        self.close_cell(shown.len() < whole, whole);
    }

    /// Bytes as hexadecimal between `before` and `after`, which need no escape in JSON or are
    /// escaped already.
    pub(crate) fn hex(&mut self, before: &str, value: &[u8], after: &str, upper: bool) {
        self.separate();
        self.row_bytes += value.len() as u64;
        self.buffer.push(b'"');
        self.buffer.extend_from_slice(before.as_bytes());
        let shown = &value[..value.len().min(self.limits.cell_bytes / 2)];
        let digits = if upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
        for byte in shown {
            self.buffer.push(digits[usize::from(byte >> 4)]);
            self.buffer.push(digits[usize::from(byte & 15)]);
        }
        self.buffer.extend_from_slice(after.as_bytes());
        self.close_cell(shown.len() < value.len(), value.len());
    }

    fn close_cell(&mut self, shortened: bool, whole: usize) {
        if shortened {
            self.row_shortened += 1;
            let _ = write!(self.buffer, "… [{whole} bytes]");
        }
        self.buffer.push(b'"');
    }

    /// One field of PostgreSQL's COPY text format: its escapes are JSON's but for one.
    pub(crate) fn copy_field(&mut self, field: &[u8]) {
        if field == b"\\N" {
            return self.null();
        }
        if field.len() > self.limits.cell_bytes {
            let value = unescape_copy(field);
            if value.starts_with(b"\\x") && value.len() > self.limits.cell_bytes {
                return self.long_copy_field(&value);
            }
            return self.text(&value);
        }
        self.separate();
        self.buffer.push(b'"');
        let mut escapes = 0;
        let mut rest = field;
        while let Some(at) = rest.iter().position(|byte| SPECIAL[usize::from(*byte)]) {
            self.buffer.extend_from_slice(&rest[..at]);
            let taken = match (rest[at], rest.get(at + 1)) {
                (b'\\', Some(b'v')) => {
                    self.buffer.extend_from_slice(b"\\u000b");
                    escapes += 1;
                    2
                }
                (b'\\', Some(letter)) => {
                    self.buffer.extend_from_slice(&[b'\\', *letter]);
                    escapes += 1;
                    2
                }
                (byte, _) => {
                    escape_byte(&mut self.buffer, byte);
                    1
                }
            };
            rest = &rest[at + taken..];
        }
        self.buffer.extend_from_slice(rest);
        self.buffer.push(b'"');
        self.row_bytes += (field.len() - escapes) as u64;
    }

    /// A long bytea is cut at whole bytes; its size is that of the value, not of its digits.
    fn long_copy_field(&mut self, value: &[u8]) {
        let hex = &value[2..];
        if !hex.len().is_multiple_of(2) || !hex.iter().all(u8::is_ascii_hexdigit) {
            return self.text(value);
        }
        self.separate();
        self.row_bytes += value.len() as u64;
        self.buffer.extend_from_slice(b"\"\\\\x");
        self.buffer.extend_from_slice(&hex[..self.limits.cell_bytes / 2 * 2]);
        self.close_cell(true, hex.len() / 2);
    }

    pub(crate) fn is_full(&self) -> bool {
        self.buffer.len() >= CHUNK
    }

    /// The rows collected since the last chunk, if there are any.
    pub(crate) fn take_chunk(&mut self) -> Option<RowChunk> {
        if self.chunk_rows == 0 {
            return None;
        }
        self.buffer.extend_from_slice(b"]\n");
        let room = if self.is_full() { CHUNK + CHUNK / 8 } else { FIRST_CHUNK };
        let json = Bytes::from(std::mem::replace(&mut self.buffer, Vec::with_capacity(room)));
        let chunk = RowChunk { rows: self.chunk_rows, value_bytes: self.chunk_bytes, json };
        (self.chunk_rows, self.chunk_bytes) = (0, 0);
        Some(chunk)
    }

    pub(crate) fn end(&self, elapsed: Duration) -> ReadEnd {
        ReadEnd {
            rows: self.rows,
            bytes: self.bytes,
            truncated: self.truncated,
            shortened_cells: self.shortened,
            elapsed,
        }
    }
}

fn escape(buffer: &mut Vec<u8>, mut text: &[u8]) {
    while let Some(at) = text.iter().position(|byte| SPECIAL[usize::from(*byte)]) {
        buffer.extend_from_slice(&text[..at]);
        escape_byte(buffer, text[at]);
        text = &text[at + 1..];
    }
    buffer.extend_from_slice(text);
}

fn escape_byte(buffer: &mut Vec<u8>, byte: u8) {
    match byte {
        b'"' => buffer.extend_from_slice(b"\\\""),
        b'\\' => buffer.extend_from_slice(b"\\\\"),
        b'\n' => buffer.extend_from_slice(b"\\n"),
        b'\r' => buffer.extend_from_slice(b"\\r"),
        b'\t' => buffer.extend_from_slice(b"\\t"),
        _ => {
            let _ = write!(buffer, "\\u{byte:04x}");
        }
    }
}

/// The last start of a character at or before `at`.
fn character_boundary(text: &[u8], at: usize) -> usize {
    let lowest = at.saturating_sub(3);
    (lowest..=at).rev().find(|i| text[*i] & 0xC0 != 0x80).unwrap_or(at)
}

/// The value behind a COPY field.
fn unescape_copy(field: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(field.len());
    let mut bytes = field.iter();
    while let Some(byte) = bytes.next() {
        if *byte != b'\\' {
            out.push(*byte);
            continue;
        }
        match bytes.next() {
            Some(b'b') => out.push(0x08),
            Some(b'f') => out.push(0x0C),
            Some(b'n') => out.push(b'\n'),
            Some(b'r') => out.push(b'\r'),
            Some(b't') => out.push(b'\t'),
            Some(b'v') => out.push(0x0B),
            Some(other) => out.push(*other),
            None => out.push(b'\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(cell_bytes: usize) -> ReadLimits {
        ReadLimits { rows: 3, bytes: 100, timeout: Duration::from_secs(1), cell_bytes }
    }

    fn cell(cell_bytes: usize, write: impl FnOnce(&mut Encoder)) -> String {
        let mut encoder = Encoder::new(limits(cell_bytes));
        assert_eq!(encoder.begin_row(), Flow::More);
        write(&mut encoder);
        assert_eq!(encoder.end_row(), Flow::More);
        let json = encoder.take_chunk().unwrap().json;
        let rows: Vec<Vec<Option<String>>> = serde_json::from_slice(&json).unwrap();
        rows[0][0].clone().unwrap_or_else(|| "NULL".to_owned())
    }

    #[test]
    fn cells() {
        let all: String = (0..0x300_u32).filter_map(char::from_u32).collect();
        let mut many = limits(9_999);
        many.bytes = 9_999;
        let mut encoder = Encoder::new(many);
        encoder.begin_row();
        encoder.text(all.as_bytes());
        encoder.end_row();
        let rows: Vec<Vec<String>> =
            serde_json::from_slice(&encoder.take_chunk().unwrap().json).unwrap();
        assert_eq!(rows[0][0], all);

        assert_eq!(cell(99, |e| e.text(b"a\xFFb")), "a\u{FFFD}b");
        assert_eq!(cell(4, |e| e.text("aäöü".as_bytes())), "aä… [7 bytes]");
        assert_eq!(cell(99, |e| e.hex("0x", &[0, 255], "", true)), "0x00FF");
        assert_eq!(cell(4, |e| e.hex("X'", &[1, 2, 3], "'", true)), "X'0102'… [3 bytes]");
        assert_eq!(cell(99, |e| e.plain(format_args!("{}", -5))), "-5");
    }

    #[test]
    fn copy_fields() {
        for (field, value) in [
            (&b"\\N"[..], "NULL"),
            (b"", ""),
            (b"plain", "plain"),
            (b"\\\\N", "\\N"),
            (b"a\\tb\\nc\\\\d\"e", "a\tb\nc\\d\"e"),
            (b"\\b\\f\\v\\r\x01", "\u{8}\u{c}\u{b}\r\u{1}"),
            (b"\\\\x6869", "\\x6869"),
        ] {
            assert_eq!(cell(99, |e| e.copy_field(field)), value);
        }
        assert_eq!(cell(4, |e| e.copy_field(b"a\\nbcdef")), "a\nbc… [7 bytes]");
        assert_eq!(cell(4, |e| e.copy_field(b"\\\\x0102030405")), "\\x0102… [5 bytes]");
    }

    #[test]
    fn limits_apply_and_are_told() {
        let mut encoder = Encoder::new(limits(99));
        for _ in 0..3 {
            assert_eq!(encoder.begin_row(), Flow::More);
            encoder.text(b"1234");
            assert_eq!(encoder.end_row(), Flow::More);
        }
        assert_eq!(encoder.begin_row(), Flow::Enough);
        assert_eq!(encoder.take_chunk().unwrap().json, "[[\"1234\"],[\"1234\"],[\"1234\"]]\n");
        assert_eq!(encoder.end(Duration::ZERO).truncated, Some(Truncation::Rows { limit: 3 }));

        let mut encoder = Encoder::new(ReadLimits { bytes: 5, ..limits(99) });
        encoder.begin_row();
        encoder.text(b"1234");
        assert_eq!(encoder.end_row(), Flow::More);
        encoder.begin_row();
        encoder.text(b"56");
        assert_eq!(encoder.end_row(), Flow::Enough);
        assert_eq!(encoder.take_chunk().unwrap().json, "[[\"1234\"]]\n");
        let end = encoder.end(Duration::ZERO);
        assert_eq!((end.rows, end.bytes), (1, 4));
        assert_eq!(end.truncated, Some(Truncation::Bytes { limit: 5 }));
    }
}
