//! A person's own settings.

pub mod page;
