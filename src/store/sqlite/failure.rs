//! Maps SQLite's errors to those of a store.

use std::fs::OpenOptions;
use std::path::Path;

use rusqlite::{Error, ErrorCode, ffi};

use super::connection::Database;
use super::files::takes_files;
use crate::resource::{DecodeError, Table, TableColumn};
use crate::store::{OpenError, StoreError};

/// Maps an error that belongs to no table.
pub(super) fn store_error(error: &Error) -> StoreError {
    let Some(code) = error.sqlite_error_code() else {
        return StoreError::Internal(format!("SQLite: {error}"));
    };
    match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            StoreError::Unavailable("another process holds the database".to_owned())
        }
        ErrorCode::DiskFull => StoreError::Unavailable("the disk is full".to_owned()),
        ErrorCode::OperationInterrupted => StoreError::Unavailable("the statement took too long".to_owned()),
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

/// Maps the error of a statement on this table.
pub(super) fn table_error(error: &Error, table: &Table) -> StoreError {
    if is_foreign_key(error) {
        return StoreError::Reference { column: None };
    }
    match violated_columns(error, table) {
        Some(columns) => StoreError::UniqueViolation { columns },
        None => match store_error(error) {
            StoreError::Internal(why) => StoreError::Internal(format!("table `{}`: {why}", table.name)),
            other => other,
        },
    }
}

/// Whether an error is the violation of a foreign key.
pub(super) fn is_foreign_key(error: &Error) -> bool {
    matches!(error, Error::SqliteFailure(code, _) if code.extended_code == ffi::SQLITE_CONSTRAINT_FOREIGNKEY)
}

/// The error for a row of this table that cannot be decoded.
pub(super) fn decode_error(decode_error: &DecodeError, table: &Table) -> StoreError {
    StoreError::Internal(format!("table `{}`: {decode_error}", table.name))
}

/// The message for a database that could not be opened, for the person who starts the program.
pub(super) fn unopened(database: &Database, error: &Error) -> OpenError {
    let why = match (error.sqlite_error_code(), database.path()) {
        (Some(ErrorCode::NotADatabase), _) => "the file is not a SQLite database".to_owned(),
        (Some(ErrorCode::DatabaseBusy), _) => "another process holds it".to_owned(),
        (Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly), Some(path)) => unwritable(path)
            .unwrap_or_else(|| format!("the files `-wal` and `-shm` beside it cannot be created: {error}")),
        _ => error.to_string(),
    };
    OpenError(format!("{database} cannot be opened: {why}"))
}

/// Refuses a file whose folder does not exist or is not writable. SQLite would report that only when it creates a file,
/// which the examination must not do.
pub(super) fn without_folder(database: &Database, path: &Path) -> Result<(), OpenError> {
    // SQLite creates its other files in the folder of the link's target.
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
        "its folder {} is not writable: {error}; SQLite keeps `-wal` and `-shm` beside the file, so the user that the \
         program runs as needs the permission to write there",
        folder.display()
    )
}

/// The reason why a file cannot be written, or `None` if there is none. SQLite reports only that it cannot be.
fn unwritable(path: &Path) -> Option<String> {
    if path.is_dir() {
        return Some("it is a folder".to_owned());
    }
    match path.parent() {
        Some(folder) if !folder.is_dir() => Some(format!("there is no folder {}", folder.display())),
        _ => {
            // The system's error is more precise. If this creates the file, SQLite would have done so anyway.
            let made = OpenOptions::new().write(true).create(true).truncate(false).open(path);
            made.err().map(|error| {
                format!(
                    "{} cannot be written: {error}; the user that the program runs as needs the permission to write to \
                     it and to its folder",
                    path.display()
                )
            })
        }
    }
}

/// The columns whose values another row has, up to the first that is not declared. SQLite reports them only in the
/// message: `UNIQUE constraint failed: t.a, t.b`. For an index on an expression the message has the index's name
/// instead, but crewed creates no such index.
fn violated_columns(error: &Error, table: &Table) -> Option<Vec<usize>> {
    let Error::SqliteFailure(code, Some(text)) = error else { return None };
    let unique =
        [ffi::SQLITE_CONSTRAINT_UNIQUE, ffi::SQLITE_CONSTRAINT_PRIMARYKEY, ffi::SQLITE_CONSTRAINT_ROWID];
    if !unique.contains(&code.extended_code) {
        return None;
    }
    let mut rest = text.split_once(": ")?.1;
    let mut columns = Vec::new();
    // Names may contain any character, so the declared names are searched for in the text, which is not split.
    while let Some(name) = rest.get(table.name.len()..).and_then(|rest| rest.strip_prefix('.')) {
        // The message has the spelling of `CREATE TABLE`, whose case may differ from the declaration's.
        let after = |column: &TableColumn| {
            let (first, after) = name.split_at_checked(column.name.len())?;
            let ends = after.is_empty() || after.starts_with(", ");
            (first.eq_ignore_ascii_case(column.name) && ends).then_some(after)
        };
        let named = table.columns.iter().enumerate();
        let Some((column, after)) = named.filter_map(|(i, column)| Some((i, after(column)?))).next() else {
            break;
        };
        columns.push(column);
        rest = after.strip_prefix(", ").unwrap_or_default();
    }
    (!columns.is_empty()).then_some(columns)
}
