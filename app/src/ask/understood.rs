//! How a question was read, as chips. A part that could be read otherwise offers the other readings.

use super::state::{Chat, TurnHandle};
use crate::ui::{
    icon::{Glyph, Icon},
    menu::{Menu, MenuItem},
};
use leptos::prelude::*;
use model::{id::RunId, run::Chip};

#[component]
pub fn Understood(handle: TurnHandle, chat: Chat) -> impl IntoView {
    let turn = handle.turn.clone();
    let explanation = {
        let turn = turn.clone();
        Memo::new(move |_| turn.with(|turn| turn.explanation.clone()))
    };
    let chips = Memo::new(move |_| {
        turn.with(|turn| turn.answer.as_ref().map(|answer| answer.understood.clone()))
    });
    let run = handle.run;
    view! {
        <Show when=move || explanation.with(|text| !text.is_empty())>
            <p class="explanation">{move || explanation.get()}</p>
        </Show>
        {move || {
            let chips = chips.get().filter(|chips| !chips.is_empty())?;
            let rows = chips
                .into_iter()
                .map(|chip| view! { <li><Part chip run chat/></li> })
                .collect_view();
            Some(view! { <ul class="chips understood" aria-label="How the question was understood">{rows}</ul> })
        }}
    }
}

#[component]
fn Part(chip: Chip, run: RunId, chat: Chat) -> impl IntoView {
    let face = view! {
        <span class="understood-kind">{chip.kind.clone()}</span>
        <span>{chip.label.clone()}</span>
    };
    if chip.alternatives.is_empty() {
        return view! { <span class="chip chip-still">{face}</span> }.into_any();
    }
    let items: Vec<MenuItem> = std::iter::once(MenuItem::heading("Did you mean"))
        .chain(chip.alternatives.into_iter().map(|choice| {
            MenuItem::run(choice.label, Glyph::ArrowRight, move || {
                chat.ask(choice.question.clone(), Some(run));
            })
        }))
        .collect();
    view! {
        <Menu
            label=format!("{} {}, other readings", chip.kind, chip.label)
            items=Signal::stored(items)
            class="chip"
        >
            {face}
            <Icon glyph=Glyph::ChevronDown/>
        </Menu>
    }
    .into_any()
}
