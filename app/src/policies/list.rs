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
    let id = record.id;
    let kept = RwSignal::new(false);
    Effect::new(move || kept.set(editing::is_kept(Some(id))));
    let edit = format!("/admin/policies?edit={id}");
    let draft = record.draft.clone();
    let applies = stored.people.with_value(|people| words::applies(&draft, people));
    let connection = stored.connection_name(draft.connection);
    // The row's own, so that switching leaves the list and the focus where they are.
    let record = RwSignal::new(record);
    let on = Memo::new(move |_| record.with(|record| record.draft.enabled));
    view! {
        <tr class:row-muted=move || !on.get()>
            <td>
                <div class="cell-two">
                    <span class="cell-main">
                        <a href=edit.clone()>{draft.name.clone()}</a>
                        {move || {
                            kept.get().then(|| view! { <Badge tone=Tone::Warning>"unsaved changes"</Badge> })
                        }}
                    </span>
                    <span class="cell-sub">{connection}</span>
                </div>
            </td>
            <td class="policy-for">{applies}</td>
            <td class="policy-tables">{words::tables(&draft)}</td>
            <td><Switch record on sending/></td>
            <td>
                {move || {
                    let PolicyRecord { updated_at, updated_by, .. } = record.get();
                    view! {
                        <div class="cell-two">
                            <When at=updated_at/>
                            <span class="cell-sub">{updated_by}</span>
                        </div>
                    }
                }}
            </td>
            <td class="cell-actions">
                <a
                    class="icon-button"
                    href=edit
                    aria-label=format!("Edit {}", draft.name)
                    title="Edit"
                >
                    <Icon glyph=Glyph::Edit/>
                </a>
                <IconButton
                    glyph=Glyph::Trash
                    label=format!("Delete {}", draft.name)
                    on:click=move |_| removing.set(Some(record.get_untracked()))
                />
            </td>
        </tr>
    }
}

/// Switches a policy on or off at once.
#[component]
fn Switch(record: RwSignal<PolicyRecord>, on: Memo<bool>, sending: Sending) -> impl IntoView {
    let (toasts, alive) = (Toasts::get(), alive());
    let name = record.with_untracked(|record| record.draft.name.clone());
    let switch = move |_| {
        let PolicyRecord { id, mut draft, version, .. } = record.get_untracked();
        draft.enabled = !draft.enabled;
        sending.send(save_policy(Some(id), draft, Some(version)), move |saved| {
            let state = if saved.draft.enabled { "on" } else { "off" };
            toasts.good(format!("{} is {state}.", saved.draft.name));
            record.set(saved);
        });
    };
    view! {
        <button
            type="button"
            class="switch"
            role="switch"
            aria-checked=move || if on.get() { "true" } else { "false" }
            aria-label=format!("{name} is on")
            disabled=move || !alive.get()
            on:click=switch
        >
            <span class="switch-knob" aria-hidden="true"></span>
        </button>
    }
}
