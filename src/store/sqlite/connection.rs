//! How connections are opened.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, Error, OpenFlags, Row, ffi};

use super::files::make_private;
use super::options::Options;
use crate::store::Durability;

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Location {
    /// In this file; `-wal` and `-shm` stand beside it while it is open.
    File(PathBuf),
    /// In memory, for as long as the store lives.
    Memory,
}

/// A database that connections can be opened to.
#[derive(Clone, Debug)]
pub(super) enum Database {
    /// A whole path, so that no name is taken for a URI.
    File(PathBuf),
    /// A database in memory that connections share by its name.
    Memory(String),
}

impl Database {
    pub(super) fn at(location: Location) -> std::io::Result<Self> {
        Ok(match location {
            Location::File(path) => Database::File(std::path::absolute(path)?),
            Location::Memory => {
                static COUNT: AtomicU64 = AtomicU64::new(0);
                let number = COUNT.fetch_add(1, Ordering::Relaxed);
                Database::Memory(format!("file:/crewed-{number}?vfs=memdb"))
            }
        })
    }

    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Database::File(path) => Some(path),
            Database::Memory(_) => None,
        }
    }

    /// The first connection, which makes the file and may change the schema. Another program may be doing the same, for
    /// as long as there are rows: it waits for that one.
    pub(super) fn first(&self, options: &Options) -> rusqlite::Result<Connection> {
        if let Database::File(path) = self {
            make_private(path);
        }
        let mut first = self.writable(OpenFlags::SQLITE_OPEN_CREATE, options)?;
        first.busy_handler(Some(waits))?;
        Ok(first)
    }

    /// A connection to a file that is there, as it will be used later.
    pub(super) fn existing(&self, options: &Options) -> rusqlite::Result<Connection> {
        self.writable(OpenFlags::empty(), options)
    }

    fn writable(&self, more: OpenFlags, options: &Options) -> rusqlite::Result<Connection> {
        let first = self.open(more, options.busy_timeout)?;
        if first.is_readonly("main")? {
            return Err(refused(ffi::SQLITE_READONLY, "it may not be written"));
        }
        Ok(first)
    }

    /// Makes the first connection the one that writes: write-ahead log, and every commit synced.
    pub(super) fn writer(&self, first: Connection, options: &Options) -> rusqlite::Result<Connection> {
        if self.path().is_some() {
            log_ahead(&first)?;
            let synchronous = match options.durability {
                Durability::Full => "FULL",
                Durability::Normal => "NORMAL",
            };
            first.pragma_update(None, "synchronous", synchronous)?;
            // A log that one long read made grow is cut again.
            first.pragma_update(None, "journal_size_limit", 64 << 20)?;
        }
        cache(&first, options.writer_cache)?;
        first.busy_timeout(options.busy_timeout)?;
        Ok(first)
    }

    /// A connection that reads.
    pub(super) fn reader(&self, options: &Options) -> rusqlite::Result<Connection> {
        let connection = self.open(OpenFlags::empty(), options.busy_timeout)?;
        connection.pragma_update(None, "query_only", true)?;
        cache(&connection, options.reader_cache)?;
        Ok(connection)
    }

    fn open(&self, more: OpenFlags, busy_timeout: Duration) -> rusqlite::Result<Connection> {
        // Each connection is used by one thread at a time, so SQLite need not lock it again.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
        let connection = match self {
            Database::File(path) => Connection::open_with_flags(path, flags),
            Database::Memory(uri) => {
                let flags = flags | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_URI;
                Connection::open_with_flags(uri, flags)
            }
        }?;
        connection.busy_timeout(busy_timeout)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
        // Else SQLite compiles a page's statement anew for each limit that is bound to it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        // Until the log is switched on there is a journal, whose removal is a commit: EXTRA syncs
        // that too.
        connection.pragma_update(None, "synchronous", "EXTRA")?;
        // Where fsync does not reach the disk (macOS); elsewhere this does nothing.
        connection.pragma_update(None, "fullfsync", true)?;
        connection.pragma_update(None, "checkpoint_fullfsync", true)?;
        Ok(connection)
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Database::File(path) => write!(f, "the SQLite database {}", path.display()),
            Database::Memory(_) => f.write_str("the SQLite database in memory"),
        }
    }
}

/// How often is waited for another process that holds the database, and how long each time: ten minutes in all.
const MOST_WAITS: i32 = 12_000;
const MOMENT: Duration = Duration::from_millis(50);

/// Waits a moment for another process, where it was waited so often before; or gives up.
fn waits(times: i32) -> bool {
    if times == 20 {
        log::warn!(
            "another process holds the SQLite database, perhaps to change its tables; this one waits for it, ten minutes \
             at most"
        );
    }
    std::thread::sleep(MOMENT);
    times < MOST_WAITS
}

fn log_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let mode = |row: &Row<'_>| row.get::<_, String>(0);
    if connection.pragma_update_and_check(None, "journal_mode", "WAL", mode)? == "wal" {
        return Ok(());
    }
    Err(refused(ffi::SQLITE_CANTOPEN, "there can be no write-ahead log where it is"))
}

fn refused(code: i32, why: &str) -> Error {
    Error::SqliteFailure(ffi::Error::new(code), Some(why.to_owned()))
}

/// A negative size is one in KiB.
fn cache(connection: &Connection, kib: u32) -> rusqlite::Result<()> {
    connection.pragma_update(None, "cache_size", -i64::from(kib))
}
