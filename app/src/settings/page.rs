//! `/settings`: a person's password, sessions and appearance.

use crate::{
    browser,
    pages::{
        form::{PasswordField, ProblemNote, Sending, alive, clear, text_of},
        frame::Page,
    },
    ui::{
        button::{Button, Weight},
        choice::{Segment, Segments},
        icon::Glyph,
        theme::{Choice, Theme},
        toast::Toasts,
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
    let toasts = Toasts::get();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        sending.send(change_password(text_of(old), text_of(new)), move |()| {
            clear(&[old, new]);
            toasts.good("Your password is changed. Your other sessions have ended.");
        });
    };
    view! {
        <form class="form" method="post" on:submit=submit>
            <input type="hidden" name="username" autocomplete="username" value=email/>
            <PasswordField label="Current password" id="current" input=old autocomplete="current-password"/>
            <PasswordField label="New password" id="new" input=new autocomplete="new-password" help=PASSWORD_HELP/>
            <ProblemNote problem=sending.problem/>
            <div class="form-actions">
                <Button
                    kind="submit"
                    weight=Weight::Primary
                    disabled=Signal::derive(move || !alive.get())
                    busy=sending.pending
                >
                    "Change password"
                </Button>
            </div>
        </form>
    }
}

#[component]
fn LogOutEverywhere() -> impl IntoView {
    let (sending, alive) = (Sending::new(), alive());
    view! {
        <ProblemNote problem=sending.problem/>
        <Button
            disabled=Signal::derive(move || !alive.get())
            busy=sending.pending
            on:click=move |_| sending.send(log_out_everywhere(), |()| browser::go("/login"))
        >
            "Sign out everywhere"
        </Button>
    }
}

/// Light, dark, or as the system has it, in this browser.
#[component]
fn ThemeChoice() -> impl IntoView {
    let theme = Theme::get();
    let segments = [
        (Choice::System, "As the system", Glyph::Monitor),
        (Choice::Light, "Light", Glyph::Sun),
        (Choice::Dark, "Dark", Glyph::Moon),
    ]
    .map(|(choice, label, glyph)| Segment {
        key: choice.name().to_owned(),
        label: label.to_owned(),
        glyph: Some(glyph),
    });
    view! {
        <Segments
            label="Theme"
            name="theme"
            segments=Signal::stored(segments.to_vec())
            chosen=Signal::derive(move || theme.choice.get().name().to_owned())
            on_choose=Callback::new(move |name: String| theme.choose(Choice::of(&name)))
        />
    }
}
