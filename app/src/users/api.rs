//! Server functions of accounts.

use crate::error::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use model::{
    account::{AccountLink, LinkPurpose, Member, Person},
    id::UserId,
    role::Role,
};

#[cfg(feature = "ssr")]
use crate::{
    backend::{answer, backend, caller, person},
    error::AppResult,
};

/// Who is signed in; `None` for a stranger.
#[server(endpoint = "account/current", input = Json, output = Json)]
pub async fn current_person() -> Result<Option<Person>, AppError> {
    Ok(caller()?.person)
}

/// Does this installation still wait for its first admin?
#[server(endpoint = "account/needs_set_up", input = Json, output = Json)]
pub async fn needs_set_up() -> Result<bool, AppError> {
    answer(backend().accounts.needs_set_up().await)
}

#[server(endpoint = "account/set_up", input = Json, output = Json)]
pub async fn set_up(
    token: String,
    workspace: String,
    name: String,
    email: String,
    password: String,
) -> Result<Person, AppError> {
    let caller = caller()?;
    answer(backend().accounts.set_up(&caller, token, workspace, name, email, password).await)
}

#[server(endpoint = "account/log_in", input = Json, output = Json)]
pub async fn log_in(email: String, password: String) -> Result<Person, AppError> {
    let caller = caller()?;
    answer(backend().accounts.log_in(&caller, email, password).await)
}

#[server(endpoint = "account/log_out", input = Json, output = Json)]
pub async fn log_out() -> Result<(), AppError> {
    let caller = caller()?;
    answer(backend().accounts.log_out(&caller).await)
}

#[server(endpoint = "account/log_out_everywhere", input = Json, output = Json)]
pub async fn log_out_everywhere() -> Result<(), AppError> {
    let (caller, person) = (caller()?, signed_in()?);
    answer(backend().accounts.log_out_everywhere(&caller, &person).await)
}

#[server(endpoint = "account/change_password", input = Json, output = Json)]
pub async fn change_password(current: String, new: String) -> Result<(), AppError> {
    let (caller, person) = (caller()?, signed_in()?);
    answer(backend().accounts.change_password(&caller, &person, current, new).await)
}

/// Someone signed in, even if the one-time password must still be changed.
#[cfg(feature = "ssr")]
fn signed_in() -> AppResult<Person> {
    match caller()?.person {
        Some(person) => Ok(person),
        None => person(Role::Viewer),
    }
}

#[server(endpoint = "account/link_purpose", input = Json, output = Json)]
pub async fn get_link_purpose(token: String) -> Result<LinkPurpose, AppError> {
    answer(backend().accounts.link_purpose(token).await)
}

#[server(endpoint = "account/accept_link", input = Json, output = Json)]
pub async fn accept_link(
    token: String,
    name: String,
    password: String,
) -> Result<Person, AppError> {
    let caller = caller()?;
    answer(backend().accounts.accept_link(&caller, token, name, password).await)
}

#[server(endpoint = "users/list", input = Json, output = Json)]
pub async fn list_members() -> Result<Vec<Member>, AppError> {
    let person = person(Role::Admin)?;
    answer(backend().accounts.members(&person).await)
}

#[server(endpoint = "users/invite", input = Json, output = Json)]
pub async fn invite_member(
    email: String,
    name: String,
    role: Role,
) -> Result<AccountLink, AppError> {
    let person = person(Role::Admin)?;
    answer(backend().accounts.invite(&person, email, name, role).await)
}

#[server(endpoint = "users/set_role", input = Json, output = Json)]
pub async fn set_member_role(user: UserId, role: Role) -> Result<(), AppError> {
    let person = person(Role::Admin)?;
    answer(backend().accounts.set_role(&person, user, role).await)
}

#[server(endpoint = "users/set_enabled", input = Json, output = Json)]
pub async fn set_member_enabled(user: UserId, enabled: bool) -> Result<(), AppError> {
    let person = person(Role::Admin)?;
    answer(backend().accounts.set_enabled(&person, user, enabled).await)
}

#[server(endpoint = "users/reset_link", input = Json, output = Json)]
pub async fn make_reset_link(user: UserId) -> Result<AccountLink, AppError> {
    let person = person(Role::Admin)?;
    answer(backend().accounts.reset_link(&person, user).await)
}
