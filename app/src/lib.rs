#![doc = include_str!("../README.md")]
#![recursion_limit = "256"]

pub mod ask;
pub mod backend;
pub mod browser;
pub mod connections;
pub mod editor;
pub mod error;
pub mod history;
pub mod ide;
pub mod models;
pub mod pages;
pub mod policies;
pub mod results;
pub mod routes;
pub mod schema;
pub mod session;
pub mod settings;
pub mod shell;
pub mod ui;
pub mod users;

use crate::{
    ide::{page::IdePage, state::Ide},
    routes::{Entry, Page},
    session::Session,
    ui::{
        empty::Empty,
        icon::Glyph,
        theme::Theme,
        toast::{ToastArea, Toasts},
    },
};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    components::{FlatRoutes, Route, Router},
    path,
};

/// Every page, and what they share.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    Session::provide();
    Theme::provide();
    Toasts::provide();
    Ide::provide();
    view! {
        <Title text="Querent" />
        <Router>
            <FlatRoutes fallback=NotFound>
                <Route path=path!("/") view=IdePage />
                <Route path=path!("/login") view={Entry::Login} />
                <Route path=path!("/setup") view={Entry::SetUp} />
                <Route path=path!("/join") view={Entry::Link} />
                <Route path=path!("/reset") view={Entry::Link} />
                <Route path=path!("/history") view={Page::History} />
                <Route path=path!("/schema/:connection") view={Page::Schema} />
                <Route path=path!("/admin/connections") view={Page::Connections} />
                <Route path=path!("/admin/users") view={Page::Users} />
                <Route path=path!("/admin/models") view={Page::Models} />
                <Route path=path!("/admin/policies") view={Page::Policies} />
                <Route path=path!("/settings") view={Page::Settings} />
            </FlatRoutes>
        </Router>
        <ToastArea />
    }
}

#[component]
fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    view! {
        <main class="page-alone">
            <h1 class="visually-hidden">"Not found"</h1>
            <Empty glyph=Glyph::Search title="There is no such page" text="The address may be old or mistyped.">
                <a class="button" href="/">"Back to the editor"</a>
            </Empty>
        </main>
    }
}
