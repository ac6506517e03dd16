//! Controls whose value is a part of the draft: they show what it says and change nothing else.

use leptos::prelude::*;

/// One of a few. `options` are (value, label).
#[component]
pub fn Pick(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    #[prop(into)] options: Signal<Vec<(String, String)>>,
    #[prop(into)] chosen: Signal<String>,
    #[prop(into)] on_choose: Callback<String>,
    /// The label is read out, but not drawn.
    #[prop(optional)]
    bare: bool,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id.clone() class:visually-hidden=bare>{label}</label>
            <select
                class="input select"
                id=id
                on:change:target=move |event| on_choose.run(event.target().value())
            >
                {move || {
                    let now = chosen.get_untracked();
                    options
                        .get()
                        .into_iter()
                        .map(|(key, label)| {
                            let (selected, value) = (key == now, key.clone());
                            view! {
                                <option
                                    value=value
                                    selected=selected
                                    prop:selected=move || chosen.with(|chosen| *chosen == key)
                                >
                                    {label}
                                </option>
                            }
                        })
                        .collect_view()
                }}
            </select>
        </div>
    }
}

/// A line of text.
#[component]
pub fn Line(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] on_input: Callback<String>,
    /// `text` (default) or `number`.
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(optional)] placeholder: &'static str,
    #[prop(optional)] mono: bool,
    /// The label is read out, but not drawn.
    #[prop(optional)]
    bare: bool,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id.clone() class:visually-hidden=bare>{label}</label>
            <input
                class="input"
                class:mono=mono
                id=id
                type=kind
                min=(kind == "number").then_some("0")
                step=(kind == "number").then_some("any")
                placeholder=placeholder
                autocomplete="off"
                spellcheck="false"
                prop:value=move || value.get()
                on:input:target=move |event| on_input.run(event.target().value())
            />
        </div>
    }
}

/// A tick.
#[component]
pub fn Tick(
    #[prop(into)] label: String,
    #[prop(into)] on: Signal<bool>,
    #[prop(into)] on_change: Callback<bool>,
) -> impl IntoView {
    view! {
        <label class="checkbox">
            <input
                type="checkbox"
                prop:checked=move || on.get()
                on:change:target=move |event| on_change.run(event.target().checked())
            />
            <span>{label}</span>
        </label>
    }
}
