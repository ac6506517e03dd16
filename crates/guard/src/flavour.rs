//! Which server reads the text, as far as its lexer and grammar differ.

use model::{catalog::Catalog, dialect::Dialect};

/// A server whose way of reading SQL is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flavour {
    Postgres,
    MySql,
    MariaDb,
    Sqlite,
}

impl Flavour {
    /// The flavour of the database that a catalogue was read from.
    #[must_use]
    pub fn of(catalog: &Catalog) -> Self {
        match catalog.dialect {
            Dialect::Postgres => Self::Postgres,
            Dialect::Sqlite => Self::Sqlite,
            Dialect::MySql if catalog.server_version.to_ascii_lowercase().contains("mariadb") => {
                Self::MariaDb
            }
            Dialect::MySql => Self::MySql,
        }
    }

    #[must_use]
    pub fn dialect(self) -> Dialect {
        match self {
            Self::Postgres => Dialect::Postgres,
            Self::MySql | Self::MariaDb => Dialect::MySql,
            Self::Sqlite => Dialect::Sqlite,
        }
    }

    pub(crate) fn is_postgres(self) -> bool {
        self == Self::Postgres
    }

    pub(crate) fn is_sqlite(self) -> bool {
        self == Self::Sqlite
    }

    /// MySQL or MariaDB.
    pub(crate) fn is_mysql(self) -> bool {
        matches!(self, Self::MySql | Self::MariaDb)
    }
}
