//! Starting other programs, with errors that say which one failed and how.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The cargo that started us, so that nested calls use the same toolchain.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

/// Cargo for what is shipped. Views are built with their types erased: the page's WASM is a fifth
/// smaller, and compiles in half the time. Server and page must agree on it, because it adds markers
/// to the HTML that hydration counts.
pub fn cargo_release(root: &Path) -> Command {
    let mut command = cargo(root);
    let own = std::env::var("RUSTFLAGS").unwrap_or_default();
    command.env("RUSTFLAGS", format!("{own} --cfg erase_components").trim_start());
    command
}

/// Runs to the end with the terminal's own output; fails unless it exits with 0.
pub fn check(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("starting `{}`", line(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", line(command));
    }
    Ok(())
}

/// Runs to the end and gives what it wrote to stdout; its stderr goes to the terminal.
pub fn output(command: &mut Command) -> Result<String> {
    let out = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("starting `{}`", line(command)))?;
    if !out.status.success() {
        bail!("`{}` ended with {}", line(command), out.status);
    }
    String::from_utf8(out.stdout).with_context(|| format!("`{}` printed no UTF-8", line(command)))
}

/// Runs to the end in silence; on failure the error carries everything that it printed.
pub fn quietly(command: &mut Command) -> Result<()> {
    let Output { status, stdout, stderr } = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("starting `{}`", line(command)))?;
    if !status.success() {
        bail!(
            "`{}` ended with {status}:\n{}{}",
            line(command),
            String::from_utf8_lossy(&stdout),
            String::from_utf8_lossy(&stderr)
        );
    }
    Ok(())
}

/// The command as one would type it, for messages.
pub fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
