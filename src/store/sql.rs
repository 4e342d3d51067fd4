//! The text of statements that define tables, and the differences between the engines' dialects.

use std::borrow::Cow;

use crate::resource::{ColumnType, IndexMeta, Table, TableColumn, TextSearch};
use crate::value::Value;

/// The differences between the engines' dialects.
pub(super) trait Dialect {
    /// The text after the closing parenthesis of `CREATE TABLE`.
    const TABLE_OPTIONS: &'static str;

    /// Whether NULL sorts as less than every value, where a statement does not say otherwise.
    const NULL_IS_LEAST: bool;

    /// Whether a text is found by a regular expression, whatever the case of its letters, and not by the folded text.
    const FOLDS_BY_PATTERN: bool;

    /// What stands before the position of a parameter.
    const PARAMETER_SIGN: char;

    /// The parameter at this position, counted from 1.
    fn parameter(position: usize) -> String {
        format!("{}{position}", Self::PARAMETER_SIGN)
    }

    /// The condition that a text is found in a column; both are SQL.
    fn text_search(column: &str, search: TextSearch, text: &str) -> String;

    /// The condition that a text is found in a column, whatever the case of the letters; both are SQL. The text is a
    /// parameter, as [`Dialect::FOLDS_BY_PATTERN`] says.
    fn contains_folded(column: &str, text: &str) -> String;

    /// The condition that a JSON list in a column has an item, a parameter of this type; both are SQL.
    fn has(column: &str, kind: ColumnType, item: &str) -> String;

    /// Whether two names identify the same table or column.
    fn same_name(one: &str, other: &str) -> bool;

    /// The type that a column has on disk.
    fn column_type(kind: &ColumnType) -> Cow<'static, str>;

    /// A value as a literal of a statement that changes the schema. All other statements have parameters.
    fn literal(value: &Value, kind: &ColumnType) -> String;

    /// The column constraint of the key.
    fn key(column: &TableColumn) -> &'static str;

    /// Whether the engine lets every index end with this key by itself.
    fn indexes_end_with(key: &TableColumn) -> bool;
}

/// Creates a table, without its indexes.
pub(super) fn create_table<D: Dialect>(table: &Table) -> String {
    let columns = table
        .columns
        .iter()
        .enumerate()
        .map(|(i, column)| format!("{} {}", quoted(column.name), definition::<D>(table, i)));
    format!("CREATE TABLE {} ({}){}", quoted(table.name), listed(columns), D::TABLE_OPTIONS)
}

/// Adds a column to an existing table, whose rows get the default.
pub(super) fn add_column<D: Dialect>(table: &Table, index: usize, default: Option<&str>) -> String {
    let (name, column) = (quoted(table.name), quoted(table.columns[index].name));
    let default = default.map_or(String::new(), |default| format!(" DEFAULT {default}"));
    format!("ALTER TABLE {name} ADD COLUMN {column} {}{default}", definition::<D>(table, index))
}

/// Renames a column.
pub(super) fn rename_column(table: &Table, was: &str, index: usize) -> String {
    let (name, column) = (quoted(table.name), quoted(table.columns[index].name));
    format!("ALTER TABLE {name} RENAME COLUMN {} TO {column}", quoted(was))
}

/// Drops a column and its values.
pub(super) fn drop_column(table: &Table, column: &str) -> String {
    format!("ALTER TABLE {} DROP COLUMN {}", quoted(table.name), quoted(column))
}

/// A text as an SQL literal.
pub(super) fn text_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Bytes as hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The definition of a column after its name: its type and constraints.
pub(super) fn definition<D: Dialect>(table: &Table, index: usize) -> String {
    let column = &table.columns[index];
    let kind = D::column_type(&column.kind);
    match column {
        _ if index == table.key => format!("{kind} {}", D::key(column)),
        TableColumn { nullable: true, .. } => kind.into_owned(),
        _ => format!("{kind} NOT NULL"),
    }
}

/// A declared index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Index {
    /// The columns by which it finds and orders rows.
    pub(super) columns: Vec<usize>,
    pub(super) unique: bool,
}

