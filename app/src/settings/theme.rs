//! Light, dark, or as the system has it: kept in a cookie, so that the server renders it right.

use leptos::prelude::*;
use std::time::Duration;

/// What a person chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::System => "As the system",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    /// The cookie's value and the document's `data-theme`; `None` for the system's.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// What the document shows now.
#[must_use]
pub fn current() -> Theme {
    #[cfg(feature = "hydrate")]
    {
        let name = document().document_element().and_then(|root| root.get_attribute("data-theme"));
        Theme::ALL
            .into_iter()
            .find(|theme| theme.name() == name.as_deref())
            .unwrap_or_default()
    }
    #[cfg(not(feature = "hydrate"))]
    {
        Theme::System
    }
}

/// Shows the theme at once and keeps it for a year.
pub fn choose(theme: Theme) {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        if let Some(root) = document().document_element() {
            let _ = match theme.name() {
                Some(name) => root.set_attribute("data-theme", name),
                None => root.remove_attribute("data-theme"),
            };
        }
        let cookie = match theme.name() {
            Some(name) => format!("querent-theme={name}; Path=/; Max-Age=31536000; SameSite=Lax"),
            None => "querent-theme=; Path=/; Max-Age=0; SameSite=Lax".to_owned(),
        };
        let document: wasm_bindgen::JsValue = document().unchecked_into();
        let _ = js_sys::Reflect::set(&document, &"cookie".into(), &cookie.into());
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = theme;
}

/// The three choices.
#[component]
pub fn ThemeChoice() -> impl IntoView {
    let chosen = RwSignal::new(Theme::System);
    Effect::new(move |_| chosen.set(current()));
    let options = Theme::ALL
        .into_iter()
        .map(|theme| {
            view! {
                <label class="segment">
                    <input
                        type="radio"
                        name="theme"
                        prop:checked=move || chosen.get() == theme
                        on:change=move |_| {
                            chosen.set(theme);
                            choose(theme);
                        }
                    />
                    <span>{theme.title()}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="segments">
            <legend class="visually-hidden">"Theme"</legend>
            {options}
        </fieldset>
    }
}

/// How long a note that something was saved stays.
pub const SAVED_NOTE: Duration = Duration::from_secs(4);
