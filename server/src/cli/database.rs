//! A database given on the command line by its URL.

use anyhow::{Context, Result, bail};
use connect::{ConnectOptions, Connector};
use model::{
    catalog::Catalog,
    connection::{Limits, Target, Tls},
    dialect::Dialect,
};
use percent_encoding::percent_decode_str;
use std::{path::PathBuf, sync::Arc};
use url::Url;

/// A database and its structure.
pub struct Opened {
    pub connector: Arc<dyn Connector>,
    pub catalog: Catalog,
}

/// Connects to `postgres://…`, `mysql://…`, `mariadb://…` or `sqlite:file` and reads its catalogue.
///
/// # Errors
/// What is wrong with the URL, or what the database said and what to do about it.
pub async fn open(url: &str) -> Result<Opened> {
    let connector = connect::open(options(url)?).map_err(|error| error.problem())?;
    let catalog = connector.introspect(&|_| ()).await.map_err(|error| error.problem())?;
    Ok(Opened { connector, catalog })
}

fn options(url: &str) -> Result<ConnectOptions> {
    let (target, sqlite_dir) = target(url)?;
    Ok(ConnectOptions {
        target,
        limits: Limits::default(),
        schemas: Vec::new(),
        sqlite_dir,
        // Whoever types the command may reach what the machine can reach.
        allow_loopback: true,
        application: "querent".into(),
    })
}

fn target(url: &str) -> Result<(Target, Option<PathBuf>)> {
    if let Some(rest) = url.strip_prefix("sqlite:") {
        let file = PathBuf::from(rest.strip_prefix("//").unwrap_or(rest));
        let file = file
            .canonicalize()
            .with_context(|| format!("cannot open the file {}", file.display()))?;
        let (Some(dir), Some(name)) = (file.parent(), file.file_name()) else {
            bail!("{url} names no file");
        };
        let path = name.to_string_lossy().into_owned();
        return Ok((Target::File { path }, Some(dir.to_owned())));
    }
    // The URL may hold a password, so errors do not repeat it.
    let parsed = Url::parse(url).context("the database's address is no URL")?;
    let (dialect, port) = match parsed.scheme() {
        "postgres" | "postgresql" => (Dialect::Postgres, 5432),
        "mysql" | "mariadb" => (Dialect::MySql, 3306),
        other => bail!("'{other}:' is no database: write postgres://, mysql:// or sqlite:"),
    };
    let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let target = Target::Server {
        dialect,
        host: parsed.host_str().context("the database's address names no host")?.to_owned(),
        port: parsed.port().unwrap_or(port),
        database: plain(parsed.path().trim_start_matches('/')),
        user: plain(parsed.username()),
        password: parsed.password().map(plain),
        tls: Tls::default(),
    };
    Ok((target, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_become_targets() {
        let (target, _) = target("postgres://ann:p%40ss%25@db.example:5433/sales%20eu").unwrap();
        let Target::Server { host, port, database, user, password, .. } = target else {
            panic!("a server")
        };
        assert_eq!((host.as_str(), port, database.as_str()), ("db.example", 5433, "sales eu"));
        assert_eq!((user.as_str(), password.as_deref()), ("ann", Some("p@ss%")));
    }

    #[test]
    fn what_is_no_database_is_told() {
        for (url, told) in [
            ("oracle://a/b", "'oracle:' is no database: write postgres://, mysql:// or sqlite:"),
            ("nonsense", "the database's address is no URL"),
            ("sqlite:/no/such/file", "cannot open the file /no/such/file"),
        ] {
            assert_eq!(target(url).unwrap_err().to_string(), told);
        }
    }
}
