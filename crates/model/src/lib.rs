#![doc = include_str!("../README.md")]

pub mod account;
pub mod catalog;
pub mod chart;
pub mod connection;
pub mod conversation;
pub mod dialect;
pub mod error;
pub mod history;
pub mod id;
pub mod llm;
pub mod policy;
pub mod result;
pub mod role;
pub mod run;
