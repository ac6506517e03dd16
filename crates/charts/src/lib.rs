#![doc = include_str!("../README.md")]

mod option;
mod role;
mod suggest;

pub use option::option;
pub use suggest::suggest;

/// How many categories a bar chart shows before it has to be scrolled.
const BARS: u32 = 30;
