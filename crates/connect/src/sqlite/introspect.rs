//! SQLite's catalogue: a handful of queries over its table-valued PRAGMAs.

use super::{Sqlite, open::Session, read::failure, values};
use crate::ConnectError;
use model::{
    catalog::{Catalog, CatalogProgress, Column, ForeignKey, Index, Schema, Table, TableKind},
    dialect::Dialect,
};
use rusqlite::{Connection, Row};
use std::collections::BTreeMap;

const SCHEMA: &str = "main";
const STEPS: u32 = 4;

/// Reads everything; `progress` hears of each step.
pub(super) async fn read(
    sqlite: &Sqlite,
    progress: &(dyn Fn(CatalogProgress) + Send + Sync),
) -> Result<Catalog, ConnectError> {
    let say = |step: u32, what: &str| {
        progress(CatalogProgress::Reading { step, steps: STEPS, what: what.to_owned() });
    };
    say(1, "tables");
    let mut tables = sqlite.with_session(tables).await?;
    say(2, "columns");
    tables = sqlite.with_session(|session| columns(session, tables)).await?;
    say(3, "keys");
    tables = sqlite.with_session(|session| foreign_keys(session, tables)).await?;
    say(4, "indexes");
    tables = sqlite.with_session(|session| indexes(session, tables)).await?;
    Ok(Catalog {
        dialect: Dialect::Sqlite,
        server_version: rusqlite::version().to_owned(),
        database: sqlite.place.name(),
        search_path: vec![SCHEMA.to_owned()],
        schemas: vec![Schema {
            name: SCHEMA.to_owned(),
            tables: tables.into_values().collect(),
            ..Schema::default()
        }],
    })
}

type Tables = BTreeMap<String, Table>;

/// Runs a query and hands each row over.
fn each(
    database: &Connection,
    sql: &str,
    mut take: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
) -> Result<(), ConnectError> {
    let mut run = || {
        let mut statement = database.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            take(row)?;
        }
        Ok(())
    };
    run().map_err(|error| failure(&error, sql))
}

fn tables(session: &Session) -> Result<Tables, ConnectError> {
    let database = &session.database;
    let mut tables = Tables::new();
    each(
        database,
        "SELECT l.name, l.type, m.sql FROM pragma_table_list AS l \
         LEFT JOIN sqlite_schema AS m ON m.name = l.name AND m.type IN ('table', 'view') \
         WHERE l.schema = 'main' AND l.type IN ('table', 'view', 'virtual') \
         AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
        |row| {
            let (name, kind): (String, String) = (row.get(0)?, row.get(1)?);
            let kind = match kind.as_str() {
                "view" => TableKind::View,
                "virtual" => TableKind::Virtual,
                _ => TableKind::Table,
            };
            let definition = row.get::<_, Option<String>>(2)?.filter(|_| kind == TableKind::View);
            let definition = definition.as_deref().map(view_body);
            tables.insert(name.clone(), table(name, kind, definition));
            Ok(())
        },
    )?;
    estimate_rows(database, &mut tables)?;
    Ok(tables)
}

fn table(name: String, kind: TableKind, definition: Option<String>) -> Table {
    Table {
        name,
        kind,
        comment: None,
        row_estimate: None,
        columns: Vec::new(),
        primary_key: Vec::new(),
        foreign_keys: Vec::new(),
        indexes: Vec::new(),
        definition,
        parents: Vec::new(),
        partition_key: None,
        partition_bound: None,
    }
}

/// The SELECT of a `CREATE VIEW … AS SELECT …`.
fn view_body(sql: &str) -> String {
    let lower = sql.to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = lower[from..].find("as").map(|at| at + from) {
        let before = lower[..at].chars().next_back().is_some_and(|c| c.is_whitespace() || c == ')');
        let after = lower[at + 2..].trim_start();
        if before && ["select", "with", "values"].iter().any(|word| after.starts_with(word)) {
            return sql[at + 2..].trim().to_owned();
        }
        from = at + 2;
    }
    sql.to_owned()
}

