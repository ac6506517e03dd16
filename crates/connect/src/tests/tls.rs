//! Encrypted lines: each mode against servers whose certificate comes from a CA of their own and
//! names `localhost` only.

use super::*;
use model::connection::{TestFailure, TestReport};
use testkit::databases::certificate;

const HERE: &str = "localhost";
/// The same machine by a name that the certificate does not have.
const OTHERWISE: &str = "127.0.0.1";

struct Line<'a> {
    mode: TlsMode,
    host: &'a str,
    ca: Option<&'a str>,
}

fn line(database: &Database, line: &Line<'_>) -> ConnectOptions {
    let mut options = options(database);
    if let Target::Server { host, tls, .. } = &mut options.target {
        line.host.clone_into(host);
        tls.mode = line.mode;
        tls.ca = line.ca.map(certificate);
    }
    options
}

/// What a test says: how the line is encrypted, or why there is none.
async fn outcome(options: ConnectOptions) -> Result<Option<String>, TestFailure> {
    let connector = match crate::open(options) {
        Ok(connector) => connector,
        Err(error) => return Err(error.failure()),
    };
    let report = connector.test().await;
    connector.close().await;
    match report {
        TestReport::Ok { encrypted, .. } => Ok(encrypted),
        TestReport::Failed { cause, message, hint } => {
            assert!(!message.is_empty() && !hint.is_empty());
            Err(cause)
        }
    }
}

#[tokio::test]
async fn every_mode_means_what_it_says() {
    use TlsMode::{Off, Prefer, Require, VerifyCa, VerifyFull};
    const CA: Option<&str> = Some("ca.pem");
    const STRANGER: Option<&str> = Some("stranger.pem");
    for dialect in [Dialect::Postgres, Dialect::MySql] {
        let database = Database::with_tls(dialect);
        for (mode, host, ca, is_open) in [
            (Prefer, OTHERWISE, None, true),
            (Require, OTHERWISE, None, true),
            (VerifyCa, OTHERWISE, CA, true),
            (VerifyCa, HERE, CA, true),
            (VerifyCa, HERE, STRANGER, false),
            // Without a CA anybody's certificate that some public CA signed would do.
            (VerifyCa, HERE, None, false),
            (VerifyFull, HERE, CA, true),
            (VerifyFull, OTHERWISE, CA, false),
            (VerifyFull, HERE, STRANGER, false),
            (VerifyFull, HERE, None, false),
        ] {
            let found = outcome(line(&database, &Line { mode, host, ca })).await;
            let told = format!("{dialect} {mode:?} {host} {ca:?}: {found:?}");
            match found {
                Ok(encrypted) => assert!(is_open && encrypted.is_some(), "{told}"),
                Err(cause) => assert!(!is_open && cause == TestFailure::Tls, "{told}"),
            }
        }
        let plain = outcome(line(&database, &Line { mode: Off, host: HERE, ca: None })).await;
        assert_eq!(plain, Ok(None), "{dialect}");
    }
}

#[tokio::test]
async fn a_client_certificate_is_shown_to_the_server() {
    let user = format!("holder_{}", std::process::id());
    for dialect in [Dialect::Postgres, Dialect::MySql] {
        let database = Database::with_tls(dialect);
        let mut options =
            line(&database, &Line { mode: TlsMode::VerifyFull, host: HERE, ca: Some("ca.pem") });
        if dialect == Dialect::MySql {
            database.run(&format!(
                "CREATE USER {user}@'%' IDENTIFIED BY 'secret' REQUIRE X509; \
                 GRANT SELECT ON *.* TO {user}@'%';"
            ));
            if let Target::Server { user: as_whom, password, .. } = &mut options.target {
                as_whom.clone_from(&user);
                *password = Some("secret".into());
            }
            assert_eq!(outcome(options.clone()).await, Err(TestFailure::WrongPassword));
        }
        if let Target::Server { tls, .. } = &mut options.target {
            tls.certificate = Some(certificate("client.pem"));
            tls.key = Some(certificate("client.key"));
        }
        let connector = crate::open(options).unwrap();
        let report = connector.test().await;
        assert!(matches!(&report, TestReport::Ok { encrypted: Some(_), .. }), "{report:?}");
        if dialect == Dialect::Postgres {
            // Its session stays open.
            connector.introspect(&|_| {}).await.unwrap();
            let seen = database.run(
                "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                 WHERE datname = current_database() AND client_dn = '/CN=querent'",
            );
            assert_ne!(seen, "0\n");
        } else {
            connector.close().await;
            database.run(&format!("DROP USER {user}"));
        }
    }
}
