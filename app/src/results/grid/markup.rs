//! The visible part of a grid as HTML. Written as text because that is what browsers take in fastest:
//! a few hundred cells per frame while scrolling. Every value is escaped here and nowhere else.

use super::{
    binary,
    geometry::{Geometry, HEAD, ROW, Window, visible_rows},
    selection::Selection,
};
use crate::{
    results::{data::ResultData, mask},
    ui::icon::Glyph,
};
use std::fmt::Write as _;

/// Characters of a cell that are drawn; the viewer shows the rest.
const SHOWN: usize = 240;

/// What is drawn. `id` makes the cells' ids unique in the page.
pub struct Drawing<'a> {
    pub id: u32,
    pub data: &'a ResultData,
    pub geometry: &'a Geometry,
    pub window: Window,
    pub selection: Selection,
}

impl Drawing<'_> {
    #[must_use]
    pub fn html(&self) -> String {
        let columns = self.geometry.visible_columns(&self.window);
        let rows = visible_rows(&self.window, self.data.rows.len());
        let mut out = String::with_capacity(8 << 10);
        for row in rows.0..rows.1 {
            self.row(&mut out, row, columns);
        }
        self.head(&mut out, columns);
        out
    }

    fn row(&self, out: &mut String, row: usize, columns: (usize, usize)) {
        let top = HEAD + row as f64 * ROW - self.window.y;
        let odd = if row % 2 == 1 { " g-odd" } else { "" };
        let _ = write!(
            out,
            "<div role=\"row\" class=\"g-row{odd}\" aria-rowindex=\"{}\" style=\"top:{top:.0}px\">",
            row + 2
        );
        for column in columns.0..columns.1 {
            self.cell(out, row, column);
        }
        let ((first, last), _) = self.selection.block();
        let within = if (first..=last).contains(&row) { " g-in" } else { "" };
        let _ = write!(
            out,
            "<div role=\"rowheader\" class=\"g-number{within}\" style=\"width:{:.0}px\">{}</div></div>",
            self.geometry.gutter,
            row + 1
        );
    }

    fn cell(&self, out: &mut String, row: usize, column: usize) {
        let value = self.data.rows.cell(row, column);
        let mut class = String::from("g-cell");
        if self.geometry.is_numeric(column) {
            class.push_str(" g-right");
        }
        if self.selection.holds(row, column) {
            class.push_str(" g-selected");
        }
        if self.selection.active == (row, column) {
            class.push_str(" g-active");
        }
        let masked = self.data.columns.get(column).and_then(|meta| meta.mask.as_deref());
        if masked.is_some() {
            class.push_str(" g-masked");
        }
        let _ = write!(
            out,
            "<div role=\"gridcell\" id=\"g{}-{row}-{column}\" aria-colindex=\"{}\" class=\"{class}\"{} \
             style=\"left:{:.0}px;width:{:.0}px\"",
            self.id,
            column + 2,
            if self.selection.holds(row, column) { " aria-selected=\"true\"" } else { "" },
            self.x(column),
            self.geometry.width(column),
        );
        if let Some(masked) = masked {
            out.push_str(" title=\"");
            escape(out, &mask::sentence(masked));
            out.push('"');
        }
        out.push('>');
        if masked.is_some() {
            push_mask_icon(out);
        }
        match value {
            None => out.push_str("<span class=\"g-null\">NULL</span>"),
            Some("") => out.push_str("<span class=\"g-null\" aria-label=\"empty\"></span>"),
            Some(value) => {
                let column = self.data.columns.get(column);
                match column.and_then(|column| binary::size(column, value)) {
                    Some(size) => {
                        let _ = write!(out, "<span class=\"g-size\">{size}</span>");
                    }
                    None => escape_cell(out, value),
                }
            }
        }
        out.push_str("</div>");
    }

    fn head(&self, out: &mut String, columns: (usize, usize)) {
        out.push_str("<div role=\"row\" class=\"g-head\" aria-rowindex=\"1\">");
        let (_, (left, right)) = self.selection.block();
        for column in columns.0..columns.1 {
            let Some(meta) = self.data.columns.get(column) else { continue };
            let mut class = String::from("g-title");
            if self.geometry.is_numeric(column) {
                class.push_str(" g-right");
            }
            if (left..=right).contains(&column) {
                class.push_str(" g-in");
            }
            let _ = write!(
                out,
                "<div role=\"columnheader\" aria-colindex=\"{}\" class=\"{class}\" \
                 style=\"left:{:.0}px;width:{:.0}px\" title=\"",
                column + 2,
                self.x(column),
                self.geometry.width(column),
            );
            escape(out, &meta.name);
            let masked = meta.mask.as_deref().map(mask::sentence);
            if let Some(masked) = &masked {
                out.push_str(": ");
                escape(out, masked);
            }
            out.push_str("\"><span class=\"g-name\">");
            if let Some(masked) = &masked {
                push_mask_icon(out);
                out.push_str("<span class=\"visually-hidden\">");
                escape(out, masked);
                out.push_str(" </span>");
            }
            escape(out, &meta.name);
            out.push_str("</span><span class=\"g-type\">");
            escape(out, &meta.type_name);
            out.push_str("</span></div>");
        }
        let _ = write!(
            out,
            "<div role=\"columnheader\" aria-colindex=\"1\" class=\"g-corner\" \
             style=\"width:{:.0}px\"><span class=\"visually-hidden\">Row</span></div></div>",
            self.geometry.gutter
        );
    }

    fn x(&self, column: usize) -> f64 {
        self.geometry.gutter + self.geometry.left(column) - self.window.x
    }
}

