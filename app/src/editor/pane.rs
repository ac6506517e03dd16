//! The editor: tabs, a bar with Run, and the text itself.
//!
//! The server renders a plain text field, so typing is possible before anything is loaded. Monaco takes
//! its place, its text and its cursor when it is there.

use super::{
    complete::Names,
    fix::{self, Fix, Refused},
    format,
    mount::{Happened, Mount, PLACEHOLDER},
    place, statement,
    tab_strip::TabStrip,
};
use crate::{
    ide::state::{Ide, Order},
    results::stream::RunHandle,
    schema::api::get_schema_columns,
    ui::{
        button::{Button, Weight},
        icon::Glyph,
        theme::Theme,
    },
};
use leptos::{ev, html, prelude::*, task::spawn_local, web_sys};
use model::{dialect::Dialect, role::Role};
use std::{ops::Range, sync::Arc, time::Duration};

/// Texts longer than this are not searched for the statement at every movement of the cursor.
const OUTLINED: usize = 200_000;

#[component]
pub fn EditorPane() -> impl IntoView {
    let editor = Editor::new();
    editor.start();
    view! {
        <section class="editor" aria-label="Editor">
            <TabStrip />
            <Bar editor />
            <div class="editor-body">
                <textarea
                    class="editor-plain"
                    class:editor-gone=move || editor.mount.ready.get()
                    node_ref=editor.plain
                    aria-label="SQL editor"
                    placeholder=PLACEHOLDER
                    spellcheck="false"
                    autocomplete="off"
                    autocapitalize="off"
                    on:input:target=move |ev| editor.typed(ev.target().value())
                    on:keydown=move |ev| editor.on_plain_key(&ev)
                ></textarea>
                <div class="editor-host" node_ref=editor.host></div>
            </div>
        </section>
    }
}

/// Run or Stop, and what a run means here.
#[component]
fn Bar(editor: Editor) -> impl IntoView {
    let ide = editor.ide;
    let running = move || {
        ide.tabs.current().and_then(|tab| {
            let running = tab.result.with(|data| data.running);
            let handle = tab.last.get().and_then(|last| last.handle);
            running.then_some(handle).flatten()
        })
    };
    let running = Memo::new(move |_| running());
    // Viewers look at tables and at what others share.
    let reads = ide.session.person().is_some_and(|person| person.role >= Role::Analyst);
    let can_run = Memo::new(move |_| reads && ide.current.get().is_some());
    view! {
        <div class="editor-bar">
            {move || match running.get() {
                Some(handle) => view! { <StopButton handle /> }.into_any(),
                None => view! {
                    <Button
                        weight=Weight::Primary
                        small=true
                        glyph=Glyph::Play
                        disabled=Signal::derive(move || !can_run.get())
                        attr:title="Run the selection, or the statement at the cursor (Ctrl+Enter or ⌘+Enter)"
                        on:click=move |_| editor.run()
                    >
                        "Run"
                    </Button>
                }
                .into_any(),
            }}
            <Button
                weight=Weight::Ghost
                small=true
                glyph=Glyph::Plan
                disabled=Signal::derive(move || !can_run.get())
                attr:title="Show how the database would run the statement, without running it (Ctrl+E or ⌘+E)"
                on:click=move |_| editor.explain()
            >
                "Explain"
            </Button>
            <Button
                weight=Weight::Ghost
                small=true
                glyph=Glyph::Format
                attr:title="Lay the SQL out evenly (Ctrl+Shift+F or ⌘+Shift+F)"
                on:click=move |_| editor.format()
            >
                "Format"
            </Button>
            <span class="editor-hint muted" hidden=!reads>
                <kbd>"Ctrl"</kbd> "+" <kbd>"Enter"</kbd> " runs the statement at the cursor"
            </span>
        </div>
    }
}

#[component]
fn StopButton(handle: RunHandle) -> impl IntoView {
    let stopping = RwSignal::new(false);
    let stop = move |_| {
        stopping.set(true);
        handle.stop();
    };
    view! {
        <Button
            small=true
            glyph=Glyph::Stop
            disabled=stopping
            attr:title="Cancel the statement in the database (Esc)"
            on:click=stop
        >
            {move || if stopping.get() { "Stopping…" } else { "Stop" }}
        </Button>
    }
}

