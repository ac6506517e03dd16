//! What the pages beside the IDE share: their frame, forms, and how they say when something was.

pub mod form;
pub mod frame;
pub mod help;
pub mod next;
pub mod when;
