//! Who may see what: policies, written by admins.

pub mod api;
#[cfg(feature = "ssr")]
pub mod port;
