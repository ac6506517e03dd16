//! Who may see what: policies, written by admins.

pub mod api;
mod changes;
mod conflict;
mod controls;
mod delete;
mod editing;
mod effective;
mod filter;
mod form;
mod list;
mod mask;
pub mod page;
mod places;
#[cfg(feature = "ssr")]
pub mod port;
mod preview;
mod rule;
mod rules;
pub mod sensitive;
mod subjects;
mod tree;
mod viewer;
mod words;
