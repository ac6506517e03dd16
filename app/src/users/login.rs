//! `/login?next=`: signing in, and choosing a password of one's own after a one-time one.

use super::{
    api::{change_password, current_person, log_in, log_out, needs_set_up},
    auth::{AuthCard, PASSWORD_HELP},
};
use crate::pages::{
    browser::{leave_for, safe_next},
    form::{PasswordField, ProblemNote, Sending, alive, text_of},
};
use leptos::{html::Input, prelude::*};
use leptos_router::{components::Redirect, hooks::use_query_map};

/// The page. Somebody who is signed in already is sent on.
#[component]
pub fn LoginPage() -> impl IntoView {
    let query = use_query_map();
    let next = Memo::new(move |_| query.with(|query| safe_next(query.get_str("next"))));
    let state = Resource::new_blocking(|| (), |()| async {
        let person = current_person().await.ok().flatten();
        let waiting = person.is_none() && needs_set_up().await.unwrap_or(false);
        (person, waiting)
    });
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match state.await {
                    (Some(person), _) if person.must_change_password => {
                        view! { <OwnPassword current=None next=next.get_untracked()/> }.into_any()
                    }
                    (Some(_), _) => view! { <Redirect path=next.get_untracked()/> }.into_any(),
                    (None, waiting) => view! { <LogIn next=next.get_untracked() waiting=waiting/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The form, and after a one-time password the next one.
#[component]
fn LogIn(next: String, waiting: bool) -> impl IntoView {
    let one_time = RwSignal::new(None::<String>);
    move || match one_time.get() {
        Some(password) => {
            view! { <OwnPassword current=Some(password) next=next.clone()/> }.into_any()
        }
        None => view! { <LogInForm next=next.clone() waiting=waiting one_time=one_time/> }.into_any(),
    }
}

#[component]
fn LogInForm(next: String, waiting: bool, one_time: RwSignal<Option<String>>) -> impl IntoView {
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
                leave_for(&next);
            }
        });
    };
    view! {
        <AuthCard title="Sign in">
            {waiting
                .then(|| {
                    view! {
                        <div class="note note-info">
                            <strong>"This installation has no administrator yet."</strong>
                            <span>
                                "Open the set-up address that the server printed when it started."
                            </span>
                        </div>
                    }
                })}
            <form class="form" method="post" on:submit=submit>
                <div class="field">
                    <label class="field-label" for="email">"E-mail"</label>
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
                <button
                    class="button button-primary button-wide"
                    disabled=move || !alive.get() || sending.pending.get()
                >
                    {move || if sending.pending.get() { "Signing in…" } else { "Sign in" }}
                </button>
            </form>
            <p class="auth-foot">
                "Forgotten the password? An administrator of your workspace can give you a link to choose a new one."
            </p>
        </AuthCard>
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
        sending.send(change_password(old, text_of(new)), move |()| leave_for(&next));
    };
    let leave = move |_| sending.send(log_out(), |()| leave_for("/login"));
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
                <button
                    class="button button-primary button-wide"
                    disabled=move || !alive.get() || sending.pending.get()
                >
                    {move || if sending.pending.get() { "Saving…" } else { "Save and go on" }}
                </button>
            </form>
            <p class="auth-foot">
                <button type="button" class="link" on:click=leave>"Sign in as somebody else"</button>
            </p>
        </AuthCard>
    }
}
