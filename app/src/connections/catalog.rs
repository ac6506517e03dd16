//! How much of a database Querent has read: tables and when, or how far the reading is.

use super::page::Stored;
use crate::{
    ask::turn::grouped,
    pages::when::When,
    schema::api::{get_schema_progress, refresh_schema},
    ui::{
        button::IconButton,
        icon::{Glyph, Icon},
        spinner::Spinner,
    },
};
use leptos::{prelude::*, task::spawn_local};
use model::{catalog::CatalogProgress, connection::ConnectionView, id::ConnectionId};
use std::time::Duration;

/// How long to wait before asking again how far a reading is.
const PAUSE: Duration = Duration::from_millis(700);

/// A reading of a catalogue as this cell follows it.
#[derive(Clone, PartialEq)]
enum Reading {
    Idle,
    Under(String),
    Failed(String),
}

#[component]
pub fn CatalogCell(one: ConnectionView, stored: Stored) -> impl IntoView {
    let reading = RwSignal::new(Reading::Idle);
    let id = one.id;
    // A connection without a catalogue was just added: its reading is under way, or has failed.
    let fresh = one.tables.is_none();
    Effect::new(move || {
        if fresh {
            follow(id, reading, stored);
        }
    });
    let read_again = move |_| {
        reading.set(Reading::Under("starting".into()));
        spawn_local(async move {
            match refresh_schema(id).await {
                Ok(()) => follow(id, reading, stored),
                Err(error) => drop(reading.try_set(Reading::Failed(error.to_string()))),
            }
        });
    };
    let name = one.name.clone();
    let known = StoredValue::new((one.tables, one.catalog_read_at));
    view! {
        <span class="catalog-cell">
            {move || match reading.get() {
                Reading::Under(what) => {
                    view! { <Spinner/> <span class="muted">"Reading " {what} "…"</span> }.into_any()
                }
                Reading::Failed(problem) => {
                    view! {
                        <Icon glyph=Glyph::Warning/>
                        <span class="catalog-problem">{problem}</span>
                    }
                        .into_any()
                }
                Reading::Idle => {
                    match known.get_value() {
                        (Some(tables), at) => {
                            view! {
                                <span>{tables_of(tables)}</span>
                                {at.map(|at| view! { <span class="muted">"read " <When at=at/></span> })}
                            }
                                .into_any()
                        }
                        _ => view! { <span class="muted">"not read yet"</span> }.into_any(),
                    }
                }
            }}
            <IconButton
                glyph=Glyph::Refresh
                label=format!("Read the structure of {name} again")
                disabled=Signal::derive(move || matches!(reading.get(), Reading::Under(_)))
                on:click=read_again
            />
        </span>
    }
}

fn tables_of(tables: u32) -> String {
    if tables == 1 { "1 table".into() } else { format!("{} tables", grouped(tables.into())) }
}

/// Asks how far the reading is until it has ended, or the page is left.
fn follow(id: ConnectionId, reading: RwSignal<Reading>, stored: Stored) {
    spawn_local(async move {
        let next = match get_schema_progress(id).await {
            Ok(Some(CatalogProgress::Reading { what, .. })) => Reading::Under(what),
            Ok(Some(CatalogProgress::Failed { problem })) => Reading::Failed(problem),
            Ok(Some(CatalogProgress::Done { .. })) => {
                if !reading.is_disposed() {
                    stored.changed();
                }
                return;
            }
            Ok(None) => Reading::Idle,
            Err(error) => Reading::Failed(error.to_string()),
        };
        let again = matches!(next, Reading::Under(_));
        if reading.try_set(next).is_none() && again {
            set_timeout(move || follow(id, reading, stored), PAUSE);
        }
    });
}
