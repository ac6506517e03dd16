//! Workspaces, accounts, and who has which role where.

use crate::{
    Store, StoreError,
    error::During,
    rows::{Columns, now, plain, rfc3339},
};
use model::{
    account::{Member, MemberState, Person},
    id::{UserId, WorkspaceId},
    role::Role,
};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{AnyConnection, any::AnyRow};

/// What a login needs to know about an account in its workspace.
pub struct Account {
    pub person: Person,
    /// A PHC string; `None`: invited and not yet here.
    pub password_hash: Option<SecretString>,
    pub enabled: bool,
    /// Sessions must carry this number.
    pub epoch: i64,
}

/// A new account.
pub struct NewUser<'a> {
    /// Any case; stored in lower case.
    pub email: &'a str,
    pub name: &'a str,
    pub role: Role,
    pub password_hash: Option<SecretString>,
    pub must_change_password: bool,
}

/// E-mail addresses are compared in this form.
#[must_use]
pub fn normal_email(email: &str) -> String {
    plain(&email.trim().to_lowercase())
}

/// Does any account with a password exist?
///
/// # Errors
/// `Query`.
pub async fn any(store: &Store) -> Result<bool, StoreError> {
    let row = sqlx::query("SELECT id FROM users WHERE password_hash IS NOT NULL LIMIT 1")
        .fetch_optional(store.reads())
        .await
        .during("look for accounts")?;
    Ok(row.is_some())
}

/// Makes the first workspace with its admin, in one transaction; `Conflict` when there is one.
///
/// # Errors
/// `Conflict`, `Query`.
pub async fn set_up(
    store: &Store,
    workspace: &str,
    admin: &NewUser<'_>,
) -> Result<(WorkspaceId, UserId), StoreError> {
    const DOING: &str = "make the first workspace";
    let mut transaction = store.writes().begin().await.during(DOING)?;
    let taken = sqlx::query("SELECT id FROM users WHERE password_hash IS NOT NULL LIMIT 1")
        .fetch_optional(&mut *transaction)
        .await
        .during(DOING)?;
    if taken.is_some() {
        return Err(StoreError::Conflict { message: "This installation is set up already." });
    }
    let workspace = insert_workspace(&mut transaction, workspace).await?;
    let user = insert_user(&mut transaction, workspace, admin).await?;
    transaction.commit().await.during(DOING)?;
    Ok((workspace, user))
}

/// The workspace of this name, made when it is missing. For the command line.
///
/// # Errors
/// `Query`.
pub async fn workspace_named(store: &Store, name: &str) -> Result<WorkspaceId, StoreError> {
    const DOING: &str = "find the workspace";
    let found = sqlx::query("SELECT id FROM workspaces WHERE name = $1 ORDER BY id LIMIT 1")
        .bind(plain(name))
        .fetch_optional(store.reads())
        .await
        .during(DOING)?;
    match found {
        Some(row) => row.parsed("id"),
        None => {
            let mut connection = store.writes().acquire().await.during(DOING)?;
            insert_workspace(&mut connection, name).await
        }
    }
}

/// Every workspace, oldest first.
///
/// # Errors
/// `Query`.
pub async fn workspaces(store: &Store) -> Result<Vec<(WorkspaceId, String)>, StoreError> {
    let rows = sqlx::query("SELECT id, name FROM workspaces ORDER BY id")
        .fetch_all(store.reads())
        .await
        .during("list the workspaces")?;
    rows.iter().map(|row| Ok((row.parsed("id")?, row.text("name")?))).collect()
}

async fn insert_workspace(
    connection: &mut AnyConnection,
    name: &str,
) -> Result<WorkspaceId, StoreError> {
    let id = WorkspaceId::generate();
    sqlx::query(
        "INSERT INTO workspaces (id, name, members_changed_at, created_at) VALUES ($1, $2, $3, $3)",
    )
    .bind(id.to_string())
    .bind(plain(name))
    .bind(now())
    .execute(connection)
    .await
    .during("make a workspace")?;
    Ok(id)
}

