//! Introspection: reads the present tables of a database from PostgreSQL's catalogs.

use std::collections::HashMap;

use tokio_postgres::{Client, Error, Row};

use crate::resource::Table;
use crate::store::schema::{
    Dependent, History, Live, LiveColumn, LiveIndex, LiveMeaning, LiveTable, Meaning,
};
use crate::store::sql;

/// Reads the present state of these tables, in the current schema, which is that of unqualified names.
pub(super) async fn read(client: &Client, tables: &[Table]) -> Result<Live, Error> {
    let mut found: HashMap<String, LiveTable> = HashMap::new();
    let names: Vec<&str> = tables.iter().map(|table| table.name).collect();
    for row in client.query(COLUMNS, &[&names]).await? {
        let name: String = row.try_get(0)?;
        let table = found.entry(name.clone()).or_insert_with(|| LiveTable { name, ..LiveTable::default() });
        let kind: String = row.try_get(1)?;
        table.instead = instead(&kind);
        if let (None, Some(name)) = (&table.instead, row.try_get(2)?) {
            table.columns.push(column(name, &row)?);
        }
    }
    for row in client.query(USERS, &[&names]).await? {
        let (table, column): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let columns = found.get_mut(&table).into_iter().flat_map(|table| &mut table.columns);
        for column in columns.filter(|found| found.name == column) {
            column.dependents.push(Dependent { what: row.try_get(2)?, follows: row.try_get(3)? });
        }
    }
    for row in client.query(INDEXES, &[&names]).await? {
        if let Some(table) = found.get_mut(&row.try_get::<_, String>(0)?) {
            if row.try_get(6)? {
                table.key = Some(row.try_get(3)?);
            }
            let (columns, width) = index_columns(&row)?;
            table.is_large = row.try_get(8)?;
            table.indexes.push(LiveIndex {
                // Needed for SQLite only: PostgreSQL drops an index together with any of its columns.
                over: Vec::new(),
                unique: row.try_get::<_, bool>(2)? && columns.len() == width,
                columns,
                width,
                name: row.try_get(3)?,
                constraint: row.try_get(5)?,
                unfinished: row.try_get(7)?,
            });
        }
    }
    let own = client.query(OWN_NAMES, &[]).await?;
    let own_names = own.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    let meanings = meanings(client).await?;
    let mut former_tables = Live::others(meanings.as_ref(), tables, |one, other| one == other);
    if !former_tables.is_empty() {
        let present = client.query(TABLES, &[&former_tables]).await?;
        former_tables = present.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    }
    let tables = tables.iter().map(|table| found.remove(table.name)).collect();
    Ok(Live { tables, own_names, meanings, history: history(client).await?, former_tables })
}

async fn columns_of(client: &Client, table: &str) -> Result<Vec<String>, Error> {
    let rows = client.query(COLUMNS, &[&[table].as_slice()]).await?;
    Ok(rows
        .iter()
        .map(|row| row.try_get(2))
        .collect::<Result<Vec<Option<String>>, _>>()?
        .into_iter()
        .flatten()
        .collect())
}

async fn meanings(client: &Client) -> Result<Option<Vec<LiveMeaning>>, Error> {
    if columns_of(client, "_crewed_schema").await?.is_empty() {
        return Ok(None);
    }
    let query = "SELECT \"table\", \"column\", \"meaning\" FROM \"_crewed_schema\"";
    let meaning = |row: &Row| {
        let meaning = Meaning::read(row.try_get(2)?);
        Ok(LiveMeaning { table: row.try_get(0)?, column: row.try_get(1)?, meaning })
    };
    client.query(query, &[]).await?.iter().map(meaning).collect::<Result<_, Error>>().map(Some)
}

async fn history(client: &Client) -> Result<Option<History>, Error> {
    let columns = columns_of(client, "_crewed_history").await?;
    if columns.is_empty() {
        return Ok(None);
    }
    let indexes = "SELECT statement FROM \"_crewed_history\" WHERE statement LIKE 'CREATE %INDEX %'";
    let indexes = client.query(indexes, &[]).await?;
    let indexes = indexes.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    let names_steps = columns.iter().any(|name| name == "step");
    let steps = match names_steps {
        true => {
            let steps = "SELECT step, statement FROM \"_crewed_history\" WHERE step IS NOT NULL ORDER BY id";
            client.query(steps, &[]).await?
        }
        false => Vec::new(),
    };
    let step = |row: &Row| Ok((row.try_get(0)?, row.try_get(1)?));
    let steps = steps.iter().map(step).collect::<Result<_, Error>>()?;
    Ok(Some(History { indexes, names_steps, steps }))
}

/// The columns by which an index finds every row, and the number of those that it was created on.
fn index_columns(row: &Row) -> Result<(Vec<String>, usize), Error> {
    let columns: Vec<Option<String>> = row.try_get(1)?;
    let width: i32 = row.try_get(4)?;
    Ok((columns.into_iter().map_while(|column| column).collect(), width.unsigned_abs() as usize))
}

