//! What the schema tree holds: the overview, what is open, what was loaded, and a refresh under way.

use super::{
    api::{
        get_schema_columns, get_schema_overview, get_schema_progress, get_schema_table,
        refresh_schema,
    },
    rows::{Details, Row, TableName, View, schema_id, table_id},
};
use crate::ide::state::Ide;
use leptos::{prelude::*, task::spawn_local};
use model::{
    catalog::{CatalogChanges, CatalogProgress},
    error::Problem,
    id::ConnectionId,
};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

/// Milliseconds between two looks at a refresh.
const POLL: u64 = 350;

/// The tree's state. `Copy`.
#[derive(Clone, Copy)]
pub struct Tree {
    pub ide: Ide,
    pub open: RwSignal<HashSet<String>>,
    details: RwSignal<HashMap<TableName, Details>>,
    columns: RwSignal<Arc<BTreeMap<String, Vec<String>>>>,
    pub search: RwSignal<String>,
    /// The row that keys act on.
    pub active: RwSignal<String>,
    pub problem: RwSignal<Option<Problem>>,
    /// A reading of the catalogue: what it is at.
    pub reading: RwSignal<Option<String>>,
    /// What the last refresh changed, until dismissed.
    pub changes: RwSignal<Option<CatalogChanges>>,
    pub rows: Memo<Arc<Vec<Row>>>,
}

impl Tree {
    /// Follows the connection in use.
    #[must_use]
    pub fn new(ide: Ide) -> Self {
        let open = RwSignal::new(HashSet::new());
        let details = RwSignal::new(HashMap::new());
        let columns = RwSignal::new(Arc::new(BTreeMap::new()));
        let search = RwSignal::new(String::new());
        let rows = Memo::new(move |_| {
            let Some(overview) = ide.overview.get() else { return Arc::default() };
            let (open, details, columns) = (open.read(), details.read(), columns.get());
            let search = search.read();
            let view = View {
                overview: &overview,
                open: &open,
                details: &details,
                columns: &columns,
                search: &search,
            };
            Arc::new(view.rows())
        });
        let tree = Self {
            ide,
            open,
            details,
            columns,
            search,
            active: RwSignal::new(String::new()),
            problem: RwSignal::new(None),
            reading: RwSignal::new(None),
            changes: RwSignal::new(None),
            rows,
        };
        tree.follow_connection();
        tree
    }

    fn follow_connection(self) {
        Effect::new(move || {
            let current = self.ide.current.get();
            untrack(|| {
                self.forget();
                if let Some(connection) = current {
                    self.load(connection, true);
                }
            });
        });
        // Column names are for the search: fetched when it is used first.
        let wanted = Memo::new(move |_| !self.search.read().is_empty());
        Effect::new(move || {
            let (true, Some(connection)) = (wanted.get(), self.ide.current.get()) else { return };
            self.ide.catalog_turn.track();
            spawn_local(async move {
                if let Ok(columns) = get_schema_columns(connection).await
                    && self.is_current(connection)
                {
                    let columns = serde_json::from_value(columns).unwrap_or_default();
                    self.columns.try_set(Arc::new(columns));
                }
            });
        });
    }

    fn forget(self) {
        self.ide.overview.set(None);
        self.open.set(HashSet::new());
        self.details.set(HashMap::new());
        self.columns.set(Arc::default());
        self.problem.set(None);
        self.reading.set(None);
        self.changes.set(None);
    }

    fn is_current(self, connection: ConnectionId) -> bool {
        self.ide.current.try_get_untracked().flatten() == Some(connection)
    }

    /// Fetches schemas and tables. A catalogue that was never read is waited for.
    pub fn load(self, connection: ConnectionId, first: bool) {
        spawn_local(async move {
            let overview = get_schema_overview(connection).await;
            if !self.is_current(connection) {
                return;
            }
            match overview {
                Ok(overview) => {
                    let unread = overview.read_at.is_none();
                    if first {
                        let path = overview.search_path.iter().map(|schema| schema_id(schema));
                        self.open.try_update(|open| open.extend(path));
                    }
                    self.ide.overview.try_set(Some(Arc::new(overview)));
                    self.problem.try_set(None);
                    if unread {
                        self.watch(connection);
                    }
                }
                Err(error) => drop(self.problem.try_set(Some(error.0))),
            }
        });
    }

