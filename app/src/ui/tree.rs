//! A tree as a flat list of rows of one height, of which only those in view are in the document: 2,000
//! tables open at once.
//!
//! Keys: ↑ ↓ Page Home End move, → opens, ← closes or goes up; what else a key does, the owner says.

use crate::browser::{SizeWatch, Slot};
use leptos::{ev, html, prelude::*};
use std::{hash::Hash, sync::Arc};

const ROW: f64 = 26.0;
/// Rows drawn beyond the edges, so that fast scrolling shows no gap.
const BEYOND: usize = 12;
/// Rows that Page Up and Page Down pass.
const PAGE: usize = 15;

/// A row as the tree handles it.
pub trait TreeItem: Clone + PartialEq + Send + Sync + 'static {
    /// Another value: the row is drawn anew.
    type Look: Eq + Hash + 'static;

    /// Unique in the tree, and stable.
    fn id(&self) -> &str;
    /// From 1.
    fn level(&self) -> usize;
    /// `None`: there is nothing below it.
    fn open(&self) -> Option<bool>;
    fn look(&self) -> Self::Look;
}

/// The tree. `active` is the id of the row that keys act on; `on_key` gets every other key with that row
/// and says whether it did something; `row` draws a row, whose place [`place_of`] says.
#[component]
pub fn Tree<R, O, K, D>(
    label: &'static str,
    rows: Memo<Arc<Vec<R>>>,
    active: RwSignal<String>,
    set_open: O,
    on_key: K,
    row: D,
) -> impl IntoView
where
    R: TreeItem,
    O: Fn(&R, bool) + Copy + Send + Sync + 'static,
    K: Fn(&str, &R) -> bool + Copy + Send + Sync + 'static,
    D: Fn(usize, R) -> AnyView + Clone + Send + Sync + 'static,
{
    let host = NodeRef::<html::Div>::new();
    let (top, height) = (RwSignal::new(0.0_f64), RwSignal::new(800.0_f64));
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
        let count = rows.with(|rows| rows.len());
        let first = ((top.get() / ROW) as usize).saturating_sub(BEYOND);
        let shown = (height.get() / ROW).ceil() as usize + 2 * BEYOND;
        (first.min(count), (first + shown).min(count))
    });
    let slice = move || -> Vec<(usize, R)> {
        let (first, last) = window.get();
        rows.with(|rows| {
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
    let on_keydown = move |event: ev::KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let rows = rows.get_untracked();
        let Some(last) = rows.len().checked_sub(1) else { return };
        let at = active.with_untracked(|active| rows.iter().position(|row| row.id() == active));
        let here = at.unwrap_or(0);
        let row = &rows[here];
        let go = |to: usize| {
            active.set(rows[to.min(last)].id().to_owned());
            reveal(to.min(last));
        };
        match event.key().as_str() {
            "ArrowDown" => go(at.map_or(0, |at| at + 1)),
            "ArrowUp" => go(here.saturating_sub(1)),
            "PageDown" => go(here + PAGE),
            "PageUp" => go(here.saturating_sub(PAGE)),
            "Home" => go(0),
            "End" => go(last),
            "ArrowRight" if row.open() == Some(false) => set_open(row, true),
            "ArrowRight" if row.open() == Some(true) => go(here + 1),
            "ArrowLeft" if row.open() == Some(true) => set_open(row, false),
            "ArrowLeft" => go(above(&rows, here)),
            other if on_key(other, row) => {}
            _ => return,
        }
        event.prevent_default();
    };
    let on_focus = move |_| {
        let rows = rows.get_untracked();
        let known = active.with_untracked(|active| rows.iter().any(|row| row.id() == active));
        if let (false, Some(first)) = (known, rows.first()) {
            active.set(first.id().to_owned());
        }
    };
    view! {
        <div
            class="tree"
            role="tree"
            aria-label=label
            tabindex="0"
            node_ref=host
            aria-activedescendant=move || {
                let active = active.get();
                rows.with(|rows| rows.iter().any(|row| row.id() == active)).then(|| dom_id(label, &active))
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
                style:height=move || format!("{}px", rows.with(|rows| rows.len()) as f64 * ROW)
            >
                <For
                    each=slice
                    key=|(at, row)| (*at, row.id().to_owned(), row.open(), row.look())
                    children=move |(at, item)| row(at, item)
                />
            </div>
        </div>
    }
}

/// The row above that this one belongs to.
fn above<R: TreeItem>(rows: &[R], at: usize) -> usize {
    (0..at).rev().find(|above| rows[*above].level() < rows[at].level()).unwrap_or(at)
}

/// The style of a row: where it stands, and how far in.
#[must_use]
pub fn place_of(at: usize, item: &impl TreeItem) -> String {
    format!("top:{}px;padding-left:{}px", at as f64 * ROW, (item.level().max(1) - 1) * 14 + 4)
}

/// A row's id in the document, made of characters that are safe in one. `label`: the tree's.
#[must_use]
pub fn dom_id(label: &str, id: &str) -> String {
    let mut out = String::from("tree-");
    for character in label.chars().chain(['-']).chain(id.chars()) {
        if character.is_ascii_alphanumeric() || character == '_' {
            out.push(character);
        } else {
            out.push_str(&format!("-{:x}-", u32::from(character)));
        }
    }
    out
}
