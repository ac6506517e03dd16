//! The schema tree on screen.
//!
//! Keys beside those of every tree: Enter opens or closes a table and inserts a column, P previews 100
//! rows, C copies the name, I inserts it into the editor.

use super::{
    rows::{Key, Node, Row, TableName},
    state::Tree,
};
use crate::{
    browser,
    editor::complete::written,
    ui::{
        self,
        button::IconButton,
        icon::{Glyph, Icon},
        tree::{TreeItem, dom_id, place_of},
    },
};
use leptos::prelude::*;
use model::catalog::{TableKind, ValueKind};

const LABEL: &str = "Schema";

impl TreeItem for Row {
    type Look = (String, usize);

    fn id(&self) -> &str {
        &self.id
    }

    fn level(&self) -> usize {
        self.level
    }

    fn open(&self) -> Option<bool> {
        self.open
    }

    fn look(&self) -> Self::Look {
        (self.detail.clone(), self.of)
    }
}

#[component]
pub fn TreeView(tree: Tree) -> impl IntoView {
    view! {
        <ui::tree::Tree
            label=LABEL
            rows=tree.rows
            active=tree.active
            set_open=move |row: &Row, open| tree.set_open(&row.id, open)
            on_key=move |key: &str, row: &Row| on_key(tree, key, row)
            row=move |at, row| view! { <TreeRow tree at row /> }.into_any()
        />
    }
}

#[component]
fn TreeRow(tree: Tree, at: usize, row: Row) -> impl IntoView {
    let id = row.id.clone();
    let is_active = {
        let id = id.clone();
        Memo::new(move |_| tree.active.with(|active| *active == id))
    };
    let glyph = glyph(&row.node);
    let table = match &row.node {
        Node::Table(name, _) => Some(name.clone()),
        _ => None,
    };
    let is_note = row.node == Node::Note;
    let is_key = matches!(&row.node, Node::Column { key, .. } if *key != Key::None);
    let opens = row.open.is_some();
    let click = {
        let id = id.clone();
        move |_| {
            tree.active.set(id.clone());
            if opens {
                tree.toggle(&id);
            }
        }
    };
    let double = {
        let node = row.node.clone();
        move |_| {
            if let Node::Column { .. } = &node {
                insert(tree, &node);
            }
        }
    };
    let style = place_of(at, &row);
    view! {
        <div
            class="tree-row"
            class:tree-active=move || is_active.get()
            class:tree-note=is_note
            class:tree-key=is_key
            role="treeitem"
            id=dom_id(LABEL, &id)
            attr:aria-level=row.level
            aria-posinset=row.position
            aria-setsize=row.of
            aria-expanded=row.open.map(|open| if open { "true" } else { "false" })
            aria-selected=move || if is_active.get() { "true" } else { "false" }
            style=style
            title=row.title
            on:click=click
            on:dblclick=double
        >
            <span class="tree-arrow" class:tree-open=row.open == Some(true)>
                {opens.then(|| view! { <Icon glyph=Glyph::ChevronRight /> })}
            </span>
            {glyph.map(|glyph| view! { <Icon glyph /> })}
            <span class="tree-label">{row.label}</span>
            <span class="tree-detail">{row.detail}</span>
            {table.map(|name| view! { <TableActions tree name /> })}
        </div>
    }
}

/// What can be done with a table, by pointer; the same by keys.
#[component]
fn TableActions(tree: Tree, name: TableName) -> impl IntoView {
    let names = [name.clone(), name.clone(), name];
    let [first, second, third] = names;
    view! {
        <span class="tree-actions" on:click=|ev| ev.stop_propagation()>
            <IconButton
                glyph=Glyph::Grid
                label=format!("Preview 100 rows of {}", first.table)
                attr:tabindex="-1"
                on:click=move |_| preview(tree, &first)
            />
            <IconButton
                glyph=Glyph::Insert
                label=format!("Insert {} into the editor", second.table)
                attr:tabindex="-1"
                on:click=move |_| tree.ide.insertion.set(Some(path(tree, &second)))
            />
            <IconButton
                glyph=Glyph::Copy
                label=format!("Copy the name of {}", third.table)
                attr:tabindex="-1"
                on:click=move |_| copy(tree, &path(tree, &third))
            />
        </span>
    }
}

