//! One column of a rule: its mask from a menu, and what the mask needs to know.

use super::{
    controls::{Line, Pick},
    editing::Editing,
    rules::{self, Place},
};
use crate::{
    schema::tree::kind_glyph,
    ui::icon::{Glyph, Icon},
};
use leptos::prelude::*;
use model::{catalog::ValueKind, policy::Mask};

/// A column as the rule's list shows it. `kind: None`: of no particular table.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnEntry {
    pub name: String,
    pub type_name: String,
    pub kind: Option<ValueKind>,
}

#[component]
pub fn ColumnMask(
    editing: Editing,
    place: StoredValue<Place>,
    column: ColumnEntry,
    /// Makes the ids of its controls.
    at: usize,
) -> impl IntoView {
    let name = StoredValue::new(column.name.clone());
    let kind = column.kind;
    let mask = Memo::new(move |_| {
        editing.draft.with(|draft| {
            place.with_value(|place| {
                name.with_value(|name| rules::mask(draft, place, name).cloned())
            })
        })
    });
    let set = move |mask: Option<Mask>| {
        editing.change(|draft| {
            place.with_value(|place| {
                name.with_value(|name| rules::set_mask(draft, place, name, mask))
            });
        });
    };
    let options = move || {
        let now = mask.with(|mask| mask.as_ref().map(Mask::name));
        let mut choices = rules::choices(kind);
        if let Some(odd) = now.filter(|now| choices.iter().all(|(name, _)| name != now)) {
            choices.push((odd, odd));
        }
        choices
            .into_iter()
            .map(|(key, label)| (key.to_owned(), label.to_owned()))
            .collect::<Vec<_>>()
    };
    // Parameters are made anew when the kind of mask changes, not while they are typed.
    let chosen = Memo::new(move |_| mask.with(|mask| mask.as_ref().map_or("", Mask::name)));
    let choose = move |key: String| set(name.with_value(|name| rules::fresh(&key, name, kind)));
    let label = format!("Mask of {}", column.name);
    let title = format!("{} {}", column.name, column.type_name);
    view! {
        <li class="policy-column" class:policy-masked=move || mask.with(Option::is_some)>
            <span class="policy-column-name" title=title>
                <Icon glyph=kind.map_or(Glyph::Circle, kind_glyph)/>
                <span class="policy-column-label">{column.name}</span>
                <span class="policy-column-type">{column.type_name}</span>
            </span>
            <Pick
                id=format!("mask-{at}")
                label=label
                bare=true
                options=Signal::derive(options)
                chosen=Signal::derive(move || chosen.get().to_owned())
                on_choose=choose
            />
            <div class="policy-parameters">
                {move || {
                    chosen.track();
                    parameters(at, mask, Callback::new(set))
                }}
            </div>
        </li>
    }
}

/// What the mask that is chosen now needs to know.
fn parameters(at: usize, mask: Memo<Option<Mask>>, set: Callback<Option<Mask>>) -> AnyView {
    let set = move |mask: Mask| set.run(Some(mask));
    match mask.get_untracked() {
        Some(Mask::Fixed(_)) => {
            let text = move || match mask.get() {
                Some(Mask::Fixed(text)) => text,
                _ => String::new(),
            };
            let typed = move |text| set(Mask::Fixed(text));
            view! {
                <Line id=format!("mask-{at}-text") label="Value" bare=true value=Signal::derive(text) on_input=typed/>
            }
            .into_any()
        }
        Some(Mask::Partial { .. }) => {
            view! { <PartialFields at mask set=Callback::new(set)/> }.into_any()
        }
        Some(Mask::Range { .. }) => {
            let width = move || match mask.get() {
                Some(Mask::Range { width }) => width.to_string(),
                _ => String::new(),
            };
            let typed = move |text: String| {
                if let Ok(width) = text.trim().parse() {
                    set(Mask::Range { width });
                }
            };
            view! {
                <span>"steps of"</span>
                <Line id=format!("mask-{at}-width") label="Width of a step" kind="number" bare=true value=Signal::derive(width) on_input=typed/>
            }
            .into_any()
        }
        Some(Mask::Custom(_)) => {
            let text = move || match mask.get() {
                Some(Mask::Custom(text)) => text,
                _ => String::new(),
            };
            let typed = move |text| set(Mask::Custom(text));
            view! {
                <Line
                    id=format!("mask-{at}-sql")
                    label="SQL expression over the table's columns"
                    placeholder="SQL expression over the table's columns"
                    bare=true
                    mono=true
                    value=Signal::derive(text)
                    on_input=typed
                />
            }
            .into_any()
        }
        _ => ().into_any(),
    }
}

#[component]
fn PartialFields(at: usize, mask: Memo<Option<Mask>>, set: Callback<Mask>) -> impl IntoView {
    let parts = move || match mask.get() {
        Some(Mask::Partial { start, end, fill }) => (start, end, fill),
        _ => (0, 0, String::new()),
    };
    let number = |text: &str| text.trim().parse::<u32>().unwrap_or_default().min(64);
    let set_start = move |text: String| {
        let (_, end, fill) = untrack(parts);
        set.run(Mask::Partial { start: number(&text), end, fill });
    };
    let set_end = move |text: String| {
        let (start, _, fill) = untrack(parts);
        set.run(Mask::Partial { start, end: number(&text), fill });
    };
    let set_fill = move |fill: String| {
        let (start, end, _) = untrack(parts);
        set.run(Mask::Partial { start, end, fill });
    };
    view! {
        <span>"first"</span>
        <Line
            id=format!("mask-{at}-start")
            label="Characters shown at the start"
            kind="number"
            bare=true
            value=Signal::derive(move || parts().0.to_string())
            on_input=set_start
        />
        <Line
            id=format!("mask-{at}-fill")
            label="Text between"
            bare=true
            value=Signal::derive(move || parts().2)
            on_input=set_fill
        />
        <span>"last"</span>
        <Line
            id=format!("mask-{at}-end")
            label="Characters shown at the end"
            kind="number"
            bare=true
            value=Signal::derive(move || parts().1.to_string())
            on_input=set_end
        />
    }
}
