//! What can go wrong with Querent's own data.

use model::error::{Problem, ProblemCode};
use std::{error::Error, fmt::Write as _};

/// One variant per failed operation.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("cannot open Querent's database {url}")]
    Open { url: String, source: sqlx::Error },
    #[error("migration {version} of Querent's database failed")]
    Migrate { version: i64, source: sqlx::Error },
    #[error("the database was made by a newer Querent (migration {found}, this one knows {known})")]
    Newer { found: i64, known: i64 },
    #[error("migration {version} differs from the one that this database was made with")]
    Changed { version: i64 },
    #[error("cannot {operation}")]
    Query { operation: &'static str, source: sqlx::Error },
    #[error("{what} in the store cannot be read")]
    Corrupt { what: &'static str, source: Box<dyn Error + Send + Sync> },
    /// No such row in this workspace.
    #[error("there is no such {what}")]
    NotFound { what: &'static str },
    /// It exists already, or changed meanwhile.
    #[error("{message}")]
    Conflict { message: &'static str },
    #[error("the journal has been closed")]
    Closed,
}

impl StoreError {
    /// Did a unique key refuse the row?
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Query { source: sqlx::Error::Database(error), .. } if error.is_unique_violation())
    }
}

/// What a person is told. An internal failure is logged here, with its chain and an incident id.
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound { what } => {
                Self::new(ProblemCode::NotFound, format!("There is no such {what}."))
                    .hint("It may have been deleted; reload the page.")
            }
            StoreError::Conflict { message } => Self::new(ProblemCode::Conflict, message),
            internal => incident(&internal),
        }
    }
}

fn incident(error: &StoreError) -> Problem {
    let id = uuid::Uuid::now_v7().simple().to_string();
    tracing::error!(incident = id, error = chain(error), "Querent's own data failed");
    let mut problem = Problem::new(ProblemCode::Internal, "Querent could not reach its own data.")
        .hint("Try again; if it stays so, give the administrator this incident's number.");
    problem.incident = Some(id);
    problem
}

/// An error with all its sources, in one line.
#[must_use]
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(text, ": {cause}");
        source = cause.source();
    }
    text
}

/// Names the operation that a database error happened in.
pub(crate) trait During<T> {
    fn during(self, operation: &'static str) -> Result<T, StoreError>;
}

impl<T> During<T> for Result<T, sqlx::Error> {
    fn during(self, operation: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Query { operation, source })
    }
}
