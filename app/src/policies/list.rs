//! The list of policies: whom each is for, what it is about, whether it is on, who changed it last.

use super::{
    api::save_policy, delete::DeleteDialog, editing, page::Stored, sensitive::SensitiveNotes, words,
};
use crate::{
    pages::{
        form::{ProblemNote, Sending, alive},
        when::When,
    },
    ui::{
        badge::{Badge, Tone},
        button::IconButton,
        empty::Empty,
        icon::{Glyph, Icon},
        toast::Toasts,
    },
};
use leptos::prelude::*;
use model::policy::PolicyRecord;

#[component]
pub fn PolicyList(list: Vec<PolicyRecord>, stored: Stored) -> impl IntoView {
    let notes = view! { <SensitiveNotes connections=stored.connections()/> };
    if list.is_empty() {
        return view! {
            <Unsaved/>
            <Empty
                glyph=Glyph::Shield
                title="Everybody sees everything"
                text="A policy says what people do not see: columns that are masked or left out, rows that are filtered, tables that are hidden. It holds everywhere: in the editor, in answers, charts and exports."
            >
                <a class="button button-primary" href="/admin/policies?new">"New policy"</a>
            </Empty>
            {notes}
        }
        .into_any();
    }
    let removing = RwSignal::new(None::<PolicyRecord>);
    let sending = Sending::new();
    let rows = list
        .into_iter()
        .map(|record| view! { <PolicyRow record removing sending stored/> })
        .collect_view();
    view! {
        <div class="page-actions">
            <a class="button button-primary" href="/admin/policies?new">
                <Icon glyph=Glyph::Plus/> <span class="button-label">"New policy"</span>
            </a>
            <a class="button" href="/admin/policies?view">
                <Icon glyph=Glyph::View/> <span class="button-label">"View as"</span>
            </a>
            <a class="button" href="/admin/policies?changes">
                <Icon glyph=Glyph::History/> <span class="button-label">"What changed"</span>
            </a>
        </div>
        <Unsaved/>
        {notes}
        <ProblemNote problem=sending.problem/>
        <div class="table-frame">
            <table class="table policy-list">
                <thead>
                    <tr>
                        <th scope="col">"Policy"</th>
                        <th scope="col">"For"</th>
                        <th scope="col">"Tables"</th>
                        <th scope="col">"On"</th>
                        <th scope="col">"Last change"</th>
                        <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <DeleteDialog removing stored/>
    }
    .into_any()
}

/// A new policy that was begun and not saved.
#[component]
fn Unsaved() -> impl IntoView {
    let kept = RwSignal::new(false);
    Effect::new(move || kept.set(editing::is_kept(None)));
    view! {
        <Show when=move || kept.get()>
            <p class="note notice policy-unsaved">
                <Icon glyph=Glyph::Edit/>
                <span class="notice-text">
                    "A new policy was begun in this browser and is not saved. "
                    <a href="/admin/policies?new">"Go on with it"</a>
                </span>
            </p>
        </Show>
    }
}

#[component]
fn PolicyRow(
    record: PolicyRecord,
    removing: RwSignal<Option<PolicyRecord>>,
    sending: Sending,
    stored: Stored,
) -> impl IntoView {
    let (toasts, alive) = (Toasts::get(), alive());
    let id = record.id;
    let kept = RwSignal::new(false);
    Effect::new(move || kept.set(editing::is_kept(Some(id))));
    let edit = format!("/admin/policies?edit={id}");
    let draft = record.draft.clone();
    let applies = stored.people.with_value(|people| words::applies(&draft, people));
    let tables = words::tables(&draft);
    let name = draft.name.clone();
    let connection = stored.connection_name(draft.connection);
    let kept_record = StoredValue::new(record.clone());
    let on = RwSignal::new(draft.enabled);
    let switch = move |_| {
        let record = kept_record.get_value();
        let mut draft = record.draft;
        draft.enabled = !draft.enabled;
        let (name, enabled) = (draft.name.clone(), draft.enabled);
        on.set(enabled);
        sending.send(save_policy(Some(id), draft, Some(record.version)), move |_| {
            toasts.good(format!("{name} is {}.", if enabled { "on" } else { "off" }));
            stored.policies.refetch();
        });
        // What the server refused is shown as it is.
        Effect::new(move || {
            if sending.problem.with(Option::is_some) {
                on.set(!enabled);
            }
        });
    };
    view! {
        <tr class:row-muted=!draft.enabled>
            <td>
                <div class="cell-two">
                    <span class="cell-main">
                        <a href=edit.clone()>{name.clone()}</a>
                        {move || kept.get().then(|| view! { <Badge tone=Tone::Warning>"unsaved changes"</Badge> })}
                    </span>
                    <span class="cell-sub">{connection}</span>
                </div>
            </td>
            <td class="policy-for">{applies}</td>
            <td class="policy-tables">{tables}</td>
            <td>
                <button
                    type="button"
                    class="switch"
                    role="switch"
                    aria-checked=move || if on.get() { "true" } else { "false" }
                    aria-label=format!("{name} is on")
                    disabled=move || !alive.get() || sending.pending.get()
                    on:click=switch
                >
                    <span class="switch-knob" aria-hidden="true"></span>
                </button>
            </td>
            <td>
                <div class="cell-two">
                    <When at=record.updated_at.clone()/>
                    <span class="cell-sub">{record.updated_by.clone()}</span>
                </div>
            </td>
            <td class="cell-actions">
                <a class="icon-button" href=edit aria-label=format!("Edit {name}") title="Edit">
                    <Icon glyph=Glyph::Edit/>
                </a>
                <IconButton
                    glyph=Glyph::Trash
                    label=format!("Delete {name}")
                    on:click=move |_| removing.set(Some(kept_record.get_value()))
                />
            </td>
        </tr>
    }
}
