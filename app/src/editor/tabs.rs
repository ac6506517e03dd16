//! The open tabs: their texts and results, in signals that live as long as the tab.

use super::draft::{Draft, Drafts};
use crate::results::{data::ResultData, stream::RunHandle};
use leptos::prelude::*;

/// One open tab.
#[derive(Clone)]
pub struct Tab {
    /// Unique in this page.
    pub id: u32,
    /// Its name among the kept drafts; empty until it is kept first.
    draft: ArcRwSignal<String>,
    pub title: ArcRwSignal<String>,
    pub text: ArcRwSignal<String>,
    pub result: ArcRwSignal<ResultData>,
    pub last: ArcRwSignal<Option<LastRun>>,
    /// How the database would run `explained`.
    pub plan: ArcRwSignal<ResultData>,
    pub explained: ArcRwSignal<Option<LastRun>>,
    /// Which view of the result is in front: `grid`, `chart`, `explain`, `messages`.
    pub pane: ArcRwSignal<&'static str>,
}

/// What a tab ran last, and where in its text that stood.
#[derive(Clone, Debug, PartialEq)]
pub struct LastRun {
    pub handle: Option<RunHandle>,
    pub sql: String,
    pub connection: model::id::ConnectionId,
    /// Where the statement began: line and column from 0, in characters.
    pub line: u32,
    pub column: u32,
}

impl Tab {
    fn new(id: u32, title: String, text: String) -> Self {
        Self {
            id,
            draft: ArcRwSignal::default(),
            title: ArcRwSignal::new(title),
            text: ArcRwSignal::new(text),
            result: ArcRwSignal::new(ResultData::default()),
            last: ArcRwSignal::new(None),
            plan: ArcRwSignal::new(ResultData::default()),
            explained: ArcRwSignal::new(None),
            pane: ArcRwSignal::new("grid"),
        }
    }

    /// Ends what this tab has under way.
    fn abandon(&self) {
        for last in [&self.last, &self.explained] {
            if let Some(handle) = last.get_untracked().and_then(|last| last.handle) {
                handle.give_up();
            }
        }
    }
}

/// All open tabs and which is in front. `Copy`; there is always at least one tab.
#[derive(Clone, Copy)]
pub struct TabList {
    pub all: RwSignal<Vec<Tab>>,
    /// The id of the tab in front.
    pub chosen: RwSignal<u32>,
    next: StoredValue<u32>,
}

/// A closed tab with its place, for undo.
#[derive(Clone)]
pub struct Closed {
    tab: Tab,
    at: usize,
}

impl Closed {
    #[must_use]
    pub fn title(&self) -> String {
        self.tab.title.get_untracked()
    }

    /// Was there nothing in it?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tab.text.with_untracked(|text| text.trim().is_empty())
    }
}

impl TabList {
    /// One empty tab.
    #[must_use]
    pub fn new() -> Self {
        let first = Tab::new(0, "Query 1".into(), String::new());
        Self {
            all: RwSignal::new(vec![first]),
            chosen: RwSignal::new(0),
            next: StoredValue::new(1),
        }
    }

    /// The tab in front.
    #[must_use]
    pub fn current(self) -> Option<Tab> {
        let chosen = self.chosen.get();
        self.all.with(|all| all.iter().find(|tab| tab.id == chosen).or(all.first()).cloned())
    }

    #[must_use]
    pub fn current_untracked(self) -> Option<Tab> {
        untrack(|| self.current())
    }

    /// Opens a tab in front, named `title` or by the next free number.
    pub fn open(self, title: &str, sql: &str) -> Tab {
        let title = if title.is_empty() { self.free_title() } else { title.to_string() };
        let tab = Tab::new(self.take_id(), title, sql.to_string());
        self.all.update(|all| all.push(tab.clone()));
        self.chosen.set(tab.id);
        tab
    }

    /// Brings a tab with this name and text to the front, or opens one. An empty tab in front is used.
    pub fn open_or_show(self, title: &str, sql: &str) -> Tab {
        let found = self.all.with_untracked(|all| {
            let same = |tab: &&Tab| {
                tab.title.with_untracked(|t| t == title) && tab.text.with_untracked(|t| t == sql)
            };
            all.iter().find(same).cloned()
        });
        if let Some(tab) = found {
            self.chosen.set(tab.id);
            return tab;
        }
        match self.current_untracked() {
            Some(tab) if tab.text.with_untracked(|text| text.trim().is_empty()) => {
                tab.title.set(title.to_string());
                tab.text.set(sql.to_string());
                tab
            }
            _ => self.open(title, sql),
        }
    }

    /// Closes a tab and gives what is needed to bring it back. The last one leaves an empty one.
    pub fn close(self, id: u32) -> Option<Closed> {
        let at = self.all.with_untracked(|all| all.iter().position(|tab| tab.id == id))?;
        let tab = self.all.try_update(|all| all.remove(at))?;
        tab.abandon();
        if self.all.with_untracked(Vec::is_empty) {
            self.open("", "");
        } else if self.chosen.get_untracked() == id {
            let next = self.all.with_untracked(|all| all[at.min(all.len() - 1)].id);
            self.chosen.set(next);
        }
        Some(Closed { tab, at })
    }

    pub fn reopen(self, closed: &Closed) {
        let tab = closed.tab.clone();
        self.chosen.set(tab.id);
        self.all.update(|all| all.insert(closed.at.min(all.len()), tab));
    }

