//! What a statement that is not a read would do, as far as its text says.

use crate::{Flavour, fault::Fault};
use model::error::{Problem, ProblemCode};
use serde::{Deserialize, Serialize};
use sqlparser::{
    ast::{self, Expr, FromTable, ObjectName, Statement, TableFactor, TableObject, TableWithJoins},
    dialect::{Dialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect},
    parser::Parser,
};

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
        let message = format!(
            "{}{target} changes something; only statements that read run here.{rows}",
            write.statement
        );
        Self::new(ProblemCode::Refused, message)
            .hint("Writes run after somebody else approved them; that comes with approvals.")
    }
}

/// Longest text that is classified; what is longer is refused without a class.
const MAX_BYTES: usize = 64 * 1024;

/// What the statement would change, if it is one that writes. Told only to explain and, later, to
/// route approvals: nothing runs because of it.
pub(crate) fn classify(fault: &Fault, sql: &str, flavour: Flavour) -> Option<WriteClass> {
    if !matches!(fault.code, "not_a_read" | "write_inside") || sql.len() > MAX_BYTES {
        return None;
    }
    let dialect: &dyn Dialect = match flavour {
        Flavour::Postgres => &PostgreSqlDialect {},
        Flavour::MySql | Flavour::MariaDb => &MySqlDialect {},
        Flavour::Sqlite => &SQLiteDialect {},
    };
    let parser = Parser::new(dialect).with_recursion_limit(40);
    let statements = parser.try_with_sql(sql).ok()?.parse_statements().ok()?;
    let [statement] = statements.as_slice() else { return None };
    class(statement)
}

fn class(statement: &Statement) -> Option<WriteClass> {
    let (kind, words) = kind(statement)?;
    let mut class = WriteClass {
        kind,
        statement: words.to_owned(),
        tables: Vec::new(),
        columns: Vec::new(),
        condition: Condition::NotApplicable,
        cascades: false,
    };
    match statement {
        Statement::Insert(insert) => {
            if let TableObject::TableName(name) = &insert.table {
                class.tables.push(name.to_string());
            }
            class.columns = insert.columns.iter().map(ToString::to_string).collect();
        }
        Statement::Update(update) => {
            class.tables.push(table(&update.table));
            class.columns =
                update.assignments.iter().map(|assignment| assignment.target.to_string()).collect();
            class.condition = condition(update.selection.as_ref());
        }
        Statement::Delete(delete) => {
            let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
            class.tables = if delete.tables.is_empty() {
                from.iter().map(table).collect()
            } else {
                names(&delete.tables)
            };
            class.condition = condition(delete.selection.as_ref());
        }
        Statement::Drop { names: dropped, cascade, .. } => {
            class.tables = names(dropped);
            class.cascades = *cascade;
        }
        Statement::Query(query) => return inside(query),
        _ => {}
    }
    Some(class)
}

/// A WITH that writes, or a body that does.
fn inside(query: &ast::Query) -> Option<WriteClass> {
    let ctes = query.with.iter().flat_map(|with| &with.cte_tables);
    ctes.map(|cte| cte.query.body.as_ref()).chain([query.body.as_ref()]).find_map(|body| match body
    {
        ast::SetExpr::Insert(statement)
        | ast::SetExpr::Update(statement)
        | ast::SetExpr::Delete(statement)
        | ast::SetExpr::Merge(statement) => class(statement),
        ast::SetExpr::Query(query) => inside(query),
        _ => None,
    })
}

fn kind(statement: &Statement) -> Option<(WriteKind, &'static str)> {
    Some(match statement {
        Statement::Insert(insert) if insert.replace_into => (WriteKind::Insert, "REPLACE"),
        Statement::Insert(_) => (WriteKind::Insert, "INSERT"),
        Statement::Update(_) => (WriteKind::Update, "UPDATE"),
        Statement::Delete(_) => (WriteKind::Delete, "DELETE"),
        Statement::Merge(_) => (WriteKind::Merge, "MERGE"),
        Statement::Truncate(_) => (WriteKind::Truncate, "TRUNCATE"),
        Statement::CreateTable(_) => (WriteKind::Structure, "CREATE TABLE"),
        Statement::CreateView(_) => (WriteKind::Structure, "CREATE VIEW"),
        Statement::CreateIndex(_) => (WriteKind::Structure, "CREATE INDEX"),
        Statement::CreateFunction(_) => (WriteKind::Structure, "CREATE FUNCTION"),
        Statement::CreateSchema { .. } => (WriteKind::Structure, "CREATE SCHEMA"),
        Statement::CreateDatabase { .. } => (WriteKind::Structure, "CREATE DATABASE"),
        Statement::CreateSequence { .. } => (WriteKind::Structure, "CREATE SEQUENCE"),
        Statement::CreateTrigger(_) => (WriteKind::Structure, "CREATE TRIGGER"),
        Statement::AlterTable(_) => (WriteKind::Structure, "ALTER TABLE"),
        Statement::Drop { .. } => (WriteKind::Structure, "DROP"),
        Statement::Comment { .. } => (WriteKind::Structure, "COMMENT"),
        Statement::Grant(_) => (WriteKind::Privileges, "GRANT"),
        Statement::Revoke(_) => (WriteKind::Privileges, "REVOKE"),
        Statement::CreateRole(_) => (WriteKind::Privileges, "CREATE ROLE"),
        Statement::Vacuum(_) => (WriteKind::Maintenance, "VACUUM"),
        Statement::Query(query) => return inside(query).map(|class| (class.kind, "WITH")),
        _ => return None,
    })
}

fn names(names: &[ObjectName]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

fn table(table: &TableWithJoins) -> String {
    match &table.relation {
        TableFactor::Table { name, .. } => name.to_string(),
        other => other.to_string(),
    }
}

fn condition(selection: Option<&Expr>) -> Condition {
    struct Columns(bool);
    impl ast::Visitor for Columns {
        type Break = ();
        fn pre_visit_expr(&mut self, expr: &Expr) -> std::ops::ControlFlow<()> {
            self.0 |= matches!(expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_));
            std::ops::ControlFlow::Continue(())
        }
    }
    let Some(selection) = selection else { return Condition::Missing };
    let mut columns = Columns(false);
    let _ = ast::Visit::visit(selection, &mut columns);
    if columns.0 { Condition::Present } else { Condition::AlwaysTrue }
}
