//! Where the grid's cells are: column widths, the visible window, which cell a point is in. Pixels.

use super::binary;
use crate::results::data::ResultData;

pub const ROW: f64 = 26.0;
pub const HEAD: f64 = 40.0;
pub const MIN_WIDTH: f64 = 56.0;
const MAX_AUTO_WIDTH: f64 = 340.0;
const MAX_WIDTH: f64 = 1600.0;
/// Width of a character at the grid's size, about; and the cell's padding.
const CHARACTER: f64 = 7.7;
/// … of a name's character in a head, which is bold.
const NAME_CHARACTER: f64 = 8.4;
const PADDING: f64 = 22.0;
/// The icon of a masked column.
const MASK_ICON: f64 = 18.0;
/// Rows looked at for the first widths.
const SAMPLE: usize = 40;
/// Browsers do not lay out elements much taller than this: beyond, scrolling is scaled.
const TALLEST: f64 = 12_000_000.0;

/// Column widths with their running sums.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Geometry {
    widths: Vec<f64>,
    /// `lefts[i]`: where column `i` begins, without the gutter; one more than columns.
    lefts: Vec<f64>,
    /// Columns that read as numbers.
    numeric: Vec<bool>,
    pub gutter: f64,
}

/// A part of the grid under a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    Corner,
    /// The right edge of a column's head.
    Edge(usize),
    Head(usize),
    RowNumber(usize),
    Cell(usize, usize),
    Outside,
}

/// What is on screen, and where it is scrolled to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Window {
    /// Scrolled to, in the grid's own pixels (not the scaled ones).
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Geometry {
    /// Widths that fit the names and the first rows.
    #[must_use]
    pub fn fit(data: &ResultData) -> Self {
        let columns = 0..data.columns.len();
        let widths = columns.clone().map(|column| auto_width(data, column, MAX_AUTO_WIDTH));
        let numeric = columns.map(|column| reads_as_number(data, column));
        let mut geometry =
            Self { widths: widths.collect(), numeric: numeric.collect(), ..Self::default() };
        geometry.sum();
        geometry.fit_gutter(data.rows.len());
        geometry
    }

    /// Makes room for the largest row number.
    pub fn fit_gutter(&mut self, rows: usize) {
        let digits = rows.max(100).to_string().len();
        self.gutter = digits as f64 * CHARACTER + 18.0;
    }

    pub fn resize(&mut self, column: usize, width: f64) {
        if let Some(own) = self.widths.get_mut(column) {
            *own = width.clamp(MIN_WIDTH, MAX_WIDTH);
            self.sum();
        }
    }

    /// As wide as its longest value among the first rows.
    pub fn resize_to_fit(&mut self, data: &ResultData, column: usize) {
        self.resize(column, auto_width(data, column, MAX_WIDTH));
    }

    fn sum(&mut self) {
        let mut left = 0.0;
        self.lefts = std::iter::once(0.0)
            .chain(self.widths.iter().map(|width| {
                left += width;
                left
            }))
            .collect();
    }

    #[must_use]
    pub fn columns(&self) -> usize {
        self.widths.len()
    }

    #[must_use]
    pub fn is_numeric(&self, column: usize) -> bool {
        self.numeric.get(column).copied().unwrap_or_default()
    }

    #[must_use]
    pub fn left(&self, column: usize) -> f64 {
        self.lefts.get(column).copied().unwrap_or(0.0)
    }

    #[must_use]
    pub fn width(&self, column: usize) -> f64 {
        self.widths.get(column).copied().unwrap_or(0.0)
    }

    /// Of everything, gutter and a little air at the end included.
    #[must_use]
    pub fn full_width(&self) -> f64 {
        self.gutter + self.lefts.last().copied().unwrap_or(0.0) + 24.0
    }

    /// The column at a distance from the first one's left edge; the last one beyond the end.
    #[must_use]
    pub fn column_at(&self, x: f64) -> usize {
        self.lefts
            .partition_point(|left| *left <= x)
            .saturating_sub(1)
            .min(self.widths.len().saturating_sub(1))
    }

    /// First and one past the last column in the window.
    #[must_use]
    pub fn visible_columns(&self, window: &Window) -> (usize, usize) {
        if self.widths.is_empty() {
            return (0, 0);
        }
        let right = window.x + (window.width - self.gutter).max(0.0);
        (self.column_at(window.x), self.column_at(right) + 1)
    }

    /// What is at a point of the window.
    #[must_use]
    pub fn spot(&self, window: &Window, rows: usize, x: f64, y: f64) -> Spot {
        let across = window.x + x - self.gutter;
        let end = self.lefts.last().copied().unwrap_or(0.0);
        let row = ((window.y + y - HEAD) / ROW).floor();
        let in_head = y < HEAD;
        if in_head && x < self.gutter {
            return Spot::Corner;
        }
        if in_head {
            let near = self.column_at(across - 4.0);
            if self.columns() > 0 && (across - self.left(near + 1)).abs() <= 4.0 {
                return Spot::Edge(near);
            }
            return if across < end { Spot::Head(self.column_at(across)) } else { Spot::Outside };
        }
        match row as usize {
            row if row >= rows => Spot::Outside,
            row if x < self.gutter => Spot::RowNumber(row),
            row if across < end => Spot::Cell(row, self.column_at(across)),
            _ => Spot::Outside,
        }
    }
}

/// By its type, or, where the database names none (expressions in SQLite), by its first values.
fn reads_as_number(data: &ResultData, column: usize) -> bool {
    let Some(meta) = data.columns.get(column) else { return false };
    if meta.kind.is_numeric() || !meta.type_name.is_empty() {
        return meta.kind.is_numeric();
    }
    let mut values =
        (0..data.rows.len().min(SAMPLE)).filter_map(|row| data.rows.cell(row, column)).peekable();
    values.peek().is_some() && values.all(|value| value.parse::<f64>().is_ok())
}

