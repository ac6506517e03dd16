//! Somebody else saved the policy meanwhile: what they changed, and whose version is to hold.

use super::{
    api::{get_policy, policy_changes},
    editing::Editing,
};
use crate::{
    pages::when::When,
    ui::{
        button::{Button, Weight},
        icon::{Glyph, Icon},
    },
};
use leptos::prelude::*;
use model::{
    id::PolicyId,
    policy::{PolicyChange, PolicyRecord},
};

/// Entries of the log in which the other's change is looked for.
const LOG: u32 = 50;

/// `resolved` is called once the person has chosen and the draft may be saved or edited on.
#[component]
pub fn Conflict(
    editing: Editing,
    id: PolicyId,
    #[prop(into)] resolved: Callback<()>,
    /// Saves the draft as it is.
    #[prop(into)]
    save: Callback<()>,
) -> impl IntoView {
    let theirs = LocalResource::new(move || async move {
        let record = get_policy(id).await.ok()?;
        let log = policy_changes(LOG).await.unwrap_or_default();
        let change = log.into_iter().find(|change| change.policy == id);
        Some((record, change))
    });
    view! {
        <div class="note notice note-warning policy-conflict" role="alert">
            <Icon glyph=Glyph::Warning/>
            <div class="notice-text">
                <p class="notice-message">"Somebody else saved this policy while you were editing it."</p>
                <Suspense fallback=|| view! { <p>"Reading what changed…"</p> }>
                    {move || Suspend::new(async move {
                        match theirs.await {
                            Some((record, change)) => {
                                view! { <Theirs editing record change resolved save/> }.into_any()
                            }
                            None => {
                                view! { <p>"It may have been deleted. Your draft is kept in this browser; copy what you need, then go back to the list."</p> }
                                    .into_any()
                            }
                        }
                    })}
                </Suspense>
            </div>
        </div>
    }
}

#[component]
fn Theirs(
    editing: Editing,
    record: PolicyRecord,
    change: Option<PolicyChange>,
    resolved: Callback<()>,
    save: Callback<()>,
) -> impl IntoView {
    let lines = change.map(|change| change.lines).unwrap_or_default();
    let lines = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    let (by, at) = (record.updated_by.clone(), record.updated_at.clone());
    let record = StoredValue::new(record);
    let take = move |_| {
        record.with_value(|record| {
            editing.rebase(record);
            editing.draft.set(record.draft.clone());
        });
        resolved.run(());
    };
    let overwrite = move |_| {
        record.with_value(|record| editing.rebase(record));
        resolved.run(());
        save.run(());
    };
    view! {
        <p>{by} ", " <When at/> ":"</p>
        <ul class="policy-lines">{lines}</ul>
        <div class="form-actions">
            <Button small=true on:click=take>"Take theirs, drop mine"</Button>
            <Button small=true weight=Weight::Danger on:click=overwrite>"Save mine over theirs"</Button>
        </div>
    }
}
