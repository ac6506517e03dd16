//! One turn: the question, how it was worked on, the SQL, and what came of it.

use super::{
    answer::AnswerView,
    clarify::Clarify,
    confidence::ConfidenceBadge,
    declined::{DeclinedView, marked_question},
    second::SecondOpinion,
    sql::{SqlText, laid_out},
    stages::Stages,
    state::{Chat, LONGEST_QUESTION, TurnHandle},
    streamed,
    understood::Understood,
};
use crate::{
    pages::{form::CopyButton, when::When},
    ui::{
        button::{Button, IconButton, Weight},
        icon::{Glyph, Icon},
        notice::ProblemNotice,
        spinner::Spinner,
    },
};
use leptos::{ev, html, prelude::*};
use model::{id::RunId, run::RunStatus};

/// `newest`: the last turn's run; only that one offers how to go on.
#[component]
pub fn TurnView(handle: TurnHandle, chat: Chat, newest: Memo<Option<RunId>>) -> impl IntoView {
    let (turn, run) = (handle.turn.clone(), handle.run);
    let status = {
        let turn = turn.clone();
        Memo::new(move |_| turn.with(|turn| turn.status))
    };
    let complete = {
        let turn = turn.clone();
        Memo::new(move |_| turn.with(|turn| turn.is_complete() || turn.is_running()))
    };
    let outcome = {
        let handle = handle.clone();
        move || match status.get() {
            RunStatus::Running => view! { <Lost handle=handle.clone()/> }.into_any(),
            // The choices stand above, and stay there when one is taken.
            RunStatus::Waiting => ().into_any(),
            RunStatus::Done => view! { <AnswerView handle=handle.clone() chat newest/> }.into_any(),
            RunStatus::Declined => view! { <DeclinedView handle=handle.clone() chat/> }.into_any(),
            RunStatus::Failed => view! { <Failure handle=handle.clone() chat/> }.into_any(),
            RunStatus::Cancelled => view! { <Stopped handle=handle.clone() chat/> }.into_any(),
        }
    };
    let load = {
        let handle = handle.clone();
        move |_| chat.load(handle.clone())
    };
    view! {
        <article class="turn" id=format!("turn-{run}") aria-busy=move || {
            (status.get() == RunStatus::Running).then_some("true")
        }>
            <Question handle=handle.clone() chat/>
            <Stages turn=turn.clone()/>
            <Clarify handle=handle.clone() chat/>
            <Understood handle=handle.clone() chat/>
            <ConfidenceBadge turn=turn.clone()/>
            <SecondOpinion handle=handle.clone() chat/>
            <Statement turn=turn chat/>
            {outcome}
            <Pruned handle=handle.clone() chat/>
            <Show when=move || !complete.get()>
                <div class="turn-more">
                    <Button small=true glyph=Glyph::ChevronDown on:click=load.clone()>
                        "Show the answer"
                    </Button>
                </div>
            </Show>
        </article>
    }
}

/// The question. Editing it asks the new text in place of this turn.
#[component]
fn Question(handle: TurnHandle, chat: Chat) -> impl IntoView {
    let editing = RwSignal::new(false);
    let turn = handle.turn.clone();
    let declined = {
        let turn = turn.clone();
        Memo::new(move |_| turn.with(|turn| turn.declined.clone()))
    };
    let text = Memo::new(move |_| turn.with(|turn| turn.question.clone()));
    view! {
        {move || {
            if editing.get() {
                view! { <EditQuestion run=handle.run text=text.get_untracked() chat editing/> }.into_any()
            } else {
                view! {
                    <div class="question">
                        <p class="question-text">
                            {move || declined.with(|declined| marked_question(&text.get(), declined.as_ref()))}
                        </p>
                        <IconButton
                            glyph=Glyph::Edit
                            label="Edit and ask again"
                            disabled=Signal::derive(move || chat.busy())
                            on:click=move |_| editing.set(true)
                        />
                    </div>
                }
                    .into_any()
            }
        }}
    }
}

