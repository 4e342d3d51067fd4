//! The tables that a database has.

use rusqlite::{Connection, OptionalExtension, Row};

/// A table, or a view or the like of its name.
#[derive(Debug)]
pub(super) struct LiveTable {
    /// `table`, `view`, `virtual`, or `shadow` (a part of a virtual one).
    pub(super) kind: String,
    pub(super) strict: bool,
    pub(super) columns: Vec<LiveColumn>,
    pub(super) indexes: Vec<LiveIndex>,
}

/// One of its columns.
#[derive(Debug)]
pub(super) struct LiveColumn {
    pub(super) name: String,
    kind: String,
    not_null: bool,
    key: bool,
    generated: bool,
    counted: bool,
    collation: Option<String>,
}

/// One of its indexes, with the names of its columns as far as it is of columns alone.
#[derive(Debug)]
pub(super) struct LiveIndex {
    unique: bool,
    partial: bool,
    columns: Vec<(Option<String>, String)>,
}

impl LiveTable {
    pub(super) fn read(connection: &Connection, name: &str) -> rusqlite::Result<Option<Self>> {
        let found = connection
            .query_row(
                "SELECT name, type, strict FROM pragma_table_list \
                 WHERE schema = 'main' AND name = ?1 COLLATE NOCASE",
                [name],
                |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, bool>(2)?)),
            )
            .optional()?;
        let Some((name, kind, strict)) = found else { return Ok(None) };
        if kind != "table" {
            return Ok(Some(LiveTable { kind, strict, columns: Vec::new(), indexes: Vec::new() }));
        }
        let columns = columns(connection, &name)?;
        let indexes = indexes(connection, &name)?;
        Ok(Some(LiveTable { kind, strict, columns, indexes }))
    }
}

impl LiveColumn {
    /// What it was declared as, in the words that crewed declares columns with.
    pub(super) fn definition(&self) -> String {
        let mut text = self.kind.to_ascii_uppercase();
        let rowid = self.key && text == "INTEGER";
        let words = [
            // A rowid is never NULL, said or not.
            (self.not_null && !rowid, "NOT NULL"),
            (self.key, "PRIMARY KEY"),
            (self.counted, "AUTOINCREMENT"),
            (self.generated, "GENERATED"),
        ];
        for (_, word) in words.iter().filter(|(applies, _)| *applies) {
            text.push(' ');
            text.push_str(word);
        }
        if let Some(collation) = self.collation.as_ref().filter(|name| !name.eq_ignore_ascii_case("BINARY")) {
            text.push_str(" COLLATE ");
            text.push_str(collation);
        }
        text
    }
}

impl LiveIndex {
    /// Whether it finds rows by this column, and keeps its values apart where they are to be unique.
    pub(super) fn serves(&self, column: &str, unique: bool) -> bool {
        let Some((Some(first), collation)) = self.columns.first() else { return false };
        let apart = self.unique && self.columns.len() == 1;
        !self.partial
            && first.eq_ignore_ascii_case(column)
            && collation.eq_ignore_ascii_case("BINARY")
            && (apart || !unique)
    }
}

/// What has this name: `index` or the like, and the table it belongs to.
pub(super) fn named(connection: &Connection, name: &str) -> rusqlite::Result<Option<(String, String)>> {
    connection
        .query_row("SELECT type, tbl_name FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE", [name], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()
}

fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<LiveColumn>> {
    let column = |row: &Row<'_>| {
        let name: String = row.get(0)?;
        // That a key is counted is told by no pragma.
        let (_, collation, _, _, counted) = connection.column_metadata(Some("main"), table, name.as_str())?;
        Ok(LiveColumn {
            kind: row.get(1)?,
            not_null: row.get(2)?,
            key: row.get::<_, i64>(3)? > 0,
            generated: row.get::<_, i64>(4)? > 0,
            counted,
            collation: collation.map(|name| name.to_string_lossy().into_owned()),
            name,
        })
    };
    connection
        .prepare("SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?1)")?
        .query_map([table], column)?
        .collect()
}

fn indexes(connection: &Connection, table: &str) -> rusqlite::Result<Vec<LiveIndex>> {
    let mut parts =
        connection.prepare("SELECT name, coll FROM pragma_index_xinfo(?1) WHERE key ORDER BY seqno")?;
    let index = |row: &Row<'_>| {
        let name: String = row.get(0)?;
        let columns = parts.query_map([&name], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(LiveIndex {
            columns: columns.collect::<Result<_, _>>()?,
            unique: row.get(1)?,
            partial: row.get(2)?,
        })
    };
    connection
        .prepare("SELECT name, \"unique\", partial FROM pragma_index_list(?1)")?
        .query_map([table], index)?
        .collect()
}
