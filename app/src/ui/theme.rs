//! Light, dark, or as the system says. A cookie keeps the choice, so that the server renders it right.

use crate::browser;
use leptos::prelude::*;

/// The cookie's name; its value is `light` or `dark`, absent for the system's.
pub const COOKIE: &str = "querent-theme";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    #[default]
    System,
    Light,
    Dark,
}

impl Choice {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    #[must_use]
    pub fn of(name: &str) -> Self {
        match name {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    /// The value of `data-theme` on `<html>`, if it is set.
    #[must_use]
    pub fn attribute(self) -> Option<&'static str> {
        (self != Self::System).then(|| self.name())
    }
}

/// The theme in use. In context, `Copy`.
#[derive(Clone, Copy)]
pub struct Theme {
    pub choice: RwSignal<Choice>,
    /// What is on screen; known in the browser only, false on the server.
    pub dark: RwSignal<bool>,
}

impl Theme {
    /// Reads the document's theme and follows the system's: once, in `App`.
    pub fn provide() {
        let theme = Self { choice: RwSignal::new(Choice::System), dark: RwSignal::new(false) };
        provide_context(theme);
        Effect::new(move || {
            theme
                .choice
                .set(Choice::of(&browser::root_attribute("data-theme").unwrap_or_default()));
            theme.dark.set(browser::is_dark());
            browser::on_scheme_change(move || theme.dark.set(browser::is_dark()));
        });
    }

    #[must_use]
    pub fn get() -> Self {
        expect_context()
    }

    /// Takes what the document shows.
    pub fn refresh(self) {
        self.choice.set(Choice::of(&browser::root_attribute("data-theme").unwrap_or_default()));
        self.dark.set(browser::is_dark());
    }

    pub fn choose(self, choice: Choice) {
        self.choice.set(choice);
        browser::set_root_attribute("data-theme", choice.attribute());
        browser::set_cookie(COOKIE, choice.attribute());
        self.dark.set(browser::is_dark());
    }
}
