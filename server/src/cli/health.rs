//! `querent health`: one request over a plain socket, so that an image needs no other program.

use crate::config::Config;
use anyhow::{Context, Result, bail};
use clap::Args;
use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Debug, Args)]
pub struct HealthArgs {
    /// The server's address; by default QUERENT_ADDRESS
    #[arg(long)]
    address: Option<SocketAddr>,
}

pub fn run(config: &Config, args: &HealthArgs) -> Result<()> {
    let address = reachable(args.address.unwrap_or(config.http.address));
    let answer = ask(address).with_context(|| format!("no server answers at {address}"))?;
    let status = answer.lines().next().unwrap_or_default();
    if status.split(' ').nth(1) != Some("200") {
        bail!("the server at {address} is not ready: {status}");
    }
    Ok(())
}

/// A server that listens everywhere is reached at the loopback.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut line = TcpStream::connect_timeout(&address, PATIENCE)?;
    line.set_read_timeout(Some(PATIENCE))?;
    line.set_write_timeout(Some(PATIENCE))?;
    write!(line, "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    line.take(16_384).read_to_string(&mut answer)?;
    Ok(answer)
}
