//! The SQL editor: tabs with drafts that survive, Monaco, statements, completion.

pub mod draft;
pub mod tabs;
