//! What of a catalogue one person sees: hidden tables and columns are not in it, masked ones are
//! marked, and nothing in it tells of their values.
//!
//! The guard itself is asked what it would let through, so that views, partitions and inheritance
//! are as they will be when a statement runs.

use super::{Allowed, govern::Governed};
use catalog::ValueIndex;
use guard::{Facts, Gate, Policy, Verdict};
use model::catalog::{Catalog, Schema, Table, TableKind};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

/// A catalogue through one policy's eyes.
#[derive(Debug)]
pub struct Seen {
    pub catalog: Arc<Catalog>,
    /// By schema and table: the columns whose values are masked, with the mask's name.
    masks: HashMap<(String, String), BTreeMap<String, String>>,
    governed: Arc<Governed>,
}

impl Seen {
    /// Everything, with nothing masked.
    #[must_use]
    pub fn all(catalog: Arc<Catalog>) -> Self {
        Self { catalog, masks: HashMap::new(), governed: Arc::default() }
    }

    /// Asks the guard about every table that a policy may reach. Takes about 50 µs for each.
    #[must_use]
    pub fn through(catalog: &Catalog, facts: &Facts, allowed: &Allowed) -> Self {
        let linked =
            catalog.tables().flat_map(|(_, table)| table.parents.iter().cloned()).collect();
        let eye = Eye { catalog, facts, allowed, linked };
        let mut masks = HashMap::new();
        let mut schemas = Vec::new();
        for schema in &catalog.schemas {
            let mut tables = Vec::new();
            for table in &schema.tables {
                let Some(seen) = eye.table(&schema.name, table) else { continue };
                if !seen.masks.is_empty() {
                    masks.insert((schema.name.clone(), table.name.clone()), seen.masks);
                }
                tables.push(seen.table);
            }
            schemas.push(Schema { tables, ..without_tables(schema) });
        }
        let mut catalog = Catalog { schemas, ..without_schemas(catalog) };
        forget_links(&mut catalog);
        Self { catalog: Arc::new(catalog), masks, governed: allowed.governed.clone() }
    }

    /// The masked columns of a table, with the masks' names.
    #[must_use]
    pub fn masks(&self, schema: &str, table: &str) -> Option<&BTreeMap<String, String>> {
        self.masks.get(&(schema.to_owned(), table.to_owned()))
    }

    /// The index without values of what is hidden, masked or filtered by row: a value in it would say
    /// that some row has it.
    #[must_use]
    pub fn values(&self, all: &ValueIndex) -> ValueIndex {
        all.restrict(|at| {
            let Some(table) = self.catalog.table(&at.schema, &at.table) else { return false };
            let filtered = self
                .governed
                .table(&at.schema, &at.table)
                .is_some_and(|says| !says.rows.is_empty());
            let masked =
                self.masks(&at.schema, &at.table).is_some_and(|m| m.contains_key(&at.column));
            table.column(&at.column).is_some() && !filtered && !masked
        })
    }
}

/// One table as the person sees it, with its masked columns; `None`: it is not there for them.
#[must_use]
pub fn look(
    catalog: &Catalog,
    facts: &Facts,
    allowed: &Allowed,
    schema: &str,
    table: &Table,
) -> Option<(Table, BTreeMap<String, String>)> {
    let linked = catalog.tables().flat_map(|(_, table)| table.parents.iter().cloned()).collect();
    let seen = Eye { catalog, facts, allowed, linked }.table(schema, table)?;
    Some((seen.table, seen.masks))
}

/// Looks at tables as the person would.
struct Eye<'a> {
    catalog: &'a Catalog,
    facts: &'a Facts,
    allowed: &'a Allowed,
    /// Tables that have partitions or children.
    linked: HashSet<(String, String)>,
}

struct SeenTable {
    table: Table,
    masks: BTreeMap<String, String>,
}

