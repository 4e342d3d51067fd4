//! The tables that a database has.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::resource::Table;
use crate::store::schema::{Live, LiveColumn, LiveIndex, LiveName, LiveTable};
use crate::store::sql;

/// What the database has of these tables.
pub(super) fn read(connection: &Connection, tables: &[Table]) -> rusqlite::Result<Live> {
    let mut names = Vec::new();
    for index in tables.iter().flat_map(sql::indexes) {
        names.extend(named(connection, &index.name)?);
    }
    let tables = tables.iter().map(|known| table(connection, known.name)).collect::<Result<_, _>>()?;
    Ok(Live { tables, names })
}

fn table(connection: &Connection, name: &str) -> rusqlite::Result<Option<LiveTable>> {
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
        // Virtual, or a part of what is virtual.
        let instead = if kind == "view" { "a view" } else { "a virtual table" };
        return Ok(Some(LiveTable { instead: Some(instead.to_owned()), ..LiveTable::default() }));
    }
    Ok(Some(LiveTable {
        instead: None,
        faults: if strict { Vec::new() } else { vec!["is not STRICT, declared STRICT".to_owned()] },
        columns: columns(connection, &name)?,
        indexes: indexes(connection, &name)?,
    }))
}

/// What has this name.
fn named(connection: &Connection, name: &str) -> rusqlite::Result<Option<LiveName>> {
    connection
        .query_row("SELECT type, tbl_name FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE", [name], |row| {
            Ok(LiveName { name: name.to_owned(), kind: row.get(0)?, of: row.get(1)? })
        })
        .optional()
}

fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<LiveColumn>> {
    let column = |row: &Row<'_>| {
        let name: String = row.get(0)?;
        // That a key is counted is told by no pragma.
        let (_, collation, _, _, counted) = connection.column_metadata(Some("main"), table, name.as_str())?;
        let mut definition = row.get::<_, String>(1)?.to_ascii_uppercase();
        let key = row.get::<_, i64>(3)? > 0;
        let rowid = key && definition == "INTEGER";
        let words = [
            // A rowid is never NULL, said or not.
            (row.get(2)? && !rowid, "NOT NULL"),
            (key, "PRIMARY KEY"),
            (counted, "AUTOINCREMENT"),
            (row.get::<_, i64>(4)? > 0, "GENERATED"),
        ];
        for (_, word) in words.iter().filter(|(applies, _)| *applies) {
            definition.push(' ');
            definition.push_str(word);
        }
        let collation = collation.map(|name| name.to_string_lossy().into_owned());
        if let Some(collation) = collation.filter(|name| !name.eq_ignore_ascii_case("BINARY")) {
            definition.push_str(" COLLATE ");
            definition.push_str(&collation);
        }
        Ok(LiveColumn { name, definition })
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
        let (unique, partial): (bool, bool) = (row.get(1)?, row.get(2)?);
        let columns = parts
            .query_map([&name], |row| Ok((row.get::<_, Option<String>>(0)?, row.get::<_, String>(1)?)))?
            .collect::<Result<Vec<_>, _>>()?;
        let apart = unique && columns.len() == 1;
        let first = columns.into_iter().next().filter(|_| !partial);
        let first = first.filter(|(_, collation)| collation.eq_ignore_ascii_case("BINARY"));
        Ok(LiveIndex { first: first.and_then(|(name, _)| name), apart })
    };
    connection
        .prepare("SELECT name, \"unique\", partial FROM pragma_index_list(?1)")?
        .query_map([table], index)?
        .collect()
}