/// The columns of each unique index, by the name of the index, for each table.
pub(in crate::store::postgres) async fn unique(
    client: &Client,
    tables: &[Table],
) -> Result<Vec<HashMap<String, Vec<usize>>>, Error> {
    // The transaction makes a pooler use one connection for all statements in it.
    client.batch_execute("BEGIN READ ONLY").await?;
    let unique = unique_now(client, tables).await?;
    client.batch_execute("COMMIT").await?;
    Ok(unique)
}

/// The same, in a transaction that is already open.
pub(super) async fn unique_now(
    client: &Client,
    tables: &[Table],
) -> Result<Vec<HashMap<String, Vec<usize>>>, Error> {
    let names: Vec<&str> = tables.iter().map(|table| table.name).collect();
    let mut unique: Vec<HashMap<String, Vec<usize>>> = tables.iter().map(|_| HashMap::new()).collect();
    for row in client.query(INDEXES, &[&names]).await? {
        let (table, is_unique): (String, bool) = (row.try_get(0)?, row.try_get(2)?);
        let (over, width) = index_columns(&row)?;
        let is_unique = is_unique && over.len() == width;
        let declared =
            tables.iter().zip(&mut unique).filter(|(declared, _)| is_unique && declared.name == table);
        for (declared, unique) in declared {
            let position = |name: &String| declared.columns.iter().position(|column| column.name == *name);
            if let Some(columns) = over.iter().map(position).collect() {
                unique.insert(row.try_get(3)?, columns);
            }
        }
    }
    Ok(unique)
}

/// A column, whose definition is spelled as crewed would declare it, so that the two texts can be compared.
fn column(name: String, row: &Row) -> Result<LiveColumn, Error> {
    let mut kind: String = row.try_get(3)?;
    if let Some(collation) = row.try_get::<_, Option<String>>(4)? {
        kind.push_str(&format!(" COLLATE {}", sql::quoted(&collation)));
    }
    let (not_null, key): (bool, bool) = (row.try_get(5)?, row.try_get(6)?);
    let (counted, computed): (bool, bool) = (row.try_get(7)?, row.try_get(8)?);
    let (mut definition, mut rest) = (kind.clone(), String::new());
    let words = [
        (counted, "GENERATED BY DEFAULT AS IDENTITY", true),
        (key, "PRIMARY KEY", true),
        // A primary key is never NULL, so its definition does not repeat that.
        (not_null && !key, "NOT NULL", false),
        (computed, "GENERATED", true),
    ];
    for (_, word, is_rest) in words.iter().filter(|(applies, ..)| *applies) {
        definition.push_str(&format!(" {word}"));
        if *is_rest {
            rest.push_str(&format!(" {word}"));
        }
    }
    let (filled, default, dependents) = (row.try_get(9)?, row.try_get(10)?, Vec::new());
    Ok(LiveColumn { name, kind, not_null, rest, filled, counted, computed, default, dependents, definition })
}

/// The name of the kind of a relation that is no ordinary table.
fn instead(kind: &str) -> Option<String> {
    let what = match kind {
        "r" => return None,
        // A partitioned table is refused because its violations name the unique indexes of its partitions.
        "p" => "a partitioned table",
        "v" => "a view",
        "m" => "a materialized view",
        "f" => "a foreign table",
        _ => "something else",
    };
    Some(what.to_owned())
}

/// For each column of the tables: the table's name and kind; the column's name, type and collation, if that is not the
/// default one; whether it is NOT NULL, part of the primary key, counted (an identity or a sequence), computed, and
/// filled if an insert leaves it out; and its default.
const COLUMNS: &str = "
    SELECT c.relname::text, c.relkind::text, a.attname::text, format_type(a.atttypid, a.atttypmod)::text,
        CASE WHEN l.collname <> 'default' THEN l.collname::text END, a.attnotnull,
        EXISTS (SELECT 1 FROM pg_index i
            WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)),
        a.attidentity::text <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid), '') LIKE 'nextval(%',
        a.attgenerated::text <> '', a.attidentity::text <> '' OR d.adbin IS NOT NULL,
        CASE WHEN a.attgenerated::text = '' THEN pg_get_expr(d.adbin, d.adrelid) END
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    LEFT JOIN pg_collation l ON l.oid = a.attcollation
    WHERE n.nspname = current_schema() AND c.relname::text = ANY ($1)
    ORDER BY c.relname, a.attnum";

