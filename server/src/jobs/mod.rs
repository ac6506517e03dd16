//! What the server does by itself, now and then.

pub mod heartbeat;
pub mod retention;
