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
pub mod schema;
pub mod session;
pub mod settings;
pub mod shell;
pub mod ui;
pub mod users;

use crate::{
    connections::page::ConnectionsPage,
    history::page::HistoryPage,
    ide::{page::IdePage, state::Ide},
    models::page::ModelsPage,
    session::Session,
    settings::page::SettingsPage,
    ui::{
        empty::Empty,
        icon::Glyph,
        theme::Theme,
        toast::{ToastArea, Toasts},
    },
    users::{link::LinkPage, login::LoginPage, page::UsersPage, set_up::SetUpPage},
};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    components::{Route, Router, Routes},
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
            <Routes fallback=NotFound>
                <Route path=path!("/") view=IdePage />
                <Route path=path!("/login") view=LoginPage />
                <Route path=path!("/setup") view=SetUpPage />
                <Route path=path!("/join") view=LinkPage />
                <Route path=path!("/reset") view=LinkPage />
                <Route path=path!("/history") view=HistoryPage />
                <Route path=path!("/schema/:connection") view=schema::page::SchemaPage />
                <Route path=path!("/admin/connections") view=ConnectionsPage />
                <Route path=path!("/admin/users") view=UsersPage />
                <Route path=path!("/admin/models") view=ModelsPage />
                <Route path=path!("/settings") view=SettingsPage />
            </Routes>
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
