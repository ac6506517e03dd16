//! What a database says of its plan, as steps: PostgreSQL's JSON, MySQL's table, SQLite's tree.

use crate::results::data::ResultData;
use serde_json::Value;

/// One step of a plan, in the order in which databases print them: a step before those that feed it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    pub depth: usize,
    /// What it does, and to what.
    pub title: String,
    /// Conditions, keys and other words of the database.
    pub notes: Vec<String>,
    /// How many rows the database expects.
    pub rows: Option<f64>,
    /// The database's own unit, with all the steps that feed it.
    pub cost: Option<f64>,
    /// The part of the whole cost that is this step's own: 0 to 1.
    pub share: Option<f64>,
    /// Reads a table from end to end.
    pub scan: bool,
}

/// The steps; `None` when this is no plan that is known here.
#[must_use]
pub fn steps(data: &ResultData) -> Option<Vec<Step>> {
    let column = |name: &str| data.columns.iter().position(|c| c.name.eq_ignore_ascii_case(name));
    let steps = if let Some(detail) = column("detail") {
        sqlite(data, column("id")?, column("parent")?, detail)
    } else if column("select_type").is_some() {
        mysql(data, &|name| column(name))
    } else {
        postgres(data.rows.cell(0, column("QUERY PLAN")?)?)?
    };
    (!steps.is_empty()).then_some(steps)
}

fn postgres(text: &str) -> Option<Vec<Step>> {
    let plans: Value = serde_json::from_str(text).ok()?;
    let root = plans.get(0)?.get("Plan")?;
    let mut steps = Vec::new();
    let whole = number(root, "Total Cost").filter(|cost| *cost > 0.0);
    postgres_node(root, 0, whole, &mut steps);
    Some(steps)
}

fn postgres_node(node: &Value, depth: usize, whole: Option<f64>, into: &mut Vec<Step>) {
    let children = node.get("Plans").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let cost = number(node, "Total Cost");
    let fed: f64 = children.iter().filter_map(|child| number(child, "Total Cost")).sum();
    let share = whole.zip(cost).map(|(whole, cost)| ((cost - fed) / whole).clamp(0.0, 1.0));
    into.push(Step {
        depth,
        title: postgres_title(node),
        notes: postgres_notes(node),
        rows: number(node, "Plan Rows"),
        cost,
        share,
        scan: word(node, "Node Type") == Some("Seq Scan"),
    });
    for child in children {
        postgres_node(child, depth + 1, whole, into);
    }
}

fn postgres_title(node: &Value) -> String {
    let mut title = word(node, "Node Type").unwrap_or("Step").to_string();
    match word(node, "Join Type") {
        None | Some("Inner") => {}
        Some(join) => title = format!("{title} ({})", join.to_lowercase()),
    }
    let of = ["Relation Name", "CTE Name", "Function Name"].iter().find_map(|key| word(node, key));
    if let Some(of) = of {
        title = format!("{title} on {of}");
        match word(node, "Alias") {
            Some(alias) if alias != of => title = format!("{title} as {alias}"),
            _ => {}
        }
    }
    if let Some(index) = word(node, "Index Name") {
        title = format!("{title} using {index}");
    }
    title
}

fn postgres_notes(node: &Value) -> Vec<String> {
    const KEYS: [&str; 10] = [
        "Subplan Name",
        "Index Cond",
        "Recheck Cond",
        "Hash Cond",
        "Merge Cond",
        "Join Filter",
        "Filter",
        "Sort Key",
        "Group Key",
        "Workers Planned",
    ];
    let said = |key: &&str| {
        let value = match node.get(key)? {
            Value::String(text) => text.clone(),
            Value::Array(parts) => {
                parts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
            }
            other => other.to_string(),
        };
        Some(format!("{key}: {value}"))
    };
    KEYS.iter().filter_map(said).collect()
}

fn word<'a>(node: &'a Value, key: &str) -> Option<&'a str> {
    node.get(key)?.as_str()
}

fn number(node: &Value, key: &str) -> Option<f64> {
    node.get(key)?.as_f64()
}

fn mysql(data: &ResultData, column: &dyn Fn(&str) -> Option<usize>) -> Vec<Step> {
    let cell = |row: usize, name: &str| data.rows.cell(row, column(name)?);
    let first = cell(0, "id");
    (0..data.rows.len())
        .map(|row| {
            let table = cell(row, "table").unwrap_or_default();
            let key = cell(row, "key").unwrap_or("a key");
            let how = cell(row, "type");
            let title = match how {
                _ if table.is_empty() => cell(row, "Extra").unwrap_or("Step").to_string(),
                Some("ALL") => format!("Read all of {table}"),
                Some("index") => format!("Read all of {table} along {key}"),
                Some("range") => format!("Read a range of {table} by {key}"),
                Some("system" | "const" | "eq_ref") => {
                    format!("Look up one row of {table} by {key}")
                }
                Some(_) => format!("Look up {table} by {key}"),
                None => table.to_string(),
            };
            let kind =
                cell(row, "select_type").filter(|kind| !["SIMPLE", "PRIMARY"].contains(kind));
            let by = cell(row, "ref").map(|by| format!("Compared with: {by}"));
            let extra = cell(row, "Extra").filter(|extra| !extra.is_empty() && !table.is_empty());
            let notes = [kind.map(sentence), by, extra.map(str::to_string)];
            Step {
                depth: usize::from(cell(row, "id") != first),
                title,
                notes: notes.into_iter().flatten().collect(),
                rows: cell(row, "rows").and_then(|rows| rows.parse().ok()),
                scan: how == Some("ALL") && !table.starts_with('<'),
                ..Step::default()
            }
        })
        .collect()
}

