//! The PostgreSQL database that is measured on: made by `psql`, as anybody would.

use anyhow::{Context, Result, bail};
use model::connection::{Colour, ConnectionDraft, Limits, Target, Tls, TlsMode};
use model::dialect::Dialect;
use std::io::Write;
use std::process::{Command, Stdio};

/// 2,000 tables of 12 columns, with keys, as a grown system has them.
const MANY_TABLES: &str = "
SELECT format('CREATE TABLE t%s (id bigint PRIMARY KEY, parent_id bigint %s, name text NOT NULL,
  code varchar(20) UNIQUE, amount numeric(12,2) DEFAULT 0, quantity integer, flag boolean,
  made_on date, changed_at timestamptz, payload jsonb, note text, kind smallint)',
  n, CASE WHEN n > 1 THEN 'REFERENCES t' || (n / 2) ELSE '' END)
FROM generate_series(1, 2000) n \\gexec
";

/// 100,000 rows × 12 columns of common types.
const BIG_TABLE: &str = "
CREATE TABLE big AS SELECT n::bigint AS id, 'customer ' || n AS name, (n * 7919) % 1000 AS quantity,
  (n % 100000) / 100.0 AS amount, n % 2 = 0 AS active, DATE '2023-01-01' + n % 1000 AS day,
  TIMESTAMPTZ '2023-01-01 00:00:00+00' + n * INTERVAL '1 minute' AS at, md5(n::text) AS hash,
  n::double precision / 3 AS ratio, 'city ' || n % 500 AS city, (n % 5)::smallint AS grade,
  CASE WHEN n % 10 = 0 THEN NULL ELSE 'a note about row ' || n END AS note
FROM generate_series(1, 100000) n;
ALTER TABLE big ADD PRIMARY KEY (id);
ANALYZE big;
";

/// A database of its own on the test server, dropped with this value.
pub struct Database {
    admin: String,
    name: String,
}

impl Database {
    /// An empty one.
    pub fn make(admin: &str, suffix: &str) -> Result<Self> {
        let name = format!("bench_{}_{suffix}", std::process::id());
        psql(admin, &format!("CREATE DATABASE {name};"))?;
        Ok(Self { admin: admin.into(), name })
    }

    pub fn with_many_tables(admin: &str) -> Result<Self> {
        let database = Self::make(admin, "wide")?;
        psql(&database.url(), MANY_TABLES)?;
        Ok(database)
    }

    pub fn with_big_table(admin: &str) -> Result<Self> {
        let database = Self::make(admin, "big")?;
        psql(&database.url(), BIG_TABLE)?;
        Ok(database)
    }

    fn url(&self) -> String {
        let (server, _) = self.admin.rsplit_once('/').unwrap_or((&self.admin, ""));
        format!("{server}/{}", self.name)
    }

    /// What an admin would type to connect Querent to it; limits wide enough for every measure.
    pub fn draft(&self) -> Result<ConnectionDraft> {
        let rest = self.admin.split_once("://").context("an address with a scheme")?.1;
        let (account, place) = rest.split_once('@').context("an address with an account")?;
        let (user, password) = account.split_once(':').context("an address with a password")?;
        let (host, port) = place
            .split('/')
            .next()
            .and_then(|place| place.rsplit_once(':'))
            .context("an address with a port")?;
        Ok(ConnectionDraft {
            name: self.name.clone(),
            target: Target::Server {
                dialect: Dialect::Postgres,
                host: host.into(),
                port: port.parse().context("the port of the address")?,
                database: self.name.clone(),
                user: user.into(),
                password: Some(password.into()),
                tls: Tls { mode: TlsMode::Off, ..Tls::default() },
            },
            colour: Colour::default(),
            limits: Limits { rows: 200_000, bytes: 1 << 30, timeout_ms: 60_000, sessions: 16 },
            schemas: Vec::new(),
        })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Err(error) = psql(&self.admin, &format!("DROP DATABASE {} WITH (FORCE);", self.name))
        {
            eprintln!("could not drop the database {}: {error:#}", self.name);
        }
    }
}

fn psql(url: &str, sql: &str) -> Result<()> {
    let mut child = Command::new("psql")
        .args(["-Xq", "-v", "ON_ERROR_STOP=1", url])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .context("starting psql")?;
    child.stdin.take().context("psql reads from us")?.write_all(sql.as_bytes())?;
    let done = child.wait_with_output()?;
    if !done.status.success() {
        bail!("psql: {}", String::from_utf8_lossy(&done.stderr));
    }
    Ok(())
}
