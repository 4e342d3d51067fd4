//! Opens connections and configures them.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, Error, OpenFlags, Row, ffi};

use super::dialect::FOLD;
use super::files::make_private;
use super::options::Options;
use crate::resource::folded;
use crate::store::Durability;

/// The location of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Location {
    /// A file. SQLite keeps two more next to it while it is open, whose names end with `-wal` and `-shm`.
    File(PathBuf),
    /// Memory. The database ends with the store.
    Memory,
}

/// A database that connections can be opened to.
#[derive(Clone, Debug)]
pub(super) enum Database {
    /// An absolute path, which SQLite cannot mistake for a URI.
    File(PathBuf),
    /// The URI of a database in memory, by which several connections open the same one.
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

    /// Opens the first connection, which creates the file and may migrate. Another process may be migrating, which
    /// takes long if a table has many rows, so this connection waits for it longer than the configured timeout.
    pub(super) fn first(&self, options: &Options) -> rusqlite::Result<Connection> {
        if let Database::File(path) = self {
            make_private(path);
        }
        let mut first = self.writable(OpenFlags::SQLITE_OPEN_CREATE, options)?;
        first.busy_handler(Some(wait_for_other_process))?;
        Ok(first)
    }

    /// Opens a file that exists, with the settings of later connections.
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

    /// Configures the first connection as the writing one, with a write-ahead log and the declared durability.
    pub(super) fn writer(&self, first: Connection, options: &Options) -> rusqlite::Result<Connection> {
        if self.path().is_some() {
            use_write_ahead_log(&first)?;
            // SQLite opens the log at the next use of the database. Until then the log would belong to the readers alone,
            // and the last of them would delete it when it is closed.
            first.pragma_query_value(None, "schema_version", |_| Ok(()))?;
            let synchronous = match options.durability {
                Durability::Full => "FULL",
                Durability::Normal => "NORMAL",
            };
            first.pragma_update(None, "synchronous", synchronous)?;
            // A long read keeps the log from being reused, so that it grows. This truncates it afterwards.
            first.pragma_update(None, "journal_size_limit", 64 << 20)?;
        }
        set_cache_size(&first, options.writer_cache)?;
        first.busy_timeout(options.busy_timeout)?;
        Ok(first)
    }

    /// Opens a connection that only reads.
    pub(super) fn reader(&self, options: &Options) -> rusqlite::Result<Connection> {
        let connection = self.open(OpenFlags::empty(), options.busy_timeout)?;
        connection.pragma_update(None, "query_only", true)?;
        set_cache_size(&connection, options.reader_cache)?;
        Ok(connection)
    }

    fn open(&self, more: OpenFlags, busy_timeout: Duration) -> rusqlite::Result<Connection> {
        // Rust's ownership already ensures that one thread at a time uses a connection, so SQLite's own mutex is left
        // out.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
        let connection = match self {
            Database::File(path) => Connection::open_with_flags(path, flags),
            Database::Memory(uri) => {
                let flags = flags | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_URI;
                Connection::open_with_flags(uri, flags)
            }
        }?;
        connection.busy_timeout(busy_timeout)?;
        // An index may use it, as it has no effect and always the same result.
        let flags = FunctionFlags::SQLITE_UTF8
            | FunctionFlags::SQLITE_DETERMINISTIC
            | FunctionFlags::SQLITE_INNOCUOUS;
        connection.create_scalar_function(FOLD, 1, flags, |arguments| {
            arguments.get::<Option<String>>(0).map(|text| text.map(|text| folded(&text)))
        })?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
        // Without this, SQLite prepares the statement of a page anew whenever another limit is bound to it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        // Before the write-ahead log is enabled, SQLite commits by deleting a rollback journal. EXTRA also syncs the
        // folder after that.
        connection.pragma_update(None, "synchronous", "EXTRA")?;
        // On macOS a plain fsync does not reach the disk. On other systems these settings have no effect.
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

/// How often to wait for another process that has locked the database, and for how long each time: ten minutes in all.
const MAX_WAITS: i32 = 12_000;
const WAIT_TIME: Duration = Duration::from_millis(50);

/// A busy handler of SQLite's: waits once more, or returns `false` to give up after the last of `times` attempts.
fn wait_for_other_process(times: i32) -> bool {
    if times == 20 {
        log::warn!(
            "another process has locked the SQLite database, perhaps to migrate it; this one waits for at most ten \
             minutes"
        );
    }
    std::thread::sleep(WAIT_TIME);
    times < MAX_WAITS
}

fn use_write_ahead_log(connection: &Connection) -> rusqlite::Result<()> {
    let mode = |row: &Row<'_>| row.get::<_, String>(0);
    if connection.pragma_update_and_check(None, "journal_mode", "WAL", mode)? == "wal" {
        return Ok(());
    }
    Err(refused(ffi::SQLITE_CANTOPEN, "there can be no write-ahead log where it is"))
}

fn refused(code: i32, why: &str) -> Error {
    Error::SqliteFailure(ffi::Error::new(code), Some(why.to_owned()))
}

/// SQLite reads a negative size as KiB, and a positive one as a number of pages.
fn set_cache_size(connection: &Connection, kib: u32) -> rusqlite::Result<()> {
    connection.pragma_update(None, "cache_size", -i64::from(kib))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Otherwise the readers would delete the log when they are closed, before the writes that wait are made, and the
    /// file that then takes its place would count as somebody else's.
    #[test]
    fn the_writing_connection_has_the_log_open() {
        let folder = tempfile::tempdir().expect("a folder");
        let database = Database::at(Location::File(folder.path().join("a.db"))).expect("a name");
        let options = Options::default();
        let first = database.first(&options).expect("a connection");
        let writer = database.writer(first, &options).expect("a writer");
        let log = folder.path().join("a.db-wal");
        assert!(log.exists());
        drop(database.reader(&options).expect("a reader"));
        assert!(log.exists());
        writer.execute_batch("CREATE TABLE t (x)").expect("a table");
        assert!(fs::metadata(&log).expect("the log").len() > 0);
    }
}
