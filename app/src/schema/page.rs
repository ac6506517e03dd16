//! `/schema/:connection`: every table of a database with its columns, keys and comments.

use leptos::prelude::*;

#[component]
pub fn SchemaPage() -> impl IntoView {
    view! { <main class="page-alone"><h1>"Schema"</h1></main> }
}