/// Adds an account to a workspace; `Conflict` when the e-mail address has one anywhere.
///
/// # Errors
/// `Conflict`, `Query`.
pub async fn add(
    store: &Store,
    workspace: WorkspaceId,
    user: &NewUser<'_>,
) -> Result<UserId, StoreError> {
    let mut transaction = store.writes().begin().await.during("add an account")?;
    let id = insert_user(&mut transaction, workspace, user).await?;
    transaction.commit().await.during("add an account")?;
    Ok(id)
}

pub(crate) async fn insert_user(
    connection: &mut AnyConnection,
    workspace: WorkspaceId,
    user: &NewUser<'_>,
) -> Result<UserId, StoreError> {
    let (id, time) = (UserId::generate(), now());
    let inserted = sqlx::query(
        "INSERT INTO users (id, email, name, password_hash, must_change_password, session_epoch, \
         created_at) VALUES ($1, $2, $3, $4, $5, 1, $6)",
    )
    .bind(id.to_string())
    .bind(normal_email(user.email))
    .bind(plain(user.name.trim()))
    .bind(user.password_hash.as_ref().map(|hash| hash.expose_secret().to_owned()))
    .bind(i64::from(user.must_change_password))
    .bind(time)
    .execute(&mut *connection)
    .await
    .during("add an account");
    match inserted {
        Err(error) if error.is_duplicate() => {
            return Err(StoreError::Conflict {
                message: "This e-mail address has an account already.",
            });
        }
        other => other?,
    };
    sqlx::query(
        "INSERT INTO memberships (workspace_id, user_id, role, created_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(workspace.to_string())
    .bind(id.to_string())
    .bind(user.role.name())
    .bind(time)
    .execute(connection)
    .await
    .during("add a member")?;
    Ok(id)
}

/// Accounts with their role, and then what follows.
macro_rules! accounts {
    ($rest:literal) => {
        concat!(
            "SELECT u.id AS user_id, u.email, u.name, u.password_hash, u.must_change_password, \
             u.session_epoch, m.role, m.disabled_at, w.id AS workspace_id, \
             w.name AS workspace_name FROM users u JOIN memberships m ON m.user_id = u.id \
             JOIN workspaces w ON w.id = m.workspace_id ",
            $rest
        )
    };
}

/// The account of an e-mail address, in the workspace where it is enabled and has been longest.
///
/// # Errors
/// `Query`, `Corrupt`.
pub async fn by_email(store: &Store, email: &str) -> Result<Option<Account>, StoreError> {
    let row = sqlx::query(accounts!(
        "WHERE u.email = $1 ORDER BY CASE WHEN m.disabled_at IS NULL THEN 0 ELSE 1 END, \
         m.created_at, m.workspace_id LIMIT 1"
    ))
    .bind(normal_email(email))
    .fetch_optional(store.reads())
    .await
    .during("look an account up")?;
    row.as_ref().map(account).transpose()
}

/// A member of this workspace.
///
/// # Errors
/// `NotFound` for another workspace's user, `Query`, `Corrupt`.
pub async fn get(
    store: &Store,
    workspace: WorkspaceId,
    user: UserId,
) -> Result<Account, StoreError> {
    let row = sqlx::query(accounts!("WHERE m.workspace_id = $1 AND m.user_id = $2"))
        .bind(workspace.to_string())
        .bind(user.to_string())
        .fetch_optional(store.reads())
        .await
        .during("look a member up")?
        .ok_or(NO_MEMBER)?;
    account(&row)
}

const NO_MEMBER: StoreError = StoreError::NotFound { what: "member" };

fn account(row: &AnyRow) -> Result<Account, StoreError> {
    Ok(Account {
        person: person(row)?,
        password_hash: row.text_option("password_hash")?.map(SecretString::from),
        enabled: row.int_option("disabled_at")?.is_none(),
        epoch: row.int("session_epoch")?,
    })
}

pub(crate) fn person(row: &AnyRow) -> Result<Person, StoreError> {
    Ok(Person {
        user: row.parsed("user_id")?,
        workspace: row.parsed("workspace_id")?,
        workspace_name: row.text("workspace_name")?,
        name: row.text("name")?,
        email: row.text("email")?,
        role: row.parsed("role")?,
        must_change_password: row.flag("must_change_password")?,
    })
}

/// The workspace's members, by name.
///
/// # Errors
/// `Query`, `Corrupt`.
pub async fn members(store: &Store, workspace: WorkspaceId) -> Result<Vec<Member>, StoreError> {
    let rows = sqlx::query(
        "SELECT u.id AS user_id, u.name, u.email, u.created_at, u.last_seen_at, m.role, \
         m.disabled_at, CASE WHEN u.password_hash IS NULL THEN 1 ELSE 0 END AS invited \
         FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.workspace_id = $1 \
         ORDER BY lower(u.name), u.email",
    )
    .bind(workspace.to_string())
    .fetch_all(store.reads())
    .await
    .during("list the members")?;
    rows.iter().map(member).collect()
}

fn member(row: &AnyRow) -> Result<Member, StoreError> {
    let state = match (row.int_option("disabled_at")?, row.flag("invited")?) {
        (Some(_), _) => MemberState::Disabled,
        (None, true) => MemberState::Invited,
        (None, false) => MemberState::Active,
    };
    Ok(Member {
        user: row.parsed("user_id")?,
        name: row.text("name")?,
        email: row.text("email")?,
        role: row.parsed("role")?,
        state,
        created_at: rfc3339(row.int("created_at")?),
        last_seen_at: row.int_option("last_seen_at")?.map(rfc3339),
    })
}

/// In how many workspaces is this account a member?
///
/// # Errors
/// `Query`, `Corrupt`.
pub async fn memberships(store: &Store, user: UserId) -> Result<i64, StoreError> {
    sqlx::query("SELECT count(*) AS n FROM memberships WHERE user_id = $1")
        .bind(user.to_string())
        .fetch_one(store.reads())
        .await
        .during("count memberships")?
        .int("n")
}

const LAST_ADMIN: StoreError = StoreError::Conflict {
    message: "This is the workspace's last admin. Make somebody else an admin first.",
};

/// Changes a member's role; the next request sees it.
///
/// # Errors
/// `NotFound`, `Conflict` when no admin would be left, `Query`.
pub async fn set_role(
    store: &Store,
    workspace: WorkspaceId,
    user: UserId,
    role: Role,
) -> Result<(), StoreError> {
    const DOING: &str = "change a role";
    let mut transaction = store.writes().begin().await.during(DOING)?;
    lock_members(&mut transaction, workspace).await?;
    let changed =
        sqlx::query("UPDATE memberships SET role = $3 WHERE workspace_id = $1 AND user_id = $2")
            .bind(workspace.to_string())
            .bind(user.to_string())
            .bind(role.name())
            .execute(&mut *transaction)
            .await
            .during(DOING)?;
    if changed.rows_affected() == 0 {
        return Err(NO_MEMBER);
    }
    require_admin(&mut transaction, workspace).await?;
    transaction.commit().await.during(DOING)?;
    store.accounts_changed();
    Ok(())
}

/// Disables a member, whose sessions then no longer count, or enables them again.
///
/// # Errors
/// `NotFound`, `Conflict` when no admin would be left, `Query`.
pub async fn set_enabled(
    store: &Store,
    workspace: WorkspaceId,
    user: UserId,
    enabled: bool,
) -> Result<(), StoreError> {
    const DOING: &str = "disable or enable a member";
    let mut transaction = store.writes().begin().await.during(DOING)?;
    lock_members(&mut transaction, workspace).await?;
    let changed = sqlx::query(
        "UPDATE memberships SET disabled_at = $3 WHERE workspace_id = $1 AND user_id = $2",
    )
    .bind(workspace.to_string())
    .bind(user.to_string())
    .bind((!enabled).then(now))
    .execute(&mut *transaction)
    .await
    .during(DOING)?;
    if changed.rows_affected() == 0 {
        return Err(NO_MEMBER);
    }
    require_admin(&mut transaction, workspace).await?;
    if !enabled {
        sqlx::query("DELETE FROM sessions WHERE workspace_id = $1 AND user_id = $2")
            .bind(workspace.to_string())
            .bind(user.to_string())
            .execute(&mut *transaction)
            .await
            .during(DOING)?;
    }
    transaction.commit().await.during(DOING)?;
    store.accounts_changed();
    Ok(())
}

/// Changes of who is an admin happen one after the other: otherwise two admins could each make
/// the other less at the same moment.
async fn lock_members(
    connection: &mut AnyConnection,
    workspace: WorkspaceId,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE workspaces SET members_changed_at = $2 WHERE id = $1")
        .bind(workspace.to_string())
        .bind(now())
        .execute(connection)
        .await
        .during("change the members")
        .map(drop)
}

/// Somebody who can sign in must be an admin after the change.
async fn require_admin(
    connection: &mut AnyConnection,
    workspace: WorkspaceId,
) -> Result<(), StoreError> {
    let admins = sqlx::query(
        "SELECT count(*) AS n FROM memberships m JOIN users u ON u.id = m.user_id \
         WHERE m.workspace_id = $1 AND m.role = 'admin' AND m.disabled_at IS NULL \
         AND u.password_hash IS NOT NULL",
    )
    .bind(workspace.to_string())
    .fetch_one(connection)
    .await
    .during("count the admins")?
    .int("n")?;
    if admins == 0 { Err(LAST_ADMIN) } else { Ok(()) }
}

/// Sets a password of the person's own choice; every session of before ends.
///
/// # Errors
/// `Query`.
pub async fn set_password(
    store: &Store,
    user: UserId,
    hash: &SecretString,
) -> Result<(), StoreError> {
    let mut transaction = store.writes().begin().await.during("set a password")?;
    write_password(&mut transaction, user, None, hash).await?;
    transaction.commit().await.during("set a password")?;
    store.accounts_changed();
    Ok(())
}

/// Sets a password from the server's command line; `one_time` ones must be changed at the next login.
///
/// # Errors
/// `Query`.
pub async fn reset_password(
    store: &Store,
    user: UserId,
    hash: &SecretString,
    one_time: bool,
) -> Result<(), StoreError> {
    const DOING: &str = "reset a password";
    let mut transaction = store.writes().begin().await.during(DOING)?;
    write_password(&mut transaction, user, None, hash).await?;
    sqlx::query("UPDATE users SET must_change_password = $2 WHERE id = $1")
        .bind(user.to_string())
        .bind(i64::from(one_time))
        .execute(&mut *transaction)
        .await
        .during(DOING)?;
    transaction.commit().await.during(DOING)?;
    store.accounts_changed();
    Ok(())
}

pub(crate) async fn write_password(
    connection: &mut AnyConnection,
    user: UserId,
    name: Option<&str>,
    hash: &SecretString,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE users SET password_hash = $2, must_change_password = 0, \
         session_epoch = session_epoch + 1, name = coalesce($3, name) WHERE id = $1",
    )
    .bind(user.to_string())
    .bind(hash.expose_secret().to_owned())
    .bind(name.map(plain))
    .execute(&mut *connection)
    .await
    .during("set a password")?;
    end_sessions(connection, user).await
}

