//! Rebuilds a table, as SQLite cannot change a column in place.
//!
//! SQLite's manual describes the procedure: create a table under another name, copy the rows, drop the old table,
//! rename the new one, and create its indexes and triggers again, all in one transaction.
//!
//! The same statements are also printed for a person to paste into the `sqlite3` shell. The shell goes on after a
//! statement has failed, and would commit what is left. So the pasted statements collect evidence that each of them
//! succeeded, and one at the end rolls everything back if some of it is missing.

use super::source::Source;
use crate::resource::{Role, Table};
use crate::store::schema::{Edit, LiveColumn, LiveTable, SchemaDialect, keep};
use crate::store::sql::{self, listed, quoted, text_literal};
use crate::store::sqlite::dialect::Sqlite;

/// Makes the shell wait for another process that writes.
pub(super) const SET_TIMEOUT: &str = "PRAGMA busy_timeout = 10000";

/// A temporary table whose NOT NULL constraint serves to roll back: an `INSERT OR ROLLBACK` of NULL ends the
/// transaction.
pub(super) const CREATE_GUARD: &str = "CREATE TEMP TABLE \"_crewed_guard\" (ok INTEGER NOT NULL)";
pub(super) const DROP_GUARD: &str = "DROP TABLE temp.\"_crewed_guard\"";

/// The rebuild of one table.
#[derive(Debug)]
pub(super) struct Rebuild<'a> {
    live: &'a LiveTable,
    /// The statement that creates the new table, and its temporary name.
    create: String,
    temporary_name: String,
    /// The columns to fill, and the expressions to fill them with.
    into: Vec<String>,
    from: Vec<String>,
    /// The conditions that every row must meet, so that no value is lost.
    fits: Vec<String>,
    auto_increment: bool,
}

impl<'a> Rebuild<'a> {
    /// A rebuild that changes these columns and keeps the rest of the table as it was written.
    pub(super) fn edited(live: &'a LiveTable, edits: &[Edit]) -> Result<Self, String> {
        let unread = || "it is not understood".to_owned();
        let mut source = Source::parse(&live.source).ok_or_else(unread)?;
        for edit in edits {
            let column = &edit.column;
            let mut change = || {
                if edit.converts() {
                    source.set_default(column, edit.default.as_deref())?;
                }
                if let Some(kind) = &edit.kind {
                    source.set_type(column, kind)?;
                }
                edit.nullable.map_or(Some(()), |nullable| source.set_nullable(column, nullable))
            };
            change().ok_or_else(unread)?;
        }
        // A table has at most one column with AUTOINCREMENT.
        let auto_increment = live.columns.iter().any(|column| column.counted);
        let mut rebuild = Self::of(live, auto_increment, |name| source.statement(name));
        rebuild.copy(live.columns.iter().filter(|column| !column.computed), edits);
        Ok(rebuild)
    }

