//! Databases that a workspace connects: what the admin types, what the browser may see, what a test says.

use crate::{dialect::Dialect, id::ConnectionId};
use serde::{Deserialize, Serialize};

/// What the admin's form sends. A secret that is `None` leaves the stored one as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionDraft {
    pub name: String,
    pub target: Target,
    pub colour: Colour,
    pub limits: Limits,
    /// Schemas to read; empty: all that the account can see, system schemas left out.
    pub schemas: Vec<String>,
}

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Target {
    Server {
        dialect: Dialect,
        host: String,
        port: u16,
        database: String,
        user: String,
        /// Never sent back to a browser.
        password: Option<String>,
        tls: Tls,
    },
    /// A file below the configured directory, by its path inside it.
    File { path: String },
}

impl Target {
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Server { dialect, .. } => *dialect,
            Self::File { .. } => Dialect::Sqlite,
        }
    }
}

/// How the line is protected. Certificates are PEM texts; the key is never sent back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tls {
    pub mode: TlsMode,
    pub ca: Option<String>,
    pub certificate: Option<String>,
    pub key: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsMode {
    Off,
    /// Encrypted when the server offers it; not authenticated.
    #[default]
    Prefer,
    /// Encrypted; not authenticated.
    Require,
    /// The certificate must come from the CA, or from a public one: the driver trusts those as well.
    VerifyCa,
    /// … and name the host.
    VerifyFull,
}

/// The colour that marks a connection everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    #[default]
    Grey,
    Blue,
    Green,
    Amber,
    Red,
    Violet,
}

impl Colour {
    pub const ALL: [Self; 6] =
        [Self::Grey, Self::Blue, Self::Green, Self::Amber, Self::Red, Self::Violet];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Grey => "grey",
            Self::Blue => "blue",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Red => "red",
            Self::Violet => "violet",
        }
    }
}

/// What a read may cost on this connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Rows a read may return.
    pub rows: u64,
    /// Bytes of values a read may return.
    pub bytes: u64,
    /// Milliseconds a statement may run.
    pub timeout_ms: u64,
    /// Sessions Querent opens at once.
    pub sessions: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { rows: 10_000, bytes: 64 << 20, timeout_ms: 30_000, sessions: 8 }
    }
}

/// A connection as the browser may see it: no secret, only whether one is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionView {
    pub id: ConnectionId,
    pub name: String,
    /// `password` and `tls.key` are always `None`.
    pub target: Target,
    pub has_password: bool,
    pub has_tls_key: bool,
    pub colour: Colour,
    pub limits: Limits,
    pub schemas: Vec<String>,
    /// Tables in the newest catalogue; `None` before the first introspection.
    pub tables: Option<u32>,
    /// RFC 3339, UTC.
    pub catalog_read_at: Option<String>,
    pub sample: bool,
}

/// What a connection test found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum TestReport {
    Ok {
        server_version: String,
        latency_us: u64,
        /// `TLSv1.3`, or `None` for a plain line.
        encrypted: Option<String>,
        /// Things that work but should not stay so: a superuser account, rights to write.
        warnings: Vec<Advice>,
    },
    Failed {
        cause: TestFailure,
        /// What happened, with the server's own words.
        message: String,
        /// What to do.
        hint: String,
    },
}

/// A remark with, where there are some, the statements that would mend it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    pub message: String,
    pub statements: Option<String>,
}

/// Why a test failed, told apart so that the hint fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestFailure {
    /// The name does not resolve, or no route.
    Unreachable,
    /// Nothing listens on the port.
    Refused,
    WrongPassword,
    UnknownDatabase,
    Tls,
    Timeout,
    MissingRights,
    /// The address or file is not allowed by this installation.
    NotAllowed,
    /// Something answers that is not this kind of database, or another problem.
    Other,
}
