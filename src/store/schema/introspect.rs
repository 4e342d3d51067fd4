//! What a database has of what is declared.

use super::meaning::Meaning;
use crate::resource::Table;

/// What a database has.
#[derive(Debug, Default)]
pub(in crate::store) struct Live {
    /// For each declared table, the one of its name.
    pub(in crate::store) tables: Vec<Option<LiveTable>>,
    /// The names that crewed gave to indexes, and to whatever else.
    pub(in crate::store) own_names: Vec<String>,
    /// What columns mean, where that is kept already.
    pub(in crate::store) meanings: Option<Vec<LiveMeaning>>,
    /// What was done to the schema, where that is kept already.
    pub(in crate::store) history: Option<History>,
    /// Tables that crewed has made and that are not declared any more.
    pub(in crate::store) left: Vec<String>,
}

/// A table, or a view or the like of its name.
#[derive(Debug, Default)]
pub(in crate::store) struct LiveTable {
    /// Its name, as it stands in the database.
    pub(in crate::store) name: String,
    /// What it is, where it is no table: `a view`.
    pub(in crate::store) instead: Option<String>,
    /// What is wrong with it whatever its columns: `is not STRICT, declared STRICT`.
    pub(in crate::store) faults: Vec<String>,
    pub(in crate::store) columns: Vec<LiveColumn>,
    pub(in crate::store) indexes: Vec<LiveIndex>,
    /// The constraint that makes its key the key, where that has a name.
    pub(in crate::store) key: Option<String>,
    /// The statement that makes it, where the database keeps that.
    pub(in crate::store) source: String,
    /// The statements that make its indexes and triggers, where the database keeps them.
    pub(in crate::store) attached: Vec<String>,
}

/// One of its columns.
#[derive(Debug)]
pub(in crate::store) struct LiveColumn {
    pub(in crate::store) name: String,
    /// Its type on disk, with its collation where that is a part of it.
    pub(in crate::store) kind: String,
    /// Whether it never holds NULL.
    pub(in crate::store) not_null: bool,
    /// What else it was declared as: `PRIMARY KEY`.
    pub(in crate::store) rest: String,
    /// Whether an `INSERT` that does not name it gives it a value.
    pub(in crate::store) filled: bool,
    /// Whether it is a key that is counted, and no value comes back.
    pub(in crate::store) counted: bool,
    /// Whether it is computed, and nobody writes it.
    pub(in crate::store) computed: bool,
    /// What such an `INSERT` gives it, where that stays when its type changes.
    pub(in crate::store) default: Option<String>,
    /// What uses it so that its type cannot change.
    pub(in crate::store) users: Vec<User>,
    /// What it was declared as, in the words that crewed declares columns with.
    pub(in crate::store) definition: String,
}

/// What uses a column.
#[derive(Debug)]
pub(in crate::store) struct User {
    /// What it is: `view seen`.
    pub(in crate::store) what: String,
    /// Whether it is made anew with the column, and need only go on where its values are of another kind.
    pub(in crate::store) follows: bool,
}

/// One of its indexes.
#[derive(Debug)]
pub(in crate::store) struct LiveIndex {
    pub(in crate::store) name: String,
    /// Its first column, where it is one of columns that holds every row and compares as crewed does.
    pub(in crate::store) first: Option<String>,
    /// The columns that cannot be dropped before it.
    pub(in crate::store) over: Vec<String>,
    /// Whether it is of that column alone.
    pub(in crate::store) only: bool,
    /// Whether it keeps the values of that column alone apart.
    pub(in crate::store) apart: bool,
    /// Whether it is no index of its own, but that of a constraint or a key.
    pub(in crate::store) constraint: bool,
}

/// What a column means.
#[derive(Debug)]
pub(in crate::store) struct LiveMeaning {
    pub(in crate::store) table: String,
    pub(in crate::store) column: String,
    pub(in crate::store) meaning: Meaning,
}

/// What was done to the schema.
#[derive(Debug, Default)]
pub(in crate::store) struct History {
    /// The statements that made indexes.
    pub(in crate::store) indexes: Vec<String>,
    /// Whether it has the names of steps yet.
    pub(in crate::store) names_steps: bool,
    /// The steps that it has seen, with their statements.
    pub(in crate::store) steps: Vec<(String, String)>,
}

impl Live {
    /// The tables of which it is kept what they mean, and which are none of these.
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

    /// Whether there is no table of all that are declared.
    pub(in crate::store) fn is_empty(&self) -> bool {
        self.tables.iter().all(Option::is_none)
    }

    /// Whether crewed has made this index: by its name, or, with the names of former builds, by what was noted.
    pub(in crate::store) fn is_own(&self, index: &LiveIndex) -> bool {
        let noted = format!(" INDEX \"{}\" ON ", index.name.replace('"', "\"\""));
        !index.constraint
            && (index.name.starts_with(crate::store::sql::OWN)
                || self.history.iter().flat_map(|history| &history.indexes).any(|text| text.contains(&noted)))
    }
}
