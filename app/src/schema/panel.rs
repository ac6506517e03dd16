//! The left panel: which connection, its tables, the search, and a refresh.

use super::{state::Tree, tree::TreeView};
use crate::{
    ide::state::{Ide, Loading},
    ui::{
        button::{Button, IconButton},
        empty::Empty,
        icon::{Glyph, Icon},
        menu::{Menu, MenuItem},
        notice::ProblemNotice,
        spinner::Spinner,
    },
};
use leptos::{ev, prelude::*};
use model::{catalog::CatalogChanges, connection::ConnectionView, role::Role};

#[component]
pub fn SchemaPanel() -> impl IntoView {
    let ide = Ide::get();
    let tree = Tree::new(ide);
    view! {
        <nav class="side" aria-label="Database">
            <div class="side-head">
                <ConnectionSwitch />
            </div>
            {move || match (ide.connections_state.get(), ide.current.get()) {
                (Loading::Failed(problem), _) => {
                    view! {
                        <div class="side-note"><ProblemNotice problem /></div>
                        <div class="side-note">
                            <Button small=true glyph=Glyph::Refresh on:click=move |_| ide.reload_connections()>
                                "Try again"
                            </Button>
                        </div>
                    }
                    .into_any()
                }
                (Loading::Ready, None) => view! { <NoConnection /> }.into_any(),
                _ => view! { <Tables tree /> }.into_any(),
            }}
        </nav>
    }
}

#[component]
fn NoConnection() -> impl IntoView {
    let admin = Ide::get().session.person().is_some_and(|person| person.role >= Role::Admin);
    let text = if admin {
        "Connect a PostgreSQL, MySQL, MariaDB or SQLite database to begin."
    } else {
        "An administrator of your workspace has to add one."
    };
    view! {
        <Empty glyph=Glyph::Database title="No connection yet" text>
            {admin.then(|| view! { <a class="button button-primary" href="/admin/connections">"Add a connection"</a> })}
        </Empty>
    }
}

/// The connection in use, and the others.
#[component]
fn ConnectionSwitch() -> impl IntoView {
    let ide = Ide::get();
    let admin = ide.session.person().is_some_and(|person| person.role >= Role::Admin);
    let items = Signal::derive(move || {
        let mut items: Vec<MenuItem> = ide
            .connections
            .get()
            .into_iter()
            .map(|connection| {
                let id = connection.id;
                let glyph = match ide.current.get() == Some(id) {
                    true => Glyph::Check,
                    false => Glyph::Database,
                };
                let label =
                    format!("{} · {}", connection.name, connection.target.dialect().title());
                MenuItem::run(label, glyph, move || ide.choose(id))
            })
            .collect();
        if admin {
            items.push(MenuItem::go("Manage connections", Glyph::Settings, "/admin/connections"));
        }
        items
    });
    let label = Signal::derive(move || {
        ide.connection().map_or("Connection".to_string(), |c| format!("Connection: {}", c.name))
    });
    view! {
        <Menu label items class="connection-switch">
            <ConnectionFace />
            <Icon glyph=Glyph::ChevronDown />
        </Menu>
    }
}

/// The name of the connection in use with its colour.
#[component]
fn ConnectionFace() -> impl IntoView {
    let ide = Ide::get();
    let current = Memo::new(move |_| ide.connection());
    view! {
        <span
            class="connection-dot"
            data-colour=move || colour(current.get().as_ref())
            aria-hidden="true"
        ></span>
        <span class="connection-name">
            {move || match (current.get(), ide.connections_state.get()) {
                (Some(connection), _) => connection.name,
                (None, Loading::Waiting) => "…".to_string(),
                (None, _) => "No connection".to_string(),
            }}
        </span>
    }
}

/// The connection's colour, by its name; grey without one.
#[must_use]
pub fn colour(connection: Option<&ConnectionView>) -> &'static str {
    connection.map_or("grey", |connection| connection.colour.name())
}

#[component]
fn Tables(tree: Tree) -> impl IntoView {
    let ide = tree.ide;
    let analyst = ide.session.person().is_some_and(|person| person.role.runs_reads());
    let on_search_key = move |ev: ev::KeyboardEvent| match ev.key().as_str() {
        "ArrowDown" => {
            ev.prevent_default();
            crate::browser::focus("[role=tree]");
        }
        "Escape" => tree.search.set(String::new()),
        _ => {}
    };
    let empty = move || {
        ide.overview.with(|overview| match overview {
            Some(overview) => {
                overview.read_at.is_some() && overview.schemas.iter().all(|s| s.tables.is_empty())
            }
            None => false,
        })
    };
    let nothing_found = move || {
        ide.overview.with(Option::is_some)
            && tree.rows.with(|rows| rows.is_empty())
            && !tree.search.read().is_empty()
    };
    view! {
        <div class="side-search">
            <Icon glyph=Glyph::Search />
            <input
                type="search"
                class="input"
                aria-label="Search tables"
                placeholder="Search tables"
                autocomplete="off"
                prop:value=move || tree.search.get()
                on:input:target=move |ev| tree.search.set(ev.target().value())
                on:keydown=on_search_key
            />
            <IconButton
                glyph=Glyph::Refresh
                label="Refresh the schema"
                disabled=Signal::derive(move || !analyst || tree.reading.get().is_some())
                on:click=move |_| tree.refresh()
            />
            {move || {
                ide.current
                    .get()
                    .map(|connection| {
                        view! {
                            <a
                                class="icon-button"
                                href=format!("/schema/{connection}")
                                aria-label="Schema page"
                                title="All tables on a page"
                            >
                                <Icon glyph=Glyph::File />
                            </a>
                        }
                    })
            }}
        </div>
        <div class="side-status" aria-live="polite">
            {move || {
                tree.reading
                    .get()
                    .map(|text| view! { <p class="side-reading"><Spinner /><span>{text}</span></p> })
            }}
            {move || {
                tree.problem
                    .get()
                    .map(|problem| view! { <div class="side-note"><ProblemNotice problem /></div> })
            }}
            {move || tree.changes.get().map(|changes| view! { <Changes tree changes /> })}
        </div>
        <Show when=nothing_found>
            <p class="side-note muted">"No table or column is called that."</p>
        </Show>
        <Show when=empty>
            <Empty
                glyph=Glyph::Table
                title="No tables"
                text="This account sees no tables in the schemas that are read. Check its rights, then refresh."
            />
        </Show>
        <TreeView tree />
    }
}

/// What the last refresh changed.
#[component]
fn Changes(tree: Tree, changes: CatalogChanges) -> impl IntoView {
    let groups = [
        ("New tables", changes.tables_added),
        ("Tables gone", changes.tables_removed),
        ("New columns", changes.columns_added),
        ("Columns gone", changes.columns_removed),
        ("Changed", changes.changed),
    ];
    view! {
        <div class="side-note side-changes">
            <div class="side-changes-head">
                <strong>"What changed"</strong>
                <IconButton
                    glyph=Glyph::Close
                    label="Dismiss what changed"
                    on:click=move |_| tree.changes.set(None)
                />
            </div>
            {groups
                .into_iter()
                .filter(|(_, names)| !names.is_empty())
                .map(|(title, names)| {
                    let more = names.len().saturating_sub(6);
                    let mut text = names.into_iter().take(6).collect::<Vec<_>>().join(", ");
                    if more > 0 {
                        text.push_str(&format!(" and {more} more"));
                    }
                    view! { <p><span class="muted">{title} ": "</span>{text}</p> }
                })
                .collect_view()}
        </div>
    }
}
