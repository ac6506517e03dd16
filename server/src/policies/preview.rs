//! Real rows of one table, as they are and as somebody would see them.
//!
//! Both sides pass the guard: what is shown as "after" is what the guard makes of it, not a second
//! implementation of the masks.

use super::{Allowed, seen};
use crate::databases::{
    Database, Prepared, clear,
    small_read::{Small, small_read},
};
use guard::{Policy, policy as gate};
use model::{
    catalog::{Table, ValueKind},
    dialect::Dialect,
    error::{Problem, ProblemCode},
    policy::{PolicyPreview, PreviewColumn},
    result::Cell,
};
use std::{collections::BTreeMap, time::Duration};

const ROWS: u64 = 10;
const CELL_BYTES: usize = 400;
/// Columns shown; of wider tables the governed ones come first.
const COLUMNS: usize = 200;
const TIMEOUT: Duration = Duration::from_secs(10);
/// Counting a large table may take longer than anybody waits.
const COUNTING: Duration = Duration::from_secs(2);

/// The rows of a table of the catalogue, raw and through `allowed`.
///
/// # Errors
/// `Refused` when a mask or row filter cannot be used; what the database says.
pub async fn preview(
    database: &Database,
    known: &Prepared,
    allowed: &Allowed,
    schema: &str,
    table: &Table,
) -> Result<PolicyPreview, Problem> {
    let view = Preview { database, known, allowed, table, from: from(known, schema, table) };
    let seen = seen::look(&known.catalog, &known.facts, allowed, schema, table);
    let names = shown_columns(table, seen.as_ref().map(|(_, masks)| masks));
    let before = view.before(&names).await?;
    let hides = allowed.governed.hides(schema, &table.name);
    let Some((visible, masks)) = seen else {
        return view.unseen(&names, before, hides);
    };
    // 1. What the person sees of each column.
    let column = |name: &str| PreviewColumn {
        name: name.to_owned(),
        mask: match masks.get(name) {
            Some(mask) => Some(mask.clone()),
            None => visible.column(name).is_none().then(|| "deny".into()),
        },
    };
    let columns: Vec<PreviewColumn> = names.iter().map(|name| column(name)).collect();
    let readable: Vec<&str> =
        names.iter().copied().filter(|name| visible.column(name).is_some()).collect();
    // 2. The same rows, one by one, if the key tells which they are.
    let says = allowed.governed.table(schema, &table.name);
    let filtered = says.is_some_and(|says| !says.rows.is_empty());
    let keys = view.keys(schema, &names, &before);
    let (after, aligned) = match keys {
        Some(keys) if filtered => (view.rows_of(&readable, &keys).await?, true),
        _ => {
            let policy = &allowed.policy;
            let order = view.order(Some(&masks));
            let rows = view.rows(policy, &readable, &order).await?;
            let ordered = !view.order(None).is_empty() && order == view.order(None);
            (rows.into_iter().map(Some).collect(), ordered && !filtered)
        }
    };
    let after = after.into_iter().map(|row| row.map(|row| spread(&names, &readable, row)));
    let after: Vec<Option<Vec<Cell>>> = after.collect();
    // 3. How many rows the filter leaves.
    let (rows, visible_rows) = match filtered {
        true => (view.count(&Policy::default()).await, view.count(&allowed.policy).await),
        false => (None, None),
    };
    let aligned = aligned && after.len() == before.len();
    let left_out = table.columns.len() - names.len();
    let note = (left_out > 0).then(|| format!("{left_out} more columns are not shown."));
    Ok(PolicyPreview { columns, before, after, aligned, denied: false, rows, visible_rows, note })
}

struct Preview<'a> {
    database: &'a Database,
    known: &'a Prepared,
    allowed: &'a Allowed,
    table: &'a Table,
    /// `"schema"."table"`.
    from: String,
}

