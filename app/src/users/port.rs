//! What accounts need from the server.

use crate::backend::Caller;
use async_trait::async_trait;
use model::{
    account::{AccountLink, LinkPurpose, Member, Person},
    error::Problem,
    id::UserId,
    role::Role,
};

/// Passwords are checked with argon2id; every answer about a login is the same whether the
/// account exists or not, and takes as long.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Does this installation still wait for its first admin?
    async fn needs_set_up(&self) -> Result<bool, Problem>;
    /// Makes the first workspace and admin, and signs in. `token` was printed at start.
    async fn set_up(
        &self,
        caller: &Caller,
        token: String,
        workspace: String,
        name: String,
        email: String,
        password: String,
    ) -> Result<Person, Problem>;
    async fn log_in(
        &self,
        caller: &Caller,
        email: String,
        password: String,
    ) -> Result<Person, Problem>;
    async fn log_out(&self, caller: &Caller) -> Result<(), Problem>;
    /// Ends every session of this person, this one too.
    async fn log_out_everywhere(&self, caller: &Caller, person: &Person) -> Result<(), Problem>;
    /// Ends the person's other sessions as well.
    async fn change_password(
        &self,
        caller: &Caller,
        person: &Person,
        current: String,
        new: String,
    ) -> Result<(), Problem>;
    /// What an invitation or reset link is for; an unknown, used or expired one is `NotFound`.
    async fn link_purpose(&self, token: String) -> Result<LinkPurpose, Problem>;
    /// Sets the password that the link is for and signs in. The link works once.
    async fn accept_link(
        &self,
        caller: &Caller,
        token: String,
        name: String,
        password: String,
    ) -> Result<Person, Problem>;
    async fn members(&self, person: &Person) -> Result<Vec<Member>, Problem>;
    async fn invite(
        &self,
        person: &Person,
        email: String,
        name: String,
        role: Role,
    ) -> Result<AccountLink, Problem>;
    /// Takes effect on the member's next request. The last admin cannot be made less.
    async fn set_role(&self, person: &Person, user: UserId, role: Role) -> Result<(), Problem>;
    /// A disabled account's sessions end at once. Nobody disables themselves or the last admin.
    async fn set_enabled(
        &self,
        person: &Person,
        user: UserId,
        enabled: bool,
    ) -> Result<(), Problem>;
    async fn reset_link(&self, person: &Person, user: UserId) -> Result<AccountLink, Problem>;
}
