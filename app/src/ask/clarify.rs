//! A question that can be read in several ways: the choices, each with what it would compute.

use super::{
    sql::{SqlText, laid_out},
    state::{Chat, TurnHandle},
};
use crate::ui::{
    button::{Button, Weight},
    icon::{Glyph, Icon},
};
use leptos::{ev, html, prelude::*};
use model::run::{Choice, RunStatus};

/// Stays when one was chosen, with that one marked: the answer below is its answer.
#[component]
pub fn Clarify(handle: TurnHandle, chat: Chat) -> impl IntoView {
    let turn = handle.turn.clone();
    let asked = {
        let turn = turn.clone();
        Memo::new(move |_| turn.with(|turn| turn.clarification.clone()))
    };
    let waits = {
        let turn = turn.clone();
        Memo::new(move |_| turn.with(|turn| turn.status == RunStatus::Waiting))
    };
    let chosen = Memo::new(move |_| turn.with(|turn| turn.chosen));
    let run = handle.run;
    move || {
        let asked = asked.get()?;
        let list = NodeRef::<html::Ol>::new();
        let handle = handle.clone();
        let rows = {
            let handle = handle.clone();
            asked
                .choices
                .into_iter()
                .zip(0_u32..)
                .map(|(choice, number)| {
                    let handle = handle.clone();
                    let take = move || chat.choose(handle.clone(), number);
                    view! { <Row choice number waits chosen chat take/> }
                })
                .collect_view()
        };
        let give_up = move |_| chat.give_up(handle.clone());
        Some(view! {
            <section class="clarify" aria-labelledby=format!("clarify-{run}")>
                <p class="clarify-question" id=format!("clarify-{run}") role="status">
                    <Icon glyph=Glyph::Message/>
                    <span>{asked.question}</span>
                </p>
                <ol class="clarify-choices" node_ref=list on:keydown=move |ev| walk(&ev, list)>
                    {rows}
                </ol>
                <Show when=move || waits.get()>
                    <div class="form-actions">
                        <Button small=true weight=Weight::Ghost on:click=give_up.clone()>
                            "None of these"
                        </Button>
                    </div>
                </Show>
            </section>
        })
    }
}

#[component]
fn Row(
    choice: Choice,
    number: u32,
    waits: Memo<bool>,
    chosen: Memo<Option<u32>>,
    chat: Chat,
    take: impl Fn() + Send + Sync + 'static,
) -> impl IntoView {
    let Choice { paraphrase, sql, understood, .. } = choice;
    let measure = understood.into_iter().find(|chip| chip.kind == "measure").map(|chip| chip.label);
    let is_chosen = move || chosen.get() == Some(number);
    view! {
        <li class="clarify-choice" class:clarify-chosen=is_chosen>
            <button
                type="button"
                class="clarify-take"
                disabled=move || !waits.get() || chat.busy()
                aria-current=move || is_chosen().then_some("true")
                on:click=move |_| take()
            >
                <span class="clarify-number">{number + 1}</span>
                <span class="clarify-words">
                    <span>{paraphrase}</span>
                    {measure.map(|measure| view! { <span class="clarify-measure">{measure}</span> })}
                </span>
                <Show when=is_chosen>
                    <Icon glyph=Glyph::Check/>
                    <span class="visually-hidden">"chosen"</span>
                </Show>
            </button>
            <details class="clarify-sql">
                <summary>"SQL"</summary>
                <SqlText sql=Signal::stored(laid_out(&sql))/>
            </details>
        </li>
    }
}

/// Arrows walk between the choices; a number takes one.
fn walk(ev: &ev::KeyboardEvent, list: NodeRef<html::Ol>) {
    use leptos::wasm_bindgen::JsCast;
    if ev.alt_key() || ev.ctrl_key() || ev.meta_key() {
        return;
    }
    let Some(list) = list.get_untracked() else { return };
    let Ok(found) = list.query_selector_all("button.clarify-take:not(:disabled)") else { return };
    let buttons: Vec<leptos::web_sys::HtmlElement> =
        (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect();
    if buttons.is_empty() {
        return;
    }
    let active = document().active_element();
    let at = buttons.iter().position(|b| active.as_ref() == Some(b.as_ref()));
    let key = ev.key();
    let digit = key.parse::<usize>().ok().filter(|n| (1..=buttons.len()).contains(n));
    let to = match (key.as_str(), at) {
        ("ArrowDown", Some(at)) => (at + 1) % buttons.len(),
        ("ArrowUp", Some(at)) => (at + buttons.len() - 1) % buttons.len(),
        _ => {
            if let Some(number) = digit {
                ev.prevent_default();
                buttons[number - 1].click();
            }
            return;
        }
    };
    ev.prevent_default();
    drop(buttons[to].focus());
}
