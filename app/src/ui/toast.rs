//! Short messages at the edge of the screen, some with an action such as Undo.

use crate::ui::{
    badge::Tone,
    button::IconButton,
    icon::{Glyph, Icon},
};
use leptos::prelude::*;
use model::error::Problem;
use std::{sync::Arc, time::Duration};

/// The messages on screen. In context, `Copy`.
#[derive(Clone, Copy)]
pub struct Toasts {
    list: RwSignal<Vec<Toast>>,
    next: StoredValue<u32>,
}

#[derive(Clone)]
struct Toast {
    id: u32,
    tone: Tone,
    text: String,
    /// Not a `Callback`: that would go with the view that made it, and the message stays.
    action: Option<(String, Action)>,
}

type Action = Arc<dyn Fn() + Send + Sync>;

impl Toasts {
    /// Makes the list and puts it into context: once, in `App`.
    pub fn provide() {
        provide_context(Self { list: RwSignal::new(Vec::new()), next: StoredValue::new(0) });
    }

    #[must_use]
    pub fn get() -> Self {
        expect_context()
    }

    pub fn info(self, text: impl Into<String>) {
        self.push(Tone::Neutral, text.into(), None, 4);
    }

    pub fn good(self, text: impl Into<String>) {
        self.push(Tone::Good, text.into(), None, 4);
    }

    /// Stays longer: it has to be read.
    pub fn problem(self, problem: &Problem) {
        self.push(Tone::Bad, problem.to_string(), None, 12);
    }

    /// With a button, for instance Undo.
    pub fn offer(
        self,
        text: impl Into<String>,
        action: &str,
        run: impl Fn() + Send + Sync + 'static,
    ) {
        let action: (String, Action) = (action.to_string(), Arc::new(run));
        self.push(Tone::Neutral, text.into(), Some(action), 8);
    }

    fn push(self, tone: Tone, text: String, action: Option<(String, Action)>, seconds: u64) {
        let id = self.next.get_value();
        self.next.set_value(id.wrapping_add(1));
        self.list.update(|list| {
            list.retain(|old| old.text != text);
            list.push(Toast { id, tone, text, action });
        });
        set_timeout(move || self.drop_one(id), Duration::from_secs(seconds));
    }

    fn drop_one(self, id: u32) {
        self.list.try_update(|list| list.retain(|toast| toast.id != id));
    }
}

/// Where the messages appear: once, in `App`.
#[component]
pub fn ToastArea() -> impl IntoView {
    let toasts = Toasts::get();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For
                each=move || toasts.list.get()
                key=|toast| toast.id
                children=move |toast| view! { <ToastCard toast /> }
            />
        </div>
    }
}

#[component]
fn ToastCard(toast: Toast) -> impl IntoView {
    let toasts = Toasts::get();
    let id = toast.id;
    let glyph = match toast.tone {
        Tone::Good => Glyph::Check,
        Tone::Bad => Glyph::Error,
        Tone::Warning => Glyph::Warning,
        Tone::Neutral | Tone::Accent => Glyph::Info,
    };
    view! {
        <div class="toast" data-tone=toast.tone.name()>
            <Icon glyph />
            <span class="toast-text">{toast.text}</span>
            {toast
                .action
                .map(|(label, run)| {
                    let act = move |_| {
                        run();
                        toasts.drop_one(id);
                    };
                    view! {
                        <button type="button" class="link" on:click=act>
                            {label}
                        </button>
                    }
                })}
            <IconButton glyph=Glyph::Close label="Dismiss" on:click=move |_| toasts.drop_one(id) />
        </div>
    }
}
