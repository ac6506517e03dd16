#![doc = include_str!("../README.md")]

mod arrows;
mod bench;
mod ci;
mod deny;
mod eval;
mod functions;
mod graph;
mod process;
mod run;
mod services;
mod site;
mod stamp;
mod step;
mod tally;
mod test;
mod tools;
mod workspace;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use workspace::Workspace;

/// Builds, runs, tests and measures Querent.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything, start the server and hand over the terminal.
    Run(run::RunArgs),
    /// Build the release: `target/dist/querent` and `target/dist/site`.
    Build,
    /// Build the browser's part alone: `target/site`, or `target/dist/site` with `--release`.
    Site {
        /// Optimised, hashed for caching and precompressed.
        #[arg(long)]
        release: bool,
    },
    /// Run all tests: Rust's, the examples in docs, and the browser journeys.
    Test(test::TestArgs),
    /// Run every gate of the project, as CI does.
    Ci(ci::CiArgs),
    /// Take pictures of every page, in two sizes, light and dark.
    Screens {
        /// Where to put them.
        #[arg(default_value = "target/screens")]
        out: PathBuf,
    },
    /// Measure a release build, and print the figures beside their goals.
    Bench(bench::BenchArgs),
    /// Write the lists of harmless functions anew, from the servers' own catalogues.
    Functions {
        /// Take names that nobody has judged yet for harmless.
        #[arg(long)]
        accept: bool,
    },
    /// Measure what answers questions, on evaluation data beside the checkout.
    Eval {
        #[command(subcommand)]
        what: eval::EvalTask,
    },
    /// Start throw-away PostgreSQL, MariaDB and Redis servers for tests, or stop them.
    Services {
        /// Stop the servers that an earlier call started.
        #[arg(long)]
        stop: bool,
    },
}

fn main() -> ExitCode {
    match perform(Cli::parse().task) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE, // what failed was said where it failed
        Err(error) => {
            // The chain of causes says what happened; a backtrace would only bury it.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Gives whether what was to be checked is in order.
fn perform(task: Task) -> Result<bool> {
    let workspace = Workspace::find()?;
    match task {
        Task::Test(args) => return test::test(&workspace, &args),
        Task::Ci(args) => return ci::ci(&workspace, args),
        Task::Screens { out } => test::screens(&workspace, &out)?,
        Task::Bench(args) => bench::bench(&workspace, &args)?,
        Task::Eval { what } => eval::eval(&workspace, &what)?,
        Task::Run(args) => run::run(&workspace, &args)?,
        Task::Build => drop(run::build(&workspace)?),
        Task::Site { release } => drop(site::build(&workspace, site::Profile::of(release))?),
        Task::Functions { accept } => functions::write(&workspace, accept)?,
        Task::Services { stop: true } => services::stop(&workspace)?,
        Task::Services { stop: false } => drop(services::start(&workspace)?),
    }
    Ok(true)
}
