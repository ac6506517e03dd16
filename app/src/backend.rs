//! What the pages need from the server, as traits: one port per feature, gathered in [`Backend`].
//!
//! The server provides a `Backend` as leptos context and puts a [`Caller`] into every request's
//! extensions. Server functions take both from here.

#[cfg(feature = "ssr")]
use crate::{
    ask::port::Asking, connections::port::Connections, history::port::History,
    models::port::Models, policies::port::Policies, results::port::Results, schema::port::Schemas,
    users::port::Accounts,
};
#[cfg(feature = "ssr")]
pub use ssr::*;

#[cfg(feature = "ssr")]
mod ssr {
    use super::*;
    use crate::error::{AppError, AppResult};
    use async_trait::async_trait;
    use leptos::prelude::*;
    use model::{
        account::Person,
        error::{Problem, ProblemCode},
        id::UserId,
        role::Role,
    };
    use std::sync::Arc;

    /// Every port, implemented by the server, or by a fake in tests.
    #[derive(Clone)]
    pub struct Backend {
        pub accounts: Arc<dyn Accounts>,
        pub asking: Arc<dyn Asking>,
        pub connections: Arc<dyn Connections>,
        pub history: Arc<dyn History>,
        pub models: Arc<dyn Models>,
        pub policies: Arc<dyn Policies>,
        pub results: Arc<dyn Results>,
        pub schemas: Arc<dyn Schemas>,
    }

    /// Who sends this request, as the session middleware found.
    #[derive(Clone)]
    pub struct Caller {
        /// `None`: a stranger.
        pub person: Option<Person>,
        /// The peer's address, for throttling.
        pub address: String,
        pub session: Arc<dyn SessionSlot>,
    }

    impl Caller {
        /// The signed-in person, if the role is at least `role`.
        ///
        /// # Errors
        /// 401 for a stranger, 403 for a lesser role and for whoever has yet to choose a password.
        pub fn as_person(&self, role: Role) -> Result<Person, Problem> {
            let person = self.person.clone().ok_or_else(|| {
                Problem::new(
                    ProblemCode::Unauthenticated,
                    "You are not signed in, or your session has ended.",
                )
            })?;
            if person.role < role {
                let message = format!("This needs the role {role}.");
                return Err(Problem::new(ProblemCode::Forbidden, message));
            }
            if person.must_change_password {
                let message = "Choose a password of your own first.";
                return Err(Problem::new(ProblemCode::Forbidden, message));
            }
            Ok(person)
        }
    }

    /// The browser's session, to be filled or emptied.
    #[async_trait]
    pub trait SessionSlot: Send + Sync {
        /// Starts a session for this user under a new id (rotation).
        async fn begin(&self, user: UserId) -> Result<(), Problem>;
        async fn end(&self) -> Result<(), Problem>;
    }

    /// The request's caller. Call it before the first `.await`.
    pub fn caller() -> AppResult<Caller> {
        use_context::<http::request::Parts>()
            .and_then(|parts| parts.extensions.get::<Caller>().cloned())
            .ok_or_else(|| {
                let message = "The request carries no session.";
                failed(AppError(Problem::new(ProblemCode::Internal, message)))
            })
    }

    /// The request's person, as [`Caller::as_person`] finds it.
    pub fn person(role: Role) -> AppResult<Person> {
        answer(caller()?.as_person(role))
    }

    #[must_use]
    pub fn backend() -> Backend {
        expect_context::<Backend>()
    }

    /// Turns a port's problem into the function's error and sets the response's status,
    /// but only for calls to the function itself: while a page renders, the status is the page's.
    pub fn answer<T>(result: Result<T, Problem>) -> AppResult<T> {
        result.map_err(|problem| failed(AppError(problem)))
    }

    fn failed(error: AppError) -> AppError {
        let is_call = use_context::<http::request::Parts>()
            .is_some_and(|parts| parts.uri.path().starts_with("/api/"));
        if is_call
            && let Some(options) = use_context::<leptos_axum::ResponseOptions>()
            && let Ok(status) = http::StatusCode::from_u16(error.code().status())
        {
            options.set_status(status);
        }
        error
    }
}
