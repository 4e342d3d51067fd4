//! Introspection: reads the present tables of a database from SQLite's schema table and pragmas.

use rusqlite::{Connection, OptionalExtension, Row};

use super::source::names;
use crate::resource::Table;
use crate::store::schema::{History, Live, LiveColumn, LiveIndex, LiveMeaning, LiveTable, Meaning};
use crate::store::sql::{self, Dialect};
use crate::store::sqlite::dialect::Sqlite;

/// Reads the present state of these tables.
pub(super) fn read(connection: &Connection, tables: &[Table]) -> rusqlite::Result<Live> {
    let own_names = connection
        .prepare("SELECT name FROM sqlite_schema WHERE substr(name, 1, ?1) = ?2")?
        .query_map((sql::OWN.len() as i64, sql::OWN), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let meanings = meanings(connection)?;
    let mut former_tables = Vec::new();
    for other in Live::others(meanings.as_ref(), tables, Sqlite::same_name) {
        let found = table(connection, &other)?.filter(|found| found.instead.is_none());
        former_tables.extend(found.map(|found| found.name));
    }
    let tables = tables.iter().map(|known| table(connection, known.name)).collect::<Result<_, _>>()?;
    Ok(Live { tables, own_names, meanings, history: history(connection)?, former_tables })
}

fn has(connection: &Connection, table: &str) -> rusqlite::Result<bool> {
    connection.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1")?.exists([table])
}

fn meanings(connection: &Connection) -> rusqlite::Result<Option<Vec<LiveMeaning>>> {
    if !has(connection, "_crewed_schema")? {
        return Ok(None);
    }
    let meaning = |row: &Row<'_>| {
        let meaning = Meaning::read(&row.get::<_, String>(2)?);
        Ok(LiveMeaning { table: row.get(0)?, column: row.get(1)?, meaning })
    };
    let query = "SELECT \"table\", \"column\", \"meaning\" FROM \"_crewed_schema\"";
    connection.prepare(query)?.query_map([], meaning)?.collect::<rusqlite::Result<_>>().map(Some)
}

fn history(connection: &Connection) -> rusqlite::Result<Option<History>> {
    if !has(connection, "_crewed_history")? {
        return Ok(None);
    }
    let indexes = "SELECT statement FROM \"_crewed_history\" WHERE statement LIKE 'CREATE %INDEX %'";
    let indexes = connection.prepare(indexes)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let names = "SELECT 1 FROM pragma_table_info('_crewed_history') WHERE name = 'step'";
    let names_steps = connection.prepare(names)?.exists([])?;
    let steps = match names_steps {
        true => connection
            .prepare("SELECT step, statement FROM \"_crewed_history\" WHERE step NOT NULL ORDER BY id")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?,
        false => Vec::new(),
    };
    Ok(Some(History { indexes, names_steps, steps }))
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
        // Besides views there are virtual tables and their shadow tables.
        let instead = if kind == "view" { "a view" } else { "a virtual table" };
        return Ok(Some(LiveTable { instead: Some(instead.to_owned()), ..LiveTable::default() }));
    }
    let mut made = connection.prepare(
        "SELECT type = 'table', sql FROM sqlite_schema WHERE tbl_name = ?1 COLLATE NOCASE AND sql NOT NULL ORDER BY rowid",
    )?;
    let made = made.query_map([&name], |row| Ok((row.get::<_, bool>(0)?, row.get::<_, String>(1)?)))?;
    let (source, attached): (Vec<_>, Vec<_>) =
        made.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().partition(|(is_table, _)| *is_table);
    let attached: Vec<String> = attached.into_iter().map(|(_, text)| text).collect();
    Ok(Some(LiveTable {
        is_large: false,
        instead: None,
        faults: if strict { Vec::new() } else { vec!["is not STRICT, declared STRICT".to_owned()] },
        columns: columns(connection, &name)?,
        indexes: indexes(connection, &name, &attached)?,
        key: None,
        source: source.into_iter().map(|(_, text)| text).next().unwrap_or_default(),
        attached,
        name,
    }))
}

fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<LiveColumn>> {
    let column = |row: &Row<'_>| {
        let name: String = row.get(0)?;
        // No pragma reports AUTOINCREMENT, but the metadata of the column does.
        let (_, collation, _, _, counted) = connection.column_metadata(Some("main"), table, name.as_str())?;
        let kind = row.get::<_, String>(1)?.to_ascii_uppercase();
        let key = row.get::<_, i64>(3)? > 0;
        let computed = row.get::<_, i64>(4)? > 0;
        // A rowid is never NULL, so its definition does not repeat that.
        let not_null = row.get(2)? && !(key && kind == "INTEGER");
        let mut rest = String::new();
        let words = [(key, " PRIMARY KEY"), (counted, " AUTOINCREMENT"), (computed, " GENERATED")];
        for (_, word) in words.iter().filter(|(applies, _)| *applies) {
            rest.push_str(word);
        }
        let collation = collation.map(|name| name.to_string_lossy().into_owned());
        if let Some(collation) = collation.filter(|name| !name.eq_ignore_ascii_case("BINARY")) {
            rest.push_str(" COLLATE ");
            rest.push_str(&collation);
        }
        let definition =
            format!("{kind}{}{rest}", if not_null { " NOT NULL" } else { "" }).trim_start().to_owned();
        let filled = row.get::<_, Option<String>>(5)?.is_some();
        let (default, dependents) = (None, Vec::new());
        Ok(LiveColumn {
            name,
            kind,
            not_null,
            rest,
            filled,
            counted,
            computed,
            default,
            dependents,
            definition,
        })
    };
    connection
        .prepare("SELECT name, type, \"notnull\", pk, hidden, dflt_value FROM pragma_table_xinfo(?1)")?
        .query_map([table], column)?
        .collect()
}

fn indexes(connection: &Connection, table: &str, attached: &[String]) -> rusqlite::Result<Vec<LiveIndex>> {
    let mut parts = connection
        .prepare("SELECT name, coll, \"desc\" FROM pragma_index_xinfo(?1) WHERE key ORDER BY seqno")?;
    let rowid = "SELECT name FROM pragma_table_info(?1) WHERE pk = 1 AND upper(type) = 'INTEGER' \
                 AND NOT EXISTS (SELECT 1 FROM pragma_table_info(?1) WHERE pk > 1)";
    let rowid: Option<String> = connection.query_row(rowid, [table], |row| row.get(0)).optional()?;
    let index = |row: &Row<'_>| {
        let name: String = row.get(0)?;
        let (unique, partial): (bool, bool) = (row.get(1)?, row.get(2)?);
        let parts = parts
            .query_map([&name], |row| {
                Ok((row.get::<_, Option<String>>(0)?, row.get::<_, String>(1)?, row.get::<_, bool>(2)?))
            })?
            .collect::<Result<Vec<_>, _>>()?;
        let (width, constraint) = (parts.len(), row.get::<_, String>(3)? != "c");
        let mut over: Vec<String> = parts.iter().filter_map(|(name, ..)| name.clone()).collect();
        if partial || over.len() < width {
            // The pragma does not list columns in expressions or in the condition of a partial index, so they are taken
            // from the index's statement.
            let made = attached.iter().filter_map(|text| names(text)).find(|names| names.contains(&name));
            over.extend(made.into_iter().flatten());
        }
        let descends = parts.first().is_some_and(|(.., descends)| *descends);
        let alike = |(_, collation, descending): &&(_, String, bool)| {
            !partial && collation.eq_ignore_ascii_case("BINARY") && *descending == descends
        };
        let columns = parts.iter().take_while(alike).map_while(|(name, ..)| name.clone());
        let mut columns: Vec<String> = columns.collect();
        let is_whole = columns.len() == width;
        columns.extend(rowid.clone().filter(|_| is_whole && !descends));
        Ok(LiveIndex {
            name,
            columns,
            width,
            over,
            unique: unique && is_whole,
            constraint,
            unfinished: false,
        })
    };
    connection
        .prepare("SELECT name, \"unique\", partial, origin FROM pragma_index_list(?1)")?
        .query_map([table], index)?
        .collect()
}
