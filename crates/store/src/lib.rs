#![doc = include_str!("../README.md")]

pub mod alive;
pub mod catalogs;
pub mod connections;
pub mod conversations;
pub mod database;
pub mod error;
pub mod history;
pub mod journal;
pub mod links;
mod migrate;
pub mod models;
pub mod policies;
pub mod retention;
mod rows;
pub mod runs;
pub mod seal;
pub mod sessions;
pub mod users;
pub mod waiting;

pub use database::Store;
pub use error::StoreError;
