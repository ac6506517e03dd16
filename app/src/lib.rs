#![doc = include_str!("../README.md")]

pub mod ask;
pub mod backend;
pub mod connections;
pub mod error;
pub mod history;
pub mod models;
pub mod pages;
pub mod results;
pub mod schema;
pub mod settings;
pub mod users;
