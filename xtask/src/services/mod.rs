//! Throw-away PostgreSQL, MariaDB and Redis servers for tests.
//!
//! They listen on free ports of 127.0.0.1, keep nothing on disk that matters, and are found again
//! by later calls through `target/services/state.json`. Servers that somebody else started are
//! never touched: a process counts as ours only while its pid *and* its start time are the ones
//! written down.

mod account;
mod certificates;
mod mariadb;
mod postgres;
mod redis;
mod server;

use crate::step::step;
use crate::workspace::Workspace;
use account::Account;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use server::Server;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Environment variables that tell tests where the servers are.
pub type Env = BTreeMap<String, String>;

/// One kind of server: how to make its data directory, and how to start it.
struct Kind {
    name: &'static str,
    /// Debian's user for it, used when we are root.
    user: &'static str,
    /// Does it speak TLS, with the certificates of `tls/`?
    tls: bool,
    variable: &'static str,
    url: fn(u16) -> String,
    start: fn(&Place<'_>) -> Result<std::process::Child>,
    ready: fn(u16) -> bool,
}

const KINDS: [Kind; 5] =
    [postgres::KIND, postgres::WITH_TLS, mariadb::KIND, mariadb::WITH_TLS, redis::KIND];

/// Where a server is to run, and as whom.
struct Place<'a> {
    dir: &'a Path,
    port: u16,
    account: &'a Account,
    /// `None`: it does not speak TLS.
    tls: Option<Certificates>,
}

/// A server's own copies of what it shows.
struct Certificates {
    ca: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
}

impl Certificates {
    fn copy(from: &Path, to: &Path, account: &Account) -> Result<Self> {
        let copy = |name: &str| -> Result<PathBuf> {
            let copied = to.join(name);
            fs::copy(from.join(name), &copied).with_context(|| format!("copying {name}"))?;
            account.own(&copied)?;
            Ok(copied)
        };
        Ok(Self { ca: copy("ca.pem")?, certificate: copy("server.pem")?, key: copy("server.key")? })
    }
}

#[derive(Default, Serialize, Deserialize)]
struct State {
    servers: BTreeMap<String, Server>,
}

/// Starts what does not run yet; gives and writes the environment for tests.
pub fn start(workspace: &Workspace) -> Result<Env> {
    let home = Home::open(workspace)?;
    let mut state = home.state();
    let certificates = certificates::make(&home.data()?)?;
    let mut env = Env::new();
    env.insert("QUERENT_TEST_TLS_DIR".into(), certificates.display().to_string());
    for kind in &KINDS {
        let server = match state.servers.remove(kind.name).filter(Server::alive) {
            Some(running) => {
                println!("✓ {}  already on port {}", kind.name, running.port);
                running
            }
            None => step(kind.name, || launch(kind, &home.data()?, &certificates))?,
        };
        env.insert(kind.variable.into(), (kind.url)(server.port));
        state.servers.insert(kind.name.into(), server);
        home.save(&state)?;
    }
    let lines: String = env.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    let file = home.dir.join("env");
    fs::write(&file, lines).with_context(|| format!("writing {}", file.display()))?;
    println!("✓ addresses in {}", workspace.show(&file));
    Ok(env)
}

/// Whether an earlier call left servers running, so that a caller knows whether to stop them.
pub fn running(workspace: &Workspace) -> Result<bool> {
    Ok(Home::open(workspace)?.state().servers.values().any(Server::alive))
}

/// Stops the servers that [`start`] started and removes their data.
pub fn stop(workspace: &Workspace) -> Result<()> {
    let home = Home::open(workspace)?;
    for (name, server) in home.state().servers {
        if server.alive() {
            step(&format!("stopping {name}"), || server.stop())?;
        }
        fs::remove_dir_all(&server.dir).ok();
    }
    fs::remove_dir_all(home.data()?.join("tls")).ok();
    fs::remove_file(home.dir.join("env")).ok();
    fs::remove_file(home.dir.join("state.json")).ok();
    Ok(())
}

fn launch(kind: &Kind, data: &Path, certificates: &Path) -> Result<Server> {
    let account = Account::to_run(kind.user)?;
    let port = server::free_port()?;
    let dir = data.join(format!("{}-{port}", kind.name.replace(' ', "-")));
    fs::create_dir_all(&dir).with_context(|| format!("making {}", dir.display()))?;
    account.own(&dir)?;
    let tls = kind.tls.then(|| Certificates::copy(certificates, &dir, &account)).transpose()?;
    (kind.start)(&Place { dir: &dir, port, account: &account, tls })
        .and_then(|child| Server::adopt(child, port, dir.clone(), kind.ready))
        .inspect_err(|_| drop(fs::remove_dir_all(&dir)))
}

/// `target/services`, locked while a call works on it.
struct Home {
    dir: PathBuf,
    _lock: File,
}

impl Home {
    fn open(workspace: &Workspace) -> Result<Self> {
        let dir = workspace.out.join("services");
        fs::create_dir_all(&dir)?;
        let lock = File::create(dir.join("lock"))?;
        lock.lock().context("waiting for another `cargo xtask services`")?;
        Ok(Self { dir, _lock: lock })
    }

    /// What was written down; nothing when there is no (readable) state.
    fn state(&self) -> State {
        let text = fs::read_to_string(self.dir.join("state.json")).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    fn save(&self, state: &State) -> Result<()> {
        let text = serde_json::to_string_pretty(state)?;
        fs::write(self.dir.join("state.json"), text).context("writing the services' state")
    }

    /// Where the servers' data goes: here, unless other users cannot get here or the path is too
    /// long for a Unix socket; then a folder for temporary files.
    fn data(&self) -> Result<PathBuf> {
        const SOCKET_ROOM: usize = 60;
        let long = self.dir.as_os_str().len() > SOCKET_ROOM;
        if !long && self.dir.ancestors().all(account::everybody_may_enter) {
            return Ok(self.dir.clone());
        }
        let name = format!("querent-services-{:x}", stable_hash(&self.dir));
        let dir = std::env::temp_dir().join(name);
        fs::create_dir_all(&dir)?;
        Ok(dir)
    }
}

fn stable_hash(path: &Path) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    hasher.finish()
}
