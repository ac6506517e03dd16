//! Text to tokens, exactly as the named server splits it.
//!
//! Where two servers, or a server under another setting, would read the same characters
//! differently (executable comments, odd blanks, control characters, open strings), the text is
//! refused: what is left has one reading only.

use crate::{
    Flavour,
    fault::{Checked, Fault, Span},
};

/// Longest statement that is looked at, in bytes.
pub(crate) const MAX_BYTES: usize = 256 * 1024;
/// Deepest nesting of parentheses and brackets.
pub(crate) const MAX_DEPTH: usize = 100;
/// Deepest nesting of grammar rules; a pair of parentheses is up to three of them.
pub(crate) const MAX_RULES: usize = 320;
/// PostgreSQL cuts longer names off, so that two of them may become one.
const MAX_NAME: usize = 63;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tok {
    /// A word without quotes, as written.
    Word(String),
    /// An identifier in quotes, decoded. `double`: it stood in `"`, which SQLite may read as text.
    Quoted {
        value: String,
        double: bool,
    },
    /// A string, decoded.
    Str(String),
    /// `x'…'`, `b'…'`, `0x…`, `0b…`: the digits, checked.
    Bits {
        prefix: &'static str,
        digits: String,
    },
    Number(String),
    /// An operator or `( ) [ ] , ; .`.
    Op(String),
    /// `$1`, `?`, `:name`.
    Param(String),
    /// `@name`: a variable of the session.
    Variable(String),
    /// `@@name`, `@@global.name`.
    System(String),
    End,
}

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub tok: Tok,
    pub span: Span,
    /// A line break stands between this token and the one before.
    pub newline: bool,
}

/// All tokens of the text, `End` last.
pub(crate) fn lex(sql: &str, flavour: Flavour) -> Checked<Vec<Token>> {
    if sql.len() > MAX_BYTES {
        let reason = format!(
            "The statement is {} kB long; {} kB is the limit.",
            sql.len() / 1024,
            MAX_BYTES / 1024
        );
        return Err(Fault::whole("too_long", reason));
    }
    let mut lexer =
        Lexer { sql, at: 0, flavour, depth: 0, newline: false, executed: false, escapes: false };
    let mut tokens = Vec::with_capacity(sql.len() / 4 + 2);
    loop {
        lexer.blank()?;
        let start = lexer.at;
        let tok = lexer.token()?;
        let end = tok == Tok::End;
        let span = Span { start, end: lexer.at };
        tokens.push(Token { tok, span, newline: lexer.newline });
        if end {
            return Ok(tokens);
        }
    }
}

/// What a server does with `/*!50000 …*/`.
enum Executable {
    /// It reads on behind this many bytes.
    Yes(usize),
    Depends,
}

/// None: it is a plain comment. Every server that is still in use is later than 5.7; what is for a
/// later version, one server runs and another skips.
fn executable(rest: &str, flavour: Flavour) -> Option<Executable> {
    let maria = rest.starts_with("/*M!") || rest.starts_with("/*m!");
    if !maria && !rest.starts_with("/*!") {
        return None;
    }
    let header = if maria { 4 } else { 3 };
    let digits = rest[header..].bytes().take_while(u8::is_ascii_digit).count();
    let version = rest[header..header + digits].parse::<u32>().unwrap_or(0);
    Some(match (flavour, digits) {
        (Flavour::MySql, _) if maria => Executable::Depends,
        (_, 0) => Executable::Yes(header),
        (_, 5 | 6) if version < 50_700 => Executable::Yes(header + digits),
        _ => Executable::Depends,
    })
}

