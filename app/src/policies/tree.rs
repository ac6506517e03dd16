//! The tree of a connection's tables beside the rule that is being edited. Enter chooses a row.

use super::{
    editing::Editing,
    places::{Node, Row, Shown},
    rules::Place,
};
use crate::{
    pages::form::ProblemNote,
    schema::api::{SchemaOverview, get_schema_columns, get_schema_overview},
    ui::{
        self,
        empty::Empty,
        icon::{Glyph, Icon},
        spinner::Spinner,
        tree::{TreeItem, dom_id, place_of},
    },
};
use leptos::{prelude::*, task::spawn_local};
use model::{error::Problem, id::ConnectionId};
use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

/// A connection's tables, what is open and chosen of them. `Copy`.
#[derive(Clone, Copy)]
pub struct Tree {
    editing: Editing,
    overview: RwSignal<Option<Arc<SchemaOverview>>>,
    columns: RwSignal<Arc<BTreeMap<String, Vec<String>>>>,
    problem: RwSignal<Option<Problem>>,
    search: RwSignal<String>,
    open: RwSignal<HashSet<String>>,
    /// The row that keys act on.
    active: RwSignal<String>,
    /// Whose rule is edited.
    pub chosen: RwSignal<Option<Place>>,
    /// A column to go to in the rule.
    pub column: RwSignal<Option<String>>,
}

impl Tree {
    /// Follows the connection whose tables are shown.
    #[must_use]
    pub fn new(editing: Editing, browsed: Memo<Option<ConnectionId>>) -> Self {
        let tree = Self {
            editing,
            overview: RwSignal::new(None),
            columns: RwSignal::new(Arc::default()),
            problem: RwSignal::new(None),
            search: RwSignal::new(String::new()),
            open: RwSignal::new(HashSet::new()),
            active: RwSignal::new(String::new()),
            chosen: RwSignal::new(None),
            column: RwSignal::new(None),
        };
        Effect::new(move || {
            let connection = browsed.get();
            tree.overview.set(None);
            tree.columns.set(Arc::default());
            tree.problem.set(None);
            if let Some(connection) = connection {
                spawn_local(tree.load(connection, browsed));
            }
        });
        tree
    }

    async fn load(self, connection: ConnectionId, browsed: Memo<Option<ConnectionId>>) {
        let overview = get_schema_overview(connection).await;
        let columns = get_schema_columns(connection).await;
        if browsed.try_get_untracked().flatten() != Some(connection) {
            return;
        }
        match overview {
            Ok(overview) => {
                self.begin(&overview);
                self.overview.set(Some(Arc::new(overview)));
            }
            Err(error) => self.problem.set(Some(error.0)),
        }
        let columns = columns.ok().and_then(|columns| serde_json::from_value(columns).ok());
        self.columns.set(Arc::new(columns.unwrap_or_default()));
    }

    /// Opens what the draft is about and chooses its first rule, or the first table there is.
    fn begin(self, overview: &SchemaOverview) {
        let ruled = self
            .editing
            .draft
            .with_untracked(|draft| draft.tables.iter().map(Place::of).collect::<Vec<_>>());
        self.open.update(|open| {
            open.extend(overview.search_path.iter().map(|schema| format!("s:{schema}")));
            open.extend(ruled.iter().map(|place| format!("s:{}", place.schema)));
        });
        if self.chosen.with_untracked(Option::is_none) {
            let path = overview.search_path.iter();
            let schemas = path.filter_map(|name| overview.schemas.iter().find(|s| s.name == *name));
            let first = schemas.chain(&overview.schemas).find_map(|schema| {
                schema.tables.first().map(|table| Place::new(&schema.name, &table.name))
            });
            self.chosen.set(ruled.into_iter().next().or(first));
        }
    }

    fn rows(self) -> Arc<Vec<Row>> {
        let Some(overview) = self.overview.get() else { return Arc::default() };
        let (columns, open, search) = (self.columns.get(), self.open.read(), self.search.read());
        let draft = self.editing.draft.read();
        let shown = Shown {
            overview: &overview,
            columns: &columns,
            open: &open,
            search: &search,
            draft: &draft,
        };
        Arc::new(shown.rows())
    }

    fn toggle(self, id: &str) {
        self.open.update(|open| {
            if !open.remove(id) {
                open.insert(id.to_owned());
            }
        });
    }

    fn choose(self, node: &Node) {
        self.chosen.set(Some(node.place()));
        if let Node::Column(_, column) = node {
            self.column.set(Some(column.clone()));
        }
    }
}

