//! The page of one policy: what it is called, whom it is for, what they see.

use super::{
    api::save_policy,
    conflict::Conflict,
    controls::{Line, Pick, Tick},
    delete::DeleteDialog,
    editing::Editing,
    page::Stored,
    preview::PreviewCard,
    rule::RulePane,
    subjects::SubjectsCard,
    tree::{Tree, TreePane},
};
use crate::{
    pages::form::{ProblemNote, Sending, alive},
    ui::{
        button::{Button, Weight},
        icon::{Glyph, Icon},
        toast::Toasts,
    },
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    error::ProblemCode,
    id::ConnectionId,
    policy::{Access, PolicyRecord},
};

/// Saving goes back to the list.
#[component]
pub fn PolicyForm(edited: Option<PolicyRecord>, stored: Stored) -> impl IntoView {
    let editing = Editing::new(edited.as_ref());
    let saving = Sending::new();
    let (toasts, go) = (Toasts::get(), use_navigate());
    let save = Callback::new(move |()| {
        let (draft, version) = (editing.draft.get_untracked(), editing.version.get_untracked());
        let go = go.clone();
        saving.send(save_policy(editing.id, draft, version), move |record: PolicyRecord| {
            editing.rebase(&record);
            editing.draft.set(record.draft.clone());
            let off = if record.draft.enabled { "" } else { " It is switched off." };
            toasts.good(format!("{} is saved.{off}", record.draft.name));
            super::editing::forget(editing.id);
            go("/admin/policies", NavigateOptions::default());
        });
    });
    let conflict = Memo::new(move |_| {
        let taken = saving.problem.with(|problem| {
            problem.as_ref().is_some_and(|problem| problem.code == ProblemCode::Conflict)
        });
        editing.id.filter(|_| taken)
    });
    let other_problem =
        Signal::derive(move || saving.problem.get().filter(|_| conflict.get().is_none()));
    // The buttons stay in view while one scrolls; what they bring about has to as well.
    let outcome = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        if saving.problem.with(Option::is_some) {
            request_animation_frame(move || {
                if let Some(outcome) = outcome.try_get_untracked().flatten() {
                    outcome.scroll_into_view_with_bool(false);
                }
            });
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        save.run(());
    };
    let title = edited.as_ref().map_or("New policy".to_owned(), |record| record.draft.name.clone());
    view! {
        <form class="policy-form" autocomplete="off" novalidate on:submit=submit>
            <p class="crumbs">
                <a href="/admin/policies">"Policies"</a>
                <Icon glyph=Glyph::ChevronRight/>
                <span>{title}</span>
            </p>
            <Restored editing/>
            <NameCard editing stored/>
            <SubjectsCard editing people=stored.people/>
            <SeenCards editing stored/>
            <div class="form-outcome" node_ref=outcome>
                <ProblemNote problem=other_problem/>
                {move || {
                    conflict
                        .get()
                        .map(|id| {
                            let resolved = move |()| saving.problem.set(None);
                            view! { <Conflict editing id resolved save/> }
                        })
                }}
            </div>
            <Actions editing edited stored saving/>
        </form>
    }
}

/// Says that a draft of before was found, and offers to drop it.
#[component]
fn Restored(editing: Editing) -> impl IntoView {
    view! {
        <Show when=move || editing.restored.get() && editing.dirty.get()>
            <div class="note notice policy-unsaved" role="status">
                <Icon glyph=Glyph::Edit/>
                <p class="notice-text">"These are changes of yours that are not saved yet."</p>
                <Button small=true weight=Weight::Ghost on:click=move |_| editing.discard()>"Discard them"</Button>
            </div>
        </Show>
    }
}

