//! One MySQL or MariaDB session: how it is opened, pinned and cancelled.

use super::types;
use crate::{ConnectError, ConnectOptions, address::Address, classify, error::position_of};
use model::{
    connection::{Target, TlsMode},
    error::Position,
    result::ResultColumn,
};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection, Decode, Executor, Row, SqlSafeStr,
    Statement as _, ValueRef,
    mysql::{
        MySql, MySqlColumn, MySqlConnectOptions, MySqlConnection, MySqlDatabaseError, MySqlRow,
        MySqlSslMode,
    },
};
use std::time::Duration;

const CONNECT: Duration = Duration::from_secs(10);
/// Longer waits for a lock are somebody's migration.
const LOCK_SECONDS: u32 = 5;
/// The most memory that one session may take, in bytes.
const MEMORY: u64 = 1 << 30;
/// The largest temporary table that a statement may put on disk, in bytes.
const TEMP_TABLES: u64 = 4 << 30;

/// Parts of `sql_mode` that change what statements mean to their author and not how their text is
/// read. The server's choice of these stays; all others (`ANSI_QUOTES`, `NO_BACKSLASH_ESCAPES`,
/// `PIPES_AS_CONCAT`, `ORACLE` …) are off, since the guard reads text without them.
const KEPT_MODES: [&str; 11] = [
    "ALLOW_INVALID_DATES",
    "ERROR_FOR_DIVISION_BY_ZERO",
    "NO_AUTO_VALUE_ON_ZERO",
    "NO_ENGINE_SUBSTITUTION",
    "NO_UNSIGNED_SUBTRACTION",
    "NO_ZERO_DATE",
    "NO_ZERO_IN_DATE",
    "ONLY_FULL_GROUP_BY",
    "STRICT_ALL_TABLES",
    "STRICT_TRANS_TABLES",
    "TIME_ROUND_FRACTIONAL",
];

/// Opens sessions with one account on one server.
pub(crate) struct Opener {
    pub(crate) address: Address,
    options: MySqlConnectOptions,
    verify_name: bool,
    timeout: Duration,
}

impl Opener {
    pub(crate) fn new(address: Address, options: &ConnectOptions) -> Result<Self, ConnectError> {
        let Target::Server { database, user, password, tls, .. } = &options.target else {
            return Err(ConnectError::Closed);
        };
        classify::check_certificates(tls)?;
        let mode = match tls.mode {
            TlsMode::Off => MySqlSslMode::Disabled,
            TlsMode::Prefer => MySqlSslMode::Preferred,
            TlsMode::Require => MySqlSslMode::Required,
            TlsMode::VerifyCa => MySqlSslMode::VerifyCa,
            TlsMode::VerifyFull => MySqlSslMode::VerifyIdentity,
        };
        let mut driver = MySqlConnectOptions::new()
            .port(address.port)
            .username(user)
            .charset("utf8mb4")
            .pipes_as_concat(false)
            .no_engine_substitution(false)
            .timezone(None)
            .statement_cache_capacity(0)
            .ssl_mode(mode)
            .disable_statement_logging();
        if let Some(password) = password {
            driver = driver.password(password);
        }
        if !database.is_empty() {
            driver = driver.database(database);
        }
        if let Some(ca) = &tls.ca {
            driver = driver.ssl_ca_from_pem(ca.clone().into_bytes());
        }
        if let (Some(certificate), Some(key)) = (&tls.certificate, &tls.key) {
            driver = driver.ssl_client_cert_from_pem(certificate).ssl_client_key_from_pem(key);
        }
        Ok(Self {
            address,
            options: driver,
            verify_name: tls.mode == TlsMode::VerifyFull,
            timeout: Duration::from_millis(options.limits.timeout_ms),
        })
    }

    /// A pinned, read-only session.
    pub(crate) async fn open(&self) -> Result<Session, ConnectError> {
        let connection = self.connect().await?;
        let mut session = Session { connection, id: 0, mariadb: false, timeout: Duration::ZERO };
        session.pin(self.timeout).await?;
        Ok(session)
    }

