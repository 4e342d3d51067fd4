//! What is to be done to a database, and what stands in the way.

/// What it takes to have a difference gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) enum Level {
    /// Nothing can be lost, and a former program goes on: `migrate = "apply"` does it.
    Apply,
    /// It narrows or rewrites what is there: `migrate = "convert"` does it, where no row stands in the way.
    Convert,
    /// Somebody has to decide.
    Person,
}

impl Level {
    /// What it takes to convert values so.
    pub(super) fn of(cast: &Cast) -> Self {
        if cast.assumes.is_some() { Level::Person } else { Level::Convert }
    }
}

/// A difference between a table and its declaration.
#[derive(Debug)]
pub(in crate::store) struct Difference {
    /// What differs, where that stops the launch.
    pub(in crate::store) what: String,
    /// What is done about it.
    pub(in crate::store) does: String,
    pub(in crate::store) level: Level,
    /// Rows that may stand in the way.
    pub(in crate::store) precondition: Option<Precondition>,
    /// Those that do.
    pub(in crate::store) found: Option<String>,
    /// Whose they are, and how they are put right.
    pub(in crate::store) remedies: Vec<String>,
    /// What a person could do.
    pub(in crate::store) hints: Vec<String>,
    /// Whether the statements that convert the table make it so.
    pub(in crate::store) converted: bool,
}

/// A question about the rows that are there.
#[derive(Debug)]
pub(in crate::store) struct Precondition {
    /// Of the rows, or values, that stand in the way: how many.
    pub(in crate::store) total: String,
    /// A few of them as text, each with how many rows it stands for.
    pub(in crate::store) sample: Option<String>,
    /// How it is told.
    pub(in crate::store) told: Finding,
    /// The same rows by their key, where they are told by what they hold.
    pub(in crate::store) keys: Option<Box<Precondition>>,
    /// What puts such rows right.
    pub(in crate::store) remedies: Vec<String>,
}

/// How what was found is told.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) enum Finding {
    /// Rows by their key; what is wrong with one, and with several.
    Rows(&'static str, &'static str, &'static str),
    /// Rows by the value that they have in common; what is wrong with one, and with several.
    Values(&'static str, &'static str),
    /// More than one row.
    Several,
    /// Rows by their key, of which the rest is told already.
    Keys(&'static str),
    /// What rows have that are added without a value.
    Default,
}

/// What was found.
#[derive(Debug, Default)]
pub(in crate::store) struct Found {
    pub(in crate::store) total: i64,
    pub(in crate::store) sample: Vec<(Option<String>, i64)>,
}

/// What becomes of a column that is there, by the name that it has there.
#[derive(Clone, Debug, Default)]
pub(in crate::store) struct Edit {
    pub(in crate::store) column: String,
    /// Its new type on disk.
    pub(in crate::store) kind: Option<String>,
    /// What its values become.
    pub(in crate::store) value: Option<String>,
    /// What must hold of every value, so that none is lost.
    pub(in crate::store) fits: Option<String>,
    /// Whether it may hold NULL from now on.
    pub(in crate::store) nullable: Option<bool>,
    /// The default that it has from now on, where its values change.
    pub(in crate::store) default: Option<String>,
    /// What must hold of the former default, so that it is not lost.
    pub(in crate::store) default_fits: Option<String>,
}

impl Edit {
    /// Whether its values, and so its default, become something else.
    pub(in crate::store) fn converts(&self) -> bool {
        self.kind.is_some() || self.value.is_some()
    }

    /// Whether there is something to do to the table.
    pub(in crate::store) fn alters(&self) -> bool {
        self.converts() || self.nullable.is_some()
    }
}

/// What a column means from now on.
#[derive(Clone, Debug)]
pub(in crate::store) struct Meant {
    pub(in crate::store) table: String,
    /// The name that it has from now on.
    pub(in crate::store) column: String,
    /// Another name, by which its meaning was kept.
    pub(in crate::store) was: Option<String>,
    pub(in crate::store) meaning: String,
    /// Whether the column is new.
    pub(in crate::store) added: bool,
}

impl Precondition {
    /// Rows of which nothing is told but how many they are, as the statement `total` says.
    pub(super) fn of(total: String, told: Finding) -> Self {
        Precondition { total, sample: None, told, keys: None, remedies: Vec::new() }
    }

    /// What is asked of the database, in order.
    pub(in crate::store) fn questions(&self) -> impl Iterator<Item = &Precondition> {
        [self].into_iter().chain(self.keys.as_deref())
    }

    /// The same, with what puts such rows right.
    pub(in crate::store) fn put_right(self, remedies: Vec<String>) -> Self {
        Precondition { remedies, ..self }
    }

    /// What is told of what was found; nothing, where nothing was.
    pub(in crate::store) fn judge(&self, found: &Found) -> Option<String> {
        if found.total == 0 {
            return None;
        }
        let rows = |count: i64| if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
        let mut text = match self.told {
            Finding::Rows(_, one, _) | Finding::Values(one, _) if found.total == 1 => format!("1 row {one}"),
            Finding::Rows(_, _, many) | Finding::Values(_, many) => format!("{} {many}", rows(found.total)),
            Finding::Several => "there is more than one row".to_owned(),
            Finding::Keys(_) => format!("in {}", if found.total == 1 { "the row" } else { "the rows" }),
            Finding::Default => "it would become something else".to_owned(),
        };
        if !found.sample.is_empty() {
            let shown = |(value, count): &(Option<String>, i64)| {
                let value = value.as_deref().unwrap_or("NULL");
                match self.told {
                    Finding::Values(..) => format!("'{value}' ({})", rows(*count)),
                    _ => value.to_owned(),
                }
            };
            let before = match self.told {
                Finding::Rows(key, ..) | Finding::Keys(key) => format!("`{key}` "),
                _ => String::new(),
            };
            let all: Vec<String> = found.sample.iter().take(FEW).map(shown).collect();
            let more = if found.sample.len() > FEW { ", .." } else { "" };
            text.push_str(&format!(": {before}{}{more}", all.join(", ")));
        }
        Some(text)
    }
}

/// How many values or rows are told of those that stand in the way.
const FEW: usize = 4;

/// How the values of a column become those of another meaning.
#[derive(Clone, Debug)]
pub(in crate::store) struct Cast {
    /// What each value becomes; nothing, where it stays the same bytes.
    pub(in crate::store) value: Option<String>,
    /// What must hold of each value, so that none is lost. NULL fits.
    pub(in crate::store) fits: Option<String>,
    /// What is taken for granted, where somebody has to decide that.
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
