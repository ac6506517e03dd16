//! `/admin/connections`: the workspace's databases. `?new` opens an empty form, `?edit=<id>` a filled one,
//! so that both survive a reload and have an address.

use super::{api::list_connections, fields::Fields, form::ConnectionForm, list::ConnectionList};
use crate::{
    error::AppError,
    ide::state::Ide,
    pages::{form::ProblemText, frame::Page},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{connection::ConnectionView, id::ConnectionId, role::Role};

const HELP: &str = "The databases that people of this workspace can ask and query. Passwords and keys are sealed before they are stored \
    and never shown again. Give Querent an account that may only read: it also opens read-only sessions wherever the database has them.";

#[component]
pub fn ConnectionsPage() -> impl IntoView {
    view! {
        <Page
            title="Connections"
            help=HELP
            role=Role::Admin
            content=|_| view! { <Connections/> }.into_any()
        />
    }
}

/// What the page shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    List,
    New,
    Edit(ConnectionId),
}

/// The page's list, to be read again after a change.
#[derive(Clone, Copy)]
pub struct Stored {
    pub all: Resource<Result<Vec<ConnectionView>, AppError>>,
    ide: Ide,
}

impl Stored {
    /// Something changed: reads the list again, here and in the IDE.
    pub fn changed(self) {
        self.all.refetch();
        self.ide.reload_connections();
    }
}

#[component]
fn Connections() -> impl IntoView {
    let query = use_query_map();
    let shown = Memo::new(move |_| {
        query.with(|query| match query.get_str("edit").and_then(|id| id.parse().ok()) {
            Some(id) => Shown::Edit(id),
            None if query.get_str("new").is_some() => Shown::New,
            None => Shown::List,
        })
    });
    let stored = Stored { all: Resource::new(|| (), |()| list_connections()), ide: Ide::get() };
    view! {
        <Transition fallback=|| view! { <p class="loading">"Reading the list…"</p> }>
            {move || {
                let shown = shown.get();
                Suspend::new(async move {
                    match stored.all.await {
                        Ok(list) => content(shown, list, stored),
                        Err(error) => view! { <ProblemText problem=error.0/> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}

fn content(shown: Shown, list: Vec<ConnectionView>, stored: Stored) -> AnyView {
    let edited = match shown {
        Shown::Edit(id) => list.iter().find(|one| one.id == id).cloned(),
        _ => None,
    };
    match (shown, edited) {
        (Shown::New, _) => {
            view! { <ConnectionForm fields=Fields::empty() edited=None stored=stored/> }.into_any()
        }
        (_, Some(view)) => {
            view! { <ConnectionForm fields=Fields::of(&view) edited=Some(view) stored=stored/> }
                .into_any()
        }
        _ => view! { <ConnectionList list=list stored=stored/> }.into_any(),
    }
}
