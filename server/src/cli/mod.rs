//! The commands of the binary.

mod database;
mod eval;
mod guard;
mod health;
mod migrate;
mod output;
mod serve;
mod user;

use crate::config::Config;
use anyhow::Context;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Ask your databases in words or in SQL, with one gate for everything that reaches them.
#[derive(Debug, Parser)]
#[command(name = "querent", version, about, after_help = AFTER_HELP)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
A first start on this machine:
  querent serve --first-admin      prints an admin's one-time password

Settings are environment variables:
  QUERENT_ADDRESS=127.0.0.1:3000                 where to listen
  QUERENT_PUBLIC_URL=https://querent.example.com how browsers reach it, needed behind TLS
  QUERENT_TRUSTED_PROXY=10.0.0.0/8               whose X-Forwarded-* headers are believed
  QUERENT_DATA_DIR=data                          database, key file, results
  QUERENT_DATABASE_URL=postgres://…              own data in PostgreSQL, not in a SQLite file
  QUERENT_SECRET_KEY=…                           32 bytes, base64 or hex; else a key file is made
  QUERENT_SITE_ROOT=…                            the built site; else `site` beside the binary
  QUERENT_SQLITE_DIR=data/databases              SQLite connections open files below it only
  QUERENT_ALLOW_LOOPBACK_DATABASES=false         may connections lead to this machine?
  QUERENT_SAMPLE=true                            give a new workspace the sample database
  QUERENT_SESSION_IDLE=12h, QUERENT_SESSION_ABSOLUTE=7d
  QUERENT_LOG=info, QUERENT_LOG_FORMAT=text|json";

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server
    ///
    /// Ready when `/readyz` answers 200. Without any account it prints a link to set up the first
    /// workspace. Ctrl-C or SIGTERM lets running requests finish, writes what waits, and ends.
    Serve(serve::ServeArgs),
    /// Bring Querent's own database up to this version, and end
    ///
    /// `serve` does the same at every start; this is for those who start several at once.
    Migrate,
    /// Manage accounts from the server's own command line
    #[command(subcommand)]
    User(user::UserCommand),
    /// Judge statements as the gate does, as a filter for scripts and CI
    ///
    /// Reads the database's structure, then JSON lines {"id", "sql"} from standard input, and
    /// answers each with {"id", "decision": "allow" | "deny" | "write", "reason", "position", "sql"},
    /// where `sql` is what would run. Nothing is executed.
    Guard(guard::GuardArgs),
    /// Measure what answers questions
    #[command(subcommand)]
    Eval(eval::EvalCommand),
    /// Ask a running server whether it is ready: exit code 0 or 1, for health checks
    Health(health::HealthArgs),
}

impl Cli {
    /// Runs the command; an error is told with all its causes.
    #[must_use]
    pub fn run(self) -> ExitCode {
        match self.command.run() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                output::error(&format!("querent: {error:#}"));
                ExitCode::FAILURE
            }
        }
    }
}

impl Command {
    fn run(self) -> anyhow::Result<()> {
        let config = Config::from_env().context("the settings do not fit")?;
        config.log.start();
        if let Self::Health(args) = self {
            return health::run(&config, &args);
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .context("cannot start the runtime")?;
        runtime.block_on(async {
            match self {
                Self::Serve(args) => serve::run(config, &args).await,
                Self::Migrate => migrate::run(&config).await,
                Self::User(command) => user::run(&config, &command).await,
                Self::Guard(args) => guard::run(&args).await,
                Self::Eval(command) => eval::run(&command).await,
                Self::Health(_) => Ok(()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_commands_are_consistent() {
        <super::Cli as clap::CommandFactory>::command().debug_assert();
    }
}
