//! The SQL editor: tabs with drafts that survive, Monaco, statements, completion.

pub mod complete;
pub mod draft;
mod ffi;
mod fix;
mod format;
mod mount;
pub mod pane;
mod place;
pub mod statement;
mod tab_strip;
pub mod tabs;
