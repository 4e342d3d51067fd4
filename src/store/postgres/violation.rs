//! Which unique constraint a write that violates several is reported for.

use super::failure::Fault;
use super::session::Session;
use super::value::BorrowedRow;
use super::{TableEntry, Tables};
use crate::resource::ColumnType;
use crate::store::prepared::Statement;
use crate::store::statement::Statements;
use crate::store::violation::Violations;
use crate::store::{StoreError, Write};

/// Replaces the constraint of a unique violation by the first violated one, in the order of the declaration. PostgreSQL
/// reports whichever index it checked first.
///
/// It queries the database, so the failed transaction or savepoint must be rolled back before.
pub(super) async fn first_violation(
    session: &Session,
    tables: &Tables,
    write: &Write,
    fault: Fault,
) -> Fault {
    let Fault::Refused(StoreError::UniqueViolation { columns }) = fault else { return fault };
    let violation = |columns| Fault::Refused(StoreError::UniqueViolation { columns });
    let Ok(TableEntry { table, statements, .. }) = tables.get(write.table) else { return violation(columns) };
    // Who may not write such a row is told nothing of others.
    if let Some(refused) = refused(session, statements, write).await {
        return Fault::Refused(refused);
    }
    let violations = Violations::of(table, statements, write, &[], columns);
    for (columns, statement) in violations.before {
        // If the lookup fails, the constraint that PostgreSQL reported is kept.
        if finds_a_row(session, &statement).await == Some(true) {
            return violation(columns);
        }
    }
    violation(violations.reported)
}

/// Why the row would not have been permitted anyway. An error of the query counts as no reason.
async fn refused(session: &Session, statements: &Statements, write: &Write) -> Option<StoreError> {
    let (statement, checks) = statements.judged(write, &[]).ok()??;
    let prepared = session.prepare(&statement).await.ok()?;
    let rows = session.rows(&statement, prepared).await.ok()?;
    let row = rows.first()?;
    let types = vec![ColumnType::Boolean; row.len()];
    checks.refusal(&BorrowedRow::new(row, &types), 0).ok()?
}

async fn finds_a_row(session: &Session, statement: &Statement<'_>) -> Option<bool> {
    let prepared = session.prepare(statement).await.ok()?;
    Some(!session.rows(statement, prepared).await.ok()?.is_empty())
}
