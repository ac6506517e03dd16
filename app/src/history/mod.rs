//! What was asked and run.

pub mod api;
pub mod page;
#[cfg(feature = "ssr")]
pub mod port;
mod row;
