//! The pages whose code comes when one of them is first opened. The IDE is not among them: it is what most
//! people open first, and their browsers should load nothing else for it.
//!
//! `entry` and `page` are split points of the WASM: `cargo xtask site` puts what only they use into
//! files of their own. Two, because a stranger who signs in should not wait for the administrators'
//! pages; not one each, because what some share would become a file for every set of them.

use crate::{
    connections::page::ConnectionsPage,
    history::page::HistoryPage,
    models::page::ModelsPage,
    policies::page::PoliciesPage,
    schema::page::SchemaPage,
    settings::page::SettingsPage,
    users::{link::LinkPage, login::LoginPage, page::UsersPage, set_up::SetUpPage},
};
use leptos::prelude::*;
use leptos_router::ChooseView;

/// The pages in front of the door.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum Entry {
    Login,
    SetUp,
    Link,
}

/// The pages beside the IDE.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum Page {
    History,
    Schema,
    Connections,
    Users,
    Models,
    Policies,
    Settings,
}

impl ChooseView for Entry {
    async fn choose(self) -> AnyView {
        entry(self).await
    }

    async fn preload(&self) {}
}

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        page(self).await
    }

    async fn preload(&self) {}
}

#[lazy]
fn entry(which: Entry) -> AnyView {
    match which {
        Entry::Login => view! { <LoginPage /> }.into_any(),
        Entry::SetUp => view! { <SetUpPage /> }.into_any(),
        Entry::Link => view! { <LinkPage /> }.into_any(),
    }
}

#[lazy]
fn page(which: Page) -> AnyView {
    match which {
        Page::History => view! { <HistoryPage /> }.into_any(),
        Page::Schema => view! { <SchemaPage /> }.into_any(),
        Page::Connections => view! { <ConnectionsPage /> }.into_any(),
        Page::Users => view! { <UsersPage /> }.into_any(),
        Page::Models => view! { <ModelsPage /> }.into_any(),
        Page::Policies => view! { <PoliciesPage /> }.into_any(),
        Page::Settings => view! { <SettingsPage /> }.into_any(),
    }
}
