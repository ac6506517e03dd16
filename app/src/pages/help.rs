//! The `?` beside a heading: two or three sentences on what the page does.

use crate::ui::icon::{Glyph, Icon};
use leptos::{ev, html, prelude::*, web_sys};
use wasm_bindgen::JsCast;

/// Opens below itself; closes on Esc and when something else is used.
#[component]
pub fn Help(text: &'static str) -> impl IntoView {
    let node = NodeRef::<html::Details>::new();
    let close = move || {
        if let Some(node) = node.get_untracked() {
            drop(node.remove_attribute("open"));
        }
    };
    let on_focusout = move |ev: ev::FocusEvent| {
        let inside = ev
            .related_target()
            .and_then(|to| to.dyn_into::<web_sys::Node>().ok())
            .zip(node.get_untracked())
            .is_some_and(|(to, node)| node.contains(Some(&to)));
        if !inside {
            close();
        }
    };
    let on_keydown = move |ev: ev::KeyboardEvent| {
        if ev.key() == "Escape" {
            close();
        }
    };
    view! {
        <details class="help" node_ref=node on:focusout=on_focusout on:keydown=on_keydown>
            <summary class="icon-button" aria-label="Help" title="Help">
                <Icon glyph=Glyph::Help/>
            </summary>
            <p tabindex="-1">{text}</p>
        </details>
    }
}
