//! Browser sessions, by the digest of their cookie.

use crate::{
    Store, StoreError,
    error::During,
    rows::{Columns, now},
    users,
};
use model::{
    account::Person,
    id::{UserId, WorkspaceId},
};
use sqlx::AnyConnection;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long a session lives, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// Without a request.
    pub idle_ms: i64,
    /// From the login on, whatever happens.
    pub absolute_ms: i64,
}

/// A session that counts.
#[derive(Clone, Debug)]
pub struct Live {
    pub person: Person,
    /// When it was last noted that the session is in use.
    pub seen_at_ms: i64,
    pub expires_at_ms: i64,
}

/// Starts a session under this digest, carrying the account's epoch of now.
///
/// # Errors
/// `NotFound` when the account is no member or is disabled, `Query`.
pub async fn insert(
    store: &Store,
    digest: &str,
    workspace: WorkspaceId,
    user: UserId,
    lifetime: Lifetime,
) -> Result<(), StoreError> {
    const DOING: &str = "start a session";
    let time = now();
    let mut transaction = store.writes().begin().await.during(DOING)?;
    let made = sqlx::query(
        "INSERT INTO sessions (id, user_id, workspace_id, epoch, created_at, seen_at, expires_at) \
         SELECT $1, u.id, m.workspace_id, u.session_epoch, $4, $4, $5 FROM users u \
         JOIN memberships m ON m.user_id = u.id \
         WHERE u.id = $2 AND m.workspace_id = $3 AND m.disabled_at IS NULL",
    )
    .bind(digest)
    .bind(user.to_string())
    .bind(workspace.to_string())
    .bind(time)
    .bind(time.saturating_add(lifetime.absolute_ms))
    .execute(&mut *transaction)
    .await
    .during(DOING)?;
    if made.rows_affected() == 0 {
        return Err(StoreError::NotFound { what: "member" });
    }
    note_seen(&mut transaction, user, time).await.during(DOING)?;
    transaction.commit().await.during(DOING)
}

/// Who the session with this digest belongs to, as the account is at this moment; `None` when the
/// session is unknown, expired, idle for too long or taken back, or its member disabled.
///
/// With SQLite, where this process is the one that serves, an answer is kept for a second and
/// forgotten with the first change to any account or session that this process makes. (What
/// `querent user` changes on the side counts after that second.)
///
/// # Errors
/// `Query`, `Corrupt`.
pub async fn live(
    store: &Store,
    digest: &str,
    lifetime: Lifetime,
) -> Result<Option<Live>, StoreError> {
    let Some(recent) = store.recent_sessions() else { return read(store, digest, lifetime).await };
    let generation = match recent.find(digest, lifetime) {
        Ok(live) => return Ok(Some(live)),
        Err(generation) => generation,
    };
    let live = read(store, digest, lifetime).await?;
    if let Some(live) = &live {
        recent.keep(digest, live, generation);
    }
    Ok(live)
}

async fn read(store: &Store, digest: &str, lifetime: Lifetime) -> Result<Option<Live>, StoreError> {
    let time = now();
    let row = sqlx::query(
        "SELECT u.id AS user_id, u.email, u.name, u.must_change_password, m.role, \
         m.workspace_id, w.name AS workspace_name, s.seen_at, s.expires_at FROM sessions s \
         JOIN users u ON u.id = s.user_id AND u.session_epoch = s.epoch \
         JOIN memberships m ON m.user_id = s.user_id AND m.workspace_id = s.workspace_id \
         JOIN workspaces w ON w.id = s.workspace_id \
         WHERE s.id = $1 AND s.expires_at > $2 AND s.seen_at > $3 AND m.disabled_at IS NULL",
    )
    .bind(digest)
    .bind(time)
    .bind(time.saturating_sub(lifetime.idle_ms))
    .fetch_optional(store.reads())
    .await
    .during("look a session up")?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Live {
        person: users::person(&row)?,
        seen_at_ms: row.int("seen_at")?,
        expires_at_ms: row.int("expires_at")?,
    }))
}

/// Notes that the session and its person are in use.
///
/// # Errors
/// `Query`.
pub async fn touch(store: &Store, digest: &str, user: UserId) -> Result<(), StoreError> {
    const DOING: &str = "note that a session is in use";
    let time = now();
    let mut transaction = store.writes().begin().await.during(DOING)?;
    sqlx::query("UPDATE sessions SET seen_at = $2 WHERE id = $1 AND seen_at < $2")
        .bind(digest)
        .bind(time)
        .execute(&mut *transaction)
        .await
        .during(DOING)?;
    note_seen(&mut transaction, user, time).await.during(DOING)?;
    transaction.commit().await.during(DOING)?;
    store.accounts_changed();
    Ok(())
}

async fn note_seen(
    connection: &mut AnyConnection,
    user: UserId,
    time: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE users SET last_seen_at = $2 WHERE id = $1")
        .bind(user.to_string())
        .bind(time)
        .execute(connection)
        .await
        .map(drop)
}

/// Ends one session.
///
/// # Errors
/// `Query`.
pub async fn delete(store: &Store, digest: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sessions WHERE id = $1")
        .bind(digest)
        .execute(store.writes())
        .await
        .during("end a session")?;
    store.accounts_changed();
    Ok(())
}

/// Removes sessions that no longer count; gives how many.
///
/// # Errors
/// `Query`.
pub async fn sweep(store: &Store, lifetime: Lifetime) -> Result<u64, StoreError> {
    let time = now();
    let swept = sqlx::query("DELETE FROM sessions WHERE expires_at <= $1 OR seen_at <= $2")
        .bind(time)
        .bind(time.saturating_sub(lifetime.idle_ms))
        .execute(store.writes())
        .await
        .during("sweep expired sessions")?;
    Ok(swept.rows_affected())
}

/// How long an answer is kept.
const KEPT: Duration = Duration::from_secs(1);
const KEPT_SESSIONS: usize = 10_000;

/// The sessions seen in the last second.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    state: Mutex<RecentState>,
}

#[derive(Debug, Default)]
struct RecentState {
    /// Counts changes: an answer read before a change must not be kept after it.
    generation: u64,
    sessions: HashMap<String, (Live, Instant)>,
}

impl Recent {
    /// The session, or the generation that a fresh answer belongs to.
    fn find(&self, digest: &str, lifetime: Lifetime) -> Result<Live, u64> {
        let state = self.state();
        let time = now();
        match state.sessions.get(digest) {
            Some((live, at))
                if at.elapsed() < KEPT
                    && live.expires_at_ms > time
                    && live.seen_at_ms > time.saturating_sub(lifetime.idle_ms) =>
            {
                Ok(live.clone())
            }
            _ => Err(state.generation),
        }
    }

    fn keep(&self, digest: &str, live: &Live, generation: u64) {
        let mut state = self.state();
        if state.generation != generation {
            return;
        }
        if state.sessions.len() >= KEPT_SESSIONS {
            state.sessions.clear();
        }
        state.sessions.insert(digest.to_owned(), (live.clone(), Instant::now()));
    }

    pub(crate) fn forget(&self) {
        let mut state = self.state();
        state.generation = state.generation.wrapping_add(1);
        state.sessions.clear();
    }

    fn state(&self) -> MutexGuard<'_, RecentState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