struct Lexer<'a> {
    sql: &'a str,
    at: usize,
    flavour: Flavour,
    depth: usize,
    newline: bool,
    /// Between `/*!` and `*/`: the server takes this for text, and so does the gate.
    executed: bool,
    /// The last token was `E'…'`: a string on the next line goes on with its escapes.
    escapes: bool,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.sql[self.at..]
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.sql.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    fn here(&self, len: usize) -> Span {
        Span { start: self.at, end: self.at + len }
    }

    fn fail<T>(&self, len: usize, reason: &str) -> Checked<T> {
        Err(Fault::new("text", reason, self.here(len)))
    }

    /// Skips blanks and comments.
    fn blank(&mut self) -> Checked<()> {
        self.newline = false;
        loop {
            match self.byte(0) {
                b'\n' | b'\r' => {
                    self.newline = true;
                    self.at += 1;
                }
                b' ' | b'\t' | b'\x0c' => self.at += 1,
                b'-' if self.byte(1) == b'-' && self.dashes_comment() => self.line_comment()?,
                b'#' if self.flavour.is_mysql() => self.line_comment()?,
                b'/' if self.byte(1) == b'*' => self.block_comment()?,
                b'*' if self.executed && self.byte(1) == b'/' => {
                    self.executed = false;
                    self.at += 2;
                }
                0 if self.executed && self.rest().is_empty() => {
                    return self.fail(0, "A comment that the server executes is not closed.");
                }
                _ => break,
            }
        }
        Ok(())
    }

    /// MySQL takes `--` for a comment only before a blank; `1--1` is two minus signs there.
    fn dashes_comment(&self) -> bool {
        !self.flavour.is_mysql()
            || self.at + 2 >= self.sql.len()
            || self.byte(2).is_ascii_whitespace()
            || self.byte(2).is_ascii_control()
    }

    /// PostgreSQL ends such a comment at a carriage return too; where servers differ the text is
    /// refused rather than read either way.
    fn line_comment(&mut self) -> Checked<()> {
        let end = self.rest().find('\n').unwrap_or(self.rest().len());
        let comment = &self.rest()[..end];
        self.clean(comment)?;
        if let Some(cr) = comment.trim_end_matches('\r').find('\r') {
            self.at += cr;
            return self.fail(1, "A carriage return inside a comment may end it on the server.");
        }
        self.at += end;
        Ok(())
    }

    fn block_comment(&mut self) -> Checked<()> {
        let rest = self.rest();
        if self.flavour.is_mysql() {
            if self.executed {
                return self.fail(2, "A comment inside one that the server executes is refused.");
            }
            if let Some(header) = executable(rest, self.flavour) {
                match header {
                    Executable::Yes(length) => {
                        self.executed = true;
                        self.at += length;
                        return Ok(());
                    }
                    Executable::Depends => {
                        return self.fail(
                            4,
                            "Whether the server executes this comment depends on its version.",
                        );
                    }
                }
            }
            let lower = rest[..rest.find("*/").unwrap_or(rest.len())].to_ascii_lowercase();
            if lower.starts_with("/*+")
                && ["set_var", "resource_group"].iter().any(|h| lower.contains(h))
            {
                return self.fail(3, "This optimizer hint changes settings.");
            }
        }
        let nests = self.flavour.is_postgres();
        let bytes = rest.as_bytes();
        let (mut at, mut depth) = (2, 1);
        while at < bytes.len() {
            match (bytes[at], bytes.get(at + 1)) {
                (b'*', Some(b'/')) => {
                    at += 2;
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                (b'/', Some(b'*')) if nests => {
                    at += 2;
                    depth += 1;
                }
                (b'\n', _) => {
                    self.newline = true;
                    at += 1;
                }
                _ => at += 1,
            }
        }
        // SQLite ends an open comment with the text.
        if depth > 0 && !self.flavour.is_sqlite() {
            return self.fail(2, "This comment is not closed.");
        }
        at = at.min(bytes.len());
        self.clean(&rest[..at])?;
        self.at += at;
        Ok(())
    }

    /// No control characters: some servers end a text at them.
    fn clean(&self, text: &str) -> Checked<()> {
        match text
            .char_indices()
            .find(|(_, c)| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0c'))
        {
            None => Ok(()),
            Some((at, c)) => {
                let start = self.at + at;
                let reason = format!("The control character U+{:04X} is refused.", c as u32);
                Err(Fault::new("text", reason, Span { start, end: start + c.len_utf8() }))
            }
        }
    }

    fn token(&mut self) -> Checked<Tok> {
        let Some(c) = self.rest().chars().next() else { return Ok(Tok::End) };
        let mysql = self.flavour.is_mysql();
        let goes_on = std::mem::take(&mut self.escapes) && self.newline && c == '\'';
        self.escapes = goes_on;
        match c {
            '\'' => self.string(1, mysql || goes_on),
            '"' if mysql => self.string(1, true),
            '"' => Ok(Tok::Quoted { value: self.quoted('"', '"')?, double: true }),
            '`' if !self.flavour.is_postgres() => {
                Ok(Tok::Quoted { value: self.quoted('`', '`')?, double: false })
            }
            '[' if self.flavour.is_sqlite() => {
                Ok(Tok::Quoted { value: self.quoted('[', ']')?, double: false })
            }
            '0'..='9' => self.number(),
            '.' if self.byte(1).is_ascii_digit() => self.number(),
            '$' => self.dollar(),
            '@' if mysql => self.variable(),
            '?' if !self.flavour.is_postgres() => self.parameter(1),
            ':' if self.flavour.is_sqlite() || (mysql && self.byte(1) != b'=') => self.parameter(1),
            '@' | '#' if self.flavour.is_sqlite() => self.parameter(1),
            c if c == '_' || c.is_alphabetic() => self.word(),
            _ => self.operator(c),
        }
    }

    fn parameter(&mut self, len: usize) -> Checked<Tok> {
        let rest = &self.rest()[len..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let text = self.rest()[..len + end].to_owned();
        self.at += len + end;
        Ok(Tok::Param(text))
    }

    fn variable(&mut self) -> Checked<Tok> {
        let system = self.byte(1) == b'@';
        let skip = if system { 2 } else { 1 };
        let rest = &self.rest()[skip..];
        let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '$');
        let end = rest.find(|c| !part(c)).unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        if name.is_empty() && system {
            return self.fail(2, "A name of plain letters must follow '@@'.");
        }
        self.at += skip + end;
        Ok(if system { Tok::System(name) } else { Tok::Variable(name) })
    }

    fn word(&mut self) -> Checked<Tok> {
        let rest = self.rest();
        let next = self.byte(1);
        let first = self.byte(0).to_ascii_lowercase();
        let postgres = self.flavour.is_postgres();
        if next == b'\'' {
            match first {
                b'e' if postgres => {
                    self.escapes = true;
                    return self.string(2, true);
                }
                // PostgreSQL takes N'…' for nchar '…'.
                b'n' if postgres => {
                    self.at += 1;
                    return Ok(Tok::Word("nchar".into()));
                }
                b'n' if self.flavour.is_mysql() => return self.string(2, true),
                b'x' => return self.bits("x", 2),
                b'b' if !self.flavour.is_sqlite() => return self.bits("b", 2),
                _ => {}
            }
        }
        if postgres && first == b'u' && next == b'&' && matches!(self.byte(2), b'\'' | b'"') {
            return self.unicode();
        }
        let part =
            |c: char| c == '_' || c.is_alphanumeric() || (c == '$' && !self.flavour.is_sqlite());
        let end = rest.find(|c| !part(c)).unwrap_or(rest.len());
        let word = &rest[..end];
        self.short(word)?;
        self.at += end;
        Ok(Tok::Word(word.to_owned()))
    }

    fn bits(&mut self, prefix: &'static str, skip: usize) -> Checked<Tok> {
        let rest = &self.rest()[skip..];
        let Some(end) = rest.find('\'') else { return self.fail(2, "This literal is not closed.") };
        let digits = &rest[..end];
        let known =
            |c: char| if prefix == "x" { c.is_ascii_hexdigit() } else { matches!(c, '0' | '1') };
        if !digits.chars().all(known) || rest[end + 1..].starts_with('\'') {
            return self.fail(skip + end + 1, "This is no bit or hex literal.");
        }
        self.at += skip + end + 1;
        Ok(Tok::Bits { prefix, digits: digits.to_owned() })
    }

    /// A string whose opening quote stands `skip - 1` bytes ahead.
    fn string(&mut self, skip: usize, backslash: bool) -> Checked<Tok> {
        let quote = char::from(self.byte(skip - 1));
        let body = &self.rest()[skip..];
        let mut value = String::new();
        let mut chars = body.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if c == quote {
                if chars.next_if(|(_, next)| *next == quote).is_some() {
                    value.push(quote);
                    continue;
                }
                self.at += skip + at + 1;
                // MySQL's `\0` is a character like others; it is written as that escape again.
                if !self.flavour.is_mysql() {
                    self.no_nul(&value)?;
                }
                return Ok(Tok::Str(value));
            }
            if c == '\\' && backslash {
                let escape = &body[at + 1..];
                let used = if self.flavour.is_mysql() {
                    mysql_escape(escape, &mut value)
                } else {
                    postgres_escape(escape, &mut value)
                };
                let Some(used) = used else {
                    self.at += skip + at;
                    return self.fail(2, "This escape in a string is not valid.");
                };
                while chars.next_if(|(next, _)| *next < at + 1 + used).is_some() {}
                continue;
            }
            self.no_nul(c.encode_utf8(&mut [0; 4]))?;
            value.push(c);
        }
        self.fail(1, "This string is not closed.")
    }

    fn no_nul(&self, value: &str) -> Checked<()> {
        if value.contains('\0') {
            return self.fail(1, "A NUL character in a string is refused.");
        }
        Ok(())
    }

    fn short(&self, name: &str) -> Checked<()> {
        if self.flavour.is_postgres() && name.len() > MAX_NAME {
            let reason = format!("PostgreSQL would cut this name off after {MAX_NAME} bytes.");
            return Err(Fault::new("text", reason, self.here(name.len())));
        }
        Ok(())
    }

    /// `U&'…'` and `U&"…"`, with an optional `UESCAPE 'c'`.
    fn unicode(&mut self) -> Checked<Tok> {
        let quote = char::from(self.byte(2));
        self.at += 2;
        let text = match self.string(1, false)? {
            Tok::Str(text) => text,
            _ => return self.fail(1, "A string was expected."),
        };
        let (mark, newline) = (self.at, self.newline);
        self.blank()?;
        let mut escape = '\\';
        if self.rest().get(..7).is_some_and(|w| w.eq_ignore_ascii_case("uescape")) {
            self.at += 7;
            self.blank()?;
            match self.token()? {
                Tok::Str(c) if c.chars().count() == 1 => escape = c.chars().next().unwrap_or('\\'),
                _ => return self.fail(1, "UESCAPE needs one character in quotes."),
            }
            if escape.is_ascii_hexdigit() || matches!(escape, '+' | '\'' | '"' | ' ') {
                return self.fail(1, "This character cannot be an escape.");
            }
        } else {
            self.at = mark;
        }
        self.newline = newline;
        let Some(value) = unicode_escapes(&text, escape) else {
            return self.fail(1, "This Unicode escape is not valid.");
        };
        self.no_nul(&value)?;
        if quote == '"' {
            self.short(&value)?;
            return Ok(Tok::Quoted { value, double: true });
        }
        Ok(Tok::Str(value))
    }

    fn quoted(&mut self, open: char, close: char) -> Checked<String> {
        let body = &self.rest()[1..];
        let mut value = String::new();
        let mut chars = body.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if c == close {
                if open == close && chars.next_if(|(_, next)| *next == close).is_some() {
                    value.push(close);
                    continue;
                }
                if value.is_empty() {
                    return self.fail(2, "An empty name is refused.");
                }
                self.clean(&value)?;
                self.short(&value)?;
                self.at += 1 + at + 1;
                return Ok(value);
            }
            value.push(c);
        }
        self.fail(1, "This quoted name is not closed.")
    }

    fn number(&mut self) -> Checked<Tok> {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let radix = matches!(bytes.get(1), Some(b'x' | b'X')) && bytes[0] == b'0';
        if radix && !self.flavour.is_postgres() {
            let end =
                rest[2..].find(|c: char| !c.is_ascii_hexdigit()).map_or(rest.len(), |n| n + 2);
            if end > 2 && !rest[end..].starts_with(|c: char| c == '_' || c.is_alphanumeric()) {
                self.at += end;
                return Ok(Tok::Bits { prefix: "0x", digits: rest[2..end].to_owned() });
            }
            return self.fail(end, "This is no number.");
        }
        if self.flavour.is_mysql() && rest.starts_with("0b") {
            let end = rest[2..].find(|c| !matches!(c, '0' | '1')).map_or(rest.len(), |n| n + 2);
            if end > 2 && !rest[end..].starts_with(|c: char| c == '_' || c.is_alphanumeric()) {
                self.at += end;
                return Ok(Tok::Bits { prefix: "0b", digits: rest[2..end].to_owned() });
            }
        }
        let mut end = digits(bytes, 0);
        if bytes.get(end) == Some(&b'.') && bytes.get(end + 1) != Some(&b'.') {
            end = digits(bytes, end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(bytes, end + 1 + sign);
            if exponent > end + 1 + sign {
                end = exponent;
            }
        }
        let in_name = |c: char| c == '_' || c == '$' || c.is_alphanumeric();
        if rest[end..].starts_with(in_name) {
            // MySQL's names may begin with digits: `2fa_codes`.
            if self.flavour.is_mysql() && bytes[..end].iter().all(u8::is_ascii_digit) {
                let end = rest.find(|c| !in_name(c)).unwrap_or(rest.len());
                self.at += end;
                return Ok(Tok::Word(rest[..end].to_owned()));
            }
            return self.fail(end + 1, "A number runs into a word; put a blank between them.");
        }
        self.at += end;
        Ok(Tok::Number(rest[..end].to_owned()))
    }

    /// PostgreSQL: `$1` or `$tag$…$tag$`. Elsewhere `$` begins a name or a parameter: refused.
    fn dollar(&mut self) -> Checked<Tok> {
        let rest = self.rest();
        if !self.flavour.is_postgres() {
            return self.fail(1, "'$' is refused outside quotes.");
        }
        if self.byte(1).is_ascii_digit() {
            return self.parameter(1);
        }
        let tag = rest[1..].find('$').map(|n| &rest[1..=n]);
        let valid = |tag: &str| {
            tag.chars().all(|c| c == '_' || c.is_alphanumeric())
                && !tag.starts_with(|c: char| c.is_ascii_digit())
        };
        let Some(tag) = tag.filter(|tag| valid(tag)) else {
            return self.fail(1, "'$' begins nothing that is known here.");
        };
        let fence = format!("${tag}$");
        let body = &rest[fence.len()..];
        let Some(end) = body.find(&fence) else {
            return self.fail(fence.len(), "This dollar-quoted string is not closed.");
        };
        let value = body[..end].to_owned();
        self.no_nul(&value)?;
        self.at += end + 2 * fence.len();
        Ok(Tok::Str(value))
    }

    fn operator(&mut self, c: char) -> Checked<Tok> {
        if matches!(c, '(' | ')' | '[' | ']' | ',' | ';' | '.' | '{' | '}') {
            self.bracket(c)?;
            self.at += 1;
            return Ok(Tok::Op(c.to_string()));
        }
        let rest = self.rest();
        let len = match self.flavour {
            Flavour::Postgres => postgres_operator(rest),
            Flavour::MySql | Flavour::MariaDb => longest(
                rest,
                &["->>", "<=>", "->", "<=", ">=", "<>", "!=", "<<", ">>", "||", "&&", ":="],
            ),
            Flavour::Sqlite => {
                longest(rest, &["->>", "->", "<=", ">=", "<>", "!=", "<<", ">>", "||", "=="])
            }
        };
        if len == 0 {
            let reason = format!("The character '{}' is refused here.", c.escape_default());
            return Err(Fault::new("text", reason, self.here(c.len_utf8())));
        }
        let text = rest[..len].to_owned();
        self.at += len;
        Ok(Tok::Op(text))
    }

    fn bracket(&mut self, c: char) -> Checked<()> {
        match c {
            '(' | '[' => self.depth += 1,
            ')' | ']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        if self.depth > MAX_DEPTH {
            let reason = format!("The statement nests deeper than {MAX_DEPTH} parentheses.");
            return Err(Fault::new("too_deep", reason, self.here(1)));
        }
        Ok(())
    }
}

