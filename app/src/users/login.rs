//! `/login?next=`: signing in, and choosing a password of one's own after a one-time one.

use super::{
    api::{change_password, log_in, log_out, needs_set_up},
    auth::{AuthCard, PASSWORD_HELP},
};
use crate::{
    browser,
    pages::{
        form::{PasswordField, ProblemNote, Sending, alive, text_of},
        next::safe_next,
    },
    session::Session,
    ui::{
        button::{Button, Weight},
        icon::{Glyph, Icon},
    },
};
use leptos::{html::Input, prelude::*};
use leptos_router::{components::Redirect, hooks::use_query_map};

/// The page. Somebody who is signed in already is sent on.
#[component]
pub fn LoginPage() -> impl IntoView {
    let query = use_query_map();
    let next = query.with_untracked(|query| safe_next(query.get_str("next")));
    match Session::get().person() {
        Some(person) if person.must_change_password => {
            view! { <OwnPassword current=None next=next/> }.into_any()
        }
        Some(_) => view! { <Redirect path=next/> }.into_any(),
        None => view! { <LogIn next=next/> }.into_any(),
    }
}

/// The form, and after a one-time password the next one.
#[component]
fn LogIn(next: String) -> impl IntoView {
    let one_time = RwSignal::new(None::<String>);
    move || match one_time.get() {
        Some(password) => {
            view! { <OwnPassword current=Some(password) next=next.clone()/> }.into_any()
        }
        None => view! { <LogInForm next=next.clone() one_time=one_time/> }.into_any(),
    }
}

#[component]
fn LogInForm(next: String, one_time: RwSignal<Option<String>>) -> impl IntoView {
    let (email, password) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let (sending, alive) = (Sending::new(), alive());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (typed, next) = (text_of(password), next.clone());
        let used = typed.clone();
        sending.send(log_in(text_of(email).trim().to_owned(), typed), move |person| {
            if person.must_change_password {
                one_time.set(Some(used));
            } else {
                browser::go(&next);
            }
        });
    };
    view! {
        <AuthCard title="Sign in">
            <NoAdminYet/>
            <form class="form" method="post" on:submit=submit>
                <div class="field">
                    <label for="email">"E-mail"</label>
                    <input
                        node_ref=email
                        class="input"
                        id="email"
                        name="email"
                        type="email"
                        autocomplete="username"
                        autofocus
                        required
                    />
                </div>
                <PasswordField label="Password" id="password" input=password autocomplete="current-password"/>
                <ProblemNote problem=sending.problem/>
                <Button kind="submit" weight=Weight::Primary disabled=Signal::derive(move || !alive.get()) busy=sending.pending>
                    "Sign in"
                </Button>
            </form>
            <p class="auth-foot">
                "Forgotten the password? An administrator of your workspace can give you a link to choose a new one."
            </p>
        </AuthCard>
    }
}

/// Says where to go when the installation waits for its first administrator.
#[component]
fn NoAdminYet() -> impl IntoView {
    let waiting = Resource::new_blocking(|| (), |()| needs_set_up());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                (waiting.await == Ok(true))
                    .then(|| {
                        view! {
                            <div class="notice note note-info">
                                <Icon glyph=Glyph::Info/>
                                <div class="notice-text">
                                    <p class="notice-message">"This installation has no administrator yet."</p>
                                    <p>"Open the set-up address that the server printed when it started."</p>
                                </div>
                            </div>
                        }
                    })
            })}
        </Suspense>
    }
}

/// Replaces a one-time password. `current` is known right after signing in, and asked for after a reload.
#[component]
fn OwnPassword(current: Option<String>, next: String) -> impl IntoView {
    let (old, new) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let (sending, alive) = (Sending::new(), alive());
    let ask_old = current.is_none();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let next = next.clone();
        let old = current.clone().unwrap_or_else(|| text_of(old));
        sending.send(change_password(old, text_of(new)), move |()| browser::go(&next));
    };
    let leave = move |_| sending.send(log_out(), |()| browser::go("/login"));
    Effect::new(move || {
        if let Some(first) = if ask_old { old } else { new }.get() {
            drop(first.focus());
        }
    });
    view! {
        <AuthCard
            title="Choose your password"
            lead="You signed in with a one-time password. Replace it with your own to go on."
        >
            <form class="form" method="post" on:submit=submit>
                {ask_old
                    .then(|| {
                        view! {
                            <PasswordField
                                label="One-time password"
                                id="current"
                                input=old
                                autocomplete="current-password"
                            />
                        }
                    })}
                <PasswordField
                    label="New password"
                    id="new"
                    input=new
                    autocomplete="new-password"
                    help=PASSWORD_HELP
                />
                <ProblemNote problem=sending.problem/>
                <Button kind="submit" weight=Weight::Primary disabled=Signal::derive(move || !alive.get()) busy=sending.pending>
                    "Save and go on"
                </Button>
            </form>
            <p class="auth-foot">
                <button type="button" class="link" on:click=leave>"Sign in as somebody else"</button>
            </p>
        </AuthCard>
    }
}
