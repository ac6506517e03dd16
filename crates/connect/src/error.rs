//! What can go wrong between Querent and a database, and what to tell people about it.

use model::{
    connection::TestFailure,
    error::{Position, Problem, ProblemCode},
};
use std::time::Duration;

/// Why a connection, a read or an introspection failed. `message` fields hold the database's own
/// words; they never hold a password.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("{reason}")]
    NotAllowed { reason: String },
    #[error("{place} cannot be reached: {message}")]
    Unreachable { place: String, message: String },
    #[error("nothing listens at {place}")]
    Refused { place: String },
    #[error("the database refused the user or password: {message}")]
    WrongPassword { message: String },
    #[error("the database does not exist: {message}")]
    UnknownDatabase { message: String },
    #[error("the encrypted line could not be set up: {message}")]
    Tls { message: String },
    #[error("the account lacks a right: {message}")]
    MissingRights { message: String },
    #[error("no answer from {place} within {} s", after.as_secs_f32())]
    ConnectTimeout { place: String, after: Duration },
    #[error("all {sessions} sessions of this connection are busy")]
    Busy { sessions: u32 },
    #[error("the server takes no more connections: {message}")]
    ServerFull { message: String },
    #[error("the connection is closed")]
    Closed,
    #[error("the statement ran longer than {} s and was stopped", after.as_secs_f32())]
    Timeout { after: Duration },
    #[error("the statement was cancelled")]
    Cancelled,
    /// The connection died after the statement had started.
    #[error("the database closed the connection: {message}")]
    Lost { message: String },
    /// The database's answer to the statement.
    #[error("{message}")]
    Statement {
        message: String,
        /// SQLSTATE, MySQL's error number, or SQLite's extended code.
        code: Option<String>,
        hint: Option<String>,
        position: Option<Position>,
    },
    /// An answer that makes no sense: another kind of server, or a driver's limit.
    #[error("{message}")]
    Protocol { message: String },
}

impl ConnectError {
    /// The problem as it is told to people.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let problem = Problem::new(self.code(), sentence(&self.to_string()));
        match self {
            Self::Statement { hint, position, .. } => {
                Problem { hint: hint.clone(), ..problem }.at(*position)
            }
            _ => Problem { hint: self.hint(), ..problem },
        }
    }

    fn code(&self) -> ProblemCode {
        match self {
            Self::NotAllowed { .. } => ProblemCode::Forbidden,
            Self::Timeout { .. } => ProblemCode::Timeout,
            Self::Cancelled => ProblemCode::Cancelled,
            Self::Busy { .. } => ProblemCode::Throttled,
            Self::Statement { .. } | Self::MissingRights { .. } => ProblemCode::Database,
            Self::Unreachable { .. }
            | Self::Refused { .. }
            | Self::WrongPassword { .. }
            | Self::UnknownDatabase { .. }
            | Self::Tls { .. }
            | Self::ConnectTimeout { .. }
            | Self::ServerFull { .. }
            | Self::Closed
            | Self::Lost { .. }
            | Self::Protocol { .. } => ProblemCode::Unreachable,
        }
    }

    /// What a connection test calls this.
    #[must_use]
    pub fn failure(&self) -> TestFailure {
        match self {
            Self::NotAllowed { .. } => TestFailure::NotAllowed,
            Self::Unreachable { .. } | Self::Lost { .. } => TestFailure::Unreachable,
            Self::Refused { .. } => TestFailure::Refused,
            Self::WrongPassword { .. } => TestFailure::WrongPassword,
            Self::UnknownDatabase { .. } => TestFailure::UnknownDatabase,
            Self::Tls { .. } => TestFailure::Tls,
            Self::MissingRights { .. } => TestFailure::MissingRights,
            Self::ConnectTimeout { .. } | Self::Timeout { .. } => TestFailure::Timeout,
            Self::Busy { .. }
            | Self::ServerFull { .. }
            | Self::Closed
            | Self::Cancelled
            | Self::Statement { .. }
            | Self::Protocol { .. } => TestFailure::Other,
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NotAllowed { .. } => "Ask the person who runs this Querent to allow it in its configuration.",
            Self::Unreachable { .. } => {
                "Check the host name, and that this machine may reach the server (firewall, VPN, private network)."
            }
            Self::Refused { .. } => {
                "Check the port, that the server runs, and that it listens on the network and not only on its own machine."
            }
            Self::WrongPassword { .. } => {
                "Check user and password, and that the account may log in from this machine (pg_hba.conf, or user@host in MySQL)."
            }
            Self::UnknownDatabase { .. } => "Check the database's name; names are case-sensitive on most servers.",
            Self::Tls { .. } => {
                "Check the TLS mode, that the CA certificate is the one that signed the server's, and the host name in it."
            }
            Self::MissingRights { .. } => "Ask for SELECT on the tables, or connect with another account.",
            Self::ConnectTimeout { .. } => {
                "A firewall may swallow the packets. Check host and port, and whether this machine may reach the server."
            }
            Self::Busy { .. } => "Try again in a moment, or raise the number of sessions in the connection's settings.",
            Self::ServerFull { .. } => {
                "Close other clients of the server, raise its max_connections, or lower the number of sessions here."
            }
            Self::Timeout { .. } => {
                "Narrow the question, add a filter on an indexed column, or raise the connection's time limit."
            }
            Self::Lost { .. } => "Run it again. If it keeps happening, look into the database server's log.",
            Self::Statement { hint, .. } => return hint.clone(),
            Self::Closed | Self::Cancelled | Self::Protocol { .. } => return None,
        }.to_owned())
    }

    /// Whether a session that was idle may simply have been closed by the server meanwhile, so
    /// that the same statement deserves a fresh one.
    pub(crate) fn is_stale_session(&self) -> bool {
        matches!(self, Self::Lost { .. })
    }
}

/// First letter upper case, one full stop at the end.
fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut letters = text.chars();
    let mut out: String = match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => return String::new(),
    };
    if !out.ends_with(['.', '!', '?']) {
        out.push('.');
    }
    out
}

/// The place of the `offset`th character (counted from 0) of a text.
pub(crate) fn position_of(text: &str, offset: usize) -> Position {
    let (mut line, mut column) = (1, 1);
    for letter in text.chars().take(offset) {
        if letter == '\n' {
            line += 1;
            column = 1;
        } else {
            column += 1;
        }
    }
    Position { line, column, length: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_lines() {
        let text = "SELECT 'ä',\n  nope FROM t";
        assert_eq!(position_of(text, 0), Position { line: 1, column: 1, length: 0 });
        assert_eq!(position_of(text, 14), Position { line: 2, column: 3, length: 0 });
    }

    #[test]
    fn a_problem_is_a_sentence() {
        assert_eq!(sentence("no such table: t"), "No such table: t.");
        assert_eq!(sentence(""), "");
    }
}
