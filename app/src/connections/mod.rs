//! The databases of a workspace.

pub mod api;
mod catalog;
mod delete;
mod fields;
mod form;
mod list;
mod outcome;
pub mod page;
mod parts;
#[cfg(feature = "ssr")]
pub mod port;
mod url;
