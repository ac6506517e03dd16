//! The card that the pages of a stranger share: sign in, set up, join, reset.

use crate::ui::icon::{Glyph, Icon};
use leptos::prelude::*;
use leptos_meta::Title;

/// A heading, what it is about, and a form, in the middle of an empty page.
#[component]
pub fn AuthCard(
    #[prop(into)] title: String,
    #[prop(optional, into)] lead: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <Title text=format!("{title} · Querent")/>
        <main class="auth">
            <div class="auth-card">
                <p class="auth-brand"><Icon glyph=Glyph::Database/> "Querent"</p>
                <h1>{title}</h1>
                {lead.map(|lead| view! { <p class="auth-lead">{lead}</p> })}
                {children()}
            </div>
        </main>
    }
}

/// What a password must be, said before it is refused.
pub const PASSWORD_HELP: &str =
    "At least 10 characters. A few words in a row are easy to keep and hard to guess.";
