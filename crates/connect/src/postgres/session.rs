//! One PostgreSQL session: how it is opened, pinned, cancelled and made clean again.

use super::types;
use crate::{ConnectError, ConnectOptions, address::Address, classify, error::position_of};
use model::{
    catalog::ValueKind,
    connection::{Target, TlsMode},
    result::ResultColumn,
};
use sqlx::{
    AssertSqlSafe, Column, ConnectOptions as _, Connection, Executor, Row, SqlSafeStr,
    Statement as _, ValueRef,
    postgres::{
        PgConnectOptions, PgConnection, PgDatabaseError, PgErrorPosition, PgRow, PgSslMode,
    },
};
use std::{collections::HashMap, time::Duration};

const CONNECT: Duration = Duration::from_secs(10);
/// Longer waits for a lock are somebody's migration; better to say so than to queue up behind it.
const LOCK: Duration = Duration::from_secs(5);
/// The most memory, in kB, that one sort or hash of a statement takes before it goes to disk.
const WORK_KB: u32 = 65_536;
/// The most disk that one statement's temporary files may take.
const TEMP_FILES: &str = "4GB";
/// The first version that notices a vanished client while a statement runs.
const CHECKS_CLIENT: u32 = 140_000;

/// Opens sessions with one account on one server.
pub(crate) struct Opener {
    pub(crate) address: Address,
    options: PgConnectOptions,
    verify_name: bool,
    timeout: Duration,
    schemas: Vec<String>,
}

impl Opener {
    pub(crate) fn new(address: Address, options: &ConnectOptions) -> Result<Self, ConnectError> {
        let Target::Server { database, user, password, tls, .. } = &options.target else {
            return Err(ConnectError::Closed);
        };
        classify::check_certificates(tls)?;
        let mode = match tls.mode {
            TlsMode::Off => PgSslMode::Disable,
            TlsMode::Prefer => PgSslMode::Prefer,
            TlsMode::Require => PgSslMode::Require,
            TlsMode::VerifyCa => PgSslMode::VerifyCa,
            TlsMode::VerifyFull => PgSslMode::VerifyFull,
        };
        // An empty password, so that this process's PGPASSWORD never goes to somebody's server.
        let mut driver = PgConnectOptions::new_without_pgpass()
            .port(address.port)
            .username(user)
            .password(password.as_deref().unwrap_or_default())
            .database(database)
            .application_name(&options.application)
            .extra_float_digits(None)
            .ssl_mode(mode)
            .disable_statement_logging();
        if let Some(ca) = &tls.ca {
            driver = driver.ssl_root_cert_from_pem(ca.clone().into_bytes());
        }
        if let (Some(certificate), Some(key)) = (&tls.certificate, &tls.key) {
            driver = driver.ssl_client_cert_from_pem(certificate).ssl_client_key_from_pem(key);
        }
        Ok(Self {
            address,
            options: driver,
            verify_name: tls.mode == TlsMode::VerifyFull,
            timeout: Duration::from_millis(options.limits.timeout_ms),
            schemas: options.schemas.clone(),
        })
    }

    /// A pinned, read-only session.
    pub(crate) async fn open(&self) -> Result<Session, ConnectError> {
        let connection = self.connect().await?;
        let mut session = Session {
            connection,
            backend: Backend::default(),
            timeout: self.timeout,
            schemas: self.schemas.clone(),
            prepared: false,
        };
        session.pin().await?;
        Ok(session)
    }

    /// A bare connection. The name is resolved once and its addresses are what gets connected;
    /// only where the certificate must name the host does the driver see the name, and there the
    /// certificate settles who answers.
    async fn connect(&self) -> Result<PgConnection, ConnectError> {
        let place = self.address.place();
        let mut failure = None;
        for address in self.address.resolve().await? {
            let host =
                if self.verify_name { self.address.host.clone() } else { address.to_string() };
            let options = self.options.clone().host(&host);
            match tokio::time::timeout(CONNECT, options.connect()).await {
                Ok(Ok(connection)) => return Ok(connection),
                Ok(Err(error)) => failure = Some(connecting(&place, &error)),
                Err(_) => {
                    failure =
                        Some(ConnectError::ConnectTimeout { place: place.clone(), after: CONNECT });
                }
            }
            let next_may_do = matches!(
                failure,
                Some(ConnectError::Refused { .. } | ConnectError::Unreachable { .. })
            );
            if !next_may_do {
                break;
            }
        }
        Err(failure.unwrap_or(ConnectError::Refused { place }))
    }

    /// Ends what `backend` is running, from a session of its own.
    pub(crate) async fn cancel(&self, backend: &Backend) -> Result<(), ConnectError> {
        let mut connection = self.connect().await?;
        // The start time makes sure that the number was not given to somebody else meanwhile.
        let sql = format!(
            "SELECT pg_cancel_backend(pid) FROM pg_catalog.pg_stat_activity \
             WHERE pid = {} AND backend_start = '{}'",
            backend.pid, backend.started
        );
        let done = connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await;
        let _ = connection.close().await;
        done.map(|_| ()).map_err(|error| failure(&error, "", 0))
    }
}

