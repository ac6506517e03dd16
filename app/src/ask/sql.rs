//! SQL as it is shown outside the editor: words, strings, numbers and comments in their colours.
//! Monaco is for editing; this is for reading, and costs nothing to load.

use leptos::prelude::*;

/// What a piece of SQL is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Plain,
    Keyword,
    Text,
    Number,
    Comment,
}

impl Piece {
    fn class(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Keyword => Some("sql-keyword"),
            Self::Text => Some("sql-string"),
            Self::Number => Some("sql-number"),
            Self::Comment => Some("sql-comment"),
        }
    }
}

/// A statement to be read and copied.
#[component]
pub fn SqlText(#[prop(into)] sql: Signal<String>) -> impl IntoView {
    view! {
        <pre class="sql" tabindex="0" aria-label="SQL">
            <code>
                {move || {
                    sql.with(|sql| {
                        pieces(sql)
                            .into_iter()
                            .map(|(piece, text)| match piece.class() {
                                Some(class) => view! { <span class=class>{text.to_owned()}</span> }.into_any(),
                                None => text.to_owned().into_any(),
                            })
                            .collect_view()
                    })
                }}
            </code>
        </pre>
    }
}

const KEYWORDS: &[&str] = &[
    "all",
    "and",
    "any",
    "as",
    "asc",
    "between",
    "by",
    "case",
    "cast",
    "cross",
    "current_date",
    "date",
    "day",
    "desc",
    "describe",
    "distinct",
    "else",
    "end",
    "except",
    "exists",
    "explain",
    "extract",
    "false",
    "fetch",
    "filter",
    "first",
    "from",
    "full",
    "group",
    "having",
    "ilike",
    "in",
    "inner",
    "intersect",
    "interval",
    "is",
    "join",
    "last",
    "lateral",
    "left",
    "like",
    "limit",
    "materialized",
    "month",
    "natural",
    "not",
    "null",
    "nulls",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "over",
    "partition",
    "range",
    "recursive",
    "right",
    "rows",
    "select",
    "show",
    "some",
    "then",
    "true",
    "union",
    "unnest",
    "using",
    "values",
    "when",
    "where",
    "window",
    "with",
    "within",
    "year",
];

/// Clauses that begin a line.
const CLAUSES: &[&str] = &[
    "cross join",
    "except",
    "from",
    "full join",
    "full outer join",
    "group by",
    "having",
    "inner join",
    "intersect",
    "join",
    "left join",
    "left outer join",
    "limit",
    "natural join",
    "offset",
    "order by",
    "right join",
    "right outer join",
    "union",
    "where",
    "window",
];

