//! Signing in, and the admin's page of people.

pub mod api;
#[cfg(feature = "ssr")]
pub mod port;
