//! See README.md.

#[cfg(feature = "app")]
pub mod app;
#[cfg(feature = "app")]
pub mod client;
pub mod databases;
pub mod model_server;
