//! As whom a server runs: PostgreSQL and MariaDB refuse to run as root.

use crate::process;
use crate::tools;
use anyhow::{Context, Result};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Ourselves, or another user that root becomes.
pub struct Account {
    other: Option<(u32, u32)>,
}

impl Account {
    /// `user` when we are root (`nobody` where there is no such user), else ourselves.
    pub fn to_run(user: &str) -> Result<Self> {
        if !tools::is_root() {
            return Ok(Self { other: None });
        }
        let passwd = fs::read_to_string("/etc/passwd").context("reading the list of users")?;
        let ids = find(&passwd, user)
            .or_else(|| find(&passwd, "nobody"))
            .context("there is neither the server's own user nor `nobody`")?;
        Ok(Self { other: Some(ids) })
    }

    /// The command, to be run as this account in a folder that it may enter.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>, dir: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(dir).env("HOME", dir);
        if let Some((uid, gid)) = self.other {
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Makes `path` this account's own, closed to others.
    pub fn own(&self, path: &Path) -> Result<()> {
        let (uid, gid) = match self.other {
            Some((uid, gid)) => (Some(uid), Some(gid)),
            None => (None, None),
        };
        chown(path, uid, gid).with_context(|| format!("giving away {}", path.display()))?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
        Ok(())
    }

    /// Runs a preparing command to its end.
    pub fn run(&self, command: &mut Command) -> Result<()> {
        process::quietly(command)
    }
}

fn find(passwd: &str, user: &str) -> Option<(u32, u32)> {
    let line = passwd.lines().find(|line| line.split(':').next() == Some(user))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

/// Whether any user may pass through this folder.
pub fn everybody_may_enter(dir: &Path) -> bool {
    dir.as_os_str().is_empty() || fs::metadata(dir).is_ok_and(|meta| meta.mode() & 0o001 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_their_whole_name() {
        let passwd = "post:x:1:2::/:/bin/sh\npostgres:x:104:110:,,,:/var/lib/postgresql:/bin/sh\n";
        assert_eq!(find(passwd, "postgres"), Some((104, 110)));
        assert_eq!(find(passwd, "redis"), None);
    }
}
