//! Which drafter the workspace uses.

pub mod api;
mod form;
pub mod page;
#[cfg(feature = "ssr")]
pub mod port;
