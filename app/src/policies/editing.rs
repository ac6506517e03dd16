//! A policy being edited. What was typed is kept in this browser until it is saved or discarded, so
//! that it survives a reload.

use crate::browser;
use leptos::prelude::*;
use model::{
    id::PolicyId,
    policy::{PolicyDraft, PolicyRecord},
};
use serde::{Deserialize, Serialize};

/// The draft and what it began from. `Copy`.
#[derive(Clone, Copy)]
pub struct Editing {
    pub id: Option<PolicyId>,
    pub draft: RwSignal<PolicyDraft>,
    /// What the server has; for a new policy an empty one.
    stored: RwSignal<PolicyDraft>,
    /// The version that was read, which saving has to name.
    pub version: RwSignal<Option<i64>>,
    /// The draft is one of before, found in this browser.
    pub restored: RwSignal<bool>,
    pub dirty: Memo<bool>,
}

/// What is kept in the browser.
#[derive(Serialize, Deserialize)]
struct Kept {
    draft: PolicyDraft,
    version: Option<i64>,
}

impl Editing {
    /// Begins from a stored policy, or from an empty one.
    #[must_use]
    pub fn new(record: Option<&PolicyRecord>) -> Self {
        let begun = record.map_or_else(empty, |record| record.draft.clone());
        let (draft, stored) = (RwSignal::new(begun.clone()), RwSignal::new(begun));
        let editing = Self {
            id: record.map(|record| record.id),
            draft,
            stored,
            version: RwSignal::new(record.map(|record| record.version)),
            restored: RwSignal::new(false),
            dirty: Memo::new(move |_| draft.with(|draft| stored.with(|stored| draft != stored))),
        };
        editing.restore();
        editing
    }

    /// Takes up the kept draft, then keeps every change.
    fn restore(self) {
        Effect::new(move |begun: Option<()>| {
            let kept = begun.is_none().then(|| kept(self.id)).flatten();
            if let Some(kept) = kept
                && self.stored.with_untracked(|stored| *stored != kept.draft)
            {
                self.draft.set(kept.draft);
                self.version.set(kept.version);
                self.restored.set(true);
            }
            if self.dirty.get() {
                let kept = Kept { draft: self.draft.get(), version: self.version.get() };
                if let Ok(text) = serde_json::to_string(&kept) {
                    browser::store(&key(self.id), &text);
                }
            } else {
                forget(self.id);
            }
        });
    }

    /// Back to what the server has.
    pub fn discard(self) {
        self.draft.set(self.stored.get_untracked());
        self.restored.set(false);
    }

    /// Another's version: it becomes what this one is compared with, and saving replaces it.
    pub fn rebase(self, record: &PolicyRecord) {
        self.stored.set(record.draft.clone());
        self.version.set(Some(record.version));
    }

    pub fn change(self, change: impl FnOnce(&mut PolicyDraft)) {
        self.draft.update(change);
    }
}

/// A policy to begin with: enabled, for nobody yet.
#[must_use]
pub fn empty() -> PolicyDraft {
    PolicyDraft { enabled: true, ..PolicyDraft::default() }
}

/// Keeps a draft for the page of a new policy to take up.
pub fn hand_over(draft: PolicyDraft) {
    if let Ok(text) = serde_json::to_string(&Kept { draft, version: None }) {
        browser::store(&key(None), &text);
    }
}

/// Is there an unsaved draft of this policy in the browser?
#[must_use]
pub fn is_kept(id: Option<PolicyId>) -> bool {
    kept(id).is_some()
}

/// The draft is saved, or not wanted any more.
pub fn forget(id: Option<PolicyId>) {
    browser::remove(&key(id));
}

fn kept(id: Option<PolicyId>) -> Option<Kept> {
    serde_json::from_str(&browser::stored(&key(id))?).ok()
}

fn key(id: Option<PolicyId>) -> String {
    id.map_or_else(|| "querent.policy.new".into(), |id| format!("querent.policy.{id}"))
}