fn auto_width(data: &ResultData, column: usize, most: f64) -> f64 {
    let name = data.columns.get(column).map_or(0.0, |column| {
        let type_name = column.type_name.chars().count().min(18) as f64 * CHARACTER;
        type_name.max(column.name.chars().count() as f64 * NAME_CHARACTER)
    });
    let meta = data.columns.get(column);
    let length = |cell: &str| match meta.and_then(|meta| binary::size(meta, cell)) {
        Some(size) => size.len(),
        None => cell.chars().take(220).count(),
    };
    let longest = (0..data.rows.len().min(SAMPLE))
        .map(|row| data.rows.cell(row, column).map_or(4, length))
        .max()
        .unwrap_or(0);
    let masked = data.columns.get(column).is_some_and(|c| c.mask.is_some());
    let icon = if masked { MASK_ICON } else { 0.0 };
    (name.max(longest as f64 * CHARACTER) + PADDING + icon).clamp(MIN_WIDTH, most)
}

/// First and one past the last row in the window.
#[must_use]
pub fn visible_rows(window: &Window, rows: usize) -> (usize, usize) {
    let first = (window.y / ROW).floor() as usize;
    let count = (window.height / ROW).ceil() as usize + 1;
    (first.min(rows), (first + count).min(rows))
}

/// How tall the scrolled element is for this many rows.
#[must_use]
pub fn scroll_height(rows: usize) -> f64 {
    full_height(rows).min(TALLEST)
}

fn full_height(rows: usize) -> f64 {
    HEAD + rows as f64 * ROW + 16.0
}

/// The grid's own pixels for a scroll position.
#[must_use]
pub fn from_scroll(top: f64, rows: usize, height: f64) -> f64 {
    top * scale(rows, height)
}

/// The scroll position for the grid's own pixels.
#[must_use]
pub fn to_scroll(y: f64, rows: usize, height: f64) -> f64 {
    y / scale(rows, height)
}

fn scale(rows: usize, height: f64) -> f64 {
    let (full, scrolled) = (full_height(rows), scroll_height(rows));
    if full <= scrolled || scrolled <= height { 1.0 } else { (full - height) / (scrolled - height) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{catalog::ValueKind, result::ResultColumn};

    fn geometry(widths: &[f64]) -> Geometry {
        let mut geometry =
            Geometry { widths: widths.to_vec(), gutter: 40.0, ..Geometry::default() };
        geometry.sum();
        geometry
    }

    const WINDOW: Window = Window { x: 0.0, y: 0.0, width: 400.0, height: 300.0 };

    #[test]
    fn points_are_found() {
        let grid = geometry(&[100.0, 60.0, 200.0]);
        let at = |x, y| grid.spot(&WINDOW, 5, x, y);
        assert_eq!(at(10.0, 10.0), Spot::Corner);
        assert_eq!(at(60.0, 10.0), Spot::Head(0));
        assert_eq!(at(139.0, 10.0), Spot::Edge(0));
        assert_eq!(at(142.0, 10.0), Spot::Edge(0));
        assert_eq!(at(150.0, 10.0), Spot::Head(1));
        assert_eq!(at(398.0, 10.0), Spot::Edge(2));
        assert_eq!(at(10.0, HEAD + 1.0), Spot::RowNumber(0));
        assert_eq!(at(60.0, HEAD + ROW + 1.0), Spot::Cell(1, 0));
        assert_eq!(at(210.0, HEAD + 1.0), Spot::Cell(0, 2));
        assert_eq!(at(60.0, HEAD + 6.0 * ROW), Spot::Outside);
        assert_eq!(at(500.0, HEAD + 1.0), Spot::Outside);
        let scrolled = Window { x: 100.0, y: 2.0 * ROW, ..WINDOW };
        assert_eq!(grid.spot(&scrolled, 5, 60.0, HEAD + 1.0), Spot::Cell(2, 1));
    }

    #[test]
    fn only_what_is_visible_is_drawn() {
        let grid = geometry(&[100.0; 2000]);
        let window = Window { x: 950.0, y: 26_000.0, ..WINDOW };
        assert_eq!(grid.visible_columns(&window), (9, 14));
        assert_eq!(visible_rows(&window, 10_000), (1000, 1013));
        assert_eq!(visible_rows(&window, 1005), (1000, 1005));
        assert_eq!(geometry(&[]).visible_columns(&window), (0, 0));
    }

    #[test]
    fn millions_of_rows_can_be_scrolled_to_the_end() {
        let (rows, height) = (5_000_000, 600.0);
        assert!(scroll_height(rows) <= TALLEST);
        let bottom = from_scroll(scroll_height(rows) - height, rows, height);
        assert!((bottom - (full_height(rows) - height)).abs() < 1.0);
        assert!((to_scroll(bottom, rows, height) - (TALLEST - height)).abs() < 1.0);
        assert_eq!(from_scroll(500.0, 100, height), 500.0);
    }

    #[test]
    fn widths_fit_names_and_values() {
        let column = |name: &str| ResultColumn {
            name: name.into(),
            type_name: "text".into(),
            kind: ValueKind::Text,
            mask: None,
        };
        let long = "x".repeat(500);
        let data = ResultData {
            columns: vec![column("a"), column("b")],
            rows: vec![vec![Some("1".into()), Some(long)]].into(),
            ..ResultData::default()
        };
        let grid = Geometry::fit(&data);
        assert_eq!(grid.width(0), MIN_WIDTH);
        assert_eq!(grid.width(1), MAX_AUTO_WIDTH);
    }
}
