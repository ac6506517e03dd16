//! Tabs over a pane: arrows move between them.

use crate::{
    browser,
    ui::icon::{Glyph, Icon},
};
use leptos::{ev, html, prelude::*};

/// One tab: a key, a name and perhaps a drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Tab {
    pub key: &'static str,
    pub label: String,
    pub glyph: Option<Glyph>,
}

impl Tab {
    #[must_use]
    pub fn new(key: &'static str, label: impl Into<String>) -> Self {
        Self { key, label: label.into(), glyph: None }
    }

    #[must_use]
    pub fn glyph(mut self, glyph: Glyph) -> Self {
        self.glyph = Some(glyph);
        self
    }
}

/// The row of tabs. The caller draws the pane of the `chosen` one, with `role="tabpanel"`.
#[component]
pub fn Tabs(
    #[prop(into)] label: String,
    #[prop(into)] tabs: Signal<Vec<Tab>>,
    chosen: RwSignal<&'static str>,
) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
    let on_keydown = move |ev: ev::KeyboardEvent| {
        let step = match ev.key().as_str() {
            "ArrowRight" => 1,
            "ArrowLeft" => -1,
            _ => return,
        };
        ev.prevent_default();
        if let Some(list) = list.get_untracked() {
            browser::focus_next(&list, "[role=tab]", step);
            browser::click_focused();
        }
    };
    view! {
        <div class="tabs" role="tablist" aria-label=label node_ref=list on:keydown=on_keydown>
            <For
                each=move || tabs.get()
                key=|tab| tab.clone().label + tab.key
                children=move |tab| {
                    let key = tab.key;
                    let is_chosen = move || chosen.get() == key;
                    view! {
                        <button
                            type="button"
                            class="tab"
                            role="tab"
                            aria-selected=move || if is_chosen() { "true" } else { "false" }
                            tabindex=move || if is_chosen() { "0" } else { "-1" }
                            on:click=move |_| chosen.set(key)
                        >
                            {tab.glyph.map(|glyph| view! { <Icon glyph /> })}
                            <span>{tab.label}</span>
                        </button>
                    }
                }
            />
        </div>
    }
}
