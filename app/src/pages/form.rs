//! Forms: a problem told in place, a request under way, a secret being typed, a text to copy.

use super::next::escaped;
use crate::{browser, error::AppError, ui::notice::ProblemNotice};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;
use model::error::{Problem, ProblemCode};

/// A form's request: whether one is under way and what the last one's problem was.
#[derive(Clone, Copy)]
pub struct Sending {
    pub pending: RwSignal<bool>,
    pub problem: RwSignal<Option<Problem>>,
}

impl Sending {
    #[must_use]
    pub fn new() -> Self {
        Self { pending: RwSignal::new(false), problem: RwSignal::new(None) }
    }

    /// Sends, unless a request is under way, and calls `done` with what came of it. A problem
    /// stays in `problem`; nothing is called when the form is gone by then.
    pub fn send<T: 'static>(
        self,
        request: impl Future<Output = Result<T, AppError>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        if self.pending.get_untracked() {
            return;
        }
        self.pending.set(true);
        self.problem.set(None);
        spawn_local(async move {
            let result = request.await;
            if self.pending.try_set(false).is_some() {
                return;
            }
            match result {
                Ok(value) => done(value),
                Err(AppError(problem)) => {
                    self.problem.try_set(Some(problem));
                }
            }
        });
    }

    /// Says a problem that was found before sending.
    pub fn refuse(self, message: &str, hint: &str) {
        self.problem.set(Some(Problem::new(ProblemCode::Invalid, message).hint(hint)));
    }
}

impl Default for Sending {
    fn default() -> Self {
        Self::new()
    }
}

/// True once the page is alive in the browser. Forms wait for it: before, the browser itself
/// would send what was typed, a password too, as a query string.
#[must_use]
pub fn alive() -> RwSignal<bool> {
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    alive
}

/// What went wrong and what to do, where it happened. Nothing is taken up while there is none.
#[component]
pub fn ProblemNote(#[prop(into)] problem: Signal<Option<Problem>>) -> impl IntoView {
    view! {
        <div class="problem-slot">
            {move || problem.get().map(|problem| view! { <ProblemText problem=problem/> })}
        </div>
    }
}

/// A problem, its hint, and for an ended session the way back in.
#[component]
pub fn ProblemText(problem: Problem) -> impl IntoView {
    let ended = problem.code == ProblemCode::Unauthenticated;
    let location = use_location();
    let sign_in = move || {
        let path = location.pathname.get()
            + &location
                .search
                .with(|query| if query.is_empty() { String::new() } else { format!("?{query}") });
        format!("/login?next={}", escaped(&path))
    };
    view! {
        <ProblemNotice problem/>
        {ended
            .then(|| {
                view! {
                    <p class="form-foot">
                        <a href=sign_in rel="external">"Sign in again"</a>
                    </p>
                }
            })}
    }
}

/// A label with its control and, below, what to know about it (`{id}-help`).
#[component]
pub fn Labelled(
    #[prop(into)] label: String,
    /// The control's id.
    id: &'static str,
    #[prop(optional)] help: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {children()}
            {(!help.is_empty())
                .then(|| view! { <p class="field-note" id=format!("{id}-help")>{help}</p> })}
        </div>
    }
}

/// A password being typed, with a button that shows it.
#[component]
pub fn PasswordField(
    #[prop(into)] label: String,
    id: &'static str,
    input: NodeRef<leptos::html::Input>,
    /// `current-password` or `new-password`.
    autocomplete: &'static str,
    #[prop(optional)] help: &'static str,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    let described = (!help.is_empty()).then(|| format!("{id}-help"));
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <div class="input-with-button">
                <input
                    node_ref=input
                    class="input"
                    id=id
                    name=id
                    type=move || if shown.get() { "text" } else { "password" }
                    autocomplete=autocomplete
                    autocapitalize="off"
                    spellcheck="false"
                    aria-describedby=described
                    required
                />
                <button
                    type="button"
                    class="button button-quiet button-small"
                    aria-label=move || if shown.get() { "Hide characters" } else { "Show characters" }
                    on:click=move |_| shown.update(|shown| *shown = !*shown)
                >
                    {move || if shown.get() { "Hide" } else { "Show" }}
                </button>
            </div>
            {(!help.is_empty())
                .then(|| view! { <p class="field-note" id=format!("{id}-help")>{help}</p> })}
        </div>
    }
}

/// Copies a text and says so for a moment.
#[component]
pub fn CopyButton(
    #[prop(into)] text: Signal<String>,
    #[prop(optional, into)] label: Option<&'static str>,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let label = label.unwrap_or("Copy");
    let copy = move |_| {
        browser::copy(&text.get_untracked());
        copied.set(true);
        set_timeout(
            move || {
                copied.try_set(false);
            },
            std::time::Duration::from_millis(1_600),
        );
    };
    view! {
        <button type="button" class="button button-quiet button-small" on:click=copy>
            {move || if copied.get() { "Copied" } else { label }}
        </button>
    }
}

/// The text in a field; empty before it exists.
#[must_use]
pub fn text_of(input: NodeRef<leptos::html::Input>) -> String {
    input.get_untracked().map(|input| input.value()).unwrap_or_default()
}

/// Empties fields after their form was taken.
pub fn clear(fields: &[NodeRef<leptos::html::Input>]) {
    for field in fields {
        if let Some(field) = field.get_untracked() {
            field.set_value("");
        }
    }
}
