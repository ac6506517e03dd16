//! The keys of the IDE: what they do wherever the focus is, and the list of them that `?` shows.

use crate::{
    browser,
    ide::state::{Ide, Order},
    ui::dialog::Dialog,
};
use leptos::{ev, prelude::*, web_sys};
use wasm_bindgen::JsCast;

/// What a key press on the page wants, unless something nearer took it.
pub fn on_key(ide: Ide, ev: &ev::KeyboardEvent) {
    if ev.default_prevented() || ev.is_composing() {
        return;
    }
    let command = (ev.ctrl_key() || ev.meta_key()) && !ev.alt_key();
    match (ev.key().to_lowercase().as_str(), command, ev.shift_key()) {
        // Not prevented: it closes what is open, too, and in a dialog nothing else.
        ("escape", false, _) => {
            if !target(ev).is_some_and(|element| is_within(&element, "dialog")) {
                stop(ide);
            }
            return;
        }
        ("?", false, _) if !is_text(ev) => ide.keys_shown.set(true),
        ("enter", true, false) if !is_text(ev) => ide.order.set(Some(Order::Run)),
        ("e", true, false) => ide.order.set(Some(Order::Explain)),
        ("f", true, true) => ide.order.set(Some(Order::Format)),
        ("k", true, false) => browser::focus("#ask-question"),
        _ => return,
    }
    ev.prevent_default();
}

/// Stops what runs in the tab in front.
fn stop(ide: Ide) {
    let Some(tab) = ide.tabs.current_untracked() else { return };
    for (data, last) in [(&tab.result, &tab.last), (&tab.plan, &tab.explained)] {
        let running = data.with_untracked(|data| data.running);
        if let (true, Some(handle)) = (running, last.get_untracked().and_then(|last| last.handle)) {
            handle.stop();
        }
    }
}

/// Does the key go into a text?
fn is_text(ev: &ev::KeyboardEvent) -> bool {
    target(ev).is_some_and(|element| {
        ["INPUT", "TEXTAREA", "SELECT"].contains(&element.tag_name().as_str())
            || is_within(&element, ".monaco-editor")
    })
}

fn target(ev: &ev::KeyboardEvent) -> Option<web_sys::HtmlElement> {
    ev.target()?.dyn_into().ok()
}

fn is_within(element: &web_sys::Element, selector: &str) -> bool {
    element.closest(selector).is_ok_and(|found| found.is_some())
}

/// Keys of one part of the page and what they do. `Mod` stands for ⌘ or Ctrl.
struct Group {
    title: &'static str,
    keys: &'static [(&'static [&'static str], &'static str)],
}

const GROUPS: [Group; 4] = [
    Group {
        title: "Everywhere",
        keys: &[
            (&["?"], "Show these keys"),
            (&["Mod", "K"], "Go to the question"),
            (&["Mod", "E"], "Explain the statement at the cursor"),
            (&["Mod", "Shift", "F"], "Format the selection, or everything"),
            (&["Esc"], "Cancel what runs, close what is open"),
        ],
    },
    Group {
        title: "Editor",
        keys: &[
            (&["Mod", "Enter"], "Run the selection, or the statement at the cursor"),
            (&["Ctrl", "Space"], "Complete"),
            (&["Mod", "/"], "Comment or uncomment"),
            (&["Mod", "F"], "Find"),
            (&["Mod", "Z"], "Undo"),
            (&["Ctrl", "M"], "Let Tab leave the editor"),
        ],
    },
    Group {
        title: "Schema",
        keys: &[
            (&["↑", "↓"], "Move"),
            (&["→", "←"], "Open, close"),
            (&["P"], "Preview 100 rows"),
            (&["C"], "Copy the name"),
            (&["I"], "Insert the name into the editor"),
        ],
    },
    Group {
        title: "Result and question",
        keys: &[
            (&["Mod", "C"], "Copy the selected cells"),
            (&["Enter"], "Show the whole value; send the question"),
            (&["Shift", "Enter"], "A new line in the question"),
            (&["↑"], "Bring back an earlier question"),
        ],
    },
];

/// The list of keys.
#[component]
pub fn KeyList(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open title="Keyboard shortcuts" wide=true>
            <div class="key-groups">{GROUPS.iter().map(group).collect_view()}</div>
        </Dialog>
    }
}

fn group(group: &'static Group) -> AnyView {
    let command = if browser::on_mac() { "⌘" } else { "Ctrl" };
    let keys = group.keys.iter().map(|(keys, does)| {
        let keys = keys.iter().map(|key| {
            let key = if *key == "Mod" { command } else { key };
            view! { <kbd>{key}</kbd> }
        });
        view! {
            <div class="key-line">
                <dt>{keys.collect_view()}</dt>
                <dd>{*does}</dd>
            </div>
        }
    });
    view! {
        <section class="key-group">
            <h3>{group.title}</h3>
            <dl>{keys.collect_view()}</dl>
        </section>
    }
    .into_any()
}