/// A statement on one line, as the guard renders it, with a line for each clause. Only blanks
/// outside brackets, texts and comments become line ends; one that has lines stays as it is.
#[must_use]
pub fn laid_out(sql: &str) -> String {
    if sql.contains('\n') {
        return sql.to_owned();
    }
    let (mut depth, mut at, mut out) = (0_i32, 0, String::with_capacity(sql.len() + 16));
    while at < sql.len() {
        let rest = &sql[at..];
        let (piece, length) = next_piece(rest);
        let text = &rest[..length];
        match text {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        let ends_line = piece == Piece::Plain
            && text == " "
            && depth == 0
            // The second word of "LEFT JOIN" follows the first.
            && !ends_in_join_word(&out)
            && begins_clause(&rest[1..]);
        out.push_str(if ends_line { "\n" } else { text });
        at += length;
    }
    out
}

fn begins_clause(rest: &str) -> bool {
    CLAUSES.iter().any(|clause| {
        let head = rest.get(..clause.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(clause))
            && !rest[clause.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

fn ends_in_join_word(text: &str) -> bool {
    let last = text.rsplit(|c: char| c.is_whitespace()).next().unwrap_or_default();
    ["left", "right", "full", "inner", "outer", "cross", "natural"]
        .iter()
        .any(|word| last.eq_ignore_ascii_case(word))
}

/// Cuts SQL into pieces; joined again they are the text.
fn pieces(sql: &str) -> Vec<(Piece, &str)> {
    let mut pieces: Vec<(Piece, &str)> = Vec::new();
    let mut start = 0;
    while start < sql.len() {
        let (piece, length) = next_piece(&sql[start..]);
        let end = start + length;
        match pieces.last_mut() {
            // Neighbours of one kind become one, so that the page has few elements.
            Some((Piece::Plain, text)) if piece == Piece::Plain => {
                *text = &sql[start - text.len()..end];
            }
            _ => pieces.push((piece, &sql[start..end])),
        }
        start = end;
    }
    pieces
}

/// The kind and length in bytes of the first piece of a text that is not empty.
fn next_piece(rest: &str) -> (Piece, usize) {
    let first = rest.chars().next().unwrap_or(' ');
    let until = |ends: fn(char) -> bool| rest.find(ends).unwrap_or(rest.len());
    match first {
        '\'' => (Piece::Text, quoted(rest, '\'')),
        '"' | '`' => (Piece::Plain, quoted(rest, first)),
        '-' if rest.starts_with("--") => (Piece::Comment, until(|c| c == '\n')),
        '/' if rest.starts_with("/*") => {
            (Piece::Comment, rest.find("*/").map_or(rest.len(), |at| at + 2))
        }
        c if c.is_ascii_digit() => {
            (Piece::Number, until(|c| !c.is_ascii_alphanumeric() && c != '.' && c != '_'))
        }
        c if c.is_alphabetic() || c == '_' => {
            let length = until(|c| !c.is_alphanumeric() && c != '_' && c != '$');
            let word = rest[..length].to_ascii_lowercase();
            let known = KEYWORDS.binary_search(&word.as_str()).is_ok();
            (if known { Piece::Keyword } else { Piece::Plain }, length)
        }
        c => (Piece::Plain, c.len_utf8()),
    }
}

/// The length of a quoted text with its quotes; a doubled quote is part of it.
fn quoted(rest: &str, quote: char) -> usize {
    let mut at = quote.len_utf8();
    while let Some(found) = rest[at..].find(quote) {
        at += found + quote.len_utf8();
        if !rest[at..].starts_with(quote) {
            return at;
        }
        at += quote.len_utf8();
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(sql: &str) -> String {
        pieces(sql)
            .into_iter()
            .map(|(piece, text)| match piece {
                Piece::Plain => text.to_owned(),
                Piece::Keyword => format!("k[{text}]"),
                Piece::Text => format!("t[{text}]"),
                Piece::Number => format!("n[{text}]"),
                Piece::Comment => format!("c[{text}]"),
            })
            .collect()
    }

    #[test]
    fn words_strings_numbers_and_comments_are_told_apart() {
        let cases = [
            ("SELECT a FROM t", "k[SELECT] a k[FROM] t"),
            ("select 'it''s', 1.5e3 -- all", "k[select] t['it''s'], n[1.5e3] c[-- all]"),
            ("\"from\" /* x\ny */ `select`", "\"from\" c[/* x\ny */] `select`"),
            ("selected", "selected"),
            ("'open", "t['open]"),
            ("/* open", "c[/* open]"),
            ("größe > 10", "größe > n[10]"),
            ("", ""),
        ];
        for (sql, expected) in cases {
            assert_eq!(shown(sql), expected);
        }
    }

    #[test]
    fn clauses_begin_lines() {
        let cases = [
            (
                "SELECT a FROM t WHERE b = ' FROM ' LIMIT 5",
                "SELECT a|FROM t|WHERE b = ' FROM '|LIMIT 5",
            ),
            (
                "SELECT a FROM t LEFT OUTER JOIN u ON (SELECT 1 FROM v) = u.id GROUP BY a ORDER BY 1",
                "SELECT a|FROM t|LEFT OUTER JOIN u ON (SELECT 1 FROM v) = u.id|GROUP BY a|ORDER BY 1",
            ),
            ("SELECT from_a, \"x FROM y\" FROM t_join", "SELECT from_a, \"x FROM y\"|FROM t_join"),
            ("SELECT 1 -- FROM", "SELECT 1 -- FROM"),
            ("SELECT 1\nFROM t WHERE é", "SELECT 1|FROM t WHERE é"),
            ("SELECT 'ü FROM", "SELECT 'ü FROM"),
        ];
        for (sql, expected) in cases {
            assert_eq!(laid_out(sql).replace('\n', "|"), expected);
        }
    }

    #[test]
    fn the_keywords_are_sorted_for_the_search() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn nothing_is_lost() {
        let sql = "sélect '€'' \"x`é--\n/*é*/ 1é _ü$ 'ß";
        assert_eq!(pieces(sql).into_iter().map(|(_, text)| text).collect::<String>(), sql);
    }
}
