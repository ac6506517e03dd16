//! The one shape of every error over HTTP: a [`Problem`] as JSON with its status.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use model::error::{Problem, ProblemCode};
use std::error::Error;
use store::StoreError;

/// A problem as the answer of a handler: `Result<_, ApiError>` with `?` on problems and store errors.
#[derive(Clone, Debug)]
pub struct ApiError(pub Problem);

impl ApiError {
    #[must_use]
    pub fn new(code: ProblemCode, message: impl Into<String>) -> Self {
        Self(Problem::new(code, message))
    }

    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self(self.0.hint(hint))
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = status(self.0.code);
        let body = serde_json::to_vec(&self.0).unwrap_or_default();
        let json = HeaderValue::from_static("application/json");
        let mut response = (status, [(header::CONTENT_TYPE, json)], body).into_response();
        if let Some(seconds) = retry_after(&self.0) {
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

/// The HTTP status of a problem.
#[must_use]
pub fn status(code: ProblemCode) -> StatusCode {
    StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The `Retry-After` of a throttled request: the first number in "Try again in 12 seconds."
#[must_use]
pub fn retry_after(problem: &Problem) -> Option<HeaderValue> {
    if problem.code != ProblemCode::Throttled {
        return None;
    }
    let digits: String = problem
        .hint
        .as_deref()?
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    HeaderValue::from_str(&digits).ok().filter(|value| !value.is_empty())
}

/// Querent's own fault: logged here with all its causes, told with an incident's number only.
#[must_use]
pub fn internal(error: &(dyn Error + 'static), doing: &str) -> Problem {
    let incident = incident();
    tracing::error!(incident, error = store::error::chain(error), "cannot {doing}");
    told(incident)
}

/// What a person is told of an internal failure.
#[must_use]
pub fn told(incident: String) -> Problem {
    let mut problem = Problem::new(ProblemCode::Internal, "Something went wrong on the server.")
        .hint("Try again; if it stays so, give the administrator this incident's number.");
    problem.incident = Some(incident);
    problem
}

/// A new number that finds an entry in the log.
#[must_use]
pub fn incident() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}
