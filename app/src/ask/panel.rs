//! The conversation panel: questions about the connection in use, and what came of them.

use super::{
    composer::Composer,
    conversations::ConversationBar,
    events,
    start::StartHere,
    state::{Chat, TurnHandle},
    turn_view::TurnView,
};
use crate::{
    ide::state::{Ide, Loading},
    pages::form::ProblemText,
    ui::{
        empty::Empty,
        icon::{Glyph, Icon},
        notice::ProblemNotice,
        spinner::Spinner,
    },
};
use leptos::{ev, html, prelude::*};
use model::role::Role;

/// The whole panel. Fills its container.
#[component]
pub fn AskPanel() -> impl IntoView {
    let ide = Ide::get();
    let chat = Chat::new(ide);
    provide_context(chat);
    let may_ask = ide.session.person().is_some_and(|person| person.role.runs_reads());
    if may_ask {
        Effect::new(move || {
            let connection = ide.current.get();
            untrack(|| chat.open(connection));
        });
        on_cleanup(events::give_up_all);
    }
    view! {
        <section class="ask" aria-label="Questions">
            {if may_ask {
                view! {
                    <ConversationBar chat/>
                    <Talk chat/>
                }
                    .into_any()
            } else {
                view! { <NotAllowed/> }.into_any()
            }}
        </section>
    }
}

#[component]
fn NotAllowed() -> impl IntoView {
    view! {
        <Empty
            glyph=Glyph::Lock
            title="Asking is for analysts"
            text="You are a viewer in this workspace. An administrator can change that on the users page."
        />
    }
}

/// Turns above, the composer below.
#[component]
fn Talk(chat: Chat) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    // New text is kept in view, unless somebody scrolled up to read.
    let at_end = StoredValue::new(true);
    let last_top = StoredValue::new(0);
    let on_scroll = move |_: ev::Event| {
        let Some(place) = place.get_untracked() else { return };
        let top = place.scroll_top();
        let left = place.scroll_height() - top - place.client_height();
        // Far from the end because something was added is not the same as having scrolled up.
        if left < 48 {
            at_end.set_value(true);
        } else if top < last_top.get_value() {
            at_end.set_value(false);
        }
        last_top.set_value(top);
    };
    Effect::new(move || {
        chat.grown.track();
        request_animation_frame(move || {
            if at_end.try_get_value() == Some(true)
                && let Some(place) = place.try_get_untracked().flatten()
            {
                place.set_scroll_top(place.scroll_height());
            }
        });
    });
    // A question of one's own is always shown.
    Effect::new(move || {
        if chat.asking.get() {
            at_end.set_value(true);
        }
    });
    let newest = Memo::new(move |_| chat.turns.with(|turns| turns.last().map(|turn| turn.run)));
    view! {
        <div class="ask-turns" node_ref=place on:scroll=on_scroll tabindex="0" role="log" aria-label="Conversation">
            <Show when=move || chat.loading.get()>
                <p class="loading"><Spinner/> "Opening the conversation…"</p>
            </Show>
            <For
                each=move || chat.turns.get()
                key=|handle| handle.run
                children=move |handle: TurnHandle| view! { <TurnView handle chat newest/> }
            />
            <Show when=move || {
                !chat.loading.get() && !chat.asking.get() && chat.turns.with(Vec::is_empty)
            }>
                <Beginning chat/>
            </Show>
            <Show when=move || chat.asking.get()>
                <p class="loading"><Spinner/> "Sending…"</p>
            </Show>
        </div>
        <div class="ask-foot">
            {move || chat.problem.get().map(|problem| view! { <ProblemText problem/> })}
            <Composer chat/>
        </div>
    }
}

/// What an empty conversation shows: where to begin.
#[component]
fn Beginning(chat: Chat) -> impl IntoView {
    let ide = chat.ide;
    move || match (ide.connections_state.get(), ide.current.get()) {
        (Loading::Failed(problem), _) => view! { <ProblemNotice problem/> }.into_any(),
        (_, Some(connection)) => view! { <StartHere chat connection/> }.into_any(),
        (Loading::Waiting, None) => ().into_any(),
        (Loading::Ready, None) => view! { <NoConnection/> }.into_any(),
    }
}

#[component]
fn NoConnection() -> impl IntoView {
    let admin = Ide::get().session.person().is_some_and(|person| person.role == Role::Admin);
    let text = if admin {
        "Connect PostgreSQL, MySQL or MariaDB, or a SQLite file, and ask it."
    } else {
        "An administrator can connect one."
    };
    view! {
        <Empty glyph=Glyph::Database title="No database is connected" text=text>
            {admin
                .then(|| {
                    view! {
                        <a class="button button-primary" href="/admin/connections?new">
                            <Icon glyph=Glyph::Plus/>
                            <span class="button-label">"Add connection"</span>
                        </a>
                    }
                })}
        </Empty>
    }
}
