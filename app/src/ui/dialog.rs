//! A modal dialog: the browser's own `<dialog>`, so focus stays inside and Esc closes it.

use crate::ui::{button::IconButton, icon::Glyph};
use leptos::{html, prelude::*, web_sys};
use wasm_bindgen::JsCast;

/// Shown while `open`. Its contents are made anew each time it opens.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    /// For grids and long texts.
    #[prop(optional)]
    wide: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = node.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let children = StoredValue::new(children);
    view! {
        <dialog
            class="dialog"
            class:dialog-wide=wide
            node_ref=node
            aria-label=move || title.get()
            on:close=move |_| open.set(false)
            on:mousedown=move |ev| {
                // Only the backdrop has the dialog itself as its innermost target.
                let target: Option<web_sys::HtmlDialogElement> =
                    ev.target().and_then(|target| target.dyn_into().ok());
                if target.is_some() {
                    open.set(false);
                }
            }
        >
            <div class="dialog-frame">
                <header class="dialog-head">
                    <h2>{move || title.get()}</h2>
                    <IconButton glyph=Glyph::Close label="Close" on:click=move |_| open.set(false) />
                </header>
                <div class="dialog-body">
                    {move || open.get().then(|| children.with_value(|children| children()))}
                </div>
            </div>
        </dialog>
    }
}
