//! `/settings`: a person's password, sessions and appearance.

use super::theme::{SAVED_NOTE, ThemeChoice};
use crate::{
    pages::{
        browser::leave_for,
        form::{PasswordField, ProblemNote, Sending, alive, text_of},
        frame::Page,
    },
    users::{
        api::{change_password, log_out_everywhere},
        auth::PASSWORD_HELP,
    },
};
use leptos::{html::Input, prelude::*};
use model::{account::Person, role::Role};

const HELP: &str = "Your own account: your password, your sessions, and how Querent looks in this browser. \
    Your name, address and role are kept by the administrators of your workspace.";

#[component]
pub fn SettingsPage() -> impl IntoView {
    view! {
        <Page
            title="Settings"
            help=HELP
            role=Role::Viewer
            content=|person| view! { <Settings person=person/> }.into_any()
        />
    }
}

#[component]
fn Settings(person: Person) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="account-title">
            <h2 id="account-title">"Account"</h2>
            <dl class="facts">
                <dt>"Name"</dt>
                <dd>{person.name}</dd>
                <dt>"E-mail"</dt>
                <dd>{person.email.clone()}</dd>
                <dt>"Workspace"</dt>
                <dd>{person.workspace_name}</dd>
                <dt>"Role"</dt>
                <dd>{person.role.name()}</dd>
            </dl>
        </section>
        <section class="card" aria-labelledby="appearance-title">
            <h2 id="appearance-title">"Appearance"</h2>
            <ThemeChoice/>
        </section>
        <section class="card" aria-labelledby="password-title">
            <h2 id="password-title">"Password"</h2>
            <ChangePassword email=person.email/>
        </section>
        <section class="card" aria-labelledby="sessions-title">
            <h2 id="sessions-title">"Sessions"</h2>
            <p>"Ends your sessions in every browser, this one too. Use it after a lost laptop or a shared computer."</p>
            <LogOutEverywhere/>
        </section>
    }
}

#[component]
fn ChangePassword(email: String) -> impl IntoView {
    let (old, new) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let (sending, alive) = (Sending::new(), alive());
    let saved = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        sending.send(change_password(text_of(old), text_of(new)), move |()| {
            saved.set(true);
            #[cfg(feature = "hydrate")]
            for field in [old, new] {
                if let Some(field) = field.get_untracked() {
                    field.set_value("");
                }
            }
            set_timeout(
                move || {
                    saved.try_set(false);
                },
                SAVED_NOTE,
            );
        });
    };
    view! {
        <form class="form" method="post" on:submit=submit>
            <input type="hidden" name="username" autocomplete="username" value=email/>
            <PasswordField label="Current password" id="current" input=old autocomplete="current-password"/>
            <PasswordField label="New password" id="new" input=new autocomplete="new-password" help=PASSWORD_HELP/>
            <ProblemNote problem=sending.problem/>
            <div class="form-actions">
                <button class="button button-primary" disabled=move || !alive.get() || sending.pending.get()>
                    {move || if sending.pending.get() { "Saving…" } else { "Change password" }}
                </button>
                <span class="form-said" role="status">
                    {move || saved.get().then_some("Changed. Your other sessions have ended.")}
                </span>
            </div>
        </form>
    }
}

#[component]
fn LogOutEverywhere() -> impl IntoView {
    let (sending, alive) = (Sending::new(), alive());
    view! {
        <ProblemNote problem=sending.problem/>
        <button
            type="button"
            class="button"
            disabled=move || !alive.get() || sending.pending.get()
            on:click=move |_| sending.send(log_out_everywhere(), |()| leave_for("/login"))
        >
            "Log out everywhere"
        </button>
    }
}
