//! Where a SQLite file may be, and how it is opened: read-only in every way SQLite has.

use crate::ConnectError;
use rusqlite::{
    Connection, OpenFlags,
    config::DbConfig,
    hooks::{AuthAction, AuthContext, Authorization},
    limits::Limit,
};
use std::{
    path::{Component, Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

/// Steps of SQLite's machine between two looks at the stop flag; a few of them take 0.1 ms.
const STEPS: i32 = 4_096;
/// A value larger than this is an error instead of an allocation.
const LARGEST_VALUE: i32 = 64 << 20;
/// Longer patterns of LIKE can take a time that nothing interrupts.
const LONGEST_PATTERN: i32 = 1_000;
/// How long a reader waits for a writer that holds the file.
const BUSY: Duration = Duration::from_secs(5);

/// A path below the configured directory, checked again at each opening.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    directory: PathBuf,
    inside: PathBuf,
}

impl Place {
    /// Refuses what leaves the directory by its spelling; symbolic links are looked at when the
    /// file is opened.
    pub(crate) fn new(directory: Option<&Path>, path: &str) -> Result<Self, ConnectError> {
        let directory = directory.ok_or_else(|| ConnectError::NotAllowed {
            reason: "this installation has no directory for SQLite files".to_owned(),
        })?;
        let inside = Path::new(path);
        let plain = inside.components().all(|part| matches!(part, Component::Normal(_)));
        if path.is_empty() || path.contains('\0') || !plain {
            return Err(outside(path));
        }
        Ok(Self { directory: directory.to_owned(), inside: inside.to_owned() })
    }

    /// The file's own path, symbolic links resolved, if it is below the directory.
    fn resolve(&self) -> Result<PathBuf, ConnectError> {
        let shown = self.inside.display().to_string();
        let missing = |error: std::io::Error| ConnectError::UnknownDatabase {
            message: format!("file '{shown}': {}", error.kind()),
        };
        let directory = self.directory.canonicalize().map_err(missing)?;
        let file = directory.join(&self.inside).canonicalize().map_err(missing)?;
        if !file.starts_with(&directory) {
            return Err(outside(&shown));
        }
        // Opening a pipe or a device would hang or do harm.
        if !file.metadata().map_err(missing)?.is_file() {
            return Err(ConnectError::UnknownDatabase {
                message: format!("'{shown}' is not a file"),
            });
        }
        Ok(file)
    }

    /// The database's name: the file's stem.
    pub(crate) fn name(&self) -> String {
        self.inside.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
    }

    pub(crate) fn shown(&self) -> String {
        self.inside.display().to_string()
    }
}

fn outside(path: &str) -> ConnectError {
    ConnectError::NotAllowed {
        reason: format!(
            "'{path}' is not a path inside this installation's directory for SQLite files"
        ),
    }
}

/// Why a running statement shall stop. The values of [`Session::flag`].
pub(crate) mod signal {
    pub(crate) const RUN: u8 = 0;
    pub(crate) const CANCELLED: u8 = 1;
    pub(crate) const DROPPED: u8 = 2;
    pub(crate) const TIMED_OUT: u8 = 3;
}

/// An open file. Used by one blocking thread at a time.
pub(crate) struct Session {
    pub(crate) database: Connection,
    /// Looked at by the progress handler: anything but `RUN` ends the statement.
    pub(crate) flag: Arc<AtomicU8>,
    file: PathBuf,
}

impl Session {
    pub(crate) fn open(place: &Place) -> Result<Self, ConnectError> {
        let file = place.resolve()?;
        let database = open_file(&file).map_err(|error| opening_failed(place, error))?;
        let flag = Arc::new(AtomicU8::new(signal::RUN));
        harden(&database, flag.clone()).map_err(|error| opening_failed(place, error))?;
        Ok(Self { database, flag, file })
    }

    /// Makes the session ready for the next statement.
    pub(crate) fn rearm(&mut self) {
        self.flag.store(signal::RUN, Ordering::Release);
    }

    /// Reads the file's header and schema; tells whether the file could be written.
    pub(crate) fn check(&self) -> Result<bool, ConnectError> {
        self.database
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))
            .map_err(|error| super::read::failure(&error, ""))?;
        Ok(self.file.metadata().is_ok_and(|data| !data.permissions().readonly()))
    }
}

fn open_file(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW
        | OpenFlags::SQLITE_OPEN_PRIVATE_CACHE;
    let database = Connection::open_with_flags(file, flags)?;
    let readable = database.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()));
    match readable {
        // A file in WAL mode in a directory that cannot be written: nobody else can have it open
        // for writing through this mount, so it may be read as if it never changed.
        Err(rusqlite::Error::SqliteFailure(error, _))
            if error.code == rusqlite::ErrorCode::CannotOpen
                && !with_suffix(file, "-wal").exists() =>
        {
            let uri = format!("file:{}?mode=ro&immutable=1", percent_encode(file));
            Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)
        }
        Err(error) => Err(error),
        Ok(()) => Ok(database),
    }
}

fn harden(database: &Connection, flag: Arc<AtomicU8>) -> rusqlite::Result<()> {
    database.busy_timeout(BUSY)?;
    database.pragma_update(None, "query_only", true)?;
    database.pragma_update(None, "cell_size_check", true)?;
    database.pragma_update(None, "cache_size", -8_000)?;
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    database.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    database.set_limit(Limit::SQLITE_LIMIT_LENGTH, LARGEST_VALUE)?;
    database.set_limit(Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, LONGEST_PATTERN)?;
    database.set_limit(Limit::SQLITE_LIMIT_WORKER_THREADS, 0)?;
    super::functions::add(database)?;
    database.set_prepared_statement_cache_capacity(64);
    database.progress_handler(STEPS, Some(move || flag.load(Ordering::Acquire) != signal::RUN))?;
    database.authorizer(Some(authorize))
}

