//! The browser side: brings the page that the server rendered to life.

use leptos::{mount::hydrate_from_async, web_sys};
use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page. Called once by the module that loads this; ends when the page answers, which on
/// all but the IDE is after its own code has come.
#[wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    hydrate_from_async(body(), app::App).await.forget();
}

fn body() -> web_sys::HtmlElement {
    let document = web_sys::window().and_then(|window| window.document());
    document.and_then(|document| document.body()).expect("a page has a body")
}
