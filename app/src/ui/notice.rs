//! A problem, with what to do about it.

use crate::ui::icon::{Glyph, Icon};
use leptos::prelude::*;
use model::error::{Problem, ProblemCode};

/// Says a problem where it belongs: above a form, in a result pane.
#[component]
pub fn ProblemNotice(problem: Problem) -> impl IntoView {
    let calm = matches!(problem.code, ProblemCode::Cancelled | ProblemCode::Refused);
    view! {
        <div class=if calm { "notice note note-warning" } else { "notice note note-bad" } role="alert">
            <Icon glyph=if calm { Glyph::Warning } else { Glyph::Error } />
            <div class="notice-text">
                <p class="notice-message">{problem.message}</p>
                {(problem.code == ProblemCode::Unauthenticated)
                    .then(|| view! { <p><a href="/login" rel="external">"Sign in again"</a></p> })}
                {problem.hint.map(|hint| view! { <p>{hint}</p> })}
                {problem
                    .incident
                    .map(|id| view! { <p class="muted">"Incident " <code>{id}</code></p> })}
            </div>
        </div>
    }
}
