//! The form of one connection: new or stored.

use super::{
    api::{add_connection, edit_connection, sqlite_files, test_connection},
    fields::Fields,
    outcome::Outcome,
    page::Stored,
    parts::{ColourChoice, KindChoice, LimitFields, Secret, TlsFields},
    url,
};
use crate::{
    pages::form::{ProblemNote, Sending, alive},
    ui::{
        button::{Button, Weight},
        field::TextField,
        icon::{Glyph, Icon},
        toast::Toasts,
    },
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    connection::{ConnectionView, TestReport},
    dialect::Dialect,
};

/// Saving goes back to the list; testing stays, and says what it found.
#[component]
pub fn ConnectionForm(
    fields: Fields,
    edited: Option<ConnectionView>,
    stored: Stored,
) -> impl IntoView {
    let (saving, testing, alive) = (Sending::new(), Sending::new(), alive());
    let report = RwSignal::new(None::<TestReport>);
    let (toasts, go) = (Toasts::get(), use_navigate());
    let id = edited.as_ref().map(|view| view.id);
    // What a test found is about what was tested.
    Effect::new(move |_| {
        fields.track_target();
        report.set(None);
        testing.problem.set(None);
    });
    // The buttons stay in view while one scrolls; what they bring about has to as well.
    let outcome = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        let any = report.with(Option::is_some)
            || testing.problem.with(Option::is_some)
            || saving.problem.with(Option::is_some);
        if any {
            request_animation_frame(move || {
                if let Some(outcome) = outcome.try_get_untracked().flatten() {
                    outcome.scroll_into_view_with_bool(false);
                }
            });
        }
    });
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let draft = match fields.draft() {
            Ok(draft) => draft,
            Err(problem) => return saving.problem.set(Some(problem)),
        };
        let go = go.clone();
        let request = async move {
            match id {
                Some(id) => edit_connection(id, draft).await,
                None => add_connection(draft).await,
            }
        };
        saving.send(request, move |view: ConnectionView| {
            let next = if id.is_none() { " Its structure is being read." } else { "" };
            toasts.good(format!("{} is saved.{next}", view.name));
            stored.changed();
            go("/admin/connections", NavigateOptions::default());
        });
    };
    let test = move |_| match fields.draft() {
        Ok(draft) => {
            report.set(None);
            testing.send(test_connection(draft, id), move |found| report.set(Some(found)));
        }
        Err(problem) => testing.problem.set(Some(problem)),
    };
    let title = edited.map_or("Add connection".to_owned(), |view| format!("Edit {}", view.name));
    let waits = Signal::derive(move || !alive.get());
    let files_only = move || fields.dialect.get() == Dialect::Sqlite;
    view! {
        <form class="form form-page" autocomplete="off" on:submit=save>
            <p class="crumbs">
                <a href="/admin/connections">"Connections"</a>
                <Icon glyph=Glyph::ChevronRight/>
                <span>{title}</span>
            </p>
            <section class="card">
                <Paste fields=fields/>
                <KindChoice fields=fields/>
                <TextField name="name" label="Name" value=fields.name required=true hint="As people will see it: shop, warehouse (staging) …"/>
                <ColourChoice colour=fields.colour/>
            </section>
            <section class="card">
                <h2>"Where it is"</h2>
                {move || {
                    if files_only() {
                        view! { <FileFields fields=fields/> }.into_any()
                    } else {
                        view! { <ServerFields fields=fields/> }.into_any()
                    }
                }}
            </section>
            <Show when=move || !files_only()>
                <TlsFields fields=fields/>
            </Show>
            <LimitFields fields=fields/>
            <div class="form-outcome" node_ref=outcome>
                <div aria-live="polite">
                    {move || report.get().map(|report| view! { <Outcome report dialect=fields.dialect.get_untracked()/> })}
                </div>
                <ProblemNote problem=testing.problem/>
                <ProblemNote problem=saving.problem/>
            </div>
            <div class="form-actions form-actions-stay">
                <Button kind="submit" weight=Weight::Primary disabled=waits busy=saving.pending>"Save"</Button>
                <Button glyph=Glyph::Plug disabled=waits busy=testing.pending on:click=test>"Test"</Button>
                <a class="button button-quiet" href="/admin/connections">"Cancel"</a>
                <span class="form-said muted" role="status">
                    {move || testing.pending.get().then_some("Trying to connect…")}
                </span>
            </div>
        </form>
    }
}

