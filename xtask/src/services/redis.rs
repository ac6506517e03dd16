//! Redis, in memory only.

use super::{Kind, Place};
use crate::tools;
use anyhow::{Context, Result};
use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::time::Duration;

pub const KIND: Kind = Kind {
    name: "Redis",
    user: "redis",
    variable: "QUERENT_TEST_REDIS_URL",
    url: |port| format!("redis://127.0.0.1:{port}/0"),
    tls: false,
    start,
    ready,
};

fn start(place: &Place<'_>) -> Result<Child> {
    let redis = tools::debian("redis-server", &[], "redis-server")?;
    let log = File::create(place.dir.join("log"))?;
    let mut server = place.account.command(redis, place.dir);
    server.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port"]);
    server.arg(place.port.to_string());
    server.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).process_group(0);
    server.spawn().context("starting redis-server")
}

fn ready(port: u16) -> bool {
    let ping = || -> std::io::Result<[u8; 5]> {
        let mut line = TcpStream::connect(("127.0.0.1", port))?;
        line.set_read_timeout(Some(Duration::from_secs(1)))?;
        line.write_all(b"PING\r\n")?;
        let mut answer = [0; 5];
        line.read_exact(&mut answer)?;
        Ok(answer)
    };
    matches!(ping(), Ok(answer) if &answer == b"+PONG")
}