#[derive(Clone, Copy)]
struct Editor {
    ide: Ide,
    mount: Mount,
    host: NodeRef<html::Div>,
    plain: NodeRef<html::Textarea>,
    names: StoredValue<Arc<Names>>,
    /// Drafts are to be kept soon.
    saving: StoredValue<bool>,
    dark: RwSignal<bool>,
}

impl Editor {
    fn new() -> Self {
        Self {
            ide: Ide::get(),
            mount: Mount::new(),
            host: NodeRef::new(),
            plain: NodeRef::new(),
            names: StoredValue::new(Arc::default()),
            saving: StoredValue::new(false),
            dark: Theme::get().dark,
        }
    }

    fn start(self) {
        self.take_early_text();
        self.show_current();
        self.load_monaco();
        self.take_insertions();
        self.take_orders();
        self.mark_problems();
        self.learn_names();
        Effect::new(move || self.mount.set_dark(self.dark.get()));
        if cfg!(feature = "hydrate") {
            let leaving =
                window_event_listener_untyped("pagehide", move |_| self.ide.keep_drafts());
            on_cleanup(move || {
                self.ide.keep_drafts();
                leaving.remove();
            });
        }
    }

    /// What was typed before the page was alive, then the drafts of before.
    fn take_early_text(self) {
        Effect::new(move |done: Option<bool>| {
            let Some(plain) = self.plain.get() else { return false };
            if done != Some(true) {
                let early = plain.value();
                if let (false, Some(tab)) = (early.is_empty(), self.ide.tabs.current_untracked()) {
                    tab.text.set(early);
                }
                self.ide.restore_drafts();
            }
            true
        });
    }

    /// Puts the text of the tab in front on screen, in whichever editor is there.
    fn show_current(self) {
        Effect::new(move || {
            let Some(tab) = self.ide.tabs.current() else { return };
            let (text, ready) = (tab.text.get(), self.mount.ready.get());
            if ready {
                self.mount.open(tab.id, &text, language(self.ide.dialect()));
                self.outline();
            } else if let Some(plain) = self.plain.get()
                && plain.value() != text
            {
                plain.set_value(&text);
            }
        });
        Effect::new(move || {
            let tabs: Vec<u32> = self.ide.tabs.all.with(|all| all.iter().map(|t| t.id).collect());
            self.mount.keep(&tabs);
        });
    }

    fn load_monaco(self) {
        Effect::new(move || {
            let Some(host) = self.host.get() else { return };
            // After the page has been painted and is ready to take a question.
            set_timeout(
                move || {
                    spawn_local(async move {
                        let dark = self.dark.try_get_untracked().unwrap_or_default();
                        let on = move |happened| self.on_monaco(happened);
                        match self.mount.load(host.into(), dark, on).await {
                            Ok(()) => self.take_over(),
                            Err(_) => self.ide.toasts.info(
                                "The full editor could not be loaded; the plain one keeps working.",
                            ),
                        }
                    });
                },
                Duration::from_millis(60),
            );
        });
    }

    /// Gives Monaco the plain field's cursor and focus.
    fn take_over(self) {
        let Some(plain) = self.plain.try_get_untracked().flatten() else { return };
        let focused = document()
            .active_element()
            .is_some_and(|active| active == web_sys::Element::from((*plain).clone()));
        let start = plain.selection_start().ok().flatten().unwrap_or(0);
        let end = plain.selection_end().ok().flatten().unwrap_or(start);
        // Effects have to show the text first.
        request_animation_frame(move || {
            self.mount.select(start as usize, end as usize);
            if focused {
                self.mount.focus();
            }
            self.outline();
        });
    }

    fn on_monaco(self, happened: Happened) -> Option<String> {
        match happened {
            Happened::Change => {
                let text = self.mount.text()?;
                self.typed(text);
            }
            Happened::Cursor => self.outline(),
            Happened::Run => self.run(),
            Happened::Explain => self.explain(),
            Happened::Format => self.format(),
            Happened::Complete(offset) => {
                let text = self.mount.text()?;
                let names = self.names.try_get_value()?;
                let found = names.complete(&text, place::byte_of_utf16(&text, offset));
                return serde_json::to_string(&found).ok();
            }
        }
        None
    }

    fn typed(self, text: String) {
        let Some(tab) = self.ide.tabs.current_untracked() else { return };
        if tab.text.with_untracked(|old| *old == text) {
            return;
        }
        tab.text.set(text);
        self.mount.unmark(tab.id);
        if self.saving.try_update_value(|saving| std::mem::replace(saving, true)) == Some(false) {
            let keep = move || {
                self.saving.try_set_value(false);
                self.ide.keep_drafts();
            };
            set_timeout(keep, Duration::from_millis(400));
        }
    }

