//! `/setup?token=`: the first workspace and its administrator.

use super::{
    api::{needs_set_up, set_up},
    auth::{AuthCard, PASSWORD_HELP},
};
use crate::{
    browser,
    pages::form::{Labelled, PasswordField, ProblemNote, Sending, alive, text_of},
    ui::button::{Button, Weight},
};
use leptos::{html::Input, prelude::*};
use leptos_router::hooks::use_query_map;

/// The page; when there is an administrator already it says so.
#[component]
pub fn SetUpPage() -> impl IntoView {
    let query = use_query_map();
    let token = query.with_untracked(|query| query.get("token").unwrap_or_default());
    let waiting = Resource::new_blocking(|| (), |()| needs_set_up());
    view! {
        <Suspense>
            {move || {
                let token = token.clone();
                Suspend::new(async move {
                    match (waiting.await, token.is_empty()) {
                        (Ok(false), _) => view! { <AlreadyDone/> }.into_any(),
                        (_, true) => view! { <NoToken/> }.into_any(),
                        _ => view! { <SetUpForm token=token/> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

#[component]
fn AlreadyDone() -> impl IntoView {
    view! {
        <AuthCard title="Already set up" lead="This installation has its administrator.">
            <a class="button button-primary" href="/login">"Sign in"</a>
        </AuthCard>
    }
}

#[component]
fn NoToken() -> impl IntoView {
    view! {
        <AuthCard
            title="Set up Querent"
            lead="Open the whole set-up address that the server printed when it started: it ends in ?token=… and proves that you run this server."
        >
            <span></span>
        </AuthCard>
    }
}

#[component]
fn SetUpForm(token: String) -> impl IntoView {
    let fields: [NodeRef<Input>; 4] = std::array::from_fn(|_| NodeRef::new());
    let [workspace, name, email, password] = fields;
    let (sending, alive) = (Sending::new(), alive());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = |field| text_of(field).trim().to_owned();
        let request =
            set_up(token.clone(), text(workspace), text(name), text(email), text_of(password));
        sending.send(request, |_| browser::go("/"));
    };
    view! {
        <AuthCard
            title="Set up Querent"
            lead="Make the first workspace and its administrator. Other people are invited later."
        >
            <form class="form" method="post" on:submit=submit>
                <Labelled label="Workspace" id="workspace" help="A team or company: what your databases and people belong to.">
                    <input
                        node_ref=workspace
                        class="input"
                        id="workspace"
                        name="workspace"
                        autocomplete="organization"
                        aria-describedby="workspace-help"
                        maxlength="100"
                        autofocus
                        required
                    />
                </Labelled>
                <Labelled label="Your name" id="name">
                    <input node_ref=name class="input" id="name" name="name" autocomplete="name" maxlength="100" required/>
                </Labelled>
                <Labelled label="E-mail" id="email">
                    <input node_ref=email class="input" id="email" name="email" type="email" autocomplete="username" required/>
                </Labelled>
                <PasswordField label="Password" id="password" input=password autocomplete="new-password" help=PASSWORD_HELP/>
                <ProblemNote problem=sending.problem/>
                <Button kind="submit" weight=Weight::Primary disabled=Signal::derive(move || !alive.get()) busy=sending.pending>
                    "Set up"
                </Button>
            </form>
        </AuthCard>
    }
}
