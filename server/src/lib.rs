#![doc = include_str!("../README.md")]
#![recursion_limit = "512"]

pub mod accounts;
pub mod backend;
pub mod cli;
pub mod config;
pub mod csv;
pub mod databases;
pub mod http;
pub mod policies;
pub mod runs;
pub mod sample_shop;
pub mod sink;
pub mod startup;
pub mod state;
pub mod statement;
pub mod statements;
