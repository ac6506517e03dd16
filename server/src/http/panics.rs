//! A panic while a request is answered: logged with an incident's number, told as a problem.

use super::problem::{ApiError, incident, told};
use axum::response::{IntoResponse, Response};
use std::any::Any;

/// For `CatchPanicLayer::custom`.
#[allow(clippy::needless_pass_by_value)] // the layer hands the payload over
pub fn answer(payload: Box<dyn Any + Send + 'static>) -> Response {
    let incident = incident();
    let text = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(incident, panic = text, "a request panicked");
    ApiError(told(incident)).into_response()
}
