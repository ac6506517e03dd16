//! Pages rendered by leptos, and its server functions.

use super::{headers::page_policy, problem::ApiError};
use crate::{backend::backend, state::AppState};
use app::error::AppError;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, Method, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};
use model::error::ProblemCode;

/// Every page of the app's router, and every server function.
pub fn routes(state: &AppState) -> Router<AppState> {
    let assets = state.site.assets.clone();
    let pages = generate_route_list(app::App);
    Router::new()
        .leptos_routes_with_context(state, pages, context(state), move || {
            app::shell::shell(assets.clone())
        })
        .layer(middleware::map_response(mend_failure))
}

/// What is at no other address: a problem below `/api/`, else the app's own page, with 404.
pub async fn not_found(State(state): State<AppState>, request: Request) -> Response {
    let is_page = matches!(*request.method(), Method::GET | Method::HEAD)
        && !request.uri().path().starts_with("/api/");
    if !is_page {
        let message = "There is nothing at this address.";
        return ApiError::new(ProblemCode::NotFound, message).into_response();
    }
    let assets = state.site.assets.clone();
    let shell = move || app::shell::shell(assets.clone());
    let render = leptos_axum::render_app_to_stream_with_context(context(&state), shell);
    let mut response = render(request).await.into_response();
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// What pages and server functions find in leptos' context.
fn context(state: &AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    let backend = backend(state);
    move || {
        provide_context(backend.clone());
        // A page has a nonce by now; a server function has none, and needs no policy of its own.
        let policy = leptos::nonce::use_nonce()
            .and_then(|nonce| HeaderValue::from_str(&page_policy(&nonce)).ok());
        if let (Some(policy), Some(response)) = (policy, use_context::<ResponseOptions>()) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}

/// A server function that could not even read its arguments answers 500 without a type; its body is
/// a problem that knows better.
async fn mend_failure(response: Response) -> Response {
    const FAILED: &str = "serverfnerror";
    if !response.headers().contains_key(FAILED) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, 1 << 20).await else {
        return ApiError::new(ProblemCode::Internal, "The answer was lost.").into_response();
    };
    if let Ok(AppError(problem)) = serde_json::from_slice(&bytes) {
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if parts.status == StatusCode::INTERNAL_SERVER_ERROR {
            parts.status = super::problem::status(problem.code);
        }
        if let Some(seconds) = super::problem::retry_after(&problem) {
            parts.headers.insert(header::RETRY_AFTER, seconds);
        }
    }
    Response::from_parts(parts, Body::from(bytes))
}
