//! `ci`: every gate of the project, one after the other, all of them even when one fails.

use crate::arrows;
use crate::deny;
use crate::graph::Graph;
use crate::process;
use crate::run::{self, Dist};
use crate::services;
use crate::step::human;
use crate::tally::Tally;
use crate::test;
use crate::tools;
use crate::workspace::Workspace;
use anyhow::{Result, bail};
use clap::Args;
use std::time::{Duration, Instant};

const NEVER_WARN: &str = "-Dwarnings";

#[derive(Args)]
pub struct CiArgs {
    /// Only the gates whose name contains one of these words, for instance `clippy`.
    only: Vec<String>,
}

/// Runs the gates; gives whether all passed.
pub fn ci(workspace: &Workspace, args: CiArgs) -> Result<bool> {
    let mut gates = Gates { only: args.only, done: Vec::new() };
    let cargo = |args: &[&str]| process::check(process::cargo(&workspace.root).args(args));

    gates.check("tools", || prepare(workspace));
    gates.check("format", || cargo(&["fmt", "--all", "--check"]));
    gates.check("arrows of the design", || keep_arrows(workspace));
    gates.check("licences, bans, sources", || deny::check(workspace));
    gates.check("clippy", || cargo(&["clippy", "--all-targets", "--", NEVER_WARN]));
    gates.check("clippy, page", || cargo(&CLIPPY_PAGE));
    gates.check("docs", || docs(workspace));

    let before = services::running(workspace)?;
    gates.check("services", || services::start(workspace).map(drop));
    gates.count("tests", || test::rust(workspace, &services::start(workspace)?));
    gates.count("examples in docs", || test::examples(workspace));
    gates.check("release build", || run::build(workspace).map(drop));
    gates.count("browser journeys", || {
        let dist =
            Dist { binary: workspace.dist().join("querent"), site: workspace.dist().join("site") };
        test::browser(workspace, &services::start(workspace)?, &dist, &[])
    });
    if !before {
        services::stop(workspace)?;
    }
    Ok(gates.summary())
}

const CLIPPY_PAGE: [&str; 5] =
    ["clippy", "--package=frontend", "--target=wasm32-unknown-unknown", "--", NEVER_WARN];

fn prepare(workspace: &Workspace) -> Result<()> {
    tools::libclang()?;
    tools::wasm_target(workspace)?;
    tools::node_modules(workspace)?;
    tools::chromium().map(drop)
}

fn keep_arrows(workspace: &Workspace) -> Result<()> {
    let mut found = arrows::broken(&Graph::read(workspace)?);
    let strangers = arrows::server_crates_in_page(workspace)?;
    found.extend(strangers.iter().map(|name| format!("{name} is in the page")));
    if !found.is_empty() {
        bail!("{}", found.join("\n"));
    }
    Ok(())
}

fn docs(workspace: &Workspace) -> Result<()> {
    process::check(
        process::cargo(&workspace.root).args(["doc", "--no-deps"]).env("RUSTDOCFLAGS", NEVER_WARN),
    )
}

/// What the gates said, in order.
struct Gates {
    only: Vec<String>,
    done: Vec<(&'static str, Tally, Duration)>,
}

impl Gates {
    /// A gate that passes or fails as one.
    fn check(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) {
        self.count(name, || work().map(|()| Tally::of(true)));
    }

    /// A gate that counts its tests.
    fn count(&mut self, name: &'static str, work: impl FnOnce() -> Result<Tally>) {
        if !self.only.is_empty() && !self.only.iter().any(|word| name.contains(word.as_str())) {
            return;
        }
        println!("\n═══ {name}");
        let start = Instant::now();
        let tally = work().unwrap_or_else(|error| {
            println!("error: {error:#}");
            Tally::of(false)
        });
        // A runner that found no test is not green.
        let tally = if tally == Tally::default() { Tally::of(false) } else { tally };
        self.done.push((name, tally, start.elapsed()));
    }

    fn summary(&self) -> bool {
        println!("\n═══ summary");
        let mut total = Tally::default();
        for (name, tally, time) in &self.done {
            let mark = if tally.ok() { '✓' } else { '✗' };
            println!("{mark} {name:<26} {:>12}   {}", human(*time), tally.line());
            total.add(*tally);
        }
        println!("{}", total.line());
        total.ok()
    }
}