/// For each object that depends on the type of a column: the column's table and name, a description of the object, and
/// whether it is an expression or a reference (a constraint or an index), which also works with another type of the
/// same kind. Plain indexes, the column's own default, its sequence and its statistics are left out, since PostgreSQL
/// rebuilds them with the column. A default of another column that depends on this one is the expression of a computed
/// column.
const USERS: &str = "
    WITH columns AS (
        SELECT t.oid, t.relname, t.reltype, t.reloftype, a.attnum, a.attname, a.attinhcount
        FROM pg_class t
        JOIN pg_namespace n ON n.oid = t.relnamespace
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE n.nspname = current_schema() AND t.relname::text = ANY ($1) AND t.relkind = 'r')
    SELECT DISTINCT c.relname::text, c.attname::text, CASE
        WHEN r.rulename = '_RETURN' THEN pg_describe_object('pg_class'::regclass, r.ev_class, 0)
        WHEN g.adnum IS NOT NULL THEN pg_describe_object('pg_class'::regclass, g.adrelid, g.adnum)
        ELSE pg_describe_object(d.classid, d.objid, d.objsubid) END,
        d.classid = 'pg_constraint'::regclass OR (d.classid = 'pg_class'::regclass AND d.objsubid = 0)
    FROM columns c
    JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid = c.attnum
    LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    LEFT JOIN pg_attrdef g ON d.classid = 'pg_attrdef'::regclass AND g.oid = d.objid
        AND (g.adrelid, g.adnum) <> (c.oid, c.attnum)
    WHERE CASE d.classid
        WHEN 'pg_class'::regclass THEN d.objsubid <> 0 OR EXISTS (SELECT 1 FROM pg_index i
            WHERE i.indexrelid = d.objid AND (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL))
        WHEN 'pg_attrdef'::regclass THEN g.adnum IS NOT NULL
        WHEN 'pg_constraint'::regclass THEN EXISTS (SELECT 1 FROM pg_constraint o
            WHERE o.oid = d.objid AND o.contype IN ('c', 'f', 'x'))
        ELSE d.classid <> 'pg_statistic_ext'::regclass END
    UNION
    SELECT c.relname::text, c.attname::text, pg_describe_object('pg_class'::regclass, u.attrelid, u.attnum), false
    FROM columns c
    JOIN pg_type y ON y.oid = c.reltype
    JOIN pg_attribute u ON u.atttypid IN (y.oid, y.typarray) AND NOT u.attisdropped
    JOIN pg_class k ON k.oid = u.attrelid AND k.relkind IN ('r', 'm', 'p')
    UNION
    SELECT c.relname::text, c.attname::text, pg_describe_object('pg_class'::regclass, i.inhparent, 0), false
    FROM columns c
    JOIN pg_inherits i ON i.inhrelid = c.oid
    WHERE c.attinhcount > 0
    UNION
    SELECT c.relname::text, c.attname::text, pg_describe_object('pg_type'::regclass, c.reloftype, 0), false
    FROM columns c
    WHERE c.reloftype <> 0
    ORDER BY 1, 2, 3";

/// For each index: its table; its columns, with NULL for one by which not every row can be found in the order of the
/// first; whether it makes them unique together; its name; the number of its columns; whether it belongs to a
/// constraint; whether it is the primary key's; whether its making was broken off; and whether the table is so large, 32
/// MiB, that making an index of it takes long. An index that another process is making counts as made.
const INDEXES: &str = "
    SELECT t.relname::text,
        ARRAY (SELECT CASE WHEN i.indpred IS NULL AND (i.indisvalid OR b.is_made) AND m.amname = 'btree'
                AND coalesce(l.collname, 'C') = 'C' AND i.indoption[k] = i.indoption[0] THEN a.attname::text END
            FROM generate_series(0, i.indnkeyatts - 1) AS k
            LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[k]
            LEFT JOIN pg_collation l ON l.oid = i.indcollation[k]
            ORDER BY k),
        i.indisunique AND i.indimmediate, x.relname::text, i.indnkeyatts::int4,
        EXISTS (SELECT 1 FROM pg_constraint o WHERE o.conindid = i.indexrelid), i.indisprimary,
        NOT (i.indisvalid OR b.is_made), pg_relation_size(t.oid) > 32 * 1024 * 1024
    FROM pg_index i
    CROSS JOIN LATERAL (SELECT EXISTS (SELECT 1 FROM pg_stat_progress_create_index p
        WHERE p.index_relid = i.indexrelid) AS is_made) b
    JOIN pg_class x ON x.oid = i.indexrelid
    JOIN pg_am m ON m.oid = x.relam
    JOIN pg_class t ON t.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE n.nspname = current_schema() AND t.relname::text = ANY ($1)";

/// Those of the given names that are tables.
const TABLES: &str = "
    SELECT c.relname::text
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname::text = ANY ($1)
    ORDER BY 1";

/// The names of all relations that crewed has created for itself.
const OWN_NAMES: &str = "
    SELECT c.relname::text
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND starts_with(c.relname::text, '_crewed_')";