fn digits(bytes: &[u8], from: usize) -> usize {
    from + bytes.iter().skip(from).take_while(|b| b.is_ascii_digit()).count()
}

fn longest(rest: &str, known: &[&str]) -> usize {
    match known.iter().find(|op| rest.starts_with(**op)) {
        Some(op) => op.len(),
        None => usize::from(rest.starts_with(|c| "+-*/%<>=!&|^~".contains(c))),
    }
}

/// PostgreSQL's rule: as long as it gets, not over a comment's start, and not ending in `+` or `-`
/// unless one of the marks below is in it.
fn postgres_operator(rest: &str) -> usize {
    if rest.starts_with("::") || rest.starts_with(":=") {
        return 2;
    }
    if rest.starts_with(':') {
        return 1;
    }
    let mut len = rest.find(|c| !"+-*/<>=~!@#%^&|`?".contains(c)).unwrap_or(rest.len());
    for comment in ["--", "/*"] {
        len = len.min(rest[..len].find(comment).unwrap_or(len));
    }
    while len > 1
        && rest[..len].ends_with(['+', '-'])
        && !rest[..len].contains(['~', '!', '@', '#', '%', '^', '&', '|', '`', '?'])
    {
        len -= 1;
    }
    len
}

/// Decodes what follows a backslash; gives the bytes used.
fn mysql_escape(rest: &str, value: &mut String) -> Option<usize> {
    let c = rest.chars().next()?;
    match c {
        '0' => value.push('\0'),
        'b' => value.push('\u{8}'),
        'n' => value.push('\n'),
        'r' => value.push('\r'),
        't' => value.push('\t'),
        'Z' => value.push('\u{1a}'),
        // Kept for LIKE.
        '%' | '_' => value.extend(['\\', c]),
        _ => value.push(c),
    }
    Some(c.len_utf8())
}

