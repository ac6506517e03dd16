//! The databases of a workspace.

pub mod api;
#[cfg(feature = "ssr")]
pub mod port;
pub mod url;
