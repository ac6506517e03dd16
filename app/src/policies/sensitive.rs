//! Columns that look as if not everybody should see them, and a policy made of those one chooses.

use super::{
    api::sensitive_columns,
    editing::{self, empty},
    rules::{self, Place},
    words,
};
use crate::{
    error::AppError,
    pages::form::ProblemText,
    results::pane::plural,
    ui::{
        badge::{Badge, Tone},
        button::{Button, Weight},
        empty::Empty,
        icon::{Glyph, Icon},
        spinner::Spinner,
    },
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    id::ConnectionId,
    policy::{PolicyDraft, SensitiveColumn, Subjects},
    role::Role,
};

/// For each connection with columns that look sensitive and are open: how many, and the way to them.
/// Looked for once the page is alive, one connection after the other; nothing is said meanwhile.
#[component]
pub fn SensitiveNotes(connections: Vec<(ConnectionId, String)>) -> impl IntoView {
    let found = RwSignal::new(Vec::<(ConnectionId, String, usize, usize)>::new());
    Effect::new(move || {
        let connections = connections.clone();
        spawn_local(async move {
            for (id, name) in connections {
                // A connection that cannot be read says so where it is used.
                let Ok(columns) = sensitive_columns(id).await else { continue };
                let open = columns.iter().filter(|column| !column.covered).count();
                if open > 0
                    && found.try_update(|all| all.push((id, name, columns.len(), open))).is_none()
                {
                    return;
                }
            }
        });
    });
    view! {
        <div class="policy-notes" role="status">
            <For
                each=move || found.get()
                key=|(id, ..)| *id
                children=|(id, name, all, open)| {
                    let said = said(&name, all, open);
                    view! {
                        <p class="note notice note-warning">
                            <Icon glyph=Glyph::Masked/>
                            <span class="notice-text">
                                {said} " "
                                <a href=format!("/admin/policies?sensitive={id}")>
                                    "Review them"
                                    <span class="visually-hidden">{format!(" ({name})")}</span>
                                </a>
                            </span>
                        </p>
                    }
                }
            />
        </div>
    }
}

/// `12 columns of shop look sensitive; 3 of them are not masked by any policy.`
fn said(connection: &str, all: usize, open: usize) -> String {
    let columns = plural(all as u64, "column");
    let look = if all == 1 { "looks" } else { "look" };
    let rest = match open {
        open if open == all => "No policy masks them yet.".to_owned(),
        1 => "One of them is not masked by any policy.".to_owned(),
        open => format!("{open} of them are not masked by any policy."),
    };
    format!("{columns} of {connection} {look} sensitive. {rest}")
}

#[component]
pub fn SensitivePage(connection: ConnectionId, name: String) -> impl IntoView {
    // In the browser only: values are looked at, which may take a while.
    let columns = LocalResource::new(move || sensitive_columns(connection));
    let title = name.clone();
    view! {
        <p class="crumbs">
            <a href="/admin/policies">"Policies"</a>
            <Icon glyph=Glyph::ChevronRight/>
            <span>{format!("What looks sensitive on {title}")}</span>
        </p>
        <Suspense fallback=|| view! { <p class="loading"><Spinner/> "Looking at names, types and samples of values…"</p> }>
            {move || {
                let name = name.clone();
                Suspend::new(async move { chosen_from(connection, name, columns.await) })
            }}
        </Suspense>
    }
}

fn chosen_from(
    connection: ConnectionId,
    name: String,
    columns: Result<Vec<SensitiveColumn>, AppError>,
) -> AnyView {
    match columns {
        Err(error) => view! { <ProblemText problem=error.0/> }.into_any(),
        Ok(columns) if columns.is_empty() => view! {
            <Empty
                glyph=Glyph::Shield
                title="Nothing looks sensitive"
                text="Neither names nor sampled values look like e-mail addresses, phone numbers, cards, ids, salaries or secrets. You know your data better: mask what should be masked."
            >
                <a class="button button-primary" href="/admin/policies?new">"New policy"</a>
            </Empty>
        }
        .into_any(),
        Ok(columns) => view! { <Choice connection name columns/> }.into_any(),
    }
}

