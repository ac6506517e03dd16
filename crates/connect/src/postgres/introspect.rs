//! PostgreSQL's catalogue in eight queries, whatever the number of tables.

use super::{
    Shared,
    session::{Session, text},
    types,
};
use crate::ConnectError;
use model::{
    catalog::{
        Catalog, CatalogProgress, Column, ForeignKey, Index, Routine, RoutineKind, Schema, Table,
        TableKind, UserType,
    },
    dialect::Dialect,
};
use sqlx::postgres::PgRow;
use std::collections::{BTreeMap, HashMap};

/// Schemas that are read, as a condition on `pg_namespace AS n`.
struct Scope(String);

impl Scope {
    fn new(schemas: &[String]) -> Self {
        let mut condition = "n.nspname NOT IN ('pg_catalog', 'information_schema') \
             AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%' \
             AND has_schema_privilege(n.oid, 'USAGE')"
            .to_owned();
        if !schemas.is_empty() {
            let names: Vec<String> = schemas.iter().map(|name| literal(name)).collect();
            condition.push_str(&format!(" AND n.nspname IN ({})", names.join(", ")));
        }
        Self(condition)
    }
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

const STEPS: u32 = 7;

/// Reads everything on one session, in one read-only snapshot.
pub(super) async fn read(
    shared: &Shared,
    progress: &(dyn Fn(CatalogProgress) + Send + Sync),
) -> Result<Catalog, ConnectError> {
    let mut lease = shared.lease().await?;
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL jit = off; \
                 SET LOCAL search_path = pg_catalog";
    // The effective search path is read before it is narrowed.
    let mut started = start(&mut lease.session).await;
    if lease.is_stale(&started) {
        lease = shared.fresh(lease).await?;
        started = start(&mut lease.session).await;
    }
    let mut catalog = started?;
    lease.session.run(begin).await?;
    catalog.schemas = schemas(&mut lease.session, &Scope::new(&shared.schemas), progress).await?;
    lease.session.run("ROLLBACK").await?;
    shared.sessions.give_back(lease);
    Ok(catalog)
}

async fn start(session: &mut Session) -> Result<Catalog, ConnectError> {
    let rows = session
        .rows(
            "SELECT current_setting('server_version'), current_database(), \
             array_to_string(current_schemas(false), E'\\x01')",
        )
        .await?;
    let value = |index| rows.first().and_then(|row| text(row, index)).unwrap_or_default();
    // `15.18 (Debian 15.18-0+deb12u1)`: the number is what matters.
    let version = value(0).split_whitespace().next().unwrap_or_default().to_owned();
    Ok(Catalog {
        dialect: Dialect::Postgres,
        server_version: version,
        database: value(1).to_owned(),
        search_path: value(2).split('\u{1}').filter(|s| !s.is_empty()).map(str::to_owned).collect(),
        schemas: Vec::new(),
    })
}

/// Object id → table with its schema's name and its columns' names by number.
type Relations = HashMap<u32, Relation>;

struct Relation {
    schema: String,
    table: Table,
    attributes: HashMap<i16, String>,
}

async fn schemas(
    session: &mut Session,
    scope: &Scope,
    progress: &(dyn Fn(CatalogProgress) + Send + Sync),
) -> Result<Vec<Schema>, ConnectError> {
    let say = |step: u32, what: &str| {
        progress(CatalogProgress::Reading { step, steps: STEPS, what: what.to_owned() });
    };
    let mut schemas = namespaces(session, scope).await?;
    say(1, "tables");
    let mut relations = tables(session, scope).await?;
    say(2, "columns");
    columns(session, scope, &mut relations).await?;
    say(3, "keys");
    constraints(session, scope, &mut relations).await?;
    say(4, "indexes");
    indexes(session, scope, &mut relations).await?;
    say(5, "inheritance");
    parents(session, &mut relations).await?;
    say(6, "types");
    user_types(session, scope, &mut schemas, &mut relations).await?;
    say(7, "functions");
    routines(session, scope, &mut schemas).await?;
    for relation in relations.into_values() {
        if let Some(schema) = schemas.get_mut(&relation.schema) {
            schema.tables.push(relation.table);
        }
    }
    Ok(schemas
        .into_values()
        .map(|mut schema| {
            schema.tables.sort_by(|a, b| a.name.cmp(&b.name));
            schema
        })
        .collect())
}

async fn namespaces(
    session: &mut Session,
    scope: &Scope,
) -> Result<BTreeMap<String, Schema>, ConnectError> {
    let sql = format!(
        "SELECT n.nspname, d.description FROM pg_namespace n \
         LEFT JOIN pg_description d ON d.objoid = n.oid AND d.classoid = 'pg_namespace'::regclass \
         WHERE {}",
        scope.0
    );
    Ok(session
        .rows(&sql)
        .await?
        .iter()
        .map(|row| {
            let name = string(row, 0);
            (name.clone(), Schema { name, comment: maybe(row, 1), ..Schema::default() })
        })
        .collect())
}

async fn tables(session: &mut Session, scope: &Scope) -> Result<Relations, ConnectError> {
    let sql = format!(
        "SELECT c.oid, n.nspname, c.relname, c.relkind, c.relispartition, c.reltuples::bigint, \
           d.description, \
           CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END, \
           CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END, \
           CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_description d ON d.objoid = c.oid AND d.objsubid = 0 \
           AND d.classoid = 'pg_class'::regclass \
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {}",
        scope.0
    );
    let rows = session.rows(&sql).await?;
    Ok(rows.iter().map(|row| (number(row, 0), relation(row))).collect())
}

fn relation(row: &PgRow) -> Relation {
    let kind = match (text(row, 3), text(row, 4)) {
        (Some("v"), _) => TableKind::View,
        (Some("m"), _) => TableKind::MaterializedView,
        (Some("f"), _) => TableKind::Foreign,
        (Some("p"), _) => TableKind::Partitioned,
        (_, Some("t")) => TableKind::Partition,
        _ => TableKind::Table,
    };
    let estimate: Option<i64> = text(row, 5).and_then(|count| count.parse().ok());
    let table = Table {
        name: string(row, 2),
        kind,
        comment: maybe(row, 6),
        // -1: never analysed. A view has none.
        row_estimate: estimate.filter(|count| *count >= 0 && kind != TableKind::View),
        columns: Vec::new(),
        primary_key: Vec::new(),
        foreign_keys: Vec::new(),
        indexes: Vec::new(),
        definition: maybe(row, 7),
        parents: Vec::new(),
        partition_key: maybe(row, 8),
        partition_bound: maybe(row, 9),
    };
    Relation { schema: string(row, 1), table, attributes: HashMap::new() }
}

async fn columns(
    session: &mut Session,
    scope: &Scope,
    relations: &mut Relations,
) -> Result<(), ConnectError> {
    let sql = format!(
        "SELECT a.attrelid, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), \
           coalesce(nullif(t.typbasetype, 0), t.oid), t.typtype, t.typcategory, a.attnotnull, \
           pg_get_expr(f.adbin, f.adrelid), d.description, a.attgenerated, a.attidentity \
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid \
         LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum \
         LEFT JOIN pg_description d ON d.objoid = a.attrelid AND d.objsubid = a.attnum \
           AND d.classoid = 'pg_class'::regclass \
         WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') \
           AND {} ORDER BY a.attrelid, a.attnum",
        scope.0
    );
    for row in &session.rows(&sql).await? {
        if let Some(relation) = relations.get_mut(&number(row, 0)) {
            let column = column(row);
            relation.attributes.insert(number(row, 1), column.name.clone());
            relation.table.columns.push(column);
        }
    }
    Ok(())
}

fn column(row: &PgRow) -> Column {
    let expression = maybe(row, 8);
    let generated = text(row, 10) == Some("s");
    let identity = text(row, 11).is_some_and(|kind| !kind.is_empty());
    let class = text(row, 5).unwrap_or_default();
    Column {
        name: string(row, 2),
        type_name: string(row, 3),
        kind: types::kind(number(row, 4), class, text(row, 6).unwrap_or_default()),
        nullable: text(row, 7) == Some("f"),
        default: expression.clone().filter(|_| !generated),
        comment: maybe(row, 9),
        generated: match (generated, identity) {
            (true, _) => expression,
            (_, true) => Some("identity".to_owned()),
            _ => None,
        },
        labels: Vec::new(),
    }
}

async fn constraints(
    session: &mut Session,
    scope: &Scope,
    relations: &mut Relations,
) -> Result<(), ConnectError> {
    let sql = format!(
        "SELECT k.conrelid, k.contype, k.conname, array_to_string(k.conkey, ' '), rn.nspname, \
           rc.relname, array(SELECT ra.attname FROM unnest(k.confkey) WITH ORDINALITY AS u(n, i) \
             JOIN pg_attribute ra ON ra.attrelid = k.confrelid AND ra.attnum = u.n ORDER BY u.i)::text[], \
           k.confdeltype, k.confupdtype \
         FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_class rc ON rc.oid = k.confrelid \
         LEFT JOIN pg_namespace rn ON rn.oid = rc.relnamespace \
         WHERE k.contype IN ('p', 'f') AND {} ORDER BY k.conrelid, k.conname",
        scope.0
    );
    for row in &session.rows(&sql).await? {
        let Some(relation) = relations.get_mut(&number(row, 0)) else { continue };
        let columns = relation.names(text(row, 3).unwrap_or_default());
        if text(row, 1) == Some("p") {
            relation.table.primary_key = columns;
            continue;
        }
        relation.table.foreign_keys.push(ForeignKey {
            name: string(row, 2),
            columns,
            ref_schema: string(row, 4),
            ref_table: string(row, 5),
            ref_columns: array(text(row, 6).unwrap_or_default()),
            on_delete: action(text(row, 7)),
            on_update: action(text(row, 8)),
        });
    }
    Ok(())
}

impl Relation {
    /// Column names for numbers between blanks.
    fn names(&self, numbers: &str) -> Vec<String> {
        numbers
            .split_whitespace()
            .filter_map(|number| self.attributes.get(&number.parse().ok()?).cloned())
            .collect()
    }
}

fn action(code: Option<&str>) -> Option<String> {
    Some(
        match code? {
            "c" => "CASCADE",
            "n" => "SET NULL",
            "d" => "SET DEFAULT",
            "r" => "RESTRICT",
            _ => return None,
        }
        .to_owned(),
    )
}

async fn indexes(
    session: &mut Session,
    scope: &Scope,
    relations: &mut Relations,
) -> Result<(), ConnectError> {
    // Expressions are printed only where there are some: printing costs more than all the rest.
    let sql = format!(
        "SELECT i.indrelid, ic.relname, i.indkey::text, i.indisunique, i.indnkeyatts, \
           CASE WHEN i.indexprs IS NOT NULL THEN array(SELECT pg_get_indexdef(i.indexrelid, p, true) \
             FROM generate_series(1, i.indnkeyatts::int) AS p)::text[] END, \
           pg_get_expr(i.indpred, i.indrelid) \
         FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid \
         JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE NOT i.indisprimary AND {} ORDER BY i.indrelid, ic.relname",
        scope.0
    );
    for row in &session.rows(&sql).await? {
        let Some(relation) = relations.get_mut(&number(row, 0)) else { continue };
        let mut columns = match text(row, 5) {
            Some(expressions) => array(expressions),
            None => relation.names(text(row, 2).unwrap_or_default()),
        };
        // What INCLUDE adds is not part of the key.
        columns.truncate(number(row, 4));
        relation.table.indexes.push(Index {
            name: string(row, 1),
            columns,
            unique: text(row, 3) == Some("t"),
            predicate: maybe(row, 6),
        });
    }
    Ok(())
}

async fn parents(session: &mut Session, relations: &mut Relations) -> Result<(), ConnectError> {
    let sql = "SELECT i.inhrelid, n.nspname, p.relname FROM pg_inherits i \
               JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace n ON n.oid = p.relnamespace \
               WHERE p.relkind IN ('r', 'p', 'f') ORDER BY i.inhrelid, i.inhseqno";
    for row in &session.rows(sql).await? {
        if let Some(relation) = relations.get_mut(&number(row, 0)) {
            relation.table.parents.push((string(row, 1), string(row, 2)));
        }
    }
    Ok(())
}

/// Types that users made, and the labels of enum columns.
async fn user_types(
    session: &mut Session,
    scope: &Scope,
    schemas: &mut BTreeMap<String, Schema>,
    relations: &mut Relations,
) -> Result<(), ConnectError> {
    let sql = format!(
        "SELECT n.nspname, t.typname, t.typtype, format_type(t.oid, NULL), \
           CASE t.typtype WHEN 'c' THEN array(SELECT a.attname FROM pg_attribute a \
             WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)::text[] \
           ELSE array(SELECT e.enumlabel FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)::text[] END, \
           CASE t.typtype WHEN 'c' THEN array(SELECT format_type(a.atttypid, NULL) FROM pg_attribute a \
             WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)::text[] \
             WHEN 'd' THEN ARRAY[format_type(t.typbasetype, NULL)]::text[] ELSE '{{}}'::text[] END, \
           array(SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k WHERE k.contypid = t.oid ORDER BY k.conname)::text[] \
         FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace \
         LEFT JOIN pg_class c ON c.oid = t.typrelid \
         WHERE t.typtype IN ('b', 'c', 'd', 'e', 'r', 'm') AND t.typelem = 0 \
           AND (t.typtype <> 'c' OR c.relkind = 'c') AND {} ORDER BY n.nspname, t.typname",
        scope.0
    );
    // Search path is `pg_catalog` alone, so that a printed type name always has its schema.
    let mut enums: HashMap<String, Vec<String>> = HashMap::new();
    for row in &session.rows(&sql).await? {
        let labels = array(text(row, 4).unwrap_or_default());
        let kind = match text(row, 2).unwrap_or_default() {
            "e" => "enum",
            "d" => "domain",
            "c" => "composite",
            "r" | "m" => "range",
            _ => "base",
        };
        if kind == "enum" {
            enums.insert(string(row, 3), labels.clone());
        }
        if let Some(schema) = schemas.get_mut(&string(row, 0)) {
            schema.types.push(UserType {
                name: string(row, 1),
                kind: kind.to_owned(),
                labels,
                parts: array(text(row, 5).unwrap_or_default()),
                checks: (kind == "domain").then(|| array(text(row, 6).unwrap_or_default())),
            });
        }
    }
    for column in relations.values_mut().flat_map(|relation| &mut relation.table.columns) {
        if let Some(labels) = enums.get(&column.type_name) {
            column.labels.clone_from(labels);
        }
    }
    Ok(())
}

/// Functions, operators and casts that users made: facts for the guard.
async fn routines(
    session: &mut Session,
    scope: &Scope,
    schemas: &mut BTreeMap<String, Schema>,
) -> Result<(), ConnectError> {
    let sql = format!(
        "SELECT n.nspname, p.proname, p.prokind::text, pg_get_function_identity_arguments(p.oid), \
           format_type(p.prorettype, NULL), l.lanname, p.provolatile::text \
         FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace \
         JOIN pg_language l ON l.oid = p.prolang WHERE {0} \
         UNION ALL SELECT n.nspname, o.oprname, 'o', \
           concat_ws(', ', format_type(nullif(o.oprleft, 0), NULL), format_type(o.oprright, NULL)), \
           o.oprcode::text, l.lanname, p.provolatile::text \
         FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace \
         JOIN pg_proc p ON p.oid = o.oprcode JOIN pg_language l ON l.oid = p.prolang WHERE {0} \
         UNION ALL SELECT n.nspname, CASE k.castcontext WHEN 'i' THEN 'cast' ELSE 'explicit cast' END, 'c', \
           concat_ws(', ', format_type(k.castsource, NULL), format_type(k.casttarget, NULL)), \
           p.oid::regproc::text, l.lanname, p.provolatile::text \
         FROM pg_cast k JOIN pg_proc p ON p.oid = k.castfunc \
         JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang \
         WHERE {0} ORDER BY 1, 2, 4",
        scope.0
    );
    for row in &session.rows(&sql).await? {
        let kind = match text(row, 2).unwrap_or_default() {
            "p" => RoutineKind::Procedure,
            "a" => RoutineKind::Aggregate,
            "w" => RoutineKind::Window,
            "o" => RoutineKind::Operator,
            "c" => RoutineKind::Cast,
            _ => RoutineKind::Function,
        };
        if let Some(schema) = schemas.get_mut(&string(row, 0)) {
            schema.routines.push(Routine {
                name: string(row, 1),
                kind,
                arguments: string(row, 3),
                result: string(row, 4),
                language: string(row, 5),
                volatility: string(row, 6),
            });
        }
    }
    Ok(())
}

fn string(row: &PgRow, index: usize) -> String {
    text(row, index).unwrap_or_default().to_owned()
}

fn maybe(row: &PgRow, index: usize) -> Option<String> {
    text(row, index).map(str::to_owned)
}

fn number<T: std::str::FromStr + Default>(row: &PgRow, index: usize) -> T {
    text(row, index).and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// The elements of a one-dimensional array of texts as PostgreSQL prints it: `{a,"b c","d\"e"}`.
fn array(printed: &str) -> Vec<String> {
    let Some(inner) = printed.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
        return Vec::new();
    };
    let (mut elements, mut element) = (Vec::new(), String::new());
    let (mut quoted, mut escaped) = (false, false);
    for letter in inner.chars() {
        match letter {
            _ if escaped => {
                element.push(letter);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => elements.push(std::mem::take(&mut element)),
            _ => element.push(letter),
        }
    }
    if !inner.is_empty() {
        elements.push(element);
    }
    elements
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays() {
        assert_eq!(array("{}"), Vec::<String>::new());
        assert_eq!(array("{a,b}"), ["a", "b"]);
        assert_eq!(array(r#"{"a b","c\"d,e\\",x}"#), ["a b", "c\"d,e\\", "x"]);
    }

    #[test]
    fn schema_names_are_quoted() {
        assert!(Scope::new(&["o'x".to_owned()]).0.ends_with("n.nspname IN ('o''x')"));
    }
}
