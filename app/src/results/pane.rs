//! The pane below the editor: grid, chart and messages of the tab in front.

use super::{chart::ResultChart, data::ResultData, grid::ResultGrid, plan::PlanView, stream};
use crate::{
    browser,
    editor::tabs::Tab as EditorTab,
    ide::state::Ide,
    ui::{
        button::{Button, Weight},
        empty::Empty,
        icon::{Glyph, Icon},
        notice::ProblemNotice,
        spinner::Spinner,
        tabs::{Tab, Tabs},
    },
};
use leptos::{prelude::*, task::spawn_local};
use model::result::{ResultFooter, Truncation};

/// Everything about one tab's result.
#[component]
pub fn ResultPane(tab: EditorTab) -> impl IntoView {
    let data = RwSignal::from(tab.result.clone());
    let pane = RwSignal::from(tab.pane.clone());
    let (plan, explained) =
        (RwSignal::from(tab.plan.clone()), RwSignal::from(tab.explained.clone()));
    // Its own memo: rows arrive in hundreds of pieces, and the pane changes a few times only.
    let state = Memo::new(move |_| data.with(State::of));
    Effect::new(move |before: Option<State>| {
        let now = state.get();
        if now == State::Failed && before != Some(State::Failed) {
            pane.set("messages");
        }
        now
    });
    let tabs = vec![
        Tab::new("grid", "Grid").glyph(Glyph::Grid),
        Tab::new("chart", "Chart").glyph(Glyph::Chart),
        Tab::new("explain", "Explain").glyph(Glyph::Plan),
        Tab::new("messages", "Messages").glyph(Glyph::Message),
    ];
    view! {
        <section class="results" aria-label="Results">
            <div class="results-head">
                <Tabs label="Result views" tabs chosen=pane />
                <div class="results-facts"><Facts data /></div>
                <ExportButton tab />
            </div>
            <div class="results-body" role="tabpanel" aria-label="Result">
                {move || match (pane.get(), state.get()) {
                    ("explain", _) => view! { <PlanView data=plan of=explained /> }.into_any(),
                    ("messages", _) => view! { <Messages data /> }.into_any(),
                    (_, State::Nothing) => view! { <NothingYet /> }.into_any(),
                    (_, State::Waiting) => {
                        view! { <div class="empty"><Spinner /><p>"Running…"</p></div> }.into_any()
                    }
                    (_, State::Failed) => view! { <Messages data /> }.into_any(),
                    ("chart", _) => view! { <ResultChart data /> }.into_any(),
                    _ => view! { <ResultGrid data /> }.into_any(),
                }}
            </div>
        </section>
    }
}

/// What there is to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Nothing,
    /// Under way, no columns yet.
    Waiting,
    /// Columns are there, rows may follow.
    Rows,
    /// A problem, and nothing else.
    Failed,
}

impl State {
    fn of(data: &ResultData) -> Self {
        match (&data.problem, data.columns.is_empty(), data.running) {
            (_, false, _) => Self::Rows,
            (Some(_), true, _) => Self::Failed,
            (None, true, true) => Self::Waiting,
            (None, true, false) if data.footer.is_some() => Self::Rows,
            (None, true, false) => Self::Nothing,
        }
    }
}

#[component]
fn NothingYet() -> impl IntoView {
    view! {
        <Empty
            glyph=Glyph::Code
            title="No result yet"
            text="Write SQL above and run the statement at the cursor with Ctrl+Enter (⌘+Enter on a Mac), or ask a question."
        />
    }
}

/// Rows, time, and what applied: one line.
#[component]
fn Facts(data: RwSignal<ResultData>) -> impl IntoView {
    move || {
        data.with(|d| {
            let rows = plural(d.rows.len() as u64, "row");
            let cut = d.problem.is_some() && !d.columns.is_empty();
            match (&d.footer, d.running) {
                (_, true) if !d.columns.is_empty() => {
                    view! { <Spinner /><span>{format!("{rows} so far")}</span> }.into_any()
                }
                (Some(footer), _) => {
                    let note = limits(footer);
                    view! {
                        <span class="facts-main">{format!("{rows} · {}", duration(footer.elapsed_us))}</span>
                        {note
                            .map(|note| {
                                view! {
                                    <span class="facts-note" title=note.clone()>
                                        <Icon glyph=Glyph::Warning />
                                        <span>{note.clone()}</span>
                                    </span>
                                }
                            })}
                    }
                    .into_any()
                }
                _ if cut => view! {
                    <span class="facts-note">
                        <Icon glyph=Glyph::Warning />
                        <span>{format!("{rows}, incomplete: see Messages")}</span>
                    </span>
                }
                .into_any(),
                _ => ().into_any(),
            }
        })
    }
}

