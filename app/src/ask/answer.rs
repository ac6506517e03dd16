//! An answer: the short text, the rows as a grid or a chart, and how to go on.

use super::{
    start::Suggestions,
    state::{Chat, TurnHandle},
    turn::grouped,
};
use crate::{
    results::{chart::ResultChart, grid::ResultGrid},
    ui::{
        button::Button,
        icon::Glyph,
        notice::ProblemNotice,
        tabs::{Tab, Tabs},
    },
};
use leptos::prelude::*;
use model::id::RunId;

#[component]
pub fn AnswerView(handle: TurnHandle, chat: Chat, newest: Memo<Option<RunId>>) -> impl IntoView {
    let turn = handle.turn.clone();
    let answer = Memo::new(move |_| turn.with(|turn| turn.answer.clone()));
    let run = handle.run;
    move || {
        let answer = answer.get()?;
        let has_rows = !answer.preview.rows.is_empty() && !answer.preview.columns.is_empty();
        let chart = answer.chart.is_some();
        let follow_ups = StoredValue::new(answer.follow_ups);
        let asks_on =
            move || newest.get() == Some(run) && follow_ups.with_value(|all| !all.is_empty());
        Some(view! {
            <p class="answer-text">{answer.text}</p>
            {has_rows.then(|| view! { <Rows handle=handle.clone() chart/> })}
            <Show when=asks_on>
                <p class="chips-title">"Ask next"</p>
                <Suggestions list=follow_ups.get_value() chat label="Questions that could come next"/>
            </Show>
        })
    }
}

/// Pixels: a grid's head with room for a scroll bar and the pane's borders, and a row.
const GRID_HEAD: usize = 58;
const GRID_ROW: usize = 26;

/// Grid and chart of one result. A chart that fits is shown first.
#[component]
fn Rows(handle: TurnHandle, chart: bool) -> impl IntoView {
    let chosen = RwSignal::new(if chart { "chart" } else { "grid" });
    let tabs = if chart {
        vec![
            Tab::new("chart", "Chart").glyph(Glyph::Chart),
            Tab::new("grid", "Grid").glyph(Glyph::Grid),
        ]
    } else {
        vec![Tab::new("grid", "Grid").glyph(Glyph::Grid)]
    };
    let result = RwSignal::from(handle.result.clone());
    let missing = {
        let turn = handle.turn.clone();
        Memo::new(move |_| {
            let all = turn.with(|turn| turn.executed.map_or(0, |executed| executed.rows));
            let here = result.with(|result| result.rows.len() as u64);
            (all.saturating_sub(here) > 0).then_some((here, all))
        })
    };
    // Why they could not be loaded: they were removed, or policies have become stricter.
    let why = Memo::new(move |_| result.with(|result| result.problem.clone()));
    let load = move |_| handle.load_rest();
    // A short grid takes no more room than it needs; a long one scrolls.
    let height = move || match chosen.get() {
        "chart" => "304px".to_owned(),
        _ => format!("{}px", result.with(|result| GRID_HEAD + GRID_ROW * result.rows.len().min(8))),
    };
    view! {
        <div class="answer-rows">
            <Tabs label="Result" tabs=Signal::stored(tabs) chosen/>
            <div
                class="answer-pane"
                role="tabpanel"
                aria-label=move || if chosen.get() == "chart" { "Chart" } else { "Grid" }
                style:height=height
            >
                {move || match chosen.get() {
                    "chart" => view! { <ResultChart data=result/> }.into_any(),
                    _ => view! { <ResultGrid data=result/> }.into_any(),
                }}
            </div>
            {move || {
                missing
                    .get()
                    .map(|(here, all)| {
                        let why = why.get();
                        let load = why.is_none().then(|| load.clone());
                        view! {
                            <p class="answer-missing">
                                <span>{format!("{} of {} rows", grouped(here), grouped(all))}</span>
                                {load
                                    .map(|load| {
                                        view! { <Button small=true on:click=load>"Load all rows"</Button> }
                                    })}
                            </p>
                            {why.map(|problem| view! { <ProblemNotice problem/> })}
                        }
                    })
            }}
        </div>
    }
}
