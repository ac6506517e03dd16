//! The binary `querent`.

use clap::Parser;
use server::cli::Cli;
use std::process::ExitCode;
use tikv_jemallocator::Jemalloc;

/// Gives memory back: a server that has read a large schema is soon as small as before.
/// `.cargo/config.toml` sets how.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    Cli::parse().run()
}