/// What was cut, in words; `None` if nothing was.
fn limits(footer: &ResultFooter) -> Option<String> {
    let cut = footer.truncated.map(|truncation| match truncation {
        Truncation::Rows { limit } => format!("Cut at the limit of {}", plural(limit, "row")),
        Truncation::Bytes { limit } => format!("Cut at the limit of {} MB", limit >> 20),
    });
    let cells = footer.shortened_cells;
    let shortened = (cells > 0).then(|| format!("{} shortened", plural(cells, "long value")));
    match (cut, shortened) {
        (Some(cut), Some(shortened)) => Some(format!("{cut}; {shortened}")),
        (cut, shortened) => cut.or(shortened),
    }
}

#[component]
fn Messages(data: RwSignal<ResultData>) -> impl IntoView {
    view! {
        <div class="messages">
            {move || data.with(|d| d.problem.clone()).map(|problem| view! { <ProblemNotice problem /> })}
            {move || {
                data.with(|d| {
                    d.footer
                        .as_ref()
                        .map(|footer| {
                            let text = format!(
                                "{} in {}.",
                                plural(footer.rows, "row"),
                                duration(footer.elapsed_us),
                            );
                            view! { <p>{text}</p> }
                        })
                })
            }}
            {move || {
                data.with(|d| d.footer.as_ref().and_then(limits))
                    .map(|note| {
                        view! {
                            <p class="note note-warning">
                                {note}
                                ". Add a LIMIT or a filter, or ask an administrator to raise the connection's limits."
                            </p>
                        }
                    })
            }}
            {move || {
                let sql = data.with(|d| d.sql.clone());
                (!sql.is_empty())
                    .then(|| {
                        view! {
                            <h3>"What ran"</h3>
                            <pre class="messages-sql" tabindex="0">{sql}</pre>
                        }
                    })
            }}
            {move || {
                let nothing = data.with(|d| State::of(d) == State::Nothing);
                nothing.then(|| view! { <p class="muted">"Nothing has run in this tab yet."</p> })
            }}
        </div>
    }
}

/// Saves the whole result as CSV: the statement runs once more, without the grid's row limit.
#[component]
fn ExportButton(tab: EditorTab) -> impl IntoView {
    let ide = Ide::get();
    let busy = RwSignal::new(false);
    let last = RwSignal::from(tab.last.clone());
    let result = RwSignal::from(tab.result.clone());
    let ready = Memo::new(move |_| result.with(|d| !d.columns.is_empty()));
    let export = move |_| {
        let Some(last) = last.get_untracked() else { return };
        let name = file_name(&tab.title.get_untracked());
        busy.set(true);
        spawn_local(async move {
            match stream::export(last.connection, &last.sql).await {
                Ok(blob) => drop(browser::save(&name, &blob)),
                Err(problem) => ide.toasts.problem(&problem),
            }
            busy.try_set(false);
        });
    };
    view! {
        <Button
            weight=Weight::Ghost
            small=true
            glyph=Glyph::Download
            disabled=Signal::derive(move || !ready.get())
            busy
            on:click=export
        >
            "CSV"
        </Button>
    }
}

fn file_name(title: &str) -> String {
    let safe: String = title
        .chars()
        .map(|c| if c.is_alphanumeric() || "-_ ".contains(c) { c } else { '_' })
        .collect();
    format!("{}.csv", if safe.trim().is_empty() { "result" } else { safe.trim() })
}

/// `1 row`, `12,345 rows`.
#[must_use]
pub fn plural(count: u64, noun: &str) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped} {noun}{}", if count == 1 { "" } else { "s" })
}

/// `840 µs`, `12.3 ms`, `1.25 s`.
#[must_use]
pub fn duration(microseconds: u64) -> String {
    match microseconds as f64 {
        us if us < 1_000.0 => format!("{us:.0} µs"),
        us if us < 1_000_000.0 => format!("{:.1} ms", us / 1_000.0),
        us => format!("{:.2} s", us / 1_000_000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_read_well() {
        assert_eq!(plural(1, "row"), "1 row");
        assert_eq!(plural(0, "row"), "0 rows");
        assert_eq!(plural(1_234_567, "row"), "1,234,567 rows");
        assert_eq!(duration(840), "840 µs");
        assert_eq!(duration(12_340), "12.3 ms");
        assert_eq!(duration(1_250_000), "1.25 s");
        assert_eq!(file_name("a/b: ü"), "a_b_ ü.csv");
        assert_eq!(file_name(" "), "result.csv");
    }

    #[test]
    fn limits_are_told() {
        let mut footer = ResultFooter {
            rows: 10,
            bytes: 0,
            elapsed_us: 0,
            truncated: None,
            shortened_cells: 0,
            chart: None,
        };
        assert_eq!(limits(&footer), None);
        footer.truncated = Some(Truncation::Rows { limit: 10_000 });
        footer.shortened_cells = 1;
        assert_eq!(
            limits(&footer).unwrap(),
            "Cut at the limit of 10,000 rows; 1 long value shortened"
        );
    }
}
