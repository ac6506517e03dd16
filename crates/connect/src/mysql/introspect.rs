//! MySQL's and MariaDB's catalogue in seven queries over `information_schema`.

use super::{
    Shared,
    session::{Session, text},
    types,
};
use crate::ConnectError;
use model::{
    catalog::{
        Catalog, CatalogProgress, Column, ForeignKey, Index, Routine, RoutineKind, Schema, Table,
        TableKind,
    },
    dialect::Dialect,
};
use sqlx::mysql::MySqlRow;
use std::collections::BTreeMap;

const STEPS: u32 = 6;

/// Databases of the server itself.
const SYSTEM: &str = "'mysql', 'information_schema', 'performance_schema', 'sys'";

/// `(schema, table)` → table.
type Tables = BTreeMap<(String, String), Table>;

pub(super) async fn read(
    shared: &Shared,
    progress: &(dyn Fn(CatalogProgress) + Send + Sync),
) -> Result<Catalog, ConnectError> {
    let say = |step: u32, what: &str| {
        progress(CatalogProgress::Reading { step, steps: STEPS, what: what.to_owned() });
    };
    let mut lease = shared.lease().await?;
    let mut started = start(&mut lease.session).await;
    if lease.is_stale(&started) {
        lease = shared.fresh(lease).await?;
        started = start(&mut lease.session).await;
    }
    let mut catalog = started?;
    let session = &mut lease.session;
    let scope = Scope::new(&shared.schemas);
    let mut schemas = databases(session, &scope).await?;
    say(1, "tables");
    let mut tables = tables(session, &scope).await?;
    say(2, "columns");
    columns(session, &scope, &mut tables).await?;
    say(3, "keys");
    foreign_keys(session, &scope, &mut tables).await?;
    say(4, "indexes");
    indexes(session, &scope, &mut tables).await?;
    say(5, "partitions");
    partitions(session, &scope, &mut tables).await?;
    say(6, "functions");
    routines(session, &scope, &mut schemas).await?;
    shared.sessions.give_back(lease);
    for ((schema, _), table) in tables {
        if let Some(schema) = schemas.get_mut(&schema) {
            schema.tables.push(table);
        }
    }
    catalog.schemas = schemas.into_values().collect();
    Ok(catalog)
}

async fn start(session: &mut Session) -> Result<Catalog, ConnectError> {
    let rows = session.rows("SELECT @@version, DATABASE()").await?;
    let value = |index| rows.first().and_then(|row| text(row, index));
    let database = value(1);
    Ok(Catalog {
        dialect: Dialect::MySql,
        server_version: value(0).unwrap_or_default(),
        search_path: database.clone().into_iter().collect(),
        database: database.unwrap_or_default(),
        schemas: Vec::new(),
    })
}

/// The databases to read, as a condition on a column.
struct Scope(Option<String>);

impl Scope {
    fn new(schemas: &[String]) -> Self {
        let quote = |name: &String| format!("'{}'", name.replace('\\', "\\\\").replace('\'', "''"));
        let names: Vec<String> = schemas.iter().map(quote).collect();
        Self((!names.is_empty()).then(|| names.join(", ")))
    }

    fn on(&self, column: &str) -> String {
        match &self.0 {
            Some(names) => format!("{column} IN ({names})"),
            None => format!("{column} NOT IN ({SYSTEM})"),
        }
    }
}

async fn databases(
    session: &mut Session,
    scope: &Scope,
) -> Result<BTreeMap<String, Schema>, ConnectError> {
    let sql = format!(
        "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE {}",
        scope.on("SCHEMA_NAME")
    );
    let rows = session.rows(&sql).await?;
    let named = |row| (string(row, 0), Schema { name: string(row, 0), ..Schema::default() });
    Ok(rows.iter().map(named).collect())
}

