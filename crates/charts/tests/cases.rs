//! Results and the chart that people expect of them.

use charts::{option, suggest};
use model::{
    catalog::ValueKind::{self, *},
    chart::{ChartKind, ChartSpec},
    result::{Cell, ResultColumn},
};

fn columns(of: &[(&str, ValueKind)]) -> Vec<ResultColumn> {
    let type_name = |kind| match kind {
        Other => "",
        Timestamp => "timestamp without time zone",
        _ => "some",
    };
    let column = |(name, kind): &(&str, ValueKind)| ResultColumn {
        name: (*name).into(),
        type_name: type_name(*kind).into(),
        kind: *kind,
        mask: None,
    };
    of.iter().map(column).collect()
}

/// `"a 1; b 2"`: rows are split at `;`, cells at blanks, `~` is NULL, `_` a blank.
fn rows(text: &str) -> Vec<Vec<Cell>> {
    let cell = |c: &str| (c != "~").then(|| c.replace('_', " "));
    text.split(';').map(|row| row.split_whitespace().map(cell).collect()).collect()
}

/// `kind x/y,y[/series]` or `-`.
fn seen(of: &[(&str, ValueKind)], sample: &str) -> String {
    let sample = rows(sample);
    let Some(found) = suggest(&columns(of), &sample, sample.len() as u64) else {
        return "-".into();
    };
    let spec = found.spec;
    assert_eq!(found.alternatives[0], spec.kind);
    assert!(found.reason.starts_with(char::is_uppercase), "{}", found.reason);
    let y: Vec<String> = spec.y.iter().map(u32::to_string).collect();
    let series = spec.series.map(|s| format!("/{s}")).unwrap_or_default();
    format!("{} {}/{}{series}", spec.kind.title().to_lowercase(), spec.x, y.join(","))
}

#[track_caller]
fn check(of: &[(&str, ValueKind)], sample: &str, expected: &str) {
    assert_eq!(seen(of, sample), expected);
}

#[test]
fn time() {
    let months = "2025-01-01 5; 2025-02-01 7; 2025-03-01 6";
    check(&[("month", Date), ("revenue", Number)], months, "line 0/1");
    check(&[("month", Other), ("revenue", Other)], "2025-01 5; 2025-02 7; 2025-03 6", "line 0/1");
    check(&[("q", Text), ("n", Integer)], "2025-Q1 5; 2025-Q2 7; 2025-Q3 6", "line 0/1");
    check(&[("w", Text), ("n", Integer)], "2025-W01 5; 2025-W02 7; 2025-W03 6", "line 0/1");
    check(
        &[("revenue", Number), ("at", Timestamp)],
        "5 2025-01-01_10:00:00; 7 2025-02-01_10:00:00; 9 2025-02-02_10:00:00",
        "line 1/0",
    );
    check(&[("year", Integer), ("orders", Integer)], "2023 5; 2024 7; 2025 6", "line 0/1");
    check(&[("year", Integer), ("orders", Integer)], "2024 7; 2025 6", "bar 0/1");
    check(&[("month", Integer), ("orders", Integer)], "1 7; 2 6; 3 5", "line 0/1");
    check(
        &[("month", Date), ("a", Number), ("b", Number)],
        "2025-01-01 5 6; 2025-02-01 7 8; 2025-03-01 6 7",
        "line 0/1,2",
    );
    check(
        &[("month", Date), ("sales", Number), ("n", Number)],
        "2025-01-01 5000 6; 2025-02-01 7000 8; 2025-03-01 6000 7",
        "line 0/1",
    );
    check(
        &[("month", Date), ("status", Text), ("n", Integer)],
        "2025-01-01 a 5; 2025-01-01 b 5; 2025-02-01 a 7; 2025-02-01 b 5; 2025-03-01 a 6; 2025-03-01 b 5",
        "line 0/2/1",
    );
    check(
        &[("year", Integer), ("month", Integer), ("n", Integer)],
        "2024 1 5; 2024 2 7; 2025 1 6",
        "-",
    );
}

#[test]
fn names() {
    check(&[("country", Text), ("orders", Integer)], "fr 5; de 7; it 6", "bar 0/1");
    check(&[("orders", Integer), ("country", Text)], "5 fr; 7 de; 6 it", "bar 1/0");
    check(&[("open", Boolean), ("n", Integer)], "t 5; f 7", "bar 0/1");
    check(&[("country", Text), ("share", Number)], "fr 25; de 70; it 5", "pie 0/1");
    check(&[("country", Text), ("percent", Number)], "fr 25; de 70; it -5", "bar 0/1");
    check(
        &[("country", Text), ("channel", Text), ("n", Integer)],
        "fr a 5; fr b 6; de a 7; de b 1",
        "bar 0/2/1",
    );
    check(&[("product_id", Integer), ("product", Text), ("n", Integer)], "1 x 5; 2 y 6", "bar 1/2");
    check(&[("country", Text), ("n", Integer)], "fr ~; de 7; it 6", "bar 0/1");
}

