//! Questions in words: the conversation panel.

mod answer;
pub mod api;
mod clarify;
mod completion;
mod composer;
mod confidence;
mod conversations;
mod declined;
mod events;
pub mod panel;
#[cfg(feature = "ssr")]
pub mod port;
mod second;
pub mod sql;
mod stages;
mod start;
pub mod state;
mod streamed;
pub mod turn;
mod turn_view;
mod understood;
