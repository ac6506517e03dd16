//! A few exclusive choices side by side.

use crate::ui::icon::{Glyph, Icon};
use leptos::prelude::*;

/// One segment: its key, its name and its drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    pub key: String,
    pub label: String,
    pub glyph: Option<Glyph>,
}

/// A segmented control, by arrow keys too. Without words when `icons_only`.
#[component]
pub fn Segments(
    #[prop(into)] label: String,
    name: &'static str,
    #[prop(into)] segments: Signal<Vec<Segment>>,
    #[prop(into)] chosen: Signal<String>,
    #[prop(into)] on_choose: Callback<String>,
    #[prop(optional)] icons_only: bool,
) -> impl IntoView {
    view! {
        <div class="segments" role="radiogroup" aria-label=label>
            <For
                each=move || segments.get()
                key=|segment| segment.key.clone()
                children=move |segment| {
                    let (key, value) = (segment.key.clone(), segment.key.clone());
                    view! {
                        <label class="segment" title=segment.label.clone()>
                            <input
                                type="radio"
                                class="visually-hidden"
                                name=name
                                value=value.clone()
                                prop:checked=move || chosen.with(|c| *c == key)
                                on:change=move |_| on_choose.run(value.clone())
                            />
                            {segment.glyph.map(|glyph| view! { <Icon glyph /> })}
                            <span class:visually-hidden=icons_only>{segment.label.clone()}</span>
                        </label>
                    }
                }
            />
        </div>
    }
}
