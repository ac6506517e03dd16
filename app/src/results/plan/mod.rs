//! The Explain view: how the database would run a statement, without running it.

mod read;

use self::read::{Step, steps};
use super::{data::ResultData, pane::plural};
use crate::{
    editor::tabs::LastRun,
    pages::form::CopyButton,
    ui::{
        badge::{Badge, Tone},
        empty::Empty,
        icon::Glyph,
        notice::ProblemNotice,
        spinner::Spinner,
    },
};
use leptos::prelude::*;
use model::dialect::Dialect;

/// The statement that asks for the plan of another.
#[must_use]
pub fn explaining(dialect: Dialect, sql: &str) -> String {
    let ask = match dialect {
        Dialect::Postgres => "EXPLAIN (FORMAT JSON)",
        Dialect::MySql => "EXPLAIN",
        Dialect::Sqlite => "EXPLAIN QUERY PLAN",
    };
    format!("{ask} {sql}")
}

/// Is this a request for a plan already?
#[must_use]
pub fn explains(sql: &str) -> bool {
    let word = sql.trim_start().split(|c: char| !c.is_ascii_alphabetic()).next();
    word.is_some_and(|word| word.eq_ignore_ascii_case("explain"))
}

/// The plan in `data`, of the statement in `of`.
#[component]
pub fn PlanView(data: RwSignal<ResultData>, of: RwSignal<Option<LastRun>>) -> impl IntoView {
    move || {
        let sql = of.get().map(|of| of.sql).unwrap_or_default();
        data.with(|d| match (&d.problem, d.running, steps(d)) {
            (Some(problem), ..) => {
                let problem = problem.clone();
                view! { <div class="messages"><ProblemNotice problem /></div> }.into_any()
            }
            (None, true, _) => {
                view! { <div class="empty"><Spinner /><p>"Asking for the plan…"</p></div> }.into_any()
            }
            (None, false, Some(steps)) => view! { <Plan steps sql said=said(d) /> }.into_any(),
            (None, false, None) if !d.columns.is_empty() => {
                view! { <pre class="plan-said">{said(d)}</pre> }.into_any()
            }
            (None, false, None) => view! {
                <Empty
                    glyph=Glyph::Plan
                    title="No plan yet"
                    text="Ctrl+E (⌘+E on a Mac) shows how the database would run the statement at the cursor, without running it."
                />
            }
            .into_any(),
        })
    }
}

#[component]
fn Plan(steps: Vec<Step>, sql: String, said: String) -> impl IntoView {
    let cost = steps.first().and_then(|step| step.cost);
    let rows = steps.first().and_then(|step| step.rows).filter(|_| cost.is_some());
    let facts = [
        rows.map(|rows| format!("about {}", plural(rows as u64, "row"))),
        cost.map(|cost| format!("cost {cost:.0}")),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    let one_line = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    let copied = said.clone();
    view! {
        <div class="plan">
            <div class="plan-head">
                <code class="plan-sql" title=sql>{one_line}</code>
                <span class="muted">{facts.join(" · ")}</span>
                <CopyButton text=Signal::stored(copied) label="Copy plan" />
            </div>
            <ol class="plan-steps">{steps.into_iter().map(line).collect_view()}</ol>
            <p class="muted plan-note">"Estimated by the database: nothing was run."</p>
            <details class="plan-details">
                <summary>"What the database said"</summary>
                <pre class="plan-said">{said}</pre>
            </details>
        </div>
    }
}

fn line(step: Step) -> AnyView {
    let Step { depth, title, notes, rows, share, scan, .. } = step;
    let share = share.map(|share| (share * 100.0).round());
    view! {
        <li class="plan-step" style=format!("--depth:{depth}")>
            <div class="plan-what">
                <span class="plan-title">{title}</span>
                {scan.then(|| view! { <Badge tone=Tone::Warning>"whole table"</Badge> })}
                {notes
                    .into_iter()
                    .map(|note| view! { <span class="plan-said-of">{note}</span> })
                    .collect_view()}
            </div>
            <span class="plan-rows">{rows.map(|rows| plural(rows as u64, "row"))}</span>
            {share
                .map(|share| {
                    view! {
                        <span class="plan-share" title=format!("{share:.0}% of the cost is this step's own")>
                            <span class="plan-bar" style=format!("width:{share:.0}%")></span>
                            <span class="plan-percent">{format!("{share:.0}%")}</span>
                        </span>
                    }
                })}
        </li>
    }
    .into_any()
}

/// The database's own words: a single value as it is, a table with tabs.
fn said(data: &ResultData) -> String {
    let cell = |row, column| data.rows.cell(row, column).unwrap_or("NULL");
    let row = |row| (0..data.columns.len()).map(|c| cell(row, c)).collect::<Vec<_>>().join("\t");
    let head = data.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join("\t");
    let head = (data.columns.len() > 1).then_some(head);
    head.into_iter().chain((0..data.rows.len()).map(row)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explain_is_told_from_the_rest() {
        assert!(explains("  explain select 1") && explains("EXPLAIN(FORMAT JSON) SELECT 1"));
        assert!(!explains("select explain from t") && !explains("explained") && !explains(""));
        assert_eq!(explaining(Dialect::Sqlite, "SELECT 1"), "EXPLAIN QUERY PLAN SELECT 1");
    }
}
