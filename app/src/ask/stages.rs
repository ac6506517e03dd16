//! The stages of a run: a list while it runs, one line when it has ended.

use super::turn::{StageLine, Turn, duration};
use crate::ui::{
    icon::{Glyph, Icon},
    spinner::Spinner,
};
use leptos::{leptos_dom::helpers::IntervalHandle, prelude::*};
use model::run::{RunStatus, Stage};
use std::time::Duration;

#[component]
pub fn Stages(turn: ArcRwSignal<Turn>) -> impl IntoView {
    let lines = {
        let turn = turn.clone();
        Memo::new(move |_| turn.with(|turn| turn.stages.clone()))
    };
    let running = {
        let turn = turn.clone();
        Memo::new(move |_| turn.with(Turn::is_running))
    };
    let open = RwSignal::new(false);
    let any = Memo::new(move |_| lines.with(|lines| !lines.is_empty()));
    let summary = move || turn.with(summary_of);
    view! {
        <div class="stages-slot">
            {move || match (running.get(), any.get()) {
                (true, false) => {
                    view! { <p class="stage"><Spinner/> <span>"Starting"</span></p> }.into_any()
                }
                (true, true) => view! { <StageList lines running=true/> }.into_any(),
                (false, true) => {
                    let summary = summary.clone();
                    view! {
                        <button
                            type="button"
                            class="stages-summary"
                            aria-expanded=move || open.get().to_string()
                            on:click=move |_| open.update(|open| *open = !*open)
                        >
                            <Icon glyph=Glyph::ChevronRight/>
                            <span>{summary}</span>
                        </button>
                        <Show when=move || open.get()>
                            <StageList lines running=false/>
                        </Show>
                    }
                        .into_any()
                }
                (false, false) => ().into_any(),
            }}
        </div>
    }
}

/// `Built-in engine · 7 steps · 42 ms`.
fn summary_of(turn: &Turn) -> String {
    let steps = turn.stages.len();
    let steps = if steps == 1 { "1 step".to_owned() } else { format!("{steps} steps") };
    let mut parts = vec![steps, duration(turn.elapsed_us())];
    if !turn.drafter.is_empty() {
        parts.insert(0, turn.drafter.clone());
    }
    if turn.stages.iter().any(|line| line.stage == Stage::Draft && line.times > 1) {
        parts.push("repaired once".to_owned());
    }
    match turn.status {
        RunStatus::Failed => parts.push("failed".to_owned()),
        RunStatus::Cancelled => parts.push("stopped".to_owned()),
        _ => {}
    }
    parts.join(" · ")
}

#[component]
fn StageList(lines: Memo<Vec<StageLine>>, running: bool) -> impl IntoView {
    view! {
        <ol class="stages" aria-label="Steps">
            <For
                each=move || lines.get()
                key=|line| (line.stage, line.times, line.finished.is_some())
                children=move |line| view! { <StageRow line running/> }
            />
        </ol>
    }
}

#[component]
fn StageRow(line: StageLine, running: bool) -> impl IntoView {
    let title = line.stage.title();
    match line.finished {
        Some((elapsed_us, note)) => view! {
            <li class="stage stage-done">
                <Icon glyph=Glyph::Check/>
                <span>{title}</span>
                <span class="stage-note">{note}</span>
                <span class="stage-time">{duration(elapsed_us)}</span>
            </li>
        }
        .into_any(),
        None if running => view! {
            <li class="stage stage-now">
                <Spinner/>
                <span>{title}</span>
                <span class="stage-note"></span>
                <Waiting/>
            </li>
        }
        .into_any(),
        None => view! {
            <li class="stage stage-broken">
                <Icon glyph=Glyph::Close/>
                <span>{title}</span>
                <span class="stage-note">"did not finish"</span>
                <span class="stage-time"></span>
            </li>
        }
        .into_any(),
    }
}

/// Seconds since this stage appeared here, from the second one on.
#[component]
fn Waiting() -> impl IntoView {
    let seconds = RwSignal::new(0_u32);
    let ticking = StoredValue::new(None::<IntervalHandle>);
    Effect::new(move || {
        let tick = move || {
            seconds.try_update(|seconds| *seconds += 1);
        };
        ticking.set_value(set_interval_with_handle(tick, Duration::from_secs(1)).ok());
    });
    on_cleanup(move || {
        if let Some(handle) = ticking.try_get_value().flatten() {
            handle.clear();
        }
    });
    view! {
        <span class="stage-time">
            {move || match seconds.get() {
                0 => String::new(),
                seconds => format!("{seconds} s"),
            }}
        </span>
    }
}
