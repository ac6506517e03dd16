//! The IDE in Chromium from a cold cache. `end2end/load.mjs` plays and prints one JSON object.

use super::Scene;
use crate::report::{Goal, Report};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Medians over several cold loads. Times in milliseconds from the start of navigation, sizes in
/// bytes on the wire, headers included.
#[derive(Deserialize)]
struct Load {
    loads: u32,
    painted_ms: f64,
    ready_ms: f64,
    ready_bytes: f64,
    monaco_ms: f64,
    monaco_bytes: f64,
    longest_task_ms: f64,
}

pub fn measure(scene: &Scene<'_>, report: &mut Report) -> Result<()> {
    let done = Command::new("node")
        .arg(scene.args.root.join("end2end/load.mjs"))
        .env("QUERENT_URL", format!("http://{}", scene.server.address))
        .env("QUERENT_COOKIE", scene.session.cookie())
        .stderr(Stdio::inherit())
        .output()
        .context("starting node")?;
    if !done.status.success() {
        bail!("end2end/load.mjs ended with {}", done.status);
    }
    let load: Load = serde_json::from_slice(&done.stdout).context("what load.mjs printed")?;
    let note = format!("Chromium, cold cache, median of {}", load.loads);
    let time = |millis: f64| Duration::from_secs_f64(millis / 1e3);
    report.add("IDE painted", load.painted_ms, "ms", Goal::AtMost(500.0), note.clone());
    report.millis("IDE hydrated, ready for a question", time(load.ready_ms), 500.0, note.clone());
    let goal = Goal::AtMost(600.0);
    report.add("… on the wire", load.ready_bytes / 1e3, "kB", goal, String::new());
    report.millis("Monaco ready", time(load.monaco_ms), 1200.0, note);
    let goal = Goal::AtMost(1600.0);
    report.add("… on the wire in all", load.monaco_bytes / 1e3, "kB", goal, String::new());
    report.millis("longest task", time(load.longest_task_ms), 100.0, String::new());
    Ok(())
}
