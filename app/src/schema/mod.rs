//! The structure of a connected database.

pub mod api;
pub mod page;
#[cfg(feature = "ssr")]
pub mod port;