fn postgres_escape(rest: &str, value: &mut String) -> Option<usize> {
    let c = rest.chars().next()?;
    let hex = |from: usize, most: usize| {
        rest[from..].chars().take(most).take_while(char::is_ascii_hexdigit).count()
    };
    let code = |text: &str, radix| u32::from_str_radix(text, radix).ok().and_then(char::from_u32);
    match c {
        'b' => value.push('\u{8}'),
        'f' => value.push('\u{c}'),
        'n' => value.push('\n'),
        'r' => value.push('\r'),
        't' => value.push('\t'),
        'x' => {
            let n = hex(1, 2);
            // Bytes above 7F would have to be put together as UTF-8: refused.
            value.push(code(rest.get(1..=n)?, 16).filter(char::is_ascii)?);
            return Some(1 + n);
        }
        'u' | 'U' => {
            let n = if c == 'u' { 4 } else { 8 };
            if hex(1, n) < n {
                return None;
            }
            value.push(code(&rest[1..=n], 16)?);
            return Some(1 + n);
        }
        '0'..='7' => {
            let n = rest.chars().take(3).take_while(|c| ('0'..='7').contains(c)).count();
            value.push(code(&rest[..n], 8).filter(char::is_ascii)?);
            return Some(n);
        }
        _ => value.push(c),
    }
    Some(c.len_utf8())
}

/// Decodes `\XXXX`, `\+XXXXXX` and the doubled escape. Surrogate pairs are refused.
fn unicode_escapes(text: &str, escape: char) -> Option<String> {
    let mut value = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(escape) {
        value.push_str(&rest[..at]);
        rest = &rest[at + escape.len_utf8()..];
        if let Some(after) = rest.strip_prefix(escape) {
            value.push(escape);
            rest = after;
            continue;
        }
        let (skip, n) = if rest.starts_with('+') { (1, 6) } else { (0, 4) };
        let digits = rest.get(skip..skip + n)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        value.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
        rest = &rest[skip + n..];
    }
    value.push_str(rest);
    Some(value)
}
