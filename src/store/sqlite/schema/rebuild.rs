//! Tables that are made anew, as SQLite's manual says it: in one transaction, with all that belongs to them.

use super::source::Source;
use crate::resource::{Role, Table};
use crate::store::schema::{Edit, LiveColumn, LiveTable, SchemaDialect, keep};
use crate::store::sql::{self, listed, quoted, text_literal};
use crate::store::sqlite::dialect::Sqlite;

/// Waits a moment for whoever writes.
pub(super) const WAIT: &str = "PRAGMA busy_timeout = 10000";

/// Something to roll everything back with, and the end of it.
pub(super) const GUARD: &str = "CREATE TEMP TABLE \"_crewed_guard\" (ok INTEGER NOT NULL)";
pub(super) const NO_GUARD: &str = "DROP TABLE temp.\"_crewed_guard\"";

/// A table that is to be made anew.
#[derive(Debug)]
pub(super) struct Rebuild<'a> {
    live: &'a LiveTable,
    /// The statement that makes it, and the name that it has meanwhile.
    create: String,
    meanwhile: String,
    /// The columns that are copied, and what is copied into them.
    into: Vec<String>,
    from: Vec<String>,
    /// What must hold of every row, so that nothing is lost.
    fits: Vec<String>,
    counted: bool,
}

impl<'a> Rebuild<'a> {
    /// As it is, but for these columns.
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
        // Of a table with AUTOINCREMENT there is one column that says so.
        let counted = live.columns.iter().any(|column| column.counted);
        let mut rebuild = Self::of(live, counted, |name| source.statement(name));
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

