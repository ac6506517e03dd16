#![doc = include_str!("../README.md")]

mod ast;
mod door;
pub mod facts;
mod fault;
mod flavour;
mod functions;
pub mod jsonl;
mod lexer;
mod limit;
mod parse;
pub mod policy;
mod render;
mod resolve;
mod second;
mod walk;
mod words;
pub mod write;

pub use facts::Facts;
pub use flavour::Flavour;
pub use policy::Policy;
pub use write::WriteClass;

use model::{
    dialect::Dialect,
    error::{Position, Problem, ProblemCode},
};
use std::collections::BTreeMap;

/// Everything that the guard needs to know besides the statement.
#[derive(Clone, Copy, Debug)]
pub struct Gate<'a> {
    pub facts: &'a Facts,
    /// The policy of the person who asks, already chosen for connection, role and person.
    pub policy: &'a Policy,
    /// What row filters may name: `{user.region}` is the entry `region`.
    pub attributes: &'a BTreeMap<String, String>,
    /// The most rows that the outermost query may return; `None` leaves the statement's own limit.
    pub row_limit: Option<u64>,
}

/// What the guard says to a statement.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// May run as a read, in the text that `Cleared` holds.
    Read(Cleared),
    /// Changes something: needs an approval.
    Write(WriteClass),
    /// May not run.
    Deny(Refusal),
}

/// A statement that may be read from a database. Only the guard makes one.
#[derive(Clone, Debug)]
pub struct Cleared {
    sql: String,
    shown: String,
    dialect: Dialect,
    kind: ReadKind,
    tables: Vec<(String, String)>,
    masked: Vec<MaskedColumn>,
    clean: bool,
    governed: bool,
}

/// What kind of read it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadKind {
    Query,
    /// A plan; nothing is executed.
    Explain,
    /// Metadata: SHOW, DESCRIBE, PRAGMA.
    Show,
}

/// A result column that shows masked values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaskedColumn {
    /// Position in the result, from 0; `None` where a star or a record hides it.
    pub position: Option<usize>,
    /// `schema.table.column`.
    pub column: String,
    /// The name of the mask: `null`, `partial` …
    pub mask: String,
}

/// A value bound to a placeholder of the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub value: String,
}

/// Why a statement may not run, in the person's terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// A stable word for tests and markers: `lock`, `function`, `unknown_table` …
    pub code: &'static str,
    pub reason: String,
    pub hint: Option<String>,
    pub position: Option<Position>,
}

impl Cleared {
    /// The text to run: rendered from the checked tree.
    #[must_use]
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The same text for people: secrets of masks are blotted out.
    #[must_use]
    pub fn shown_sql(&self) -> &str {
        &self.shown
    }

    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    #[must_use]
    pub fn kind(&self) -> ReadKind {
        self.kind
    }

    /// `(schema, table)` of every table and view that is read, those behind views included; sorted.
    #[must_use]
    pub fn tables(&self) -> &[(String, String)] {
        &self.tables
    }

    /// Result columns that show masks instead of values.
    #[must_use]
    pub fn masked(&self) -> &[MaskedColumn] {
        &self.masked
    }

    /// Masks or row filters stand in it: a database's error may quote what they hide.
    #[must_use]
    pub fn is_governed(&self) -> bool {
        self.governed
    }

    /// True: shown that it cannot touch session state.
    #[must_use]
    pub fn leaves_session_clean(&self) -> bool {
        self.clean
    }

    /// Values to bind. Attributes of row filters are rendered as literals, so there are none today.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter] {
        &[]
    }
}

/// Reads one statement and says whether and in which text it may run.
///
/// Pure and total: any text gives a verdict, and what is not understood is denied.
#[must_use]
pub fn check(gate: &Gate<'_>, sql: &str) -> Verdict {
    door::pass(gate, sql)
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let mut problem = Self::new(ProblemCode::Refused, refusal.reason).at(refusal.position);
        problem.hint = refusal.hint;
        problem.kind = Some(refusal.code.to_owned());
        problem
    }
}
