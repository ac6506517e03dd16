//! Drafts in local storage: what was written is there after a reload, a crash, a signed-out session.

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
    pub title: String,
    pub sql: String,
}

impl Drafts {
    /// What this browser keeps for the person; nothing if it keeps nothing readable.
    #[must_use]
    pub fn load(person: &Person) -> Self {
        browser::stored(&key(person))
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default()
    }

    /// Keeps the drafts; says whether there was room.
    #[must_use]
    pub fn save(&self, person: &Person) -> bool {
        serde_json::to_string(self).is_ok_and(|text| browser::store(&key(person), &text))
    }
}

fn key(person: &Person) -> String {
    format!("querent.drafts.{}.{}", person.workspace, person.user)
}
