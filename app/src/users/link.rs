//! `/join?token=` and `/reset?token=`: choosing a password with a link from an administrator.

use super::{
    api::{accept_link, get_link_purpose},
    auth::{AuthCard, PASSWORD_HELP},
};
use crate::{
    browser,
    pages::form::{Labelled, PasswordField, ProblemNote, ProblemText, Sending, alive, text_of},
    ui::button::{Button, Weight},
};
use leptos::{html::Input, prelude::*};
use leptos_router::hooks::use_query_map;
use model::{
    account::{LinkKind, LinkPurpose},
    error::ProblemCode,
};

/// Both pages: the token says which it is.
#[component]
pub fn LinkPage() -> impl IntoView {
    let query = use_query_map();
    let token = query.with_untracked(|query| query.get("token").unwrap_or_default());
    let purpose = Resource::new_blocking(
        {
            let token = token.clone();
            move || token.clone()
        },
        get_link_purpose,
    );
    view! {
        <Suspense>
            {move || {
                let token = token.clone();
                Suspend::new(async move {
                    match purpose.await {
                        Ok(purpose) => view! { <LinkForm token=token purpose=purpose/> }.into_any(),
                        Err(error) if error.code() == ProblemCode::NotFound => {
                            view! { <Spent/> }.into_any()
                        }
                        Err(error) => {
                            view! {
                                <AuthCard title="This link could not be read">
                                    <ProblemText problem=error.0/>
                                </AuthCard>
                            }
                                .into_any()
                        }
                    }
                })
            }}
        </Suspense>
    }
}

#[component]
fn Spent() -> impl IntoView {
    view! {
        <AuthCard
            title="This link does not work any more"
            lead="It was used already, has run out, or is not complete. Check that you opened the whole address, or ask an administrator for a new link."
        >
            <a class="button" href="/login">"Sign in instead"</a>
        </AuthCard>
    }
}

#[component]
fn LinkForm(token: String, purpose: LinkPurpose) -> impl IntoView {
    let (name, password) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let (sending, alive) = (Sending::new(), alive());
    let joins = purpose.kind == LinkKind::Invite;
    let (title, button, lead) = if joins {
        (
            format!("Join {}", purpose.workspace_name),
            "Join",
            format!("You are invited as {}.", purpose.email),
        )
    } else {
        (
            "Choose a new password".to_owned(),
            "Save and sign in",
            format!("For {}. Your other sessions end.", purpose.email),
        )
    };
    let known_name = purpose.name.clone();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let name = if joins { text_of(name).trim().to_owned() } else { known_name.clone() };
        sending.send(accept_link(token.clone(), name, text_of(password)), |_| browser::go("/"));
    };
    view! {
        <AuthCard title=title lead=lead>
            <form class="form" method="post" on:submit=submit>
                // For password managers: whose password this is.
                <input type="hidden" name="username" autocomplete="username" value=purpose.email/>
                {joins
                    .then(|| {
                        view! {
                            <Labelled label="Your name" id="name">
                                <input
                                    node_ref=name
                                    class="input"
                                    id="name"
                                    name="name"
                                    autocomplete="name"
                                    maxlength="100"
                                    value=purpose.name.clone()
                                    required
                                />
                            </Labelled>
                        }
                    })}
                <PasswordField label="Password" id="password" input=password autocomplete="new-password" help=PASSWORD_HELP/>
                <ProblemNote problem=sending.problem/>
                <Button kind="submit" weight=Weight::Primary disabled=Signal::derive(move || !alive.get()) busy=sending.pending>
                    {button}
                </Button>
            </form>
        </AuthCard>
    }
}