async fn tables(session: &mut Session, scope: &Scope) -> Result<Tables, ConnectError> {
    let sql = format!(
        "SELECT t.TABLE_SCHEMA, t.TABLE_NAME, t.TABLE_TYPE, t.ENGINE, t.TABLE_ROWS, t.TABLE_COMMENT, \
           v.VIEW_DEFINITION \
         FROM information_schema.TABLES t LEFT JOIN information_schema.VIEWS v \
           ON v.TABLE_SCHEMA = t.TABLE_SCHEMA AND v.TABLE_NAME = t.TABLE_NAME \
         WHERE {}",
        scope.on("t.TABLE_SCHEMA")
    );
    let rows = session.rows(&sql).await?;
    Ok(rows.iter().map(|row| ((string(row, 0), string(row, 1)), table(row))).collect())
}

fn table(row: &MySqlRow) -> Table {
    let view = string(row, 2).contains("VIEW");
    let foreign = matches!(text(row, 3).as_deref(), Some("FEDERATED" | "CONNECT" | "SPIDER"));
    Table {
        name: string(row, 1),
        kind: match (view, foreign) {
            (true, _) => TableKind::View,
            (_, true) => TableKind::Foreign,
            _ => TableKind::Table,
        },
        // A view's comment is always the word VIEW.
        comment: text(row, 5).filter(|comment| !comment.is_empty() && !view),
        row_estimate: text(row, 4).filter(|_| !view).and_then(|rows| rows.parse().ok()),
        columns: Vec::new(),
        primary_key: Vec::new(),
        foreign_keys: Vec::new(),
        indexes: Vec::new(),
        // Empty where the account may not see it.
        definition: text(row, 6).filter(|definition| !definition.is_empty()),
        parents: Vec::new(),
        partition_key: None,
        partition_bound: None,
    }
}

async fn columns(
    session: &mut Session,
    scope: &Scope,
    tables: &mut Tables,
) -> Result<(), ConnectError> {
    let sql = format!(
        "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, \
           COLUMN_COMMENT, EXTRA, GENERATION_EXPRESSION \
         FROM information_schema.COLUMNS WHERE {} \
         ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION",
        scope.on("TABLE_SCHEMA")
    );
    for row in &session.rows(&sql).await? {
        if let Some(table) = tables.get_mut(&(string(row, 0), string(row, 1))) {
            table.columns.push(column(row));
        }
    }
    Ok(())
}

fn column(row: &MySqlRow) -> Column {
    let type_name = string(row, 3);
    let expression = text(row, 8).filter(|expression| !expression.is_empty());
    let increments = string(row, 7).to_ascii_lowercase().contains("auto_increment");
    Column {
        name: string(row, 2),
        kind: types::kind(&type_name),
        labels: types::labels(&type_name),
        type_name,
        nullable: string(row, 4) == "YES",
        // MariaDB spells a missing default of a nullable column as the word NULL.
        default: text(row, 5).filter(|default| default != "NULL" && expression.is_none()),
        comment: text(row, 6).filter(|comment| !comment.is_empty()),
        generated: expression.or_else(|| increments.then(|| "auto_increment".to_owned())),
    }
}

async fn foreign_keys(
    session: &mut Session,
    scope: &Scope,
    tables: &mut Tables,
) -> Result<(), ConnectError> {
    let sql = format!(
        "SELECT k.TABLE_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME, \
           k.REFERENCED_TABLE_SCHEMA, k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME, \
           r.DELETE_RULE, r.UPDATE_RULE \
         FROM information_schema.KEY_COLUMN_USAGE k \
         JOIN information_schema.REFERENTIAL_CONSTRAINTS r \
           ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME \
           AND r.TABLE_NAME = k.TABLE_NAME \
         WHERE k.REFERENCED_TABLE_NAME IS NOT NULL AND {} \
         ORDER BY k.TABLE_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION",
        scope.on("k.TABLE_SCHEMA")
    );
    for row in &session.rows(&sql).await? {
        let Some(table) = tables.get_mut(&(string(row, 0), string(row, 1))) else { continue };
        let name = string(row, 2);
        if table.foreign_keys.last().is_none_or(|key| key.name != name) {
            table.foreign_keys.push(ForeignKey {
                name,
                columns: Vec::new(),
                ref_schema: string(row, 4),
                ref_table: string(row, 5),
                ref_columns: Vec::new(),
                on_delete: action(text(row, 7)),
                on_update: action(text(row, 8)),
            });
        }
        if let Some(key) = table.foreign_keys.last_mut() {
            key.columns.push(string(row, 3));
            key.ref_columns.push(string(row, 6));
        }
    }
    Ok(())
}

