//! Policies: stored by admins, merged into what the guard takes for one person.

pub mod words;
