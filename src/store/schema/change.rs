//! Differences between a table and its declaration, the changes that remove them, and the conditions for these.

/// Who may remove a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) enum Level {
    /// `migrate = "apply"` does: nothing can be lost, and an older version of the program can go on running.
    Apply,
    /// `migrate = "convert"` does, unless a row prevents it: values are narrowed or rewritten.
    Convert,
    /// Only a person does, who has to decide something.
    Manual,
}

impl Level {
    /// The level of a conversion of values.
    pub(super) fn of(cast: &Cast) -> Self {
        if cast.assumes.is_some() { Level::Manual } else { Level::Convert }
    }
}

/// A difference between a table and its declaration.
#[derive(Debug)]
pub(in crate::store) struct Difference {
    /// The description of the difference, for the error if it stops the launch.
    pub(in crate::store) what: String,
    /// The description of the change that removes it, or an empty text if there is none.
    pub(in crate::store) does: String,
    pub(in crate::store) level: Level,
    /// The query for rows that prevent the change.
    pub(in crate::store) precondition: Option<Precondition>,
    /// The description of the rows that prevent it, once they are known.
    pub(in crate::store) found: Option<String>,
    /// The keys of these rows, and statements that correct them.
    pub(in crate::store) remedies: Vec<String>,
    /// Other proposals for a person.
    pub(in crate::store) hints: Vec<String>,
    /// Whether the statements that convert the table remove the difference.
    pub(in crate::store) converted: bool,
}

/// Queries for the existing rows that prevent a change.
#[derive(Debug)]
pub(in crate::store) struct Precondition {
    /// The query for the number of rows.
    pub(in crate::store) total: String,
    /// The query for a few keys or values as text, each with the number of its rows.
    pub(in crate::store) sample: Option<String>,
    /// How the result is described.
    pub(in crate::store) wording: Wording,
    /// Queries for the keys of the same rows, if this one describes them by their values.
    pub(in crate::store) keys: Option<Box<Precondition>>,
    /// Statements that correct the rows.
    pub(in crate::store) remedies: Vec<String>,
}

/// How the result of a precondition is described.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) enum Wording {
    /// Rows by their key. It has the key's name, and what is wrong, in the singular and in the plural.
    Rows(&'static str, &'static str, &'static str),
    /// Rows by their common value. It has what is wrong, in the singular and in the plural.
    Values(&'static str, &'static str),
    /// There is more than one row.
    Several,
    /// The keys of rows that were already described by their values. It has the key's name.
    Keys(&'static str),
    /// The default of a column, which is checked like a row.
    Default,
}

/// The result of a precondition's queries.
#[derive(Debug, Default)]
pub(in crate::store) struct PreconditionResult {
    pub(in crate::store) total: i64,
    pub(in crate::store) sample: Vec<(Option<String>, i64)>,
}

/// A change of an existing column, which is identified by its present name.
#[derive(Clone, Debug, Default)]
pub(in crate::store) struct Edit {
    pub(in crate::store) column: String,
    /// The new SQL type.
    pub(in crate::store) kind: Option<String>,
    /// The expression of the new values.
    pub(in crate::store) value: Option<String>,
    /// The condition that every value must meet, so that none is lost.
    pub(in crate::store) fits: Option<String>,
    /// Whether the column becomes nullable, or NOT NULL.
    pub(in crate::store) nullable: Option<bool>,
    /// The new default, if the values change.
    pub(in crate::store) default: Option<String>,
    /// The condition that the former default must meet, so that it is not lost.
    pub(in crate::store) default_fits: Option<String>,
}

impl Edit {
    /// Whether it changes the values, and so the default.
    pub(in crate::store) fn converts(&self) -> bool {
        self.kind.is_some() || self.value.is_some()
    }

    /// Whether it takes a statement that changes the table.
    pub(in crate::store) fn alters(&self) -> bool {
        self.converts() || self.nullable.is_some()
    }
}

/// The new meaning of a column, to be recorded in `_crewed_schema`.
#[derive(Clone, Debug)]
pub(in crate::store) struct Meant {
    pub(in crate::store) table: String,
    /// The name of the column after the migration.
    pub(in crate::store) column: String,
    /// The name under which its meaning was recorded before, if that differs.
    pub(in crate::store) was: Option<String>,
    pub(in crate::store) meaning: String,
    /// Whether the column is new.
    pub(in crate::store) added: bool,
}

impl Precondition {
    /// A precondition that reports only the number of rows, by the query `total`.
    pub(super) fn of(total: String, wording: Wording) -> Self {
        Precondition { total, sample: None, wording, keys: None, remedies: Vec::new() }
    }

    /// This one and the one for the keys, in the order in which they are queried.
    pub(in crate::store) fn queries(&self) -> impl Iterator<Item = &Precondition> {
        [self].into_iter().chain(self.keys.as_deref())
    }

    /// The same, with statements that correct the rows.
    pub(in crate::store) fn with_remedies(self, remedies: Vec<String>) -> Self {
        Precondition { remedies, ..self }
    }

    /// Describes the rows that were found, or returns `None` if there are none.
    pub(in crate::store) fn report(&self, found: &PreconditionResult) -> Option<String> {
        if found.total == 0 {
            return None;
        }
        let rows = |count: i64| if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
        let mut text = match self.wording {
            Wording::Rows(_, one, _) | Wording::Values(one, _) if found.total == 1 => format!("1 row {one}"),
            Wording::Rows(_, _, many) | Wording::Values(_, many) => format!("{} {many}", rows(found.total)),
            Wording::Several => "there is more than one row".to_owned(),
            Wording::Keys(_) => format!("in {}", if found.total == 1 { "the row" } else { "the rows" }),
            Wording::Default => "it would become something else".to_owned(),
        };
        if !found.sample.is_empty() {
            let shown = |(value, count): &(Option<String>, i64)| {
                let value = value.as_deref().unwrap_or("NULL");
                match self.wording {
                    Wording::Values(..) => format!("'{value}' ({})", rows(*count)),
                    _ => value.to_owned(),
                }
            };
            let before = match self.wording {
                Wording::Rows(key, ..) | Wording::Keys(key) => format!("`{key}` "),
                _ => String::new(),
            };
            let all: Vec<String> = found.sample.iter().take(FEW).map(shown).collect();
            let more = if found.sample.len() > FEW { ", .." } else { "" };
            text.push_str(&format!(": {before}{}{more}", all.join(", ")));
        }
        Some(text)
    }
}

/// How many keys or values are listed.
const FEW: usize = 4;

/// The conversion of a column's values from one meaning to another.
#[derive(Clone, Debug)]
pub(in crate::store) struct Cast {
    /// The expression of the new value, or `None` if the stored bytes stay the same.
    pub(in crate::store) value: Option<String>,
    /// The condition that each value must meet, so that none is lost. NULL always fits.
    pub(in crate::store) fits: Option<String>,
    /// An assumption about the values, which a person has to confirm.
    pub(in crate::store) assumes: Option<&'static str>,
}

impl Cast {
    pub(in crate::store) fn new(value: Option<String>, fits: Option<String>) -> Self {
        Cast { value, fits, assumes: None }
    }

    pub(in crate::store) fn assuming(self, what: &'static str) -> Self {
        Cast { assumes: Some(what), ..self }
    }
}
