//! The migrations in `migrations/`, applied in order at start.
//!
//! One text serves both databases: it keeps to what SQLite and PostgreSQL read alike, and the one
//! type they do not share is spelt `bytes`. When nothing is to be done, this is a single SELECT.

use crate::{
    database::Engine,
    error::{During, StoreError},
};
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor, Row};

struct Migration {
    version: i64,
    sql: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, sql: include_str!("../../../migrations/0001_frame.sql") },
    Migration { version: 2, sql: include_str!("../../../migrations/0002_policies.sql") },
    Migration { version: 3, sql: include_str!("../../../migrations/0003_retention.sql") },
];

/// Any number that no other program on the same server uses for its own lock.
const POSTGRES_LOCK: i64 = 0x7175_6572_656e_7401;

pub(crate) async fn run(connection: &mut AnyConnection, engine: Engine) -> Result<(), StoreError> {
    // 1. Nothing to do is the usual case, and must cost nothing.
    let applied = applied(connection).await.unwrap_or_default();
    if check(&applied)? == MIGRATIONS.len() {
        return Ok(());
    }
    // 2. One process at a time: replicas start together.
    lock(connection, engine).await.during("wait for another process's migrations")?;
    let outcome = apply(connection, engine).await;
    unlock(connection, engine).await.during("end the migrations")?;
    outcome
}

async fn apply(connection: &mut AnyConnection, engine: Engine) -> Result<(), StoreError> {
    connection
        .execute(
            "CREATE TABLE IF NOT EXISTS querent_migrations \
             (version BIGINT PRIMARY KEY, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)",
        )
        .await
        .during("make the table of migrations")?;
    let done = check(&applied(connection).await.during("read the table of migrations")?)?;
    for migration in MIGRATIONS.get(done..).unwrap_or_default() {
        let failed = |source| StoreError::Migrate { version: migration.version, source };
        let mut transaction = connection.begin().await.map_err(failed)?;
        let sql = match engine {
            Engine::Sqlite => migration.sql.replace(" bytes", " BLOB"),
            Engine::Postgres => migration.sql.replace(" bytes", " BYTEA"),
        };
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *transaction).await.map_err(failed)?;
        sqlx::query("INSERT INTO querent_migrations VALUES ($1, $2, $3)")
            .bind(migration.version)
            .bind(checksum(migration.sql))
            .bind(crate::rows::now())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
    }
    Ok(())
}

async fn applied(connection: &mut AnyConnection) -> Result<Vec<(i64, String)>, sqlx::Error> {
    let rows = sqlx::query("SELECT version, checksum FROM querent_migrations ORDER BY version")
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// How many of the known migrations are applied.
fn check(applied: &[(i64, String)]) -> Result<usize, StoreError> {
    let known = MIGRATIONS.last().map_or(0, |m| m.version);
    for (version, sum) in applied {
        match MIGRATIONS.iter().find(|m| m.version == *version) {
            None => return Err(StoreError::Newer { found: *version, known }),
            Some(m) if checksum(m.sql) != *sum => {
                return Err(StoreError::Changed { version: *version });
            }
            Some(_) => {}
        }
    }
    Ok(applied.len())
}

fn checksum(sql: &str) -> String {
    crate::seal::hex(&Sha256::digest(sql))
}

async fn lock(connection: &mut AnyConnection, engine: Engine) -> Result<(), sqlx::Error> {
    if engine == Engine::Postgres {
        // `::text` because the function's own type, void, is not one that sqlx's Any knows everywhere.
        sqlx::query("SELECT pg_advisory_lock($1)::text")
            .bind(POSTGRES_LOCK)
            .execute(connection)
            .await?;
    }
    Ok(())
}

async fn unlock(connection: &mut AnyConnection, engine: Engine) -> Result<(), sqlx::Error> {
    if engine == Engine::Postgres {
        sqlx::query("SELECT pg_advisory_unlock($1)::text")
            .bind(POSTGRES_LOCK)
            .execute(connection)
            .await?;
    }
    Ok(())
}
