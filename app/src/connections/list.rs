//! The list of connections, with how much of each Querent has read.

use super::{catalog::CatalogCell, delete::DeleteDialog, page::Stored};
use crate::{
    policies::sensitive::SensitiveNotes,
    ui::{
        badge::Badge,
        button::IconButton,
        empty::Empty,
        icon::{Glyph, Icon},
    },
};
use leptos::prelude::*;
use model::connection::{ConnectionView, Target};

#[component]
pub fn ConnectionList(list: Vec<ConnectionView>, stored: Stored) -> impl IntoView {
    if list.is_empty() {
        return view! {
            <Empty
                glyph=Glyph::Database
                title="No database is connected yet"
                text="Connect PostgreSQL, MySQL or MariaDB, or a SQLite file. Querent reads its structure and never writes to it."
            >
                <a class="button button-primary" href="/admin/connections?new">"Add connection"</a>
            </Empty>
        }
        .into_any();
    }
    let removing = RwSignal::new(None::<ConnectionView>);
    // What was not read yet is not looked at: the list is made again once it has been.
    let read = list.iter().filter(|one| one.tables.is_some());
    let read: Vec<_> = read.map(|one| (one.id, one.name.clone())).collect();
    let rows = list
        .into_iter()
        .map(|one| view! { <ConnectionRow one=one removing=removing stored=stored/> })
        .collect_view();
    view! {
        <div class="page-actions">
            <a class="button button-primary" href="/admin/connections?new">
                <Icon glyph=Glyph::Plus/> <span class="button-label">"Add connection"</span>
            </a>
        </div>
        <SensitiveNotes connections=read/>
        <div class="table-frame">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Connection"</th>
                        <th scope="col">"Kind"</th>
                        <th scope="col">"Where"</th>
                        <th scope="col">"Structure"</th>
                        <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <DeleteDialog removing=removing stored=stored/>
    }
    .into_any()
}

#[component]
fn ConnectionRow(
    one: ConnectionView,
    removing: RwSignal<Option<ConnectionView>>,
    stored: Stored,
) -> impl IntoView {
    let (what, server) = place_of(&one.target);
    let title = server.as_ref().map_or(what.clone(), |server| format!("{what} on {server}"));
    let edit = format!("/admin/connections?edit={}", one.id);
    let (name, view) = (one.name.clone(), one.clone());
    view! {
        <tr>
            <td>
                <span class="connection-title">
                    <span class="dot" data-colour=one.colour.name()></span>
                    <a href=edit.clone()>{one.name.clone()}</a>
                    {one.sample.then(|| view! { <Badge>"sample"</Badge> })}
                </span>
            </td>
            <td>{one.target.dialect().title()}</td>
            <td>
                <div class="cell-two connection-place" title=title>
                    <span>{what}</span>
                    {server.map(|server| view! { <span class="cell-sub">{server}</span> })}
                </div>
            </td>
            <td><CatalogCell one=one stored=stored/></td>
            <td class="cell-actions">
                <a class="icon-button" href=edit aria-label=format!("Edit {name}") title="Edit">
                    <Icon glyph=Glyph::Edit/>
                </a>
                <IconButton
                    glyph=Glyph::Trash
                    label=format!("Delete {name}")
                    on:click=move |_| removing.set(Some(view.clone()))
                />
            </td>
        </tr>
    }
}

/// The database and the server it is on, or a file's path.
fn place_of(target: &Target) -> (String, Option<String>) {
    match target {
        Target::Server { host, port, database, .. } => {
            let database = if database.is_empty() { "all databases" } else { database };
            (database.to_owned(), Some(format!("{host}:{port}")))
        }
        Target::File { path } => (path.clone(), None),
    }
}
