//! The short answer: the figures that matter, in words, computed from the rows themselves.

use super::{execute::Digest, story, words};
use crate::drafter::Draft;
use model::{
    catalog::ValueKind,
    result::{Cell, ResultTable, Truncation},
    run::Answer,
};

const PREVIEW_ROWS: usize = 50;
const PREVIEW_COLUMNS: usize = 100;
const PREVIEW_CHARS: usize = 300;
const FOLLOW_UPS: usize = 3;

pub fn present(digest: &Digest, draft: &Draft) -> Answer {
    let mut text = figures(digest, draft);
    for note in notes(digest) {
        text.push(' ');
        text.push_str(&note);
    }
    Answer {
        text,
        chart: digest.chart.clone(),
        follow_ups: draft.follow_ups.iter().take(FOLLOW_UPS).cloned().collect(),
        understood: draft.chips.clone(),
        confidence: None,
        preview: preview(digest),
    }
}

fn figures(digest: &Digest, draft: &Draft) -> String {
    let Digest { columns, rows, end, .. } = digest;
    if end.rows == 0 {
        return "Nothing matches: the result has no rows.".into();
    }
    if let ([row], 1) = (rows.as_slice(), end.rows) {
        return single(digest, row);
    }
    let drawn = digest.chart.as_ref().and_then(|chart| {
        let whole = digest.complete && end.truncated.is_none();
        // A LIMIT in the draft makes sums and lowest values those of a selection.
        let whole = whole && !has_limit(&draft.sql);
        story::of(digest, &chart.spec, whole)
    });
    drawn.unwrap_or_else(|| {
        let names: Vec<String> = columns.iter().map(|c| words::label(&c.name)).collect();
        let count = words::grouped(&end.rows.to_string());
        format!("{count} rows with {}{}.", words::listed(&names, 6), first_ones(digest))
    })
}

/// The first names of a list: `; it begins with Ada, Bob and Cy`. A column that repeats itself at once,
/// as a status does, names nothing.
fn first_ones(digest: &Digest) -> String {
    let texts = digest.columns.iter().enumerate();
    let texts = texts.filter(|(_, c)| matches!(c.kind, ValueKind::Text | ValueKind::Enum));
    let firsts = texts.map(|(column, _)| {
        let values = digest.rows.iter().filter_map(|r| r.get(column)?.as_deref());
        values.take(3).map(|v| words::line(v, 40)).collect::<Vec<_>>()
    });
    let tells_apart = |values: &Vec<String>| {
        !values.is_empty() && values.iter().enumerate().all(|(at, v)| !values[..at].contains(v))
    };
    let named = firsts.into_iter().find(tells_apart);
    named.map_or_else(String::new, |v| format!("; it begins with {}", words::listed(&v, 3)))
}

fn has_limit(sql: &str) -> bool {
    let lower = sql.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| matches!(w, "limit" | "fetch"))
}

fn single(digest: &Digest, row: &[Cell]) -> String {
    let named = |i: usize| digest.columns.get(i).map(|c| words::label(&c.name)).unwrap_or_default();
    let shown = |cell: &Cell, i: usize| match cell {
        Some(text) => value(text, digest.columns.get(i).map(|c| c.kind).unwrap_or_default()),
        None => "empty".into(),
    };
    match row {
        [] => "One row without columns.".into(),
        [None] => format!("There is no value for {}: nothing to compute it from.", named(0)),
        [Some(text)] if is_number(text) => {
            format!("The {} is {}.", named(0), shown(&row[0], 0))
        }
        [cell] => format!("{}: {}.", words::capital(&named(0)), shown(cell, 0)),
        cells => {
            let told = cells.iter().enumerate().take(6);
            let told: Vec<_> =
                told.map(|(i, c)| format!("{}: {}", named(i), shown(c, i))).collect();
            let more = match cells.len().saturating_sub(6) {
                0 => String::new(),
                n => format!("; and {n} more columns"),
            };
            format!("{}{more}.", words::capital(&told.join("; ")))
        }
    }
}