    /// As it is declared, with the columns that are not declared and the constraints that it has. `columns` are
    /// those that are there, by position and by the name that they have.
    pub(super) fn as_declared(
        table: &Table,
        live: &'a LiveTable,
        columns: &[(usize, &str)],
        edits: &[Edit],
    ) -> Option<Self> {
        let known: Vec<&str> = columns.iter().map(|(_, name)| *name).collect();
        let mut parts: Vec<String> = Vec::new();
        for (i, column) in table.columns.iter().enumerate() {
            // By the name that it has: it is given its new one as any other column is.
            let name = columns.iter().find(|(known, _)| *known == i).map_or(column.name, |(_, name)| name);
            parts.push(format!("{} {}", quoted(name), sql::definition::<Sqlite>(table, i)));
        }
        let mut source = Source::parse(&live.source)?;
        let declared = |name: &str| known.iter().any(|known| known.eq_ignore_ascii_case(name));
        for column in live.columns.iter().filter(|column| !declared(&column.name)) {
            // A STRICT table has no other types; of this one values are kept as they are.
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
        let counted = matches!(table.columns[table.key].role, Role::AutoIncrementKey);
        let mut rebuild =
            Self::of(live, counted, |name| format!("CREATE TABLE {name} ({}) STRICT", listed(parts.iter())));
        // What was computed, and is declared now, keeps its values.
        let stays = |column: &&LiveColumn| !column.computed || declared(&column.name);
        rebuild.copy(live.columns.iter().filter(stays), edits);
        Some(rebuild)
    }

    fn of(live: &'a LiveTable, counted: bool, create: impl Fn(&str) -> String) -> Self {
        let meanwhile = format!("_crewed_new_{}", live.name);
        let create = create(&quoted(&meanwhile));
        Rebuild { live, create, meanwhile, into: Vec::new(), from: Vec::new(), fits: Vec::new(), counted }
    }

    /// The statements, within a transaction that is rolled back where one fails. Foreign keys are not enforced
    /// meanwhile, and names that others use are left alone (`legacy_alter_table`).
    pub(super) fn statements(&self) -> Vec<String> {
        let mut statements = self.copied();
        statements.extend(self.put());
        statements
    }

    /// Makes the new one, with all that the old one holds.
    fn copied(&self) -> Vec<String> {
        let (new, old) = (quoted(&self.meanwhile), quoted(&self.live.name));
        vec![
            self.create.clone(),
            format!(
                "INSERT INTO {new} ({}) SELECT {} FROM {old}",
                listed(self.into.iter()),
                listed(self.from.iter())
            ),
        ]
    }

    /// Puts the new one in the place of the old one.
    fn put(&self) -> Vec<String> {
        let (new, old) = (quoted(&self.meanwhile), quoted(&self.live.name));
        let (new_name, old_name) = (text_literal(&self.meanwhile), text_literal(&self.live.name));
        let mut statements = Vec::new();
        if self.counted {
            // No key comes back that was given once.
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

    /// The statements for a shell that goes on after errors.
    ///
    /// Nothing that follows the last `INSERT OR ROLLBACK` could lose anything, and that one rolls everything back
    /// unless all of it has happened: every row was copied and fits, the new table stands in the place of the old one
    /// with all that belonged to it, and no reference was broken. It names nothing that could be missing then, and
    /// where `_crewed_schema` itself could not be made, the statement before it rolls back.
    ///
    /// What it means is kept by the name that is declared, `table`.
    pub(super) fn pasted(&self, table: &str, meanings: &[(String, String)]) -> Vec<String> {
        let (new, old) = (quoted(&self.meanwhile), quoted(&self.live.name));
        let (new_name, old_name) = (text_literal(&self.meanwhile), text_literal(&self.live.name));
        // Of no other table: what is wrong with one that this one has nothing to do with stands in no way.
        let broken = format!(
            "(SELECT t.name FROM sqlite_schema AS t WHERE t.type = 'table' AND (t.name = {old_name} COLLATE NOCASE OR EXISTS \
             (SELECT 1 FROM pragma_foreign_key_list(t.name) AS k WHERE k.\"table\" = {old_name} COLLATE NOCASE))) AS t, \
             pragma_foreign_key_check(t.name)"
        );
        let mut statements = vec![
            WAIT.to_owned(),
            GUARD.to_owned(),
            "PRAGMA foreign_keys = OFF".to_owned(),
            "PRAGMA legacy_alter_table = ON".to_owned(),
            Sqlite::MEANINGS.to_owned(),
            "BEGIN".to_owned(),
            keep_value(&new_name, "broken", &format!("(SELECT CAST(count(*) AS TEXT) FROM {broken})"), ""),
        ];
        statements.extend(self.copied());
        let mut holds = vec![
            self.as_seen(),
            // What was converted already would be converted twice.
            format!("NOT EXISTS (SELECT 1 FROM \"_crewed_schema\" WHERE {})", self.is_converted(meanings)),
            format!("(SELECT count(*) FROM {new}) = (SELECT count(*) FROM {old})"),
        ];
        holds.extend(
            self.fits.iter().map(|fits| format!("NOT EXISTS (SELECT 1 FROM {old} WHERE NOT ({fits}))")),
        );
        statements.push(keep_value(&new_name, "copied", "'yes'", &format!(" WHERE {}", holds.join(" AND "))));
        statements.extend(self.put());
        let kept = |what: &str| {
            format!(
                "(SELECT meaning FROM \"_crewed_schema\" WHERE \"table\" = {new_name} AND \"column\" = '{what}')"
            )
        };
        // Where others refer to what is unique no more this fails, and is no reason to roll back by itself.
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
        let values = meanings_or_none(meanings).map(|(column, meaning)| {
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
        statements.push(NO_GUARD.to_owned());
        statements
    }

    /// That the table, its indexes and its triggers are as they were when these statements were made: a column that was
    /// added since would be lost, with what it holds.
    fn as_seen(&self) -> String {
        // A text in one line, whatever was written.
        let plain = |text: &str| text_literal(&text.replace(['\n', '\r'], " "));
        let seen = [&self.live.source].into_iter().chain(&self.live.attached).map(|text| plain(text));
        let made = format!(
            "SELECT replace(replace(sql, char(10), ' '), char(13), ' ') AS made FROM sqlite_schema WHERE tbl_name = {} \
             COLLATE NOCASE AND sql NOT NULL",
            text_literal(&self.live.name)
        );
        format!(
            "(SELECT count(*) FROM ({made})) = {} AND NOT EXISTS (SELECT 1 FROM ({made}) WHERE made NOT IN ({}))",
            self.live.attached.len() + 1,
            listed(seen)
        )
    }

    /// Whether a row of `_crewed_schema` is that of a column whose values are what they are to become.
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

    /// Where the rows stay as they are: what they mean from now on, if all of them fit.
    pub(super) fn meant(&self, table: &str, meanings: &[(String, String)]) -> Vec<String> {
        let old = quoted(&self.live.name);
        let schema_error = |fits: &String| format!("NOT EXISTS (SELECT 1 FROM {old} WHERE NOT ({fits}))");
        let holds: Vec<String> = self.fits.iter().map(schema_error).collect();
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

/// Something to keep until the end: a row among the meanings, since these are there.
fn keep_value(table: &str, what: &str, value: &str, end: &str) -> String {
    format!("INSERT INTO \"_crewed_schema\" SELECT {table}, '{what}', {value}{end}")
}

/// Where nothing means anything else, something has to roll back nevertheless.
fn meanings_or_none(meanings: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    let none = meanings.is_empty().then_some(("", ""));
    meanings.iter().map(|(column, meaning)| (column.as_str(), meaning.as_str())).chain(none)
}