    /// Text and selection (bytes) of whichever editor is there.
    fn selected(self) -> Option<(String, Range<usize>)> {
        let (text, start, end) = match (self.mount.text(), self.mount.selection()) {
            (Some(text), Some((start, end))) => (text, start, end),
            _ => {
                let plain = self.plain.get_untracked()?;
                let start = plain.selection_start().ok().flatten().unwrap_or(0);
                let end = plain.selection_end().ok().flatten().unwrap_or(start);
                (plain.value(), start as usize, end as usize)
            }
        };
        let range = place::byte_of_utf16(&text, start)..place::byte_of_utf16(&text, end);
        Some((text, range))
    }

    /// What would run: the selection, or the statement at the cursor.
    fn statement(self) -> Option<(String, Range<usize>)> {
        let (text, selection) = self.selected()?;
        let chosen = &text[selection.clone()];
        if !chosen.trim().is_empty() {
            let start = selection.start + chosen.len() - chosen.trim_start().len();
            let range = start..start + chosen.trim().len();
            return Some((text, range));
        }
        let dialect = untrack(|| self.ide.dialect());
        let range = statement::at(&text, dialect, selection.end)?;
        Some((text, range))
    }

    fn run(self) {
        let Some(tab) = self.ide.tabs.current_untracked() else { return };
        self.ide.keep_drafts();
        match self.statement() {
            Some((text, range)) => {
                let (line, column) = place::line_and_column(&text, range.start);
                self.mount.unmark(tab.id);
                self.ide.run(&tab, &text[range], line, column);
            }
            None => self.ide.toasts.info("There is no statement at the cursor."),
        }
    }

    fn explain(self) {
        let Some(tab) = self.ide.tabs.current_untracked() else { return };
        match self.statement() {
            Some((text, range)) => {
                let (line, column) = place::line_and_column(&text, range.start);
                self.ide.explain(&tab, &text[range], line, column);
            }
            None => self.ide.toasts.info("There is no statement at the cursor."),
        }
    }

    /// Lays out the selection, or everything. What cannot be read stays as it is.
    fn format(self) {
        let Some(tab) = self.ide.tabs.current_untracked() else { return };
        let Some((text, selection)) = self.selected() else { return };
        let part = if selection.is_empty() { 0..text.len() } else { selection.clone() };
        if text[part.clone()].trim().is_empty() {
            return;
        }
        let language = language(untrack(|| self.ide.dialect()));
        spawn_local(async move {
            let done = match format::format(&text[part.clone()], language).await {
                Ok(done) => done,
                Err(problem) => return self.ide.toasts.problem(&problem),
            };
            // Typed on, or gone to another tab, while the library was loading: not over that.
            let still = self.ide.tabs.current_untracked().is_some_and(|now| now.id == tab.id)
                && tab.text.with_untracked(|now| *now == text);
            if still && done != text[part.clone()] {
                let cursor = if selection.is_empty() {
                    format::same_place(&text, selection.end, &done)
                } else {
                    part.start + done.len()
                };
                self.replace(&text, part, &done, cursor);
            }
        });
    }

    /// Puts `new` in the place of a part of the text, and the cursor at a byte of the whole.
    fn replace(self, text: &str, part: Range<usize>, new: &str, cursor: usize) {
        let whole = format!("{}{new}{}", &text[..part.start], &text[part.end..]);
        let from = place::utf16_of_byte(text, part.start);
        let to = place::utf16_of_byte(text, part.end);
        let at = place::utf16_of_byte(&whole, cursor);
        if self.mount.replace_range(from, to, new) {
            self.mount.select(at, at);
        } else if let Some(plain) = self.plain.get_untracked() {
            plain.set_value(&whole);
            let _ = plain.set_selection_range(at as u32, at as u32);
        }
        self.typed(whole);
    }

    /// Shows beside the text which lines Ctrl+Enter would run.
    fn outline(self) {
        let found = self.selected().filter(|(text, _)| text.len() < OUTLINED).and_then(
            |(text, selection)| {
                let dialect = untrack(|| self.ide.dialect());
                let range = statement::at(&text, dialect, selection.end)?;
                let (first, _) = place::line_and_column(&text, range.start);
                let (last, _) = place::line_and_column(&text, range.end);
                Some((first + 1, last + 1))
            },
        );
        self.mount.outline(found);
    }

