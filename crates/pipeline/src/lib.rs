#![doc = include_str!("../README.md")]

pub mod drafter;
mod driver;
mod log;
pub mod masks;
pub mod ports;
mod prepared;
pub mod run;
mod steps;

pub use driver::{Access, Exchange, Question, Run, Waiting, perform, resume};
pub use log::Ended;
pub use prepared::Prepared;
