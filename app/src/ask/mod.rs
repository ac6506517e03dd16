//! Questions in words: the conversation panel.

pub mod api;
pub mod turn;
#[cfg(feature = "ssr")]
pub mod port;
