//! PostgreSQL's errors, by what follows from them: connect again, try again, or give up.

use std::error::Error as _;

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use super::{TableEntry, Tables};
use crate::resource::DecodeError;
use crate::store::written::Written;
use crate::store::{StoreError, Write};

/// Why a statement failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// The connection cannot be used any more. Nothing was written, unless it was lost during a commit.
    Lost(String),
    /// The server says nothing any more. To try again would be to wait again.
    Silent,
    /// The statement conflicted with another transaction, and may succeed if it is tried again.
    Contention(String),
    /// The statement would fail again.
    Refused(StoreError),
}

impl Fault {
    /// The fault of a statement that was not answered within the timeout.
    pub(super) fn no_answer() -> Self {
        Fault::Lost("there was no answer in time".to_owned())
    }

    /// Classifies the error of a statement on one table.
    pub(super) fn of(error: &Error, entry: &TableEntry) -> Self {
        match code(error) {
            Some(&SqlState::UNIQUE_VIOLATION) => {
                let constraint = error.as_db_error().and_then(|error| error.constraint());
                let columns = constraint.and_then(|name| entry.unique.get(name).cloned());
                // The index may have been created after the store was opened.
                match columns.or_else(|| columns_in_detail(error, entry)) {
                    Some(columns) => Fault::Refused(StoreError::UniqueViolation { columns }),
                    None => Fault::Refused(internal(error, entry)),
                }
            }
            Some(&SqlState::FOREIGN_KEY_VIOLATION) => {
                // PostgreSQL names the table with the foreign key, whichever side was written.
                let refers = error.as_db_error().and_then(|error| error.table()) == Some(entry.table.name);
                Fault::Refused(match refers {
                    true => StoreError::Reference {
                        column: columns_in_detail(error, entry).and_then(|columns| columns.first().copied()),
                    },
                    false => StoreError::Referenced,
                })
            }
            _ => match Fault::general(error) {
                Fault::Refused(StoreError::Internal(_)) => Fault::Refused(internal(error, entry)),
                fault => fault,
            },
        }
    }

    /// Classifies the error of a COMMIT: that of a deferred constraint, if it is one, in a transaction with these
    /// writes.
    pub(super) fn of_commit(error: &Error, tables: &Tables, written: &Written) -> Self {
        let table = error.as_db_error().and_then(|error| error.table());
        let violation = match code(error) {
            // PostgreSQL names the table with the foreign key, whichever side was written.
            Some(&SqlState::FOREIGN_KEY_VIOLATION) => written.violation(|kept| table == Some(kept)),
            Some(&SqlState::UNIQUE_VIOLATION) => {
                let entry = tables.0.iter().find(|entry| table == Some(entry.table.name));
                let columns = entry.and_then(|entry| columns_in_detail(error, entry));
                columns.map(|columns| StoreError::UniqueViolation { columns })
            }
            _ => None,
        };
        violation.map_or_else(|| Fault::general(error), Fault::Refused)
    }

