#![doc = include_str!("../README.md")]

mod client;
mod databases;
mod machine;
mod measures;
mod report;
mod scripted;
mod server;
mod statistics;

use anyhow::Result;
use clap::Parser;
use report::Report;
use std::path::PathBuf;

/// Measures a release build of Querent.
#[derive(Parser)]
struct Args {
    /// The server binary.
    #[arg(long, env = "QUERENT_BINARY")]
    binary: PathBuf,
    /// The site it serves.
    #[arg(long, env = "QUERENT_SITE_ROOT")]
    site: PathBuf,
    /// A PostgreSQL superuser's address, from `cargo xtask services`.
    #[arg(long, env = "QUERENT_TEST_POSTGRES_URL")]
    postgres: String,
    /// The checkout, for the part that Chromium plays.
    #[arg(long, default_value = ".")]
    root: PathBuf,
    /// Only measures whose name contains one of these words.
    only: Vec<String>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    println!("{}\n", machine::describe());
    let mut report = Report::new(args.only.clone());
    measures::all(&args, &mut report).await?;
    report.print();
    Ok(())
}
