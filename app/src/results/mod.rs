//! Results: grid and chart. Rows are a stream of their own: `/api/connections/{id}/query`.

pub mod api;
pub mod chart;
pub mod data;
pub mod grid;
pub mod mask;
pub mod pane;
pub mod plan;
#[cfg(feature = "ssr")]
pub mod port;
pub mod stream;

pub use self::{chart::ResultChart, data::ResultData, grid::ResultGrid};
