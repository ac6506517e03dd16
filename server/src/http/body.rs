//! Bodies are read whole before anything else looks at them, up to a limit and a time.

use super::problem::ApiError;
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{Method, header};
use model::error::ProblemCode;
use std::time::Duration;

/// Bytes of a request's body: room for a statement of 1 MB however it is escaped.
pub const LIMIT: usize = 4 << 20;
/// For the whole body to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// The layer.
pub async fn limit(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let announced = parts
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > LIMIT) {
        return too_large().into_response();
    }
    match tokio::time::timeout(PATIENCE, to_bytes(body, LIMIT)).await {
        Ok(Ok(bytes)) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        // `to_bytes` fails for a body that is longer, and when the client has gone.
        Ok(Err(_)) => too_large().into_response(),
        Err(_) => ApiError::new(ProblemCode::Timeout, "The request took too long to arrive.")
            .into_response(),
    }
}

fn too_large() -> ApiError {
    let message = format!("The request is larger than {} MB.", LIMIT >> 20);
    ApiError::new(ProblemCode::TooLarge, message).hint("Send less at once.")
}
