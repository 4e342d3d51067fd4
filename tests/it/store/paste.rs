//! Statements that are told are pasted into the engines' own shells, which go on after an error.

use std::collections::BTreeSet;
use std::sync::Mutex;

use super::changes::{cases, documented, outcome, things};
use super::database::{Database, pasted, printed};
use super::harness::*;
use crewed::__internals::resource::{ColumnType, Role, TableColumn};
use crewed::__internals::store::Migrate;
use crewed::value::Value;

/// What no statement does: something has to be decided first, or to be done in the program.
const WITHOUT: &[&str] = &[
    "`unique(a, b)` more, values that repeat",
    "`unique` more, values that repeat",
    "a field less, any other",
    "a field more, without either",
];

/// What only somebody who knows better than crewed may do.
const DECIDED: &[&str] = &["an integer to `DateTime`", "`json`: any other change"];

/// Where the rows fit, all of it has happened; where one does not, nothing has.
#[test]
fn whatever_is_told_is_safe_to_paste() {
    let without = Mutex::new(BTreeSet::new());
    in_parallel(&documented(), |row| {
        let cases = cases();
        let case = cases.iter().find(|case| case.words == row.words).unwrap();
        let mut changed = things();
        (case.change)(&mut changed);
        let databases = || Database::fixtures("things").into_iter();
        let into = databases().flat_map(|database| database.shells()).count();
        assert_eq!(into, 3);
        let each = databases().zip(0..).flat_map(|(database, engine)| {
            let (first, others) = database.shells().split_first().unwrap();
            let others = others.iter().map(move |shell| (databases().nth(engine).unwrap(), shell));
            std::iter::once((database, first)).chain(others)
        });
        for (database, shell) in each {
            let context = format!("{} on {database:?} {shell:?}", row.words);
            database.opens(vec![things()], Migrate::Apply).unwrap();
            let own = database.add_own();
            let Err(told) = database.opens(vec![changed.clone()], Migrate::Apply) else { continue };
            let statements = pasted(&told);
            if statements.is_empty() {
                without.lock().unwrap().insert(case.words);
                continue;
            }
            let before = database.dump();
            let said = database.paste_into(shell, &statements);
            if outcome(&row.convert, &database) == "stops" && !DECIDED.contains(&case.words) {
                assert_ne!(said, "", "{context}");
                assert_eq!(database.dump(), before, "{context}: {said}");
                continue;
            }
            assert_eq!(said, "", "{context}:\n{statements}");
            let opened = database.opens(vec![changed.clone()], Migrate::Apply).expect(&context);
            if let Some((name, values)) = &case.holds {
                assert_eq!(opened.column(&changed, name), values, "{context}");
            }
            assert_eq!(opened.inserts(&changed), Value::Integer(5), "{context}");
            drop(opened);
            database.opens(vec![changed.clone()], Migrate::Check).map(drop).expect(&context);
            database.has_own(own, 1);
        }
    });
    let without = without.into_inner().unwrap();
    assert_eq!(without.into_iter().collect::<Vec<_>>(), WITHOUT);
}

/// What is printed makes an empty database what it should be.
#[test]
fn what_is_printed_makes_all_that_is_declared() {
    for database in Database::each() {
        let told = database.opens(vec![things(), users()], Migrate::Print).map(drop).unwrap_err();
        let statements = printed(&told);
        // Asking made nothing.
        if let Database::Sqlite(_) = &database {
            assert!(!database.file().exists());
        }
        assert_eq!(database.paste(&statements), "");
        let opened = database.opens(vec![things(), users()], Migrate::Check).unwrap();
        assert_eq!(opened.inserts(&things()), Value::Integer(1));
        assert_eq!(database.opens(vec![things(), users()], Migrate::Apply).unwrap().changes, [""; 0]);
    }
}

/// A table that somebody else has made is made anew with all that it holds and all that belongs to it.
#[test]
fn a_table_that_is_otherwise_is_made_anew() {
    let database = Database::Sqlite(folder());
    database.runs(
        "CREATE TABLE Odd (id INTEGER PRIMARY KEY, name VARCHAR(9), more DEFAULT 7, -- a comment
         twice AS (more * 2), UNIQUE (name, more));
         CREATE INDEX mine ON odd (more); CREATE VIEW seen AS SELECT more FROM odd;
         CREATE TABLE parts (odd REFERENCES odd (id)); CREATE TABLE log (name);
         CREATE TRIGGER logged AFTER INSERT ON odd BEGIN INSERT INTO log VALUES (new.name); END;
         INSERT INTO odd VALUES (3, 'a', 1), (9, NULL, 2); INSERT INTO parts VALUES (9);",
    );
    let id = TableColumn { role: Role::AutoIncrementKey, ..column("id", ColumnType::Integer) };
    let odd = || table("odd", vec![id.clone(), column("name", ColumnType::Text)]);
    let told = database.opens(vec![odd()], Migrate::Apply).map(drop).unwrap_err();
    let before = database.dump();
    assert_ne!(database.paste(&pasted(&told)), "");
    assert_eq!(
        database.texts("SELECT name FROM sqlite_schema WHERE name = 'log' OR name = '_crewed_new_Odd'"),
        ["log"]
    );
    assert!(
        database.dump().starts_with(before.split("CREATE TABLE parts").next().unwrap()),
        "{}",
        database.dump()
    );
    database.runs("UPDATE odd SET name = 'b' WHERE name IS NULL");
    assert_eq!(database.paste(&pasted(&told)), "", "{}", database.dump());
    let opened = database.opens(vec![odd()], Migrate::Apply).unwrap();
    assert_eq!(opened.inserts(&odd()), Value::Integer(10));
    assert_eq!(database.texts("SELECT name FROM log WHERE name NOT NULL"), ["a", "new"]);
    assert_eq!(database.texts("SELECT more || ' ' || twice FROM odd ORDER BY id"), ["1 2", "2 4", "7 14"]);
    assert_eq!(database.texts("SELECT CAST(more AS TEXT) FROM seen"), ["1", "2", "7"]);
    assert_eq!(database.texts("SELECT name FROM sqlite_schema WHERE name = 'mine'"), ["mine"]);
}

