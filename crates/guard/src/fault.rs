//! Why a statement is refused, while only byte offsets are known.

use crate::Refusal;
use model::error::Position;

/// Byte range in the text that came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub fn to(self, last: Self) -> Self {
        Self { start: self.start, end: last.end.max(self.end) }
    }
}

/// A refusal on its way out: `position` is worked out once, at the door.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub code: &'static str,
    pub reason: String,
    pub hint: Option<String>,
    pub span: Option<Span>,
}

pub(crate) type Checked<T> = Result<T, Box<Fault>>;

impl Fault {
    pub fn new(code: &'static str, reason: impl Into<String>, span: Span) -> Box<Self> {
        Box::new(Self { code, reason: reason.into(), hint: None, span: Some(span) })
    }

    /// A refusal that is about no place in the text.
    pub fn whole(code: &'static str, reason: impl Into<String>) -> Box<Self> {
        Box::new(Self { code, reason: reason.into(), hint: None, span: None })
    }

    pub fn hint(mut self: Box<Self>, hint: impl Into<String>) -> Box<Self> {
        self.hint = Some(hint.into());
        self
    }

    pub fn refusal(self, sql: &str) -> Refusal {
        let position = self.span.map(|span| position(sql, span));
        Refusal { code: self.code, reason: self.reason, hint: self.hint, position }
    }
}

/// Line and column, from 1, in characters.
fn position(sql: &str, span: Span) -> Position {
    let start = floor(sql, span.start);
    let end = floor(sql, span.end.max(start));
    let before = &sql[..start];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    Position {
        line: count(before.matches('\n').count()) + 1,
        column: count(before[line_start..].chars().count()) + 1,
        length: count(sql[start..end].chars().count()),
    }
}

fn floor(sql: &str, at: usize) -> usize {
    let mut at = at.min(sql.len());
    while !sql.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
