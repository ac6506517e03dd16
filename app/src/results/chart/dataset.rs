//! The rows of a chart as ECharts takes them: an array of arrays, the header first.
//!
//! What has to be done with the rows is said by the option's key `querent` (see `crates/charts`).

use crate::results::data::ResultData;
use model::catalog::ValueKind;
use serde::Deserialize;
use serde_json::{Number, Value};

/// The instructions that come with an option.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Instructions {
    /// Sort by this column first.
    pub sort: Option<usize>,
    pub pivot: Option<Pivot>,
    /// The chart does not fit; a sentence for people.
    pub problem: Option<String>,
}

/// One column per distinct value of `series`, one row per distinct value of `x`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Pivot {
    pub x: usize,
    pub y: usize,
    pub series: usize,
}

impl Instructions {
    /// Takes the instructions out of an option.
    #[must_use]
    pub fn take(option: &mut Value) -> Self {
        option
            .as_object_mut()
            .and_then(|object| object.remove("querent"))
            .and_then(|querent| serde_json::from_value(querent).ok())
            .unwrap_or_default()
    }
}

/// `used`: the columns that the chart draws; others stay empty to keep positions. `join` gives rows
/// that share an `x` one place (not for scatter charts).
#[must_use]
pub fn source(data: &ResultData, used: &[usize], how: &Instructions, join: bool) -> Value {
    let mut rows: Vec<usize> = (0..data.rows.len()).collect();
    if let Some(column) = how.sort {
        rows.sort_by(|a, b| compare(data, column, *a, *b));
    }
    match &how.pivot {
        Some(pivot) => pivoted(data, &rows, pivot, join),
        None => {
            let mut all = vec![header(data)];
            all.extend(rows.into_iter().map(|row| {
                let cell = |c| if used.contains(&c) { value(data, row, c) } else { Value::Null };
                Value::Array((0..data.columns.len()).map(cell).collect())
            }));
            Value::Array(all)
        }
    }
}

fn header(data: &ResultData) -> Value {
    // Names may repeat; ECharts wants them to differ.
    let mut seen: Vec<&str> = Vec::new();
    let names = data.columns.iter().enumerate().map(|(i, column)| {
        let repeated = seen.contains(&column.name.as_str());
        seen.push(&column.name);
        if repeated { format!("{} ({})", column.name, i + 1) } else { column.name.clone() }.into()
    });
    Value::Array(names.collect())
}

fn pivoted(data: &ResultData, rows: &[usize], pivot: &Pivot, join: bool) -> Value {
    let name = data.columns.get(pivot.x).map_or("", |column| column.name.as_str());
    let (mut places, mut series) = (Places::default(), Places::default());
    let mut table: Vec<Vec<Value>> = Vec::new();
    for row in rows {
        let column = series.of(data.rows.cell(*row, pivot.series).unwrap_or("NULL")) + 1;
        let x = data.rows.cell(*row, pivot.x);
        let at = if join { places.of(x.unwrap_or("NULL")) } else { table.len() };
        if at == table.len() {
            table.push(vec![value(data, *row, pivot.x)]);
        }
        let line = &mut table[at];
        line.resize(line.len().max(column + 1), Value::Null);
        line[column] = value(data, *row, pivot.y);
    }
    let width = series.names.len() + 1;
    let mut all = vec![Value::Array(
        std::iter::once(name.to_string()).chain(series.names).map(Value::from).collect(),
    )];
    all.extend(table.into_iter().map(|mut line| {
        line.resize(width, Value::Null);
        Value::Array(line)
    }));
    Value::Array(all)
}

/// Distinct values in the order in which they came.
#[derive(Default)]
struct Places {
    names: Vec<String>,
    by_name: std::collections::BTreeMap<String, usize>,
}

impl Places {
    fn of(&mut self, name: &str) -> usize {
        if let Some(at) = self.by_name.get(name) {
            return *at;
        }
        self.names.push(name.to_string());
        self.by_name.insert(name.to_string(), self.names.len() - 1);
        self.names.len() - 1
    }
}