    /// The tab beside the one in front, around the ends.
    pub fn step(self, step: isize) {
        let chosen = self.chosen.get_untracked();
        let next = self.all.with_untracked(|all| {
            let at = all.iter().position(|tab| tab.id == chosen).unwrap_or(0) as isize;
            all[(at + step).rem_euclid(all.len() as isize) as usize].id
        });
        self.chosen.set(next);
    }

    /// What to keep of the tabs. One that has no id among the drafts yet gets one from `fresh`.
    #[must_use]
    pub fn drafts(self, mut fresh: impl FnMut() -> String) -> Drafts {
        let chosen = self.chosen.get_untracked();
        self.all.with_untracked(|all| Drafts {
            chosen: all.iter().position(|tab| tab.id == chosen).unwrap_or(0),
            tabs: all
                .iter()
                .map(|tab| Draft {
                    id: {
                        if tab.draft.with_untracked(String::is_empty) {
                            tab.draft.set(fresh());
                        }
                        tab.draft.get_untracked()
                    },
                    title: tab.title.get_untracked(),
                    sql: tab.text.get_untracked(),
                })
                .collect(),
        })
    }

    /// Takes over ids that `draft::merge` changed; `kept` has the tabs in their order.
    pub fn rename_drafts(self, kept: &Drafts) {
        self.all.with_untracked(|all| {
            for (tab, draft) in all.iter().zip(&kept.tabs) {
                if tab.draft.with_untracked(|id| *id != draft.id) {
                    tab.draft.set(draft.id.clone());
                }
            }
        });
    }

    /// Puts kept drafts in place of the one empty tab. What was typed meanwhile stays, in a tab of its own.
    pub fn restore(self, drafts: Drafts) {
        if drafts.tabs.is_empty() {
            return;
        }
        let typed = self.all.get_untracked();
        let typed =
            typed.into_iter().filter(|tab| tab.text.with_untracked(|t| !t.trim().is_empty()));
        let typed: Vec<Tab> = typed.collect();
        let mut all: Vec<Tab> = drafts
            .tabs
            .into_iter()
            .map(|draft| {
                let tab = Tab::new(self.take_id(), draft.title, draft.sql);
                tab.draft.set(draft.id);
                tab
            })
            .collect();
        let front = typed.last().map_or(all[drafts.chosen.min(all.len() - 1)].id, |tab| tab.id);
        all.extend(typed);
        self.all.set(all);
        self.chosen.set(front);
    }

    fn take_id(self) -> u32 {
        let id = self.next.get_value();
        self.next.set_value(id.wrapping_add(1));
        id
    }

    fn free_title(self) -> String {
        let titles: Vec<String> = self
            .all
            .with_untracked(|all| all.iter().map(|tab| tab.title.get_untracked()).collect());
        (1..)
            .map(|number| format!("Query {number}"))
            .find(|title| !titles.contains(title))
            .unwrap_or_default()
    }
}

impl Default for TabList {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(tabs: TabList) -> Vec<String> {
        kept(tabs).tabs.into_iter().map(|draft| draft.title).collect()
    }

    fn kept(tabs: TabList) -> Drafts {
        let mut count = 0;
        tabs.drafts(|| {
            count += 1;
            format!("id-{count}")
        })
    }

    fn with_owner(test: impl FnOnce()) {
        Owner::new().with(test);
    }

    #[test]
    fn tabs_open_close_and_come_back() {
        with_owner(|| {
            let tabs = TabList::new();
            tabs.open("", "select 2");
            tabs.open("orders", "select 3");
            assert_eq!(titles(tabs), ["Query 1", "Query 2", "orders"]);
            let closed = tabs.close(1).unwrap();
            assert_eq!(titles(tabs), ["Query 1", "orders"]);
            tabs.reopen(&closed);
            assert_eq!(titles(tabs), ["Query 1", "Query 2", "orders"]);
            assert_eq!(kept(tabs).chosen, 1);
            tabs.step(-2);
            assert_eq!(kept(tabs).chosen, 2);
        });
    }

    #[test]
    fn the_last_tab_leaves_an_empty_one() {
        with_owner(|| {
            let tabs = TabList::new();
            assert!(tabs.close(0).is_some());
            assert_eq!(titles(tabs), ["Query 1"]);
            assert!(tabs.close(99).is_none());
        });
    }

    #[test]
    fn restoring_keeps_what_was_typed_meanwhile() {
        with_owner(|| {
            let tabs = TabList::new();
            tabs.current_untracked().unwrap().text.set("typed early".into());
            let draft = |title: &str| Draft {
                id: title.into(),
                title: title.into(),
                sql: "select 1".into(),
            };
            tabs.restore(Drafts { tabs: vec![draft("a"), draft("b")], chosen: 1 });
            assert_eq!(titles(tabs), ["a", "b", "Query 1"]);
            assert_eq!(tabs.current_untracked().unwrap().text.get_untracked(), "typed early");
        });
    }

    #[test]
    fn the_same_statement_is_shown_again() {
        with_owner(|| {
            let tabs = TabList::new();
            let first = tabs.open_or_show("orders", "select 1").id;
            tabs.open("", "");
            assert_eq!(tabs.open_or_show("orders", "select 1").id, first);
            assert_eq!(titles(tabs).len(), 2);
        });
    }
}
