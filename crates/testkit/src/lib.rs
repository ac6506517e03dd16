//! See README.md.

pub mod model_server;