fn push_mask_icon(out: &mut String) {
    out.push_str("<svg class=\"icon g-mask\" viewBox=\"0 0 24 24\" aria-hidden=\"true\">");
    out.push_str(Glyph::Masked.markup());
    out.push_str("</svg>");
}

/// One line, shortened, with line breaks shown as a sign.
fn escape_cell(out: &mut String, value: &str) {
    let end = value.char_indices().nth(SHOWN).map_or(value.len(), |(at, _)| at);
    for character in value[..end].chars() {
        match character {
            '\n' => out.push('↵'),
            '\r' => {}
            '\t' => out.push('⇥'),
            character => escape_char(out, character),
        }
    }
    if end < value.len() {
        out.push('…');
    }
}

fn escape(out: &mut String, text: &str) {
    text.chars().for_each(|character| escape_char(out, character));
}

fn escape_char(out: &mut String, character: char) {
    match character {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        '\0' => out.push('\u{2400}'),
        character => out.push(character),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{catalog::ValueKind, result::ResultColumn};

    fn draw(name: &str, value: Option<&str>) -> String {
        draw_masked(name, value, None)
    }

    fn draw_masked(name: &str, value: Option<&str>, mask: Option<&str>) -> String {
        let data = ResultData {
            columns: vec![ResultColumn {
                name: name.into(),
                type_name: "text".into(),
                kind: ValueKind::Text,
                mask: mask.map(str::to_string),
            }],
            rows: vec![vec![value.map(str::to_string)]].into(),
            ..ResultData::default()
        };
        let geometry = Geometry::fit(&data);
        Drawing {
            id: 7,
            data: &data,
            geometry: &geometry,
            window: Window { x: 0.0, y: 0.0, width: 300.0, height: 200.0 },
            selection: Selection::default(),
        }
        .html()
    }

    #[test]
    fn values_are_escaped() {
        let html = draw("<b onmouseover='x'>", Some("<script>alert(\"1\")</script>"));
        assert!(!html.contains("<script") && !html.contains("<b "));
        assert!(html.contains("&lt;script&gt;alert(&quot;1&quot;)"));
        assert!(html.contains("title=\"&lt;b onmouseover=&#39;x&#39;&gt;\""));
    }

    #[test]
    fn masked_columns_say_so() {
        let html =
            draw_masked("email", Some("a***"), Some("partial of people.email by policy ‘<P>’"));
        let said = "Partially masked by policy ‘&lt;P&gt;’ (people.email).";
        assert_eq!(html.matches("g-mask\"").count(), 2);
        assert!(html.contains(&format!("title=\"email: {said}\"")));
        assert!(html.contains(&format!("title=\"{said}\">")));
        assert!(!draw("email", Some("a")).contains("g-mask"));
    }

    #[test]
    fn null_and_empty_are_told_apart() {
        assert!(draw("a", None).contains(">NULL<"));
        assert!(draw("a", Some("")).contains("aria-label=\"empty\""));
        assert!(!draw("a", Some("NULL")).contains("g-null"));
    }

    #[test]
    fn long_values_are_cut_at_a_character() {
        let html = draw("a", Some(&"ü".repeat(500)));
        assert_eq!(html.matches('ü').count(), SHOWN);
        assert!(html.contains('…'));
        assert!(draw("a", Some("one\r\ntwo")).contains("one↵two"));
    }
}
