//! Compares tables: what happens to the rows that are there.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::{Changes, Class, Turn, list};

pub(super) fn compare(old: &Json, new: &Json, changes: &mut Changes) {
    for before in list(old) {
        let at = format!("table {}", name(before));
        match list(new).find(|table| name(table) == name(before)) {
            Some(after) => compare_table(before, after, &at, changes),
            None => {
                let message = "the table is not declared any more; its rows stay, and nobody serves them";
                changes.add(Class::Unknown, "table-removed", &at, message);
            }
        }
    }
    for after in list(new).filter(|after| !list(old).any(|before| name(before) == name(after))) {
        let at = format!("table {}", name(after));
        changes.add(Class::Compatible, "table-added", &at, "the table is new");
    }
}

fn name(of: &Json) -> &str {
    of["name"].as_str().unwrap_or_default()
}

fn compare_table(before: &Json, after: &Json, at: &str, changes: &mut Changes) {
    let old: Vec<&Json> = list(&before["columns"]).collect();
    let new: Vec<&Json> = list(&after["columns"]).collect();
    // A column that says what it was called is the same column.
    let former = |column: &Json| {
        old.iter().copied().find(|known| name(known) == name(column)).or_else(|| {
            let was = column["was"].as_str()?;
            old.iter()
                .copied()
                .find(|known| name(known) == was && !new.iter().any(|other| name(other) == was))
        })
    };
    for column in new.iter().copied() {
        let at = format!("{at} column {}", name(column));
        match former(column) {
            Some(known) => {
                if name(known) != name(column) {
                    let message = format!("the column was called `{}`", name(known));
                    changes.add(Class::Compatible, "column-renamed", &at, message);
                }
                compare_column(known, column, &at, changes);
            }
            None if column["filled"] == true => {
                changes.add(Class::Compatible, "column-added", &at, "the column is new");
            }
            None => changes.add(
                Class::Breaking,
                "column-added-required",
                &at,
                "the column is new, and the rows that are there have no value for it: give it a default, or make it \
                 an `Option`",
            ),
        }
    }
    let kept: Vec<&str> = new.iter().filter_map(|column| former(column).map(name)).collect();
    for gone in old.iter().filter(|column| !kept.contains(&name(column))) {
        let at = format!("{at} column {}", name(gone));
        let message = "the column is not declared any more; what the rows have in it is served by nobody \
                       (`was = \"..\"` says that it has another name now)";
        changes.add(Class::Breaking, "column-removed", &at, message);
    }
    let present = |known: &str| {
        let renamed = new.iter().find(|column| former(column).is_some_and(|column| name(column) == known));
        renamed.map_or(known, |column| name(column)).to_owned()
    };
    let (old, new) = (Unique::of(before, present), Unique::of(after, str::to_owned));
    for columns in new.together.iter().filter(|columns| !old.keeps(columns)) {
        let message = "no two rows may have the same values in these columns now, and some may";
        changes.add(Class::Breaking, "columns-unique", &of_columns(at, columns), message);
    }
    for columns in old.together.iter().filter(|columns| !new.keeps(columns)) {
        let message = "rows may have the same values in these columns now";
        changes.add(Class::Compatible, "columns-not-unique", &of_columns(at, columns), message);
    }
}

/// What is unique in a table.
struct Unique {
    /// The columns that are unique by themselves.
    alone: BTreeSet<String>,
    /// The sets of columns that are unique together.
    together: BTreeSet<BTreeSet<String>>,
}

impl Unique {
    /// That of a table; `present` is the name that a column has now.
    fn of(table: &Json, present: impl Fn(&str) -> String) -> Self {
        let alone = list(&table["columns"]).filter(|column| column["unique"] == true);
        let indexes = list(&table["indexes"]).filter(|index| index["unique"] == true);
        let names = |index: &Json| list(&index["columns"]).filter_map(Json::as_str).map(&present).collect();
        Unique {
            together: indexes.map(names).collect(),
            alone: alone.map(|column| present(name(column))).collect(),
        }
    }

