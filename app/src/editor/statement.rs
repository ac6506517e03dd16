//! Where statements begin and end in a text: what Ctrl+Enter runs.
//!
//! Only for finding the statement a person means. What may run is the guard's to say.

use model::dialect::Dialect;
use std::ops::Range;

/// What a stretch of SQL is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Comment,
    /// Of characters: `'…'`, `$$…$$`, MySQL's `"…"`.
    Text,
    /// A quoted name.
    Name,
    Word,
    Number,
    Semicolon,
    /// Any other single character that is no white space.
    Sign(char),
}

/// A stretch of the text, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub at: Range<usize>,
}

/// Splits SQL as the dialect reads it. White space is left out; what is not closed ends with the text.
#[must_use]
pub fn tokens(sql: &str, dialect: Dialect) -> Vec<Token> {
    let mut scanner = Scanner { sql, bytes: sql.as_bytes(), dialect, at: 0 };
    let mut tokens = Vec::new();
    while let Some(token) = scanner.next() {
        tokens.push(token);
    }
    tokens
}

/// The statement at a byte offset, without its semicolon and the white space around it. A cursor
/// behind a statement on its last line, or below the last one, means that statement.
#[must_use]
pub fn at(sql: &str, dialect: Dialect, offset: usize) -> Option<Range<usize>> {
    let all = statements(sql, dialect);
    let index = all.iter().position(|statement| offset <= statement.end)?;
    let here = &all[index];
    let before = index.checked_sub(1).map(|before| &all[before]);
    // Between two statements: the one before, if the cursor is still on its line.
    let trails = before.is_some_and(|before| {
        offset < here.text.start && !sql[before.end..offset.max(before.end)].contains('\n')
    });
    if here.text.is_empty() || trails {
        return all[..index]
            .iter()
            .rev()
            .map(|s| s.text.clone())
            .find(|text| !text.is_empty())
            .or((!here.text.is_empty()).then(|| here.text.clone()));
    }
    Some(here.text.clone())
}

struct Statement {
    /// From the first to the last character that is no white space; empty if there is none but comments.
    text: Range<usize>,
    /// Where the semicolon ends, or the whole text.
    end: usize,
}

fn statements(sql: &str, dialect: Dialect) -> Vec<Statement> {
    let mut all = Vec::new();
    let mut start = None;
    let (mut last, mut real) = (0, false);
    for token in tokens(sql, dialect) {
        if token.kind == Kind::Semicolon {
            let from = start.take().filter(|_| real).unwrap_or(token.at.start);
            let to = if real { last } else { token.at.start };
            all.push(Statement { text: from..to.max(from), end: token.at.end });
            real = false;
            continue;
        }
        start.get_or_insert(token.at.start);
        if token.kind != Kind::Comment {
            real = true;
        }
        last = token.at.end;
    }
    let from = start.filter(|_| real).unwrap_or(sql.len());
    all.push(Statement { text: from..if real { last } else { sql.len() }, end: sql.len() });
    all
}

struct Scanner<'a> {
    sql: &'a str,
    bytes: &'a [u8],
    dialect: Dialect,
    at: usize,
}

impl Scanner<'_> {
    fn next(&mut self) -> Option<Token> {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        let start = self.at;
        let kind = self.kind(*self.bytes.get(start)?);
        Some(Token { kind, at: start..self.at })
    }

    fn kind(&mut self, first: u8) -> Kind {
        let mysql = self.dialect == Dialect::MySql;
        let postgres = self.dialect == Dialect::Postgres;
        match first {
            b';' => self.one(Kind::Semicolon),
            b'\'' => self.quoted(b'\'', mysql, Kind::Text),
            b'"' if mysql => self.quoted(b'"', true, Kind::Text),
            b'"' => self.quoted(b'"', false, Kind::Name),
            b'`' if !postgres => self.quoted(b'`', false, Kind::Name),
            b'[' if self.dialect == Dialect::Sqlite => self.until("]", Kind::Name),
            b'E' | b'e' if postgres && self.peek(1) == Some(b'\'') => {
                self.at += 1;
                self.quoted(b'\'', true, Kind::Text)
            }
            b'-' if self.starts_comment() => self.line(),
            b'#' if mysql => self.line(),
            b'/' if self.peek(1) == Some(b'*') => self.block(postgres),
            b'$' if postgres && self.dollar_tag().is_some() => self.dollar(),
            b'0'..=b'9' => self.run(Kind::Number, |b| b.is_ascii_alphanumeric() || b == b'.'),
            b if is_word(b) => {
                self.run(Kind::Word, |b| is_word(b) || b.is_ascii_digit() || b == b'$')
            }
            b => self.one(Kind::Sign(char::from(b))),
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn one(&mut self, kind: Kind) -> Kind {
        self.at += 1;
        kind
    }

    fn run(&mut self, kind: Kind, belongs: impl Fn(u8) -> bool) -> Kind {
        while self.bytes.get(self.at).is_some_and(|byte| belongs(*byte)) {
            self.at += 1;
        }
        kind
    }

    /// A doubled quote stands for itself.
    fn quoted(&mut self, quote: u8, backslash: bool, kind: Kind) -> Kind {
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            if backslash && byte == b'\\' {
                self.at = (self.at + 1).min(self.bytes.len());
            } else if byte == quote {
                if self.peek(0) != Some(quote) {
                    break;
                }
                self.at += 1;
            }
        }
        kind
    }

    fn until(&mut self, end: &str, kind: Kind) -> Kind {
        let rest = self.at + 1;
        self.at = self
            .sql
            .get(rest..)
            .and_then(|text| text.find(end))
            .map_or(self.bytes.len(), |i| rest + i + end.len());
        kind
    }

    /// MySQL takes `--` for a comment only before white space.
    fn starts_comment(&self) -> bool {
        self.peek(1) == Some(b'-')
            && (self.dialect != Dialect::MySql
                || self.peek(2).is_none_or(|b| b.is_ascii_whitespace()))
    }

    fn line(&mut self) -> Kind {
        while self.peek(0).is_some_and(|byte| byte != b'\n') {
            self.at += 1;
        }
        Kind::Comment
    }

    fn block(&mut self, nested: bool) -> Kind {
        let mut depth = 0_u32;
        while self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1)) {
                (Some(b'/'), Some(b'*')) if nested || depth == 0 => {
                    depth += 1;
                    self.at += 2;
                }
                (Some(b'*'), Some(b'/')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        break;
                    }
                }
                _ => self.at += 1,
            }
        }
        self.at = self.at.min(self.bytes.len());
        Kind::Comment
    }

    /// `$$` or `$word$` at the cursor.
    fn dollar_tag(&self) -> Option<usize> {
        let rest = &self.bytes[self.at + 1..];
        let length = rest.iter().position(|b| !is_word(*b) && !b.is_ascii_digit())?;
        let named = length == 0 || !rest[0].is_ascii_digit();
        (rest[length] == b'$' && named).then_some(length + 2)
    }

    fn dollar(&mut self) -> Kind {
        let length = self.dollar_tag().unwrap_or(1);
        let tag = &self.sql[self.at..self.at + length];
        let body = self.at + length;
        self.at = self.sql[body..].find(tag).map_or(self.bytes.len(), |i| body + i + length);
        Kind::Text
    }
}

