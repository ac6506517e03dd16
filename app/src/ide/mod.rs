//! The IDE: connections and schema, editor, results and questions on one page.

mod header;
mod keys;
pub mod page;
pub mod state;
mod status_bar;
