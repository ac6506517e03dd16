//! The workspace's dependency graph as `cargo metadata` tells it, and the rules it must keep.

use crate::process;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Graph {
    pub packages: Vec<Package>,
    workspace_members: Vec<String>,
}

#[derive(Deserialize)]
pub struct Package {
    pub name: String,
    pub version: String,
    pub id: String,
    /// An SPDX expression.
    pub license: Option<String>,
    /// Where it comes from; nothing for packages of the workspace.
    pub source: Option<String>,
    pub dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
pub struct Dependency {
    pub name: String,
    /// `dev` and `build`; nothing for normal ones.
    pub kind: Option<String>,
    /// The version requirement as written.
    pub req: String,
    /// Set for packages of the workspace.
    pub path: Option<String>,
}

impl Graph {
    /// The whole graph, tests' and other platforms' dependencies too.
    pub fn read(workspace: &Workspace) -> Result<Self> {
        let json = process::output(process::cargo(&workspace.root).args([
            "metadata",
            "--format-version",
            "1",
            "--quiet",
        ]))?;
        serde_json::from_str(&json).context("reading what `cargo metadata` printed")
    }

    pub fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
    }
}
