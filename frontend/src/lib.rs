//! The browser side: brings the page that the server rendered to life.

use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page. Called once by the module that loads this.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
