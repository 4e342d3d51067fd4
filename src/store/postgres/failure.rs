//! What PostgreSQL's errors mean to whoever asked.

use std::error::Error as _;

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use super::{Known, Tables};
use crate::resource::DecodeError;
use crate::store::written::Written;
use crate::store::{StoreError, Write};

/// Why a statement did not succeed.
#[derive(Debug)]
pub(super) enum Fault {
    /// The connection is of no use any more. Unless it was lost while a commit was under way, nothing
    /// was written.
    Lost(String),
    /// Another transaction was in the way; the same may succeed when it is tried again.
    Contention(String),
    /// The same would fail again.
    Refused(StoreError),
}

impl Fault {
    /// The server does not answer.
    pub(super) fn no_answer() -> Self {
        Fault::Lost("there was no answer in time".to_owned())
    }

    /// What a statement on this table met.
    pub(super) fn of(error: &Error, known: &Known) -> Self {
        match code(error) {
            Some(&SqlState::UNIQUE_VIOLATION) => {
                let constraint = error.as_db_error().and_then(|error| error.constraint());
                let column = constraint.and_then(|name| known.unique_column(name));
                // An index may be newer than the store.
                match column.or_else(|| column_told(error, known)) {
                    Some(column) => Fault::Refused(StoreError::UniqueViolation { column }),
                    None => Fault::Refused(internal(error, known)),
                }
            }
            Some(&SqlState::FOREIGN_KEY_VIOLATION) => {
                // The table that is told is the one that refers.
                let refers = error.as_db_error().and_then(|error| error.table()) == Some(known.table.name);
                Fault::Refused(match refers {
                    true => StoreError::Reference { column: column_told(error, known) },
                    false => StoreError::Referenced,
                })
            }
            _ => match Fault::general(error) {
                Fault::Refused(StoreError::Internal(_)) => Fault::Refused(internal(error, known)),
                fault => fault,
            },
        }
    }

    /// What the end of a transaction met that has written this: what a constraint put off until then.
    pub(super) fn of_commit(error: &Error, tables: &Tables, written: &Written) -> Self {
        let table = error.as_db_error().and_then(|error| error.table());
        let told = match code(error) {
            // The table that is told is the one that refers.
            Some(&SqlState::FOREIGN_KEY_VIOLATION) => written.broken(|kept| table == Some(kept)),
            Some(&SqlState::UNIQUE_VIOLATION) => {
                let known = tables.0.iter().find(|known| table == Some(known.table.name));
                let column = known.and_then(|known| column_told(error, known));
                column.map(|column| StoreError::UniqueViolation { column })
            }
            _ => None,
        };
        told.map_or_else(|| Fault::general(error), Fault::Refused)
    }

    /// What an error means that no table is to blame for.
    pub(super) fn general(error: &Error) -> Self {
        let Some(code) = code(error) else {
            // A value that could not be sent is no fault of the connection's.
            return match error.is_closed()
                || error.source().is_some_and(|source| source.is::<std::io::Error>())
            {
                true => Fault::Lost(said(error)),
                false => Fault::Refused(StoreError::Internal(format!("PostgreSQL: {}", said(error)))),
            };
        };
        let class = code.code().get(..2).unwrap_or_default();
        match *code {
            SqlState::T_R_SERIALIZATION_FAILURE
            | SqlState::T_R_DEADLOCK_DETECTED
            | SqlState::LOCK_NOT_AVAILABLE => Fault::Contention(said(error)),
            // A server that stops, or has become a standby; or a statement that a pooler or a change of
            // the schema has made unusable.
            SqlState::ADMIN_SHUTDOWN
            | SqlState::CRASH_SHUTDOWN
            | SqlState::CANNOT_CONNECT_NOW
            | SqlState::READ_ONLY_SQL_TRANSACTION
            | SqlState::INVALID_SQL_STATEMENT_NAME => Fault::Lost(said(error)),
            SqlState::FEATURE_NOT_SUPPORTED if is_stale_plan(error) => Fault::Lost(said(error)),
            SqlState::QUERY_CANCELED => {
                Fault::Refused(StoreError::Unavailable("the statement took too long".to_owned()))
            }
            SqlState::DISK_FULL => {
                Fault::Refused(StoreError::Unavailable("the disk of the database is full".to_owned()))
            }
            _ if class == "08" => Fault::Lost(said(error)),
            _ if class == "53" || class == "57" => Fault::Refused(StoreError::Unavailable(said(error))),
            SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => {
                Fault::Refused(StoreError::Internal(format!("the database is damaged: {}", said(error))))
            }
            _ => Fault::Refused(StoreError::Internal(format!("PostgreSQL: {}", said(error)))),
        }
    }
}

impl Fault {
    /// What it is to this write.
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
            Fault::Contention(why) => StoreError::Contention(format!("others are in the way: {why}")),
            Fault::Refused(error) => error,
        }
    }
}

/// A row of this table that does not mean what it should.
pub(super) fn decode_error(decode_error: &DecodeError, known: &Known) -> StoreError {
    StoreError::Internal(format!("table `{}`: {decode_error}", known.table.name))
}

/// The text of an error, with what it is about.
pub(super) fn said(error: &Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(error), _) => format!("{} ({})", error.message(), error.code().code()),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}

/// The column of a value that is at fault, or the first of several; in every language PostgreSQL tells it as
/// `(name)=(value)`.
fn column_told(error: &Error, known: &Known) -> Option<usize> {
    let (_, names) = error.as_db_error()?.detail()?.split_once('(')?;
    // Names may hold any character, so they are looked for, not split.
    let told = |name: &str| {
        names.strip_prefix(name).is_some_and(|rest| rest.starts_with(")=(") || rest.starts_with(", "))
    };
    known.table.columns.iter().position(|column| told(column.name))
}

/// Whether a prepared statement was made for a table that has changed since.
fn is_stale_plan(error: &Error) -> bool {
    let routine = error.as_db_error().and_then(tokio_postgres::error::DbError::routine);
    routine == Some("RevalidateCachedQuery")
}

fn internal(error: &Error, known: &Known) -> StoreError {
    StoreError::Internal(format!("table `{}`: PostgreSQL: {}", known.table.name, said(error)))
}

fn code(error: &Error) -> Option<&SqlState> {
    error.as_db_error().map(tokio_postgres::error::DbError::code)
}
