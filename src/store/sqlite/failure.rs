//! What SQLite's errors mean to whoever asked.

use std::fs::OpenOptions;
use std::path::Path;

use rusqlite::{Error, ErrorCode, ffi};

use super::connection::Database;
use super::files::takes_files;
use crate::resource::{DecodeError, Table};
use crate::store::{OpenError, StoreError};

/// What an error means that no table is to blame for.
pub(super) fn store_error(error: &Error) -> StoreError {
    let Some(code) = error.sqlite_error_code() else {
        return StoreError::Internal(format!("SQLite: {error}"));
    };
    match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            StoreError::Unavailable("another process holds the database".to_owned())
        }
        ErrorCode::DiskFull => StoreError::Unavailable("the disk is full".to_owned()),
        ErrorCode::OperationInterrupted => StoreError::Unavailable("the read took too long".to_owned()),
        ErrorCode::ReadOnly => StoreError::Unavailable(format!("the database cannot be written: {error}")),
        ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::OutOfMemory => {
            StoreError::Unavailable(format!("the database cannot be reached: {error}"))
        }
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
            StoreError::Internal(format!("the database is damaged: {error}"))
        }
        _ => StoreError::Internal(format!("SQLite: {error}")),
    }
}

/// What an error means that a statement on this table met.
pub(super) fn table_error(error: &Error, table: &Table) -> StoreError {
    if is_foreign_key(error) {
        return StoreError::Reference { column: None };
    }
    match taken(error, table) {
        Some(column) => StoreError::UniqueViolation { column },
        None => match store_error(error) {
            StoreError::Internal(why) => StoreError::Internal(format!("table `{}`: {why}", table.name)),
            other => other,
        },
    }
}

/// Whether a foreign key refused it.
pub(super) fn is_foreign_key(error: &Error) -> bool {
    matches!(error, Error::SqliteFailure(code, _) if code.extended_code == ffi::SQLITE_CONSTRAINT_FOREIGNKEY)
}

/// A row of this table that does not mean what it should.
pub(super) fn decode_error(decode_error: &DecodeError, table: &Table) -> StoreError {
    StoreError::Internal(format!("table `{}`: {decode_error}", table.name))
}

/// Why a database could not be opened, for whoever launches.
pub(super) fn unopened(database: &Database, error: &Error) -> OpenError {
    let why = match (error.sqlite_error_code(), database.path()) {
        (Some(ErrorCode::NotADatabase), _) => "the file is not a SQLite database".to_owned(),
        (Some(ErrorCode::DatabaseBusy), _) => "another process holds it".to_owned(),
        (Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly), Some(path)) => {
            unwritable(path).unwrap_or_else(|| {
                format!("its folder does not take the files beside it, `-wal` and `-shm`: {error}")
            })
        }
        _ => error.to_string(),
    };
    OpenError(format!("{database} cannot be opened: {why}"))
}

/// Refuses a file whose folder is not there, or does not take files; SQLite would tell only once it makes one.
pub(super) fn without_folder(database: &Database, path: &Path) -> Result<(), OpenError> {
    // It stands beside what a link leads to.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let Some(folder) = path.parent() else { return Ok(()) };
    let why = match takes_files(folder, &path) {
        _ if !folder.is_dir() => format!("there is no folder {}", folder.display()),
        Err(error) => unwritable_folder(folder, &error),
        Ok(()) => return Ok(()),
    };
    Err(OpenError(format!("{database} cannot be opened: {why}")))
}

fn unwritable_folder(folder: &Path, error: &std::io::Error) -> String {
    format!(
        "its folder {} takes no files: {error}; SQLite keeps `-wal` and `-shm` beside the file, so the user that the \
         program runs as has to be let write there",
        folder.display()
    )
}

/// Why this file cannot be written; SQLite only says that it cannot.
fn unwritable(path: &Path) -> Option<String> {
    if path.is_dir() {
        return Some("it is a folder".to_owned());
    }
    match path.parent() {
        Some(folder) if !folder.is_dir() => Some(format!("there is no folder {}", folder.display())),
        _ => {
            // What the system says; a file that this makes would have been made anyway.
            let made = OpenOptions::new().write(true).create(true).truncate(false).open(path);
            made.err().map(|error| {
                format!(
                    "{} cannot be written: {error}; the user that the program runs as has to be let write it, and its \
                     folder too",
                    path.display()
                )
            })
        }
    }
}

/// The column whose value another row has. SQLite says it in its text alone: `UNIQUE constraint
/// failed: t.a, t.b`; of an index that is not of columns only it says the name, and crewed makes none such.
fn taken(error: &Error, table: &Table) -> Option<usize> {
    let Error::SqliteFailure(code, Some(text)) = error else { return None };
    let unique =
        [ffi::SQLITE_CONSTRAINT_UNIQUE, ffi::SQLITE_CONSTRAINT_PRIMARYKEY, ffi::SQLITE_CONSTRAINT_ROWID];
    if !unique.contains(&code.extended_code) {
        return None;
    }
    let what = text.split_once(": ")?.1;
    // Names may hold any character, so they are looked for, not split.
    let columns = what.get(table.name.len()..)?.strip_prefix('.')?;
    // By the letters that the table was made with.
    let starts = |name: &str| {
        columns.split_at_checked(name.len()).is_some_and(|(first, rest)| {
            first.eq_ignore_ascii_case(name) && (rest.is_empty() || rest.starts_with(", "))
        })
    };
    table.columns.iter().position(|column| starts(column.name))
}
