//! What was asked and run.

pub mod api;
#[cfg(feature = "ssr")]
pub mod port;
