//! `/`: the IDE.

use crate::{ask::panel::AskPanel, ide::state::Ide};
use leptos::prelude::*;
use leptos_router::components::Redirect;

/// The IDE for whoever is signed in; strangers are sent to sign in.
#[component]
pub fn IdePage() -> impl IntoView {
    let ide = Ide::get();
    match ide.session.person() {
        Some(person) if !person.must_change_password => {
            view! { <main class="ide"><AskPanel /></main> }.into_any()
        }
        _ => view! { <Redirect path="/login" /> }.into_any(),
    }
}
