//! What handlers take from a request, with every refusal as a [`Problem`](model::error::Problem).

use super::problem::ApiError;
use app::backend::Caller;
use axum::{
    RequestExt,
    extract::{Form, FromRequest, FromRequestParts, Json, Path, Request},
};
use http::{header, request::Parts};
use model::{account::Person, error::ProblemCode, role::Role};
use serde::de::DeserializeOwned;
use std::{marker::PhantomData, str::FromStr};

/// A role as a type, for [`Signed`].
pub trait AtLeast {
    const ROLE: Role;
}

/// `Signed<Viewer>`: anyone who is signed in.
pub struct Viewer;
/// May run reads and ask.
pub struct Analyst;
/// May also decide about writes.
pub struct Approver;
/// May do everything in the workspace.
pub struct Admin;

impl AtLeast for Viewer {
    const ROLE: Role = Role::Viewer;
}
impl AtLeast for Analyst {
    const ROLE: Role = Role::Analyst;
}
impl AtLeast for Approver {
    const ROLE: Role = Role::Approver;
}
impl AtLeast for Admin {
    const ROLE: Role = Role::Admin;
}

/// The signed-in person, whose role is at least `R`: 401 for a stranger, 403 for less.
pub struct Signed<R> {
    pub person: Person,
    role: PhantomData<R>,
}

impl<S: Sync, R: AtLeast> FromRequestParts<S> for Signed<R> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(Self { person: person(parts, R::ROLE)?, role: PhantomData })
    }
}

fn person(parts: &Parts, role: Role) -> Result<Person, ApiError> {
    match parts.extensions.get::<Caller>() {
        Some(caller) => Ok(caller.as_person(role)?),
        None => Err(ApiError::new(ProblemCode::Internal, "The request carries no session.")),
    }
}

/// The one id in the path. What is no id is as unknown as any other: 404.
pub struct PathId<T>(pub T);

impl<S: Send + Sync, T: FromStr + Send> FromRequestParts<S> for PathId<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let unknown = || ApiError::new(ProblemCode::NotFound, "There is nothing at this address.");
        let Path(text) =
            Path::<String>::from_request_parts(parts, state).await.map_err(|_| unknown())?;
        text.parse().map(Self).map_err(|_| unknown())
    }
}

/// The body, as JSON or as a form, whichever its type says.
pub struct Payload<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + 'static> FromRequest<S> for Payload<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let unreadable = |error: String| {
            ApiError::new(ProblemCode::Invalid, format!("The request could not be read: {error}"))
        };
        let is_form = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        if is_form {
            let form = request.extract::<Form<T>, _>().await;
            return form.map(|Form(body)| Self(body)).map_err(|e| unreadable(e.body_text()));
        }
        let json = request.extract::<Json<T>, _>().await;
        json.map(|Json(body)| Self(body)).map_err(|e| unreadable(e.body_text()))
    }
}
