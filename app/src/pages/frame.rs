//! The frame of every page beside the IDE: who is signed in, where one can go, a heading and the
//! page's help.

use super::{form::Sending, help::Help, next::escaped};
use crate::{
    browser,
    session::Session,
    ui::{
        button::{Button, Weight},
        empty::Empty,
        icon::{Glyph, Icon},
    },
    users::api::log_out,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::Redirect, hooks::use_location};
use model::{account::Person, role::Role};

/// A page for people with at least `role`. Strangers are sent to sign in, a one-time password is
/// changed first, and too small a role is told what it would take.
#[component]
pub fn Page(
    title: &'static str,
    /// Two or three sentences: what the page does.
    help: &'static str,
    role: Role,
    content: fn(Person) -> AnyView,
) -> impl IntoView {
    let body = match Session::get().person() {
        Some(person) if !person.must_change_password => framed(title, help, role, content, person),
        _ => view! { <ToLogin/> }.into_any(),
    };
    view! {
        <Title text=format!("{title} · Querent")/>
        {body}
    }
}

#[component]
fn ToLogin() -> impl IntoView {
    let location = use_location();
    let path = location.pathname.get_untracked();
    let search = location.search.get_untracked();
    let here = if search.is_empty() { path } else { format!("{path}?{search}") };
    view! { <Redirect path=format!("/login?next={}", escaped(&here))/> }
}

fn framed(
    title: &'static str,
    help: &'static str,
    role: Role,
    content: fn(Person) -> AnyView,
    person: Person,
) -> AnyView {
    let allowed = person.role >= role;
    let body = if allowed {
        content(person.clone())
    } else {
        view! { <TooSmallRole needed=role has=person.role/> }.into_any()
    };
    view! {
        <div class="page">
            <a class="skip-link" href="#content">"Skip to the content"</a>
            <PageNav person=person/>
            <main class="page-main" id="content" tabindex="-1">
                <header class="page-head">
                    <h1>{title}</h1>
                    <Help text=help/>
                </header>
                {body}
            </main>
        </div>
    }
    .into_any()
}

#[component]
fn TooSmallRole(needed: Role, has: Role) -> impl IntoView {
    view! {
        <Empty
            glyph=Glyph::Lock
            title=format!("This page is for the role {needed}")
            text=format!(
                "Your role in this workspace is {has}. An administrator can change that on the users page.",
            )
        >
            <a class="button" href="/">"Back to the editor"</a>
        </Empty>
    }
}

/// The navigation beside every page; its second part is for administrators.
#[component]
fn PageNav(person: Person) -> impl IntoView {
    let admin = person.role >= Role::Admin;
    view! {
        <nav class="page-nav" aria-label="Pages">
            <a class="page-brand" href="/"><Icon glyph=Glyph::Database/> "Querent"</a>
            <NavGroup
                title="Work"
                links=&[("/", "Editor", Glyph::Code), ("/history", "History", Glyph::History)]
            />
            {admin
                .then(|| {
                    view! {
                        <NavGroup
                            title="Administration"
                            links=&[
                                ("/admin/connections", "Connections", Glyph::Plug),
                                ("/admin/policies", "Policies", Glyph::Shield),
                                ("/admin/users", "Users", Glyph::Users),
                                ("/admin/models", "Model", Glyph::Model),
                            ]
                        />
                    }
                })}
            <NavGroup title="You" links=&[("/settings", "Settings", Glyph::Settings)]/>
            <div class="page-person">
                <span class="page-person-name" title=person.email>{person.name}</span>
                <span class="page-person-place">{person.workspace_name}", "{person.role.name()}</span>
                <LogOut/>
            </div>
        </nav>
    }
}

#[component]
fn NavGroup(
    title: &'static str,
    links: &'static [(&'static str, &'static str, Glyph)],
) -> impl IntoView {
    let path = use_location().pathname;
    let links = links
        .iter()
        .map(|(href, label, glyph)| {
            let current = move || (path.get() == *href).then_some("page");
            view! { <li><a href=*href aria-current=current><Icon glyph=*glyph/> {*label}</a></li> }
        })
        .collect_view();
    view! {
        <div class="page-nav-group">
            <p class="page-nav-title">{title}</p>
            <ul>{links}</ul>
        </div>
    }
}

/// Ends the session and goes to the sign-in page.
#[component]
fn LogOut() -> impl IntoView {
    let sending = Sending::new();
    view! {
        <Button
            small=true
            weight=Weight::Ghost
            glyph=Glyph::LogOut
            busy=sending.pending
            on:click=move |_| sending.send(log_out(), |()| browser::go("/login"))
        >
            "Sign out"
        </Button>
    }
}
