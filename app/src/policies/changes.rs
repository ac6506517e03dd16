//! What was changed in policies, and by whom.

use super::api::policy_changes;
use crate::{
    pages::{form::ProblemText, when::When},
    ui::{
        badge::{Badge, Tone},
        empty::Empty,
        icon::{Glyph, Icon},
    },
};
use leptos::prelude::*;
use model::policy::{ChangeKind, PolicyChange};

const SHOWN: u32 = 200;

#[component]
pub fn ChangesPage() -> impl IntoView {
    let changes = Resource::new(|| (), |()| policy_changes(SHOWN));
    view! {
        <p class="crumbs">
            <a href="/admin/policies">"Policies"</a>
            <Icon glyph=Glyph::ChevronRight/>
            <span>"What changed"</span>
        </p>
        <Transition fallback=|| view! { <p class="loading">"Reading the log…"</p> }>
            {move || Suspend::new(async move {
                match changes.await {
                    Ok(list) => view! { <ChangeTable list/> }.into_any(),
                    Err(error) => view! { <ProblemText problem=error.0/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn ChangeTable(list: Vec<PolicyChange>) -> impl IntoView {
    if list.is_empty() {
        return view! {
            <Empty
                glyph=Glyph::History
                title="Nothing has changed yet"
                text="Every change of a policy is kept here, with who made it."
            />
        }
        .into_any();
    }
    let cut = list.len() == SHOWN as usize;
    let rows = list
        .into_iter()
        .map(|change| {
            let (tone, what) = kind(change.what);
            let lines =
                change.lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
            view! {
                <tr>
                    <td><When at=change.at/></td>
                    <td>{change.by}</td>
                    <td><Badge tone>{what}</Badge></td>
                    <td>
                        <span class="cell-main">{change.name}</span>
                        <ul class="policy-lines">{lines}</ul>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-frame">
            <table class="table policy-log">
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col">"By"</th>
                        <th scope="col">"Did"</th>
                        <th scope="col">"What"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {cut.then(|| view! { <p class="muted">"The newest " {SHOWN} " changes."</p> })}
    }
    .into_any()
}

fn kind(kind: ChangeKind) -> (Tone, &'static str) {
    match kind {
        ChangeKind::Created => (Tone::Good, "created"),
        ChangeKind::Changed => (Tone::Accent, "changed"),
        ChangeKind::Deleted => (Tone::Bad, "deleted"),
        ChangeKind::Enabled => (Tone::Good, "enabled"),
        ChangeKind::Disabled => (Tone::Warning, "disabled"),
    }
}
