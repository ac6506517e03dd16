//! Real rows of the table that is chosen, as they are and as somebody would see them with the draft.

use super::{
    api::preview_policy,
    editing::Editing,
    rules::Place,
    viewer::{Viewer, ViewerPick},
    words::People,
};
use crate::{
    pages::form::ProblemText,
    results::pane::plural,
    ui::{
        badge::{Badge, Tone},
        icon::{Glyph, Icon},
        spinner::Spinner,
    },
};
use leptos::{prelude::*, task::spawn_local};
use model::{
    error::Problem,
    id::ConnectionId,
    policy::{PolicyPreview, PreviewColumn, PreviewRequest},
    result::Cell,
};
use std::time::Duration;

/// Milliseconds of rest before rows are read.
const REST: u64 = 500;

#[component]
pub fn PreviewCard(
    editing: Editing,
    chosen: RwSignal<Option<Place>>,
    browsed: Memo<Option<ConnectionId>>,
    people: StoredValue<People>,
) -> impl IntoView {
    let viewer = RwSignal::new(Viewer::of(&editing.draft.get_untracked()));
    let (shown, problem) = (RwSignal::new(None::<PolicyPreview>), RwSignal::new(None::<Problem>));
    let waiting = RwSignal::new(false);
    let turn = StoredValue::new(0_u32);
    let request = Memo::new(move |_| {
        let place = chosen.get().filter(Place::is_exact)?;
        Some(PreviewRequest {
            connection: browsed.get()?,
            policy: editing.id,
            draft: editing.draft.get(),
            view_as: viewer.get().view_as(),
            schema: place.schema,
            table: place.table,
        })
    });
    // Another table's rows are not left standing while its own are read.
    Effect::new(move || {
        chosen.track();
        shown.set(None);
        problem.set(None);
    });
    Effect::new(move || {
        let request = request.get();
        turn.update_value(|turn| *turn += 1);
        let mine = turn.get_value();
        waiting.set(request.is_some());
        let Some(request) = request else { return };
        let is_mine = move || turn.try_get_value() == Some(mine);
        let read = move || {
            if !is_mine() {
                return;
            }
            spawn_local(async move {
                let answer = preview_policy(request).await;
                if !is_mine() {
                    return;
                }
                waiting.set(false);
                match answer {
                    Ok(preview) => {
                        problem.set(None);
                        shown.set(Some(preview));
                    }
                    Err(error) => problem.set(Some(error.0)),
                }
            });
        };
        set_timeout(read, Duration::from_millis(REST));
    });
    let title = move || {
        chosen.get().filter(Place::is_exact).map_or_else(
            || "Before and after".to_owned(),
            |place| format!("{}: before and after", place.table),
        )
    };
    let none = move || chosen.with(|chosen| chosen.as_ref().is_none_or(|place| !place.is_exact()));
    view! {
        <section class="card card-wide" aria-labelledby="preview-title">
            <div class="policy-preview-head">
                <h2 id="preview-title">{title}</h2>
                <span class="policy-waiting muted" role="status">
                    {move || waiting.get().then(|| view! { <Spinner/> "Reading rows…" })}
                </span>
                <ViewerPick id="preview-viewer" viewer people/>
            </div>
            {move || problem.get().map(|problem| view! { <ProblemText problem/> })}
            <Show when=none>
                <p class="muted">"Choose a single table to see real rows of it, as they are and as others would see them."</p>
            </Show>
            <div class:policy-stale=move || waiting.get() || problem.with(Option::is_some)>
                {move || shown.get().map(|preview| view! { <Rows preview/> })}
            </div>
        </section>
    }
}

#[component]
fn Rows(preview: PolicyPreview) -> impl IntoView {
    let note = preview.note.clone();
    let counted = counted(&preview);
    let body = if preview.denied {
        view! {
            <p class="policy-hidden"><Icon glyph=Glyph::Masked/> "The table is not there for them."</p>
        }
        .into_any()
    } else if preview.before.is_empty() {
        view! { <p class="muted">"The table has no rows."</p> }.into_any()
    } else if preview.aligned {
        view! { <Aligned preview/> }.into_any()
    } else {
        let PolicyPreview { columns, before, after, .. } = preview;
        let after: Vec<Vec<Cell>> = after.into_iter().flatten().collect();
        let open: Vec<PreviewColumn> =
            columns.iter().map(|c| PreviewColumn { mask: None, ..c.clone() }).collect();
        view! {
            <h3>"As it is stored"</h3>
            <Plain label="As it is stored" columns=open rows=before/>
            <h3>"As they see it"</h3>
            <Plain label="As they see it" columns rows=after/>
        }
        .into_any()
    };
    view! {
        {note
            .map(|note| {
                view! {
                    <p class="note notice">
                        <Icon glyph=Glyph::Info/>
                        <span>{note}</span>
                    </p>
                }
            })}
        {body}
        {counted.map(|counted| view! { <p class="muted">{counted}</p> })}
    }
}

