//! What the connection form holds, and how it becomes a draft.

use super::url::Pasted;
use leptos::prelude::*;
use model::{
    connection::{Colour, ConnectionDraft, ConnectionView, Limits, Target, Tls, TlsMode},
    dialect::Dialect,
    error::{Problem, ProblemCode},
};

/// The form's fields as they are typed.
#[derive(Clone, Copy)]
pub struct Fields {
    pub name: RwSignal<String>,
    pub dialect: RwSignal<Dialect>,
    pub host: RwSignal<String>,
    pub port: RwSignal<String>,
    pub database: RwSignal<String>,
    pub user: RwSignal<String>,
    pub password: RwSignal<String>,
    pub has_password: bool,
    /// A file below the configured directory.
    pub file: RwSignal<String>,
    pub tls: RwSignal<TlsMode>,
    pub ca: RwSignal<String>,
    pub certificate: RwSignal<String>,
    pub key: RwSignal<String>,
    pub has_key: bool,
    pub colour: RwSignal<Colour>,
    /// Separated by commas.
    pub schemas: RwSignal<String>,
    pub rows: RwSignal<String>,
    pub megabytes: RwSignal<String>,
    pub seconds: RwSignal<String>,
    pub sessions: RwSignal<String>,
}

/// The port where a server of this kind usually listens.
#[must_use]
pub fn usual_port(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "5432",
        Dialect::MySql => "3306",
        Dialect::Sqlite => "",
    }
}

impl Fields {
    /// An empty form for a PostgreSQL server.
    #[must_use]
    pub fn empty() -> Self {
        let text = || RwSignal::new(String::new());
        let limits = Limits::default();
        Self {
            name: text(),
            dialect: RwSignal::new(Dialect::Postgres),
            host: text(),
            port: RwSignal::new(usual_port(Dialect::Postgres).to_owned()),
            database: text(),
            user: text(),
            password: text(),
            has_password: false,
            file: text(),
            tls: RwSignal::new(TlsMode::default()),
            ca: text(),
            certificate: text(),
            key: text(),
            has_key: false,
            colour: RwSignal::new(Colour::Blue),
            schemas: text(),
            rows: RwSignal::new(limits.rows.to_string()),
            megabytes: RwSignal::new((limits.bytes >> 20).to_string()),
            seconds: RwSignal::new((limits.timeout_ms / 1_000).to_string()),
            sessions: RwSignal::new(limits.sessions.to_string()),
        }
    }

    /// A stored connection, without its secrets.
    #[must_use]
    pub fn of(view: &ConnectionView) -> Self {
        let form =
            Self { has_password: view.has_password, has_key: view.has_tls_key, ..Self::empty() };
        form.name.set(view.name.clone());
        form.colour.set(view.colour);
        form.schemas.set(view.schemas.join(", "));
        form.rows.set(view.limits.rows.to_string());
        form.megabytes.set((view.limits.bytes >> 20).max(1).to_string());
        form.seconds.set(view.limits.timeout_ms.div_ceil(1_000).to_string());
        form.sessions.set(view.limits.sessions.to_string());
        form.dialect.set(view.target.dialect());
        match &view.target {
            Target::Server { host, port, database, user, tls, .. } => {
                form.host.set(host.clone());
                form.port.set(port.to_string());
                form.database.set(database.clone());
                form.user.set(user.clone());
                form.tls.set(tls.mode);
                form.ca.set(tls.ca.clone().unwrap_or_default());
                form.certificate.set(tls.certificate.clone().unwrap_or_default());
            }
            Target::File { path } => form.file.set(path.clone()),
        }
        form
    }

    /// Subscribes to whatever a test depends on.
    pub fn track_target(self) {
        self.dialect.track();
        self.tls.track();
        let texts = [
            self.host,
            self.port,
            self.database,
            self.user,
            self.password,
            self.file,
            self.ca,
            self.certificate,
            self.key,
        ];
        texts.iter().for_each(Track::track);
    }

