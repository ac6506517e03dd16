//! The active cell and the block selected around it.

use crate::results::data::ResultData;

/// A block of cells between two corners; `active` is the one that moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    pub active: (usize, usize),
    pub anchor: (usize, usize),
}

/// A step by keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    Rows(isize),
    Columns(isize),
    RowStart,
    RowEnd,
    First,
    Last,
}

impl Selection {
    /// Rows and columns of the block, both ends included.
    #[must_use]
    pub fn block(&self) -> ((usize, usize), (usize, usize)) {
        let rows = (self.active.0.min(self.anchor.0), self.active.0.max(self.anchor.0));
        let columns = (self.active.1.min(self.anchor.1), self.active.1.max(self.anchor.1));
        (rows, columns)
    }

    #[must_use]
    pub fn holds(&self, row: usize, column: usize) -> bool {
        let ((top, bottom), (left, right)) = self.block();
        (top..=bottom).contains(&row) && (left..=right).contains(&column)
    }

    /// Goes on by one step inside `rows` × `columns`; `extend` keeps the anchor.
    #[must_use]
    pub fn moved(self, step: Move, rows: usize, columns: usize, extend: bool) -> Self {
        let (last_row, last_column) = (rows.saturating_sub(1), columns.saturating_sub(1));
        let (row, column) = self.active;
        let active = match step {
            Move::Rows(by) => (row.saturating_add_signed(by).min(last_row), column),
            Move::Columns(by) => (row, column.saturating_add_signed(by).min(last_column)),
            Move::RowStart => (row, 0),
            Move::RowEnd => (row, last_column),
            Move::First => (0, 0),
            Move::Last => (last_row, last_column),
        };
        Self { active, anchor: if extend { self.anchor } else { active } }
    }

    /// The block as tab-separated text, as spreadsheets take it. `names` adds the heads.
    /// NULL is empty; a value with tab, line break or quote is quoted.
    #[must_use]
    pub fn to_tsv(self, data: &ResultData, names: bool) -> String {
        let ((top, bottom), (left, right)) = self.block();
        let mut out = String::new();
        if names {
            let heads = data.columns.get(left..=right.min(data.columns.len().saturating_sub(1)));
            push_line(&mut out, heads.unwrap_or_default().iter().map(|c| Some(c.name.as_str())));
        }
        if data.rows.is_empty() {
            return out;
        }
        let alone = top == bottom && left == right && !names;
        for row in top..=bottom.min(data.rows.len() - 1) {
            if alone {
                out.push_str(data.rows.cell(row, left).unwrap_or_default());
            } else {
                push_line(&mut out, (left..=right).map(|column| data.rows.cell(row, column)));
            }
        }
        out
    }
}

fn push_line<'a>(out: &mut String, cells: impl Iterator<Item = Option<&'a str>>) {
    for (i, cell) in cells.enumerate() {
        if i > 0 {
            out.push('\t');
        }
        let cell = cell.unwrap_or_default();
        if cell.contains(['\t', '\n', '\r', '"']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(cell);
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{catalog::ValueKind, result::ResultColumn};

    fn data() -> ResultData {
        let column = |name: &str| ResultColumn {
            name: name.into(),
            type_name: String::new(),
            kind: ValueKind::Text,
            mask: None,
        };
        ResultData {
            columns: vec![column("a"), column("b")],
            rows: vec![
                vec![Some("1".into()), None],
                vec![Some("x\ty".into()), Some("say \"hi\"".into())],
            ]
            .into(),
            ..ResultData::default()
        }
    }

    #[test]
    fn steps_stay_inside() {
        let at = |row, column| Selection { active: (row, column), anchor: (row, column) };
        assert_eq!(at(0, 0).moved(Move::Rows(-1), 5, 3, false), at(0, 0));
        assert_eq!(at(3, 1).moved(Move::Rows(20), 5, 3, false), at(4, 1));
        assert_eq!(at(3, 1).moved(Move::RowEnd, 5, 3, false), at(3, 2));
        assert_eq!(at(3, 1).moved(Move::Last, 5, 3, false), at(4, 2));
        assert_eq!(at(0, 0).moved(Move::Columns(1), 0, 0, false), at(0, 0));
        let wide = at(1, 1).moved(Move::Rows(2), 5, 3, true);
        assert_eq!(wide.block(), ((1, 3), (1, 1)));
        assert!(wide.holds(2, 1) && !wide.holds(2, 0));
    }

    #[test]
    fn blocks_are_copied_as_tsv() {
        let all = Selection { active: (1, 1), anchor: (0, 0) };
        assert_eq!(all.to_tsv(&data(), false), "1\t\n\"x\ty\"\t\"say \"\"hi\"\"\"\n");
        assert!(all.to_tsv(&data(), true).starts_with("a\tb\n1\t\n"));
        let one = Selection { active: (1, 1), anchor: (1, 1) };
        assert_eq!(one.to_tsv(&data(), false), "say \"hi\"");
        assert_eq!(all.to_tsv(&ResultData::default(), false), "");
        assert_eq!(
            Selection { active: (9, 9), anchor: (0, 0) }.to_tsv(&data(), false).lines().count(),
            2
        );
    }
}