/// A connection URL, pasted or typed, fills the other fields as soon as it can be read.
#[component]
fn Paste(fields: Fields) -> impl IntoView {
    let pasted = RwSignal::new(String::new());
    let read = RwSignal::new(false);
    Effect::new(move |_| {
        let found = pasted.with(|text| url::parse(text));
        read.set(found.is_some());
        if let Some(found) = found {
            fields.fill(found);
            // It may hold a password: not left on the screen.
            pasted.set(String::new());
            read.set(true);
        }
    });
    view! {
        <div class="field">
            <label for="connection-url">"Connection URL"</label>
            <input
                class="input mono"
                id="connection-url"
                placeholder="postgresql://user:password@host:5432/database"
                spellcheck="false"
                autocomplete="off"
                aria-describedby="connection-url-help"
                prop:value=move || pasted.get()
                on:change:target=move |event| pasted.set(event.target().value())
                on:paste=move |event: leptos::ev::ClipboardEvent| {
                    let text = event.clipboard_data().and_then(|data| data.get_data("text").ok());
                    if let Some(text) = text.filter(|text| url::parse(text).is_some()) {
                        event.prevent_default();
                        pasted.set(text);
                    }
                }
            />
            <p class="field-note" id="connection-url-help" aria-live="polite">
                {move || {
                    if read.get() {
                        "Read: the fields below are filled in."
                    } else {
                        "Paste one to fill in the fields below, or fill them in by hand."
                    }
                }}
            </p>
        </div>
    }
}

#[component]
fn ServerFields(fields: Fields) -> impl IntoView {
    view! {
        <div class="form-row">
            <div class="field-grow">
                <TextField name="host" label="Host" value=fields.host placeholder="db.example.com" autocomplete="off"/>
            </div>
            <div class="field-narrow">
                <TextField name="port" label="Port" value=fields.port autocomplete="off"/>
            </div>
        </div>
        <TextField name="database" label="Database" value=fields.database autocomplete="off"/>
        <div class="form-row">
            <div class="field-grow">
                <TextField name="user" label="User" value=fields.user autocomplete="off"/>
            </div>
            <div class="field-grow">
                <Secret id="password" label="Password" value=fields.password stored=fields.has_password/>
            </div>
        </div>
        <TextField
            name="schemas"
            label="Schemas to read"
            value=fields.schemas
            hint="Separated by commas. Empty: all of the database, or without one all that the account can see."
        />
    }
}

/// One of the files below the configured directory.
#[component]
fn FileFields(fields: Fields) -> impl IntoView {
    let files = Resource::new(|| (), |()| sqlite_files());
    view! {
        <div class="field">
            <label for="field-file">"File"</label>
            <input
                class="input mono"
                id="field-file"
                list="sqlite-files"
                spellcheck="false"
                autocomplete="off"
                aria-describedby="file-help"
                prop:value=move || fields.file.get()
                on:input:target=move |event| fields.file.set(event.target().value())
            />
            <datalist id="sqlite-files">
                <Suspense>
                    {move || Suspend::new(async move {
                        files
                            .await
                            .unwrap_or_default()
                            .into_iter()
                            .map(|file| view! { <option value=file></option> })
                            .collect_view()
                    })}
                </Suspense>
            </datalist>
            <p class="field-note" id="file-help">
                "Its path inside the directory that this installation keeps for SQLite files; no others can be opened."
            </p>
        </div>
    }
}
