//! Statements that give a table the declared key, or columns the declared properties other than their type (identity,
//! generated values), and keep its rows.

use super::guards::{checks, keep_all, lock, refuse};
use crate::resource::{Role, Table};
use crate::store::postgres::dialect::Postgres;
use crate::store::schema::{Edit, LiveColumn, LiveTable, Meaning, SchemaDialect};
use crate::store::sql::{self, Dialect, quoted, text_literal};

/// The statements, for a person to paste into `psql`, or `None` if the values of the key cannot be converted to the
/// declared type.
///
/// Anything else that prevents the change (duplicate or missing keys, foreign keys of other tables to the former key)
/// is left to PostgreSQL to report; the whole change is then rolled back.
pub(super) fn statements(
    table: &Table,
    live: &LiveTable,
    columns: &[(usize, &str)],
    edits: &[Edit],
    meanings: &[(String, String)],
) -> Option<Vec<String>> {
    let mut remake = Remake { table: quoted(&live.name), ..Remake::default() };
    remake.first.push(lock(&live.name));
    remake.first.extend(checks(&remake.table, edits));
    for (index, name) in columns {
        let found = live.columns.iter().find(|found| found.name == *name)?;
        let is_key = *index == table.key;
        let otherwise = match is_key {
            true => found.definition != sql::definition::<Postgres>(table, *index),
            false => !found.rest.is_empty(),
        };
        if otherwise {
            remake.column(found, table, *index)?;
        }
    }
    let (_, key) = columns.iter().find(|(index, _)| *index == table.key)?;
    let keys = live.columns.iter().filter(|column| column.rest.contains("PRIMARY KEY"));
    let keys: Vec<&str> = keys.map(|column| column.name.as_str()).collect();
    let mut statements = remake.first;
    let another = keys != [*key];
    if another {
        let former = live
            .key
            .iter()
            .map(|former| format!("ALTER TABLE {} DROP CONSTRAINT {}", remake.table, quoted(former)));
        statements.extend(former);
    }
    if edits.iter().any(Edit::alters) {
        statements.extend(Postgres::alter(live, edits).ok()?);
    }
    statements.extend(remake.moves);
    if another {
        statements.push(format!("ALTER TABLE {} ADD PRIMARY KEY ({})", remake.table, quoted(key)));
    }
    statements.extend(remake.last);
    statements.extend(keep_all(&live.name, meanings));
    Some(Postgres::whole(statements))
}

/// The statements in three phases.
#[derive(Default)]
struct Remake {
    table: String,
    /// Those that come before the former primary key is dropped.
    first: Vec<String>,
    /// Those that change the type of the key, while there is no primary key.
    moves: Vec<String>,
    /// Those that come after the new primary key is added.
    last: Vec<String>,
}

impl Remake {
    /// Adds the statements for one column, except those that make it the primary key.
    fn column(&mut self, found: &LiveColumn, table: &Table, index: usize) -> Option<()> {
        let column = &table.columns[index];
        let name = quoted(&found.name);
        let alter = format!("ALTER TABLE {} ALTER COLUMN {name}", self.table);
        let is_key = index == table.key;
        let counted = found.rest.contains("AS IDENTITY");
        let counts = is_key && matches!(column.role, Role::AutoIncrementKey);
        if found.computed {
            self.first.push(format!("{alter} DROP EXPRESSION"));
        }
        if counted && !counts {
            // The column counts either as an identity or by a default from a sequence.
            self.first.push(format!("{alter} DROP IDENTITY IF EXISTS"));
            self.first.push(format!("{alter} DROP DEFAULT"));
        }
        let (declared, kind) = (Meaning::of(column), Postgres::column_type(&column.kind));
        let moves = found.kind != *kind;
        let from = if moves { Postgres::assumed(&found.kind)? } else { declared.clone() };
        if is_key && moves {
            if found.default.is_some() && !counted {
                return None;
            }
            let cast = Postgres::cast(&name, &from, &declared);
            let value = match cast {
                Some(cast) if cast.assumes.is_some() => return None,
                Some(cast) => {
                    self.fits(&found.name, cast.fits.as_deref());
                    cast.value.unwrap_or_else(|| name.clone())
                }
                None if from.is_within(&declared) => name.clone(),
                None => return None,
            };
            let bare = kind.split(" COLLATE").next().unwrap_or_default();
            self.moves.push(format!("{alter} TYPE {kind} USING ({value})::{bare}"));
        }
        // A difference of type in a column other than the key is reported by the next comparison, after this change.
        let alike = std::mem::discriminant(&from) == std::mem::discriminant(&declared);
        if alike && (is_key || !moves) {
            self.fits(&found.name, declared.holds(&name).as_deref());
        }
        let sequence =
            format!("pg_get_serial_sequence({}, {})", text_literal(&self.table), text_literal(&found.name));
        if counts && !counted {
            if found.default.is_some() {
                self.first.push(format!("{alter} DROP DEFAULT"));
            }
            self.last.push(format!("{alter} ADD GENERATED BY DEFAULT AS IDENTITY"));
            self.last.push(format!(
                "PERFORM setval({sequence}, greatest(coalesce(max({name}), 0), 0) + 1, false) FROM {}",
                self.table
            ));
        }
        if counts && counted && moves {
            // Only a sequence that the column owns is widened; any other may be used elsewhere.
            self.last.push(format!(
                "EXECUTE coalesce('ALTER SEQUENCE ' || {sequence} || ' AS bigint', 'SELECT 1')"
            ));
        }
        Some(())
    }

    fn fits(&mut self, column: &str, fits: Option<&str>) {
        self.first.extend(fits.map(|fits| refuse(&self.table, column, fits)));
    }
}