fn value(text: &str, kind: ValueKind) -> String {
    let counts = kind.is_numeric() || kind == ValueKind::Other;
    if counts && is_number(text) { words::rounded(text) } else { words::line(text, 120) }
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// What was cut, so that nothing is cut silently.
fn notes(digest: &Digest) -> Vec<String> {
    let mut notes = Vec::new();
    match digest.end.truncated {
        Some(Truncation::Rows { limit }) => notes.push(format!(
            "Only the first {} rows were read; there are more.",
            words::grouped(&limit.to_string())
        )),
        Some(Truncation::Bytes { limit }) => notes.push(format!(
            "Reading stopped at {} MB; there are more rows.",
            words::figure(limit as f64 / f64::from(1 << 20))
        )),
        None if !digest.complete => notes.push("There are too many rows to sum up here.".into()),
        None => {}
    }
    match digest.end.shortened_cells {
        0 => {}
        1 => notes.push("One long value is shortened.".into()),
        n => notes.push(format!("{} long values are shortened.", words::grouped(&n.to_string()))),
    }
    if digest.columns.len() > PREVIEW_COLUMNS {
        notes.push(format!(
            "The preview shows the first {PREVIEW_COLUMNS} of {} columns.",
            words::grouped(&digest.columns.len().to_string())
        ));
    }
    notes
}

fn preview(digest: &Digest) -> ResultTable {
    let cell = |c: &Cell| match c {
        Some(text) if text.len() > PREVIEW_CHARS => {
            let cut = text.char_indices().nth(PREVIEW_CHARS).map_or(text.len(), |(i, _)| i);
            Some(if cut < text.len() { format!("{}…", &text[..cut]) } else { text.clone() })
        }
        other => other.clone(),
    };
    let row = |row: &Vec<Cell>| row.iter().take(PREVIEW_COLUMNS).map(cell).collect();
    ResultTable {
        columns: digest.columns.iter().take(PREVIEW_COLUMNS).cloned().collect(),
        rows: digest.rows.iter().take(PREVIEW_ROWS).map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connect::ReadEnd;
    use model::result::ResultColumn;
    use std::time::Duration;

    fn digest(columns: &[(&str, ValueKind)], rows: &[&[&str]]) -> Digest {
        let column = |(name, kind): &(&str, ValueKind)| ResultColumn {
            name: (*name).into(),
            type_name: "x".into(),
            kind: *kind,
            mask: None,
        };
        let cell = |c: &&str| (*c != "~").then(|| (*c).to_owned());
        let columns: Vec<_> = columns.iter().map(column).collect();
        let rows: Vec<Vec<Cell>> = rows.iter().map(|r| r.iter().map(cell).collect()).collect();
        let chart = charts::suggest(&columns, &rows, rows.len() as u64);
        let end = ReadEnd {
            rows: rows.len() as u64,
            bytes: 0,
            truncated: None,
            shortened_cells: 0,
            elapsed: Duration::ZERO,
        };
        Digest { columns, rows, complete: true, end, chart }
    }

    #[track_caller]
    fn says(digest: &Digest, sql: &str, text: &str) {
        let draft = Draft { sql: sql.into(), ..Draft::default() };
        assert_eq!(present(digest, &draft).text, text);
    }

    use ValueKind::{Date, Integer, Number, Text};

    #[test]
    fn one_row() {
        says(&digest(&[("count(*)", Integer)], &[&["24000"]]), "", "The count is 24,000.");
        says(
            &digest(&[("sum(total)", Number)], &[&["~"]]),
            "",
            "There is no value for total: nothing to compute it from.",
        );
        says(&digest(&[("name", Text)], &[&["Ada"]]), "", "Name: Ada.");
        says(
            &digest(&[("name", Text), ("total", Number)], &[&["Ada", "1234.5"]]),
            "",
            "Name: Ada; total: 1,234.5.",
        );
        says(&digest(&[("name", Text)], &[]), "", "Nothing matches: the result has no rows.");
    }

    #[test]
    fn over_time() {
        let rows: &[&[&str]] =
            &[&["2025-10-01", "800000"], &["2025-11-01", "300000.5"], &["2025-12-01", "143200"]];
        says(
            &digest(&[("month", Date), ("revenue", Number)], rows),
            "SELECT",
            "Revenue was 1.24 M in total over 3 months; the highest month was October 2025 with 800,000, \
             the lowest December 2025 with 143,200.",
        );
        says(
            &digest(&[("month", Date), ("avg_price", Number)], rows),
            "SELECT",
            "Avg price over 3 months: the highest month was October 2025 with 800,000, the lowest December 2025 with 143,200.",
        );
    }

    #[test]
    fn by_category() {
        let rows: &[&[&str]] = &[&["fr", "10"], &["de", "25"], &["it", "5"]];
        let data = digest(&[("country", Text), ("orders", Integer)], rows);
        says(
            &data,
            "SELECT",
            "Orders by country: de with 25 leads, 62.5 % of 40 in total, then fr with 10; last of 3 is it with 5.",
        );
        says(&data, "SELECT … LIMIT 3", "Orders by country: de with 25 leads, then fr with 10.");
    }

    #[test]
    fn lists_and_cuts() {
        let mut data = digest(&[("name", Text), ("city", Text)], &[&["a", "b"], &["c", "d"]]);
        says(&data, "", "2 rows with name and city; it begins with a and c.");
        let rows: &[&[&str]] = &[&["paid", "Ada"], &["paid", "Bob"]];
        let repeated = digest(&[("status", Text), ("name", Text)], rows);
        says(&repeated, "", "2 rows with status and name; it begins with Ada and Bob.");
        data.end.rows = 10_000;
        data.end.truncated = Some(Truncation::Rows { limit: 10_000 });
        data.end.shortened_cells = 2;
        says(
            &data,
            "",
            "10,000 rows with name and city; it begins with a and c. Only the first 10,000 rows were read; there are more. 2 long values are shortened.",
        );
    }

    #[test]
    fn split_series() {
        let rows: &[&[&str]] =
            &[&["fr", "a", "1"], &["fr", "b", "2"], &["de", "a", "3"], &["de", "b", "4"]];
        says(
            &digest(&[("country", Text), ("channel", Text), ("orders", Integer)], rows),
            "",
            "Orders by country and channel: 10 in total; the highest is 4 (de, b), the lowest 1 (fr, a).",
        );
    }

    #[test]
    fn previews_stay_small() {
        let wide: Vec<(&str, ValueKind)> = vec![("c", Text); 5_000];
        let long = "ü".repeat(5_000);
        let cells: Vec<&str> = vec![long.as_str(); 5_000];
        let rows: Vec<&[&str]> = vec![cells.as_slice(); 2];
        let answer = present(&digest(&wide, &rows), &Draft::default());
        assert_eq!(answer.preview.columns.len(), PREVIEW_COLUMNS);
        assert_eq!(
            answer.preview.rows[0][0].as_ref().map(|c| c.chars().count()),
            Some(PREVIEW_CHARS + 1)
        );
        assert!(answer.text.contains("first 100 of 5,000 columns"));
    }
}
