//! Deleting a connection: its name has to be typed, since people's conversations go with it.

use super::{api::delete_connection, page::Stored};
use crate::{
    pages::form::{ProblemNote, Sending},
    ui::{
        button::{Button, Weight},
        dialog_about::DialogAbout,
        field::TextField,
        toast::Toasts,
    },
};
use leptos::prelude::*;
use model::connection::ConnectionView;

/// Open while `removing` names a connection.
#[component]
pub fn DeleteDialog(removing: RwSignal<Option<ConnectionView>>, stored: Stored) -> impl IntoView {
    let content = move |one, open| view! { <Confirm one open stored/> }.into_any();
    view! { <DialogAbout about=removing title="Delete connection" content/> }
}

#[component]
fn Confirm(one: ConnectionView, open: RwSignal<bool>, stored: Stored) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let sending = Sending::new();
    let toasts = Toasts::get();
    let (id, name) = (one.id, StoredValue::new(one.name.clone()));
    let fits = move || typed.with(|typed| name.with_value(|name| typed.trim() == name.trim()));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !untrack(fits) {
            return;
        }
        sending.send(delete_connection(id), move |()| {
            toasts.good(format!("{} is deleted.", name.get_value()));
            open.set(false);
            stored.changed();
        });
    };
    view! {
        <form class="form" on:submit=submit>
            <p>
                "Querent forgets how to reach "<strong>{one.name.clone()}</strong>
                ", what it read of its structure, and the conversations about it. The database itself is not touched."
            </p>
            <TextField
                name="confirm"
                label=format!("Type “{}” to confirm", one.name)
                value=typed
                autocomplete="off"
                autofocus=true
            />
            <ProblemNote problem=sending.problem/>
            <div class="form-actions">
                <Button
                    kind="submit"
                    weight=Weight::Danger
                    disabled=Signal::derive(move || !fits())
                    busy=sending.pending
                >
                    "Delete connection"
                </Button>
                <Button on:click=move |_| open.set(false)>"Keep it"</Button>
            </div>
        </form>
    }
}
