//! The work of the stages, one file each.

pub mod check;
pub mod classify;
pub mod execute;
pub mod present;
pub mod retrieve;
pub mod schema;
pub mod story;
pub mod words;
