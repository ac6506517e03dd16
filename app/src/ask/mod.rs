//! Questions in words: the conversation panel.

pub mod api;
#[cfg(feature = "ssr")]
pub mod port;