    /// Another kind of database; a port that nobody typed follows.
    pub fn choose(self, dialect: Dialect) {
        let usual = usual_port(self.dialect.get_untracked());
        if self.port.with_untracked(|port| port.is_empty() || port == usual) {
            self.port.set(usual_port(dialect).to_owned());
        }
        self.dialect.set(dialect);
    }

    /// Fills in what a pasted URL says and leaves the rest.
    pub fn fill(self, pasted: Pasted) {
        self.choose(pasted.dialect);
        let name = pasted.database.clone().or_else(|| pasted.host.clone());
        if pasted.dialect == Dialect::Sqlite {
            put(self.file, pasted.database);
        } else {
            put(self.host, pasted.host);
            put(self.database, pasted.database);
            put(self.user, pasted.user);
            put(self.password, pasted.password);
            put(self.port, pasted.port.map(|port| port.to_string()));
        }
        if let Some(mode) = pasted.tls {
            self.tls.set(mode);
        }
        if !pasted.schemas.is_empty() {
            self.schemas.set(pasted.schemas.join(", "));
        }
        if self.name.with_untracked(String::is_empty) {
            put(self.name, name);
        }
    }

    /// The draft, or the first thing that is wrong with it.
    pub fn draft(self) -> Result<ConnectionDraft, Problem> {
        let name = text(self.name);
        if name.is_empty() {
            return Err(wrong(
                "The connection has no name.",
                "Give it one that people know it by.",
            ));
        }
        let target = match self.dialect.get_untracked() {
            Dialect::Sqlite => self.file_target()?,
            dialect => self.server_target(dialect)?,
        };
        Ok(ConnectionDraft {
            name,
            target,
            colour: self.colour.get_untracked(),
            limits: self.limits()?,
            schemas: self.schema_list(),
        })
    }

    fn file_target(self) -> Result<Target, Problem> {
        match text(self.file) {
            path if path.is_empty() => Err(wrong(
                "No file is named.",
                "Choose one of the files, or write its path inside the SQLite directory.",
            )),
            path => Ok(Target::File { path }),
        }
    }

    fn server_target(self, dialect: Dialect) -> Result<Target, Problem> {
        let host = text(self.host);
        if host.is_empty() {
            return Err(wrong("No host is named.", "Write the server's name or address."));
        }
        if host.contains("://") {
            return Err(wrong(
                "The host is a whole URL.",
                "Paste it into the field at the top: it fills the others.",
            ));
        }
        let port = text(self.port).parse::<u16>().ok().filter(|port| *port > 0);
        let port = port.ok_or_else(|| {
            let usual = usual_port(dialect);
            wrong("The port is no number from 1 to 65535.", &format!("Usually it is {usual}."))
        })?;
        let user = text(self.user);
        if user.is_empty() {
            return Err(wrong(
                "No user is named.",
                "Name the database account that Querent signs in with.",
            ));
        }
        Ok(Target::Server {
            dialect,
            host,
            port,
            database: text(self.database),
            user,
            // A password may begin or end with a blank.
            password: self.password.with_untracked(|p| (!p.is_empty()).then(|| p.clone())),
            tls: Tls {
                mode: self.tls.get_untracked(),
                ca: filled(self.ca),
                certificate: filled(self.certificate),
                key: filled(self.key),
            },
        })
    }

    fn limits(self) -> Result<Limits, Problem> {
        Ok(Limits {
            rows: number(self.rows, "row limit", 1, 10_000_000)?,
            bytes: number(self.megabytes, "size limit", 1, 4_096)? << 20,
            timeout_ms: number(self.seconds, "time limit", 1, 3_600)? * 1_000,
            sessions: number(self.sessions, "number of sessions", 1, 100)? as u32,
        })
    }

    fn schema_list(self) -> Vec<String> {
        let list = text(self.schemas);
        list.split(',').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
    }
}

fn text(field: RwSignal<String>) -> String {
    field.with_untracked(|text| text.trim().to_owned())
}

fn filled(field: RwSignal<String>) -> Option<String> {
    Some(text(field)).filter(|text| !text.is_empty())
}

fn put(field: RwSignal<String>, value: Option<String>) {
    if let Some(value) = value {
        field.set(value);
    }
}