#[component]
pub fn TreePane(tree: Tree) -> impl IntoView {
    let rows = Memo::new(move |_| tree.rows());
    let empty = Memo::new(move |_| rows.with(|rows| rows.is_empty()));
    let state = Memo::new(move |_| {
        (tree.overview.with(Option::is_some), tree.problem.with(Option::is_some))
    });
    view! {
        <div class="policy-tree">
            <div class="policy-search">
                <Icon glyph=Glyph::Search/>
                <input
                    class="input"
                    type="search"
                    aria-label="Search tables and columns"
                    placeholder="Search tables and columns"
                    spellcheck="false"
                    prop:value=move || tree.search.get()
                    on:input:target=move |event| tree.search.set(event.target().value())
                />
            </div>
            {move || match state.get() {
                (_, true) => view! { <ProblemNote problem=tree.problem/> }.into_any(),
                (false, _) => {
                    view! { <p class="loading"><Spinner/> "Reading the structure…"</p> }.into_any()
                }
                _ => view! { <Rows tree rows/> }.into_any(),
            }}
            <Show when=move || empty.get() && state.get() == (true, false)>
                <Empty glyph=Glyph::Search title="Nothing of that name" text="Names of schemas, tables and columns are searched."/>
            </Show>
        </div>
    }
}

const LABEL: &str = "Tables";

impl TreeItem for Row {
    type Look = String;

    fn id(&self) -> &str {
        &self.id
    }

    fn level(&self) -> usize {
        self.level as usize
    }

    fn open(&self) -> Option<bool> {
        self.open
    }

    fn look(&self) -> Self::Look {
        self.mark.clone()
    }
}

#[component]
fn Rows(tree: Tree, rows: Memo<Arc<Vec<Row>>>) -> impl IntoView {
    let on_key = move |key: &str, row: &Row| {
        let chooses = matches!(key, "Enter" | " ");
        if chooses {
            tree.choose(&row.node);
        }
        chooses
    };
    view! {
        <ui::tree::Tree
            label=LABEL
            rows
            active=tree.active
            set_open=move |row: &Row, _| tree.toggle(&row.id)
            on_key
            row=move |at, row| view! { <TreeRow tree at row/> }.into_any()
        />
    }
}

#[component]
fn TreeRow(tree: Tree, at: usize, row: Row) -> impl IntoView {
    let id = StoredValue::new(row.id.clone());
    let node = StoredValue::new(row.node.clone());
    let place = row.node.place();
    let is_column = matches!(row.node, Node::Column(..));
    let is_active = Memo::new(move |_| tree.active.with(|active| id.with_value(|id| active == id)));
    let is_chosen = Memo::new(move |_| {
        !is_column && tree.chosen.with(|chosen| chosen.as_ref().is_some_and(|c| c.is(&place)))
    });
    let opens = row.open.is_some();
    let glyph = match &row.node {
        Node::All => Glyph::Database,
        Node::Schema(_) => Glyph::Schema,
        Node::Table(_) => Glyph::Table,
        Node::Elsewhere(_) => Glyph::Warning,
        Node::Column(..) => Glyph::Circle,
    };
    let title = match &row.node {
        Node::Elsewhere(_) => format!("{}: not in this database", row.label),
        _ => row.label.clone(),
    };
    let style = place_of(at, &row);
    view! {
        <div
            class="tree-row"
            class:tree-active=move || is_active.get()
            class:policy-chosen=move || is_chosen.get()
            role="treeitem"
            id=dom_id(LABEL, &row.id)
            attr:aria-level=row.level
            aria-expanded=row.open.map(|open| if open { "true" } else { "false" })
            aria-selected=move || if is_chosen.get() { "true" } else { "false" }
            style=style
            title=title
            on:click=move |_| {
                tree.active.set(id.get_value());
                node.with_value(|node| tree.choose(node));
                if row.open == Some(false) {
                    id.with_value(|id| tree.toggle(id));
                }
            }
        >
            <span
                class="tree-arrow"
                class:tree-open=row.open == Some(true)
                on:click=move |event| {
                    if opens {
                        event.stop_propagation();
                        id.with_value(|id| tree.toggle(id));
                    }
                }
            >
                {opens.then(|| view! { <Icon glyph=Glyph::ChevronRight/> })}
            </span>
            {(!is_column).then(|| view! { <Icon glyph/> })}
            <span class="tree-label">{row.label}</span>
            <span class="policy-mark">{row.mark}</span>
        </div>
    }
}