/// ANALYZE's statistics where they are; else the highest row number, which costs one step into
/// the b-tree and is right for tables that nothing is deleted from.
fn estimate_rows(database: &Connection, tables: &mut Tables) -> Result<(), ConnectError> {
    let mut analysed = false;
    each(database, "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'", |_| {
        analysed = true;
        Ok(())
    })?;
    if analysed {
        let statistics = "SELECT tbl, max(CAST(stat AS INTEGER)) FROM sqlite_stat1 GROUP BY tbl";
        estimates(database, statistics, tables)?;
    }
    let mut numbered = Vec::new();
    each(
        database,
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND wr = 0",
        |row| {
            let name: String = row.get(0)?;
            if tables.get(&name).is_some_and(|table| table.row_estimate.is_none()) {
                numbered.push(name);
            }
            Ok(())
        },
    )?;
    // SQLite takes at most 500 SELECTs in one compound.
    for names in numbered.chunks(400) {
        let selects: Vec<String> = names
            .iter()
            .map(|name| {
                let text = name.replace('\'', "''");
                let table = Dialect::Sqlite.quote(name);
                format!("SELECT '{text}', coalesce((SELECT max(_rowid_) FROM {table}), 0)")
            })
            .collect();
        estimates(database, &selects.join(" UNION ALL "), tables)?;
    }
    Ok(())
}

fn estimates(database: &Connection, sql: &str, tables: &mut Tables) -> Result<(), ConnectError> {
    each(database, sql, |row| {
        if let Some(table) = tables.get_mut(&row.get::<_, String>(0)?) {
            table.row_estimate = row.get(1)?;
        }
        Ok(())
    })
}

const COLUMNS: &str = "SELECT l.name, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk, c.hidden \
     FROM pragma_table_list AS l JOIN pragma_table_xinfo(l.name) AS c \
     WHERE l.schema = 'main' AND c.hidden <> 1";

type Keys = BTreeMap<String, Vec<(i64, String)>>;

fn columns(session: &Session, mut tables: Tables) -> Result<Tables, ConnectError> {
    let mut keys = Keys::new();
    let all = format!("{COLUMNS} ORDER BY l.name, c.cid");
    match each(&session.database, &all, |row| column(row, &mut tables, &mut keys)) {
        // One view of a table that is gone, or one module that is not here, fails for all.
        Err(error) if is_about_one(&error) => {
            keys.clear();
            one_by_one(&session.database, &mut tables, &mut keys)?;
        }
        other => other?,
    }
    for (table, mut key) in keys {
        key.sort();
        if let Some(table) = tables.get_mut(&table) {
            table.primary_key = key.into_iter().map(|(_, column)| column).collect();
        }
    }
    Ok(tables)
}

/// What SQLite cannot read stays in the list without columns, with the reason as its comment.
fn one_by_one(
    database: &Connection,
    tables: &mut Tables,
    keys: &mut Keys,
) -> Result<(), ConnectError> {
    let names: Vec<String> = tables.keys().cloned().collect();
    for name in names {
        if let Some(table) = tables.get_mut(&name) {
            table.columns.clear();
        }
        let text = name.replace('\'', "''");
        let sql = format!("{COLUMNS} AND l.name = '{text}' ORDER BY c.cid");
        match each(database, &sql, |row| column(row, tables, keys)) {
            Err(error) if is_about_one(&error) => {
                if let Some(table) = tables.get_mut(&name) {
                    table.comment = Some(format!("SQLite cannot read it: {error}"));
                }
            }
            other => other?,
        }
    }
    Ok(())
}

/// SQLite's word about a table or view, not about the file or the run.
fn is_about_one(error: &ConnectError) -> bool {
    match error {
        ConnectError::Statement { code, .. } => code.as_deref() == Some("1"),
        other => matches!(other, ConnectError::MissingRights { .. }),
    }
}

fn column(row: &Row<'_>, tables: &mut Tables, keys: &mut Keys) -> rusqlite::Result<()> {
    let table: String = row.get(0)?;
    let Some(found) = tables.get_mut(&table) else { return Ok(()) };
    let name: String = row.get(1)?;
    let type_name: String = row.get(2)?;
    let (key, hidden): (i64, i64) = (row.get(5)?, row.get(6)?);
    if key > 0 {
        keys.entry(table).or_default().push((key, name.clone()));
    }
    found.columns.push(Column {
        name,
        kind: values::kind(&type_name),
        type_name,
        nullable: !row.get::<_, bool>(3)?,
        default: row.get(4)?,
        comment: None,
        generated: match hidden {
            2 => Some("virtual".to_owned()),
            3 => Some("stored".to_owned()),
            _ => None,
        },
        labels: Vec::new(),
    });
    Ok(())
}

