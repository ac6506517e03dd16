//! `/`: the IDE.

use crate::{
    ask::panel::AskPanel,
    connections::api::list_connections,
    editor::pane::EditorPane,
    ide::{
        header::Header,
        keys::{KeyList, on_key},
        state::Ide,
        status_bar::StatusBar,
    },
    results::pane::ResultPane,
    schema::panel::SchemaPanel,
    ui::{
        splitter::{Side, Splitter},
        theme::Theme,
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;
use model::account::Person;

/// The IDE for whoever is signed in; strangers are sent to sign in.
#[component]
pub fn IdePage() -> impl IntoView {
    match Ide::get().session.person() {
        Some(person) if !person.must_change_password => view! { <Workbench person /> }.into_any(),
        _ => view! { <Redirect path="/login" /> }.into_any(),
    }
}

#[component]
fn Workbench(person: Person) -> impl IntoView {
    let ide = Ide::get();
    fetch_connections(ide);
    let theme = Theme::get();
    Effect::new(move || theme.refresh());
    let role = person.role;
    view! {
        <Title text="Editor · Querent" />
        <div class="ide" on:keydown=move |ev| on_key(ide, &ev)>
            <Header person />
            <main class="ide-body">
                <SchemaPanel />
                <Splitter name="side" label="Width of the schema panel" side=Side::Left min=180 max=520 default=264 />
                <div class="center">
                    <EditorPane />
                    <Splitter name="editor" label="Height of the editor" side=Side::Above min=120 max=900 default=300 />
                    <FrontResult ide />
                </div>
                <Splitter name="ask" label="Width of the question panel" side=Side::Right min=260 max=760 default=380 />
                <div class="ask-side">
                    <AskPanel />
                </div>
            </main>
            <StatusBar role />
            <KeyList open=ide.keys_shown />
        </div>
    }
    .into_any()
}

/// The result of the tab in front, made anew for another tab only.
#[component]
fn FrontResult(ide: Ide) -> impl IntoView {
    let front = Memo::new(move |_| ide.tabs.current().map(|tab| tab.id));
    move || {
        // Not `track`: a memo that is never read is never computed.
        front.get();
        ide.tabs.current_untracked().map(|tab| view! { <ResultPane tab /> })
    }
}

/// The list travels in the page: the server starts reading it while it renders.
fn fetch_connections(ide: Ide) {
    let list = Resource::new(|| (), |()| list_connections());
    Effect::new(move || {
        if let Some(list) = list.get() {
            untrack(|| ide.take_connections(list.map_err(|error| error.0)));
        }
    });
}