/// Which server process serves a session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Backend {
    pid: i32,
    /// Digits and punctuation only, as PostgreSQL prints a timestamp.
    started: String,
}

pub(crate) struct Session {
    pub(crate) connection: PgConnection,
    pub(crate) backend: Backend,
    /// The `statement_timeout` in force.
    timeout: Duration,
    /// The only schemas that are read; empty: all.
    schemas: Vec<String>,
    /// A statement was prepared and not yet forgotten.
    prepared: bool,
}

impl Session {
    /// Sets everything that changes what a statement may do or how its text is read.
    async fn pin(&mut self) -> Result<(), ConnectError> {
        let watches = self.connection.server_version_num().unwrap_or_default() >= CHECKS_CLIENT;
        let client_check =
            if watches { "SET client_connection_check_interval = '1s'; " } else { "" };
        let sql = format!(
            "SET default_transaction_read_only = on; SET standard_conforming_strings = on; \
             SET client_encoding = 'UTF8'; SET bytea_output = 'hex'; SET DateStyle = 'ISO, MDY'; \
             SET statement_timeout = {}; SET lock_timeout = {}; \
             SET idle_in_transaction_session_timeout = '60s'; {client_check}\
             SELECT pg_catalog.set_config('work_mem', '{WORK_KB}', false) \
             FROM pg_catalog.pg_settings WHERE name = 'work_mem' AND setting::bigint > {WORK_KB}; \
             {}\
             SELECT pid, backend_start FROM pg_catalog.pg_stat_activity \
             WHERE pid = pg_catalog.pg_backend_pid()",
            self.timeout.as_millis(),
            LOCK.as_millis(),
            self.search_path(),
        );
        let rows = self.rows(&sql).await?;
        let row = rows.last().ok_or_else(|| ConnectError::Protocol {
            message: "the server does not tell its process".to_owned(),
        })?;
        self.backend = Backend {
            pid: text(row, 0).unwrap_or_default().parse().unwrap_or_default(),
            started: text(row, 1).unwrap_or_default().replace('\'', ""),
        };
        self.limit_files().await
    }

    /// Where only some schemas are read, functions and operators of the others are out of reach of
    /// plain names too: nobody has looked at them.
    fn search_path(&self) -> String {
        if self.schemas.is_empty() {
            return String::new();
        }
        let names: Vec<_> =
            self.schemas.iter().map(|name| format!("'{}'", name.replace('\'', "''"))).collect();
        format!(
            "SELECT pg_catalog.set_config('search_path', coalesce((\
             SELECT pg_catalog.string_agg(pg_catalog.quote_ident(p.s), ', ' ORDER BY p.n) \
             FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) WITH ORDINALITY AS p (s, n) \
             WHERE p.s OPERATOR(pg_catalog.=) ANY (ARRAY[{}]::name[])), ''), false); ",
            names.join(", ")
        )
    }

    /// Keeps sorts and joins from filling the server's disk, where the account may set that.
    async fn limit_files(&mut self) -> Result<(), ConnectError> {
        let sql = format!("SET temp_file_limit = '{TEMP_FILES}'");
        match self.run(&sql).await {
            // Superusers, and those who were granted it (15): the server's own limit stays.
            Err(ConnectError::Statement { .. } | ConnectError::MissingRights { .. }) => Ok(()),
            done => done,
        }
    }

    /// All rows of statements of our own, values as text.
    pub(crate) async fn rows(&mut self, sql: &str) -> Result<Vec<PgRow>, ConnectError> {
        sqlx::raw_sql(AssertSqlSafe(sql))
            .fetch_all(&mut self.connection)
            .await
            .map_err(|error| failure(&error, sql, 0))
    }

    /// Runs a statement of our own.
    pub(crate) async fn run(&mut self, sql: &str) -> Result<(), ConnectError> {
        self.connection
            .execute(sqlx::raw_sql(AssertSqlSafe(sql)))
            .await
            .map(|_| ())
            .map_err(|error| failure(&error, sql, 0))
    }

