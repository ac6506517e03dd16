//! Signing in, and the admin's page of people.

pub mod api;
pub mod auth;
pub mod link;
pub mod login;
mod member_row;
pub mod page;
#[cfg(feature = "ssr")]
pub mod port;
pub mod set_up;
