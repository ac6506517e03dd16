//! `bench`: everything that `crates/bench` needs, and then it.

use crate::process;
use crate::run;
use crate::services;
use crate::step::step;
use crate::tools;
use crate::workspace::Workspace;
use anyhow::Result;
use clap::Args;
use std::process::Command;

#[derive(Args)]
pub struct BenchArgs {
    /// Only these groups: start, schema, read, ask, page; or pure: the gate and the value index alone.
    only: Vec<String>,
    /// Measure what was built before.
    #[arg(long)]
    no_build: bool,
}

pub fn bench(workspace: &Workspace, args: &BenchArgs) -> Result<()> {
    let (pure, served): (Vec<_>, Vec<_>) = args.only.iter().partition(|word| *word == "pure");
    if args.only.is_empty() || !pure.is_empty() {
        let mut cargo = process::cargo_release(&workspace.root);
        process::check(cargo.args(["bench", "--bench=gate", "--bench=values"]))?;
    }
    if !pure.is_empty() && served.is_empty() {
        return Ok(());
    }
    let chromium = tools::chromium()?;
    if !args.no_build {
        drop(run::build(workspace)?);
    }
    step("bench (release)", || {
        let mut cargo = process::cargo_release(&workspace.root);
        process::check(cargo.args(["build", "--release", "--package=bench"]))
    })?;
    let env = services::start(workspace)?;
    println!();
    process::check(
        Command::new(workspace.cargo_target.join("release/bench"))
            .arg("--root")
            .arg(&workspace.root)
            .args(served)
            .current_dir(&workspace.root)
            .envs(env)
            .env("CHROMIUM", chromium)
            .env("QUERENT_BINARY", workspace.dist().join("querent"))
            .env("QUERENT_SITE_ROOT", workspace.dist().join("site")),
    )
}
