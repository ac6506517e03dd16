//! From a driver's error to ours: told apart by codes, never by words where there is a code.

use crate::ConnectError;
use model::connection::TestReport;
use std::{io::ErrorKind, time::Duration};

/// What a connection test says of a failure.
pub(crate) fn report(error: &ConnectError) -> TestReport {
    let problem = error.problem();
    TestReport::Failed {
        cause: error.failure(),
        message: problem.message,
        hint: problem.hint.or_else(|| error.hint()).unwrap_or_else(|| {
            "Check that the server is of the kind chosen, and look into its log.".to_owned()
        }),
    }
}

/// A failure while connecting to `place` that the server did not put a code on.
pub(crate) fn connecting(place: &str, error: &sqlx::Error) -> ConnectError {
    let place = place.to_owned();
    match error {
        sqlx::Error::Io(io) => match io.kind() {
            ErrorKind::ConnectionRefused => ConnectError::Refused { place },
            ErrorKind::TimedOut => {
                ConnectError::ConnectTimeout { place, after: Duration::from_secs(10) }
            }
            // rustls reports its failures through I/O.
            ErrorKind::InvalidData => ConnectError::Tls { message: io.to_string() },
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
                ConnectError::Protocol {
                    message: format!(
                        "{place} closed the line at once; another kind of server may listen there"
                    ),
                }
            }
            _ => ConnectError::Unreachable { place, message: io.to_string() },
        },
        sqlx::Error::Tls(tls) => ConnectError::Tls { message: tls.to_string() },
        sqlx::Error::Configuration(what) => ConnectError::Tls { message: what.to_string() },
        other => ConnectError::Protocol {
            message: format!("{place} answers, but not as this kind of database does ({other})"),
        },
    }
}

/// A failure in the middle of a conversation that the server did not put a code on.
pub(crate) fn talking(error: &sqlx::Error) -> ConnectError {
    match error {
        sqlx::Error::Io(io) => ConnectError::Lost { message: io.to_string() },
        sqlx::Error::Protocol(message) => ConnectError::Protocol { message: message.clone() },
        other => ConnectError::Protocol { message: other.to_string() },
    }
}
