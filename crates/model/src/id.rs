//! Newtype ids: UUIDs of version 7, so that they sort by the time they were made.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id, later than every id made before it on this machine.
            #[cfg(not(target_arch = "wasm32"))]
            #[must_use]
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

id! {
    /// A tenant. Nothing crosses a workspace.
    WorkspaceId,
    /// A person's account.
    UserId,
    /// A database that a workspace connected.
    ConnectionId,
    /// One stored version of a connection's catalogue.
    CatalogId,
    /// A chat with one connection.
    ConversationId,
    /// One question or statement on its way to an answer; an event log in the store.
    RunId,
    /// A single-use link: invitation or password reset.
    InviteId,
    /// What somebody may see, as admins wrote it.
    PolicyId,
}
