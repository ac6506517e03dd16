//! One question or statement of the history, which opens to its SQL and what can be done with it.

use super::page::status_title;
use crate::{
    ask::{
        sql::{SqlText, laid_out},
        turn::{duration, grouped},
    },
    ide::state::Ide,
    pages::{form::CopyButton, when::When},
    ui::{
        badge::{Badge, Tone},
        button::{Button, Weight},
        icon::{Glyph, Icon},
    },
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    history::{HistoryEntry, HistoryKind},
    run::RunStatus,
};

/// A body of the table of its own: the line, and the opened part below it.
#[component]
pub fn HistoryRow(entry: HistoryEntry, everyone: bool) -> impl IntoView {
    let open = RwSignal::new(false);
    let columns = if everyone { "7" } else { "6" };
    let title = title_of(&entry);
    let is_question = entry.kind == HistoryKind::Question;
    let details = StoredValue::new(entry.clone());
    view! {
        <tbody class:history-open=move || open.get()>
            <tr>
                <td class="history-what">
                    <button
                        type="button"
                        class="history-toggle"
                        aria-expanded=move || open.get().to_string()
                        on:click=move |_| open.update(|open| *open = !*open)
                    >
                        <Icon glyph=if is_question { Glyph::Message } else { Glyph::Code }/>
                        <span class="history-title" class:mono=!is_question>{title}</span>
                    </button>
                </td>
                <td><Badge tone=tone(entry.status)>{status_title(entry.status)}</Badge></td>
                <td class="history-connection">{entry.connection_name}</td>
                {everyone.then(|| view! { <td class="history-by">{entry.by}</td> })}
                <td class="cell-number">{entry.rows.map_or_else(dash, grouped)}</td>
                <td class="cell-number">{entry.elapsed_us.map_or_else(dash, duration)}</td>
                <td><When at=entry.started_at/></td>
            </tr>
            {move || {
                open.get()
                    .then(|| {
                        view! {
                            <tr class="history-details">
                                <td colspan=columns><Details entry=details.get_value()/></td>
                            </tr>
                        }
                    })
            }}
        </tbody>
    }
}

fn dash() -> String {
    "–".to_owned()
}

/// The question, or the statement on one line.
fn title_of(entry: &HistoryEntry) -> String {
    let text = match entry.kind {
        HistoryKind::Question => entry.question.as_str(),
        HistoryKind::Statement => entry.sql.as_deref().unwrap_or_default(),
    };
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { "(empty)".to_owned() } else { line.chars().take(300).collect() }
}

fn tone(status: RunStatus) -> Tone {
    match status {
        RunStatus::Running => Tone::Accent,
        RunStatus::Done => Tone::Good,
        RunStatus::Declined | RunStatus::Waiting => Tone::Warning,
        RunStatus::Failed => Tone::Bad,
        RunStatus::Cancelled => Tone::Neutral,
    }
}

#[component]
fn Details(entry: HistoryEntry) -> impl IntoView {
    let sql = entry.sql.as_deref().map(laid_out);
    let no_sql = match entry.status {
        RunStatus::Done => "It needed no SQL.",
        RunStatus::Waiting => "It waits in its conversation: which reading is meant?",
        _ => "It ended before there was SQL.",
    };
    view! {
        <div class="history-body">
            {entry.problem.clone().map(|problem| view! { <p class="history-problem">{problem}</p> })}
            {match sql.clone() {
                Some(sql) => view! { <SqlText sql=Signal::stored(sql)/> }.into_any(),
                None => view! { <p class="muted">{no_sql}</p> }.into_any(),
            }}
            {entry
                .pruned_at
                .clone()
                .map(|at| {
                    view! {
                        <p class="muted">
                            "Its rows were removed " <When at/> ", as this server keeps results for a while only. Run it again to see them."
                        </p>
                    }
                })}
            <div class="form-actions">
                <Actions entry=entry/>
                {sql.map(|sql| view! { <CopyButton text=sql label="Copy SQL"/> })}
            </div>
        </div>
    }
}

/// Runs it again: a statement in the editor, a question in the conversation.
#[component]
fn Actions(entry: HistoryEntry) -> impl IntoView {
    let ide = Ide::get();
    let go = use_navigate();
    let gone = move || {
        ide.connections.with(|all| !all.is_empty() && !all.iter().any(|c| c.id == entry.connection))
    };
    let to_editor = {
        let (go, entry) = (go.clone(), entry.clone());
        move |run: bool| {
            let Some(sql) = entry.sql.as_deref() else { return };
            ide.choose(entry.connection);
            ide.open_sql(&short_title(&entry), &laid_out(sql), run);
            go("/", NavigateOptions::default());
        }
    };
    let open = to_editor.clone();
    let question = entry.question.clone();
    let ask_again = move |_| {
        ide.choose(entry.connection);
        crate::ask::state::ask_when_open(entry.connection, &question);
        go("/", NavigateOptions::default());
    };
    let has_sql = entry.sql.is_some();
    view! {
        {(entry.kind == HistoryKind::Question)
            .then(|| {
                view! {
                    <Button small=true glyph=Glyph::Message disabled=Signal::derive(gone) on:click=ask_again>
                        "Ask again"
                    </Button>
                }
            })}
        {has_sql
            .then(|| {
                view! {
                    <Button
                        small=true
                        glyph=Glyph::Play
                        disabled=Signal::derive(gone)
                        on:click=move |_| to_editor(true)
                    >
                        "Run again"
                    </Button>
                    <Button
                        small=true
                        weight=Weight::Ghost
                        glyph=Glyph::Code
                        disabled=Signal::derive(gone)
                        on:click=move |_| open(false)
                    >
                        "Open in editor"
                    </Button>
                }
            })}
    }
}

/// A tab's name: the question's first words.
fn short_title(entry: &HistoryEntry) -> String {
    let words = match entry.kind {
        HistoryKind::Question => entry.question.as_str(),
        HistoryKind::Statement => "From history",
    };
    words.chars().take(32).collect()
}
