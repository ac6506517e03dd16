//! Fields of forms: a label, a control, what to write there, and what is wrong with it.
//!
//! `name` also makes the ids, so it must be unique on its page.

use leptos::prelude::*;

/// A line of text.
#[component]
pub fn TextField(
    name: &'static str,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    /// `text` (default), `password`, `email`, `number`, `search`, `url`.
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(optional)] placeholder: &'static str,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] required: bool,
    #[prop(optional)] autofocus: bool,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] disabled: Signal<bool>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=format!("field-{name}")>{label}</label>
            <input
                class="input"
                id=format!("field-{name}")
                type=kind
                name=name
                placeholder=placeholder
                autocomplete=autocomplete
                autofocus=autofocus
                required=required
                disabled=move || disabled.get()
                aria-invalid=move || error.with(|e| e.is_some().then_some("true"))
                aria-describedby=format!("note-{name}")
                prop:value=move || value.get()
                on:input:target=move |ev| value.set(ev.target().value())
            />
            <FieldNote name hint error />
        </div>
    }
}

/// Several lines of text.
#[component]
pub fn TextArea(
    name: &'static str,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(default = 4)] rows: u32,
    #[prop(optional)] placeholder: &'static str,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional)] monospace: bool,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=format!("field-{name}")>{label}</label>
            <textarea
                class="input"
                class:mono=monospace
                id=format!("field-{name}")
                name=name
                rows=rows
                placeholder=placeholder
                spellcheck="false"
                aria-invalid=move || error.with(|e| e.is_some().then_some("true"))
                aria-describedby=format!("note-{name}")
                prop:value=move || value.get()
                on:input:target=move |ev| value.set(ev.target().value())
            ></textarea>
            <FieldNote name hint error />
        </div>
    }
}

/// One of a few. `options` are (value, label).
#[component]
pub fn Select(
    name: &'static str,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(into)] options: Signal<Vec<(String, String)>>,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// The label is read out, but not drawn.
    #[prop(optional)]
    bare: bool,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=format!("field-{name}") class:visually-hidden=bare>{label}</label>
            <select
                class="input select"
                id=format!("field-{name}")
                name=name
                disabled=move || disabled.get()
                aria-describedby=format!("note-{name}")
                prop:value=move || value.get()
                on:change:target=move |ev| value.set(ev.target().value())
            >
                {move || {
                    let chosen = value.get_untracked();
                    options
                        .get()
                        .into_iter()
                        .map(|(key, label)| {
                            let selected = key == chosen;
                            view! { <option value=key selected=selected>{label}</option> }
                        })
                        .collect_view()
                }}
            </select>
            <FieldNote name hint error=Signal::stored(None) />
        </div>
    }
}

#[component]
pub fn Checkbox(
    name: &'static str,
    #[prop(into)] label: String,
    value: RwSignal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
) -> impl IntoView {
    view! {
        <label class="checkbox">
            <input
                type="checkbox"
                name=name
                disabled=move || disabled.get()
                prop:checked=move || value.get()
                on:change:target=move |ev| value.set(ev.target().checked())
            />
            <span>{label}</span>
        </label>
    }
}

/// What to write, replaced by what is wrong with it.
#[component]
fn FieldNote(name: &'static str, hint: String, error: Signal<Option<String>>) -> impl IntoView {
    view! {
        <p
            class="field-note"
            id=format!("note-{name}")
            class:field-error=move || error.with(Option::is_some)
            aria-live="polite"
        >
            {move || error.get().unwrap_or_else(|| hint.clone())}
        </p>
    }
}
