//! The release server on fresh data: started, watched, stopped.

use crate::Args;
use crate::client::Session;
use anyhow::{Context, Result, bail};
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const EMAIL: &str = "bench@example.com";
const PASSWORD: &str = "correct horse battery staple";

/// Querent's own data, kept between starts.
pub struct Home {
    dir: TempDir,
}

impl Home {
    /// Makes fresh data with an administrator whose password is known.
    pub fn make(args: &Args) -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("querent-bench-").tempdir()?;
        let mut child = Command::new(&args.binary)
            .args(["user", "add", EMAIL, "--name", "Bench", "--role", "admin"])
            .arg("--password-stdin")
            .env("QUERENT_DATA_DIR", dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("starting the server binary")?;
        use std::io::Write;
        child.stdin.take().context("it reads from us")?.write_all(PASSWORD.as_bytes())?;
        let done = child.wait_with_output()?;
        if !done.status.success() {
            bail!("`querent user add`: {}", String::from_utf8_lossy(&done.stderr));
        }
        Ok(Self { dir })
    }

    /// Starts the server and waits until it is ready; the time between the two is `start_up`.
    pub async fn start(&self, args: &Args) -> Result<Server> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let log = fs::File::create(self.dir.path().join("bench.log"))?;
        let began = Instant::now();
        let child = Command::new(&args.binary)
            .arg("serve")
            .env("QUERENT_DATA_DIR", self.dir.path())
            .env("QUERENT_ALLOW_LOOPBACK_DATABASES", "true")
            .env("QUERENT_SITE_ROOT", &args.site)
            .env("QUERENT_ADDRESS", address.to_string())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("starting the server")?;
        let mut server = Server { child, address, start_up: Duration::ZERO };
        while !ready(address).await {
            if server.child.try_wait()?.is_some() || began.elapsed() > Duration::from_secs(60) {
                let log = fs::read_to_string(self.dir.path().join("bench.log"))?;
                bail!("the server did not get ready:\n{log}");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        server.start_up = began.elapsed();
        Ok(server)
    }
}

async fn ready(address: SocketAddr) -> bool {
    let ask = async {
        let response = Session::stranger(address).line().await?.get("/readyz").await?;
        anyhow::Ok(response.status().is_success())
    };
    ask.await.unwrap_or(false)
}

pub struct Server {
    child: Child,
    pub address: SocketAddr,
    pub start_up: Duration,
}

impl Server {
    pub async fn log_in(&self) -> Result<Session> {
        Session::log_in(self.address, EMAIL, PASSWORD).await
    }

    /// Resident memory now, in MiB.
    pub fn memory(&self) -> Result<f64> {
        self.status("VmRSS")
    }

    /// The most resident memory since [`Server::forget_peak`], in MiB.
    pub fn peak(&self) -> Result<f64> {
        self.status("VmHWM")
    }

    pub fn forget_peak(&self) -> Result<()> {
        fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5")
            .context("resetting the peak of the server's memory")
    }

    fn status(&self, field: &str) -> Result<f64> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kib = text
            .lines()
            .find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))
            .and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok())
            .with_context(|| format!("{field} of the server's status"))?;
        Ok(kib / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
