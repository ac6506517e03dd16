//! A button that opens a list of actions: arrows move, Enter chooses, Esc closes.

use crate::{
    browser,
    ui::icon::{Glyph, Icon},
};
use leptos::{ev, html, prelude::*, web_sys};
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// One action or link of a menu.
#[derive(Clone)]
pub struct MenuItem {
    pub label: String,
    pub glyph: Option<Glyph>,
    pub act: MenuAct,
    /// Removes something.
    pub danger: bool,
}

#[derive(Clone)]
pub enum MenuAct {
    Go(String),
    Run(Arc<dyn Fn() + Send + Sync>),
    /// A heading, not an action.
    Heading,
}

impl MenuItem {
    #[must_use]
    pub fn run(
        label: impl Into<String>,
        glyph: Glyph,
        act: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let act = MenuAct::Run(Arc::new(act));
        Self { label: label.into(), glyph: Some(glyph), act, danger: false }
    }

    #[must_use]
    pub fn go(label: impl Into<String>, glyph: Glyph, path: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            glyph: Some(glyph),
            act: MenuAct::Go(path.into()),
            danger: false,
        }
    }

    #[must_use]
    pub fn heading(label: impl Into<String>) -> Self {
        Self { label: label.into(), glyph: None, act: MenuAct::Heading, danger: false }
    }

    #[must_use]
    pub fn danger(mut self) -> Self {
        self.danger = true;
        self
    }
}

/// `children` is what the button shows; `label` is what it is called.
#[component]
pub fn Menu(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] items: Signal<Vec<MenuItem>>,
    /// Opens upwards or to the left where the button stands at an edge: `up`, `left`, `up-right` …
    #[prop(default = "")]
    place: &'static str,
    #[prop(default = "icon-button")] class: &'static str,
    children: Children,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let list = NodeRef::<html::Div>::new();
    let button = NodeRef::<html::Button>::new();
    let close = move || {
        open.set(false);
        if let Some(button) = button.get_untracked() {
            drop(button.focus());
        }
    };
    Effect::new(move || {
        if open.get()
            && let Some(list) = list.get()
        {
            browser::focus_first(&list, "[role=menuitem]");
        }
    });
    let on_keydown = move |ev: ev::KeyboardEvent| {
        let Some(list) = list.get_untracked() else { return };
        let step = match ev.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            "Escape" => {
                ev.stop_propagation();
                return close();
            }
            _ => return,
        };
        ev.prevent_default();
        browser::focus_next(&list, "[role=menuitem]", step);
    };
    let on_focusout = move |ev: ev::FocusEvent| {
        let inside = ev
            .related_target()
            .and_then(|to| to.dyn_into::<web_sys::Node>().ok())
            .zip(list.get_untracked())
            .is_some_and(|(to, list)| list.contains(Some(&to)));
        if !inside {
            // After the click that took the focus has done its work.
            set_timeout(
                move || {
                    open.try_set(false);
                },
                std::time::Duration::from_millis(120),
            );
        }
    };
    view! {
        <div class="menu" data-place=place>
            <button
                type="button"
                class=class
                node_ref=button
                aria-haspopup="menu"
                aria-expanded=move || if open.get() { "true" } else { "false" }
                aria-label=move || label.get()
                title=move || label.get()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {children()}
            </button>
            <Show when=move || open.get()>
                <div
                    class="menu-list"
                    role="menu"
                    node_ref=list
                    tabindex="-1"
                    on:keydown=on_keydown
                    on:focusout=on_focusout
                >
                    {move || items.get().into_iter().map(|item| menu_row(item, close)).collect_view()}
                </div>
            </Show>
        </div>
    }
}

fn menu_row(item: MenuItem, close: impl Fn() + Copy + 'static) -> AnyView {
    let face = view! {
        {item.glyph.map(|glyph| view! { <Icon glyph /> })}
        <span>{item.label.clone()}</span>
    };
    match item.act {
        MenuAct::Heading => view! { <div class="menu-heading">{face}</div> }.into_any(),
        MenuAct::Go(path) => view! {
            <a class="menu-item" role="menuitem" href=path on:click=move |_| close()>{face}</a>
        }
        .into_any(),
        MenuAct::Run(act) => view! {
            <button
                type="button"
                class="menu-item"
                class:menu-danger=item.danger
                role="menuitem"
                on:click=move |_| {
                    close();
                    act();
                }
            >
                {face}
            </button>
        }
        .into_any(),
    }
}
