//! The result as a chart: the suggested one with its reason, and the other kinds that fit.

mod dataset;
mod ffi;

use self::{
    dataset::{Instructions, source},
    ffi::{ChartModule, Drawn},
};
use super::{api::chart_option, data::ResultData};
use crate::{
    browser::{self, Slot},
    ui::{
        choice::{Segment, Segments},
        empty::Empty,
        icon::Glyph,
        notice::ProblemNotice,
        spinner::Spinner,
        theme::Theme,
    },
};
use leptos::{html, prelude::*, task::spawn_local};
use model::{
    chart::{ChartKind, ChartSpec, ChartSuggestion},
    error::{Problem, ProblemCode},
};
use wasm_bindgen::JsCast;

/// Fills its parent, which must have a height. Without `suggestion` the one of the result's footer
/// is drawn.
#[component]
pub fn ResultChart(
    data: RwSignal<ResultData>,
    #[prop(optional, into)] suggestion: Option<Signal<Option<ChartSuggestion>>>,
) -> impl IntoView {
    let suggestion = Memo::new(move |_| match suggestion {
        Some(given) => given.get(),
        None => data.with(|d| d.footer.as_ref().and_then(|footer| footer.chart.clone())),
    });
    let running = Memo::new(move |_| data.with(|d| d.running));
    move || {
        match (suggestion.get(), running.get()) {
        (Some(suggestion), _) => view! { <Suggested data suggestion /> }.into_any(),
        (None, true) => view! {
            <div class="empty"><Spinner /><p>"The chart is drawn when the last row is here."</p></div>
        }
        .into_any(),
        (None, false) => view! {
            <Empty
                glyph=Glyph::Chart
                title="No chart fits this result"
                text="A chart needs at least two rows with a number, and a date, a category or a second number beside it."
            />
        }
        .into_any(),
    }
    }
}

#[component]
fn Suggested(data: RwSignal<ResultData>, suggestion: ChartSuggestion) -> impl IntoView {
    let ChartSuggestion { spec, reason, alternatives } = suggestion;
    let suggested = spec.kind;
    let kind = RwSignal::new(suggested);
    let problem = RwSignal::new(None::<Problem>);
    let segments: Vec<Segment> = alternatives.into_iter().map(segment).collect();
    let choose = move |name: String| {
        if let Some(chosen) = ChartKind::ALL.into_iter().find(|k| k.title() == name) {
            kind.set(chosen);
        }
    };
    let several = segments.len() > 1;
    view! {
        <div class="chart">
            <div class="chart-head">
                {several
                    .then(|| {
                        view! {
                            <Segments
                                label="Kind of chart"
                                name="chart-kind"
                                segments
                                chosen=Signal::derive(move || kind.get().title().to_string())
                                on_choose=choose
                            />
                        }
                    })}
                <p class="chart-reason muted">
                    {move || if kind.get() == suggested { reason.clone() } else { String::new() }}
                </p>
            </div>
            {move || problem.get().map(|problem| view! { <ProblemNotice problem /> })}
            <Canvas data spec kind problem />
        </div>
    }
}

fn segment(kind: ChartKind) -> Segment {
    let glyph = match kind {
        ChartKind::Bar => Glyph::Chart,
        ChartKind::Line => Glyph::Line,
        ChartKind::Area => Glyph::Area,
        ChartKind::Pie => Glyph::Pie,
        ChartKind::Scatter => Glyph::Scatter,
    };
    Segment { key: kind.title().into(), label: kind.title().into(), glyph: Some(glyph) }
}

/// The drawing itself: an empty host that ECharts fills in the browser.
#[component]
fn Canvas(
    data: RwSignal<ResultData>,
    spec: ChartSpec,
    kind: RwSignal<ChartKind>,
    problem: RwSignal<Option<Problem>>,
) -> impl IntoView {
    let host = NodeRef::<html::Div>::new();
    let drawn = Slot::new(|drawn: &Drawn| drawn.dispose());
    let wanted = RwSignal::new(0_u32);
    let dark = Theme::get().dark;
    let spec = StoredValue::new(spec);
    Effect::new(move || {
        let (Some(host), kind) = (host.get(), kind.get()) else { return };
        dark.track();
        wanted.update_untracked(|turn| *turn += 1);
        let turn = wanted.get_untracked();
        let spec = ChartSpec { kind, ..spec.get_value() };
        spawn_local(async move {
            let result =
                draw(data, spec, host, drawn, || wanted.try_get_untracked() == Some(turn)).await;
            if wanted.try_get_untracked() == Some(turn) {
                problem.set(result.err());
            }
        });
    });
    view! { <div class="chart-host" role="img" aria-label="Chart of the result" node_ref=host></div> }
}

/// Draws one kind, unless `current` says by then that something else is wanted.
async fn draw(
    data: RwSignal<ResultData>,
    spec: ChartSpec,
    host: leptos::web_sys::HtmlDivElement,
    drawn: Slot<Drawn>,
    current: impl Fn() -> bool,
) -> Result<(), Problem> {
    let Some(columns) = data.try_with_untracked(|d| d.columns.clone()) else { return Ok(()) };
    let mut option = chart_option(columns, spec.clone()).await.map_err(|error| error.0)?;
    let how = Instructions::take(&mut option);
    if let Some(sentence) = how.problem {
        return Err(Problem::new(ProblemCode::Invalid, sentence));
    }
    let path = browser::root_attribute("data-chart").unwrap_or_default();
    let module: ChartModule =
        browser::import(&path).await.map_err(|_| not_loaded())?.unchecked_into();
    if !current() {
        return Ok(());
    }
    let used: Vec<usize> =
        spec.y.iter().copied().chain([spec.x]).chain(spec.series).map(|i| i as usize).collect();
    let join = spec.kind != ChartKind::Scatter;
    let rows = data.try_with_untracked(|d| source(d, &used, &how, join).to_string());
    let Some(rows) = rows else { return Ok(()) };
    let chart = match drawn.get() {
        Some(chart) => chart,
        None => {
            drawn.set(module.create(&host).map_err(|_| not_loaded())?);
            drawn.get().ok_or_else(not_loaded)?
        }
    };
    chart.draw(&option.to_string(), &rows, how.pivot.is_some()).map_err(|_| {
        Problem::new(ProblemCode::Internal, "This result could not be drawn as a chart.")
    })
}

fn not_loaded() -> Problem {
    Problem::new(ProblemCode::Unreachable, "The chart library could not be loaded.")
        .hint("Check the network and choose the chart again.")
}
