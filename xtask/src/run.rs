//! `run` and `build`: the site, the server binary, and starting it.

use crate::process;
use crate::site::{self, Profile};
use crate::step::{human, step};
use crate::tools;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use clap::Args;
use std::ffi::OsString;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

#[derive(Args)]
pub struct RunArgs {
    /// Optimised server and page, as shipped.
    #[arg(long)]
    release: bool,
    /// Port to listen on, at 127.0.0.1; without it QUERENT_ADDRESS, else 3000.
    #[arg(long)]
    port: Option<u16>,
    /// Where Querent keeps its own data; without it QUERENT_DATA_DIR, else `data`.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Further arguments for `querent serve`.
    #[arg(last = true)]
    serve: Vec<String>,
}

/// Builds everything and becomes the server.
pub fn run(workspace: &Workspace, args: &RunArgs) -> Result<()> {
    let start = Instant::now();
    let Dist { binary, site } = if args.release { build(workspace)? } else { debug(workspace)? };
    println!("✓ ready to start after {}\n", human(start.elapsed()));

    let mut serve = Command::new(&binary);
    serve
        .args(["serve", "--first-admin"])
        .args(&args.serve)
        .current_dir(&workspace.root)
        .env("QUERENT_SITE_ROOT", &site)
        .env("QUERENT_ALLOW_LOOPBACK_DATABASES", "true");
    let data = args.data.clone().map(OsString::from);
    let address = args.port.map(|port| format!("127.0.0.1:{port}").into());
    said_or_set(&mut serve, "QUERENT_DATA_DIR", data, "data");
    said_or_set(&mut serve, "QUERENT_ADDRESS", address, "127.0.0.1:3000");
    // From here on the terminal is the server's: Ctrl-C, its exit code, all of it.
    let error = serve.exec();
    Err(error).with_context(|| format!("starting {}", workspace.show(&binary)))
}

/// What the command line says, else what the environment says, else the default.
fn said_or_set(serve: &mut Command, name: &str, said: Option<OsString>, default: &str) {
    let value = said.or_else(|| std::env::var_os(name)).unwrap_or_else(|| default.into());
    serve.env(name, value);
}

/// A server binary and the site it goes with: both debug, or both release.
pub struct Dist {
    pub binary: PathBuf,
    pub site: PathBuf,
}

/// Makes `target/dist`: the release binary with its site beside it.
pub fn build(workspace: &Workspace) -> Result<Dist> {
    let start = Instant::now();
    let site = site::build(workspace, Profile::Release)?;
    let binary = dist_binary(workspace)?;
    println!(
        "✓ {} and {} after {}",
        workspace.show(&binary),
        workspace.show(&site),
        human(start.elapsed())
    );
    Ok(Dist { binary, site })
}

/// Builds what is worked on: quick to build, kept where cargo puts it.
pub fn debug(workspace: &Workspace) -> Result<Dist> {
    let site = site::build(workspace, Profile::Debug)?;
    server(workspace, false)?;
    Ok(Dist { binary: workspace.server_binary(false), site })
}

/// Builds the server binary.
fn server(workspace: &Workspace, release: bool) -> Result<()> {
    tools::libclang()?;
    step(if release { "server (release)" } else { "server (debug)" }, || {
        let mut cargo = match release {
            true => process::cargo_release(&workspace.root),
            false => process::cargo(&workspace.root),
        };
        cargo.args(["build", "--package=server", "--bin=querent"]);
        cargo.args(release.then_some("--release"));
        process::check(&mut cargo)
    })
}

fn dist_binary(workspace: &Workspace) -> Result<PathBuf> {
    server(workspace, true)?;
    let binary = workspace.dist().join("querent");
    fs::create_dir_all(workspace.dist())?;
    // A running server keeps the old file: copy beside it, then swap.
    let next = binary.with_extension("next");
    fs::copy(workspace.server_binary(true), &next).context("copying the server binary")?;
    fs::rename(&next, &binary)?;
    Ok(binary)
}