    fn copy<'b>(&mut self, columns: impl Iterator<Item = &'b LiveColumn>, edits: &[Edit]) {
        for column in columns {
            let edit = edits.iter().find(|edit| edit.column == column.name);
            self.into.push(quoted(&column.name));
            self.from.push(edit.and_then(|edit| edit.value.clone()).unwrap_or_else(|| quoted(&column.name)));
        }
        self.fits = edits.iter().filter_map(|edit| edit.fits.clone()).collect();
    }

    /// A rebuild with the declared columns, which also keeps undeclared columns and constraints. `columns` are the
    /// existing ones, by declared position and present name.
    pub(super) fn as_declared(
        table: &Table,
        live: &'a LiveTable,
        columns: &[(usize, &str)],
        edits: &[Edit],
    ) -> Option<Self> {
        let known: Vec<&str> = columns.iter().map(|(_, name)| *name).collect();
        let mut parts: Vec<String> = Vec::new();
        for (i, column) in table.columns.iter().enumerate() {
            // The column keeps its present name here; renaming is a separate statement, as for any other column.
            let name = columns.iter().find(|(known, _)| *known == i).map_or(column.name, |(_, name)| name);
            parts.push(format!("{} {}", quoted(name), sql::definition::<Sqlite>(table, i)));
        }
        let mut source = Source::parse(&live.source)?;
        let declared = |name: &str| known.iter().any(|known| known.eq_ignore_ascii_case(name));
        for column in live.columns.iter().filter(|column| !declared(&column.name)) {
            // A STRICT table permits only these types. With ANY, the values of another type stay unchanged.
            if !["INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"].contains(&column.kind.as_str()) {
                source.set_type(&column.name, "ANY")?;
            }
        }
        let keys: Vec<&LiveColumn> =
            live.columns.iter().filter(|column| column.rest.contains("PRIMARY KEY")).collect();
        for key in keys.iter().filter(|key| !declared(&key.name)) {
            source.give_up_key(&key.name, keys.len() == 1)?;
        }
        parts.extend(source.others(&known));
        let auto_increment = matches!(table.columns[table.key].role, Role::AutoIncrementKey);
        let mut rebuild = Self::of(live, auto_increment, |name| {
            format!("CREATE TABLE {name} ({}) STRICT", listed(parts.iter()))
        });
        // A generated column that is now declared as a plain one keeps its values.
        let stays = |column: &&LiveColumn| !column.computed || declared(&column.name);
        rebuild.copy(live.columns.iter().filter(stays), edits);
        Some(rebuild)
    }

    fn of(live: &'a LiveTable, auto_increment: bool, create: impl Fn(&str) -> String) -> Self {
        let temporary_name = format!("_crewed_new_{}", live.name);
        let create = create(&quoted(&temporary_name));
        Rebuild {
            live,
            create,
            temporary_name,
            into: Vec::new(),
            from: Vec::new(),
            fits: Vec::new(),
            auto_increment,
        }
    }

    /// The statements, for a transaction that is rolled back if one of them fails, and in which foreign keys are not
    /// enforced and `legacy_alter_table` keeps a renaming from changing views and triggers.
    pub(super) fn statements(&self) -> Vec<String> {
        let mut statements = self.create_and_copy();
        statements.extend(self.replace());
        statements
    }

    /// Creates the new table and copies the rows.
    fn create_and_copy(&self) -> Vec<String> {
        let (new, old) = (quoted(&self.temporary_name), quoted(&self.live.name));
        vec![
            self.create.clone(),
            format!(
                "INSERT INTO {new} ({}) SELECT {} FROM {old}",
                listed(self.into.iter()),
                listed(self.from.iter())
            ),
        ]
    }

    /// Replaces the old table with the new one.
    fn replace(&self) -> Vec<String> {
        let (new, old) = (quoted(&self.temporary_name), quoted(&self.live.name));
        let (new_name, old_name) = (text_literal(&self.temporary_name), text_literal(&self.live.name));
        let mut statements = Vec::new();
        if self.auto_increment {
            // The new table continues the AUTOINCREMENT sequence, so that no former key is used again.
            statements.push(format!("DELETE FROM sqlite_sequence WHERE name = {new_name}"));
            statements.push(format!(
                "INSERT INTO sqlite_sequence (name, seq) SELECT {new_name}, seq FROM (SELECT max(seq) AS seq FROM \
                 (SELECT seq FROM sqlite_sequence WHERE name = {old_name} UNION ALL \
                 SELECT max(rowid) FROM {new})) WHERE seq NOT NULL"
            ));
        }
        statements.push(format!("DROP TABLE {old}"));
        statements.push(format!("ALTER TABLE {new} RENAME TO {old}"));
        statements.extend(self.live.attached.iter().cloned());
        statements
    }

    /// The statements to paste into a shell that goes on after errors.
    ///
    /// The last `INSERT OR ROLLBACK` rolls everything back unless all of it has happened: every row was copied and
    /// fits, the new table has replaced the old one with its indexes and triggers, and no foreign key was violated. It
    /// names nothing that could be missing by then; if `_crewed_schema` itself could not be created, the statement
    /// before it rolls back. The statements after it can lose no data.
    ///
    /// The meanings are recorded under the declared name, `table`.
    pub(super) fn pasted(&self, table: &str, meanings: &[(String, String)]) -> Vec<String> {
        let (new, old) = (quoted(&self.temporary_name), quoted(&self.live.name));
        let (new_name, old_name) = (text_literal(&self.temporary_name), text_literal(&self.live.name));
        // Only this table and those that refer to it are checked, so that a violation elsewhere does not prevent the
        // rebuild.
        let broken = format!(
            "(SELECT t.name FROM sqlite_schema AS t WHERE t.type = 'table' AND (t.name = {old_name} COLLATE NOCASE OR EXISTS \
             (SELECT 1 FROM pragma_foreign_key_list(t.name) AS k WHERE k.\"table\" = {old_name} COLLATE NOCASE))) AS t, \
             pragma_foreign_key_check(t.name)"
        );
        let mut statements = vec![
            SET_TIMEOUT.to_owned(),
            CREATE_GUARD.to_owned(),
            "PRAGMA foreign_keys = OFF".to_owned(),
            "PRAGMA legacy_alter_table = ON".to_owned(),
            Sqlite::MEANINGS.to_owned(),
            "BEGIN".to_owned(),
            keep_value(&new_name, "broken", &format!("(SELECT CAST(count(*) AS TEXT) FROM {broken})"), ""),
        ];
        statements.extend(self.create_and_copy());
        let mut holds = vec![
            self.is_unchanged(),
            // The statements may be pasted twice, and must not convert the values a second time.
            format!("NOT EXISTS (SELECT 1 FROM \"_crewed_schema\" WHERE {})", self.is_converted(meanings)),
            format!("(SELECT count(*) FROM {new}) = (SELECT count(*) FROM {old})"),
        ];
        holds.extend(
            self.fits.iter().map(|fits| format!("NOT EXISTS (SELECT 1 FROM {old} WHERE NOT ({fits}))")),
        );
        statements.push(keep_value(&new_name, "copied", "'yes'", &format!(" WHERE {}", holds.join(" AND "))));
        statements.extend(self.replace());
        let kept = |what: &str| {
            format!(
                "(SELECT meaning FROM \"_crewed_schema\" WHERE \"table\" = {new_name} AND \"column\" = '{what}')"
            )
        };
        // If a foreign key refers to columns that are not unique any more, this query fails. The statement that rolls
        // back must not fail for that reason, so the result is stored first.
        let whole = format!(" WHERE (SELECT count(*) FROM {broken}) <= CAST({} AS INTEGER)", kept("broken"));
        statements.push(keep_value(&new_name, "whole", "'yes'", &whole));
        let holds = [
            format!("{} = 'yes'", kept("copied")),
            format!("EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = {old_name})"),
            format!("NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = {new_name})"),
            format!(
                "(SELECT count(*) FROM sqlite_schema WHERE tbl_name = {old_name} COLLATE NOCASE AND type <> 'table' AND sql NOT NULL) \
                 = {}",
                self.live.attached.len()
            ),
            format!("{} = 'yes'", kept("whole")),
        ];
        let holds = holds.join(" AND ");
        let values = meanings_or_dummy(meanings).map(|(column, meaning)| {
            let (column, meaning) = (text_literal(column), text_literal(meaning));
            format!("({}, {column}, CASE WHEN {holds} THEN {meaning} END)", text_literal(table))
        });
        statements.push(
            "INSERT OR ROLLBACK INTO temp.\"_crewed_guard\" SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_schema \
             WHERE name = '_crewed_schema') THEN 1 END"
                .to_owned(),
        );
        let keep = keep(&format!("VALUES {}", listed(values)));
        statements.push(keep.replacen("INSERT INTO", "INSERT OR ROLLBACK INTO", 1));
        statements
            .push(format!("DELETE FROM \"_crewed_schema\" WHERE \"table\" = {new_name} OR \"column\" = ''"));
        statements.push("COMMIT".to_owned());
        statements.push("PRAGMA legacy_alter_table = OFF".to_owned());
        statements.push(DROP_GUARD.to_owned());
        statements
    }

    /// The condition that the table, its indexes and its triggers are still as they were when these statements were
    /// generated: a column that was added since would be lost with its values.
    fn is_unchanged(&self) -> String {
        // Line breaks are replaced, so that the literal is on one line.
        let plain = |text: &str| text_literal(&text.replace(['\n', '\r'], " "));
        let expected = [&self.live.source].into_iter().chain(&self.live.attached).map(|text| plain(text));
        let made = format!(
            "SELECT replace(replace(sql, char(10), ' '), char(13), ' ') AS made FROM sqlite_schema WHERE tbl_name = {} \
             COLLATE NOCASE AND sql NOT NULL",
            text_literal(&self.live.name)
        );
        format!(
            "(SELECT count(*) FROM ({made})) = {} AND NOT EXISTS (SELECT 1 FROM ({made}) WHERE made NOT IN ({}))",
            self.live.attached.len() + 1,
            listed(expected)
        )
    }

    /// The condition that a row of `_crewed_schema` records that a column was converted already.
    fn is_converted(&self, meanings: &[(String, String)]) -> String {
        let moved = self.into.iter().zip(&self.from).filter(|(into, from)| into != from);
        let moved: Vec<&String> = moved.map(|(into, _)| into).collect();
        let is_moved = |column: &str| moved.iter().any(|moved| moved.eq_ignore_ascii_case(&quoted(column)));
        let meant = meanings.iter().filter(|(column, _)| is_moved(column));
        let rows = meant.map(|(column, meaning)| {
            let [table, column, meaning] = [self.live.name.as_str(), column, meaning].map(text_literal);
            format!(
                "\"table\" = {table} COLLATE NOCASE AND \"column\" = {column} COLLATE NOCASE AND meaning = {meaning}"
            )
        });
        let rows: Vec<String> = rows.collect();
        if rows.is_empty() { "0".to_owned() } else { rows.join(" OR ") }
    }

    /// The statements that only record new meanings, if all rows fit, since no stored value changes.
    pub(super) fn recorded(&self, table: &str, meanings: &[(String, String)]) -> Vec<String> {
        let old = quoted(&self.live.name);
        let fits_all = |fits: &String| format!("NOT EXISTS (SELECT 1 FROM {old} WHERE NOT ({fits}))");
        let holds: Vec<String> = self.fits.iter().map(fits_all).collect();
        let table = text_literal(table);
        let values = meanings.iter().map(|(column, meaning)| {
            let (column, meaning) = (text_literal(column), text_literal(meaning));
            match holds.is_empty() {
                true => format!("({table}, {column}, {meaning})"),
                false => format!("({table}, {column}, CASE WHEN {} THEN {meaning} END)", holds.join(" AND ")),
            }
        });
        vec![Sqlite::MEANINGS.to_owned(), keep(&format!("VALUES {}", listed(values)))]
    }
}

/// Stores a value until the end of the script, as a row of `_crewed_schema`. The shell has no variables, and this table
/// exists already.
fn keep_value(table: &str, what: &str, value: &str, end: &str) -> String {
    format!("INSERT INTO \"_crewed_schema\" SELECT {table}, '{what}', {value}{end}")
}

/// The meanings, or a dummy row if there are none, since the statement that records them is the one that rolls back.
fn meanings_or_dummy(meanings: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    let none = meanings.is_empty().then_some(("", ""));
    meanings.iter().map(|(column, meaning)| (column.as_str(), meaning.as_str())).chain(none)
}