/// `They see 120 of 1,000 rows.`
fn counted(preview: &PolicyPreview) -> Option<String> {
    let (all, seen) = (preview.rows?, preview.visible_rows?);
    (all != seen).then(|| {
        format!(
            "They see {} of {}.",
            plural(seen, "row").trim_end_matches(" rows").trim_end_matches(" row"),
            plural(all, "row")
        )
    })
}

/// One table: a masked column stands twice, as it is and as it is seen; masked ones come first.
#[component]
fn Aligned(preview: PolicyPreview) -> impl IntoView {
    let PolicyPreview { columns, before, after, .. } = preview;
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by_key(|at| columns[*at].mask.is_none());
    let heads = order.iter().map(|at| head(&columns[*at])).collect_view();
    let rows = before
        .iter()
        .zip(&after)
        .map(|(before, after)| {
            let cells = order
                .iter()
                .map(|at| {
                    let stored = before.get(*at).cloned().flatten();
                    let seen = after.as_ref().map(|row| row.get(*at).cloned().flatten());
                    pair(&columns[*at], stored, seen)
                })
                .collect_view();
            let hidden = after.is_none();
            view! {
                <tr class:policy-row-hidden=hidden>
                    <td class="policy-row-mark">{hidden.then(|| view! { <Badge tone=Tone::Warning>"hidden"</Badge> })}</td>
                    {cells}
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-frame policy-rows" tabindex="0" role="region" aria-label="Rows before and after">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col"><span class="visually-hidden">"Row"</span></th>
                        {heads}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn head(column: &PreviewColumn) -> AnyView {
    let name = column.name.clone();
    match column.mask.clone() {
        None => view! { <th scope="col">{name}</th> }.into_any(),
        Some(mask) => view! {
            <th scope="col" class="policy-before">{name.clone()} " " <span class="policy-when">"before"</span></th>
            <th scope="col" class="policy-after">
                {name} " " <span class="policy-when">"after: " {mask_word(&mask)}</span>
            </th>
        }
        .into_any(),
    }
}

fn mask_word(mask: &str) -> String {
    if mask == "deny" { "not there".into() } else { mask.into() }
}

/// `seen`: `None` where the row is hidden.
fn pair(column: &PreviewColumn, stored: Cell, seen: Option<Cell>) -> AnyView {
    match column.mask.as_deref() {
        None => view! { <td>{cell(stored)}</td> }.into_any(),
        Some(mask) => {
            let seen = match seen {
                None => ().into_any(),
                Some(_) if mask == "deny" => view! { <span class="muted">"—"</span> }.into_any(),
                Some(value) => cell(value),
            };
            view! {
                <td class="policy-before">{cell(stored)}</td>
                <td class="policy-after">{seen}</td>
            }
            .into_any()
        }
    }
}

#[component]
fn Plain(label: &'static str, columns: Vec<PreviewColumn>, rows: Vec<Vec<Cell>>) -> impl IntoView {
    let there: Vec<usize> =
        (0..columns.len()).filter(|at| columns[*at].mask.as_deref() != Some("deny")).collect();
    let heads = there
        .iter()
        .map(|at| {
            let column = &columns[*at];
            let mask = column.mask.clone();
            view! {
                <th scope="col">
                    {column.name.clone()}
                    {mask.map(|mask| view! { <span class="policy-when">{mask}</span> })}
                </th>
            }
        })
        .collect_view();
    let body = rows
        .into_iter()
        .map(|row| {
            let cells = there
                .iter()
                .map(|at| {
                    let masked = columns[*at].mask.is_some();
                    let value = row.get(*at).cloned().flatten();
                    view! { <td class:policy-after=masked>{cell(value)}</td> }
                })
                .collect_view();
            view! { <tr>{cells}</tr> }
        })
        .collect_view();
    view! {
        <div class="table-frame policy-rows" tabindex="0" role="region" aria-label=label>
            <table class="table">
                <thead><tr>{heads}</tr></thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
}

/// A value, shortened; the rest as its tooltip.
fn cell(value: Cell) -> AnyView {
    const SHOWN: usize = 60;
    match value {
        None => view! { <span class="g-null">"NULL"</span> }.into_any(),
        Some(value) if value.chars().count() > SHOWN => {
            let short: String = value.chars().take(SHOWN).collect();
            view! { <span title=value>{short}"…"</span> }.into_any()
        }
        Some(value) => view! { <span>{value}</span> }.into_any(),
    }
}
