//! What the IDE's parts share. In context from `App` on, so that other pages can open SQL in it.

use crate::{
    browser,
    connections::api::list_connections,
    editor::{
        draft::{self, Drafts},
        tabs::{LastRun, Tab, TabList},
    },
    results::{plan, stream},
    schema::api::SchemaOverview,
    session::{CONNECTION_COOKIE, Session},
    ui::toast::Toasts,
};
use leptos::{prelude::*, task::spawn_local};
use model::{connection::ConnectionView, dialect::Dialect, error::Problem, id::ConnectionId};
use std::sync::Arc;

/// How far the list of connections is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Loading {
    #[default]
    Waiting,
    Ready,
    Failed(Problem),
}

/// What keys and buttons outside the editor want of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Explain,
    Focus,
    Format,
    Run,
}

/// Signals that the IDE's parts share. `Copy`.
#[derive(Clone, Copy)]
pub struct Ide {
    /// The workspace's connections; empty until `connections_state` is `Ready`.
    pub connections: RwSignal<Vec<ConnectionView>>,
    pub connections_state: RwSignal<Loading>,
    /// The connection that everything runs on.
    pub current: RwSignal<Option<ConnectionId>>,
    pub tabs: TabList,
    pub toasts: Toasts,
    pub session: Session,
    /// Schemas and tables of the connection in use, as soon as they are there.
    pub overview: RwSignal<Option<Arc<SchemaOverview>>>,
    /// A text to put where the editor's cursor is; the editor takes it.
    pub insertion: RwSignal<Option<String>>,
    /// What the editor should do; it takes it.
    pub order: RwSignal<Option<Order>>,
    /// The list of keys is on screen.
    pub keys_shown: RwSignal<bool>,
    /// Turns when a catalogue was read anew.
    pub catalog_turn: RwSignal<u32>,
    restored: StoredValue<bool>,
    /// This window's tabs when it read or wrote the drafts last.
    kept: StoredValue<Drafts>,
}

impl Ide {
    /// Makes the state: once, in `App`.
    pub fn provide() {
        let session = Session::get();
        let ide = Self {
            connections: RwSignal::new(Vec::new()),
            connections_state: RwSignal::new(Loading::Waiting),
            current: RwSignal::new(session.connection()),
            tabs: TabList::new(),
            toasts: Toasts::get(),
            session,
            overview: RwSignal::new(None),
            insertion: RwSignal::new(None),
            order: RwSignal::new(None),
            keys_shown: RwSignal::new(false),
            catalog_turn: RwSignal::new(0),
            restored: StoredValue::new(false),
            kept: StoredValue::new(Drafts::default()),
        };
        provide_context(ide);
    }

    #[must_use]
    pub fn get() -> Self {
        expect_context()
    }

    /// The connection in use, if there is one.
    #[must_use]
    pub fn connection(self) -> Option<ConnectionView> {
        let current = self.current.get();
        self.connections.with(|all| all.iter().find(|c| Some(c.id) == current).cloned())
    }

    /// What the connection in use speaks; PostgreSQL as long as there is none.
    #[must_use]
    pub fn dialect(self) -> Dialect {
        let current = self.current.get();
        self.connections.with(|all| {
            let found = all.iter().find(|c| Some(c.id) == current);
            found.map_or(Dialect::Postgres, |c| c.target.dialect())
        })
    }

    /// Uses this connection from now on, in this browser.
    pub fn choose(self, connection: ConnectionId) {
        if self.current.get_untracked() != Some(connection) {
            self.current.set(Some(connection));
        }
        browser::set_cookie(CONNECTION_COOKIE, Some(&connection.to_string()));
    }

    /// Takes the list of connections; a current one that is gone gives way to the first.
    pub fn take_connections(self, list: Result<Vec<ConnectionView>, Problem>) {
        match list {
            Ok(list) => {
                let current = self.current.get_untracked();
                if !list.iter().any(|c| Some(c.id) == current) {
                    self.current.set(list.first().map(|c| c.id));
                }
                self.connections.set(list);
                self.connections_state.set(Loading::Ready);
            }
            Err(problem) => self.connections_state.set(Loading::Failed(problem)),
        }
    }

    /// Asks the server for the connections again, after one was added or changed.
    pub fn reload_connections(self) {
        spawn_local(async move {
            let list = list_connections().await.map_err(|error| error.0);
            self.take_connections(list);
        });
    }

    /// Opens a tab with this SQL, and runs it if asked to. The caller navigates to `/` if it is elsewhere.
    pub fn open_sql(self, title: &str, sql: &str, run: bool) {
        self.restore_drafts();
        let tab = self.tabs.open_or_show(title, sql);
        self.keep_drafts();
        self.order.set(Some(Order::Focus));
        if run {
            self.run(&tab, sql, 0, 0);
        }
    }

    /// Runs a statement of a tab. `line` and `column` say where in the tab it begins, from 0.
    pub fn run(self, tab: &Tab, sql: &str, line: u32, column: u32) {
        let Some(connection) = self.current.get_untracked() else {
            self.toasts.info("Choose a connection first.");
            return;
        };
        if let Some(handle) = tab.last.get_untracked().and_then(|last| last.handle) {
            handle.give_up();
        }
        let handle = stream::run_query(connection, sql, tab.result.clone());
        if ["messages", "explain"].contains(&tab.pane.get_untracked()) {
            tab.pane.set("grid");
        }
        let sql = sql.to_string();
        tab.last.set(Some(LastRun { handle, sql, connection, line, column }));
    }

    /// Asks the database how it would run a statement of a tab, and shows that.
    pub fn explain(self, tab: &Tab, sql: &str, line: u32, column: u32) {
        if plan::explains(sql) {
            return self.run(tab, sql, line, column);
        }
        let Some(connection) = self.current.get_untracked() else {
            self.toasts.info("Choose a connection first.");
            return;
        };
        if let Some(handle) = tab.explained.get_untracked().and_then(|last| last.handle) {
            handle.give_up();
        }
        let asked = plan::explaining(untrack(|| self.dialect()), sql);
        let handle = stream::run_query(connection, &asked, tab.plan.clone());
        tab.pane.set("explain");
        let sql = sql.to_string();
        tab.explained.set(Some(LastRun { handle, sql, connection, line, column }));
    }

    /// Brings back what this browser keeps: once, from an effect or handler.
    pub fn restore_drafts(self) {
        let Some(person) = self.session.person() else { return };
        if !self.restored.get_value() {
            self.restored.set_value(true);
            let drafts = Drafts::load(&person);
            self.kept.set_value(drafts.clone());
            self.tabs.restore(drafts);
        }
    }

    /// Keeps all tabs in this browser, beside those of its other windows.
    pub fn keep_drafts(self) {
        let Some(person) = self.session.person() else { return };
        if !self.restored.get_value() {
            return;
        }
        let ours = self.tabs.drafts(draft::fresh_id);
        let base = self.kept.get_value();
        if ours == base {
            return;
        }
        let (kept, ours) = draft::merge(&base, &Drafts::load(&person), ours, draft::fresh_id);
        self.tabs.rename_drafts(&ours);
        if !kept.save(&person) {
            self.toasts.info("This browser has no room left to keep your drafts.");
        }
        self.kept.set_value(ours);
    }
}