/// `DEPENDENT SUBQUERY` as `Dependent subquery`.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_string() + &letters.as_str().to_lowercase())
}

fn sqlite(data: &ResultData, id: usize, parent: usize, detail: usize) -> Vec<Step> {
    let mut depths: Vec<(&str, usize)> = Vec::new();
    (0..data.rows.len())
        .map(|row| {
            let above = data.rows.cell(row, parent).unwrap_or_default();
            let depth =
                depths.iter().find(|(id, _)| *id == above).map_or(0, |(_, depth)| depth + 1);
            depths.push((data.rows.cell(row, id).unwrap_or_default(), depth));
            let title = data.rows.cell(row, detail).unwrap_or_default().to_string();
            let scan = title.starts_with("SCAN ")
                && !title.contains(" USING ")
                && !title.contains(" CONSTANT ROW");
            Step { depth, title, scan, ..Step::default() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{
        catalog::ValueKind,
        result::{Cell, ResultColumn},
    };

    fn result(columns: &[&str], rows: &[&[&str]]) -> ResultData {
        let column = |name: &&str| ResultColumn {
            name: (*name).into(),
            type_name: String::new(),
            kind: ValueKind::Text,
            mask: None,
        };
        let cell = |text: &&str| -> Cell { (*text != "NULL").then(|| (*text).to_string()) };
        ResultData {
            columns: columns.iter().map(column).collect(),
            rows: rows.iter().map(|row| row.iter().map(cell).collect()).collect::<Vec<_>>().into(),
            ..ResultData::default()
        }
    }

    #[test]
    fn postgres_says_json() {
        let plan = r#"[{"Plan": {"Node Type": "Hash Join", "Join Type": "Left", "Total Cost": 100.0,
            "Plan Rows": 40, "Hash Cond": "(o.customer_id = c.id)", "Plans": [
              {"Node Type": "Seq Scan", "Relation Name": "orders", "Alias": "o", "Total Cost": 60.0, "Plan Rows": 1200,
               "Filter": "(total > 5)"},
              {"Node Type": "Index Scan", "Relation Name": "customers", "Alias": "customers",
               "Index Name": "customers_pkey", "Total Cost": 15.0, "Plan Rows": 1}]}}]"#;
        let steps = steps(&result(&["QUERY PLAN"], &[&[plan]])).unwrap();
        let lines: Vec<_> = steps.iter().map(|s| (s.depth, s.title.as_str(), s.scan)).collect();
        assert_eq!(
            lines,
            [
                (0, "Hash Join (left)", false),
                (1, "Seq Scan on orders as o", true),
                (1, "Index Scan on customers using customers_pkey", false),
            ]
        );
        assert_eq!(steps[0].share, Some(0.25));
        assert_eq!(steps[1].notes, ["Filter: (total > 5)"]);
        assert_eq!((steps[1].rows, steps[1].cost), (Some(1200.0), Some(60.0)));
    }

    #[test]
    fn mysql_says_a_table() {
        let columns = [
            "id",
            "select_type",
            "table",
            "type",
            "possible_keys",
            "key",
            "key_len",
            "ref",
            "rows",
            "Extra",
        ];
        let steps = steps(&result(
            &columns,
            &[
                &["1", "PRIMARY", "o", "ALL", "NULL", "NULL", "NULL", "NULL", "5", "Using where"],
                &[
                    "1",
                    "PRIMARY",
                    "c",
                    "eq_ref",
                    "PRIMARY",
                    "PRIMARY",
                    "4",
                    "o.customer_id",
                    "1",
                    "",
                ],
                &["2", "DEPENDENT SUBQUERY", "p", "ref", "k", "k", "4", "NULL", "2", ""],
            ],
        ))
        .unwrap();
        assert_eq!(steps[0].title, "Read all of o");
        assert!(steps[0].scan && steps[0].rows == Some(5.0) && steps[0].notes == ["Using where"]);
        assert_eq!(steps[1].title, "Look up one row of c by PRIMARY");
        assert_eq!(steps[1].notes, ["Compared with: o.customer_id"]);
        assert_eq!((steps[2].depth, steps[2].notes[0].as_str()), (1, "Dependent subquery"));
        let none = [
            "1",
            "SIMPLE",
            "NULL",
            "NULL",
            "NULL",
            "NULL",
            "NULL",
            "NULL",
            "NULL",
            "No tables used",
        ];
        assert_eq!(super::steps(&result(&columns, &[&none])).unwrap()[0].title, "No tables used");
    }

    #[test]
    fn sqlite_says_a_tree() {
        let steps = steps(&result(
            &["id", "parent", "notused", "detail"],
            &[
                &["3", "0", "0", "SCAN orders"],
                &["9", "0", "0", "CORRELATED SCALAR SUBQUERY 1"],
                &["12", "9", "0", "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)"],
            ],
        ))
        .unwrap();
        let lines: Vec<_> = steps.iter().map(|s| (s.depth, s.scan)).collect();
        assert_eq!(lines, [(0, true), (0, false), (1, false)]);
    }

    #[test]
    fn anything_else_is_no_plan() {
        assert_eq!(steps(&result(&["a"], &[&["1"]])), None);
        assert_eq!(steps(&result(&["QUERY PLAN"], &[&["Seq Scan on t"]])), None);
        assert_eq!(steps(&result(&["id", "parent", "notused", "detail"], &[])), None);
    }
}