/// What nobody declares any more can be dropped as it is told, with the indexes that stand in the way of that.
#[test]
fn a_column_that_nobody_declares_can_be_dropped() {
    let mut without = things();
    without.columns.retain(|column| column.name != "tag");
    without.visible.pop();
    for database in Database::fixtures("things") {
        database.opens(vec![things()], Migrate::Apply).unwrap();
        database.runs(
            "CREATE INDEX second ON things (large, tag); CREATE INDEX part ON things (large) WHERE tag > 'a';
             CREATE INDEX lowered ON things (lower(tag)); CREATE INDEX other ON things (large)",
        );
        let told = database.opens(vec![without.clone()], Migrate::Apply).map(drop).unwrap_err();
        let (_, drop_it) = told.split_once("to lose what it holds: ").unwrap();
        assert_eq!(database.paste(&format!("{};", drop_it.lines().next().unwrap())), "", "{told}");
        let opened = database.opens(vec![without.clone()], Migrate::Apply).unwrap();
        assert_eq!(opened.inserts(&without), Value::Integer(5));
        drop(opened);
        let indexes = database.dump().matches("INDEX other ").count();
        assert_eq!(indexes, 1);
    }
    // What keeps it apart may be a part of the table.
    let database = Database::Sqlite(folder());
    database.runs(
        "CREATE TABLE users (name TEXT NOT NULL PRIMARY KEY, nickname TEXT NOT NULL, more TEXT NOT NULL UNIQUE) STRICT",
    );
    let told = database.opens(vec![users()], Migrate::Apply).map(drop).unwrap_err();
    assert!(told.contains("to lose what it holds: make the table anew without it"), "{told}");
}

/// A foreign key of somebody's own that SQLite cannot make sense of stands in no way of other tables.
#[test]
fn a_foreign_key_that_is_wrong_stands_in_no_way() {
    let optional = || {
        let mut table = things();
        table.columns[3].nullable = true;
        table
    };
    for pastes in [false, true] {
        let [database, _] = Database::fixtures("things");
        database.opens(vec![things()], Migrate::Apply).unwrap();
        let own = database.add_own();
        database.runs(
            "PRAGMA foreign_keys = OFF; CREATE TABLE owners (name); CREATE TABLE cats (owner REFERENCES owners (name)); INSERT INTO cats VALUES (1);
             CREATE TABLE dogs (thing REFERENCES things (small)); INSERT INTO dogs VALUES (1)",
        );
        if pastes {
            // What refers to the table itself is looked at.
            database.runs("DROP TABLE dogs");
            let told = database.opens(vec![optional()], Migrate::Print).map(drop).unwrap_err();
            assert_eq!(database.paste(&printed(&told)), "", "{told}");
        }
        let opened = database.opens(vec![optional()], Migrate::Apply).unwrap();
        assert_eq!(opened.changes.len(), usize::from(!pastes));
        drop(opened);
        database.has_own(own, 0);
    }
}

/// Whether keys are counted is a thing of the table, and not of what its columns are called.
#[test]
fn a_table_without_rowids_is_made_anew() {
    let database = Database::Sqlite(folder());
    database.runs(
        "CREATE TABLE t (id TEXT NOT NULL PRIMARY KEY, autoincrement_x INTEGER NOT NULL) STRICT, WITHOUT ROWID;
         INSERT INTO t VALUES ('a', 1)",
    );
    let key = TableColumn { role: Role::Key, ..column("id", ColumnType::Text) };
    let declared = || {
        let counted = TableColumn { nullable: true, ..column("autoincrement_x", ColumnType::Integer) };
        table("t", vec![key.clone(), counted])
    };
    let opened = database.opens(vec![declared()], Migrate::Apply).unwrap();
    assert_eq!(opened.column(&declared(), "autoincrement_x"), [Value::Integer(1)]);
}
