//! MariaDB 10.11: user `querent` with all rights.

use super::{Kind, Place};
use crate::tools;
use anyhow::{Context, Result};
use std::fs::{self, File};
use std::io::Read;
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::time::Duration;

pub const KIND: Kind = Kind {
    name: "MariaDB",
    user: "mysql",
    variable: "QUERENT_TEST_MYSQL_URL",
    url: |port| format!("mysql://querent:querent@127.0.0.1:{port}/mysql"),
    tls: false,
    start,
    ready,
};

pub const WITH_TLS: Kind =
    Kind { name: "MariaDB with TLS", variable: "QUERENT_TEST_MYSQL_TLS_URL", tls: true, ..KIND };

const ACCOUNTS: &str = "\
CREATE USER IF NOT EXISTS 'querent'@'%' IDENTIFIED BY 'querent';
GRANT ALL PRIVILEGES ON *.* TO 'querent'@'%' WITH GRANT OPTION;
";

fn start(place: &Place<'_>) -> Result<Child> {
    let mariadbd = tools::debian("mariadbd", &["/usr/sbin"], "mariadb-server")?;
    let install = tools::debian("mariadb-install-db", &[], "mariadb-server")?;
    let data = place.dir.join("data");
    fs::create_dir(&data)?;
    place.account.own(&data)?;
    let mut prepare = place.account.command(install, place.dir);
    prepare.arg("--no-defaults").arg(format!("--datadir={}", data.display())).args([
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        "--innodb-flush-log-at-trx-commit=0",
    ]);
    place.account.run(&mut prepare)?;

    let accounts = place.dir.join("accounts.sql");
    fs::write(&accounts, ACCOUNTS)?;
    place.account.own(&accounts)?;

    let log = File::create(place.dir.join("log"))?;
    let mut server = place.account.command(mariadbd, place.dir);
    let path = |name: &str| place.dir.join(name).display().to_string();
    server.arg("--no-defaults").args([
        format!("--datadir={}", data.display()),
        format!("--socket={}", path("socket")),
        format!("--pid-file={}", path("pid")),
        format!("--init-file={}", accounts.display()),
        format!("--port={}", place.port),
    ]);
    server.args([
        "--bind-address=127.0.0.1",
        "--character-set-server=utf8mb4",
        "--max-connections=200",
        "--skip-log-bin",
        "--innodb-flush-log-at-trx-commit=0",
        "--innodb-buffer-pool-size=128M",
    ]);
    if let Some(tls) = &place.tls {
        for (option, file) in
            [("ssl-ca", &tls.ca), ("ssl-cert", &tls.certificate), ("ssl-key", &tls.key)]
        {
            server.arg(format!("--{option}={}", file.display()));
        }
    }
    server.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).process_group(0);
    server.spawn().context("starting mariadbd")
}

/// MariaDB speaks first: a packet whose fifth byte is the protocol's version, 10. It listens only
/// after the accounts were made.
fn ready(port: u16) -> bool {
    let greeting = || -> std::io::Result<u8> {
        let mut line = TcpStream::connect(("127.0.0.1", port))?;
        line.set_read_timeout(Some(Duration::from_secs(1)))?;
        let mut head = [0; 5];
        line.read_exact(&mut head)?;
        Ok(head[4])
    };
    matches!(greeting(), Ok(10))
}
