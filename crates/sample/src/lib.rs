#![doc = include_str!("../README.md")]

mod calendar;
mod goods;
mod people;
mod random;
mod trade;
mod visits;
mod words;

use anyhow::{Context, Result};
use calendar::Calendar;
use rusqlite::{Connection, Statement};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Rows of all tables together.
pub const ROWS: usize = 200_000;

/// What was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    pub tables: u32,
    pub rows: u64,
    /// `YYYY-MM-DD` of the first day with orders.
    pub first_day: String,
    /// `YYYY-MM-DD`, the day that was given as today.
    pub last_day: String,
    /// Size of the file.
    pub bytes: u64,
    pub elapsed: Duration,
}

/// Builds the shop at `path`, replacing what is there; `today` is year, month, day.
///
/// # Errors
/// When `today` is no day, or the file cannot be written. Nothing is left at `path` then, and a file
/// that was there before stays as it was.
pub fn build(path: &Path, today: (i32, u8, u8)) -> Result<Summary> {
    let start = Instant::now();
    let calendar = Calendar::up_to(today)?;
    let partial = Partial::beside(path)?;
    let mut db = Connection::open(&partial.0)
        .with_context(|| format!("cannot create {}", partial.0.display()))?;
    // A killed build is thrown away whole, so nothing has to survive a crash until it is renamed.
    db.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; PRAGMA locking_mode = EXCLUSIVE;")?;
    let tables = fill(&mut db, &calendar).context("cannot fill the sample database")?;
    let rows = db.total_changes();
    db.execute_batch(include_str!("after.sql")).context("cannot index the sample database")?;
    db.close().map_err(|(_, error)| error)?;
    File::open(&partial.0)?.sync_all()?;
    fs::rename(&partial.0, path).with_context(|| format!("cannot create {}", path.display()))?;
    Ok(Summary {
        tables,
        rows,
        first_day: calendar.day(0).unwrap_or_default(),
        last_day: calendar.day(calendar.len() as i64 - 1).unwrap_or_default(),
        bytes: fs::metadata(path)?.len(),
        elapsed: start.elapsed(),
    })
}

fn fill(db: &mut Connection, calendar: &Calendar) -> Result<u32> {
    let shop = db.transaction()?;
    shop.execute_batch(include_str!("schema.sql"))?;
    let stores = people::stores(&shop, calendar)?;
    let staff = people::employees(&shop, calendar, &stores)?;
    let goods = goods::products(&shop, calendar)?;
    let campaigns = goods::campaigns(&shop, calendar)?;
    let customers = people::customers(&shop, calendar)?;
    goods::inventory(&shop, calendar, stores.len(), goods.len())?;
    trade::orders(&shop, calendar, &trade::Shop { staff, goods, campaigns, customers })?;
    // Visits fill up what is left, so that the total is always the same.
    let left = ROWS.saturating_sub(usize::try_from(shop.total_changes())?);
    visits::sessions(&shop, calendar, left)?;
    let tables = shop.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        [],
        |row| row.get(0),
    )?;
    shop.commit()?;
    Ok(tables)
}

/// `INSERT INTO table VALUES (?, …)` with so many columns.
fn insert<'db>(db: &'db Connection, table: &str, columns: usize) -> Result<Statement<'db>> {
    let marks = vec!["?"; columns].join(", ");
    Ok(db.prepare(&format!("INSERT INTO {table} VALUES ({marks})"))?)
}

/// An amount as the database keeps it.
fn euros(cents: i64) -> f64 {
    cents as f64 / 100.0
}

/// The unfinished file; removed again unless it was renamed into place.
struct Partial(PathBuf);

impl Partial {
    fn beside(path: &Path) -> Result<Self> {
        let name = path.file_name().context("the sample database needs a file name")?;
        if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot create {}", folder.display()))?;
        }
        let name = format!("{}.{}.partial", name.to_string_lossy(), std::process::id());
        let partial = Self(path.with_file_name(name));
        partial.remove();
        Ok(partial)
    }

    fn remove(&self) {
        // Nothing to do when it is not there, which is the usual case.
        let _ = fs::remove_file(&self.0);
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        self.remove();
    }
}
