//! “View as”: what somebody may see of a connection with the policies as they are stored.

use super::{
    api::effective_policy,
    controls::Pick,
    page::Stored,
    viewer::{Viewer, ViewerPick},
    words,
};
use crate::{
    error::AppResult,
    pages::form::ProblemText,
    ui::{
        badge::{Badge, Tone},
        empty::Empty,
        icon::{Glyph, Icon},
        spinner::Spinner,
    },
};
use leptos::{prelude::*, task::spawn_local};
use model::{id::ConnectionId, policy::EffectiveTable, role::Role};

#[component]
pub fn ViewAsPage(stored: Stored) -> impl IntoView {
    let connections = stored.connections();
    let first = connections.first().map(|(id, _)| *id);
    let connection = RwSignal::new(first);
    let viewer = RwSignal::new(Viewer::Role(Role::Analyst));
    let options: Vec<(String, String)> =
        connections.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
    // In the browser only: the page itself does not wait for it. `None`: still being merged.
    let tables: RwSignal<Option<AppResult<Vec<EffectiveTable>>>> = RwSignal::new(None);
    let turn = StoredValue::new(0_u32);
    Effect::new(move || {
        let (connection, viewer) = (connection.get(), viewer.get());
        turn.update_value(|turn| *turn += 1);
        let mine = turn.get_value();
        tables.set(None);
        spawn_local(async move {
            let read = match connection {
                Some(connection) => effective_policy(connection, viewer.view_as()).await,
                None => Ok(Vec::new()),
            };
            // The last choice counts, whichever answer comes first.
            if turn.try_get_value() == Some(mine) {
                tables.set(Some(read));
            }
        });
    });
    view! {
        <p class="crumbs">
            <a href="/admin/policies">"Policies"</a>
            <Icon glyph=Glyph::ChevronRight/>
            <span>"View as"</span>
        </p>
        <div class="filters policy-filters">
            <ViewerPick id="view-as" viewer people=stored.people/>
            <Pick
                id="view-connection"
                label="On"
                options=Signal::stored(options)
                chosen=Signal::derive(move || connection.get().map(|id| id.to_string()).unwrap_or_default())
                on_choose=move |id: String| connection.set(id.parse::<ConnectionId>().ok())
            />
        </div>
        {move || match tables.get() {
            None => view! { <p class="loading"><Spinner/> "Merging the policies…"</p> }.into_any(),
            Some(Ok(tables)) => view! { <Governed tables/> }.into_any(),
            Some(Err(error)) => view! { <ProblemText problem=error.0/> }.into_any(),
        }}
    }
}

#[component]
fn Governed(tables: Vec<EffectiveTable>) -> impl IntoView {
    if tables.is_empty() {
        return view! {
            <Empty
                glyph=Glyph::View
                title="Everything is shown as it is"
                text="No enabled policy is for them on this connection: they may read every table, and nothing is masked."
            />
        }
        .into_any();
    }
    let rows = tables.into_iter().map(row).collect_view();
    view! {
        <p class="muted policy-lead">"What is not listed is shown as it is."</p>
        <div class="table-frame">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Table"</th>
                        <th scope="col">"What they see"</th>
                        <th scope="col">"By"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(table: EffectiveTable) -> AnyView {
    let EffectiveTable { schema, table, denied_by, columns, rows } = table;
    let mut policies: Vec<String> = denied_by.iter().cloned().collect();
    policies.extend(columns.iter().map(|column| column.policy.clone()));
    policies.extend(rows.iter().map(|filter| filter.policy.clone()));
    policies.sort();
    policies.dedup();
    let seen = if denied_by.is_some() {
        view! { <Badge tone=Tone::Bad>"hidden"</Badge> }.into_any()
    } else {
        let masks = columns
            .into_iter()
            .map(|column| {
                view! {
                    <li>
                        <Icon glyph=Glyph::Masked/>
                        <span><strong>{column.column}</strong> ": " {words::mask(&column.mask)}</span>
                    </li>
                }
            })
            .collect_view();
        let filters = rows
            .into_iter()
            .map(|filter| {
                view! {
                    <li>
                        <Icon glyph=Glyph::Filter/>
                        <span>"only rows where " <code>{filter.condition}</code></span>
                    </li>
                }
            })
            .collect_view();
        view! { <ul class="policy-seen">{masks}{filters}</ul> }.into_any()
    };
    view! {
        <tr>
            <td>
                <div class="cell-two">
                    <span class="cell-main">{table}</span>
                    <span class="cell-sub">{schema}</span>
                </div>
            </td>
            <td>{seen}</td>
            <td>{policies.join(", ")}</td>
        </tr>
    }
    .into_any()
}
