//! Which of several values that are taken is told.

use super::failure::Fault;
use super::session::Session;
use super::{Known, Tables};
use crate::store::{Action, StoreError, Write};
use crate::value::Value;

/// PostgreSQL tells the index that it came to first; what is told is the first column in the order of the
/// declaration. To be asked where the transaction, or its savepoint, was rolled back.
pub(super) async fn first_taken(session: &Session, tables: &Tables, write: &Write, fault: Fault) -> Fault {
    let Fault::Refused(StoreError::UniqueViolation { column }) = fault else { return fault };
    let Ok(known) = tables.get(write.table) else { return fault };
    let mut before: Vec<(usize, &Value)> = write
        .given()
        .filter(|(other, value)| *other < column && known.is_apart(*other) && **value != Value::Null)
        .collect();
    before.sort_by_key(|(column, _)| *column);
    for (other, value) in before {
        // A value that cannot be looked up is not told.
        if is_taken(session, known, write, other, value).await == Some(true) {
            return Fault::Refused(StoreError::UniqueViolation { column: other });
        }
    }
    fault
}

async fn is_taken(
    session: &Session,
    known: &Known,
    write: &Write,
    column: usize,
    value: &Value,
) -> Option<bool> {
    // A row that is changed may keep its value.
    let own = match write.action {
        Action::Insert { .. } => None,
        _ => write.key(known.table.key),
    };
    let statement = known.statements.taken(column, value, own).ok()?;
    let prepared = session.prepare(&statement).await.ok()?;
    Some(!session.rows(&statement, prepared).await.ok()?.is_empty())
}