#[component]
fn NameCard(editing: Editing, stored: Stored) -> impl IntoView {
    let draft = editing.draft;
    let every = (String::new(), "Every connection".to_owned());
    let connections = stored.connections().into_iter().map(|(id, name)| (id.to_string(), name));
    let options: Vec<(String, String)> = [every].into_iter().chain(connections).collect();
    let chosen = move || draft.with(|d| d.connection.map(|id| id.to_string()).unwrap_or_default());
    view! {
        <section class="card card-wide">
            <div class="policy-name">
                <Line
                    id="policy-name"
                    label="Name"
                    placeholder="Personal data"
                    value=Signal::derive(move || draft.with(|d| d.name.clone()))
                    on_input=move |name| editing.change(|d| d.name = name)
                />
                <Pick
                    id="policy-connection"
                    label="Connection"
                    options=Signal::stored(options)
                    chosen=Signal::derive(chosen)
                    on_choose=move |id: String| editing.change(|d| d.connection = id.parse().ok())
                />
                <Tick
                    label="Switched on"
                    on=Signal::derive(move || draft.with(|d| d.enabled))
                    on_change=move |on| editing.change(|d| d.enabled = on)
                />
            </div>
        </section>
    }
}

/// The tree with the rule of what is chosen in it, and real rows below.
#[component]
fn SeenCards(editing: Editing, stored: Stored) -> impl IntoView {
    let draft = editing.draft;
    let connections = StoredValue::new(stored.connections());
    let own = Memo::new(move |_| draft.with(|draft| draft.connection));
    let picked = RwSignal::new(connections.with_value(|all| all.first().map(|(id, _)| *id)));
    // A policy for every connection is written while looking at one of them.
    let browsed: Memo<Option<ConnectionId>> = Memo::new(move |_| own.get().or(picked.get()));
    let tree = Tree::new(editing, browsed);
    let options = connections.with_value(|all| {
        all.iter().map(|(id, name)| (id.to_string(), name.clone())).collect::<Vec<_>>()
    });
    let access =
        move || draft.with(|d| if d.access == Access::Deny { "deny" } else { "allow" }).to_owned();
    let set_access = move |key: String| {
        let access = if key == "deny" { Access::Deny } else { Access::Allow };
        editing.change(|draft| draft.access = access);
    };
    let accesses = vec![
        ("allow".to_owned(), "can be read".to_owned()),
        ("deny".to_owned(), "are hidden".to_owned()),
    ];
    view! {
        <section class="card card-wide" aria-labelledby="seen-title">
            <div class="policy-seen-head">
                <h2 id="seen-title">"What they see"</h2>
                <Show when=move || own.get().is_none()>
                    <Pick
                        id="policy-browsed"
                        label="Tables of"
                        options=Signal::stored(options.clone())
                        chosen=Signal::derive(move || picked.get().map(|id| id.to_string()).unwrap_or_default())
                        on_choose=move |id: String| picked.set(id.parse().ok())
                    />
                </Show>
                <Pick
                    id="policy-access"
                    label="Tables without a rule"
                    options=Signal::stored(accesses)
                    chosen=Signal::derive(access)
                    on_choose=set_access
                />
            </div>
            <div class="policy-panes">
                <TreePane tree/>
                <div class="policy-rule">
                    <RulePane editing tree browsed/>
                </div>
            </div>
        </section>
        <PreviewCard editing chosen=tree.chosen browsed people=stored.people/>
    }
}

#[component]
fn Actions(
    editing: Editing,
    edited: Option<PolicyRecord>,
    stored: Stored,
    saving: Sending,
) -> impl IntoView {
    let alive = alive();
    let removing = RwSignal::new(None::<PolicyRecord>);
    let dirty = editing.dirty;
    let waits = Signal::derive(move || !alive.get() || !dirty.get());
    view! {
        <div class="form-actions form-actions-stay">
            <Button kind="submit" weight=Weight::Primary disabled=waits busy=saving.pending>"Save"</Button>
            <Button disabled=waits on:click=move |_| editing.discard()>"Discard changes"</Button>
            <a class="button button-quiet" href="/admin/policies">"Back to the list"</a>
            <span class="form-said muted" role="status">
                {move || dirty.get().then_some("Not saved yet; kept in this browser.")}
            </span>
            {edited
                .map(|record| {
                    let record = StoredValue::new(record);
                    view! {
                        <span class="policy-delete">
                            <Button
                                weight=Weight::Danger
                                glyph=Glyph::Trash
                                on:click=move |_| removing.set(Some(record.get_value()))
                            >
                                "Delete"
                            </Button>
                        </span>
                    }
                })}
        </div>
        <DeleteDialog removing stored/>
    }
}