/// Letters, underscore, and everything beyond ASCII.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `|` marks the cursor; gives the statement that would run.
    fn run(dialect: Dialect, marked: &str) -> Option<String> {
        let offset = marked.find('|').unwrap();
        let sql = marked.replacen('|', "", 1);
        at(&sql, dialect, offset).map(|range| sql[range].to_string())
    }

    #[track_caller]
    fn check(dialect: Dialect, marked: &str, expected: &str) {
        assert_eq!(run(dialect, marked).unwrap_or_default(), expected, "{marked}");
    }

    #[test]
    fn the_statement_at_the_cursor() {
        for dialect in Dialect::ALL {
            check(dialect, "|select 1; select 2", "select 1");
            check(dialect, "select 1|; select 2", "select 1");
            check(dialect, "select 1;| select 2", "select 1");
            check(dialect, "select 1; |select 2", "select 2");
            check(dialect, "select 1;\n|\nselect 2", "select 2");
            check(dialect, "select 1; select 2|", "select 2");
            check(dialect, "select 1;\n\n|", "select 1");
            check(dialect, "select 1 ;  \n -- done\n|", "select 1");
            check(dialect, "|", "");
            check(dialect, " ;; |", "");
            check(dialect, "-- only\n|", "");
            check(dialect, "-- first\nselect 1|;", "-- first\nselect 1");
            check(dialect, "select 'a;b', '|it''s; fine'; select 2", "select 'a;b', 'it''s; fine'");
            check(dialect, "select /* ; */ 1| -- ;\n, 2; x", "select /* ; */ 1 -- ;\n, 2");
            check(dialect, "select 'open;|", "select 'open;");
        }
    }

    #[test]
    fn each_dialect_quotes_its_own_way() {
        check(
            Dialect::Postgres,
            "select $$a;b$$, $x$;$$;$x$|; select 2",
            "select $$a;b$$, $x$;$$;$x$",
        );
        check(Dialect::Postgres, "select $1|; select 2", "select $1");
        check(Dialect::Postgres, r"select E'a\';b'|; select 2", r"select E'a\';b'");
        check(Dialect::Postgres, r"select 'a\'|; select 2", r"select 'a\'");
        check(
            Dialect::Postgres,
            "select /* a /* ; */ ; */ 1|; select 2",
            "select /* a /* ; */ ; */ 1",
        );
        check(Dialect::Postgres, "select \"a;b\"|; select 2", "select \"a;b\"");
        check(Dialect::MySql, r"select 'a\';b'|; select 2", r"select 'a\';b'");
        check(Dialect::MySql, "select `a;b`, \"c;d\"|; select 2", "select `a;b`, \"c;d\"");
        check(Dialect::MySql, "select 1 # ; no\n|; select 2", "select 1 # ; no");
        check(Dialect::MySql, "select 1--1|; select 2", "select 1--1");
        check(Dialect::Sqlite, "select [a;b]|; select 2", "select [a;b]");
        check(Dialect::Sqlite, "select 1--;\n|; select 2", "select 1--;");
    }

    #[test]
    fn nothing_panics_on_broken_text() {
        let broken = [
            "'", "\"", "`", "[", "$", "$$", "$a", "$a$", "/*", "/*/", "E'\\", "'\\", "é;ü'é", "--",
            "\0;",
        ];
        for dialect in Dialect::ALL {
            for text in broken {
                for offset in 0..=text.len() {
                    let _ = at(text, dialect, offset);
                }
                let all = tokens(text, dialect);
                assert!(all.iter().all(|t| text.get(t.at.clone()).is_some()), "{text}");
            }
        }
    }
}
