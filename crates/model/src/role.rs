//! What a person may do in a workspace.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A user's one role in a workspace. Ordered: each role may do what the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads saved work and the history of what others shared.
    Viewer,
    /// Asks, edits SQL, runs reads, proposes writes.
    Analyst,
    /// Also accepts or rejects writes.
    Approver,
    /// Also manages connections, users, policies and models.
    Admin,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Analyst, Self::Approver, Self::Admin];

    /// The name on the wire and in the store: `viewer`, `analyst`, `approver`, `admin`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Analyst => "analyst",
            Self::Approver => "approver",
            Self::Admin => "admin",
        }
    }

    /// May this role run reads and ask questions?
    #[must_use]
    pub fn runs_reads(self) -> bool {
        self >= Self::Analyst
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.name() == text)
            .ok_or_else(|| format!("'{text}' is no role: viewer, analyst, approver or admin"))
    }
}
