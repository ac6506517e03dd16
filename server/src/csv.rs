//! Rows as CSV (RFC 4180): CRLF between records, quotes only where needed, NULL as nothing at all
//! and the empty text as `""`, so that the two stay apart.

use bytes::Bytes;
use model::result::{Cell, ResultColumn};

/// The record of column names.
#[must_use]
pub fn header(columns: &[ResultColumn]) -> Bytes {
    let mut out = Vec::new();
    let names: Vec<Cell> = columns.iter().map(|column| Some(column.name.clone())).collect();
    record(&mut out, &names);
    out.into()
}

/// A chunk of rows in the result's wire format, as CSV.
///
/// # Errors
/// When the chunk is not the JSON it should be.
pub fn rows(json: &[u8]) -> Result<Bytes, serde_json::Error> {
    let rows: Vec<Vec<Cell>> = serde_json::from_slice(json)?;
    let mut out = Vec::with_capacity(json.len());
    rows.iter().for_each(|row| record(&mut out, row));
    Ok(out.into())
}

fn record(out: &mut Vec<u8>, row: &[Cell]) {
    for (at, cell) in row.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        if let Some(text) = cell {
            field(out, text);
        }
    }
    out.extend_from_slice(b"\r\n");
}

fn field(out: &mut Vec<u8>, text: &str) {
    let plain = !text.is_empty() && !text.contains(['"', ',', '\r', '\n']);
    if plain {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_where_needed_and_keeps_null_apart_from_empty() {
        for (json, csv) in [
            (r#"[["a","1"]]"#, "a,1\r\n"),
            (r#"[[null,""]]"#, ",\"\"\r\n"),
            (r#"[["a,b","say \"hi\""]]"#, "\"a,b\",\"say \"\"hi\"\"\"\r\n"),
            (r#"[["two\nlines","\r"]]"#, "\"two\nlines\",\"\r\"\r\n"),
            (r#"[["ü"],["ß"]]"#, "ü\r\nß\r\n"),
            ("[]", ""),
        ] {
            assert_eq!(rows(json.as_bytes()).unwrap(), csv.as_bytes(), "{json}");
        }
        assert!(rows(b"{").is_err());
    }
}
