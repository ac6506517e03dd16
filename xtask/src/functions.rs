//! `functions`: the guard's lists of harmless functions, from the catalogues of real servers.

use crate::workspace::Workspace;
use crate::{process, services};
use anyhow::{Result, ensure};

/// Runs the program that reads the catalogues and writes `crates/guard/data/functions-*.txt`.
pub fn write(workspace: &Workspace, accept: bool) -> Result<()> {
    let env = services::start(workspace)?;
    let mut cargo = process::cargo(&workspace.root);
    cargo.envs(&env).args(["run", "--quiet", "-p", "proof", "--example", "functions"]);
    if accept {
        cargo.args(["--", "--accept"]);
    }
    ensure!(cargo.status()?.success(), "a list could not be written");
    Ok(())
}
