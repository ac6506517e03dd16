//! A fresh database on a real server for each test, dropped when the test ends.
//!
//! The servers are those of `cargo xtask services`; their addresses come from
//! `QUERENT_TEST_POSTGRES_URL`, `QUERENT_TEST_MYSQL_URL` and `QUERENT_TEST_REDIS_URL`, or, where
//! these are unset, from `services/env` below the target directory. A missing server fails the
//! test and names the command that starts it: no test is ever skipped. Scripts run through
//! `psql` and `mariadb`, which are also what the values of a read are compared with.

use model::dialect::Dialect;
use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

/// A database of its own for one test. Dropping the value drops the database.
#[derive(Debug)]
pub struct Database {
    pub dialect: Dialect,
    pub host: String,
    pub port: u16,
    /// A superuser of the throw-away server.
    pub user: String,
    pub password: String,
    pub name: String,
}

impl Database {
    /// A fresh PostgreSQL database.
    ///
    /// # Panics
    /// When no server is there: run `cargo xtask services`.
    #[must_use]
    pub fn postgres() -> Self {
        Self::create(Dialect::Postgres, &address("QUERENT_TEST_POSTGRES_URL"))
    }

    /// A fresh MariaDB database.
    ///
    /// # Panics
    /// When no server is there: run `cargo xtask services`.
    #[must_use]
    pub fn mysql() -> Self {
        Self::create(Dialect::MySql, &address("QUERENT_TEST_MYSQL_URL"))
    }

    /// A fresh database on a server that speaks TLS, with the certificates of [`certificate`]. Its
    /// certificate names `localhost`.
    ///
    /// # Panics
    /// When no server is there: run `cargo xtask services`.
    #[must_use]
    pub fn with_tls(dialect: Dialect) -> Self {
        let server = if dialect == Dialect::Postgres { "POSTGRES" } else { "MYSQL" };
        Self::create(dialect, &address(&format!("QUERENT_TEST_{server}_TLS_URL")))
    }

    fn create(dialect: Dialect, url: &str) -> Self {
        let mut database = parse(dialect, url);
        database.name = fresh_name();
        let sql = match dialect {
            Dialect::Postgres => format!("CREATE DATABASE {} TEMPLATE template0", database.name),
            _ => format!("CREATE DATABASE {} CHARACTER SET utf8mb4", database.name),
        };
        database.administer(&sql);
        database
    }

    /// `postgres://user:password@host:port/name`.
    #[must_use]
    pub fn url(&self) -> String {
        let Self { dialect, user, password, host, port, name } = self;
        format!("{dialect}://{user}:{password}@{host}:{port}/{name}")
    }

    /// Runs a script in this database; what it prints, columns between tabs, NULL as `\N` in
    /// PostgreSQL and `NULL` in MariaDB. Times are in UTC.
    ///
    /// # Panics
    /// When a statement fails.
    pub fn run(&self, script: &str) -> String {
        self.client(&self.name, script)
    }

    /// Runs a script outside this database: for what concerns the whole server.
    ///
    /// # Panics
    /// When a statement fails.
    pub fn administer(&self, script: &str) -> String {
        self.client(if self.dialect == Dialect::Postgres { "postgres" } else { "" }, script)
    }

