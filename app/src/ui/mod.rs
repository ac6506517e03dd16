//! Dumb components: they know nothing of databases and hold no data of their own.
//!
//! Sizes, colours and spacing come from `style/tokens.css`; each component's classes are in `style/ui.css`.

pub mod badge;
pub mod button;
pub mod choice;
pub mod dialog;
pub mod dialog_about;
pub mod empty;
pub mod field;
pub mod icon;
pub mod menu;
pub mod notice;
pub mod spinner;
pub mod splitter;
pub mod tabs;
pub mod theme;
pub mod toast;
pub mod tree;
