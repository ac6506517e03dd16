//! `/admin/users`: who is in the workspace and what they may do.

use super::{
    api::{invite_member, list_members},
    member_row::MemberRow,
};
use crate::{
    error::AppError,
    pages::{
        form::{CopyButton, ProblemNote, ProblemText, Sending, alive, clear, text_of},
        frame::Page,
        when::When,
    },
    ui::{
        button::{Button, Weight},
        icon::{Glyph, Icon},
    },
};
use leptos::{html::Input, prelude::*, web_sys};
use model::{
    account::{AccountLink, Member, MemberState, Person},
    role::Role,
};

const HELP: &str = "People of this workspace and their roles. An invitation is a link that you hand over yourself: \
    it works once, for the address you name. A change of role or a disabled account takes effect with the person's next click.";

#[component]
pub fn UsersPage() -> impl IntoView {
    view! {
        <Page
            title="Users"
            help=HELP
            role=Role::Admin
            content=|person| view! { <Users person=person/> }.into_any()
        />
    }
}

/// A link that was just made, with whom it is for. The server does not keep its text.
#[derive(Clone, PartialEq)]
pub struct FreshLink {
    pub email: String,
    pub what: &'static str,
    pub link: AccountLink,
}

/// The page's members and what rows need to change them.
#[derive(Clone, Copy)]
pub struct Members {
    pub all: Resource<Result<Vec<Member>, AppError>>,
    pub sending: Sending,
    pub link: RwSignal<Option<FreshLink>>,
}

#[component]
fn Users(person: Person) -> impl IntoView {
    let members = Members {
        all: Resource::new(|| (), |()| list_members()),
        sending: Sending::new(),
        link: RwSignal::new(None),
    };
    let me = StoredValue::new(person);
    view! {
        <Invite members=members/>
        <LinkShown link=members.link/>
        <ProblemNote problem=members.sending.problem/>
        <Transition fallback=|| view! { <p class="loading">"Reading the list…"</p> }>
            {move || Suspend::new(async move {
                match members.all.await {
                    Ok(list) => view! { <MemberTable list=list me=me.get_value() members=members/> }.into_any(),
                    Err(error) => view! { <ProblemText problem=error.0/> }.into_any(),
                }
            })}
        </Transition>
        <RoleGuide/>
    }
}

#[component]
fn MemberTable(list: Vec<Member>, me: Person, members: Members) -> impl IntoView {
    let admins = list
        .iter()
        .filter(|member| member.role == Role::Admin && member.state == MemberState::Active)
        .count();
    let rows = list
        .into_iter()
        .map(|member| {
            let last_admin =
                admins == 1 && member.role == Role::Admin && member.state == MemberState::Active;
            let myself = member.user == me.user;
            view! { <MemberRow member=member myself=myself last_admin=last_admin members=members/> }
        })
        .collect_view();
    view! {
        <div class="table-frame">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Person"</th>
                        <th scope="col">"Role"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Last seen"</th>
                        <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Invite(members: Members) -> impl IntoView {
    let (email, name) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let role = RwSignal::new(Role::Analyst);
    let (sending, alive) = (Sending::new(), alive());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let address = text_of(email).trim().to_owned();
        let request =
            invite_member(address.clone(), text_of(name).trim().to_owned(), role.get_untracked());
        sending.send(request, move |link| {
            members.link.set(Some(FreshLink { email: address, what: "Invitation", link }));
            members.all.refetch();
            clear(&[email, name]);
        });
    };
    view! {
        <section class="card card-wide" aria-labelledby="invite-title">
            <h2 id="invite-title">"Invite somebody"</h2>
            <form class="form-row" on:submit=submit>
                <div class="field field-grow">
                    <label for="invite-email">"E-mail"</label>
                    <input node_ref=email class="input" id="invite-email" type="email" autocomplete="off" required/>
                </div>
                <div class="field field-grow">
                    <label for="invite-name">"Name"</label>
                    <input node_ref=name class="input" id="invite-name" autocomplete="off" maxlength="100" required/>
                </div>
                <div class="field">
                    <label for="invite-role">"Role"</label>
                    <RoleSelect id="invite-role".to_owned() value=Role::Analyst on_change=move |chosen| role.set(chosen)/>
                </div>
                <Button
                    kind="submit"
                    weight=Weight::Primary
                    disabled=Signal::derive(move || !alive.get())
                    busy=sending.pending
                >
                    "Make invitation link"
                </Button>
            </form>
            <ProblemNote problem=sending.problem/>
        </section>
    }
}

/// A choice of the four roles.
#[component]
pub fn RoleSelect(
    id: String,
    value: Role,
    #[prop(optional)] label: Option<String>,
    #[prop(optional)] disabled: bool,
    on_change: impl Fn(Role) + 'static,
) -> impl IntoView {
    let options = Role::ALL.into_iter().map(|role| {
        view! { <option value=role.name() selected=role == value>{role.name()}</option> }
    });
    let options = options.collect_view();
    view! {
        <select
            class="input select"
            id=id
            aria-label=label
            disabled=disabled
            on:change=move |event| {
                if let Ok(role) = event_target_value(&event).parse() {
                    on_change(role);
                }
            }
        >
            {options}
        </select>
    }
}

/// The new link, once: with its whole address, a copy button and its end.
#[component]
fn LinkShown(link: RwSignal<Option<FreshLink>>) -> impl IntoView {
    view! {
        <div aria-live="polite">
            {move || {
                link.get()
                    .map(|fresh| {
                        let address = format!("{}{}", origin(), fresh.link.path);
                        view! {
                            <section class="notice note note-good link-shown">
                                <Icon glyph=Glyph::Mail/>
                                <div class="notice-text">
                                    <p class="notice-message">{fresh.what}" link for "{fresh.email}</p>
                                    <p>
                                        "Hand it over yourself, for instance by e-mail. It is shown only now, works once, and ends "
                                        <When at=fresh.link.expires_at/> "."
                                    </p>
                                    <div class="input-with-button">
                                        <input class="input mono" aria-label="Link" readonly value=address.clone()/>
                                        <CopyButton text=address label="Copy link"/>
                                    </div>
                                </div>
                                <Button small=true weight=Weight::Ghost on:click=move |_| link.set(None)>
                                    "Done"
                                </Button>
                            </section>
                        }
                    })
            }}
        </div>
    }
}

/// `https://querent.example`; empty on the server, where no link is shown.
fn origin() -> String {
    web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

#[component]
fn RoleGuide() -> impl IntoView {
    view! {
        <section class="guide" aria-labelledby="roles-title">
            <h2 id="roles-title">"What the roles may do"</h2>
            <dl>
                <dt>"viewer"</dt>
                <dd>"Looks at schemas and at their own history."</dd>
                <dt>"analyst"</dt>
                <dd>"Also asks questions and runs statements that read."</dd>
                <dt>"approver"</dt>
                <dd>"Also accepts or rejects writes that others propose."</dd>
                <dt>"admin"</dt>
                <dd>"Also manages connections, policies, users and models. A workspace always keeps one."</dd>
            </dl>
        </section>
    }
}
