//! The catalogue of a connected database: one model for PostgreSQL, MySQL/MariaDB and SQLite.
//!
//! Made by `connect`'s introspection with set-based queries, stored as a version by `store`,
//! read by `guard` (facts), `engine` and `pipeline` (meaning) and the schema tree (display).

use crate::dialect::Dialect;
use serde::{Deserialize, Serialize};

/// Everything that is known of a database's structure. Schemas and tables are sorted by name,
/// columns by position.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    pub dialect: Dialect,
    /// As the server says it: `15.18`, `10.11.6-MariaDB`, `3.46.0`.
    pub server_version: String,
    /// The database's own name; for SQLite the file's stem.
    pub database: String,
    /// Where an unqualified name is looked up, in order: PostgreSQL's effective search path,
    /// MySQL's current database, SQLite's `main`.
    pub search_path: Vec<String>,
    pub schemas: Vec<Schema>,
}

/// A namespace. MySQL: a database. SQLite: always one, `main`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    pub name: String,
    pub comment: Option<String>,
    pub tables: Vec<Table>,
    /// Functions, operators, types and casts that users made here: facts for the guard.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routines: Vec<Routine>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<UserType>,
}

/// A relation that can stand in FROM.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    pub name: String,
    pub kind: TableKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The server's own estimate; `None` where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_estimate: Option<i64>,
    pub columns: Vec<Column>,
    /// Column names of the primary key, in key order. Empty: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub primary_key: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign_keys: Vec<ForeignKey>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Index>,
    /// The SELECT of a view, as the server prints it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// Parents by inheritance or partitioning, `(schema, table)`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<(String, String)>,
    /// How a partitioned table is split, as the server prints it: `RANGE (created_at)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition_key: Option<String>,
    /// This partition's bound, as the server prints it: `FOR VALUES FROM ('2025-01-01') TO (…)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition_bound: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableKind {
    Table,
    View,
    MaterializedView,
    /// The root of a partitioned table.
    Partitioned,
    /// A leaf of a partitioned table.
    Partition,
    /// Rows live elsewhere (PostgreSQL foreign tables, MySQL FEDERATED).
    Foreign,
    /// SQLite's virtual tables (FTS, R-Tree …).
    Virtual,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    /// The type as the database prints it: `numeric(12,2)`, `varchar(40)`, `timestamp with time zone`.
    pub type_name: String,
    /// What the type means, whatever the database calls it.
    pub kind: ValueKind,
    pub nullable: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The expression of a generated column; `identity`/`auto_increment` columns say that word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated: Option<String>,
    /// Labels of an enum or MySQL set, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
}

/// The meaning of a type, for display, charts and the engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueKind {
    Integer,
    /// Exact decimals and floats.
    Number,
    Text,
    Boolean,
    Date,
    /// With or without zone.
    Timestamp,
    Time,
    Interval,
    Uuid,
    Json,
    Binary,
    Enum,
    Array,
    /// Anything else the database shows as text: ranges, inet, geometry, composite …
    #[default]
    Other,
}

impl ValueKind {
    #[must_use]
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Number)
    }

    /// A point on a calendar: a date or a timestamp.
    #[must_use]
    pub fn is_temporal(self) -> bool {
        matches!(self, Self::Date | Self::Timestamp)
    }
}

/// A foreign key of a table. `columns[i]` refers to `ref_columns[i]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignKey {
    pub name: String,
    pub columns: Vec<String>,
    pub ref_schema: String,
    pub ref_table: String,
    pub ref_columns: Vec<String>,
    /// `CASCADE`, `SET NULL` …; `None` for no action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_delete: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_update: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    pub name: String,
    /// Column names or expressions, in index order.
    pub columns: Vec<String>,
    pub unique: bool,
    /// A partial index's condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicate: Option<String>,
}

/// A function, procedure, aggregate, operator or cast that a user made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routine {
    pub name: String,
    pub kind: RoutineKind,
    /// Argument types as the server prints them.
    pub arguments: String,
    /// What it returns or, for an operator or cast, the function behind it: `schema.name`.
    pub result: String,
    pub language: String,
    /// PostgreSQL's `i`, `s`, `v`; MySQL's `DETERMINISTIC`/`CONTAINS SQL` words.
    pub volatility: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoutineKind {
    Function,
    Procedure,
    Aggregate,
    Window,
    Operator,
    Cast,
}

/// A type that a user made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserType {
    pub name: String,
    /// `enum`, `domain`, `composite`, `range`, `base`.
    pub kind: String,
    /// The values of an enum; the attributes' names of a composite type.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// The types of a composite's attributes; the type that a domain is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// A domain's checks as the server prints them: `CHECK ((VALUE > 0))`. None: not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checks: Option<Vec<String>>,
}

impl Catalog {
    /// The table with exactly this schema and name.
    #[must_use]
    pub fn table(&self, schema: &str, name: &str) -> Option<&Table> {
        self.schemas.iter().find(|s| s.name == schema)?.tables.iter().find(|t| t.name == name)
    }

    /// All tables with their schema's name, in catalogue order.
    pub fn tables(&self) -> impl Iterator<Item = (&str, &Table)> {
        self.schemas.iter().flat_map(|s| s.tables.iter().map(move |t| (s.name.as_str(), t)))
    }
}

impl Table {
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name == name)
    }
}

/// What a refresh changed, as sentences' parts. Names are `schema.table` or `schema.table.column`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogChanges {
    pub tables_added: Vec<String>,
    pub tables_removed: Vec<String>,
    pub columns_added: Vec<String>,
    pub columns_removed: Vec<String>,
    /// Changed type, nullability, default, key, index or comment: `name: what`.
    pub changed: Vec<String>,
}

impl CatalogChanges {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
}

/// How far an introspection is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CatalogProgress {
    /// `step` of `steps`, with what is being read now: `columns`.
    Reading {
        step: u32,
        steps: u32,
        what: String,
    },
    Done {
        tables: u32,
        columns: u32,
        milliseconds: u64,
        changes: CatalogChanges,
    },
    Failed {
        problem: String,
    },
}
