//! The work of the stages, one file each.

pub mod check;
pub mod classify;
pub mod confidence;
pub mod execute;
pub mod gist;
pub mod present;
pub mod retrieve;
pub mod schema;
pub mod second;
pub mod story;
pub mod words;
