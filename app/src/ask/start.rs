//! The beginning of a conversation: questions that this database can answer.

use super::{api::suggested_questions, state::Chat};
use crate::ui::icon::{Glyph, Icon};
use leptos::{prelude::*, task::spawn_local};
use model::id::ConnectionId;

/// Suggestions for the connection; asked for again when its structure was read anew.
#[component]
pub fn StartHere(chat: Chat, connection: ConnectionId) -> impl IntoView {
    let ide = chat.ide;
    let suggestions = RwSignal::new(None::<Vec<String>>);
    Effect::new(move || {
        ide.catalog_turn.track();
        spawn_local(async move {
            let list = suggested_questions(connection).await.unwrap_or_default();
            suggestions.try_set(Some(list));
        });
    });
    let name = Memo::new(move |_| ide.connection().map(|connection| connection.name));
    view! {
        <div class="start">
            <Icon glyph=Glyph::Spark class="icon icon-large"/>
            <h2>
                {move || match name.get() {
                    Some(name) => format!("Ask {name}"),
                    None => "Ask your database".to_owned(),
                }}
            </h2>
            <p class="muted">
                "Say in words what you want to know. You see each step, the SQL, and the rows; nothing is ever changed."
            </p>
            {move || {
                suggestions
                    .get()
                    .map(|list| {
                        if list.is_empty() {
                            view! {
                                <p class="muted">
                                    "The structure of this database has not been read yet, or holds no tables. Suggestions appear when it has."
                                </p>
                            }
                                .into_any()
                        } else {
                            view! { <Suggestions list chat label="Questions to begin with"/> }.into_any()
                        }
                    })
            }}
        </div>
    }
}

/// Questions as chips: choosing one asks it.
#[component]
pub fn Suggestions(list: Vec<String>, chat: Chat, #[prop(into)] label: String) -> impl IntoView {
    let chips = list
        .into_iter()
        .map(|question| {
            let text = question.clone();
            view! {
                <li>
                    <button
                        type="button"
                        class="chip"
                        disabled=move || chat.busy()
                        on:click=move |_| chat.ask(question.clone(), None)
                    >
                        {text}
                    </button>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="chips" aria-label=label>{chips}</ul> }
}