fn on_key(tree: Tree, key: &str, row: &Row) -> bool {
    match key {
        "Enter" if row.open.is_some() => tree.toggle(&row.id),
        "Enter" | "i" => insert(tree, &row.node),
        "c" => copy(tree, &node_path(tree, &row.node)),
        "p" => {
            if let Node::Table(name, _) | Node::Column { table: name, .. } = &row.node {
                preview(tree, name);
            }
        }
        _ => return false,
    }
    true
}

fn preview(tree: Tree, name: &TableName) {
    let sql = format!("SELECT * FROM {} LIMIT 100", path(tree, name));
    tree.ide.open_sql(&name.table, &sql, true);
}

fn insert(tree: Tree, node: &Node) {
    let text = match node {
        Node::Column { name, .. } => {
            tree.ide.overview.with_untracked(|o| o.as_ref().map(|o| written(o.dialect, name)))
        }
        other => Some(node_path(tree, other)),
    };
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        tree.ide.insertion.set(Some(text));
    }
}

fn copy(tree: Tree, text: &str) {
    if !text.is_empty() {
        browser::copy(text);
        tree.ide.toasts.info(format!("Copied {text}"));
    }
}

fn node_path(tree: Tree, node: &Node) -> String {
    match node {
        Node::Schema(name) => name.clone(),
        Node::Table(name, _) => path(tree, name),
        Node::Column { name, .. } => name.clone(),
        Node::Note => String::new(),
    }
}

/// The table's name as SQL: with its schema only where the search path does not have it first.
fn path(tree: Tree, name: &TableName) -> String {
    tree.ide.overview.with_untracked(|overview| {
        let Some(overview) = overview else { return name.table.clone() };
        let table = written(overview.dialect, &name.table);
        let first = overview.search_path.iter().find(|schema| {
            overview.schemas.iter().any(|entry| {
                entry.name == **schema && entry.tables.iter().any(|t| t.name == name.table)
            })
        });
        if first == Some(&name.schema) {
            return table;
        }
        format!("{}.{table}", written(overview.dialect, &name.schema))
    })
}

fn glyph(node: &Node) -> Option<Glyph> {
    Some(match node {
        Node::Note => return None,
        Node::Schema(_) => Glyph::Schema,
        Node::Table(_, kind) => match kind {
            TableKind::Table => Glyph::Table,
            TableKind::View => Glyph::View,
            TableKind::MaterializedView => Glyph::MaterialisedView,
            TableKind::Partitioned => Glyph::Partitioned,
            TableKind::Partition => Glyph::Partition,
            TableKind::Foreign => Glyph::Foreign,
            TableKind::Virtual => Glyph::Virtual,
        },
        Node::Column { key: Key::Primary, .. } => Glyph::Key,
        Node::Column { key: Key::Foreign, .. } => Glyph::ForeignKey,
        Node::Column { kind, .. } => kind_glyph(*kind),
    })
}

/// The drawing of a kind of value.
#[must_use]
pub fn kind_glyph(kind: ValueKind) -> Glyph {
    match kind {
        ValueKind::Integer | ValueKind::Number => Glyph::Integer,
        ValueKind::Text | ValueKind::Uuid => Glyph::Text,
        ValueKind::Boolean => Glyph::Boolean,
        ValueKind::Date | ValueKind::Timestamp => Glyph::Date,
        ValueKind::Time | ValueKind::Interval => Glyph::Time,
        ValueKind::Json => Glyph::Json,
        ValueKind::Binary => Glyph::Binary,
        ValueKind::Enum => Glyph::List,
        ValueKind::Array => Glyph::Brackets,
        ValueKind::Other => Glyph::Circle,
    }
}