    fn client(&self, database: &str, script: &str) -> String {
        let mut command = match self.dialect {
            Dialect::Postgres => self.psql(database),
            _ => self.mariadb(database),
        };
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{:?} does not start: {error}", command.get_program()));
        let mut input = child.stdin.take().expect("standard input is piped");
        // Writing on the side, or a long script and a long answer would wait for each other.
        let script = script.to_owned();
        let writing = std::thread::spawn(move || input.write_all(script.as_bytes()));
        let output = child.wait_with_output().expect("a client ends");
        let written = writing.join().expect("writing does not panic");
        assert!(
            output.status.success() && written.is_ok(),
            "{:?} failed ({}). Is the server there? Run cargo xtask services.",
            command.get_program(),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn psql(&self, database: &str) -> Command {
        let mut command = Command::new("psql");
        command
            .args(["-X", "-q", "-A", "-t", "-F", "\t", "-P", "null=\\N", "-v", "ON_ERROR_STOP=1"])
            .args([
                "-h",
                &self.host,
                "-p",
                &self.port.to_string(),
                "-U",
                &self.user,
                "-d",
                database,
            ])
            .env("PGPASSWORD", &self.password)
            .env("PGTZ", "UTC")
            .env("PGCLIENTENCODING", "UTF8")
            .env("PGOPTIONS", "-c client_min_messages=error");
        command
    }

    fn mariadb(&self, database: &str) -> Command {
        let mut command = Command::new("mariadb");
        command
            .args(["--no-defaults", "--batch", "--raw", "--skip-column-names", "--binary-as-hex"])
            .args([
                "--default-character-set=utf8mb4",
                "-h",
                &self.host,
                "-P",
                &self.port.to_string(),
            ])
            .args(["-u", &self.user])
            .env("MYSQL_PWD", &self.password);
        if !database.is_empty() {
            command.arg(database);
        }
        command
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let force = if self.dialect == Dialect::Postgres { " WITH (FORCE)" } else { "" };
        let script = format!("DROP DATABASE IF EXISTS {}{force}", self.name);
        // A panic while another one unwinds would hide the test's own message.
        let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            self.administer(&script);
        }));
        if dropped.is_err() && !std::thread::panicking() {
            panic!("the test's database {} could not be dropped", self.name);
        }
    }
}

/// The throw-away Redis.
///
/// # Panics
/// When no server is there: run `cargo xtask services`.
#[must_use]
pub fn redis_url() -> String {
    address("QUERENT_TEST_REDIS_URL")
}

/// A certificate or key in PEM form: `ca.pem` signed the servers' certificates and the pair
/// `client.pem` and `client.key`; `stranger.pem` is a CA that signed nothing.
///
/// # Panics
/// When there is none: run `cargo xtask services`.
#[must_use]
pub fn certificate(name: &str) -> String {
    let file = PathBuf::from(address("QUERENT_TEST_TLS_DIR")).join(name);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn address(variable: &str) -> String {
    if let Ok(url) = env::var(variable) {
        return url;
    }
    let files = env_files();
    files.iter().find_map(|file| from_file(file, variable)).unwrap_or_else(|| {
        panic!("{variable} is not set and not in any of {files:?}: run cargo xtask services")
    })
}

/// Where `cargo xtask services` may have left its addresses.
fn env_files() -> Vec<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let shared = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    shared.into_iter().chain([workspace]).map(|target| target.join("services/env")).collect()
}

fn from_file(file: &Path, variable: &str) -> Option<String> {
    fs::read_to_string(file).ok()?.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == variable).then(|| value.trim().to_owned())
    })
}

/// `scheme://user:password@host:port/name`, as `xtask` writes it.
fn parse(dialect: Dialect, url: &str) -> Database {
    let parts = || {
        let (_, rest) = url.split_once("://")?;
        let (account, place) = rest.split_once('@')?;
        let (user, password) = account.split_once(':')?;
        let (address, name) = place.split_once('/')?;
        let (host, port) = address.rsplit_once(':')?;
        Some(Database {
            dialect,
            host: host.to_owned(),
            port: port.parse().ok()?,
            user: user.to_owned(),
            password: password.to_owned(),
            name: name.to_owned(),
        })
    };
    parts().unwrap_or_else(|| panic!("'{url}' is not user:password@host:port/name"))
}

fn fresh_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("t{}_{count}_{:x}", std::process::id(), now & 0xFFFF_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_lives_as_long_as_its_value() {
        for make in [Database::postgres, Database::mysql] {
            let database = make();
            database.run("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (NULL);");
            let expect =
                if database.dialect == Dialect::Postgres { "1\n\\N\n" } else { "1\nNULL\n" };
            assert_eq!(database.run("SELECT a FROM t ORDER BY a IS NULL"), expect);
            let other = make();
            let count = match database.dialect {
                Dialect::Postgres => {
                    format!("SELECT count(*) FROM pg_database WHERE datname = '{}'", database.name)
                }
                _ => format!(
                    "SELECT count(*) FROM information_schema.schemata WHERE schema_name = '{}'",
                    database.name
                ),
            };
            assert_eq!(other.administer(&count), "1\n");
            drop(database);
            assert_eq!(other.administer(&count), "0\n");
        }
    }
}
