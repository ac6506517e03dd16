//! `test`: services, Rust's tests, README examples, browser journeys; one line at the end.

use crate::process;
use crate::run::{self, Dist};
use crate::services::{self, Env};
use crate::step::step;
use crate::tally::{self, Tally};
use crate::tools;
use crate::workspace::Workspace;
use anyhow::Result;
use clap::Args;
use std::path::Path;
use std::process::Command;

#[derive(Args)]
pub struct TestArgs {
    /// Rust's tests only.
    #[arg(long)]
    no_browser: bool,
    /// Browser journeys only.
    #[arg(long, conflicts_with = "no_browser")]
    browser: bool,
    /// Arguments for Playwright, for instance `-g cancel` or `--headed`.
    #[arg(last = true)]
    playwright: Vec<String>,
}

/// Runs them all; gives whether all passed.
pub fn test(workspace: &Workspace, args: &TestArgs) -> Result<bool> {
    let env = services::start(workspace)?;
    let mut total = Tally::default();
    if !args.browser {
        tools::libclang()?;
        total.add(step("tests", || rust(workspace, &env))?);
        total.add(step("examples in docs", || examples(workspace))?);
    }
    if !args.no_browser {
        let dist = run::debug(workspace)?;
        total.add(step("browser journeys", || browser(workspace, &env, &dist, &args.playwright))?);
    }
    println!("{}", total.line());
    Ok(total.ok())
}

/// All tests of the default members.
pub fn rust(workspace: &Workspace, env: &Env) -> Result<Tally> {
    let mut cargo = process::cargo(&workspace.root);
    cargo.envs(env);
    if tools::find("cargo-nextest", &[]).is_some() {
        cargo.args(["nextest", "run", "--color=never", "--no-fail-fast", "--status-level=slow"]);
        cargo.args(["--final-status-level=fail", "--hide-progress-bar"]);
        return tally::run(&mut cargo, tally::nextest);
    }
    cargo.args(["test", "--no-fail-fast", "--lib", "--bins", "--tests"]);
    tally::run(&mut cargo, tally::libtest)
}

/// The examples in READMEs and docstrings, which nextest leaves out.
pub fn examples(workspace: &Workspace) -> Result<Tally> {
    let mut cargo = process::cargo(&workspace.root);
    cargo.args(["test", "--quiet", "--doc", "--no-fail-fast"]);
    tally::run(&mut cargo, tally::libtest)
}

/// The journeys of `end2end/` with the given server and site.
pub fn browser(workspace: &Workspace, env: &Env, dist: &Dist, args: &[String]) -> Result<Tally> {
    let mut playwright = node(workspace, dist)?;
    playwright
        .arg(workspace.root.join("node_modules/@playwright/test/cli.js"))
        .args(["test", "--config=end2end/playwright.config.mjs"])
        .args(args)
        .envs(env);
    tally::run(&mut playwright, tally::playwright)
}

/// Pictures of every page, for a person to look at.
pub fn screens(workspace: &Workspace, out: &Path) -> Result<()> {
    let dist = run::debug(workspace)?;
    process::check(node(workspace, &dist)?.arg("end2end/screens.mjs").arg(out))
}

fn node(workspace: &Workspace, dist: &Dist) -> Result<Command> {
    tools::node_modules(workspace)?;
    let mut node = Command::new("node");
    node.current_dir(&workspace.root)
        .env("CHROMIUM", tools::chromium()?)
        .env("QUERENT_BINARY", &dist.binary)
        .env("QUERENT_SITE_ROOT", &dist.site);
    Ok(node)
}