#[test]
fn nothing_fits() {
    check(&[("count", Integer)], "5", "-");
    check(&[("country", Text), ("n", Integer)], "fr 5", "-");
    check(&[("name", Text), ("city", Text)], "a b; c d", "-");
    check(&[("customer_id", Integer), ("name", Text)], "1 b; 2 d", "-");
    check(&[("name", Text), ("postal_code", Integer)], "x 10115; y 20095", "-");
    check(&[("name", Text), ("n", Integer)], "x ~; y ~", "-");
    check(
        &[("first", Text), ("last", Text), ("city", Text), ("points", Integer)],
        "a b c 1; d e f 2",
        "-",
    );
    check(&[("first", Text), ("points", Integer)], "a 1; a 2; b 3", "-");
    check(&[], "", "-");
    assert_eq!(suggest(&columns(&[("a", Text), ("n", Integer)]), &[], 0), None);
    let ragged = vec![vec![Some("a".into())], vec![]];
    assert_eq!(suggest(&columns(&[("a", Text), ("n", Integer)]), &ragged, 2), None);
}

#[test]
fn numbers_only() {
    check(&[("price", Number), ("weight", Number)], "1 2; 2 3; 3 5; 4 4; 5 9", "scatter 0/1");
    check(
        &[("number_of_orders", Integer), ("avg_total", Number)],
        "1 2; 2 3; 3 5; 4 4; 5 9",
        "scatter 0/1",
    );
    check(&[("price", Number), ("supplierId", Integer)], "1 2; 2 3; 3 5; 4 4; 5 9", "-");
    check(&[("price", Number)], "1; 2; 3; 4; 5", "-");
}

#[test]
fn reasons_are_plain_words() {
    let reason = |of: &[(&str, ValueKind)], sample: &str, total: u64| {
        suggest(&columns(of), &rows(sample), total).unwrap().reason
    };
    assert_eq!(
        reason(&[("month", Date), ("revenue", Number)], "2025-01-01 5; 2025-02-01 7", 12),
        "A date (month) and one number (revenue): a line over time"
    );
    assert_eq!(
        reason(&[("city", Text), ("n", Integer)], "x 5; y 7", 8000),
        "Names (city) and one number (n): bars, the first 30 of 8000 in view"
    );
}

fn spec(kind: ChartKind, x: u32, y: &[u32], series: Option<u32>) -> ChartSpec {
    ChartSpec { kind, x, y: y.to_vec(), series }
}

#[test]
fn options_name_their_columns_and_hold_no_rows() {
    let of = columns(&[("month", Date), ("status", Text), ("n", Integer), ("sum", Number)]);
    let line = option(&of, &spec(ChartKind::Line, 0, &[2, 3], None));
    assert_eq!(line["xAxis"]["type"], "time");
    assert_eq!(line["series"][1]["type"], "line");
    assert_eq!(line["series"][1]["encode"], serde_json::json!({"x": 0, "y": 3}));
    assert_eq!(line["dataset"], serde_json::json!({}));
    assert_eq!(line["querent"], serde_json::json!({"sort": 0}));
    assert!(line["legend"].is_object() && line.get("color").is_none());

    let split = option(&of, &spec(ChartKind::Bar, 0, &[2], Some(1)));
    assert_eq!(split["xAxis"]["type"], "category");
    assert_eq!(split["querent"]["pivot"], serde_json::json!({"x": 0, "y": 2, "series": 1}));
    assert_eq!(split["series"].as_array().unwrap().len(), 1);
    assert_eq!(split["dataZoom"][0]["endValue"].as_f64(), Some(29.0));

    let pie = option(&of, &spec(ChartKind::Pie, 1, &[2, 3], None));
    assert_eq!(pie["series"][0]["encode"], serde_json::json!({"itemName": 1, "value": 2}));
    assert!(pie.get("xAxis").is_none() || pie["xAxis"] == serde_json::json!([]));

    let area = option(&of, &spec(ChartKind::Area, 1, &[2], None));
    assert!(area["series"][0]["areaStyle"].is_object());
    let scatter = option(&of, &spec(ChartKind::Scatter, 2, &[3], None));
    assert_eq!(scatter["xAxis"]["type"], "value");
}

#[test]
fn specs_from_outside_never_panic() {
    let of = columns(&[("a", Text), ("n", Integer)]);
    for kind in ChartKind::ALL {
        for bad in [spec(kind, 9, &[1], None), spec(kind, 0, &[9], None), spec(kind, 0, &[], None)]
        {
            assert!(option(&of, &bad)["querent"]["problem"].is_string());
        }
        assert!(
            option(&[], &spec(kind, 0, &[0], Some(u32::MAX)))["querent"]["problem"].is_string()
        );
    }
}
