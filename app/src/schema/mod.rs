//! The structure of a connected database.

pub mod api;
#[cfg(feature = "ssr")]
pub mod port;
