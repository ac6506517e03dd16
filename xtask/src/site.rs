//! The browser's part: WASM by cargo, split at its lazy routes, wasm-bindgen, JS and CSS by esbuild, one
//! manifest.

use crate::process;
use crate::stamp;
use crate::step::{Done, step, step_if_needed};
use crate::tools;
use crate::workspace::Workspace;
use anyhow::{Context, Result, anyhow};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use wasm_bindgen_cli_support::Bindgen;

/// The main part of the WASM, the one that wasm-bindgen made.
const MAIN: &str = "querent_bg.wasm";
/// The module that loads the other parts; wasm-bindgen's glue imports it.
const LOADER: &str = "./querent_parts.js";
/// Where the loader finds the glue: bundle.mjs writes it beside.
const GLUE: &str = "./querent.entry.js";

/// How the page is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build, names without hashes, nothing minified.
    Debug,
    /// Small: `wasm-opt`, minified, hashed for caching, precompressed.
    Release,
}

impl Profile {
    pub fn of(release: bool) -> Self {
        if release { Self::Release } else { Self::Debug }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }

    /// Cargo's profile for the WASM, and the folder cargo puts it in.
    fn cargo(self) -> (&'static str, &'static str) {
        match self {
            Self::Debug => ("dev", "debug"),
            Self::Release => ("wasm-release", "wasm-release"),
        }
    }
}

/// Builds the site and gives its root: `target/site`, or `target/dist/site` for a release.
pub fn build(workspace: &Workspace, profile: Profile) -> Result<PathBuf> {
    tools::wasm_target(workspace)?;
    tools::node_modules(workspace)?;
    step(&format!("frontend ({})", profile.name()), || compile(workspace, profile))?;

    let build = Build::new(workspace, profile);
    let _alone = build.alone()?;
    step_if_needed("wasm-split", || build.split())?;
    step_if_needed("wasm-bindgen", || build.bindgen())?;
    if profile == Profile::Release {
        step_if_needed("wasm-opt", || build.optimise())?;
    }
    step_if_needed("bundle", || build.bundle())?;
    Ok(build.site)
}

fn compile(workspace: &Workspace, profile: Profile) -> Result<()> {
    let mut cargo = match profile {
        Profile::Debug => process::cargo(&workspace.root),
        Profile::Release => process::cargo_release(&workspace.root),
    };
    process::check(cargo.args([
        "rustc",
        "--package=frontend",
        "--lib",
        "--target=wasm32-unknown-unknown",
        "--profile",
        profile.cargo().0,
        "--",
        // The splitter finds by them who uses what.
        "-Clink-arg=--emit-relocs",
        // Hydrating nests deeply, and a debug build's frames are large: the usual 1 MiB was too little.
        "-Clink-args=-z stack-size=8388608",
    ]))
}

struct Build<'a> {
    workspace: &'a Workspace,
    profile: Profile,
    /// What cargo built.
    wasm: PathBuf,
    /// Intermediate files and stamps.
    work: PathBuf,
    site: PathBuf,
}

impl<'a> Build<'a> {
    fn new(workspace: &'a Workspace, profile: Profile) -> Self {
        let folder = workspace.cargo_target.join("wasm32-unknown-unknown").join(profile.cargo().1);
        let site = match profile {
            Profile::Debug => workspace.out.join("site"),
            Profile::Release => workspace.dist().join("site"),
        };
        let work = workspace.out.join("site-work").join(profile.name());
        Self { workspace, profile, wasm: folder.join("frontend.wasm"), work, site }
    }

    /// Held while this site is put together: two calls at once would mix their files.
    fn alone(&self) -> Result<File> {
        fs::create_dir_all(&self.work)?;
        let lock = File::create(self.work.join("lock"))?;
        lock.lock().context("waiting for another `cargo xtask site`")?;
        Ok(lock)
    }

    /// Cuts out what only the lazy routes use: `main.wasm`, a file for each of the others, and the module
    /// that loads them.
    fn split(&self) -> Result<Done> {
        let out = self.work.join("split");
        let stamp = self.work.join("split.stamp");
        stamp::unless_fresh(&stamp, std::slice::from_ref(&self.wasm), "", || {
            fs::remove_dir_all(&out).ok();
            fs::create_dir_all(&out)?;
            let input = fs::read(&self.wasm)?;
            let main = self.main_part();
            let mut options = wasm_split_cli_support::Options::new(&input);
            options.output_dir = &out;
            options.main_out_path = &main;
            options.link_name = LOADER;
            options.main_module = GLUE;
            let done = wasm_split_cli_support::transform(options);
            done.map(drop).map_err(|report| anyhow!("splitting the WASM: {report:#}"))
        })
    }

    fn main_part(&self) -> PathBuf {
        self.work.join("split/main.wasm")
    }

