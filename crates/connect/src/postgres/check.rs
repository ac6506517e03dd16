//! The connection test: what works, and what should not stay as it is.

use super::{
    Shared,
    session::{Session, text},
};
use crate::ConnectError;
use model::{
    connection::{Advice, TestReport},
    dialect::Dialect,
};
use std::time::Instant;

/// Connects afresh, so that the answer is of now.
pub(super) async fn check(shared: &Shared) -> Result<TestReport, ConnectError> {
    let mut session = shared.opener.open().await?;
    let started = Instant::now();
    let rows = session
        .rows(
            "SELECT current_setting('server_version'), current_user, current_database(), \
             (SELECT rolsuper FROM pg_roles WHERE rolname = current_user), \
             (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl), \
             pg_has_role('pg_read_server_files', 'MEMBER'), \
             pg_has_role('pg_execute_server_program', 'MEMBER'), \
             pg_has_role('pg_write_server_files', 'MEMBER')",
        )
        .await?;
    let latency = started.elapsed();
    let row = rows.first().ok_or(ConnectError::Closed)?;
    let value = |index| text(row, index).unwrap_or_default().to_owned();
    let yes = |index| text(row, index) == Some("t");
    let grants = read_only_account(&value(2), &shared.schemas);
    let mut warnings = Vec::new();
    if yes(3) {
        warnings.push(Advice {
            message: format!(
                "'{}' is a superuser: it may read every file and run programs on the server.",
                value(1)
            ),
            statements: Some(grants.clone()),
        });
    } else if yes(5) || yes(6) || yes(7) {
        warnings.push(Advice {
            message: format!(
                "'{}' may read or write files, or run programs, on the server.",
                value(1)
            ),
            statements: Some(grants.clone()),
        });
    }
    if !yes(3) {
        warnings.extend(tables_advice(&mut session, &value(1), grants).await?);
    }
    let server_version = value(0).split_whitespace().next().unwrap_or_default().to_owned();
    let encrypted = text(row, 4).map(str::to_owned);
    session.close().await;
    Ok(TestReport::Ok {
        server_version,
        latency_us: u64::try_from(latency.as_micros()).unwrap_or(u64::MAX),
        encrypted,
        warnings,
    })
}

/// Rights to write, ownership, and no right to read.
async fn tables_advice(
    session: &mut Session,
    user: &str,
    grants: String,
) -> Result<Vec<Advice>, ConnectError> {
    let rows = session
        .rows(
            "SELECT count(*), count(*) FILTER (WHERE pg_has_role(c.relowner, 'USAGE')), \
             count(*) FILTER (WHERE has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')), \
             count(*) FILTER (WHERE has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT')) \
             FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT LIKE 'pg\\_%' \
             AND n.nspname <> 'information_schema'",
        )
        .await?;
    let count = |index| -> u64 {
        rows.first()
            .and_then(|row| text(row, index))
            .and_then(|n| n.parse().ok())
            .unwrap_or_default()
    };
    let (all, owned, writable, readable) = (count(0), count(1), count(2), count(3));
    let mut advice = Vec::new();
    if owned > 0 {
        advice.push(Advice {
            message: format!(
                "'{user}' owns {owned} of {all} tables: an owner may change and drop them."
            ),
            statements: Some(grants.clone()),
        });
    } else if writable > 0 {
        advice.push(Advice {
            message: format!(
                "'{user}' may write to {writable} of {all} tables. Querent only reads."
            ),
            statements: Some(grants.clone()),
        });
    }
    if all > 0 && readable == 0 {
        advice.push(Advice {
            message: format!("'{user}' may not read any of the {all} tables."),
            statements: Some(grants),
        });
    }
    Ok(advice)
}

/// Statements that make a proper account.
fn read_only_account(database: &str, schemas: &[String]) -> String {
    let quote = |name: &str| Dialect::Postgres.quote(name);
    let default = ["public".to_owned()];
    let schemas = if schemas.is_empty() { &default[..] } else { schemas };
    let mut statements = format!(
        "CREATE ROLE querent_reader LOGIN PASSWORD 'choose-one' NOSUPERUSER NOCREATEDB NOCREATEROLE;\n\
         GRANT CONNECT ON DATABASE {} TO querent_reader;\n",
        quote(database)
    );
    for schema in schemas {
        let schema = quote(schema);
        statements.push_str(&format!(
            "GRANT USAGE ON SCHEMA {schema} TO querent_reader;\n\
             GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO querent_reader;\n\
             ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO querent_reader;\n"
        ));
    }
    statements.push_str("ALTER ROLE querent_reader SET default_transaction_read_only = on;");
    statements
}
