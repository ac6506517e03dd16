//! `/schema/:connection`: every table of a database with its columns, keys, indexes and comments.

use super::{
    api::{SchemaOverview, TableDetail, TableEntry, get_schema_overview, get_schema_table},
    rows::{estimate, kind_word},
};
use crate::{
    connections::api::list_connections,
    pages::frame::Page,
    ui::{badge::Badge, empty::Empty, icon::Glyph, notice::ProblemNotice, spinner::Spinner},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{account::Person, catalog::Column, id::ConnectionId, role::Role};

#[component]
pub fn SchemaPage() -> impl IntoView {
    view! {
        <Page
            title="Schema"
            help="Every table that Querent read from this database. Open one for its columns, keys and indexes. The schema panel of the editor refreshes what is known."
            role=Role::Viewer
            content=content
        />
    }
}

fn content(_: Person) -> AnyView {
    let params = use_params_map();
    let connection = Memo::new(move |_| {
        params.with(|params| params.get("connection")?.parse::<ConnectionId>().ok())
    });
    let found = Resource::new(
        move || connection.get(),
        |connection| async move {
            let Some(connection) = connection else { return Ok(None) };
            let name = list_connections().await?.into_iter().find(|c| c.id == connection);
            let overview = get_schema_overview(connection).await?;
            Ok::<_, crate::error::AppError>(name.map(|c| (connection, c.name, overview)))
        },
    );
    view! {
        <Suspense fallback=|| view! { <p class="muted"><Spinner /> " Reading the schema…"</p> }>
            {move || Suspend::new(async move {
                match found.await {
                    Ok(Some((connection, name, overview))) => {
                        view! { <Overview connection name overview /> }.into_any()
                    }
                    Ok(None) => view! {
                        <Empty
                            glyph=Glyph::Database
                            title="There is no such connection"
                            text="It may have been removed, or the address is mistyped."
                        >
                            <a class="button" href="/">"Back to the editor"</a>
                        </Empty>
                    }
                    .into_any(),
                    Err(error) => view! { <ProblemNotice problem=error.0 /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Overview(connection: ConnectionId, name: String, overview: SchemaOverview) -> impl IntoView {
    let search = RwSignal::new(String::new());
    let about = format!("{name} · {} {}", overview.dialect.title(), overview.server_version);
    let schemas = overview
        .schemas
        .into_iter()
        .map(|schema| {
            let tables = StoredValue::new(schema.tables);
            let name = StoredValue::new(schema.name.clone());
            let shown = move || {
                let word = search.get().to_lowercase();
                tables.with_value(|tables| {
                    tables
                        .iter()
                        .filter(|table| {
                            table.name.to_lowercase().contains(&word)
                                || table
                                    .comment
                                    .as_ref()
                                    .is_some_and(|c| c.to_lowercase().contains(&word))
                        })
                        .cloned()
                        .collect::<Vec<_>>()
                })
            };
            view! {
                <section class="schema-group">
                    <h2>{schema.name}</h2>
                    {schema.comment.map(|comment| view! { <p class="muted">{comment}</p> })}
                    <For
                        each=shown
                        key=|table| table.name.clone()
                        children=move |table| {
                            view! { <OneTable connection schema=name.get_value() table /> }
                        }
                    />
                </section>
            }
        })
        .collect_view();
    view! {
        <p class="muted">{about}</p>
        <input
            type="search"
            class="input schema-search"
            aria-label="Search tables"
            placeholder="Search tables"
            prop:value=move || search.get()
            on:input:target=move |ev| search.set(ev.target().value())
        />
        {schemas}
    }
}

/// A table's name; what it consists of is fetched when it is opened.
#[component]
fn OneTable(connection: ConnectionId, schema: String, table: TableEntry) -> impl IntoView {
    let opened = RwSignal::new(false);
    let place = StoredValue::new((schema, table.name.clone()));
    let rows = estimate(table.row_estimate);
    view! {
        <details class="schema-table" on:toggle=move |_| opened.set(true)>
            <summary>
                <span class="schema-name">{table.name}</span>
                <Badge>{kind_word(table.kind)}</Badge>
                {(!rows.is_empty()).then(|| view! { <span class="muted">"about " {rows} " rows"</span> })}
                {table.comment.map(|comment| view! { <span class="muted">{comment}</span> })}
            </summary>
            <Show when=move || opened.get()>
                <Details connection place />
            </Show>
        </details>
    }
}

#[component]
fn Details(connection: ConnectionId, place: StoredValue<(String, String)>) -> impl IntoView {
    let details = Resource::new(
        || (),
        move |()| {
            let (schema, table) = place.get_value();
            get_schema_table(connection, schema, table)
        },
    );
    view! {
        <Suspense fallback=|| view! { <p class="muted"><Spinner /> " Reading…"</p> }>
            {move || Suspend::new(async move {
                match details.await {
                    Ok(table) => view! { <Structure detail=table /> }.into_any(),
                    Err(error) => view! { <ProblemNotice problem=error.0 /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Structure(detail: TableDetail) -> impl IntoView {
    let rows = detail.columns.iter().map(|column| column_row(&detail, column)).collect_view();
    let table = detail.table;
    let keys = table
        .foreign_keys
        .iter()
        .map(|key| {
            let text = format!(
                "{} → {}.{} ({})",
                key.columns.join(", "),
                key.ref_schema,
                key.ref_table,
                key.ref_columns.join(", ")
            );
            view! { <li>{text}</li> }
        })
        .collect_view();
    let indexes = table
        .indexes
        .iter()
        .map(|index| {
            let unique = if index.unique { " · unique" } else { "" };
            let only = index.predicate.as_ref().map(|p| format!(" · where {p}")).unwrap_or_default();
            view! { <li>{format!("{} ({}){unique}{only}", index.name, index.columns.join(", "))}</li> }
        })
        .collect_view();
    let (has_keys, has_indexes) = (!table.foreign_keys.is_empty(), !table.indexes.is_empty());
    view! {
        <div class="schema-details">
            <table class="schema-columns">
                <thead>
                    <tr>
                        <th scope="col">"Column"</th>
                        <th scope="col">"Type"</th>
                        <th scope="col">"Key"</th>
                        <th scope="col">"NULL"</th>
                        <th scope="col">"Default"</th>
                        <th scope="col">"Comment"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {has_keys.then(|| view! { <h3>"Refers to"</h3><ul class="schema-list">{keys}</ul> })}
            {has_indexes.then(|| view! { <h3>"Indexes"</h3><ul class="schema-list">{indexes}</ul> })}
            {table.partition_key.map(|key| view! { <p>"Partitioned by " <code>{key}</code></p> })}
            {table.partition_bound.map(|bound| view! { <p>"Holds " <code>{bound}</code></p> })}
            {table
                .definition
                .map(|sql| view! { <h3>"Definition"</h3><pre class="messages-sql" tabindex="0">{sql}</pre> })}
        </div>
    }
}

fn column_row(table: &TableDetail, column: &Column) -> impl IntoView + use<> {
    let primary = table.primary_key.contains(&column.name);
    let foreign = table.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
    let key = match (primary, foreign) {
        (true, true) => "primary, foreign",
        (true, false) => "primary",
        (false, true) => "foreign",
        (false, false) => "",
    };
    let mask = table.masks.get(&column.name).cloned();
    let default = column.generated.clone().or_else(|| column.default.clone()).unwrap_or_default();
    view! {
        <tr>
            <th scope="row">{column.name.clone()}</th>
            <td>
                <code>{column.type_name.clone()}</code>
                {mask.map(|mask| view! { " " <Badge>{format!("masked: {mask}")}</Badge> })}
            </td>
            <td>{key}</td>
            <td>{if column.nullable { "yes" } else { "no" }}</td>
            <td><code>{default}</code></td>
            <td>{column.comment.clone().unwrap_or_default()}</td>
        </tr>
    }
}
