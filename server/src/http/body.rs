//! Bodies are read whole before anything else looks at them, up to a limit and a time.

use super::problem::ApiError;
use axum::{
    body::{Body, BodyDataStream},
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use http::Method;
use model::error::ProblemCode;
use std::time::Duration;

/// Bytes of a request's body: room for a statement of 1 MB however it is escaped.
pub const LIMIT: usize = 4 << 20;
/// A larger body is read on to its end, and thrown away, so that its sender gets to read the answer
/// rather than a broken line. Past this, the line may break.
const DRAINED: usize = 64 << 20;
/// For the whole body to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// The layer.
pub async fn limit(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    match tokio::time::timeout(PATIENCE, read(body.into_data_stream())).await {
        Ok(Ok(bytes)) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Ok(Err(error)) => error.into_response(),
        Err(_) => ApiError::new(ProblemCode::Timeout, "The request took too long to arrive.")
            .into_response(),
    }
}

async fn read(mut body: BodyDataStream) -> Result<Bytes, ApiError> {
    let (mut kept, mut length) = (BytesMut::new(), 0_usize);
    while let Some(piece) = body.next().await {
        let piece =
            piece.map_err(|_| ApiError::new(ProblemCode::Invalid, "The request broke off."))?;
        length = length.saturating_add(piece.len());
        if length <= LIMIT {
            kept.extend_from_slice(&piece);
        } else {
            kept = BytesMut::new();
        }
        if length > DRAINED {
            break;
        }
    }
    if length > LIMIT {
        let message = format!("The request is larger than {} MB.", LIMIT >> 20);
        return Err(ApiError::new(ProblemCode::TooLarge, message).hint("Send less at once."));
    }
    Ok(kept.freeze())
}
