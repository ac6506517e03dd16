//! The bar on top: where one is, where one can go, light or dark, who is signed in.

use crate::{
    browser,
    ide::state::Ide,
    ui::{
        button::IconButton,
        icon::{Glyph, Icon},
        menu::{Menu, MenuItem},
        theme::{Choice, Theme},
    },
    users::api::log_out,
};
use leptos::{prelude::*, task::spawn_local};
use model::{account::Person, role::Role};

#[component]
pub fn Header(person: Person) -> impl IntoView {
    let theme = Theme::get();
    let keys_shown = Ide::get().keys_shown;
    let theme_items = Signal::derive(move || {
        let item = |label: &str, glyph, choice| {
            let chosen = theme.choice.get() == choice;
            let glyph = if chosen { Glyph::Check } else { glyph };
            MenuItem::run(label, glyph, move || theme.choose(choice))
        };
        vec![
            item("Light", Glyph::Sun, Choice::Light),
            item("Dark", Glyph::Moon, Choice::Dark),
            item("As the system", Glyph::Monitor, Choice::System),
        ]
    });
    view! {
        <header class="ide-head">
            <a class="ide-brand" href="/">
                <Icon glyph=Glyph::Database />
                <span>"Querent"</span>
            </a>
            <h1 class="visually-hidden">"Editor and questions"</h1>
            {(person.workspace_name != "Querent")
                .then(|| {
                    view! { <span class="ide-workspace muted">{person.workspace_name.clone()}</span> }
                })}
            <span class="ide-space"></span>
            <PanelToggle name="side" glyph=Glyph::PanelLeft label="Schema panel" />
            <PanelToggle name="ask" glyph=Glyph::PanelRight label="Question panel" />
            <a class="icon-button" href="/history" aria-label="History" title="History">
                <Icon glyph=Glyph::History />
            </a>
            <IconButton
                glyph=Glyph::Keyboard
                label="Keyboard shortcuts (?)"
                on:click=move |_| keys_shown.set(true)
            />
            <Menu label="Theme" items=theme_items place="left">
                <Icon glyph=Glyph::Sun />
            </Menu>
            <PersonMenu person />
        </header>
    }
}

#[component]
fn PersonMenu(person: Person) -> impl IntoView {
    let ide = Ide::get();
    let label = format!("Account: {}", person.name);
    let leave = move || {
        ide.keep_drafts();
        spawn_local(async move {
            match log_out().await {
                Ok(()) => browser::go("/login"),
                Err(error) => ide.toasts.problem(&error.0),
            }
        });
    };
    let mut items = vec![
        MenuItem::heading(format!("{} · {} · {}", person.name, person.email, person.role)),
        MenuItem::go("Settings", Glyph::Settings, "/settings"),
        MenuItem::go("History", Glyph::History, "/history"),
    ];
    if person.role >= Role::Admin {
        items.push(MenuItem::go("Connections", Glyph::Plug, "/admin/connections"));
        items.push(MenuItem::go("Policies", Glyph::Shield, "/admin/policies"));
        items.push(MenuItem::go("Users", Glyph::Users, "/admin/users"));
        items.push(MenuItem::go("Model", Glyph::Model, "/admin/models"));
    }
    items.push(MenuItem::run("Sign out", Glyph::LogOut, leave));
    view! {
        <Menu label items=Signal::stored(items) place="left">
            <Icon glyph=Glyph::User />
        </Menu>
    }
}

/// Hides or shows a panel, and remembers that (see `shell`).
#[component]
fn PanelToggle(name: &'static str, glyph: Glyph, label: &'static str) -> impl IntoView {
    let shown = RwSignal::new(true);
    let attribute = move || format!("data-hide-{name}");
    Effect::new(move || shown.set(browser::root_attribute(&attribute()).is_none()));
    let toggle = move |_| {
        let now = !shown.get_untracked();
        shown.set(now);
        browser::set_root_attribute(&attribute(), (!now).then_some(""));
        browser::store(&format!("querent.hide.{name}"), if now { "" } else { "1" });
    };
    view! { <IconButton glyph label pressed=Signal::from(shown) on:click=toggle /> }
}
