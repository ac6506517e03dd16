//! What a statement that is not a read would do, as far as its text says.

use model::error::{Problem, ProblemCode};
use serde::{Deserialize, Serialize};

/// A statement that changes data, structure or rights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteClass {
    pub kind: WriteKind,
    /// The statement's leading words: `INSERT`, `ALTER TABLE`.
    pub statement: String,
    /// Tables it changes, as written.
    pub tables: Vec<String>,
    /// Columns it sets, as written; empty: all or none.
    pub columns: Vec<String>,
    pub condition: Condition,
    /// It removes or changes what hangs on its target: `DROP … CASCADE`, `TRUNCATE … CASCADE`.
    pub cascades: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriteKind {
    Insert,
    Update,
    Delete,
    Merge,
    Truncate,
    /// CREATE, ALTER, DROP, RENAME, COMMENT …
    Structure,
    /// GRANT, REVOKE, users and roles.
    Privileges,
    /// VACUUM, ANALYZE, REINDEX, REFRESH …
    Maintenance,
}

/// Which rows an UPDATE or DELETE reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// The statement has no rows to choose.
    NotApplicable,
    /// No WHERE: every row.
    Missing,
    /// A WHERE without any column: every row or none.
    AlwaysTrue,
    Present,
}

impl From<WriteClass> for Problem {
    fn from(write: WriteClass) -> Self {
        let target = match write.tables.as_slice() {
            [] => String::new(),
            tables => format!(" on {}", tables.join(", ")),
        };
        let rows = match write.condition {
            Condition::Missing => " It has no WHERE: every row would change.",
            Condition::AlwaysTrue => " Its WHERE holds for every row.",
            Condition::NotApplicable | Condition::Present => "",
        };
        let message = format!("{}{target} is a write, and this door only reads.{rows}", write.statement);
        Self::new(ProblemCode::Refused, message)
            .hint("Writes run after somebody else approved them; that comes with approvals.")
    }
}
