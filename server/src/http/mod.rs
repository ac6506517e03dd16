//! The HTTP door: routes, and the layers that every request passes.
//!
//! From the outside in: a panic becomes a problem with an incident's number; every response gets
//! its request id and security headers; a state-changing request must come from our own pages;
//! a body is read whole, up to a limit; the session's person is looked up; then the route.

pub mod assets;
pub mod body;
pub mod export;
pub mod extract;
pub mod guard;
pub mod headers;
pub mod health;
pub mod origin;
pub mod pages;
pub mod panics;
pub mod peer;
pub mod problem;
pub mod query;
pub mod runs;
pub mod session;

use crate::state::AppState;
use axum::{Router, extract::DefaultBodyLimit, middleware};
use tower_http::catch_panic::CatchPanicLayer;

/// Everything the server answers.
pub fn router(state: AppState) -> Router {
    let with_session = Router::new()
        .merge(pages::routes(&state))
        .merge(crate::http::rest())
        .fallback(pages::not_found)
        .layer(middleware::from_fn_with_state(state.clone(), session::resolve))
        .layer(session::layer(&state))
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn(body::limit))
        .layer(middleware::from_fn_with_state(state.clone(), origin::check));
    Router::new()
        .merge(health::routes())
        .merge(assets::routes(&state))
        .fallback_service(with_session.with_state(state.clone()))
        .layer(CatchPanicLayer::custom(panics::answer))
        .layer(middleware::from_fn_with_state(state.clone(), headers::set))
        .with_state(state)
}

/// The routes beside pages and server functions, one function per file.
fn rest() -> Router<AppState> {
    Router::new()
        .merge(guard::routes())
        .merge(query::routes())
        .merge(export::routes())
        .merge(runs::routes())
}

/// Path and method of every route of `rest`, for the test that walks them all.
pub const REST: &[(&str, &str)] = &[
    ("POST", "/api/guard"),
    ("POST", "/api/connections/{id}/query"),
    ("POST", "/api/connections/{id}/export"),
    ("GET", "/api/runs/{id}/events"),
    ("GET", "/api/runs/{id}/result"),
    ("POST", "/api/runs/{id}/cancel"),
];
