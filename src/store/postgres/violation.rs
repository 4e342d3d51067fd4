//! Which column a write that violates several unique constraints is reported for.

use super::failure::Fault;
use super::session::Session;
use super::{TableEntry, Tables};
use crate::store::{Action, StoreError, Write};
use crate::value::Value;

/// Replaces the column of a unique violation by the first one, in the order of the declaration, whose value another row
/// has. PostgreSQL reports whichever index it checked first, so that the answers of the two engines would differ.
///
/// It queries the database, so the failed transaction or savepoint must be rolled back before.
pub(super) async fn first_violation(
    session: &Session,
    tables: &Tables,
    write: &Write,
    fault: Fault,
) -> Fault {
    let Fault::Refused(StoreError::UniqueViolation { column }) = fault else { return fault };
    let Ok(entry) = tables.get(write.table) else { return fault };
    let mut before: Vec<(usize, &Value)> = write
        .given()
        .filter(|(other, value)| *other < column && entry.is_unique(*other) && **value != Value::Null)
        .collect();
    before.sort_by_key(|(column, _)| *column);
    for (other, value) in before {
        // If the lookup fails, the column that PostgreSQL reported is kept.
        if is_taken(session, entry, write, other, value).await == Some(true) {
            return Fault::Refused(StoreError::UniqueViolation { column: other });
        }
    }
    fault
}

async fn is_taken(
    session: &Session,
    entry: &TableEntry,
    write: &Write,
    column: usize,
    value: &Value,
) -> Option<bool> {
    // A row that is updated does not conflict with itself.
    let own = match write.action {
        Action::Insert { .. } => None,
        _ => write.key(entry.table.key),
    };
    let statement = entry.statements.conflicting_row(column, value, own).ok()?;
    let prepared = session.prepare(&statement).await.ok()?;
    Some(!session.rows(&statement, prepared).await.ok()?.is_empty())
}
