//! One running server: known again by pid and start time, waited for, stopped.

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

const START_LIMIT: Duration = Duration::from_secs(60);
const STOP_LIMIT: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(50);

#[derive(Serialize, Deserialize)]
pub struct Server {
    pid: u32,
    /// When the kernel says the process began, in clock ticks since boot: pids are used again,
    /// pairs of pid and start are not.
    began: u64,
    pub port: u16,
    pub dir: PathBuf,
}

impl Server {
    /// Waits until a just started server answers.
    pub fn adopt(
        mut child: Child,
        port: u16,
        dir: PathBuf,
        ready: fn(u16) -> bool,
    ) -> Result<Self> {
        let pid = child.id();
        let began = began(pid).context("the server ended at once")?;
        let deadline = Instant::now() + START_LIMIT;
        while !ready(port) {
            if let Some(status) = child.try_wait()? {
                bail!("it ended with {status}; its log says:\n{}", log_tail(&dir));
            }
            if Instant::now() > deadline {
                child.kill().ok();
                bail!("it did not answer within a minute; its log says:\n{}", log_tail(&dir));
            }
            sleep(PAUSE);
        }
        Ok(Self { pid, began, port, dir })
    }

    /// Whether the very process we started still runs.
    pub fn alive(&self) -> bool {
        began(self.pid) == Some(self.began)
    }

    pub fn stop(&self) -> Result<()> {
        // SIGINT is PostgreSQL's "fast" shutdown, at SIGTERM it waits for its clients; MariaDB
        // ignores SIGINT. Both signals do for all three.
        self.signal("INT")?;
        self.signal("TERM")?;
        let deadline = Instant::now() + STOP_LIMIT;
        while self.alive() {
            if Instant::now() > deadline {
                return self.signal("KILL");
            }
            sleep(PAUSE);
        }
        Ok(())
    }

    fn signal(&self, name: &str) -> Result<()> {
        let pid = self.pid.to_string();
        let status = Command::new("kill").args(["-s", name, &pid]).status()?;
        if !status.success() && self.alive() {
            bail!("could not stop process {pid}: was it started by another user?");
        }
        Ok(())
    }
}

/// A port of 127.0.0.1 that nobody listens on.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0").context("looking for a free port")?.local_addr()?.port())
}

/// The start time in `/proc/PID/stat`: field 22, counted after the name in brackets. A zombie
/// counts as ended.
fn began(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    if fields.next()? == "Z" {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

fn log_tail(dir: &std::path::Path) -> String {
    let log = fs::read(dir.join("log")).unwrap_or_default();
    let text = String::from_utf8_lossy(&log).into_owned();
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_known_by_its_start() {
        let me = std::process::id();
        let mut server =
            Server { pid: me, began: began(me).unwrap(), port: 1, dir: PathBuf::new() };
        assert!(server.alive());
        server.began += 1;
        assert!(!server.alive(), "another process that got the same pid is not ours");
    }
}
