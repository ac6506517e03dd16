//! Which chart fits a result, and why.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    Bar,
    Line,
    Area,
    Pie,
    Scatter,
}

impl ChartKind {
    pub const ALL: [Self; 5] = [Self::Bar, Self::Line, Self::Area, Self::Pie, Self::Scatter];

    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Bar => "Bar",
            Self::Line => "Line",
            Self::Area => "Area",
            Self::Pie => "Pie",
            Self::Scatter => "Scatter",
        }
    }
}

/// What a chart draws: positions of columns in the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartSpec {
    pub kind: ChartKind,
    /// The column along the axis (or the pie's names).
    pub x: u32,
    /// The columns drawn, at least one; a pie has one.
    pub y: Vec<u32>,
    /// Splits one measure into a series per value of this column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<u32>,
}

/// A chart that fits, with the reason in plain words: "one date and one number: a line over time".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartSuggestion {
    pub spec: ChartSpec,
    pub reason: String,
    /// Kinds that would also be drawn without loss, the suggested one first.
    pub alternatives: Vec<ChartKind>,
}