    /// A bare connection; see the PostgreSQL one for why addresses are connected and not names.
    async fn connect(&self) -> Result<MySqlConnection, ConnectError> {
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

    /// Ends what session `id` is running, from a session of its own.
    pub(crate) async fn cancel(&self, id: u64) -> Result<(), ConnectError> {
        let mut connection = self.connect().await?;
        let done =
            connection.execute(sqlx::raw_sql(AssertSqlSafe(format!("KILL QUERY {id}")))).await;
        let _ = connection.close().await;
        match done.map(|_| ()).map_err(|error| failure(&error, "")) {
            // The session is gone already, and its statement with it.
            Err(ConnectError::Statement { code: Some(code), .. }) if code == "1094" => Ok(()),
            done => done,
        }
    }
}

pub(crate) struct Session {
    pub(crate) connection: MySqlConnection,
    /// The server's number for it.
    pub(crate) id: u64,
    pub(crate) mariadb: bool,
    /// The statement time limit in force.
    timeout: Duration,
}

impl Session {
    /// Sets everything that changes what a statement may do or how its text is read.
    async fn pin(&mut self, timeout: Duration) -> Result<(), ConnectError> {
        let rows = self.rows("SELECT CONNECTION_ID(), @@version, @@sql_mode").await?;
        let row = rows.first().ok_or_else(|| ConnectError::Protocol {
            message: "the server does not tell its version".to_owned(),
        })?;
        self.id = text(row, 0).and_then(|id| id.parse().ok()).unwrap_or_default();
        self.mariadb = text(row, 1).unwrap_or_default().contains("MariaDB");
        // Warnings quote values, and the next person's SHOW WARNINGS would list them: none are kept.
        let mode = kept_modes(&text(row, 2).unwrap_or_default());
        self.run(&format!(
            "SET SESSION sql_mode = '{mode}', autocommit = 1, max_error_count = 0, lock_wait_timeout = {LOCK_SECONDS}, \
             innodb_lock_wait_timeout = {LOCK_SECONDS}"
        ))
        .await?;
        self.run("SET SESSION TRANSACTION READ ONLY").await?;
        self.limit_memory().await?;
        self.limit_time(timeout).await
    }

    /// MariaDB: a statement that takes more memory or disk than this fails by itself. Servers that
    /// have no such variable, or keep it for others, keep their own limits.
    async fn limit_memory(&mut self) -> Result<(), ConnectError> {
        if !self.mariadb {
            return Ok(());
        }
        for (variable, bytes) in
            [("max_session_mem_used", MEMORY), ("tmp_disk_table_size", TEMP_TABLES)]
        {
            match self.run(&format!("SET SESSION {variable} = {bytes}")).await {
                Err(ConnectError::Statement { .. } | ConnectError::MissingRights { .. })
                | Ok(()) => {}
                failed => return failed,
            }
        }
        Ok(())
    }

    pub(crate) async fn limit_time(&mut self, timeout: Duration) -> Result<(), ConnectError> {
        if self.timeout == timeout {
            return Ok(());
        }
        let sql = if self.mariadb {
            format!("SET SESSION max_statement_time = {:.3}", timeout.as_secs_f64().max(0.001))
        } else {
            format!("SET SESSION max_execution_time = {}", timeout.as_millis().max(1))
        };
        match self.run(&sql).await {
            // An old server has no such limit: the one from outside remains.
            Err(ConnectError::Statement { code: Some(code), .. }) if code == "1193" => {}
            done => done?,
        }
        self.timeout = timeout;
        Ok(())
    }

    /// All rows of a statement of our own.
    pub(crate) async fn rows(&mut self, sql: &str) -> Result<Vec<MySqlRow>, ConnectError> {
        sqlx::raw_sql(AssertSqlSafe(sql))
            .fetch_all(&mut self.connection)
            .await
            .map_err(|error| failure(&error, sql))
    }

    /// Runs a statement of our own.
    pub(crate) async fn run(&mut self, sql: &str) -> Result<(), ConnectError> {
        self.connection
            .execute(sqlx::raw_sql(AssertSqlSafe(sql)))
            .await
            .map(|_| ())
            .map_err(|error| failure(&error, sql))
    }

