//! See README.md.

pub mod databases;
pub mod model_server;
