//! Monaco in its place: loaded, told what to show, asked what it holds, disposed of.

use super::{
    ffi::{EditorModule, Monaco},
    place::Span,
};
use crate::browser::{self, Slot};
use leptos::{prelude::*, web_sys};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// What Monaco reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    Change,
    Cursor,
    Run,
    Explain,
    Format,
    /// Completion is asked for at this UTF-16 offset; the answer is JSON.
    Complete(usize),
}

/// Monaco, or nothing yet. `Copy`; lives with its owner.
#[derive(Clone, Copy)]
pub struct Mount {
    held: Slot<Held>,
    pub ready: RwSignal<bool>,
}

struct Held {
    monaco: Monaco,
    /// Monaco calls it as long as it lives.
    _on: Closure<dyn Fn(String, JsValue) -> JsValue>,
}

impl Mount {
    #[must_use]
    pub fn new() -> Self {
        let held = Slot::new(|held: &Held| held.monaco.dispose());
        Self { held, ready: RwSignal::new(false) }
    }

    /// Loads Monaco and puts it into `host`. Does nothing when it is there or the page has gone.
    pub async fn load(
        self,
        host: web_sys::HtmlElement,
        dark: bool,
        on: impl Fn(Happened) -> Option<String> + 'static,
    ) -> Result<(), JsValue> {
        let path = browser::root_attribute("data-editor").unwrap_or_default();
        let module: EditorModule = browser::import(&path).await?.unchecked_into();
        let gone = self.ready.try_get_untracked() != Some(false);
        if gone {
            return Ok(());
        }
        let on = Closure::<dyn Fn(String, JsValue) -> JsValue>::new(
            move |name: String, value: JsValue| {
                let happened = match name.as_str() {
                    "change" => Happened::Change,
                    "cursor" => Happened::Cursor,
                    "run" => Happened::Run,
                    "explain" => Happened::Explain,
                    "format" => Happened::Format,
                    _ => Happened::Complete(value.as_f64().unwrap_or(0.0) as usize),
                };
                on(happened).map_or(JsValue::NULL, |answer| JsValue::from_str(&answer))
            },
        );
        let options = serde_json::json!({
            "label": "SQL editor",
            "dark": dark,
            "placeholder": PLACEHOLDER,
        });
        let monaco = module.create(&host, &options.to_string(), &on)?;
        self.held.set(Held { monaco, _on: on });
        self.ready.set(true);
        Ok(())
    }

    fn with<T>(self, act: impl FnOnce(&Monaco) -> T) -> Option<T> {
        self.held.get().map(|held| act(&held.monaco))
    }

    pub fn open(self, tab: u32, text: &str, language: &str) {
        self.with(|monaco| monaco.open(tab, text, language));
    }

    pub fn keep(self, tabs: &[u32]) {
        self.with(|monaco| monaco.keep(tabs));
    }

    #[must_use]
    pub fn text(self) -> Option<String> {
        self.with(Monaco::text)
    }

    /// Replaces a part of the text, in UTF-16 units; says whether there is an editor to do it in.
    pub fn replace_range(self, start: usize, end: usize, text: &str) -> bool {
        self.with(|monaco| monaco.replace_range(start as u32, end as u32, text)).is_some()
    }

    /// Puts a text at the cursor; says whether there is an editor to put it in.
    pub fn insert(self, text: &str) -> bool {
        self.with(|monaco| monaco.insert(text)).is_some()
    }

    /// The selection in UTF-16 units.
    #[must_use]
    pub fn selection(self) -> Option<(usize, usize)> {
        let both = self.with(Monaco::selection)?;
        Some((*both.first()? as usize, *both.get(1)? as usize))
    }

    pub fn select(self, start: usize, end: usize) {
        self.with(|monaco| monaco.select(start as u32, end as u32));
    }

    /// Lines from 1.
    pub fn outline(self, lines: Option<(u32, u32)>) {
        let (first, last) = lines.unwrap_or((0, 0));
        self.with(|monaco| monaco.outline(first, last));
    }

    /// `fixes` as in [`Monaco::mark`].
    pub fn mark(self, tab: u32, at: Span, message: &str, fixes: &str) {
        let span = [at.line, at.column, at.end_line, at.end_column];
        self.with(|monaco| monaco.mark(tab, &span, message, fixes));
    }

    pub fn unmark(self, tab: u32) {
        self.with(|monaco| monaco.unmark(tab));
    }

    pub fn set_dark(self, dark: bool) {
        self.with(|monaco| monaco.set_dark(dark));
    }

    /// Says whether there is an editor to focus.
    pub fn focus(self) -> bool {
        self.with(Monaco::focus).is_some()
    }
}

impl Default for Mount {
    fn default() -> Self {
        Self::new()
    }
}

/// What an empty editor says.
pub const PLACEHOLDER: &str = "Write SQL, or ask a question on the right";