/// A number where the column is numeric and the text is one that JSON can hold. Where the database
/// names no type (expressions in SQLite), the text decides.
fn value(data: &ResultData, row: usize, column: usize) -> Value {
    let meta = data.columns.get(column);
    let numeric = meta.is_some_and(|c| c.kind.is_numeric());
    let untyped = meta.is_some_and(|c| c.type_name.is_empty() && c.kind == ValueKind::Other);
    match data.rows.cell(row, column) {
        None => Value::Null,
        Some(text) if untyped => number(text).map_or_else(|| text.into(), Value::Number),
        Some(text) if numeric => number(text).map_or(Value::Null, Value::Number),
        Some(text) => text.into(),
    }
}

fn number(text: &str) -> Option<Number> {
    match text.parse::<i64>() {
        Ok(whole) => Some(whole.into()),
        Err(_) => Number::from_f64(text.parse().ok()?),
    }
}

fn compare(data: &ResultData, column: usize, a: usize, b: usize) -> std::cmp::Ordering {
    let numeric = data.columns.get(column).is_some_and(|c| c.kind.is_numeric());
    let (a, b) = (data.rows.cell(a, column), data.rows.cell(b, column));
    if numeric {
        let of = |cell: Option<&str>| cell.and_then(|text| text.parse::<f64>().ok());
        return of(a).partial_cmp(&of(b)).unwrap_or(std::cmp::Ordering::Equal);
    }
    a.cmp(&b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::result::ResultColumn;
    use serde_json::json;

    fn data(columns: &[(&str, ValueKind)], rows: &[&[Option<&str>]]) -> ResultData {
        let column = |(name, kind): &(&str, ValueKind)| ResultColumn {
            name: (*name).into(),
            type_name: String::new(),
            kind: *kind,
            mask: None,
        };
        let rows: Vec<Vec<_>> =
            rows.iter().map(|row| row.iter().map(|c| c.map(str::to_string)).collect()).collect();
        ResultData {
            columns: columns.iter().map(column).collect(),
            rows: rows.into(),
            ..ResultData::default()
        }
    }

    const MONTHS: [(&str, ValueKind); 3] =
        [("month", ValueKind::Text), ("kind", ValueKind::Text), ("sum", ValueKind::Number)];

    #[test]
    fn numbers_are_numbers_and_rows_sorted() {
        let data = data(
            &MONTHS,
            &[
                &[Some("2025-02"), Some("a"), Some("1.50")],
                &[Some("2025-01"), None, Some("NaN")],
                &[None, Some("b"), Some("9007199254740993")],
            ],
        );
        let how = Instructions { sort: Some(0), ..Instructions::default() };
        assert_eq!(
            source(&data, &[0, 2], &how, true),
            json!([
                ["month", "kind", "sum"],
                [null, null, 9_007_199_254_740_993_i64],
                ["2025-01", null, null],
                ["2025-02", null, 1.5]
            ])
        );
    }

    #[test]
    fn a_series_per_value() {
        let data = data(
            &MONTHS,
            &[
                &[Some("1"), Some("a"), Some("10")],
                &[Some("2"), Some("b"), Some("20")],
                &[Some("1"), Some("b"), Some("30")],
            ],
        );
        let mut option = json!({"x": 1, "querent": {"pivot": {"x": 0, "y": 2, "series": 1}}});
        let how = Instructions::take(&mut option);
        assert_eq!(option, json!({"x": 1}));
        let joined = json!([["month", "a", "b"], ["1", 10, 30], ["2", null, 20]]);
        assert_eq!(source(&data, &[], &how, true), joined);
        assert_eq!(source(&data, &[], &how, false).as_array().unwrap().len(), 4);
    }

    #[test]
    fn repeated_names_are_told_apart() {
        let data = data(&[("n", ValueKind::Integer), ("n", ValueKind::Integer)], &[]);
        assert_eq!(source(&data, &[], &Instructions::default(), true), json!([["n", "n (2)"]]));
    }
}
