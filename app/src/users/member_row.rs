//! One person on the users page, with what an administrator may change about them.

use super::{
    api::{make_reset_link, set_member_enabled, set_member_role},
    page::{FreshLink, Members, RoleSelect},
};
use crate::{
    pages::when::When,
    ui::{
        badge::{Badge, Tone},
        button::Button,
    },
};
use leptos::prelude::*;
use model::{
    account::{Member, MemberState},
    role::Role,
};

/// `myself` and `last_admin` cannot be made less: the row says why.
#[component]
pub fn MemberRow(
    member: Member,
    myself: bool,
    last_admin: bool,
    members: Members,
) -> impl IntoView {
    let user = member.user;
    let reason = fixed_because(myself, last_admin);
    let change_role = move |role: Role| {
        members.sending.send(set_member_role(user, role), |()| {});
        // Whatever came of it, show what the server has.
        refetch_when_sent(members);
    };
    view! {
        <tr class:row-muted=member.state == MemberState::Disabled>
            <td>
                <div class="cell-two">
                    <span class="cell-main">
                        {member.name.clone()} {myself.then(|| view! { <Badge>"you"</Badge> })}
                    </span>
                    <span class="cell-sub">{member.email.clone()}</span>
                </div>
            </td>
            <td>
                <RoleSelect
                    id=format!("role-{user}")
                    value=member.role
                    label=format!("Role of {}", member.email)
                    disabled=reason.is_some()
                    on_change=change_role
                />
                {reason.map(|reason| view! { <p class="cell-note">{reason}</p> })}
            </td>
            <td><StateBadge state=member.state/></td>
            <td>
                {match member.last_seen_at.clone() {
                    Some(at) => view! { <When at=at/> }.into_any(),
                    None => view! { <span class="muted">"never"</span> }.into_any(),
                }}
            </td>
            <td class="cell-actions"><Actions member=member.clone() fixed=reason.is_some() members=members/></td>
        </tr>
    }
}

fn fixed_because(myself: bool, last_admin: bool) -> Option<&'static str> {
    match (myself, last_admin) {
        (_, true) => Some("The last admin: make somebody else admin first."),
        (true, false) => Some("Another admin can change your role."),
        _ => None,
    }
}

#[component]
fn StateBadge(state: MemberState) -> impl IntoView {
    let (tone, text) = match state {
        MemberState::Active => (Tone::Good, "Active"),
        MemberState::Invited => (Tone::Accent, "Invited"),
        MemberState::Disabled => (Tone::Neutral, "Disabled"),
    };
    view! { <Badge tone=tone>{text}</Badge> }
}

#[component]
fn Actions(member: Member, fixed: bool, members: Members) -> impl IntoView {
    let (user, state) = (member.user, member.state);
    let email = StoredValue::new(member.email.clone());
    let sending = members.sending;
    let new_link = move |_| {
        let what = if state == MemberState::Invited { "Invitation" } else { "Password" };
        sending.send(make_reset_link(user), move |link| {
            members.link.set(Some(FreshLink { email: email.get_value(), what, link }));
        });
    };
    let switch = move |_| {
        let enable = state == MemberState::Disabled;
        sending.send(set_member_enabled(user, enable), move |()| members.all.refetch());
    };
    let link_label = if state == MemberState::Invited { "New link" } else { "Reset link" };
    let switch_label = if state == MemberState::Disabled { "Enable" } else { "Disable" };
    view! {
        {(state != MemberState::Disabled)
            .then(|| {
                view! {
                    <Button
                        small=true
                        disabled=sending.pending
                        attr:aria-label=format!("{link_label} for {}", member.email)
                        on:click=new_link
                    >
                        {link_label}
                    </Button>
                }
            })}
        <Button
            small=true
            disabled=Signal::derive(move || fixed || sending.pending.get())
            attr:aria-label=format!("{switch_label} {}", member.email)
            on:click=switch
        >
            {switch_label}
        </Button>
    }
}

/// Reads the list again as soon as the request under way has ended, well or not.
fn refetch_when_sent(members: Members) {
    Effect::new(move |was: Option<bool>| {
        let pending = members.sending.pending.get();
        if was == Some(true) && !pending {
            members.all.refetch();
        }
        pending
    });
}
