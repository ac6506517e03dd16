//! Ways to go on, offered while a question is typed.

use super::{api::complete_question, state::Chat};
use leptos::{ev, html, leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use std::time::Duration;

/// A request goes out when the typing pauses this long.
const PAUSE: Duration = Duration::from_millis(140);
/// Shorter beginnings fit too much.
const SHORTEST: usize = 2;

/// The list above the field. `Copy`.
#[derive(Clone, Copy)]
pub struct Completion {
    chat: Chat,
    found: RwSignal<Vec<String>>,
    /// The offered text that Enter would take.
    active: RwSignal<Option<usize>>,
    timer: StoredValue<Option<TimeoutHandle>>,
    /// Counts requests: an answer to an older one is dropped.
    asked: StoredValue<u32>,
}

/// What a key did.
pub enum Step {
    /// Nothing here: it is the field's.
    Passed,
    /// It moved or closed the list.
    Took,
    /// This text was chosen.
    Chose(String),
}

impl Completion {
    #[must_use]
    pub fn new(chat: Chat) -> Self {
        Self {
            chat,
            found: RwSignal::new(Vec::new()),
            active: RwSignal::new(None),
            timer: StoredValue::new(None),
            asked: StoredValue::new(0),
        }
    }

    /// Something was typed: asks for ways to go on, after a pause.
    pub fn type_on(self, text: String) {
        self.cancel();
        let Some(connection) = self.chat.ide.current.get_untracked() else { return };
        if text.trim().len() < SHORTEST || text.contains('\n') || text.len() > 300 {
            return self.close();
        }
        let number = self.asked.get_value();
        let ask = move || {
            spawn_local(async move {
                let found = complete_question(connection, text.clone()).await.unwrap_or_default();
                if self.asked.try_get_value() == Some(number) {
                    self.active.set(None);
                    self.found.set(found.into_iter().filter(|one| *one != text).take(8).collect());
                }
            });
        };
        self.timer.set_value(set_timeout_with_handle(ask, PAUSE).ok());
    }

    /// Drops what is on its way.
    fn cancel(self) {
        if let Some(timer) = self.timer.get_value() {
            timer.clear();
        }
        self.asked.update_value(|asked| *asked = asked.wrapping_add(1));
    }

    pub fn close(self) {
        self.cancel();
        self.active.set(None);
        self.found.set(Vec::new());
    }

    /// After a click on an offered text has done its work.
    pub fn close_soon(self) {
        set_timeout(
            move || {
                if !self.found.is_disposed() {
                    self.close();
                }
            },
            Duration::from_millis(150),
        );
    }

    /// The id of the text that Enter would take, for `aria-activedescendant`.
    #[must_use]
    pub fn active_id(self) -> Option<String> {
        self.active.get().map(|at| format!("ask-completion-{at}"))
    }

    /// What a key does to the open list.
    pub fn key(self, ev: &ev::KeyboardEvent) -> Step {
        let count = self.found.with_untracked(Vec::len);
        if count == 0 {
            return Step::Passed;
        }
        let active = self.active.get_untracked();
        match ev.key().as_str() {
            // The list grows upwards from the field: its first text is the nearest.
            "ArrowDown" => self.move_to(active.map_or(0, |at| (at + 1) % count)),
            "ArrowUp" => self.move_to(active.map_or(count - 1, |at| (at + count - 1) % count)),
            "Escape" => {
                self.close();
                Step::Took
            }
            "Tab" if !ev.shift_key() => self.choose(active.unwrap_or(0)),
            "Enter" if !ev.shift_key() => match active {
                Some(at) => self.choose(at),
                None => Step::Passed,
            },
            _ => Step::Passed,
        }
    }

    fn move_to(self, at: usize) -> Step {
        self.active.set(Some(at));
        Step::Took
    }

    fn choose(self, at: usize) -> Step {
        let text = self.found.with_untracked(|found| found.get(at).cloned());
        self.close();
        text.map_or(Step::Took, Step::Chose)
    }

    /// The open list.
    pub fn list(
        self,
        take: impl Fn(String) + Copy + Send + Sync + 'static,
        field: NodeRef<html::Textarea>,
    ) -> impl IntoView {
        let click = move |text: String| {
            self.close();
            take(text);
            if let Some(field) = field.get_untracked() {
                drop(field.focus());
            }
        };
        let rows = move || {
            let found = self.found.get();
            found
                .into_iter()
                .enumerate()
                .map(|(at, text)| {
                    let shown = text.clone();
                    view! {
                        <li
                            class="completion"
                            id=format!("ask-completion-{at}")
                            role="option"
                            aria-selected=move || (self.active.get() == Some(at)).to_string()
                            on:mousedown=move |ev| ev.prevent_default()
                            on:click=move |_| click(text.clone())
                        >
                            {shown}
                        </li>
                    }
                })
                .collect_view()
        };
        view! {
            <ul
                class="completions"
                id="ask-completions"
                role="listbox"
                aria-label="Ways to go on"
                hidden=move || self.found.with(Vec::is_empty)
            >
                {rows}
            </ul>
        }
    }
}
