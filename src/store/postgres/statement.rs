//! What is read and written, as statements.

use super::session::{Ask, Fixed, Text};
use super::value::Bound;
use super::{Known, Tables};
use crate::resource::{Change, ColumnType};
use crate::store::{Read, StoreError, TableId, Write};
use crate::value::Value;

/// The limit and the offset of a page.
pub(super) type Bounds = [Value; 2];

/// PostgreSQL counts to 64 bits with a sign.
pub(super) fn bounds(read: &Read) -> Bounds {
    let bounded = |count: u64| Value::Integer(i64::try_from(count).unwrap_or(i64::MAX));
    match read {
        Read::One { .. } => [Value::Null, Value::Null],
        Read::Page { skip, limit, .. } => [bounded(*limit), bounded(*skip)],
    }
}

pub(super) fn of_read<'a>(
    tables: &'a Tables,
    read: &'a Read,
    bounds: &'a Bounds,
) -> Result<Ask<'a>, StoreError> {
    match read {
        Read::One { table, key } => Ok(Ask::of_key(*table, tables.get(*table)?, Fixed::One, key)),
        Read::Page { table, .. } => {
            let bounds = bounds.iter().map(|value| Bound { value, kind: ColumnType::Integer });
            Ok(Ask::fixed(*table, tables.get(*table)?, Fixed::Page, bounds.collect()))
        }
    }
}

/// What happens to a row, but for values that are made of stored ones, which are given. `free` does nothing
/// where a unique value is taken.
pub(super) fn of_write<'a>(
    tables: &'a Tables,
    write: &'a Write,
    made: &'a [(usize, Value)],
    free: bool,
) -> Result<Ask<'a>, StoreError> {
    match write {
        Write::Insert { table, values } => {
            insert(*table, tables.get(*table)?, if free { Fixed::InsertFree } else { Fixed::Insert }, values)
        }
        Write::Upsert { table, values } => insert(*table, tables.get(*table)?, Fixed::Put, values),
        Write::Update { table, key, changes } => update(*table, tables.get(*table)?, key, changes, made),
        Write::Delete { table, key } => Ok(Ask::of_key(*table, tables.get(*table)?, Fixed::Delete, key)),
    }
}

/// The stored values that new ones are made of, in the order of their columns, and the row held.
pub(super) fn stored<'a>(tables: &'a Tables, write: &'a Write) -> Result<Option<Ask<'a>>, StoreError> {
    let Write::Update { table, key, changes } = write else { return Ok(None) };
    let known = tables.get(*table)?;
    let columns: Vec<usize> = computed(changes).map(|(column, _)| column).collect();
    if columns.is_empty() {
        return Ok(None);
    }
    for column in &columns {
        known.column(*column)?;
    }
    let text = format!("{} FOR UPDATE", known.statements.stored(columns.into_iter()));
    Ok(Some(Ask { table: *table, text: Text::Made(text), parameters: vec![known.key(key)] }))
}

/// The key of the row that is written, where it is known beforehand.
pub(super) fn key<'a>(write: &'a Write, known: &Known) -> Option<&'a Value> {
    match write {
        Write::Update { key, .. } | Write::Delete { key, .. } => Some(key),
        Write::Insert { values, .. } | Write::Upsert { values, .. } => {
            values.iter().find(|(column, _)| *column == known.table.key).map(|(_, key)| key)
        }
    }
}

pub(super) fn computed(
    changes: &[(usize, Change)],
) -> impl Iterator<Item = (usize, &crate::resource::Compute)> {
    changes.iter().filter_map(|(column, change)| Some((*column, change.make()?)))
}

fn insert<'a>(
    table: TableId,
    known: &'a Known,
    fixed: Fixed,
    values: &'a [(usize, Value)],
) -> Result<Ask<'a>, StoreError> {
    let positions = &known.statements.insert_parameters;
    let given = positions.iter().enumerate().filter(|(_, position)| position.is_some());
    let nulls = given.map(|(column, _)| known.bound(column, &Value::Null));
    let mut parameters = nulls.collect::<Result<Vec<_>, _>>()?;
    for (column, value) in values {
        match positions.get(*column) {
            Some(Some(position)) => parameters[position - 1] = known.bound(*column, value)?,
            _ => return Err(known.no_column(*column)),
        }
    }
    Ok(Ask::fixed(table, known, fixed, parameters))
}

fn update<'a>(
    table: TableId,
    known: &'a Known,
    key: &'a Value,
    changes: &'a [(usize, Change)],
    made: &'a [(usize, Value)],
) -> Result<Ask<'a>, StoreError> {
    let set = changes.iter().filter_map(|(column, change)| match change {
        Change::Set(value) => Some((*column, value)),
        Change::Compute(_) | Change::Merge { .. } => None,
    });
    let mut values: Vec<(usize, &Value)> =
        set.chain(made.iter().map(|(column, value)| (*column, value))).collect();
    if values.is_empty() {
        return Ok(Ask::of_key(table, known, Fixed::One, key));
    }
    // One text for the same columns, however they were given.
    values.sort_by_key(|(column, _)| *column);
    let mut parameters =
        values.iter().map(|(column, value)| known.bound(*column, value)).collect::<Result<Vec<_>, _>>()?;
    parameters.push(known.key(key));
    let text = known.statements.update(values.iter().map(|(column, _)| *column));
    Ok(Ask { table, text: Text::Made(text), parameters })
}
