//! A database follows its declaration, on every engine: what can be done without loss is done, and the rest is
//! told.

use std::sync::Arc;

use super::database::Database;
use super::harness::*;
use super::types::kinds;
use crewed::__internals::resource::{ColumnType, Role, Table, TableColumn};
use crewed::__internals::store::{Columns, Migrate, Scope, Select, Store, StoreError};
use crewed::value::Value;

fn titled() -> Table {
    let mut titled = heroes();
    titled.columns[1].name = "title";
    titled.columns[1].was = Some("name");
    titled
}

#[test]
fn a_column_that_was_renamed_keeps_what_it_holds() {
    for database in Database::each() {
        wait_for(database.open(vec![heroes()], Migrate::Apply), hero("a"));
        let told = database.open(vec![titled()], Migrate::Check).map(drop).unwrap_err();
        assert!(told.contains("column `title` of table `heroes`, which was `name`"), "{told}");
        let told = database.open(vec![titled()], Migrate::Print).map(drop).unwrap_err();
        assert!(told.contains(r#"ALTER TABLE "heroes" RENAME COLUMN "name" TO "title";"#), "{told}");
        let store = database.open(vec![titled()], Migrate::Apply).unwrap();
        let rows = wait(read(&*store, 3, page(0, 0, 9))).unwrap();
        assert_eq!(rows, [row([cell(1), cell("a"), null()])]);
        let taken = wait(write(&*store, 3, hero("a"))).unwrap_err();
        assert!(matches!(taken, StoreError::UniqueViolation { ref columns } if *columns == [1]), "{taken:?}");
        drop(store);
        // `was` may stay as long as it likes.
        database.open(vec![titled()], Migrate::Check).unwrap();
        let history = database.history();
        assert_eq!(history.len(), 3, "{history:?}");
        assert!(history[0].starts_with(r#"CREATE TABLE "heroes""#));
        assert_eq!(history[2], r#"ALTER TABLE "heroes" RENAME COLUMN "name" TO "title""#);
    }
}

/// Rows that are there have nothing in a new column, or its default.
#[test]
fn new_columns_have_something_for_old_rows() {
    let id = || TableColumn { role: Role::AutoIncrementKey, ..column("id", ColumnType::Integer) };
    const NAMES: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
    for pick in [<[Value]>::first, <[Value]>::last] {
        for database in Database::each() {
            wait_for(database.open(vec![table("t", vec![id()])], Migrate::Apply), insert(0, []));
            let mut columns = vec![id()];
            let mut expected = vec![Value::Integer(1)];
            for (name, (kind, values)) in NAMES.into_iter().zip(kinds()) {
                let value = pick(&values).unwrap().clone();
                columns.push(TableColumn { default: Some(value.clone()), ..column(name, kind) });
                expected.push(value);
            }
            columns.push(TableColumn { nullable: true, index: true, ..column("nothing", ColumnType::Text) });
            expected.push(Value::Null);
            let store = database.open(vec![table("t", columns)], Migrate::Apply).unwrap();
            assert_eq!(wait(read(&*store, 14, one(0, 1))).unwrap(), [expected]);
        }
    }
}

#[test]
fn what_would_lose_something_is_told_and_not_done() {
    let with = |change: &dyn Fn(&mut Table)| {
        let mut table = heroes();
        change(&mut table);
        table
    };
    let new = |name| TableColumn { was: Some("name"), ..column(name, ColumnType::Text) };
    let cases: Vec<(Table, &str, &str)> = vec![
        (
            with(&|t| drop(t.columns.remove(3))),
            "column `secret`: is",
            r#"to lose what it holds: ALTER TABLE "heroes" DROP COLUMN "secret""#,
        ),
        (with(&|t| t.columns[2].kind = ColumnType::Text), "column `age`: is", "to "),
        (with(&|t| t.columns[2].nullable = false), "column `age`: is", "to "),
        (
            with(&|t| t.columns.push(column("power", ColumnType::Integer))),
            "column `power`: is missing, declared",
            "give the field a `default`",
        ),
        (
            with(&|t| t.columns[3].unique = true),
            "column `secret`: has a value in more than one row, declared unique",
            "2 rows have a value that another row has too",
        ),
        (
            with(&|t| {
                t.columns.push(TableColumn {
                    unique: true,
                    default: Some(Value::Integer(7)),
                    ..column("power", ColumnType::Integer)
                });
            }),
            "column `power`: is missing, and would have its default in every row, declared unique",
            "",
        ),
        (
            with(&|t| {
                t.columns[1] = new("title");
                t.columns.push(TableColumn { nullable: true, ..new("call_sign") });
            }),
            "column `name`: goes to `title` and to `call_sign`; one column becomes one",
            "",
        ),
    ];
    for database in Database::each() {
        let store = database.open(vec![heroes()], Migrate::Apply).unwrap();
        for name in ["a", "b"] {
            wait(write(&*store, 3, hero(name))).unwrap();
        }
        drop(store);
        for (table, what, hint) in &cases {
            for migrate in [Migrate::Apply, Migrate::Print, Migrate::Check] {
                let told = database.open(vec![table.clone()], migrate).map(drop).unwrap_err();
                assert!(told.contains("(nothing was changed)"), "{told}");
                assert!(told.contains(what) && told.contains(hint), "`{what}`, `{hint}`:\n{told}");
            }
        }
        let store = database.open(vec![heroes()], Migrate::Check).unwrap();
        let rows = wait(read(&*store, 3, Select::page(0, Columns::Visible, 0, 9, Scope::all()))).unwrap();
        assert_eq!(rows.len(), 2);
    }
}

/// Writes into a store that is closed again.
pub(super) fn wait_for(store: Result<Arc<dyn Store>, String>, into: crewed::__internals::store::Write) {
    wait(write(&*store.unwrap(), 0, into)).unwrap();
}

/// A column that is declared no more keeps nobody from adding rows; else it stays as it is, with its index, since a
/// program of the other declaration may go on beside this one.
#[test]
fn a_field_that_is_gone_is_in_nobody_s_way() {
    let with = |nullable: bool| {
        let mut table = heroes();
        let default = (!nullable).then_some(Value::Integer(7));
        table.columns.push(TableColumn {
            unique: true,
            nullable,
            default,
            ..column("power", ColumnType::Integer)
        });
        table.columns.push(TableColumn { index: true, nullable: true, ..column("town", ColumnType::Text) });
        table
    };
    for nullable in [false, true] {
        for database in Database::each() {
            database.opens(vec![heroes()], Migrate::Apply).unwrap();
            database.opens(vec![with(nullable)], Migrate::Apply).unwrap();
            for name in ["a", "b"] {
                let opened = database.opens(vec![heroes()], Migrate::Apply).unwrap();
                let dropped = "index `_crewed_unique_6_heroes_power` of table `heroes`: dropped, as `power` is not declared any more";
                let expected = if nullable || name == "b" { vec![] } else { vec![dropped] };
                assert_eq!(opened.changes, expected, "{database:?}");
                let town = "; its index `_crewed_index_6_heroes_town` stays as well; to give that up: DROP INDEX \
                            \"_crewed_index_6_heroes_town\"";
                assert!(opened.notes.iter().any(|note| note.ends_with(town)), "{:?}", opened.notes);
                let stays =
                    opened.notes.iter().any(|note| note.contains("`_crewed_unique_6_heroes_power` stays"));
                assert_eq!(stays, nullable);
                wait(write(&*opened.store, 3, hero(name))).unwrap();
            }
        }
    }
}
