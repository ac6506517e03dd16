#![doc = include_str!("../README.md")]

pub mod fold;
mod values;
mod version;

pub use values::{ColumnRef, Hit, Near, ValueIndex, ValueSource};
pub use version::{changes, fingerprint};