/// Ends every session of this person, here and on other replicas.
///
/// # Errors
/// `Query`.
pub async fn end_all_sessions(store: &Store, user: UserId) -> Result<(), StoreError> {
    const DOING: &str = "end the sessions";
    let mut transaction = store.writes().begin().await.during(DOING)?;
    sqlx::query("UPDATE users SET session_epoch = session_epoch + 1 WHERE id = $1")
        .bind(user.to_string())
        .execute(&mut *transaction)
        .await
        .during(DOING)?;
    end_sessions(&mut transaction, user).await?;
    transaction.commit().await.during(DOING)?;
    store.accounts_changed();
    Ok(())
}

async fn end_sessions(connection: &mut AnyConnection, user: UserId) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sessions WHERE user_id = $1")
        .bind(user.to_string())
        .execute(connection)
        .await
        .during("end the sessions")
        .map(drop)
}

/// The workspace where an account signs in: where it is enabled and has been longest.
///
/// # Errors
/// `NotFound` when it is enabled nowhere, `Query`, `Corrupt`.
pub async fn home(store: &Store, user: UserId) -> Result<WorkspaceId, StoreError> {
    sqlx::query(
        "SELECT workspace_id FROM memberships WHERE user_id = $1 AND disabled_at IS NULL \
         ORDER BY created_at, workspace_id LIMIT 1",
    )
    .bind(user.to_string())
    .fetch_optional(store.reads())
    .await
    .during("find an account's workspace")?
    .ok_or(NO_MEMBER)?
    .parsed("workspace_id")
}