impl Eye<'_> {
    /// `None`: the person does not see the table.
    fn table(&self, schema: &str, table: &Table) -> Option<SeenTable> {
        let governed = &self.allowed.governed;
        if governed.hides(schema, &table.name) {
            return None;
        }
        let says = governed.table(schema, &table.name);
        let own = says.is_some_and(|says| !says.columns.is_empty() || !says.rows.is_empty());
        if !own && !is_view(table) && !self.has_relatives(schema, table) {
            return Some(SeenTable { table: table.clone(), masks: BTreeMap::new() });
        }
        let from = format!("{}.{}", self.quote(schema), self.quote(&table.name));
        let policy = &self.allowed.policy;
        if self.reads(policy, &format!("SELECT 1 FROM {from}")).is_none() {
            // Hidden by the policy, or not readable for anybody: the latter stays in sight.
            let for_all = self.reads(&Policy::default(), &format!("SELECT 1 FROM {from}"));
            return match for_all {
                Some(_) => None,
                None => Some(SeenTable { table: table.clone(), masks: BTreeMap::new() }),
            };
        }
        let (columns, masks) = self.columns(&from, table);
        Some(SeenTable { table: trimmed(table, &columns, &masks, own), masks })
    }

    /// The columns that can be read, and the masked ones among them.
    fn columns(&self, from: &str, table: &Table) -> (Vec<String>, BTreeMap<String, String>) {
        let all: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        let list: Vec<String> = all.iter().map(|name| self.quote(name)).collect();
        let policy = &self.allowed.policy;
        let whole = self.reads(policy, &format!("SELECT {} FROM {from}", list.join(", ")));
        let mut seen = Vec::new();
        let mut masks = BTreeMap::new();
        for (at, name) in all.iter().enumerate() {
            let (found, position) = match &whole {
                Some(found) => (Some(found.clone()), at),
                // Some column is hidden: each is tried by itself.
                None => (self.reads(policy, &format!("SELECT {} FROM {from}", list[at])), 0),
            };
            let Some(masked) = found else { continue };
            seen.push((*name).to_owned());
            let mask = masked.into_iter().find(|(n, _)| *n == Some(position));
            masks.extend(mask.map(|(_, mask)| ((*name).to_owned(), mask)));
        }
        (seen, masks)
    }

    /// What the guard says: `None` for no, else the masked positions with their masks.
    fn reads(&self, policy: &Policy, sql: &str) -> Option<Vec<(Option<usize>, String)>> {
        let attributes = &self.allowed.attributes;
        let gate = Gate { facts: self.facts, policy, attributes, row_limit: None };
        match guard::check(&gate, sql) {
            Verdict::Read(cleared) => {
                Some(cleared.masked().iter().map(|m| (m.position, m.mask.clone())).collect())
            }
            Verdict::Write(_) | Verdict::Deny(_) => None,
        }
    }

    fn has_relatives(&self, schema: &str, table: &Table) -> bool {
        !table.parents.is_empty() || self.linked.contains(&(schema.to_owned(), table.name.clone()))
    }

    fn quote(&self, name: &str) -> String {
        self.catalog.dialect.quote(name)
    }
}

fn is_view(table: &Table) -> bool {
    matches!(table.kind, TableKind::View | TableKind::MaterializedView)
}

/// The table with these columns only, and without texts that could tell of values that are masked or
/// filtered away.
fn trimmed(
    table: &Table,
    columns: &[String],
    masks: &BTreeMap<String, String>,
    own: bool,
) -> Table {
    let mut table = table.clone();
    let gone: Vec<String> = table
        .columns
        .iter()
        .filter(|column| !columns.contains(&column.name))
        .map(|column| column.name.to_lowercase())
        .collect();
    let names_gone = |text: &String| {
        let text = text.to_lowercase();
        gone.iter().any(|name| text.contains(name))
    };
    let governed = own || !masks.is_empty() || !gone.is_empty();
    table.columns.retain(|column| columns.contains(&column.name));
    for column in &mut table.columns {
        if masks.contains_key(&column.name) {
            column.labels.clear();
            column.default = None;
        }
        column.generated = column.generated.take().filter(|text| !names_gone(text));
        column.default = column.default.take().filter(|text| !names_gone(text));
    }
    if table.primary_key.iter().any(|name| !columns.contains(name)) {
        table.primary_key.clear();
    }
    table.foreign_keys.retain(|key| key.columns.iter().all(|name| columns.contains(name)));
    table.indexes.retain(|index| !index.columns.iter().any(names_gone));
    if governed {
        // Counts, bounds and conditions tell of rows and values.
        table.row_estimate = None;
        table.definition = None;
        table.partition_bound = None;
        table.indexes.iter_mut().for_each(|index| index.predicate = None);
    }
    table
}

/// Drops what points to tables and columns that are not there.
fn forget_links(catalog: &mut Catalog) {
    let known: HashMap<(String, String), Vec<String>> = catalog
        .tables()
        .map(|(schema, table)| {
            let columns = table.columns.iter().map(|column| column.name.clone()).collect();
            ((schema.to_owned(), table.name.clone()), columns)
        })
        .collect();
    for table in catalog.schemas.iter_mut().flat_map(|schema| &mut schema.tables) {
        table.foreign_keys.retain(|key| {
            known
                .get(&(key.ref_schema.clone(), key.ref_table.clone()))
                .is_some_and(|columns| key.ref_columns.iter().all(|name| columns.contains(name)))
        });
        table.parents.retain(|parent| known.contains_key(parent));
    }
}

fn without_tables(schema: &Schema) -> Schema {
    Schema {
        name: schema.name.clone(),
        comment: schema.comment.clone(),
        tables: Vec::new(),
        routines: schema.routines.clone(),
        types: schema.types.clone(),
    }
}

fn without_schemas(catalog: &Catalog) -> Catalog {
    Catalog {
        dialect: catalog.dialect,
        server_version: catalog.server_version.clone(),
        database: catalog.database.clone(),
        search_path: catalog.search_path.clone(),
        schemas: Vec::new(),
    }
}