/// In MySQL, RESTRICT and NO ACTION are the same, and the servers differ in which they print.
fn action(rule: Option<String>) -> Option<String> {
    rule.filter(|rule| rule != "NO ACTION" && rule != "RESTRICT")
}

async fn indexes(
    session: &mut Session,
    scope: &Scope,
    tables: &mut Tables,
) -> Result<(), ConnectError> {
    let sql = format!(
        "SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, COLUMN_NAME, NON_UNIQUE \
         FROM information_schema.STATISTICS WHERE {} \
         ORDER BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX",
        scope.on("TABLE_SCHEMA")
    );
    for row in &session.rows(&sql).await? {
        let Some(table) = tables.get_mut(&(string(row, 0), string(row, 1))) else { continue };
        let name = string(row, 2);
        let column = text(row, 3).unwrap_or_else(|| "(expression)".to_owned());
        if name == "PRIMARY" {
            table.primary_key.push(column);
            continue;
        }
        match table.indexes.last_mut() {
            Some(index) if index.name == name => index.columns.push(column),
            _ => table.indexes.push(Index {
                name,
                columns: vec![column],
                unique: string(row, 4) == "0",
                predicate: None,
            }),
        }
    }
    Ok(())
}

async fn partitions(
    session: &mut Session,
    scope: &Scope,
    tables: &mut Tables,
) -> Result<(), ConnectError> {
    let sql = format!(
        "SELECT DISTINCT TABLE_SCHEMA, TABLE_NAME, PARTITION_METHOD, PARTITION_EXPRESSION \
         FROM information_schema.PARTITIONS WHERE PARTITION_NAME IS NOT NULL AND {}",
        scope.on("TABLE_SCHEMA")
    );
    for row in &session.rows(&sql).await? {
        if let Some(table) = tables.get_mut(&(string(row, 0), string(row, 1))) {
            table.kind = TableKind::Partitioned;
            table.partition_key = Some(format!("{} ({})", string(row, 2), string(row, 3)));
        }
    }
    Ok(())
}

async fn routines(
    session: &mut Session,
    scope: &Scope,
    schemas: &mut BTreeMap<String, Schema>,
) -> Result<(), ConnectError> {
    let sql = format!(
        "SELECT r.ROUTINE_SCHEMA, r.ROUTINE_NAME, r.ROUTINE_TYPE, r.DTD_IDENTIFIER, \
           r.IS_DETERMINISTIC, r.SQL_DATA_ACCESS, \
           (SELECT GROUP_CONCAT(p.DTD_IDENTIFIER ORDER BY p.ORDINAL_POSITION SEPARATOR ', ') \
            FROM information_schema.PARAMETERS p WHERE p.SPECIFIC_SCHEMA = r.ROUTINE_SCHEMA \
              AND p.SPECIFIC_NAME = r.SPECIFIC_NAME AND p.ORDINAL_POSITION > 0) \
         FROM information_schema.ROUTINES r \
         WHERE r.ROUTINE_TYPE IN ('FUNCTION', 'PROCEDURE') AND {} \
         ORDER BY r.ROUTINE_SCHEMA, r.ROUTINE_NAME",
        scope.on("r.ROUTINE_SCHEMA")
    );
    for row in &session.rows(&sql).await? {
        let deterministic =
            if string(row, 4) == "YES" { "DETERMINISTIC" } else { "NOT DETERMINISTIC" };
        let routine = Routine {
            name: string(row, 1),
            kind: match string(row, 2).as_str() {
                "PROCEDURE" => RoutineKind::Procedure,
                _ => RoutineKind::Function,
            },
            arguments: string(row, 6),
            result: string(row, 3),
            language: "SQL".to_owned(),
            volatility: format!("{deterministic} {}", string(row, 5)),
        };
        if let Some(schema) = schemas.get_mut(&string(row, 0)) {
            schema.routines.push(routine);
        }
    }
    Ok(())
}

fn string(row: &MySqlRow, index: usize) -> String {
    text(row, index).unwrap_or_default()
}
