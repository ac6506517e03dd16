//! The structure of a connected database.

pub mod api;
pub mod page;
pub mod panel;
#[cfg(feature = "ssr")]
pub mod port;
mod rows;
mod state;
pub mod tree;
