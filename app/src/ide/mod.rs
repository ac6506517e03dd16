//! The IDE: connections and schema, editor, results and questions on one page.

pub mod page;
pub mod state;
