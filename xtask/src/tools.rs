//! The tools outside cargo: Rust's wasm target, Node's packages, Debian's packages.

use crate::process;
use crate::stamp;
use crate::step::{Done, step, step_if_needed};
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const WASM: &str = "wasm32-unknown-unknown";

/// Adds Rust's wasm target unless it is there.
pub fn wasm_target(workspace: &Workspace) -> Result<()> {
    step_if_needed("wasm target", || {
        let sysroot = process::output(Command::new("rustc").args(["--print", "sysroot"]))?;
        if Path::new(sysroot.trim()).join("lib/rustlib").join(WASM).is_dir() {
            return Ok(Done::Before);
        }
        process::check(
            Command::new("rustup").args(["target", "add", WASM]).current_dir(&workspace.root),
        )
        .context("Rust's wasm target is missing: add it with your Rust installer")?;
        Ok(Done::Now)
    })
}

/// Installs the packages of package-lock.json unless node_modules has exactly those.
pub fn node_modules(workspace: &Workspace) -> Result<()> {
    step_if_needed("npm packages", || {
        let modules = workspace.root.join("node_modules");
        let inputs =
            ["package.json", "package-lock.json", ".npmrc"].map(|f| workspace.root.join(f));
        stamp::unless_fresh(&modules.join(".querent-stamp"), &inputs, "", || {
            process::check(
                Command::new("npm")
                    .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
                    .current_dir(&workspace.root),
            )
            .context(
                "Querent's page is bundled with Node.js (20 or newer) and npm: are they installed?",
            )
        })
    })
}

/// libclang, which the PostgreSQL grammar of `guard` is bound with: installed where we may.
pub fn libclang() -> Result<()> {
    if has_libclang() || !can_install() {
        return Ok(()); // without it and without apt, the build itself says what is missing
    }
    step("apt-get install libclang-dev", || apt_install("libclang-dev"))
}

fn has_libclang() -> bool {
    let mut dirs: Vec<PathBuf> =
        std::env::var_os("LIBCLANG_PATH").map(PathBuf::from).into_iter().collect();
    dirs.extend(["/usr/lib", "/usr/lib64", "/usr/lib/x86_64-linux-gnu"].map(PathBuf::from));
    dirs.push("/usr/lib/aarch64-linux-gnu".into());
    let llvm = files(Path::new("/usr/lib")).filter(|path| named(path, "llvm"));
    dirs.extend(llvm.map(|path| path.join("lib")));
    dirs.iter().flat_map(|dir| files(dir)).any(|file| is_libclang(&file))
}

/// `libclang.so`, `libclang-14.so.1` …, but not the C++ interface `libclang-cpp.so.14`, which is
/// another library that a machine may have alone.
fn is_libclang(file: &Path) -> bool {
    let versioned = named(file, "libclang-") && !named(file, "libclang-cpp");
    named(file, "libclang.so") || versioned
}

fn files(dir: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path())
}

fn named(path: &Path, prefix: &str) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix))
}

/// A program, looked for on PATH and then in `also`.
pub fn find(program: &str, also: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let dirs = std::env::split_paths(&path).chain(also.iter().map(PathBuf::from));
    dirs.map(|dir| dir.join(program)).find(|file| file.is_file())
}

/// Makes sure that a program is there: installs its Debian package when we are root, else says
/// which one to install.
pub fn debian(program: &str, also: &[&str], package: &str) -> Result<PathBuf> {
    if let Some(found) = find(program, also) {
        return Ok(found);
    }
    if !can_install() {
        bail!("`{program}` is missing: install it (Debian: `sudo apt-get install {package}`)");
    }
    step(&format!("apt-get install {package}"), || apt_install(package))?;
    find(program, also)
        .with_context(|| format!("Debian's package {package} brought no `{program}`"))
}

fn can_install() -> bool {
    is_root() && find("apt-get", &[]).is_some()
}

fn apt_install(package: &str) -> Result<()> {
    // Debian starts servers when it installs them; ours must be the only ones we start.
    let policy = Path::new("/usr/sbin/policy-rc.d");
    let ours = !policy.exists();
    if ours {
        fs::write(policy, "#!/bin/sh\nexit 101\n")?;
        process::quietly(Command::new("chmod").arg("755").arg(policy))?;
    }
    let apt = |args: &[&str]| {
        process::quietly(
            Command::new("apt-get").args(args).env("DEBIAN_FRONTEND", "noninteractive"),
        )
    };
    let result = apt(&["update", "-q"])
        .and_then(|()| apt(&["install", "-q", "-y", "--no-install-recommends", package]));
    if ours {
        fs::remove_file(policy).ok();
    }
    result
}

/// Whether we run as root.
pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

/// A Chromium to drive: `$CHROMIUM`, or one on PATH; Debian's is installed where we may.
pub fn chromium() -> Result<PathBuf> {
    if let Some(chosen) = std::env::var_os("CHROMIUM").map(PathBuf::from) {
        return Ok(chosen);
    }
    let known = ["chromium-browser", "google-chrome", "google-chrome-stable"];
    if let Some(found) = known.iter().find_map(|name| find(name, &[])) {
        return Ok(found);
    }
    debian("chromium", &[], "chromium")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_c_interface_of_clang_is_told_from_the_other() {
        let check = |name: &str, is| assert_eq!(is_libclang(Path::new(name)), is, "{name}");
        check("/usr/lib/llvm-14/lib/libclang.so.1", true);
        check("libclang-14.so.1", true);
        check("libclang.so", true);
        check("libclang-cpp.so.14", false);
        check("libclang-cpp.so", false);
        check("libLLVM-14.so", false);
    }
}