impl Preview<'_> {
    async fn before(&self, names: &[&str]) -> Result<Vec<Vec<Cell>>, Problem> {
        let order = self.order(None);
        self.rows(&Policy::default(), names, &order).await
    }

    /// The table is not there: because a policy says so, or because one cannot be used.
    fn unseen(
        &self,
        names: &[&str],
        before: Vec<Vec<Cell>>,
        hides: bool,
    ) -> Result<PolicyPreview, Problem> {
        let mut note = None;
        if !hides {
            let sql = format!("SELECT 1 FROM {}", self.from);
            let Allowed { policy, attributes, .. } = self.allowed;
            if let Err(refusal) = clear(self.known, policy, attributes, &sql, None) {
                if refusal.message.contains("cannot be used") {
                    return Err(Problem { position: None, ..refusal });
                }
                note = Some(refusal.message);
            }
        }
        let columns = names
            .iter()
            .map(|name| PreviewColumn { name: (*name).to_owned(), mask: Some("deny".into()) });
        Ok(PolicyPreview {
            columns: columns.collect(),
            after: vec![None; before.len()],
            before,
            aligned: true,
            denied: true,
            note,
            ..PolicyPreview::default()
        })
    }

    async fn rows(
        &self,
        policy: &Policy,
        names: &[&str],
        order: &str,
    ) -> Result<Vec<Vec<Cell>>, Problem> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let list: Vec<String> = names.iter().map(|name| self.quote(name)).collect();
        let sql = format!("SELECT {} FROM {}{order} LIMIT {ROWS}", list.join(", "), self.from);
        let cleared = clear(self.known, policy, &self.allowed.attributes, &sql, Some(ROWS))
            .map_err(|refusal| Problem { position: None, ..refusal })?;
        let small = Small { rows: ROWS, timeout: TIMEOUT, cell_bytes: CELL_BYTES };
        small_read(self.database, &cleared, "preview", small).await
    }

    /// By the primary key, as far as it is not masked.
    fn order(&self, masks: Option<&BTreeMap<String, String>>) -> String {
        let key = &self.table.primary_key;
        let masked = |name: &String| masks.is_some_and(|masks| masks.contains_key(name));
        if key.is_empty() || key.iter().any(masked) {
            return String::new();
        }
        let key: Vec<String> = key.iter().map(|name| self.quote(name)).collect();
        format!(" ORDER BY {}", key.join(", "))
    }

    /// A condition for each row that only it meets.
    fn keys(
        &self,
        schema: &str,
        names: &[&str],
        before: &[Vec<Cell>],
    ) -> Option<Vec<gate::TableRule>> {
        if self.table.primary_key.is_empty() {
            return None;
        }
        let key = |row: &Vec<Cell>| {
            let parts: Option<Vec<String>> = self
                .table
                .primary_key
                .iter()
                .map(|name| {
                    let at = names.iter().position(|known| known == name)?;
                    let literal = self.literal(name, row.get(at)?.as_deref()?)?;
                    Some(format!("{} = {literal}", self.quote(name)))
                })
                .collect();
            Some(gate::TableRule {
                table: format!("{schema}.{}", self.table.name),
                rows: Some(parts?.join(" AND ")),
                ..gate::TableRule::default()
            })
        };
        before.iter().map(key).collect()
    }

    /// The value as this database compares it with the column; `None`: not with certainty.
    fn literal(&self, column: &str, value: &str) -> Option<String> {
        let column = self.table.column(column)?;
        let plain = value.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b'.');
        match column.kind {
            ValueKind::Integer | ValueKind::Number => plain.then(|| value.to_owned()),
            ValueKind::Text | ValueKind::Uuid | ValueKind::Date | ValueKind::Timestamp
                if value.len() < CELL_BYTES && !value.contains(['\\', '\0']) =>
            {
                Some(format!("'{}'", value.replace('\'', "''")))
            }
            _ => None,
        }
    }

    /// Each row that these conditions meet, or that it is hidden.
    async fn rows_of(
        &self,
        names: &[&str],
        keys: &[gate::TableRule],
    ) -> Result<Vec<Option<Vec<Cell>>>, Problem> {
        let mut rows = Vec::new();
        for key in keys {
            let mut policy = (*self.allowed.policy).clone();
            policy.tables.push(key.clone());
            rows.push(self.rows(&policy, names, "").await?.into_iter().next());
        }
        Ok(rows)
    }

    async fn count(&self, policy: &Policy) -> Option<u64> {
        let sql = format!("SELECT count(*) FROM {}", self.from);
        let cleared = clear(self.known, policy, &self.allowed.attributes, &sql, None).ok()?;
        let small = Small { rows: 1, timeout: COUNTING, cell_bytes: CELL_BYTES };
        let rows = small_read(self.database, &cleared, "preview", small).await.ok()?;
        rows.first()?.first()?.as_ref()?.parse().ok()
    }

    fn quote(&self, name: &str) -> String {
        self.known.catalog.dialect.quote(name)
    }
}

fn from(known: &Prepared, schema: &str, table: &Table) -> String {
    let dialect: Dialect = known.catalog.dialect;
    format!("{}.{}", dialect.quote(schema), dialect.quote(&table.name))
}

/// All columns, or of a very wide table those that a policy governs and the first of the others.
fn shown_columns<'t>(table: &'t Table, masks: Option<&BTreeMap<String, String>>) -> Vec<&'t str> {
    let all = table.columns.iter().map(|column| column.name.as_str());
    if table.columns.len() <= COLUMNS {
        return all.collect();
    }
    let governed = |name: &str| {
        masks.is_some_and(|masks| masks.contains_key(name))
            || table.primary_key.iter().any(|key| key == name)
    };
    let mut chosen: Vec<&str> = all.clone().filter(|name| governed(name)).collect();
    chosen.extend(all.filter(|name| !governed(name)));
    chosen.truncate(COLUMNS);
    chosen.sort_by_key(|name| table.columns.iter().position(|column| column.name == *name));
    chosen
}

/// The cells at the places of their columns; those of columns that are not there stay empty.
fn spread(names: &[&str], readable: &[&str], row: Vec<Cell>) -> Vec<Cell> {
    let mut cells = vec![None; names.len()];
    for (name, cell) in readable.iter().zip(row) {
        if let Some(at) = names.iter().position(|known| known == name) {
            cells[at] = cell;
        }
    }
    cells
}

/// A problem for a table that is not in the catalogue.
#[must_use]
pub fn no_table(schema: &str, table: &str) -> Problem {
    Problem::new(ProblemCode::NotFound, format!("There is no table {schema}.{table}."))
        .hint("Refresh the schema: it may have been dropped.")
}
