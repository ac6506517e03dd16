//! Deleting a policy, after a second look.

use super::{api::delete_policy, editing, page::Stored};
use crate::{
    pages::form::{ProblemNote, Sending},
    ui::{
        button::{Button, Weight},
        dialog_about::DialogAbout,
        toast::Toasts,
    },
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::policy::PolicyRecord;

/// Open while `removing` holds a policy.
#[component]
pub fn DeleteDialog(removing: RwSignal<Option<PolicyRecord>>, stored: Stored) -> impl IntoView {
    let content = move |record, open| view! { <Confirm record open stored/> }.into_any();
    view! { <DialogAbout about=removing title="Delete policy" content/> }
}

#[component]
fn Confirm(record: PolicyRecord, open: RwSignal<bool>, stored: Stored) -> impl IntoView {
    let sending = Sending::new();
    let (toasts, go) = (Toasts::get(), use_navigate());
    let (id, name) = (record.id, StoredValue::new(record.draft.name.clone()));
    let delete = move |_| {
        let go = go.clone();
        sending.send(delete_policy(id), move |()| {
            toasts.good(format!("{} is deleted.", name.get_value()));
            editing::forget(Some(id));
            open.set(false);
            stored.policies.refetch();
            go("/admin/policies", NavigateOptions::default());
        });
    };
    view! {
        <div class="form">
            <p>
                "With "<strong>{record.draft.name}</strong>
                " gone, people see again what only it hid from them. This takes effect at once; the log keeps what it said."
            </p>
            <ProblemNote problem=sending.problem/>
            <div class="form-actions">
                <Button weight=Weight::Danger busy=sending.pending on:click=delete>"Delete policy"</Button>
                <Button on:click=move |_| open.set(false)>"Keep it"</Button>
            </div>
        </div>
    }
}
