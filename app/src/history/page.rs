//! `/history`: what was asked and run, newest first.

use super::{api::list_history, row::HistoryRow};
use crate::{
    ide::state::{Ide, Loading},
    pages::{
        form::{ProblemText, Sending},
        frame::Page,
    },
    ui::{button::Button, empty::Empty, field::Select, icon::Glyph},
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use model::{
    history::{HistoryEntry, HistoryFilter, HistoryKind, HistoryPage as Entries},
    role::Role,
    run::RunStatus,
};
use std::time::Duration;

const HELP: &str = "Every question and every statement that was run, with how it ended, how many rows it gave and how long it took. \
    You see your own; administrators see everyone's. Open a line for its SQL, to run it again or to copy it.";

#[component]
pub fn HistoryPage() -> impl IntoView {
    view! {
        <Page
            title="History"
            help=HELP
            role=Role::Viewer
            content=|person| view! { <History everyone=person.role == Role::Admin/> }.into_any()
        />
    }
}

/// What is searched for, as the controls hold it.
#[derive(Clone, Copy)]
struct Wanted {
    search: RwSignal<String>,
    connection: RwSignal<String>,
    kind: RwSignal<String>,
    status: RwSignal<String>,
}

impl Wanted {
    fn filter(self) -> HistoryFilter {
        HistoryFilter {
            search: self.search.get(),
            connection: self.connection.with(|id| id.parse().ok()),
            kind: match self.kind.get().as_str() {
                "question" => Some(HistoryKind::Question),
                "statement" => Some(HistoryKind::Statement),
                _ => None,
            },
            status: self.status.with(|name| STATUSES.iter().find(|s| s.name() == name).copied()),
            before: None,
        }
    }
}

const STATUSES: [RunStatus; 6] = [
    RunStatus::Done,
    RunStatus::Failed,
    RunStatus::Declined,
    RunStatus::Cancelled,
    RunStatus::Running,
    RunStatus::Waiting,
];

/// The name of a status as people read it.
#[must_use]
pub fn status_title(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Running => "Running",
        RunStatus::Waiting => "Asks back",
        RunStatus::Done => "Done",
        RunStatus::Declined => "Not understood",
        RunStatus::Failed => "Failed",
        RunStatus::Cancelled => "Stopped",
    }
}

#[component]
fn History(everyone: bool) -> impl IntoView {
    let wanted = Wanted {
        search: RwSignal::new(String::new()),
        connection: RwSignal::new(String::new()),
        kind: RwSignal::new(String::new()),
        status: RwSignal::new(String::new()),
    };
    let filter = Memo::new(move |_| wanted.filter());
    let first = Resource::new(move || filter.get(), list_history);
    view! {
        <Controls wanted=wanted/>
        <Transition fallback=|| view! { <p class="loading">"Reading the history…"</p> }>
            {move || Suspend::new(async move {
                match first.await {
                    Ok(page) => {
                        let filter = filter.get_untracked();
                        view! { <EntryList first=page filter=filter everyone=everyone/> }.into_any()
                    }
                    Err(error) => view! { <ProblemText problem=error.0/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Controls(wanted: Wanted) -> impl IntoView {
    let ide = Ide::get();
    Effect::new(move || {
        if ide.connections_state.get_untracked() == Loading::Waiting {
            ide.reload_connections();
        }
    });
    let typed = RwSignal::new(String::new());
    // One request when the typing pauses, not one a key.
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let search_later = move |text: String| {
        typed.set(text.clone());
        if let Some(timer) = timer.get_value() {
            timer.clear();
        }
        let later = move || drop(wanted.search.try_set(text));
        timer.set_value(set_timeout_with_handle(later, Duration::from_millis(250)).ok());
    };
    let connections = move || {
        let mut options = vec![(String::new(), "All connections".to_owned())];
        ide.connections.with(|all| {
            options.extend(all.iter().map(|one| (one.id.to_string(), one.name.clone())));
        });
        options
    };
    let kinds =
        [("", "Questions and statements"), ("question", "Questions"), ("statement", "Statements")];
    let statuses = std::iter::once((String::new(), "Any outcome".to_owned()))
        .chain(STATUSES.map(|s| (s.name().to_owned(), status_title(s).to_owned())))
        .collect::<Vec<_>>();
    let kinds = kinds.map(|(key, label)| (key.to_owned(), label.to_owned())).to_vec();
    view! {
        <div class="filters" role="search">
            <div class="field field-grow">
                <label class="visually-hidden" for="history-search">"Search the history"</label>
                <input
                    class="input"
                    id="history-search"
                    type="search"
                    placeholder="Search questions and SQL"
                    maxlength="200"
                    prop:value=move || typed.get()
                    on:input:target=move |event| search_later(event.target().value())
                />
            </div>
            <Select name="connection" label="Connection" bare=true value=wanted.connection options=Signal::derive(connections)/>
            <Select name="kind" label="Kind" bare=true value=wanted.kind options=Signal::stored(kinds)/>
            <Select name="status" label="Outcome" bare=true value=wanted.status options=Signal::stored(statuses)/>
        </div>
    }
}

#[component]
fn EntryList(first: Entries, filter: HistoryFilter, everyone: bool) -> impl IntoView {
    let nothing_wanted = filter == HistoryFilter::default();
    if first.entries.is_empty() {
        return nothing_found(nothing_wanted).into_any();
    }
    let more = RwSignal::new(first.more);
    let entries = RwSignal::new(first.entries);
    let sending = Sending::new();
    let load_more = move |_| {
        let before = entries.with_untracked(|all| all.last().map(|entry: &HistoryEntry| entry.id));
        let next = HistoryFilter { before, ..filter.clone() };
        sending.send(list_history(next), move |page| {
            entries.update(|all| all.extend(page.entries));
            more.set(page.more);
        });
    };
    view! {
        <div class="table-frame">
            <table class="table history">
                <thead>
                    <tr>
                        <th scope="col">"Question or statement"</th>
                        <th scope="col">"Outcome"</th>
                        <th scope="col">"Connection"</th>
                        {everyone.then(|| view! { <th scope="col" class="history-by">"By"</th> })}
                        <th scope="col" class="cell-number">"Rows"</th>
                        <th scope="col" class="cell-number">"Time"</th>
                        <th scope="col">"When"</th>
                    </tr>
                </thead>
                <For
                    each=move || entries.get()
                    key=|entry| entry.id
                    children=move |entry| view! { <HistoryRow entry=entry everyone=everyone/> }
                />
            </table>
        </div>
        {move || sending.problem.get().map(|problem| view! { <ProblemText problem=problem/> })}
        <Show when=move || more.get()>
            <div class="form-actions form-actions-centre">
                <Button busy=sending.pending on:click=load_more.clone()>"Load more"</Button>
            </div>
        </Show>
    }
    .into_any()
}

fn nothing_found(nothing_wanted: bool) -> impl IntoView {
    if nothing_wanted {
        view! {
            <Empty
                glyph=Glyph::History
                title="Nothing has been asked or run yet"
                text="Questions and statements appear here as soon as they run."
            >
                <a class="button button-primary" href="/">"Ask a question"</a>
            </Empty>
        }
        .into_any()
    } else {
        view! {
            <Empty
                glyph=Glyph::Search
                title="Nothing fits"
                text="Search for other words, or choose other filters."
            />
        }
        .into_any()
    }
}