#[component]
fn Choice(connection: ConnectionId, name: String, columns: Vec<SensitiveColumn>) -> impl IntoView {
    let chosen: RwSignal<Vec<bool>> =
        RwSignal::new(columns.iter().map(|column| !column.covered).collect());
    let count = Memo::new(move |_| chosen.with(|chosen| chosen.iter().filter(|on| **on).count()));
    let total = columns.len();
    let rows = columns
        .iter()
        .enumerate()
        .map(|(at, column)| view! { <ColumnRow at column=column.clone() chosen/> })
        .collect_view();
    let columns = StoredValue::new(columns);
    let name = StoredValue::new(name);
    let go = use_navigate();
    let make = move |_| {
        let picked = columns.with_value(|columns| {
            let on = chosen.get_untracked();
            columns
                .iter()
                .zip(on)
                .filter(|(_, on)| *on)
                .map(|(column, _)| column.clone())
                .collect::<Vec<_>>()
        });
        editing::hand_over(draft(connection, &name.get_value(), &picked));
        go("/admin/policies?new", NavigateOptions::default());
    };
    let all = move || count.get() == total;
    view! {
        <p class="muted policy-lead">
            {format!("Found by names, types and samples of values on {}. ", name.get_value())}
            "Choose what to mask: the policy is made as a draft, which you can change before it takes effect."
        </p>
        <div class="table-frame">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">
                            <input
                                type="checkbox"
                                aria-label="Choose all"
                                prop:checked=all
                                on:change:target=move |event| {
                                    let on = event.target().checked();
                                    chosen.update(|chosen| chosen.fill(on));
                                }
                            />
                        </th>
                        <th scope="col">"Column"</th>
                        <th scope="col">"Looks like"</th>
                        <th scope="col">"Why"</th>
                        <th scope="col">"Suggested mask"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <div class="form-actions form-actions-stay">
            <Button
                weight=Weight::Primary
                disabled=Signal::derive(move || count.get() == 0)
                on:click=make
            >
                {move || match count.get() {
                    0 => "Draft a policy".to_owned(),
                    count => format!("Draft a policy with {}", plural(count as u64, "column")),
                }}
            </Button>
            <a class="button button-quiet" href="/admin/policies">"Cancel"</a>
        </div>
    }
}

#[component]
fn ColumnRow(at: usize, column: SensitiveColumn, chosen: RwSignal<Vec<bool>>) -> impl IntoView {
    let SensitiveColumn { schema, table, column, kind, why, suggested, covered } = column;
    view! {
        <tr class:row-muted=covered>
            <td>
                <input
                    type="checkbox"
                    aria-label=format!("{table}.{column}")
                    prop:checked=move || chosen.with(|chosen| chosen.get(at).copied().unwrap_or_default())
                    on:change:target=move |event| {
                        let on = event.target().checked();
                        chosen.update(|chosen| {
                            if let Some(own) = chosen.get_mut(at) {
                                *own = on;
                            }
                        });
                    }
                />
            </td>
            <td>
                <div class="cell-two">
                    <span class="cell-main">
                        {column}
                        {covered.then(|| view! { <Badge tone=Tone::Good>"masked already"</Badge> })}
                    </span>
                    <span class="cell-sub">{format!("{schema}.{table}")}</span>
                </div>
            </td>
            <td>{kind.title()}</td>
            <td class="policy-why">{why}</td>
            <td>{words::mask(&suggested)}</td>
        </tr>
    }
}

/// A policy that masks these columns for everybody but administrators.
fn draft(connection: ConnectionId, name: &str, columns: &[SensitiveColumn]) -> PolicyDraft {
    let mut draft = PolicyDraft {
        name: format!("Sensitive columns of {name}"),
        connection: Some(connection),
        applies_to: Subjects { everyone: true, ..Subjects::default() },
        except: Subjects { roles: vec![Role::Admin], ..Subjects::default() },
        ..empty()
    };
    for column in columns {
        let place = Place::new(&column.schema, &column.table);
        rules::set_mask(&mut draft, &place, &column.column, Some(column.suggested.clone()));
    }
    draft
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::policy::{Mask, SensitiveKind};

    #[test]
    fn counts_read_well() {
        assert_eq!(
            said("shop", 12, 12),
            "12 columns of shop look sensitive. No policy masks them yet."
        );
        assert_eq!(
            said("shop", 1, 1),
            "1 column of shop looks sensitive. No policy masks them yet."
        );
        let some = "3 columns of shop look sensitive. One of them is not masked by any policy.";
        assert_eq!(said("shop", 3, 1), some);
    }

    #[test]
    fn chosen_columns_become_one_rule_a_table() {
        let column = |table: &str, column: &str| SensitiveColumn {
            schema: "main".into(),
            table: table.into(),
            column: column.into(),
            kind: SensitiveKind::Email,
            why: String::new(),
            suggested: Mask::Hash,
            covered: false,
        };
        let id = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        let columns = [column("a", "x"), column("b", "x"), column("a", "y")];
        let draft = draft(id, "shop", &columns);
        assert_eq!(words::tables(&draft), "A: 2 masks · b: 1 mask");
        assert!(draft.enabled && !draft.is_for(Role::Admin, None));
    }
}