/// The declared indexes of a table: those of single columns, and then those of several. A primary key has one anyway,
/// and a column that is unique needs no second one.
///
/// Where rows can be sorted by the last column of an index, it ends with the key, which decides between rows that are
/// equal otherwise. So it serves the sort in both directions. That of an owner or a tenant ends with the key, too: most
/// lists have the rows of one, in the order of the key.
pub(super) fn indexes<D: Dialect>(table: &Table) -> Vec<Index> {
    let is_indexed = |(i, column): &(usize, &TableColumn)| *i != table.key && (column.unique || column.index);
    let single = table.columns.iter().enumerate().filter(is_indexed);
    let single = single.map(|(i, column)| Index { columns: vec![i], unique: column.unique });
    let several =
        table.indexes.iter().map(|index| Index { columns: index.columns.to_vec(), unique: index.unique });
    let mut all: Vec<Index> = Vec::new();
    for mut index in single.chain(several) {
        let is_sorted = |column: &TableColumn| column.sort || column.of_caller;
        let sorts = index.columns.last().is_some_and(|last| is_sorted(&table.columns[*last]));
        if sorts && !index.unique && !index.columns.contains(&table.key) {
            index.columns.push(table.key);
        }
        // Where the engine adds the key by itself, an index with it and one without are the same.
        let is_same = |known: &&mut Index| {
            known.unique == index.unique && known.named_columns::<D>(table) == index.named_columns::<D>(table)
        };
        match all.iter_mut().find(is_same) {
            Some(known) if known.columns.len() < index.columns.len() => *known = index,
            Some(_) => {}
            None => all.push(index),
        }
    }
    all
}

impl Index {
    /// The columns that its statement names: without the key at the end, where the engine adds that by itself.
    pub(super) fn named_columns<D: Dialect>(&self, table: &Table) -> &[usize] {
        match &*self.columns {
            [first @ .., last]
                if *last == table.key
                    && !first.is_empty()
                    && D::indexes_end_with(&table.columns[table.key]) =>
            {
                first
            }
            all => all,
        }
    }
}

/// The columns of each unique constraint of a table, in the order in which violations are reported: those of single
/// columns, the key and what is unique within each tenant among them, and then those of several.
pub(super) fn unique_constraints(table: &Table) -> impl Iterator<Item = Vec<usize>> + '_ {
    let in_tenant = |index: &IndexMeta| index.unique_in_tenant(table.tenant);
    let single = table.columns.iter().enumerate().flat_map(move |(i, column)| {
        let alone = (i == table.key || column.unique).then(|| vec![i]);
        let within = table.indexes.iter().filter(move |index| in_tenant(index) == Some(i));
        alone.into_iter().chain(within.map(|index| index.columns.to_vec()))
    });
    let several = table.indexes.iter().filter(move |index| index.unique && in_tenant(index).is_none());
    single.chain(several.map(|index| index.columns.to_vec()))
}

/// The prefix of the names of all indexes that crewed creates, which declared tables and columns may not have.
pub(super) const OWN: &str = "_crewed_";

/// The name of an index: `_crewed_unique_6_heroes_name`, or `_crewed_unique_6x2_heroes_name` if an older index has the
/// former name; `_crewed_index_6_4_heroes_team_age` over several columns.
///
/// The numbers are the lengths of all names but the last, without which two pairs of table and columns could have the
/// same name. PostgreSQL limits names to 63 bytes, so a longer name is cut, and a hash replaces the numbers.
pub(super) fn index_name<D: Dialect>(table: &Table, index: &Index, count: u32) -> String {
    let columns = index.named_columns::<D>(table).iter().map(|column| table.columns[*column].name);
    let names: Vec<&str> = [table.name].into_iter().chain(columns).collect();
    let lengths: Vec<String> = names.iter().map(|name| name.len().to_string()).collect();
    let (names, lengths) = (names.join("_"), lengths[..lengths.len() - 1].join("_"));
    let kind = if index.unique { "unique" } else { "index" };
    let count = if count > 1 { format!("x{count}") } else { String::new() };
    let name = format!("{OWN}{kind}_{lengths}{count}_{names}");
    if name.len() <= 63 {
        return name;
    }
    // It makes two names differ that are equal up to the cut.
    let hash = lasting_hash(name.bytes());
    let mut name = format!("{OWN}{kind}_h{hash:016x}{count}_{names}");
    while name.len() > 63 {
        name.pop();
    }
    name
}

/// A hash that stays the same in later releases: FNV-1a.
pub(crate) fn lasting_hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Creates an index.
pub(super) fn create_index<D: Dialect>(table: &Table, index: &Index, name: &str) -> String {
    create_index_by::<D>(
        if index.unique { "CREATE UNIQUE INDEX" } else { "CREATE INDEX" },
        table,
        index,
        name,
    )
}

/// Creates an index while rows are written.
pub(super) fn create_index_beside_writes<D: Dialect>(table: &Table, index: &Index, name: &str) -> String {
    create_index_by::<D>("CREATE INDEX CONCURRENTLY", table, index, name)
}

fn create_index_by<D: Dialect>(words: &str, table: &Table, index: &Index, name: &str) -> String {
    let columns = index.named_columns::<D>(table).iter();
    format!(
        "{words} {} ON {} ({})",
        quoted(name),
        quoted(table.name),
        listed(columns.map(|column| quoted(table.columns[*column].name))),
    )
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(super) fn listed<T: AsRef<str>>(parts: impl Iterator<Item = T>) -> String {
    let mut text = String::new();
    for part in parts {
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(part.as_ref());
    }
    text
}