    /// Whether no two rows can have the same values in these columns, since some of them are unique.
    fn keeps(&self, columns: &BTreeSet<String>) -> bool {
        !self.alone.is_disjoint(columns) || self.together.iter().any(|known| known.is_subset(columns))
    }
}

fn of_columns(table: &str, columns: &BTreeSet<String>) -> String {
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    format!("{table} columns {}", columns.join(", "))
}

fn compare_column(before: &Json, after: &Json, at: &str, changes: &mut Changes) {
    let holds = |word: &str| (before[word] == true, after[word] == true);
    changes.turned(
        holds("nullable"),
        at,
        Turn(Class::Compatible, "column-nullable", "rows may have no value now"),
        Turn(Class::Breaking, "column-not-null", "rows must have a value now, and some may have none"),
    );
    changes.turned(
        holds("unique"),
        at,
        Turn(Class::Breaking, "column-unique", "no two rows may have the same value now, and some may"),
        Turn(Class::Compatible, "column-not-unique", "rows may have the same value now"),
    );
    if before["role"] != after["role"] {
        let shown = |column: &Json| column["role"].as_str().unwrap_or_default().to_owned();
        let is_key = |column: &Json| shown(column).ends_with("key");
        let class = if is_key(before) || is_key(after) { Class::Breaking } else { Class::Unknown };
        let message = format!("the column was {}, and is {}", shown(before), shown(after));
        changes.add(class, "column-role", at, message);
    }
    let (was, is) = (&before["meaning"], &after["meaning"]);
    if was != is {
        let message = format!("the values were {was}, and are {is}");
        match is_within(was, is) {
            true => changes.add(Class::Compatible, "column-widened", at, message),
            false => changes.add(Class::Breaking, "column-changed", at, message),
        }
    }
}

/// Whether every value of the one meaning is one of the other. The words are those that a database records.
fn is_within(narrow: &Json, wide: &Json) -> bool {
    let words = |meaning: &Json, word: &str| meaning[word].as_array().cloned();
    let listed = |word: &str| match (words(narrow, word), words(wide, word)) {
        (Some(narrow), Some(wide)) => narrow.iter().all(|known| wide.contains(known)),
        _ => false,
    };
    match (narrow["is"].as_str().unwrap_or_default(), wide["is"].as_str().unwrap_or_default()) {
        (_, "any") => true,
        ("integer", "integer") => {
            let bound = |meaning: &Json, word: &str, none: i64| meaning[word].as_i64().unwrap_or(none);
            bound(narrow, "min", i64::MIN) >= bound(wide, "min", i64::MIN)
                && bound(narrow, "max", i64::MAX) <= bound(wide, "max", i64::MAX)
        }
        ("enum", "enum") => listed("names") || listed("numbers"),
        ("enum", "text") => words(narrow, "names").is_some(),
        ("real", "real") => narrow["bits"].as_u64() <= wide["bits"].as_u64(),
        ("nullable", "nullable") | ("json", "json") | ("list", "list") | ("map", "map") => {
            is_within(&narrow["of"], &wide["of"])
        }
        (_, "nullable") => is_within(narrow, &wide["of"]),
        ("object", "object") => {
            let (narrow, wide) = (&narrow["members"], &wide["members"]);
            let kept = list(narrow).all(|member| {
                let same = list(wide).find(|other| name(other) == name(member));
                same.is_some_and(|other| {
                    is_within(&member["of"], &other["of"])
                        && (member["required"] == true || other["required"] != true)
                })
            });
            let is_known = |member: &Json| list(narrow).any(|known| name(known) == name(member));
            kept && list(wide).all(|member| is_known(member) || member["required"] != true)
        }
        _ => {
            let without_version = |meaning: &Json| {
                let mut words = meaning.as_object().cloned().unwrap_or_default();
                words.remove("version");
                words
            };
            without_version(narrow) == without_version(wide)
        }
    }
}
