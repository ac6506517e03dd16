//! From a driver's error to ours: told apart by codes, never by words where there is a code.

use crate::ConnectError;
use model::connection::{TestReport, Tls, TlsMode};
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

/// Refuses certificates that are none before they turn into a riddle during the handshake.
pub(crate) fn check_certificates(tls: &Tls) -> Result<(), ConnectError> {
    let fault = |what: &str| Err(ConnectError::Tls { message: what.to_owned() });
    let lacks = |text: &Option<String>, label: &str| {
        text.as_ref().is_some_and(|text| !(text.contains("-----BEGIN ") && text.contains(label)))
    };
    if lacks(&tls.ca, "CERTIFICATE-----") {
        fault("the CA is not a certificate in PEM form")
    } else if lacks(&tls.certificate, "CERTIFICATE-----") {
        fault("the client certificate is not one in PEM form")
    } else if lacks(&tls.key, "PRIVATE KEY-----") {
        fault("the client key is not one in PEM form")
    } else if tls.mode == TlsMode::VerifyCa && tls.ca.is_none() {
        // The driver trusts public CAs as well, and anybody may have a certificate of those.
        fault("to verify the CA there must be one: paste it, or verify in full")
    } else if tls.certificate.is_some() != tls.key.is_some() {
        fault("a client certificate and its key belong together: one of them is missing")
    } else {
        Ok(())
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
