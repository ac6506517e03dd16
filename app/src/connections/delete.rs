//! Deleting a connection: its name has to be typed, since people's conversations go with it.

use super::{api::delete_connection, page::Stored};
use crate::{
    pages::form::{ProblemNote, Sending},
    ui::{
        button::{Button, Weight},
        dialog::Dialog,
        field::TextField,
        toast::Toasts,
    },
};
use leptos::prelude::*;
use model::connection::ConnectionView;

/// Open while `removing` names a connection.
#[component]
pub fn DeleteDialog(removing: RwSignal<Option<ConnectionView>>, stored: Stored) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move || {
        if removing.with(Option::is_some) {
            open.set(true);
        }
    });
    Effect::new(move || {
        // Closed, by whatever way: forget what it was about.
        if !open.get() && removing.with_untracked(Option::is_some) {
            removing.set(None);
        }
    });
    view! {
        <Dialog open=open title="Delete connection">
            {move || {
                removing.get().map(|one| view! { <Confirm one=one open=open stored=stored/> })
            }}
        </Dialog>
    }
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
