//! Sessions: tower-sessions over Querent's store, and who a request comes from.
//!
//! The cookie holds a random id; the store holds its digest. A session carries nothing but who it
//! belongs to, so it never changes after the login that made it. The person is looked up on every
//! request, in one query with the session, so that a changed role or a disabled account acts at once.

use super::{peer::Peer, problem::internal};
use crate::state::AppState;
use app::backend::{Caller, SessionSlot};
use async_trait::async_trait;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use model::{
    error::Problem,
    id::{UserId, WorkspaceId},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{collections::HashMap, fmt, sync::Arc};
use store::{
    Store,
    sessions::{self, Lifetime},
    users,
};
use time::OffsetDateTime;
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store,
};

/// The name of the cookie.
pub const COOKIE: &str = "querent_session";
/// What a session holds, under this key.
const MEMBER: &str = "member";
/// How often it is noted that a session is in use.
const NOTED_EVERY_MS: i64 = 60_000;

#[derive(Serialize, Deserialize)]
struct Member {
    user: UserId,
    workspace: WorkspaceId,
}

/// The layer that reads and writes the cookie.
#[must_use]
pub fn layer(state: &AppState) -> SessionManagerLayer<Sessions> {
    let lifetime = state.config.sessions.lifetime;
    let secure = state.config.http.public_url.as_ref().is_some_and(|url| url.https);
    SessionManagerLayer::new(Sessions { store: state.store.clone(), lifetime })
        .with_name(COOKIE)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(secure)
        .with_expiry(Expiry::OnInactivity(time::Duration::milliseconds(lifetime.absolute_ms)))
}

/// The layer that finds out who is asking.
pub async fn resolve(
    State(state): State<AppState>,
    session: Session,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let lifetime = state.config.sessions.lifetime;
    let mut person = None;
    if let Some(digest) = session.id().as_ref().map(digest) {
        match sessions::live(&state.store, &digest, lifetime).await {
            Ok(Some(live)) => {
                note_use(&state.store, digest, &live);
                person = Some(live.person);
            }
            Ok(None) => {}
            Err(error) => return super::problem::ApiError::from(error).into_response(),
        }
    }
    parts.extensions.insert(Caller {
        person,
        address: Peer::of(&parts, &state.config.http).address.to_string(),
        session: Arc::new(Slot { store: state.store.clone(), session }),
    });
    next.run(Request::from_parts(parts, body)).await
}

/// Notes in the background that the session is in use, at most once a minute.
fn note_use(store: &Store, digest: String, live: &sessions::Live) {
    let now = OffsetDateTime::now_utc().unix_timestamp().saturating_mul(1_000);
    if now.saturating_sub(live.seen_at_ms) < NOTED_EVERY_MS {
        return;
    }
    let (store, user) = (store.clone(), live.person.user);
    tokio::spawn(async move {
        if let Err(error) = sessions::touch(&store, &digest, user).await {
            tracing::warn!(error = store::error::chain(&error), "a session's use was not noted");
        }
    });
}

/// The browser's session, as the accounts port fills and empties it.
struct Slot {
    store: Store,
    session: Session,
}

#[async_trait]
impl SessionSlot for Slot {
    async fn begin(&self, user: UserId) -> Result<(), Problem> {
        let workspace = users::home(&self.store, user).await?;
        let failed = |error| internal(&error, "start a session");
        // A new id for every login: one that was planted before is worth nothing after it.
        self.session.clear().await;
        self.session.cycle_id().await.map_err(failed)?;
        self.session.insert(MEMBER, Member { user, workspace }).await.map_err(failed)?;
        self.session.save().await.map_err(failed)
    }

    async fn end(&self) -> Result<(), Problem> {
        self.session.flush().await.map_err(|error| internal(&error, "end a session"))
    }
}

/// tower-sessions' view of the store.
#[derive(Clone)]
pub struct Sessions {
    store: Store,
    lifetime: Lifetime,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        let member = record.data.get(MEMBER).cloned().unwrap_or_default();
        let member: Member = serde_json::from_value(member)
            .map_err(|error| session_store::Error::Encode(error.to_string()))?;
        let digest = digest(&record.id);
        sessions::insert(&self.store, &digest, member.workspace, member.user, self.lifetime)
            .await
            .map_err(backend)
    }

    /// A session never changes after it was made.
    async fn save(&self, _: &Record) -> session_store::Result<()> {
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let live =
            sessions::live(&self.store, &digest(id), self.lifetime).await.map_err(backend)?;
        let Some(live) = live else { return Ok(None) };
        let member = Member { user: live.person.user, workspace: live.person.workspace };
        let member = serde_json::to_value(member)
            .map_err(|error| session_store::Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(live.expires_at_ms / 1_000)
            .map_err(|error| session_store::Error::Decode(error.to_string()))?;
        let data = HashMap::from([(MEMBER.to_owned(), member)]);
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        sessions::delete(&self.store, &digest(id)).await.map_err(backend)
    }
}

#[allow(clippy::needless_pass_by_value)] // for map_err
fn backend(error: store::StoreError) -> session_store::Error {
    session_store::Error::Backend(store::error::chain(&error))
}

/// What the store knows of a cookie's id.
fn digest(id: &Id) -> String {
    store::seal::hex(&Sha256::digest(id.0.to_le_bytes()))
}