    fn bindgen(&self) -> Result<Done> {
        let out = self.work.join("bindgen");
        let stamp = self.work.join("bindgen.stamp");
        stamp::unless_fresh(&stamp, &[self.main_part()], "", || {
            fs::remove_dir_all(&out).ok();
            fs::create_dir_all(&out)?;
            Bindgen::new()
                .input_path(self.main_part())
                .out_name("querent")
                .web(true)?
                .typescript(false)
                .omit_default_module_path(false)
                // The other parts import what the linker exports, by its names.
                .keep_lld_exports(true)
                .demangle(false)
                .remove_name_section(self.profile == Profile::Release)
                .remove_producers_section(true)
                .generate(&out)
                .context("generating the JS side of the WASM")
        })
    }

    fn optimise(&self) -> Result<Done> {
        let inputs = [self.work.join("bindgen/querent_bg.wasm"), self.work.join("split")];
        let stamp = self.work.join("wasm-opt.stamp");
        stamp::unless_fresh(&stamp, &inputs, "", || {
            let out = self.optimised();
            fs::remove_dir_all(&out).ok();
            fs::create_dir_all(&out)?;
            self.wasm_opt(&inputs[0], &out.join(MAIN))?;
            parts(&inputs[1])?
                .iter()
                .try_for_each(|(name, path)| self.wasm_opt(path, &out.join(name)))
        })
    }

    fn wasm_opt(&self, input: &Path, output: &Path) -> Result<()> {
        // Exactly what rustc 1.95 turns on for wasm32-unknown-unknown: more could produce
        // code that a browser of two years ago refuses.
        let features = [
            "bulk-memory",
            "multivalue",
            "mutable-globals",
            "nontrapping-float-to-int",
            "reference-types",
            "sign-ext",
        ];
        process::check(
            Command::new("node")
                .arg(self.workspace.root.join("node_modules/binaryen/bin/wasm-opt"))
                .args(["-Oz", "--strip-debug", "--strip-producers"])
                .args(features.map(|feature| format!("--enable-{feature}")))
                .arg(input)
                .arg("--output")
                .arg(output),
        )
    }

    /// The folder with the WASM to be served: `querent_bg.wasm` and the other parts.
    fn optimised(&self) -> PathBuf {
        self.work.join("wasm")
    }

    /// Without `wasm-opt`, the same files as they are.
    fn gather(&self) -> Result<()> {
        let out = self.optimised();
        fs::remove_dir_all(&out).ok();
        fs::create_dir_all(&out)?;
        fs::copy(self.work.join("bindgen/querent_bg.wasm"), out.join(MAIN))?;
        for (name, path) in parts(&self.work.join("split"))? {
            fs::copy(path, out.join(name))?;
        }
        Ok(())
    }

    fn bundle(&self) -> Result<Done> {
        let root = &self.workspace.root;
        let mut inputs = vec![self.work.join("bindgen"), self.work.join("split")];
        if self.profile == Profile::Release {
            inputs.push(self.optimised());
        }
        let sources = ["app/js", "style", "public", "package-lock.json", "xtask/site"];
        inputs.extend(sources.map(|path| root.join(path)));
        inputs.push(self.site.join("manifest.json"));

        let stamp = self.work.join("bundle.stamp");
        let done = stamp::unless_fresh(&stamp, &inputs, "", || {
            if self.profile == Profile::Debug {
                self.gather()?;
            }
            self.esbuild()
        })?;
        if done == Done::Now {
            // The manifest is an output that counts as an input, so that a deleted or foreign
            // site is noticed: take the stamp again now that it is there.
            stamp::unless_fresh(&stamp, &inputs, "", || Ok(()))?;
        }
        Ok(done)
    }

    fn esbuild(&self) -> Result<()> {
        let next = self.work.join("site");
        fs::remove_dir_all(&next).ok();
        fs::create_dir_all(&next)?;
        let mut node = Command::new("node");
        node.arg(self.workspace.root.join("xtask/site/bundle.mjs"))
            .arg("--glue")
            .arg(self.work.join("bindgen/querent.js"))
            .arg("--loader")
            .arg(self.work.join("split").join(LOADER))
            .arg("--wasm")
            .arg(self.optimised())
            .arg("--out")
            .arg(&next)
            .current_dir(&self.workspace.root);
        if self.profile == Profile::Release {
            node.arg("--release");
        }
        process::check(&mut node)?;
        replace(&next, &self.site)
    }
}

/// The parts beside the main one: names and paths.
fn parts(split: &Path) -> Result<Vec<(String, PathBuf)>> {
    let mut parts = Vec::new();
    for entry in fs::read_dir(split)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".wasm") && name != "main.wasm" {
            parts.push((name, entry.path()));
        }
    }
    parts.sort();
    Ok(parts)
}

/// Puts `new` in the place of `old` so that a server never sees a half-written site.
fn replace(new: &Path, old: &Path) -> Result<()> {
    let aside = old.with_extension("old");
    fs::remove_dir_all(&aside).ok();
    if let Some(parent) = old.parent() {
        fs::create_dir_all(parent)?;
    }
    if old.exists() {
        fs::rename(old, &aside).with_context(|| format!("moving {} aside", old.display()))?;
    }
    fs::rename(new, old).with_context(|| format!("putting {} in place", old.display()))?;
    fs::remove_dir_all(&aside).ok();
    Ok(())
}
