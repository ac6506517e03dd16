//! Where questions are written: Enter asks, Shift+Enter breaks the line, ArrowUp brings back what was
//! asked before, and ways to go on are offered while typing.

use super::{
    completion::{Completion, Step},
    state::{Chat, LONGEST_QUESTION},
    turn::grouped,
};
use crate::ui::icon::{Glyph, Icon};
use leptos::{ev, html, prelude::*};

/// How many characters before the limit the counter appears.
const NEAR_LIMIT: usize = 1_000;

#[component]
pub fn Composer(chat: Chat) -> impl IntoView {
    let field = NodeRef::<html::Textarea>::new();
    let completion = Completion::new(chat);
    let recall = Recall::new(chat);
    // What was typed before the page was alive is taken over, not overwritten.
    Effect::new(move || {
        let draft = chat.draft.get();
        let Some(field) = field.get() else { return };
        let typed = field.value();
        if recall.is_fresh() && !typed.is_empty() && typed != draft {
            chat.write(typed);
        } else if typed != draft {
            field.set_value(&draft);
        }
        recall.settle();
    });
    let length = Memo::new(move |_| chat.draft.with(|draft| draft.trim().chars().count()));
    let too_long = move || length.get() > LONGEST_QUESTION;
    let send = move || {
        if chat.busy_untracked() || untrack(too_long) || length.get_untracked() == 0 {
            return;
        }
        let question = chat.draft.get_untracked();
        completion.close();
        recall.reset();
        chat.write(String::new());
        chat.ask(question, None);
    };
    let on_keydown = move |ev: ev::KeyboardEvent| {
        if ev.is_composing() {
            return;
        }
        match completion.key(&ev) {
            Step::Took => return ev.prevent_default(),
            Step::Chose(text) => {
                ev.prevent_default();
                return chat.write(text);
            }
            Step::Passed => {}
        }
        match ev.key().as_str() {
            "Enter" if !ev.shift_key() && !ev.alt_key() => {
                ev.prevent_default();
                send();
            }
            "ArrowUp" | "ArrowDown" if recall.step(ev.key() == "ArrowUp") => ev.prevent_default(),
            "Escape" if chat.busy_untracked() => chat.stop(),
            _ => {}
        }
    };
    let on_input = move |ev: ev::Targeted<ev::Event, leptos::web_sys::HtmlTextAreaElement>| {
        let text = ev.target().value();
        recall.reset();
        chat.write(text.clone());
        completion.type_on(text);
    };
    let no_connection = move || chat.ide.current.get().is_none();
    view! {
        <form
            class="composer"
            class:composer-wrong=too_long
            on:submit=move |ev| {
                ev.prevent_default();
                send();
            }
        >
            {completion.list(move |text| chat.write(text), field)}
            <label class="visually-hidden" for="ask-question">"Ask a question"</label>
            <textarea
                node_ref=field
                id="ask-question"
                class="composer-text"
                rows="2"
                placeholder="For instance: monthly revenue last year"
                autocomplete="off"
                aria-autocomplete="list"
                aria-controls="ask-completions"
                aria-activedescendant=move || completion.active_id()
                aria-describedby="ask-note"
                aria-invalid=move || too_long().then_some("true")
                on:input:target=on_input
                on:keydown=on_keydown
                on:blur=move |_| completion.close_soon()
            ></textarea>
            <div class="composer-foot">
                <p class="composer-note" id="ask-note" aria-live="polite">
                    {move || note(length.get(), no_connection())}
                </p>
                {move || {
                    if chat.busy() {
                        view! {
                            <button type="button" class="button button-small" on:click=move |_| chat.stop()>
                                <Icon glyph=Glyph::Stop/>
                                <span class="button-label">"Stop"</span>
                            </button>
                        }
                            .into_any()
                    } else {
                        view! {
                            <button
                                type="submit"
                                class="button button-primary button-small"
                                disabled=move || length.get() == 0 || too_long() || no_connection()
                            >
                                <Icon glyph=Glyph::Send/>
                                <span class="button-label">"Ask"</span>
                            </button>
                        }
                            .into_any()
                    }
                }}
            </div>
        </form>
    }
}

/// What stands below the field: how to use it, or how much too long the text is.
fn note(length: usize, no_connection: bool) -> String {
    if no_connection {
        return "There is no connection to ask yet".to_owned();
    }
    let most = grouped(LONGEST_QUESTION as u64);
    if length > LONGEST_QUESTION {
        let over = grouped((length - LONGEST_QUESTION) as u64);
        return format!(
            "{over} characters too long. A question has at most {most}; put data into a table instead."
        );
    }
    if length + NEAR_LIMIT > LONGEST_QUESTION {
        return format!("{} of {most} characters", grouped(length as u64));
    }
    "Enter to ask, Shift+Enter for a new line".to_owned()
}

/// Walks through what was asked before, like a shell does.
#[derive(Clone, Copy)]
struct Recall {
    chat: Chat,
    /// How far back; 0 is what is being typed now.
    back: StoredValue<usize>,
    fresh: StoredValue<bool>,
}

impl Recall {
    fn new(chat: Chat) -> Self {
        Self { chat, back: StoredValue::new(0), fresh: StoredValue::new(true) }
    }

    /// Has the field not been filled by the page yet?
    fn is_fresh(self) -> bool {
        self.fresh.get_value()
    }

    fn settle(self) {
        self.fresh.set_value(false);
    }

    fn reset(self) {
        self.back.set_value(0);
    }

    /// One question older or newer. Only from an empty field, or while walking: elsewhere the
    /// arrows move the cursor.
    fn step(self, older: bool) -> bool {
        let back = self.back.get_value();
        let empty = self.chat.draft.with_untracked(String::is_empty);
        if back == 0 && !(older && empty) {
            return false;
        }
        let asked: Vec<String> = self.chat.turns.with_untracked(|turns| {
            turns
                .iter()
                .rev()
                .map(|one| one.turn.with_untracked(|turn| turn.question.clone()))
                .collect()
        });
        let next = if older { (back + 1).min(asked.len()) } else { back - 1 };
        self.back.set_value(next);
        let text = if next == 0 { String::new() } else { asked[next - 1].clone() };
        self.chat.write(text);
        true
    }
}