#[component]
fn EditQuestion(run: RunId, text: String, chat: Chat, editing: RwSignal<bool>) -> impl IntoView {
    let field = NodeRef::<html::Textarea>::new();
    let typed = RwSignal::new(text.clone());
    Effect::new(move || {
        if let Some(field) = field.get() {
            drop(field.focus());
            field.select();
        }
    });
    let send = move || {
        let text = typed.get_untracked();
        let fits = !text.trim().is_empty() && text.trim().chars().count() <= LONGEST_QUESTION;
        if fits && !chat.busy_untracked() {
            editing.set(false);
            chat.ask(text, Some(run));
        }
    };
    let on_keydown = move |ev: ev::KeyboardEvent| match ev.key().as_str() {
        "Enter" if !ev.shift_key() && !ev.is_composing() => {
            ev.prevent_default();
            send();
        }
        "Escape" => {
            ev.stop_propagation();
            editing.set(false);
        }
        _ => {}
    };
    view! {
        <form
            class="question question-edit"
            on:submit=move |ev| {
                ev.prevent_default();
                send();
            }
        >
            <textarea
                node_ref=field
                class="input"
                rows="2"
                aria-label="Edit the question"
                on:input:target=move |ev| typed.set(ev.target().value())
                on:keydown=on_keydown
            >
                {text}
            </textarea>
            <div class="form-actions">
                <Button kind="submit" small=true weight=Weight::Primary>"Ask again"</Button>
                <Button small=true weight=Weight::Ghost on:click=move |_| editing.set(false)>"Cancel"</Button>
            </div>
        </form>
    }
}

/// The SQL: as it streams from a model, then as drafted, then as the guard rendered it.
#[component]
fn Statement(turn: ArcRwSignal<super::turn::Turn>, chat: Chat) -> impl IntoView {
    let streamed = {
        let turn = turn.clone();
        Memo::new(move |_| turn.with(|turn| streamed::statement(&turn.draft_text)))
    };
    let sql = {
        let turn = turn.clone();
        Memo::new(move |_| turn.with(|turn| turn.sql.as_deref().map(laid_out)))
    };
    let open = move |_| {
        let title: String = turn.with_untracked(|turn| turn.question.chars().take(32).collect());
        if let Some(sql) = sql.get_untracked() {
            chat.ide.open_sql(&title, &sql, false);
        }
    };
    view! {
        <Show when=move || streamed.with(|text| !text.is_empty())>
            <pre class="draft-text">{move || streamed.get()}</pre>
        </Show>
        <Show when=move || sql.with(Option::is_some)>
            <div class="statement">
                <div class="statement-head">
                    <span class="statement-title">"SQL"</span>
                    <CopyButton text=Signal::derive(move || sql.get().unwrap_or_default()) label="Copy"/>
                    <Button small=true weight=Weight::Ghost glyph=Glyph::Code on:click=open.clone()>
                        "Open in editor"
                    </Button>
                </div>
                <SqlText sql=Signal::derive(move || sql.get().unwrap_or_default())/>
            </div>
        </Show>
    }
}

/// The answer was old and is gone; the question and the SQL are not.
#[component]
fn Pruned(handle: TurnHandle, chat: Chat) -> impl IntoView {
    let turn = handle.turn.clone();
    move || {
        let at = turn.with(|turn| turn.pruned_at.clone())?;
        Some(view! {
            <p class="muted">
                "Its answer was removed " <When at/> ": this server keeps answers for a while only."
            </p>
            <Again handle=handle.clone() chat/>
        })
    }
}

/// The line dropped while the run goes on.
#[component]
fn Lost(handle: TurnHandle) -> impl IntoView {
    let lost = handle.lost.clone();
    move || {
        lost.get().then(|| {
            view! {
                <p class="turn-lost" role="status">
                    <Spinner/>
                    "The line to the server dropped. The run goes on; trying to reach it again…"
                </p>
            }
        })
    }
}

#[component]
fn Failure(handle: TurnHandle, chat: Chat) -> impl IntoView {
    let turn = handle.turn.clone();
    view! {
        {move || {
            turn.with(|turn| turn.problem.clone()).map(|problem| view! { <ProblemNotice problem/> })
        }}
        <Again handle chat/>
    }
}

#[component]
fn Stopped(handle: TurnHandle, chat: Chat) -> impl IntoView {
    view! {
        <p class="turn-stopped">
            <Icon glyph=Glyph::Stop/>
            "Stopped. Nothing was left running in the database."
        </p>
        <Again handle chat/>
    }
}

/// Asks the same question in place of this turn.
#[component]
fn Again(handle: TurnHandle, chat: Chat) -> impl IntoView {
    let again = move |_| {
        chat.ask(handle.turn.with_untracked(|turn| turn.question.clone()), Some(handle.run));
    };
    view! {
        <div class="form-actions">
            <Button
                small=true
                glyph=Glyph::Refresh
                disabled=Signal::derive(move || chat.busy())
                on:click=again
            >
                "Try again"
            </Button>
        </div>
    }
}
