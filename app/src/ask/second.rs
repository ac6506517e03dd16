//! Where the built-in engine reads a question differently from the model that drafted.

use super::state::{Chat, TurnHandle};
use crate::ui::{
    button::Button,
    icon::{Glyph, Icon},
};
use leptos::prelude::*;

#[component]
pub fn SecondOpinion(handle: TurnHandle, chat: Chat) -> impl IntoView {
    let turn = handle.turn.clone();
    let second = Memo::new(move |_| {
        turn.with(|turn| turn.second.clone()).filter(|second| !second.differences.is_empty())
    });
    move || {
        let second = second.get()?;
        let (run, turn) = (handle.run, handle.turn.clone());
        let use_it = move |_| {
            chat.ask_built_in(turn.with_untracked(|turn| turn.question.clone()), run);
        };
        let lines =
            second.differences.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
        Some(view! {
            <aside class="notice note note-warning second" aria-label="Another reading">
                <Icon glyph=Glyph::Warning/>
                <div class="notice-text">
                    <p class="notice-message">
                        "The built-in engine read it differently: " {second.paraphrase}
                    </p>
                    <ul class="second-differences">{lines}</ul>
                    <div class="form-actions">
                        <Button
                            small=true
                            disabled=Signal::derive(move || chat.busy())
                            on:click=use_it
                        >
                            "Use that reading"
                        </Button>
                    </div>
                </div>
            </aside>
        })
    }
}
