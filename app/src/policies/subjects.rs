//! Whom a policy is for: everyone, roles, people; and who is left out.

use super::{
    controls::{Pick, Tick},
    editing::Editing,
    words::{self, People},
};
use crate::ui::{button::IconButton, icon::Glyph};
use leptos::prelude::*;
use model::{
    id::UserId,
    policy::{PolicyDraft, Subjects},
    role::Role,
};

#[component]
pub fn SubjectsCard(editing: Editing, people: StoredValue<People>) -> impl IntoView {
    let said = move || {
        people.with_value(|people| editing.draft.with(|draft| words::applies(draft, people)))
    };
    view! {
        <section class="card card-wide" aria-labelledby="subjects-title">
            <h2 id="subjects-title">"Whom it is for"</h2>
            <div class="policy-subjects">
                <Picker title="Applies to" name="applies" editing people side=Side::AppliesTo/>
                <Picker title="Except" name="except" editing people side=Side::Except/>
            </div>
            <p class="policy-said" role="status">{said}"."</p>
        </section>
    }
}

/// Which of the two lists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    AppliesTo,
    Except,
}

impl Side {
    fn of(self, draft: &PolicyDraft) -> &Subjects {
        if self == Self::AppliesTo { &draft.applies_to } else { &draft.except }
    }

    fn of_mut(self, draft: &mut PolicyDraft) -> &mut Subjects {
        if self == Self::AppliesTo { &mut draft.applies_to } else { &mut draft.except }
    }
}

#[component]
fn Picker(
    title: &'static str,
    name: &'static str,
    editing: Editing,
    people: StoredValue<People>,
    side: Side,
) -> impl IntoView {
    let draft = editing.draft;
    let everyone = Memo::new(move |_| draft.with(|draft| side.of(draft).everyone));
    let users = Memo::new(move |_| draft.with(|draft| side.of(draft).users.clone()));
    let roles = Role::ALL
        .into_iter()
        .map(|role| {
            let on = move || draft.with(|draft| side.of(draft).roles.contains(&role));
            let set = move |on: bool| {
                editing.change(|draft| set_role(side.of_mut(draft), role, on));
            };
            let plural = words::plural(role);
            view! { <Tick label=plural on=Signal::derive(on) on_change=set/> }
        })
        .collect_view();
    let rest = move || {
        let chosen = users.get();
        let others = people.with_value(|people| {
            let free = people.iter().filter(|(id, _)| !chosen.contains(id));
            free.map(|(id, name)| (id.to_string(), name.clone())).collect::<Vec<_>>()
        });
        [(String::new(), "Add a person…".to_owned())].into_iter().chain(others).collect::<Vec<_>>()
    };
    let add = move |id: String| {
        if let Ok(user) = id.parse::<UserId>() {
            editing.change(|draft| side.of_mut(draft).users.push(user));
        }
    };
    view! {
        <fieldset class="field policy-picker">
            <legend>{title}</legend>
            {(side == Side::AppliesTo)
                .then(|| {
                    let set = move |on| editing.change(|draft| side.of_mut(draft).everyone = on);
                    view! { <Tick label="everyone" on=everyone on_change=set/> }
                })}
            <Show when=move || !everyone.get() fallback=|| ()>
                <div class="policy-people">
                    <For
                        each=move || users.get()
                        key=|user| *user
                        children=move |user| {
                            view! { <PersonChip user side editing people/> }
                        }
                    />
                </div>
            </Show>
            <div class="policy-roles" class:policy-dim=move || everyone.get()>{roles}</div>
            <Pick
                id=format!("{name}-person")
                label=format!("{title}: add a person")
                bare=true
                options=Signal::derive(rest)
                chosen=Signal::stored(String::new())
                on_choose=add
            />
        </fieldset>
    }
}

#[component]
fn PersonChip(
    user: UserId,
    side: Side,
    editing: Editing,
    people: StoredValue<People>,
) -> impl IntoView {
    let name = people.with_value(|people| words::name(user, people));
    let remove = move |_| {
        editing.change(|draft| side.of_mut(draft).users.retain(|other| *other != user));
    };
    view! {
        <span class="policy-chip">
            <span>{name.clone()}</span>
            <IconButton glyph=Glyph::Close label=format!("Remove {name}") on:click=remove/>
        </span>
    }
}

/// Roles stay in their order.
fn set_role(subjects: &mut Subjects, role: Role, on: bool) {
    subjects.roles.retain(|other| *other != role);
    if on {
        subjects.roles.push(role);
        subjects.roles.sort();
    }
}
