#![doc = include_str!("../README.md")]

pub mod queries;
pub mod world;