    /// Classifies an error that does not depend on a table.
    pub(super) fn general(error: &Error) -> Self {
        let Some(code) = code(error) else {
            // The error comes from the client, not from the server. If the connection is intact, a value could not be
            // encoded.
            return match error.is_closed()
                || error.source().is_some_and(|source| source.is::<std::io::Error>())
            {
                true => Fault::Lost(error_text(error)),
                false => Fault::Refused(StoreError::Internal(format!("PostgreSQL: {}", error_text(error)))),
            };
        };
        let class = code.code().get(..2).unwrap_or_default();
        match *code {
            SqlState::T_R_SERIALIZATION_FAILURE
            | SqlState::T_R_DEADLOCK_DETECTED
            | SqlState::LOCK_NOT_AVAILABLE => Fault::Contention(error_text(error)),
            // The server shuts down or has become a standby, or a prepared statement is gone because a pooler switched
            // connections. A new connection helps in all of these cases.
            SqlState::ADMIN_SHUTDOWN
            | SqlState::CRASH_SHUTDOWN
            | SqlState::CANNOT_CONNECT_NOW
            | SqlState::READ_ONLY_SQL_TRANSACTION
            | SqlState::INVALID_SQL_STATEMENT_NAME => Fault::Lost(error_text(error)),
            SqlState::FEATURE_NOT_SUPPORTED if is_stale_plan(error) => Fault::Lost(error_text(error)),
            SqlState::QUERY_CANCELED => {
                Fault::Refused(StoreError::Unavailable("the statement took too long".to_owned()))
            }
            SqlState::DISK_FULL => {
                Fault::Refused(StoreError::Unavailable("the disk of the database is full".to_owned()))
            }
            _ if class == "08" => Fault::Lost(error_text(error)),
            _ if class == "53" || class == "57" => Fault::Refused(StoreError::Unavailable(error_text(error))),
            SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => Fault::Refused(StoreError::Internal(
                format!("the database is damaged: {}", error_text(error)),
            )),
            _ => Fault::Refused(StoreError::Internal(format!("PostgreSQL: {}", error_text(error)))),
        }
    }
}

impl Fault {
    /// The same fault, as the error of this write.
    pub(super) fn of_write(self, write: &Write) -> Self {
        match self {
            Fault::Refused(error) => Fault::Refused(error.of(write)),
            fault => fault,
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Fault::Refused(error)
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Lost(why) => StoreError::Unavailable(format!("the connection is lost: {why}")),
            Fault::Silent => StoreError::Unavailable("PostgreSQL does not answer".to_owned()),
            Fault::Contention(why) => StoreError::Contention(format!("another transaction conflicts: {why}")),
            Fault::Refused(error) => error,
        }
    }
}

/// The error for a row of this table that cannot be decoded.
pub(super) fn decode_error(decode_error: &DecodeError, entry: &TableEntry) -> StoreError {
    StoreError::Internal(format!("table `{}`: {decode_error}", entry.table.name))
}

/// The message of an error, with its code or its cause.
pub(super) fn error_text(error: &Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(error), _) => format!("{} ({})", error.message(), error.code().code()),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}

/// The columns that the detail of an error names, up to the first that is not declared. In every language of its
/// messages PostgreSQL writes them as `(name, name)=(value, value)`.
fn columns_in_detail(error: &Error, entry: &TableEntry) -> Option<Vec<usize>> {
    let (_, mut names) = error.as_db_error()?.detail()?.split_once('(')?;
    let mut columns = Vec::new();
    // A name may contain any character, so the detail is compared with the known names and not split.
    let after = |names: &'_ str, name: &str| {
        let after = names.strip_prefix(name)?;
        (after.starts_with(")=(") || after.starts_with(", ")).then(|| names.len() - after.len())
    };
    let known = |names: &str| {
        let columns = entry.table.columns.iter().enumerate();
        columns.filter_map(|(i, column)| Some((i, after(names, column.name)?))).next()
    };
    while let Some((column, length)) = known(names) {
        columns.push(column);
        match names[length..].strip_prefix(", ") {
            Some(next) => names = next,
            None => break,
        }
    }
    (!columns.is_empty()).then_some(columns)
}

/// Whether a prepared statement failed because its table was changed after it was prepared. The code of this error is a
/// general one, so the routine of the server that raised it is checked too.
fn is_stale_plan(error: &Error) -> bool {
    let routine = error.as_db_error().and_then(tokio_postgres::error::DbError::routine);
    routine == Some("RevalidateCachedQuery")
}

fn internal(error: &Error, entry: &TableEntry) -> StoreError {
    StoreError::Internal(format!("table `{}`: PostgreSQL: {}", entry.table.name, error_text(error)))
}

fn code(error: &Error) -> Option<&SqlState> {
    error.as_db_error().map(tokio_postgres::error::DbError::code)
}
