//! Results: grid and chart. Rows are a stream of their own: `/api/connections/{id}/query`.

pub mod api;
pub mod data;
#[cfg(feature = "ssr")]
pub mod port;
pub mod stream;
