//! PostgreSQL 15: superuser `querent`, tuned for tests (nothing survives a crash, nor has to).

use super::{Kind, Place};
use crate::tools;
use anyhow::{Context, Result};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

pub const KIND: Kind = Kind {
    name: "PostgreSQL",
    user: "postgres",
    variable: "QUERENT_TEST_POSTGRES_URL",
    url: |port| format!("postgres://querent:querent@127.0.0.1:{port}/postgres"),
    tls: false,
    start,
    ready,
};

pub const WITH_TLS: Kind = Kind {
    name: "PostgreSQL with TLS",
    variable: "QUERENT_TEST_POSTGRES_TLS_URL",
    tls: true,
    ..KIND
};

// Debian keeps the servers of several versions apart, off PATH.
const HOME: &str = "/usr/lib/postgresql/15/bin";

fn start(place: &Place<'_>) -> Result<Child> {
    let initdb = tools::debian("initdb", &[HOME], "postgresql-15")?;
    let bin = initdb.parent().context("initdb lies in a folder")?;
    let cluster = place.dir.join("cluster");
    make_cluster(place, &initdb, &cluster)?;

    let log = File::create(place.dir.join("log"))?;
    let mut server = place.account.command(bin.join("postgres"), place.dir);
    server.arg("-D").arg(&cluster).args(["-h", "127.0.0.1", "-p"]).arg(place.port.to_string());
    let settings = [
        "unix_socket_directories=",
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "wal_level=minimal",
        "max_wal_senders=0",
        "max_connections=200",
        "shared_buffers=128MB",
        "jit=off",
    ];
    server.args(settings.iter().flat_map(|setting| ["-c", setting]));
    if let Some(tls) = &place.tls {
        let files = [
            ("ssl_ca_file", &tls.ca),
            ("ssl_cert_file", &tls.certificate),
            ("ssl_key_file", &tls.key),
        ];
        server.args(["-c", "ssl=on"]);
        for (setting, file) in files {
            server.arg("-c").arg(format!("{setting}={}", file.display()));
        }
    }
    server.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).process_group(0);
    server.spawn().context("starting postgres")
}

fn make_cluster(place: &Place<'_>, initdb: &Path, cluster: &Path) -> Result<()> {
    let password = place.dir.join("password");
    fs::write(&password, "querent")?;
    place.account.own(&password)?;
    let mut command = place.account.command(initdb, place.dir);
    command.arg("-D").arg(cluster).arg("--pwfile").arg(&password).args([
        "--username=querent",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    ]);
    place.account.run(&mut command)
}

/// Begins a session: a server that takes sessions asks for the password, one that is still
/// starting sends an error.
fn ready(port: u16) -> bool {
    let ask = || -> std::io::Result<u8> {
        let mut line = TcpStream::connect(("127.0.0.1", port))?;
        line.set_read_timeout(Some(Duration::from_secs(1)))?;
        let start = b"\0\x03\0\0user\0querent\0database\0postgres\0\0";
        let length = u32::try_from(start.len() + 4).unwrap_or_default();
        line.write_all(&length.to_be_bytes())?;
        line.write_all(start)?;
        let mut answer = [0];
        line.read_exact(&mut answer)?;
        Ok(answer[0])
    };
    matches!(ask(), Ok(b'R'))
}
