//! Buttons. Handlers are attached by the caller: `<Button on:click=…>"Save"</Button>`.

use crate::ui::{
    icon::{Glyph, Icon},
    spinner::Spinner,
};
use leptos::prelude::*;

/// How much a button asks for attention. At most one `Primary` per view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weight {
    Primary,
    #[default]
    Secondary,
    /// No border until pointed at.
    Ghost,
    /// Removes something.
    Danger,
}

impl Weight {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button-primary",
            Self::Secondary => "button",
            Self::Ghost => "button button-quiet",
            Self::Danger => "button button-danger",
        }
    }
}

/// A button with words. `busy` shows a spinner and refuses clicks.
#[component]
pub fn Button(
    #[prop(optional)] weight: Weight,
    /// `button` (default) or `submit`.
    #[prop(default = "button")]
    kind: &'static str,
    #[prop(optional)] glyph: Option<Glyph>,
    #[prop(optional)] small: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] busy: Signal<bool>,
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type=kind
            class=weight.class()
            class:button-small=small
            disabled=move || disabled.get() || busy.get()
            aria-busy=move || busy.get().then_some("true")
        >
            {move || {
                if busy.get() {
                    view! { <Spinner /> }.into_any()
                } else {
                    glyph.map(|glyph| view! { <Icon glyph /> }).into_any()
                }
            }}
            <span class="button-label">{children()}</span>
        </button>
    }
}

/// A square button with an icon only; `label` is its name and its tooltip.
#[component]
pub fn IconButton(
    glyph: Glyph,
    #[prop(into)] label: Signal<String>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// `Some` for a toggle.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="icon-button"
            aria-label=move || label.get()
            title=move || label.get()
            disabled=move || disabled.get()
            aria-pressed=move || pressed.map(|p| if p.get() { "true" } else { "false" })
        >
            <Icon glyph />
        </button>
    }
}