    /// Has the catalogue read anew, and follows that.
    pub fn refresh(self) {
        let Some(connection) = self.ide.current.get_untracked() else { return };
        if self.reading.get_untracked().is_some() {
            return;
        }
        self.reading.set(Some("Starting…".into()));
        self.problem.set(None);
        spawn_local(async move {
            match refresh_schema(connection).await {
                Ok(()) => self.watch(connection),
                Err(error) if self.is_current(connection) => {
                    self.reading.try_set(None);
                    self.problem.try_set(Some(error.0));
                }
                Err(_) => {}
            }
        });
    }

    /// Looks at a reading until it ends.
    fn watch(self, connection: ConnectionId) {
        spawn_local(async move {
            let progress = get_schema_progress(connection).await;
            if !self.is_current(connection) {
                return;
            }
            match progress {
                Ok(Some(CatalogProgress::Reading { step, steps, what })) => {
                    self.reading.try_set(Some(format!("Reading {what} ({step} of {steps})")));
                    set_timeout(move || self.watch(connection), Duration::from_millis(POLL));
                }
                Ok(Some(CatalogProgress::Done { tables, columns, milliseconds, changes })) => {
                    self.reading.try_set(None);
                    self.details.try_set(HashMap::new());
                    self.ide.catalog_turn.try_update(|turn| *turn += 1);
                    self.ide.toasts.good(format!(
                        "Read {tables} tables with {columns} columns in {milliseconds} ms."
                    ));
                    self.changes.try_set((!changes.is_empty()).then_some(changes));
                    self.load(connection, false);
                    self.reload_open();
                }
                Ok(Some(CatalogProgress::Failed { problem })) => {
                    self.reading.try_set(None);
                    let code = model::error::ProblemCode::Database;
                    self.problem.try_set(Some(
                        Problem::new(code, problem)
                            .hint("Test the connection, then refresh again."),
                    ));
                }
                Ok(None) => drop(self.reading.try_set(None)),
                Err(error) => {
                    self.reading.try_set(None);
                    self.problem.try_set(Some(error.0));
                }
            }
        });
    }

    /// Fetches the columns of tables that are open, after a refresh.
    fn reload_open(self) {
        let rows = self.rows.get_untracked();
        let open = self.open.get_untracked();
        for row in rows.iter().filter(|row| open.contains(&row.id)) {
            if let super::rows::Node::Table(name, _) = &row.node {
                self.fetch(name.clone());
            }
        }
    }

    pub fn toggle(self, id: &str) {
        let is_open = self.open.with_untracked(|open| open.contains(id));
        self.set_open(id, !is_open);
    }

    /// Opens or closes a row. A table's columns are fetched when it opens first.
    pub fn set_open(self, id: &str, open: bool) {
        if open {
            let rows = self.rows.get_untracked();
            let row = rows.iter().find(|row| row.id == id);
            if let Some(super::rows::Node::Table(name, _)) = row.map(|row| &row.node) {
                let known =
                    self.details.with_untracked(|d| matches!(d.get(name), Some(Details::Ready(_))));
                if !known {
                    self.fetch(name.clone());
                }
            }
        }
        self.open.update(|all| {
            if open {
                all.insert(id.to_string())
            } else {
                all.remove(id)
            };
        });
    }

    fn fetch(self, name: TableName) {
        let Some(connection) = self.ide.current.get_untracked() else { return };
        self.details.update(|all| drop(all.insert(name.clone(), Details::Loading)));
        spawn_local(async move {
            let TableName { schema, table } = name.clone();
            let details = match get_schema_table(connection, schema, table).await {
                Ok(table) => Details::Ready(Arc::new(table)),
                Err(error) => Details::Failed(error.0.message),
            };
            if self.is_current(connection) {
                self.details.try_update(|all| drop(all.insert(name, details)));
            }
        });
    }

    /// Shows a table: clears the search and opens the way to it.
    pub fn show(self, name: &TableName) {
        self.search.set(String::new());
        self.set_open(&schema_id(&name.schema), true);
        self.set_open(&table_id(name), true);
        self.active.set(table_id(name));
    }
}
