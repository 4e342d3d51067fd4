//! The present state of a database, as far as it concerns the declared tables.

use super::meaning::Meaning;
use crate::resource::Table;

/// The present state of a database.
#[derive(Debug, Default)]
pub(in crate::store) struct Live {
    /// For each declared table, the existing one with its name.
    pub(in crate::store) tables: Vec<Option<LiveTable>>,
    /// The names of indexes and other objects that begin with crewed's prefix.
    pub(in crate::store) own_names: Vec<String>,
    /// The recorded meanings of columns, if the table of them exists.
    pub(in crate::store) meanings: Option<Vec<LiveMeaning>>,
    /// The recorded changes of the schema, if the table of them exists.
    pub(in crate::store) history: Option<History>,
    /// The tables that crewed created and that are not declared any more.
    pub(in crate::store) former_tables: Vec<String>,
}

/// An existing table, or another relation with its name, such as a view.
#[derive(Debug, Default)]
pub(in crate::store) struct LiveTable {
    /// Its name, in the spelling of the database.
    pub(in crate::store) name: String,
    /// The kind of the relation if it is no ordinary table: `a view`.
    pub(in crate::store) instead: Option<String>,
    /// Differences of the table itself, apart from its columns: `is not STRICT, declared STRICT`.
    pub(in crate::store) faults: Vec<String>,
    pub(in crate::store) columns: Vec<LiveColumn>,
    pub(in crate::store) indexes: Vec<LiveIndex>,
    /// Whether it takes long to make an index of it, and the engine can do so while rows are written.
    pub(in crate::store) is_large: bool,
    /// The name of the primary key constraint, if it has one.
    pub(in crate::store) key: Option<String>,
    /// The statement that created it, if the database keeps that (as SQLite does).
    pub(in crate::store) source: String,
    /// The statements that created its indexes and triggers, if the database keeps them.
    pub(in crate::store) attached: Vec<String>,
}

/// An existing column.
#[derive(Debug)]
pub(in crate::store) struct LiveColumn {
    pub(in crate::store) name: String,
    /// Its SQL type, with its collation if that is a part of it.
    pub(in crate::store) kind: String,
    /// Whether it is NOT NULL.
    pub(in crate::store) not_null: bool,
    /// The rest of its definition: `PRIMARY KEY`.
    pub(in crate::store) rest: String,
    /// Whether it gets a value from an `INSERT` that does not name it.
    pub(in crate::store) filled: bool,
    /// Whether it is an auto-increment key, which never reuses a value.
    pub(in crate::store) counted: bool,
    /// Whether it is a generated column, which cannot be written.
    pub(in crate::store) computed: bool,
    /// The expression of its DEFAULT, if the engine has to convert that together with the type.
    pub(in crate::store) default: Option<String>,
    /// The objects that depend on it, so that its type cannot change.
    pub(in crate::store) dependents: Vec<Dependent>,
    /// Its definition, spelled as crewed would declare it.
    pub(in crate::store) definition: String,
}

/// An object of the database that depends on a column.
#[derive(Debug)]
pub(in crate::store) struct Dependent {
    /// Its description: `view seen`.
    pub(in crate::store) what: String,
    /// Whether it is rebuilt with the column, so that it prevents only a change to another kind of values.
    pub(in crate::store) follows: bool,
}

/// An existing index.
#[derive(Debug)]
pub(in crate::store) struct LiveIndex {
    pub(in crate::store) name: String,
    /// The columns by which every row can be found, in the order of their bytes. They end before the first column that
    /// is none of these, such as an expression. Where the engine adds the key to every index, that is the last one.
    pub(in crate::store) columns: Vec<String>,
    /// The number of columns and expressions that it was created on.
    pub(in crate::store) width: usize,
    /// The columns that cannot be dropped before the index is.
    pub(in crate::store) over: Vec<String>,
    /// Whether it makes the columns that it was created on, together, unique.
    pub(in crate::store) unique: bool,
    /// Whether it belongs to a constraint or a key, and cannot be dropped by itself.
    pub(in crate::store) constraint: bool,
    /// Whether its making has failed, or was broken off.
    pub(in crate::store) unfinished: bool,
}

impl LiveIndex {
    /// The columns that it was created on, as far as every row can be found by them.
    pub(in crate::store) fn created_on(&self) -> &[String] {
        self.columns.get(..self.width).unwrap_or(&self.columns)
    }
}

/// The recorded meaning of a column.
#[derive(Debug)]
pub(in crate::store) struct LiveMeaning {
    pub(in crate::store) table: String,
    pub(in crate::store) column: String,
    pub(in crate::store) meaning: Meaning,
}

/// The recorded changes of the schema.
#[derive(Debug, Default)]
pub(in crate::store) struct History {
    /// The statements that created indexes.
    pub(in crate::store) indexes: Vec<String>,
    /// Whether the table has the column for the names of steps, which older versions of crewed did not create.
    pub(in crate::store) names_steps: bool,
    /// The names of the recorded steps, with their statements.
    pub(in crate::store) steps: Vec<(String, String)>,
}

impl Live {
    /// The tables that have recorded meanings and are not declared.
    pub(in crate::store) fn others(
        meanings: Option<&Vec<LiveMeaning>>,
        tables: &[Table],
        same: fn(&str, &str) -> bool,
    ) -> Vec<String> {
        let mut others: Vec<String> = Vec::new();
        for kept in meanings.into_iter().flatten() {
            let declared = tables.iter().any(|table| same(table.name, &kept.table));
            if !declared && !others.iter().any(|known| same(known, &kept.table)) {
                others.push(kept.table.clone());
            }
        }
        others
    }

    /// Whether no declared table exists.
    pub(in crate::store) fn is_empty(&self) -> bool {
        self.tables.iter().all(Option::is_none)
    }

    /// Whether crewed created this index. Its name says so, or the recorded changes, for names that older versions
    /// gave, which created indexes of single columns only.
    pub(in crate::store) fn is_own(&self, index: &LiveIndex) -> bool {
        let noted = format!(" INDEX \"{}\" ON ", index.name.replace('"', "\"\""));
        !index.constraint
            && (index.name.starts_with(crate::store::sql::OWN)
                || (index.width == 1
                    && self
                        .history
                        .iter()
                        .flat_map(|history| &history.indexes)
                        .any(|text| text.contains(&noted))))
    }
}
