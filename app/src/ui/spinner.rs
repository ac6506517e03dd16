//! Something is under way.

use leptos::prelude::*;

/// A turning ring in the text's colour. Say in words beside it what is being waited for.
#[component]
pub fn Spinner() -> impl IntoView {
    view! { <span class="spinner" aria-hidden="true"></span> }
}
