//! `/admin/policies`: who may see what. `?new` opens an empty policy, `?edit=<id>` a stored one,
//! `?sensitive=<connection>` what looks sensitive, `?view` looks as somebody, `?changes` is the log.

use super::{
    api::{get_policy, list_policies},
    changes::ChangesPage,
    effective::ViewAsPage,
    form::PolicyForm,
    list::PolicyList,
    sensitive::SensitivePage,
    words::People,
};
use crate::{
    connections::api::list_connections,
    error::AppError,
    pages::{form::ProblemText, frame::Page},
    ui::{empty::Empty, icon::Glyph},
    users::api::list_members,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    error::ProblemCode,
    id::{ConnectionId, PolicyId},
    policy::PolicyRecord,
    role::Role,
};

const HELP: &str = "A policy hides tables, filters rows, and masks or leaves out columns for the people it is for. The database is asked \
    with the masked values only, so a hidden value cannot be guessed by filtering or sorting either. All policies that are for a person add up.";

#[component]
pub fn PoliciesPage() -> impl IntoView {
    view! {
        <Page
            title="Policies"
            help=HELP
            role=Role::Admin
            content=|_| view! { <Policies/> }.into_any()
        />
    }
}

/// What the page shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    List,
    New,
    Edit(PolicyId),
    Sensitive(ConnectionId),
    ViewAs,
    Changes,
}

/// What every part of the page needs to know. `Copy`.
#[derive(Clone, Copy)]
pub struct Stored {
    pub policies: Resource<Result<Vec<PolicyRecord>, AppError>>,
    pub people: StoredValue<People>,
    connections: StoredValue<Vec<(ConnectionId, String)>>,
}

impl Stored {
    /// Ids and names, as they are listed.
    #[must_use]
    pub fn connections(self) -> Vec<(ConnectionId, String)> {
        self.connections.get_value()
    }

    #[must_use]
    pub fn connection_name(self, id: Option<ConnectionId>) -> String {
        let Some(id) = id else { return "Every connection".into() };
        self.connections.with_value(|all| {
            let found = all.iter().find(|(known, _)| *known == id);
            found.map_or_else(|| "A deleted connection".to_owned(), |(_, name)| name.clone())
        })
    }
}

#[component]
fn Policies() -> impl IntoView {
    let query = use_query_map();
    let shown = Memo::new(move |_| {
        query.with(|query| {
            let id = |name| query.get_str(name).and_then(|id| id.parse().ok());
            let sensitive = query.get_str("sensitive").and_then(|id| id.parse().ok());
            let has = |name| query.get_str(name).is_some();
            match (id("edit"), sensitive) {
                (Some(id), _) => Shown::Edit(id),
                (None, Some(connection)) => Shown::Sensitive(connection),
                _ if has("new") => Shown::New,
                _ if has("view") => Shown::ViewAs,
                _ if has("changes") => Shown::Changes,
                _ => Shown::List,
            }
        })
    });
    // Read anew whenever the list is gone to: others write policies as well.
    let policies = Resource::new(
        move || shown.get() == Shown::List,
        |wanted| async move { if wanted { list_policies().await } else { Ok(Vec::new()) } },
    );
    let connections = Resource::new(|| (), |()| list_connections());
    let members = Resource::new(|| (), |()| list_members());
    let stored = Stored {
        policies,
        people: StoredValue::new(Vec::new()),
        connections: StoredValue::new(Vec::new()),
    };
    view! {
        <Transition fallback=|| view! { <p class="loading">"Reading the policies…"</p> }>
            {move || {
                let shown = shown.get();
                Suspend::new(async move {
                    let read = async {
                        let (list, connections) = (policies.await?, connections.await?);
                        Ok::<_, AppError>((list, connections, members.await?))
                    };
                    match read.await {
                        Ok((list, connections, members)) => {
                            let named = connections.into_iter().map(|one| (one.id, one.name));
                            stored.connections.set_value(named.collect());
                            let people = members.into_iter().map(|one| (one.user, one.name));
                            stored.people.set_value(people.collect());
                            content(shown, list, stored)
                        }
                        Err(error) => view! { <ProblemText problem=error.0/> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}

fn content(shown: Shown, list: Vec<PolicyRecord>, stored: Stored) -> AnyView {
    match shown {
        Shown::List => view! { <PolicyList list stored/> }.into_any(),
        Shown::New => view! { <PolicyForm edited=None stored/> }.into_any(),
        Shown::Edit(id) => view! { <EditPage id stored/> }.into_any(),
        Shown::Sensitive(connection) => {
            let name = stored.connection_name(Some(connection));
            view! { <SensitivePage connection name/> }.into_any()
        }
        Shown::ViewAs => view! { <ViewAsPage stored/> }.into_any(),
        Shown::Changes => view! { <ChangesPage/> }.into_any(),
    }
}

/// The stored policy as it is now.
#[component]
fn EditPage(id: PolicyId, stored: Stored) -> impl IntoView {
    let record = Resource::new(|| (), move |()| get_policy(id));
    view! {
        <Suspense fallback=|| view! { <p class="loading">"Reading the policy…"</p> }>
            {move || Suspend::new(async move {
                match record.await {
                    Ok(record) => view! { <PolicyForm edited=Some(record) stored/> }.into_any(),
                    Err(AppError(problem)) if problem.code == ProblemCode::NotFound => gone(),
                    Err(error) => view! { <ProblemText problem=error.0/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

fn gone() -> AnyView {
    view! {
        <Empty glyph=Glyph::Shield title="There is no such policy" text="It may have been deleted meanwhile.">
            <a class="button" href="/admin/policies">"All policies"</a>
        </Empty>
    }
    .into_any()
}
