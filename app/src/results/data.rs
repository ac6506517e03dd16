//! A result as the browser holds it: all values in one text, so that millions of cells fit.

use model::{
    error::Problem,
    id::RunId,
    result::{Cell, ResultColumn, ResultFooter, ResultTable},
};
use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use std::fmt;

/// What a grid or a chart shows, while it arrives and after.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResultData {
    pub columns: Vec<ResultColumn>,
    pub rows: Rows,
    /// There once the last row has come.
    pub footer: Option<ResultFooter>,
    pub problem: Option<Problem>,
    /// The request is under way.
    pub running: bool,
    /// Which run fills this. A run that was replaced writes nothing more.
    pub run: Option<RunId>,
    /// The statement that ran, as the guard rendered it. Empty before the header has come.
    pub sql: String,
}

impl ResultData {
    /// Nothing yet, under way.
    #[must_use]
    pub fn starting(run: RunId) -> Self {
        Self { running: true, run: Some(run), ..Self::default() }
    }
}

impl From<ResultTable> for ResultData {
    fn from(table: ResultTable) -> Self {
        Self { rows: Rows::from(table.rows), columns: table.columns, ..Self::default() }
    }
}

/// Rows of equal width. A cell costs its text and four bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    text: String,
    /// Where each cell ends in `text`; the highest bit marks NULL.
    ends: Vec<u32>,
    width: usize,
    count: usize,
}

const NULL: u32 = 1 << 31;

impl Rows {
    #[must_use]
    pub fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The value, or `None` for NULL and for places outside.
    #[must_use]
    pub fn cell(&self, row: usize, column: usize) -> Option<&str> {
        if column >= self.width || row >= self.count {
            return None;
        }
        let at = row * self.width + column;
        let end = self.ends[at];
        if end & NULL != 0 {
            return None;
        }
        let start = if at == 0 { 0 } else { self.ends[at - 1] & !NULL };
        Some(&self.text[start as usize..end as usize])
    }

    /// One row as cells of its own.
    #[must_use]
    pub fn row(&self, row: usize) -> Vec<Cell> {
        (0..self.width).map(|column| self.cell(row, column).map(str::to_string)).collect()
    }

    /// Appends the rows of one line of the wire format: `[["a",null],…]`.
    pub fn push_json(&mut self, line: &[u8]) -> Result<(), serde_json::Error> {
        let mut reader = serde_json::Deserializer::from_slice(line);
        RowsSeed(self).deserialize(&mut reader)?;
        reader.end()
    }

    fn push(&mut self, cell: Option<&str>) {
        if let Some(cell) = cell {
            self.text.push_str(cell);
        }
        let end = self.text.len() as u32 & !NULL;
        self.ends.push(if cell.is_some() { end } else { end | NULL });
    }

    /// Ends a row that has `cells` cells so far: fills it up, or drops what is too much.
    fn end_row(&mut self, cells: usize) {
        for _ in cells..self.width {
            self.push(None);
        }
        self.count += 1;
        self.ends.truncate(self.count * self.width);
        self.text.truncate(self.ends.last().map_or(0, |end| (end & !NULL) as usize));
    }
}

impl From<Vec<Vec<Cell>>> for Rows {
    fn from(rows: Vec<Vec<Cell>>) -> Self {
        let mut all = Self::new(rows.first().map_or(0, Vec::len));
        for row in &rows {
            row.iter().for_each(|cell| all.push(cell.as_deref()));
            all.end_row(row.len());
        }
        all
    }
}

struct RowsSeed<'a>(&'a mut Rows);
struct RowSeed<'a>(&'a mut Rows);
struct CellSeed<'a>(&'a mut Rows);

impl<'de> DeserializeSeed<'de> for RowsSeed<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for RowsSeed<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of rows")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(RowSeed(self.0))?.is_some() {}
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for RowSeed<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for RowSeed<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut cells = 0;
        while seq.next_element_seed(CellSeed(self.0))?.is_some() {
            cells += 1;
        }
        self.0.end_row(cells);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for CellSeed<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl Visitor<'_> for CellSeed<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or null")
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.0.push(Some(text));
        Ok(())
    }
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.push(None);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(width: usize, lines: &[&str]) -> Rows {
        let mut rows = Rows::new(width);
        lines.iter().for_each(|line| rows.push_json(line.as_bytes()).unwrap());
        rows
    }

    #[test]
    fn cells_come_back_as_they_came() {
        let rows = read(3, &[r#"[["a",null,""],["ü\n\"",null,null]]"#, r#"[[null,"x","y"]]"#]);
        assert_eq!(rows.len(), 3);
        assert_eq!(rows.row(0), [Some("a".into()), None, Some(String::new())]);
        assert_eq!(rows.row(1), [Some("ü\n\"".into()), None, None]);
        assert_eq!(rows.row(2), [None, Some("x".into()), Some("y".into())]);
        assert_eq!((rows.cell(3, 0), rows.cell(0, 3)), (None, None));
    }

    #[test]
    fn uneven_rows_are_made_even() {
        let rows = read(2, &[r#"[["a"],["b","c","d"],["e","f"]]"#]);
        assert_eq!(rows.row(0), [Some("a".into()), None]);
        assert_eq!(rows.row(1), [Some("b".into()), Some("c".into())]);
        assert_eq!(rows.row(2), [Some("e".into()), Some("f".into())]);
    }

    #[test]
    fn rows_without_columns_are_counted() {
        assert_eq!(read(0, &["[[],[]]"]).len(), 2);
    }

    #[test]
    fn what_is_no_row_is_an_error() {
        for line in ["", "[", "{}", r#"[["a"]"#, "[[1]]", "[[\"a\"]] x", "[[\"\\ud800\"]]"] {
            assert!(Rows::new(1).push_json(line.as_bytes()).is_err(), "{line}");
        }
    }

    #[test]
    fn a_table_becomes_data() {
        let rows = Rows::from(vec![vec![Some("1".into()), None], vec![None, Some("2".into())]]);
        assert_eq!(rows.cell(0, 0), Some("1"));
        assert_eq!(rows.cell(1, 1), Some("2"));
    }
}
