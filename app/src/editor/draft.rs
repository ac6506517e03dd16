//! Drafts in local storage: what was written is there after a reload, a crash, a signed-out session, and
//! beside what another window of the same browser keeps there.

use crate::browser;
use model::account::Person;
use serde::{Deserialize, Serialize};

/// All tabs of one person in one workspace, as kept in this browser.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drafts {
    pub tabs: Vec<Draft>,
    /// Position of the tab in front.
    pub chosen: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Tells a tab from others in every window of this browser.
    #[serde(default)]
    pub id: String,
    pub title: String,
    pub sql: String,
}

impl Drafts {
    /// What this browser keeps for the person; nothing if it keeps nothing readable.
    #[must_use]
    pub fn load(person: &Person) -> Self {
        let mut drafts: Self = browser::stored(&key(person))
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        // Kept by an older version; every window has to give them the same ids.
        for (at, draft) in drafts.tabs.iter_mut().enumerate().filter(|(_, d)| d.id.is_empty()) {
            draft.id = format!("tab-{at}");
        }
        drafts
    }

    /// Keeps the drafts; says whether there was room.
    #[must_use]
    pub fn save(&self, person: &Person) -> bool {
        serde_json::to_string(self).is_ok_and(|text| browser::store(&key(person), &text))
    }

    fn find(&self, id: &str) -> Option<&Draft> {
        self.tabs.iter().find(|draft| draft.id == id)
    }
}

/// An id that no window has.
#[must_use]
pub fn fresh_id() -> String {
    browser::new_run_id().map_or_else(|| "tab".into(), |id| id.to_string())
}

/// What to keep when another window may have written meanwhile: `base` is what this window held when it
/// last read or wrote, `theirs` what is kept now, `ours` what this window holds. No text is lost: a tab that
/// both changed is kept twice, ours under an id from `fresh`. `ours` comes back with such new ids.
#[must_use]
pub fn merge(
    base: &Drafts,
    theirs: &Drafts,
    mut ours: Drafts,
    mut fresh: impl FnMut() -> String,
) -> (Drafts, Drafts) {
    let changed = |theirs: &Draft| base.find(&theirs.id).is_none_or(|old| old.sql != theirs.sql);
    let mut kept = ours.clone();
    for (draft, keep) in ours.tabs.iter_mut().zip(&mut kept.tabs) {
        let Some(other) = theirs.find(&draft.id).filter(|other| changed(other)) else { continue };
        let same = other.sql == draft.sql;
        let ours_is_old = base.find(&draft.id).is_some_and(|old| old.sql == draft.sql);
        if ours_is_old {
            *keep = other.clone();
        } else if !same {
            draft.id = fresh();
            keep.id.clone_from(&draft.id);
        }
    }
    // Tabs that only the other window has: its new ones, and what we closed but it went on with.
    for other in &theirs.tabs {
        let known = kept.find(&other.id).is_some();
        if !known && changed(other) && !other.sql.trim().is_empty() {
            kept.tabs.push(other.clone());
        }
    }
    (kept, ours)
}

fn key(person: &Person) -> String {
    format!("querent.drafts.{}.{}", person.workspace, person.user)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a=select 1` is a tab with the id `a`.
    fn drafts(tabs: &[&str]) -> Drafts {
        let tab = |text: &&str| {
            let (id, sql) = text.split_once('=').unwrap();
            Draft { id: id.into(), title: id.into(), sql: sql.into() }
        };
        Drafts { tabs: tabs.iter().map(tab).collect(), chosen: 0 }
    }

    fn check(base: &[&str], theirs: &[&str], ours: &[&str], kept: &[&str]) {
        let fresh = || "new".to_string();
        let (found, _) = merge(&drafts(base), &drafts(theirs), drafts(ours), fresh);
        let found: Vec<String> =
            found.tabs.iter().map(|draft| format!("{}={}", draft.id, draft.sql)).collect();
        assert_eq!(found, kept, "{base:?} {theirs:?} {ours:?}");
    }

    #[test]
    fn two_windows_lose_nothing() {
        // Alone: what we hold.
        check(&["a=1"], &["a=1"], &["a=2"], &["a=2"]);
        check(&["a=1", "b=2"], &["a=1", "b=2"], &["a=1"], &["a=1"]);
        // The other window opened a tab, wrote into one, closed one.
        check(&["a=1"], &["a=1", "b=2"], &["a=3"], &["a=3", "b=2"]);
        check(&["a=1", "b=1"], &["a=1", "b=2"], &["a=3", "b=1"], &["a=3", "b=2"]);
        check(&["a=1", "b=1"], &["a=1"], &["a=1", "b=1"], &["a=1", "b=1"]);
        // Both wrote into the same: both texts stay.
        check(&["a=1"], &["a=2"], &["a=3"], &["new=3", "a=2"]);
        check(&["a=1"], &["a=2"], &["a=2"], &["a=2"]);
        // Closed here, gone on with there.
        check(&["a=1", "b=1"], &["a=1", "b=2"], &["a=1"], &["a=1", "b=2"]);
        // Empty tabs of the other window are nothing to keep.
        check(&[], &["x= "], &["y=1"], &["y=1"]);
    }

    #[test]
    fn a_tab_that_forked_keeps_its_new_id() {
        let fresh = || "new".to_string();
        let (_, ours) = merge(&drafts(&["a=1"]), &drafts(&["a=2"]), drafts(&["a=3"]), fresh);
        assert_eq!(
            ours,
            Drafts {
                tabs: vec![Draft { title: "a".into(), ..drafts(&["new=3"]).tabs[0].clone() }],
                chosen: 0
            }
        );
    }
}
