//! Places in a text, in the three ways of counting: bytes (Rust), UTF-16 units (the browser),
//! and lines with characters (the database's and the guard's positions).

use model::error::Position;

/// The byte offset of a UTF-16 offset; the end if it is beyond.
#[must_use]
pub fn byte_of_utf16(text: &str, offset: usize) -> usize {
    let mut units = 0;
    for (at, character) in text.char_indices() {
        if units >= offset {
            return at;
        }
        units += character.len_utf16();
    }
    text.len()
}

/// The UTF-16 offset of a byte offset.
#[must_use]
pub fn utf16_of_byte(text: &str, offset: usize) -> usize {
    text.get(..offset).unwrap_or(text).encode_utf16().count()
}

/// Line and column from 0, in characters, of a byte offset.
#[must_use]
pub fn line_and_column(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
    (line as u32, column as u32)
}

/// A range as the editor counts: lines from 1, columns from 1 in UTF-16 units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

/// The span of a problem in the whole text, given where the statement that it is about began.
/// Without a length it covers the word that stands there.
#[must_use]
pub fn span(text: &str, position: Position, line: u32, column: u32) -> Span {
    let at_line = line + position.line.saturating_sub(1);
    let shift = if position.line <= 1 { column } else { 0 };
    let from = (shift + position.column.saturating_sub(1)) as usize;
    let content: Vec<char> =
        text.split('\n').nth(at_line as usize).unwrap_or_default().chars().collect();
    let from = from.min(content.len());
    let length = match position.length as usize {
        0 => {
            content[from..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').count().max(1)
        }
        length => length,
    };
    let units = |end: usize| {
        content[..end.min(content.len())].iter().map(|c| c.len_utf16()).sum::<usize>() as u32 + 1
    };
    Span {
        line: at_line + 1,
        column: units(from),
        end_line: at_line + 1,
        end_column: units(from + length).max(units(from) + 1),
    }
}

/// The byte where a span begins.
#[must_use]
pub fn byte_of_span(text: &str, span: Span) -> usize {
    let mut lines = text.split_inclusive('\n');
    let before: usize =
        lines.by_ref().take(span.line.saturating_sub(1) as usize).map(str::len).sum();
    let line = lines.next().unwrap_or_default();
    before + byte_of_utf16(line, span.column.saturating_sub(1) as usize)
}

/// The byte at which this line begins and column stands, both from 0, in characters.
#[must_use]
pub fn byte_of(text: &str, line: u32, column: u32) -> usize {
    let mut lines = text.split_inclusive('\n');
    let before: usize = lines.by_ref().take(line as usize).map(str::len).sum();
    let rest = lines.next().unwrap_or_default();
    before + rest.char_indices().nth(column as usize).map_or(rest.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_go_both_ways() {
        let text = "a😀é\nb";
        for (bytes, units) in [(0, 0), (1, 1), (5, 3), (7, 4), (8, 5), (9, 6)] {
            assert_eq!(byte_of_utf16(text, units), bytes);
        }
        assert_eq!(byte_of_utf16(text, 99), text.len());
        assert_eq!(line_and_column(text, 8), (1, 0));
        assert_eq!(line_and_column(text, 7), (0, 3));
        assert_eq!((byte_of(text, 1, 0), byte_of(text, 0, 3), byte_of(text, 9, 9)), (8, 7, 9));
        let span = Span { line: 1, column: 4, end_line: 1, end_column: 5 };
        assert_eq!(byte_of_span(text, span), 5);
        assert_eq!(byte_of_span(text, Span { line: 2, column: 1, ..span }), 8);
    }

    #[test]
    fn problems_are_placed_in_the_whole_text() {
        let text = "select 1;\n  select 😀, wrong\nfrom t";
        let at = |line, column, length| Position { line, column, length };
        // The statement begins at line 1, column 2.
        let word = span(text, at(1, 11, 0), 1, 2);
        assert_eq!(word, Span { line: 2, column: 14, end_line: 2, end_column: 19 });
        let next = span(text, at(2, 6, 1), 1, 2);
        assert_eq!(next, Span { line: 3, column: 6, end_line: 3, end_column: 7 });
        let beyond = span(text, at(9, 90, 5), 1, 2);
        assert_eq!((beyond.line, beyond.column, beyond.end_column), (10, 1, 2));
    }
}
