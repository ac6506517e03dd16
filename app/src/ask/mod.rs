//! Questions in words: the conversation panel.

mod answer;
pub mod api;
mod completion;
mod composer;
mod conversations;
mod declined;
mod events;
pub mod panel;
#[cfg(feature = "ssr")]
pub mod port;
pub mod sql;
mod stages;
mod start;
pub mod state;
pub mod turn;
mod turn_view;
mod understood;
