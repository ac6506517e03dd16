//! The only place that touches Monaco: the functions of `app/js/editor.js`.

use leptos::web_sys;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The module itself.
    pub type EditorModule;
    /// An editor in `host`. `options` is JSON: `{"label", "dark", "mac"}`. `on` is called with what
    /// happened and a value: `change`, `run`, `explain`, `format`, `cursor`; with `complete` it has
    /// to answer.
    #[wasm_bindgen(method, catch)]
    pub fn create(
        this: &EditorModule,
        host: &web_sys::HtmlElement,
        options: &str,
        on: &Closure<dyn Fn(String, JsValue) -> JsValue>,
    ) -> Result<Monaco, JsValue>;

    /// An editor on screen with a text for each tab. It follows its host's size by itself.
    pub type Monaco;
    /// Shows a tab's text, making it with `text` if it is new. `language`: `pgsql`, `mysql`, `sql`.
    #[wasm_bindgen(method)]
    pub fn open(this: &Monaco, tab: u32, text: &str, language: &str);
    /// Forgets the texts of tabs that are not in `tabs`.
    #[wasm_bindgen(method)]
    pub fn keep(this: &Monaco, tabs: &[u32]);
    /// The text of the tab on screen.
    #[wasm_bindgen(method)]
    pub fn text(this: &Monaco) -> String;
    /// Replaces a part of the text on screen, undoable; in UTF-16 units from the text's start.
    #[wasm_bindgen(method, js_name = replaceRange)]
    pub fn replace_range(this: &Monaco, start: u32, end: u32, text: &str);
    /// Puts a text where the cursor is, and focuses.
    #[wasm_bindgen(method)]
    pub fn insert(this: &Monaco, text: &str);
    /// Start and end of the selection, in UTF-16 units from the text's start.
    #[wasm_bindgen(method)]
    pub fn selection(this: &Monaco) -> Vec<u32>;
    /// Puts the cursor there, in UTF-16 units from the text's start.
    #[wasm_bindgen(method)]
    pub fn select(this: &Monaco, start: u32, end: u32);
    /// Marks the lines of the statement that would run; 0 for none.
    #[wasm_bindgen(method)]
    pub fn outline(this: &Monaco, first: u32, last: u32);
    /// Underlines a problem in a tab's text; lines and columns from 1, columns in UTF-16 units.
    /// `fixes` is JSON: `[{"title", "start", "end", "text", "run"}]`, places in UTF-16 units.
    #[wasm_bindgen(method)]
    pub fn mark(this: &Monaco, tab: u32, span: &[u32], message: &str, fixes: &str);
    #[wasm_bindgen(method)]
    pub fn unmark(this: &Monaco, tab: u32);
    #[wasm_bindgen(method, js_name = setDark)]
    pub fn set_dark(this: &Monaco, dark: bool);
    #[wasm_bindgen(method)]
    pub fn focus(this: &Monaco);
    #[wasm_bindgen(method)]
    pub fn dispose(this: &Monaco);

    /// The module of app/js/format.js.
    pub type FormatModule;
    /// The SQL in an even layout. `language` as in `open`. Throws where the SQL cannot be read.
    #[wasm_bindgen(method, catch)]
    pub fn format(this: &FormatModule, text: &str, language: &str) -> Result<String, JsValue>;
}