    fn on_plain_key(self, ev: &ev::KeyboardEvent) {
        if ev.key() == "Enter" && (ev.ctrl_key() || ev.meta_key()) {
            ev.prevent_default();
            self.run();
        }
    }

    /// What keys elsewhere on the page want done.
    fn take_orders(self) {
        Effect::new(move || {
            let Some(order) = self.ide.order.get() else { return };
            self.ide.order.set(None);
            untrack(|| match order {
                Order::Explain => self.explain(),
                Order::Focus => self.focus(),
                Order::Format => self.format(),
                Order::Run => self.run(),
            });
        });
    }

    fn focus(self) {
        // Effects have to show the text first.
        request_animation_frame(move || {
            if !self.mount.focus()
                && let Some(plain) = self.plain.try_get_untracked().flatten()
            {
                drop(plain.focus());
            }
        });
    }

    /// Texts that other parts of the page want at the cursor.
    fn take_insertions(self) {
        Effect::new(move || {
            let Some(text) = self.ide.insertion.get() else { return };
            self.ide.insertion.set(None);
            if !self.mount.insert(&text)
                && let Some(plain) = self.plain.get_untracked()
            {
                let _ = plain.set_range_text(&text);
                let _ = plain.focus();
                self.typed(plain.value());
            }
        });
    }

    /// Underlines the place that the last run's problem is about, with what can be done about it.
    fn mark_problems(self) {
        let found = move || -> Option<Marked> {
            let tab = self.ide.tabs.current()?;
            let problem = tab.result.with(|data| data.problem.clone())?;
            let last = tab.last.get_untracked()?;
            let text = tab.text.get_untracked();
            let span = place::span(&text, problem.position?, last.line, last.column);
            let message = problem.to_string();
            let from = place::byte_of(&text, last.line, last.column);
            let refused = Refused {
                kind: problem.kind.as_deref().unwrap_or_default(),
                at: place::byte_of_span(&text, span),
                ran: from..(from + last.sql.len()).min(text.len()),
            };
            let dialect = untrack(|| self.ide.dialect());
            let names = self.names.get_value();
            let fixes = fix::fixes(&text, &refused, dialect, &names);
            Some(Marked { tab: tab.id, span, message, fixes: fixes_json(&text, &fixes) })
        };
        let known = Memo::new(move |_| found());
        Effect::new(move || {
            if let (true, Some(marked)) = (self.mount.ready.get(), known.get()) {
                self.mount.mark(marked.tab, marked.span, &marked.message, &marked.fixes);
            }
        });
    }

    /// Fetches the names for completion once Monaco is there to show them.
    fn learn_names(self) {
        Effect::new(move || {
            let (true, Some(connection)) = (self.mount.ready.get(), self.ide.current.get()) else {
                return;
            };
            let Some(overview) = self.ide.overview.get() else { return };
            spawn_local(async move {
                let Ok(columns) = get_schema_columns(connection).await else { return };
                if self.ide.current.try_get_untracked().flatten() != Some(connection) {
                    return;
                }
                let tables = overview.schemas.iter().flat_map(|schema| {
                    schema.tables.iter().map(|table| (schema.name.clone(), table.name.clone()))
                });
                let path = overview.search_path.clone();
                let names = Names::new(overview.dialect, path, tables.collect(), columns);
                self.names.try_set_value(Arc::new(names));
            });
        });
    }
}

/// A problem at its place in a tab's text.
#[derive(Clone, PartialEq)]
struct Marked {
    tab: u32,
    span: place::Span,
    message: String,
    fixes: String,
}

/// Fixes as the editor takes them: with places in UTF-16 units.
fn fixes_json(text: &str, fixes: &[Fix]) -> String {
    let all: Vec<_> = fixes
        .iter()
        .map(|fix| {
            serde_json::json!({
                "title": fix.title,
                "start": place::utf16_of_byte(text, fix.at.start),
                "end": place::utf16_of_byte(text, fix.at.end),
                "text": fix.text,
                "run": fix.run,
            })
        })
        .collect();
    serde_json::Value::Array(all).to_string()
}

fn language(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "pgsql",
        Dialect::MySql => "mysql",
        Dialect::Sqlite => "sql",
    }
}
