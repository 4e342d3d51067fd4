//! Which of several values that are taken is told.

use super::failure::Fault;
use super::session::{Ask, Session, Text};
use super::{Known, Tables, statement};
use crate::resource::Change;
use crate::store::{StoreError, Write};
use crate::value::Value;

/// PostgreSQL tells the index that it came to first; what is told is the first column in the order of the
/// declaration. To be asked where the transaction, or its savepoint, was rolled back.
pub(super) async fn first_taken(session: &Session, tables: &Tables, write: &Write, fault: Fault) -> Fault {
    let Fault::Refused(StoreError::UniqueViolation { column }) = fault else { return fault };
    let Ok(known) = tables.get(write.table()) else { return fault };
    let mut before: Vec<(usize, &Value)> = given(write)
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

/// The values that a write was given for columns.
fn given(write: &Write) -> impl Iterator<Item = (usize, &Value)> {
    let (values, changes) = match write {
        Write::Insert { values, .. } | Write::Upsert { values, .. } => (&**values, &[][..]),
        Write::Update { changes, .. } => (&[][..], &**changes),
        Write::Delete { .. } => (&[][..], &[][..]),
    };
    let set = changes.iter().filter_map(|(column, change)| match change {
        Change::Set(value) => Some((*column, value)),
        Change::Compute(_) | Change::Merge { .. } => None,
    });
    values.iter().map(|(column, value)| (*column, value)).chain(set)
}

async fn is_taken(
    session: &Session,
    known: &Known,
    write: &Write,
    column: usize,
    value: &Value,
) -> Option<bool> {
    // A row that is changed may keep its value.
    let own = match write {
        Write::Insert { .. } => None,
        write => statement::key(write, known),
    };
    let text = Text::Made(known.statements.taken(column, own.is_some()));
    let mut parameters = vec![known.bound(column, value).ok()?];
    parameters.extend(own.map(|key| known.key(key)));
    let ask = Ask { table: write.table(), text, parameters };
    let statement = session.prepare(&ask).await.ok()?;
    Some(!session.rows(&ask, statement).await.ok()?.is_empty())
}
