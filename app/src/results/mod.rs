//! Results: grid and chart. Rows are a stream of their own: `/api/connections/{id}/query`.

pub mod api;
#[cfg(feature = "ssr")]
pub mod port;
