//! Results as they travel: every value as the text that the database's own client shows.
//!
//! On the wire a result is newline-delimited JSON. First a `ResultHeader` line, then any number of
//! lines that are a JSON array of rows (each an array of `string | null`), and last a
//! `ResultFooter` line. A line that starts with `[` is rows; one that starts with `{` is an object
//! with `"header"`, `"footer"` or `"error"`. A body without footer or error was cut: the connection died.

use crate::{catalog::ValueKind, chart::ChartSuggestion, error::Problem};
use serde::{Deserialize, Serialize};

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultColumn {
    pub name: String,
    /// As the database prints it; empty where it does not say (SQLite expressions).
    pub type_name: String,
    pub kind: ValueKind,
    /// What stands in the place of the values, if a policy masks them: the mask's name and the
    /// column, `partial of customers.email`, and where it is known `by policy ‘PII’`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<String>,
}

/// The first line of a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultHeader {
    pub columns: Vec<ResultColumn>,
    /// The statement that ran, as the guard rendered it.
    pub sql: String,
}

/// A cell: text, or NULL.
pub type Cell = Option<String>;

/// The last line of a result that was read to its end or to a limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResultFooter {
    pub rows: u64,
    /// Bytes of values sent, before JSON.
    pub bytes: u64,
    /// Microseconds from the statement's start to its last row, by the server's clock.
    pub elapsed_us: u64,
    /// The limit that cut the result short, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncation>,
    /// Cells that were longer than the cell limit and were shortened.
    #[serde(default)]
    pub shortened_cells: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart: Option<ChartSuggestion>,
}

/// Which limit applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truncation {
    Rows { limit: u64 },
    Bytes { limit: u64 },
}

/// One line of a result's body that is an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResultLine {
    Header(ResultHeader),
    Footer(ResultFooter),
    Error(Problem),
}

/// A whole result in memory: what a grid or a chart shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ResultTable {
    pub columns: Vec<ResultColumn>,
    pub rows: Vec<Vec<Cell>>,
}