fn foreign_keys(session: &Session, mut tables: Tables) -> Result<Tables, ConnectError> {
    let mut found: BTreeMap<(String, i64), ForeignKey> = BTreeMap::new();
    each(
        &session.database,
        "SELECT l.name, f.id, f.\"table\", f.\"from\", f.\"to\", f.on_update, f.on_delete \
         FROM pragma_table_list AS l JOIN pragma_foreign_key_list(l.name) AS f \
         WHERE l.schema = 'main' AND l.type = 'table' ORDER BY l.name, f.id, f.seq",
        |row| {
            let (table, id): (String, i64) = (row.get(0)?, row.get(1)?);
            let rule = |index| row.get::<_, String>(index).map(|rule| action(&rule));
            let (on_update, on_delete) = (rule(5)?, rule(6)?);
            let key = found.entry((table.clone(), id)).or_insert_with(|| ForeignKey {
                name: format!("{table}_fk_{id}"),
                columns: Vec::new(),
                ref_schema: SCHEMA.to_owned(),
                ref_table: row.get(2).unwrap_or_default(),
                ref_columns: Vec::new(),
                on_delete,
                on_update,
            });
            key.columns.push(row.get(3)?);
            key.ref_columns.extend(row.get::<_, Option<String>>(4)?);
            Ok(())
        },
    )?;
    for ((table, _), mut key) in found {
        // Without columns the reference means the other table's primary key, in its spelling.
        let target = tables.iter().find(|(name, _)| name.eq_ignore_ascii_case(&key.ref_table));
        if let Some((name, target)) = target {
            key.ref_table = name.clone();
            if key.ref_columns.is_empty() {
                key.ref_columns = target.primary_key.clone();
            }
        }
        if let Some(table) = tables.get_mut(&table) {
            table.foreign_keys.push(key);
        }
    }
    Ok(tables)
}

fn action(rule: &str) -> Option<String> {
    (rule != "NO ACTION" && rule != "NONE").then(|| rule.to_owned())
}

fn indexes(session: &Session, mut tables: Tables) -> Result<Tables, ConnectError> {
    let mut found: BTreeMap<(String, String), Index> = BTreeMap::new();
    each(
        &session.database,
        "SELECT l.name, i.name, i.\"unique\", c.name, m.sql, i.partial \
         FROM pragma_table_list AS l JOIN pragma_index_list(l.name) AS i \
         JOIN pragma_index_info(i.name) AS c \
         LEFT JOIN sqlite_schema AS m ON m.type = 'index' AND m.name = i.name \
         WHERE l.schema = 'main' AND l.type = 'table' AND i.origin <> 'pk' \
         ORDER BY l.name, i.name, c.seqno",
        |row| {
            let (table, name): (String, String) = (row.get(0)?, row.get(1)?);
            let unique = row.get(2)?;
            let sql = row.get::<_, Option<String>>(4)?.unwrap_or_default();
            let predicate = if row.get::<_, bool>(5)? { condition(&sql) } else { None };
            found
                .entry((table, name.clone()))
                .or_insert_with(|| Index { name, columns: Vec::new(), unique, predicate })
                .columns
                .push(
                    row.get::<_, Option<String>>(3)?.unwrap_or_else(|| "(expression)".to_owned()),
                );
            Ok(())
        },
    )?;
    for ((table, _), index) in found {
        if let Some(table) = tables.get_mut(&table) {
            table.indexes.push(index);
        }
    }
    Ok(tables)
}

/// What follows WHERE in a partial index's definition.
fn condition(sql: &str) -> Option<String> {
    let at = sql.to_ascii_lowercase().rfind("where")?;
    Some(sql[at + 5..].trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn view_bodies() {
        for (sql, body) in [
            ("CREATE VIEW v AS SELECT 1", "SELECT 1"),
            (
                "CREATE VIEW alias(as_of) AS\n WITH x AS (SELECT 1) SELECT * FROM x",
                "WITH x AS (SELECT 1) SELECT * FROM x",
            ),
            ("create view basis as values (1)", "values (1)"),
        ] {
            assert_eq!(view_body(sql), body);
        }
    }
}