fn number(field: RwSignal<String>, what: &str, least: u64, most: u64) -> Result<u64, Problem> {
    let plain: String = text(field).chars().filter(|c| !matches!(c, ',' | '_' | ' ')).collect();
    plain.parse().ok().filter(|value| (least..=most).contains(value)).ok_or_else(|| {
        wrong(&format!("The {what} is no whole number."), &format!("Give {least} to {most}."))
    })
}

fn wrong(message: &str, hint: &str) -> Problem {
    Problem::new(ProblemCode::Invalid, message).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::{super::url, *};

    fn draft(change: impl Fn(Fields)) -> Result<ConnectionDraft, String> {
        Owner::new().with(|| {
            let fields = Fields::empty();
            change(fields);
            fields.draft().map_err(|problem| problem.message)
        })
    }

    #[test]
    fn a_pasted_url_makes_a_whole_draft() {
        let draft = draft(|fields| {
            fields.fill(url::parse("mysql://app:s%20x@db.example/shop?ssl-mode=REQUIRED").unwrap());
        });
        let draft = draft.unwrap();
        assert_eq!(draft.name, "shop");
        assert_eq!(draft.limits, Limits::default());
        let Target::Server { dialect, host, port, database, user, password, tls } = draft.target
        else {
            panic!("no server")
        };
        assert_eq!((dialect, port), (Dialect::MySql, 3306));
        assert_eq!([host, database, user], ["db.example", "shop", "app"]);
        assert_eq!(password.as_deref(), Some("s x"));
        assert_eq!(tls.mode, TlsMode::Require);
    }

    #[test]
    fn a_typed_port_stays_when_the_kind_changes() {
        Owner::new().with(|| {
            let fields = Fields::empty();
            fields.choose(Dialect::MySql);
            assert_eq!(fields.port.get_untracked(), "3306");
            fields.port.set("6000".into());
            fields.choose(Dialect::Postgres);
            assert_eq!(fields.port.get_untracked(), "6000");
        });
    }

    type Change = fn(Fields);

    #[test]
    fn what_is_missing_is_named() {
        let whole = |fields: Fields| {
            fields.name.set("shop".into());
            fields.host.set("h".into());
            fields.user.set("u".into());
        };
        assert!(draft(whole).is_ok());
        let cases: [(&str, Change); 7] = [
            ("The connection has no name.", |f| f.name.set(" ".into())),
            ("No host is named.", |f| f.host.set(String::new())),
            ("The host is a whole URL.", |f| f.host.set("postgres://h".into())),
            ("No user is named.", |f| f.user.set(String::new())),
            ("The port is no number from 1 to 65535.", |f| f.port.set("65536".into())),
            ("The row limit is no whole number.", |f| f.rows.set("0".into())),
            ("No file is named.", |f| f.choose(Dialect::Sqlite)),
        ];
        for (message, change) in cases {
            let outcome = draft(|fields| {
                whole(fields);
                change(fields);
            });
            assert_eq!(outcome.err().as_deref(), Some(message));
        }
    }

    #[test]
    fn a_stored_connection_comes_back_without_its_secrets() {
        let first = draft(|fields| {
            fields.fill(url::parse("postgres://u:secret@h:5433/d?currentSchema=a,b").unwrap());
            fields.rows.set("1,000".into());
        });
        let first = first.unwrap();
        let view = ConnectionView {
            id: "01900000-0000-7000-8000-000000000001".parse().unwrap(),
            name: first.name.clone(),
            target: first.target.clone(),
            has_password: true,
            has_tls_key: false,
            colour: first.colour,
            limits: first.limits,
            schemas: first.schemas.clone(),
            tables: None,
            catalog_read_at: None,
            sample: false,
        };
        let again = Owner::new().with(|| Fields::of(&view).draft().unwrap());
        let Target::Server { password, port, .. } = again.target else { panic!("no server") };
        assert_eq!((password, port), (None, 5433));
        assert_eq!(again.schemas, ["a", "b"]);
        assert_eq!(again.limits.rows, 1_000);
    }
}
