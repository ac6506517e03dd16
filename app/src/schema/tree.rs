//! The schema tree on screen. Only the rows in view are in the document, so that 2,000 tables open at once.
//!
//! Keys: ↑ ↓ Home End move, → opens, ← closes or goes up, Enter opens or closes a table and inserts a
//! column, P previews 100 rows, C copies the name, I inserts it into the editor.

use super::{
    rows::{Key, Node, Row, TableName},
    state::Tree,
};
use crate::{
    browser::{self, SizeWatch, Slot},
    editor::complete::written,
    ui::{
        button::IconButton,
        icon::{Glyph, Icon},
    },
};
use leptos::{ev, html, prelude::*};
use model::catalog::{TableKind, ValueKind};
use std::sync::Arc;

const ROW: f64 = 26.0;
/// Rows drawn beyond the edges, so that fast scrolling shows no gap.
const BEYOND: usize = 12;

#[component]
pub fn TreeView(tree: Tree) -> impl IntoView {
    let host = NodeRef::<html::Div>::new();
    let top = RwSignal::new(0.0_f64);
    let height = RwSignal::new(800.0_f64);
    let watch = Slot::new(|_| {});
    Effect::new(move || {
        let Some(host) = host.get() else { return };
        height.set(f64::from(host.client_height()));
        let size = host.clone();
        let resized = move || {
            height.try_set(f64::from(size.client_height()));
        };
        if let Some(observer) = SizeWatch::new(&host, resized) {
            watch.set(observer);
        }
    });
    let window = Memo::new(move |_| {
        let count = tree.rows.with(|rows| rows.len());
        let first = ((top.get() / ROW) as usize).saturating_sub(BEYOND);
        let shown = (height.get() / ROW).ceil() as usize + 2 * BEYOND;
        (first.min(count), (first + shown).min(count))
    });
    let slice = move || -> Vec<(usize, Row)> {
        let (first, last) = window.get();
        tree.rows.with(|rows| {
            let last = last.min(rows.len());
            (first.min(last)..last).map(|at| (at, rows[at].clone())).collect()
        })
    };
    let reveal = move |at: usize| {
        let Some(host) = host.get_untracked() else { return };
        let (from, to) = (at as f64 * ROW, (at + 1) as f64 * ROW);
        let (seen, room) = (f64::from(host.scroll_top()), f64::from(host.client_height()));
        if from < seen {
            host.set_scroll_top(from as i32);
        } else if to > seen + room {
            host.set_scroll_top((to - room).ceil() as i32);
        }
    };
    let on_keydown = move |ev: ev::KeyboardEvent| on_key(tree, &ev, reveal);
    let on_focus = move |_| {
        let rows = tree.rows.get_untracked();
        let known = tree.active.with_untracked(|active| rows.iter().any(|row| row.id == *active));
        if let (false, Some(first)) = (known, rows.first()) {
            tree.active.set(first.id.clone());
        }
    };
    view! {
        <div
            class="tree"
            role="tree"
            aria-label="Schema"
            tabindex="0"
            node_ref=host
            aria-activedescendant=move || {
                let active = tree.active.get();
                (!active.is_empty()).then(|| dom_id(&active))
            }
            on:scroll=move |_| {
                if let Some(host) = host.get_untracked() {
                    top.set(f64::from(host.scroll_top()));
                }
            }
            on:keydown=on_keydown
            on:focus=on_focus
        >
            <div
                class="tree-sizer"
                role="presentation"
                style:height=move || format!("{}px", tree.rows.with(|rows| rows.len()) as f64 * ROW)
            >
                <For
                    each=slice
                    key=|(at, row)| (*at, row.id.clone(), row.open, row.detail.clone(), row.of)
                    children=move |(at, row)| view! { <TreeRow tree at row /> }
                />
            </div>
        </div>
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
    view! {
        <div
            class="tree-row"
            class:tree-active=move || is_active.get()
            class:tree-note=is_note
            class:tree-key=is_key
            role="treeitem"
            id=dom_id(&id)
            attr:aria-level=row.level
            aria-posinset=row.position
            aria-setsize=row.of
            aria-expanded=row.open.map(|open| if open { "true" } else { "false" })
            aria-selected=move || if is_active.get() { "true" } else { "false" }
            style=format!("top:{}px;padding-left:{}px", at as f64 * ROW, (row.level - 1) * 14 + 4)
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

fn on_key(tree: Tree, ev: &ev::KeyboardEvent, reveal: impl Fn(usize)) {
    if ev.ctrl_key() || ev.meta_key() || ev.alt_key() {
        return;
    }
    let rows = tree.rows.get_untracked();
    let Some(last) = rows.len().checked_sub(1) else { return };
    let at = tree.active.with_untracked(|active| rows.iter().position(|row| row.id == *active));
    let row = &rows[at.unwrap_or(0)];
    let here = at.unwrap_or(0);
    let go = |to: usize| {
        tree.active.set(rows[to.min(last)].id.clone());
        reveal(to.min(last));
    };
    match ev.key().as_str() {
        "ArrowDown" => go(at.map_or(0, |at| at + 1)),
        "ArrowUp" => go(here.saturating_sub(1)),
        "PageDown" => go(here + 15),
        "PageUp" => go(here.saturating_sub(15)),
        "Home" => go(0),
        "End" => go(last),
        "ArrowRight" if row.open == Some(false) => tree.set_open(&row.id, true),
        "ArrowRight" if row.open == Some(true) => go(here + 1),
        "ArrowLeft" if row.open == Some(true) => tree.set_open(&row.id, false),
        "ArrowLeft" => go(parent(&rows, here)),
        "Enter" if row.open.is_some() => tree.toggle(&row.id),
        "Enter" | "i" => insert(tree, &row.node),
        "c" => copy(tree, &node_path(tree, &row.node)),
        "p" => {
            if let Node::Table(name, _) | Node::Column { table: name, .. } = &row.node {
                preview(tree, name);
            }
        }
        _ => return,
    }
    ev.prevent_default();
}

/// The row above that this one belongs to.
fn parent(rows: &Arc<Vec<Row>>, at: usize) -> usize {
    (0..at).rev().find(|above| rows[*above].level < rows[at].level).unwrap_or(at)
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

/// An id for the document: only characters that are safe in one.
fn dom_id(id: &str) -> String {
    let mut out = String::from("tree-");
    for character in id.chars() {
        if character.is_ascii_alphanumeric() || character == '_' {
            out.push(character);
        } else {
            out.push_str(&format!("-{:x}-", u32::from(character)));
        }
    }
    out
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
