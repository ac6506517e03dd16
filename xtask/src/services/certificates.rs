//! Certificates for the servers that speak TLS: a CA, a server's certificate that names `localhost`
//! and nothing else, a client's, and a CA that signed none of them.

use crate::process;
use crate::tools;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const DAYS: &str = "30";

/// Makes them in `data/tls` unless they are there; gives the folder.
pub fn make(data: &Path) -> Result<PathBuf> {
    let dir = data.join("tls");
    if dir.join("complete").exists() {
        return Ok(dir);
    }
    let openssl = tools::debian("openssl", &[], "openssl")?;
    fs::create_dir_all(&dir).with_context(|| format!("making {}", dir.display()))?;
    for authority in ["ca", "stranger"] {
        let name = format!("/CN=Querent test {authority}");
        let mut command = request(&openssl, &dir, authority, &name);
        process::quietly(command.args(["-addext", "basicConstraints=critical,CA:TRUE"]))?;
    }
    for (owner, name) in [("server", "localhost"), ("client", "querent")] {
        let mut command = request(&openssl, &dir, owner, &format!("/CN={name}"));
        command.args(["-CA", "ca.pem", "-CAkey", "ca.key"]);
        command.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
        process::quietly(command.args(["-addext", &format!("subjectAltName=DNS:{name}")]))?;
    }
    fs::write(dir.join("complete"), "")?;
    Ok(dir)
}

fn request(openssl: &Path, dir: &Path, owner: &str, name: &str) -> Command {
    let mut command = Command::new(openssl);
    command.current_dir(dir).args(["req", "-x509", "-nodes", "-days", DAYS, "-subj", name]);
    command.args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    command.args(["-keyout", &format!("{owner}.key"), "-out", &format!("{owner}.pem")]);
    command
}