    /// Has the server accept the text as exactly one statement, by preparing it: that protocol
    /// takes no second statement, whereas the text protocol of this driver does.
    pub(crate) async fn accept(&mut self, sql: &str) -> Result<Vec<ResultColumn>, ConnectError> {
        let statement = (&mut self.connection)
            .prepare(AssertSqlSafe(sql).into_sql_str())
            .await
            .map_err(|error| failure(&error, sql))?;
        Ok(columns(statement.columns()))
    }
}

pub(crate) fn columns(columns: &[MySqlColumn]) -> Vec<ResultColumn> {
    columns.iter().map(types::shown).collect()
}

/// A value of one of our own queries; the catalogue holds some texts as bytes.
pub(crate) fn text(row: &MySqlRow, index: usize) -> Option<String> {
    bytes(row, index).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
}

/// A value as the server sent it; `None`: NULL.
pub(crate) fn bytes(row: &MySqlRow, index: usize) -> Option<&[u8]> {
    let value = row.try_get_raw(index).ok()?;
    if value.is_null() { None } else { <&[u8] as Decode<'_, MySql>>::decode(value).ok() }
}

fn kept_modes(modes: &str) -> String {
    modes.split(',').filter(|mode| KEPT_MODES.contains(mode)).collect::<Vec<_>>().join(",")
}

fn number(error: &sqlx::Error) -> Option<(u16, &str)> {
    let database = error.as_database_error()?.try_downcast_ref::<MySqlDatabaseError>()?;
    Some((database.number(), database.message()))
}

fn connecting(place: &str, error: &sqlx::Error) -> ConnectError {
    let Some((number, message)) = number(error) else {
        return classify::connecting(place, error);
    };
    let message = message.to_owned();
    match number {
        1045 | 1698 | 1130 | 1251 | 1862 | 4151 => ConnectError::WrongPassword { message },
        1049 => ConnectError::UnknownDatabase { message },
        1044 | 1142 | 1227 => ConnectError::MissingRights { message },
        1040 | 1203 | 1226 => ConnectError::ServerFull { message },
        3159 => ConnectError::Tls { message },
        _ => ConnectError::Unreachable { place: place.to_owned(), message },
    }
}

/// The server's error in our words. `sql` is the statement as people know it.
pub(crate) fn failure(error: &sqlx::Error, sql: &str) -> ConnectError {
    let Some((number, message)) = number(error) else { return classify::talking(error) };
    let words = message.to_owned();
    let statement = |hint: Option<&str>| ConnectError::Statement {
        message: words.clone(),
        code: Some(number.to_string()),
        hint: hint.map(str::to_owned),
        position: position(message, sql),
    };
    match number {
        // Interrupted, by KILL QUERY or a time limit.
        1317 | 1969 | 3024 => ConnectError::Cancelled,
        1053 | 1077 | 1080 | 1152..=1161 | 1927 | 2006 | 2013 | 4031 => {
            ConnectError::Lost { message: words }
        }
        1044 | 1142 | 1143 | 1227 | 1370 => ConnectError::MissingRights { message: words },
        1205 => statement(Some(
            "Somebody holds a lock on a table of this statement. Try again in a moment.",
        )),
        1792 => statement(Some("Querent reads in read-only transactions.")),
        _ => statement(None),
    }
}

/// MySQL names a line and what stands there: `… near 'FORM t' at line 2`; or a column by name:
/// `Unknown column 'nope' in 'SELECT'`.
fn position(message: &str, sql: &str) -> Option<Position> {
    let quoted = |after: &str| {
        let rest = &message[message.find(after)? + after.len()..];
        Some(&rest[..rest.rfind("' ")?])
    };
    if let Some((_, line)) = message.rsplit_once("at line ") {
        let line: usize = line.trim().parse().ok()?;
        let start: usize = sql.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
        let near = quoted("near '").unwrap_or_default();
        let at = if near.is_empty() { sql.len() } else { start + sql.get(start..)?.find(near)? };
        return Some(position_of(sql, sql.get(..at)?.chars().count()));
    }
    let column = quoted("Unknown column '")?.split("' in").next()?;
    let name = column.rsplit('.').next()?;
    let at = sql.find(column).or_else(|| sql.find(name))?;
    Some(position_of(sql, sql[..at].chars().count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(message: &str, sql: &str, line: u32, column: u32) {
        assert_eq!(position(message, sql), Some(Position { line, column, length: 0 }), "{message}");
    }

    #[test]
    fn places() {
        let syntax =
            "You have an error in your SQL syntax; check the manual … near 'FORM t' at line 2";
        check(syntax, "SELECT a\nFORM t", 2, 1);
        check("Unknown column 't.nope' in 'SELECT'", "SELECT 1,\n t.nope FROM t", 2, 2);
        check("Unknown column 'nope' in 'field list'", "SELECT `nope` FROM t", 1, 9);
        assert_eq!(position("Table 'x.y' doesn't exist", "SELECT 1"), None);
    }

    #[test]
    fn modes() {
        let modes = "ANSI_QUOTES,STRICT_TRANS_TABLES,PIPES_AS_CONCAT,NO_ZERO_DATE,IGNORE_SPACE";
        assert_eq!(kept_modes(modes), "STRICT_TRANS_TABLES,NO_ZERO_DATE");
    }
}
