//! Reads a connection URL that was pasted: `postgresql://…`, `mysql://…`, `mariadb://…`,
//! `sqlite:…`, with or without `jdbc:`, and libpq's `host=… dbname=…`.

use model::{connection::TlsMode, dialect::Dialect};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// What the pasted text says; what it leaves out is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pasted {
    pub dialect: Dialect,
    pub host: Option<String>,
    pub port: Option<u16>,
    /// The database; the path of a SQLite file.
    pub database: Option<String>,
    pub user: Option<String>,
    pub password: Option<String>,
    pub tls: Option<TlsMode>,
    /// PostgreSQL's `currentSchema` or `search_path`.
    pub schemas: Vec<String>,
}

impl Pasted {
    fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            host: None,
            port: None,
            database: None,
            user: None,
            password: None,
            tls: None,
            schemas: Vec::new(),
        }
    }

    /// Takes a named setting, as query strings and libpq texts carry them.
    fn set(&mut self, key: &str, value: String) {
        if value.is_empty() {
            return;
        }
        match key.to_ascii_lowercase().as_str() {
            "host" | "hostaddr" => self.host = Some(value),
            "port" => self.port = value.parse().ok(),
            "dbname" | "database" => self.database = Some(value),
            "user" | "username" => self.user = Some(value),
            "password" => self.password = Some(value),
            "sslmode" | "ssl-mode" | "ssl_mode" => self.tls = tls(&value),
            "ssl" | "usessl" | "tls" if matches!(value.as_str(), "true" | "1" | "require") => {
                self.tls = Some(TlsMode::Require);
            }
            "currentschema" | "search_path" => {
                self.schemas = value.split(',').map(|part| part.trim().to_owned()).collect();
            }
            _ => {}
        }
    }
}

/// The settings in `text`, or `None` if it is no connection URL.
#[must_use]
pub fn parse(text: &str) -> Option<Pasted> {
    let text = text.trim().trim_matches(|c| c == '"' || c == '\'');
    let text = text.strip_prefix("jdbc:").unwrap_or(text);
    if let Some((scheme, rest)) = text.split_once("://") {
        return server(scheme, rest);
    }
    if let Some(path) = text.strip_prefix("sqlite:").or_else(|| text.strip_prefix("file:")) {
        return sqlite(path);
    }
    libpq(text)
}

fn server(scheme: &str, rest: &str) -> Option<Pasted> {
    let dialect = match scheme.to_ascii_lowercase().as_str() {
        "postgres" | "postgresql" => Dialect::Postgres,
        "mysql" | "mariadb" => Dialect::MySql,
        "sqlite" | "sqlite3" | "file" => return sqlite(rest),
        _ => return None,
    };
    let mut pasted = Pasted::new(dialect);
    let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    let (login, address) = match authority.rsplit_once('@') {
        Some((login, address)) => (login, address),
        None => ("", authority),
    };
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    pasted.set("user", decode(user));
    pasted.set("password", decode(password));
    pasted.set("database", decode(database));
    // Several hosts are allowed in a URL; Querent connects to one.
    let (host, port) = split_port(address.split(',').next().unwrap_or_default());
    pasted.set("host", decode(host));
    pasted.set("port", port.to_owned());
    for pair in query.split('&') {
        if let Some((key, value)) = pair.split_once('=') {
            pasted.set(key, decode(value));
        }
    }
    Some(pasted)
}

/// `host`, `host:5432`, `[::1]:5432`.
fn split_port(address: &str) -> (&str, &str) {
    if let Some(rest) = address.strip_prefix('[') {
        let (host, after) = rest.split_once(']').unwrap_or((rest, ""));
        return (host, after.trim_start_matches(':'));
    }
    match address.split_once(':') {
        Some((host, port)) if !port.contains(':') => (host, port),
        _ => (address, ""),
    }
}

fn sqlite(path: &str) -> Option<Pasted> {
    let path = path.split_once('?').map_or(path, |(before, _)| before);
    let mut pasted = Pasted::new(Dialect::Sqlite);
    pasted.set("database", decode(path.trim_start_matches("//")));
    Some(pasted)
}

/// `host=db port=5432 dbname='my shop' user=app`.
fn libpq(text: &str) -> Option<Pasted> {
    let mut pasted = Pasted::new(Dialect::Postgres);
    let mut rest = text.trim_start();
    while let Some((key, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let (value, tail) = match after.strip_prefix('\'') {
            Some(quoted) => quoted.split_once('\'')?,
            None => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        pasted.set(key.trim(), value.to_owned());
        rest = tail.trim_start();
    }
    (pasted.host.is_some() && (pasted.database.is_some() || pasted.user.is_some()))
        .then_some(pasted)
}

fn tls(value: &str) -> Option<TlsMode> {
    match value.to_ascii_lowercase().replace('_', "-").as_str() {
        "disable" | "disabled" => Some(TlsMode::Off),
        "allow" | "prefer" | "preferred" => Some(TlsMode::Prefer),
        "require" | "required" => Some(TlsMode::Require),
        "verify-ca" => Some(TlsMode::VerifyCa),
        "verify-full" | "verify-identity" => Some(TlsMode::VerifyFull),
        _ => None,
    }
}

/// Percent-decoding; what is no valid escape, or no UTF-8, stays as it was written.
fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(text: &str) -> String {
        let Some(p) = parse(text) else { return "no".into() };
        let part = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".into());
        format!(
            "{} {} {} {} {} {} {}",
            p.dialect,
            part(&p.host),
            p.port.map_or("-".into(), |port| port.to_string()),
            part(&p.database),
            part(&p.user),
            part(&p.password),
            p.tls.map_or("-".into(), |mode| format!("{mode:?}")),
        )
    }

    #[test]
    fn urls_fill_the_form() {
        let cases = [
            (
                "postgres://app:p%40ss@db.example:6432/shop?sslmode=verify-full",
                "postgres db.example 6432 shop app p@ss VerifyFull",
            ),
            ("postgresql://db/shop", "postgres db - shop - - -"),
            (" 'mysql://root@[::1]:3307/shop' ", "mysql ::1 3307 shop root - -"),
            ("mariadb://u:a:b@h/d?ssl-mode=REQUIRED", "mysql h - d u a:b Require"),
            (
                "jdbc:postgresql://h:5432/d?user=u&password=x&ssl=true",
                "postgres h 5432 d u x Require",
            ),
            ("sqlite://data/shop.db?mode=ro", "sqlite - - data/shop.db - - -"),
            ("sqlite:shop.db", "sqlite - - shop.db - - -"),
            ("host=h port=5433 dbname='my shop' user=u", "postgres h 5433 my shop u - -"),
            ("postgres://u:100%@h/d", "postgres h - d u 100% -"),
            ("postgres://h:99999/d", "postgres h - d - - -"),
            ("https://example.org/", "no"),
            ("shop", "no"),
            ("", "no"),
            ("a=b", "no"),
        ];
        for (text, expected) in cases {
            assert_eq!(short(text), expected, "{text}");
        }
    }

    #[test]
    fn schemas_are_taken_from_the_query() {
        let pasted = parse("postgres://h/d?currentSchema=sales,%20public").unwrap();
        assert_eq!(pasted.schemas, ["sales", "public"]);
    }

    #[test]
    fn no_text_makes_it_panic() {
        for text in ["%", "postgres://%é@[", "://", "jdbc:", "host='", "=", "é=é é=é", "sqlite:"]
        {
            let _ = parse(text);
        }
    }
}
