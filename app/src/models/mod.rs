//! Which drafter the workspace uses.

pub mod api;
#[cfg(feature = "ssr")]
pub mod port;
