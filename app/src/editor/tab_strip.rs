//! The row of open tabs: new, rename (double click or F2), close (×, middle button, Delete) with undo.

use super::tabs::{Tab, TabList};
use crate::{
    browser,
    ide::state::Ide,
    ui::{
        button::IconButton,
        icon::{Glyph, Icon},
        menu::{Menu, MenuItem},
    },
};
use leptos::{ev, html, prelude::*};

#[component]
pub fn TabStrip() -> impl IntoView {
    let ide = Ide::get();
    let tabs = ide.tabs;
    let renamed = RwSignal::new(None::<u32>);
    let list = NodeRef::<html::Div>::new();
    let on_keydown = move |ev: ev::KeyboardEvent| {
        let chosen = tabs.chosen.get_untracked();
        match ev.key().as_str() {
            "ArrowRight" => tabs.step(1),
            "ArrowLeft" => tabs.step(-1),
            "Delete" => close(ide, chosen),
            "F2" => return renamed.set(Some(chosen)),
            _ => return,
        }
        ev.prevent_default();
        browser::next_frame(move || {
            if let Some(list) = list.get_untracked() {
                browser::focus_first(&list, "[aria-selected=true]");
            }
        });
    };
    let items = move || {
        let chosen = tabs.chosen.get_untracked();
        vec![
            MenuItem::run("Rename tab", Glyph::Edit, move || renamed.set(Some(chosen))),
            MenuItem::run("Close tab", Glyph::Close, move || close(ide, chosen)),
            MenuItem::run("Close other tabs", Glyph::Close, move || close_others(ide, chosen)),
        ]
    };
    view! {
        <div class="strip">
            <div class="strip-tabs" role="tablist" aria-label="Editor tabs" node_ref=list on:keydown=on_keydown>
                <For
                    each=move || tabs.all.get()
                    key=|tab| tab.id
                    children=move |tab| view! { <TabHandle tab renamed /> }
                />
            </div>
            <IconButton glyph=Glyph::Plus label="New tab" on:click=move |_| {
                tabs.open("", "");
                ide.keep_drafts();
                browser::focus("[aria-label='SQL editor']");
            } />
            <Menu label="Tab actions" items=Signal::derive(items)>
                <Icon glyph=Glyph::More />
            </Menu>
        </div>
    }
}

#[component]
fn TabHandle(tab: Tab, renamed: RwSignal<Option<u32>>) -> impl IntoView {
    let ide = Ide::get();
    let id = tab.id;
    let tabs: TabList = ide.tabs;
    let title = RwSignal::from(tab.title.clone());
    let result = RwSignal::from(tab.result.clone());
    let running = Memo::new(move |_| result.with(|data| data.running));
    let chosen = Memo::new(move |_| tabs.current().is_some_and(|current| current.id == id));
    move || {
        if renamed.get() == Some(id) {
            return view! { <TabName title renamed /> }.into_any();
        }
        view! {
            <button
                type="button"
                class="file-tab"
                role="tab"
                aria-selected=move || if chosen.get() { "true" } else { "false" }
                tabindex=move || if chosen.get() { "0" } else { "-1" }
                title="Double click or F2 renames, Delete closes"
                on:click=move |_| tabs.chosen.set(id)
                on:dblclick=move |_| renamed.set(Some(id))
                on:auxclick=move |ev| {
                    if ev.button() == 1 {
                        close(ide, id);
                    }
                }
            >
                <span
                    class="file-tab-dot"
                    class:file-tab-busy=move || running.get()
                    aria-hidden="true"
                ></span>
                <span class="file-tab-name">{move || title.get()}</span>
                <span
                    class="file-tab-close"
                    aria-hidden="true"
                    on:click=move |ev| {
                        ev.stop_propagation();
                        close(ide, id);
                    }
                >
                    <Icon glyph=Glyph::Close />
                </span>
            </button>
        }
        .into_any()
    }
}

/// The tab's name being typed. Enter or leaving keeps it, Esc does not.
#[component]
fn TabName(title: RwSignal<String>, renamed: RwSignal<Option<u32>>) -> impl IntoView {
    let ide = Ide::get();
    let input = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let Some(input) = input.get() {
            let _ = input.focus();
            input.select();
        }
    });
    let keep = move || {
        if renamed.get_untracked().is_none() {
            return;
        }
        let name = input.get_untracked().map(|input| input.value()).unwrap_or_default();
        let name: String = name.trim().chars().take(60).collect();
        if !name.is_empty() {
            title.set(name);
            ide.keep_drafts();
        }
        renamed.set(None);
    };
    view! {
        <input
            class="file-tab-input"
            aria-label="Tab name"
            node_ref=input
            value=title.get_untracked()
            on:blur=move |_| keep()
            on:keydown=move |ev| {
                ev.stop_propagation();
                match ev.key().as_str() {
                    "Enter" => keep(),
                    "Escape" => renamed.set(None),
                    _ => {}
                }
            }
        />
    }
}

/// Closes a tab. One with something in it can be brought back.
fn close(ide: Ide, id: u32) {
    let Some(closed) = ide.tabs.close(id) else { return };
    ide.keep_drafts();
    if !closed.is_empty() {
        ide.toasts.offer(format!("Closed “{}”.", closed.title()), "Undo", move || {
            ide.tabs.reopen(&closed);
            ide.keep_drafts();
        });
    }
}

fn close_others(ide: Ide, id: u32) {
    let others: Vec<u32> = ide
        .tabs
        .all
        .with_untracked(|all| all.iter().map(|tab| tab.id).filter(|other| *other != id).collect());
    // From the right, so that each finds its place again.
    let closed: Vec<_> = others.into_iter().rev().filter_map(|id| ide.tabs.close(id)).collect();
    ide.tabs.chosen.set(id);
    ide.keep_drafts();
    if !closed.is_empty() {
        ide.toasts.offer(format!("Closed {} tabs.", closed.len()), "Undo", move || {
            closed.iter().rev().for_each(|closed| ide.tabs.reopen(closed));
            ide.tabs.chosen.set(id);
            ide.keep_drafts();
        });
    }
}