/// Allows reading and nothing else, whatever the statement's text managed to say.
fn authorize(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => {
            Authorization::Allow
        }
        AuthAction::Function { function_name } if !is_harmful(function_name) => {
            Authorization::Allow
        }
        AuthAction::Pragma { pragma_name, pragma_value }
            if is_harmless(pragma_name, pragma_value) =>
        {
            Authorization::Allow
        }
        // An R-tree prepares the writing to its own tables when it is opened. Nothing runs of that: the
        // file is open for reading, and defensive mode keeps statements away from such tables.
        AuthAction::Insert { table_name }
        | AuthAction::Update { table_name, .. }
        | AuthAction::Delete { table_name }
            if is_inside_of_rtree(table_name) =>
        {
            Authorization::Allow
        }
        _ => Authorization::Deny,
    }
}

fn is_inside_of_rtree(table: &str) -> bool {
    ["_node", "_rowid", "_parent"].iter().any(|end| table.ends_with(end))
}

/// Functions that load code or reach outside the database file, where they exist at all.
fn is_harmful(function: &str) -> bool {
    const HARMFUL: [&str; 6] =
        ["load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "sqlite_log"];
    HARMFUL.iter().any(|name| function.eq_ignore_ascii_case(name))
}

/// PRAGMAs that only tell. Those with an argument look at a table or index; those without a
/// value read a setting.
fn is_harmless(name: &str, value: Option<&str>) -> bool {
    const ABOUT: [&str; 16] = [
        "integrity_check",
        "quick_check",
        "foreign_key_check",
        "table_info",
        "table_xinfo",
        "table_list",
        "index_list",
        "index_info",
        "index_xinfo",
        "foreign_key_list",
        "database_list",
        "collation_list",
        "function_list",
        "module_list",
        "pragma_list",
        "compile_options",
    ];
    const SETTINGS: [&str; 38] = [
        "cache_size",
        "max_page_count",
        "query_only",
        "recursive_triggers",
        "synchronous",
        "temp_store",
        "application_id",
        "auto_vacuum",
        "data_version",
        "encoding",
        "foreign_keys",
        "freelist_count",
        "journal_mode",
        "page_count",
        "page_size",
        "schema_version",
        "user_version",
        "busy_timeout",
        "locking_mode",
        "secure_delete",
        "read_uncommitted",
        "threads",
        "mmap_size",
        "legacy_alter_table",
        "automatic_index",
        "defer_foreign_keys",
        "wal_autocheckpoint",
        "trusted_schema",
        "hard_heap_limit",
        "soft_heap_limit",
        "analysis_limit",
        "cell_size_check",
        "fullfsync",
        "checkpoint_fullfsync",
        "ignore_check_constraints",
        "journal_size_limit",
        "reverse_unordered_selects",
        "cache_spill",
    ];
    let named = |list: &[&str]| list.iter().any(|known| name.eq_ignore_ascii_case(known));
    named(&ABOUT) || (value.is_none() && named(&SETTINGS))
}

fn opening_failed(place: &Place, error: rusqlite::Error) -> ConnectError {
    use rusqlite::ErrorCode::{CannotOpen, NotADatabase, PermissionDenied};
    let shown = place.shown();
    match error.sqlite_error_code() {
        Some(NotADatabase) => {
            ConnectError::Protocol { message: format!("'{shown}' is not a SQLite database") }
        }
        Some(PermissionDenied | CannotOpen) => ConnectError::MissingRights {
            message: format!("'{shown}' cannot be opened for reading"),
        },
        _ => super::read::failure(&error, ""),
    }
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The path as a URI needs it.
fn percent_encode(file: &Path) -> String {
    file.as_os_str().as_encoded_bytes().iter().fold(String::new(), |mut uri, byte| {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
        uri
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        let directory = Some(Path::new("data"));
        for path in ["", "/etc/passwd", "../x.db", "a/../../x.db", "./../x", "a\0b"] {
            assert!(Place::new(directory, path).is_err(), "{path:?}");
        }
        assert!(Place::new(None, "x.db").is_err());
        assert_eq!(Place::new(directory, "a/shop.db").unwrap().name(), "shop");
    }

    #[test]
    fn symbolic_links_do_not_leave() {
        let outside = tempfile::tempdir().unwrap();
        let inside = tempfile::tempdir().unwrap();
        let target = outside.path().join("secret.db");
        Connection::open(&target).unwrap().execute("CREATE TABLE t(a)", []).unwrap();
        std::os::unix::fs::symlink(&target, inside.path().join("link.db")).unwrap();
        std::os::unix::fs::symlink(outside.path(), inside.path().join("dir")).unwrap();
        for path in ["link.db", "dir/secret.db"] {
            let place = Place::new(Some(inside.path()), path).unwrap();
            assert!(matches!(place.resolve(), Err(ConnectError::NotAllowed { .. })), "{path}");
        }
    }

    #[test]
    fn uris_are_encoded() {
        assert_eq!(percent_encode(Path::new("/a b?c#d%e")), "/a%20b%3Fc%23d%25e");
    }
}
