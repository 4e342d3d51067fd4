//! Statements that are told are pasted into the engines' own shells, which go on after an error.

use std::collections::BTreeSet;

use super::changes::{cases, documented, outcome, things};
use super::database::{Database, pasted};
use super::harness::*;
use crewed::resource::{ColumnType, Role, TableColumn};
use crewed::store::Migrate;
use crewed::value::Value;

/// What no statement does: something has to be decided first, or to be done in the program.
const WITHOUT: &[&str] =
    &["`unique` more, values that repeat", "a field less, any other", "a field more, without either"];

/// What only somebody who knows better than crewed may do.
const DECIDED: &[&str] = &["an integer to `DateTime`", "`json`: any other change"];

/// Where the rows fit, all of it has happened; where one does not, nothing has.
#[test]
fn whatever_is_told_is_safe_to_paste() {
    let mut without = BTreeSet::new();
    for row in documented() {
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
                without.insert(case.words);
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
    }
    assert_eq!(without.into_iter().collect::<Vec<_>>(), WITHOUT);
}

/// What is printed makes an empty database what it should be.
#[test]
fn what_is_printed_makes_all_that_is_declared() {
    for database in Database::each() {
        let told = database.opens(vec![things(), users()], Migrate::Print).map(drop).unwrap_err();
        let statements: String =
            told.lines().filter(|line| line.starts_with("  ")).map(|line| format!("{line}\n")).collect();
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
    let folder = tempfile::TempDir::new().unwrap();
    let database = Database::Sqlite(folder);
    database.runs(
        "CREATE TABLE Odd (id INTEGER PRIMARY KEY, name VARCHAR(9), more DEFAULT 7, -- a comment
         twice AS (more * 2), UNIQUE (name, more));
         CREATE INDEX mine ON odd (more); CREATE VIEW seen AS SELECT more FROM odd;
         CREATE TABLE parts (odd REFERENCES odd (id)); CREATE TABLE log (name);
         CREATE TRIGGER logged AFTER INSERT ON odd BEGIN INSERT INTO log VALUES (new.name); END;
         INSERT INTO odd VALUES (3, 'a', 1), (9, NULL, 2); INSERT INTO parts VALUES (9);",
    );
    let id = TableColumn { role: Role::CountedKey, ..column("id", ColumnType::Integer) };
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
