//! People: who is signed in, who is in a workspace, invitations.

use crate::{
    id::{UserId, WorkspaceId},
    role::Role,
};
use serde::{Deserialize, Serialize};

/// Who is asking. Every server-side path carries one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub user: UserId,
    pub workspace: WorkspaceId,
    pub workspace_name: String,
    pub name: String,
    pub email: String,
    pub role: Role,
    /// Signed in with a one-time password that must be changed first.
    pub must_change_password: bool,
}

/// A row of the users page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub user: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub state: MemberState,
    /// RFC 3339, UTC.
    pub created_at: String,
    pub last_seen_at: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberState {
    Active,
    /// Has a link and has not used it yet.
    Invited,
    Disabled,
}

/// A link to hand to a person; shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountLink {
    /// A path with its token: `/join?token=…` or `/reset?token=…`.
    pub path: String,
    /// RFC 3339, UTC.
    pub expires_at: String,
}

/// What the set-up, invitation and reset pages need to know about a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkPurpose {
    pub kind: LinkKind,
    /// Empty for the first set-up.
    pub email: String,
    pub name: String,
    pub workspace_name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    Invite,
    Reset,
}