    /// Has the server accept the text as exactly one statement, by preparing it.
    pub(crate) async fn accept(&mut self, sql: &str) -> Result<Vec<ResultColumn>, ConnectError> {
        self.prepared = true;
        let prepared = (&mut self.connection).prepare(AssertSqlSafe(sql).into_sql_str()).await;
        let columns: Vec<ResultColumn> = match prepared {
            Ok(statement) => statement
                .columns()
                .iter()
                .map(|column| {
                    let (type_name, kind) = types::shown(column.type_info());
                    ResultColumn { name: column.name().to_owned(), type_name, kind, mask: None }
                })
                .collect(),
            // The server has accepted it; it is the driver that does not know one of the types
            // (sqlx 0.9: multiranges).
            Err(sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)) => {
                self.describe(sql).await?
            }
            Err(error) => return Err(failure(&error, sql, 0)),
        };
        if columns.is_empty() {
            return Err(ConnectError::Statement {
                message: "the statement gives no columns".to_owned(),
                code: None,
                hint: Some("Only statements that give rows can be read.".to_owned()),
                position: None,
            });
        }
        Ok(columns)
    }

    /// The columns of an accepted statement: a row of NULLs has them all, and the planner drops
    /// what is joined on a condition that is never true.
    async fn describe(&mut self, sql: &str) -> Result<Vec<ResultColumn>, ConnectError> {
        let one = format!("SELECT q.* FROM (VALUES (1)) AS v LEFT JOIN (\n{sql}\n) AS q ON false");
        let rows = self.rows(&one).await?;
        let columns = rows.first().map(|row| row.columns()).unwrap_or_default();
        let oids: Vec<u32> =
            columns.iter().map(|column| column.type_info().oid().map_or(0, |oid| oid.0)).collect();
        let list: Vec<String> = oids.iter().map(u32::to_string).collect();
        let named = self
            .rows(&format!(
                "SELECT t.oid, format_type(t.oid, NULL), t.typtype, t.typcategory \
                 FROM pg_catalog.pg_type AS t WHERE t.oid IN ({})",
                list.join(", ")
            ))
            .await?;
        let types: HashMap<u32, (String, ValueKind)> = named
            .iter()
            .filter_map(|row| {
                let oid = text(row, 0)?.parse().ok()?;
                Some((
                    oid,
                    (text(row, 1)?.to_owned(), types::kind(oid, text(row, 2)?, text(row, 3)?)),
                ))
            })
            .collect();
        // The driver has lost track of what it prepared.
        self.run("DEALLOCATE ALL").await?;
        Ok(columns
            .iter()
            .zip(oids)
            .map(|(column, oid)| {
                let (type_name, kind) = types.get(&oid).cloned().unwrap_or_default();
                ResultColumn { name: column.name().to_owned(), type_name, kind, mask: None }
            })
            .collect())
    }

    /// Drops prepared statements here and in the driver's cache, which would hide a changed table.
    pub(crate) async fn forget_statements(&mut self) -> Result<(), ConnectError> {
        if std::mem::take(&mut self.prepared) {
            self.connection
                .clear_cached_statements()
                .await
                .map_err(|error| failure(&error, "", 0))?;
        }
        Ok(())
    }

    /// Puts another time limit in force, if it is another.
    pub(crate) async fn limit_time(&mut self, timeout: Duration) -> Result<(), ConnectError> {
        if self.timeout != timeout {
            self.run(&format!("SET statement_timeout = {}", timeout.as_millis().max(1))).await?;
            self.timeout = timeout;
        }
        Ok(())
    }

    /// Says goodbye, so that the server does not log a broken line.
    pub(crate) async fn close(self) {
        let _ = self.connection.close().await;
    }

    /// Undoes whatever a statement may have left behind for the next person.
    pub(crate) async fn wash(&mut self) -> Result<(), ConnectError> {
        self.run("ROLLBACK").await?;
        self.run("DISCARD ALL").await?;
        self.pin().await
    }
}

/// A value of one of our own queries.
pub(crate) fn text(row: &PgRow, index: usize) -> Option<&str> {
    let value = row.try_get_raw(index).ok()?;
    if value.is_null() { None } else { value.as_str().ok() }
}

fn connecting(place: &str, error: &sqlx::Error) -> ConnectError {
    let Some(database) = error.as_database_error() else {
        return classify::connecting(place, error);
    };
    let message = database.message().to_owned();
    match database.code().as_deref().unwrap_or_default() {
        "28000" if message.contains("no encryption") || message.contains("SSL off") => {
            ConnectError::Tls { message }
        }
        "28P01" | "28000" => ConnectError::WrongPassword { message },
        "3D000" => ConnectError::UnknownDatabase { message },
        "42501" => ConnectError::MissingRights { message },
        "53300" => ConnectError::ServerFull { message },
        _ => ConnectError::Unreachable { place: place.to_owned(), message },
    }
}

/// The server's error in our words. `sql` is the statement as people know it and `before` how many
/// characters of ours stood before it in what was sent.
pub(crate) fn failure(error: &sqlx::Error, sql: &str, before: usize) -> ConnectError {
    let database =
        error.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>());
    let Some(database) = database else { return classify::talking(error) };
    let message = match database.detail() {
        Some(detail) => format!("{} ({})", database.message(), detail.trim_end_matches('.')),
        None => database.message().to_owned(),
    };
    let position = match database.position() {
        Some(PgErrorPosition::Original(at)) => {
            at.checked_sub(before + 1).map(|offset| position_of(sql, offset))
        }
        _ => None,
    };
    let statement = |hint: Option<String>| ConnectError::Statement {
        message: message.clone(),
        code: Some(database.code().to_owned()),
        hint,
        position,
    };
    match database.code() {
        "57014" => ConnectError::Cancelled,
        "57P01" | "57P02" | "57P03" | "57P05" | "25P03" => ConnectError::Lost { message },
        code if code.starts_with("08") => ConnectError::Lost { message },
        "42501" => ConnectError::MissingRights { message },
        "55P03" => statement(Some(
            "Somebody holds a lock on a table of this statement. Try again in a moment.".to_owned(),
        )),
        "25006" => statement(Some("Querent reads in read-only transactions.".to_owned())),
        _ => statement(database.hint().map(str::to_owned)),
    }
}
