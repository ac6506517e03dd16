//! Where things are: the checkout, cargo's target directory, and what xtask itself writes.

use crate::process;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The folders every task works in.
pub struct Workspace {
    /// The checkout: where the workspace's `Cargo.toml` is.
    pub root: PathBuf,
    /// Where cargo puts what it builds; often shared between checkouts.
    pub cargo_target: PathBuf,
    /// Where xtask puts what *it* makes (site, dist, services): always inside the checkout.
    pub out: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    target_directory: PathBuf,
}

impl Workspace {
    pub fn find() -> Result<Self> {
        let manifest_dir = std::env::var_os("CARGO_MANIFEST_DIR")
            .map(PathBuf::from)
            .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
        let root = manifest_dir.parent().context("xtask lies inside the workspace")?.to_path_buf();
        let json = process::output(process::cargo(&root).args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
        ]))?;
        let metadata: Metadata =
            serde_json::from_str(&json).context("reading what `cargo metadata` printed")?;
        Ok(Self { out: root.join("target"), cargo_target: metadata.target_directory, root })
    }

    /// The server binary that `cargo build -p server` makes.
    pub fn server_binary(&self, release: bool) -> PathBuf {
        self.cargo_target.join(if release { "release" } else { "debug" }).join("querent")
    }

    pub fn dist(&self) -> PathBuf {
        self.out.join("dist")
    }

    /// `path` as a person at the root of the checkout would type it.
    pub fn show<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}
