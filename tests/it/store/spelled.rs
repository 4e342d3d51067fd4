//! Names in other letters: to SQLite they are the same, to PostgreSQL they are not.

use super::database::{Database, pasted};
use super::harness::*;
use crewed::__internals::resource::{ColumnType, Role, Table, TableColumn};
use crewed::__internals::store::sqlite::{Location, Options, SqliteStore};
use crewed::__internals::store::{Migrate, StoreError};
use crewed::value::Value;

fn things(scale: u32) -> Table {
    let id = TableColumn { role: Role::AutoIncrementKey, ..column("id", ColumnType::Integer) };
    table("things", vec![id, column("price", ColumnType::Decimal { scale })])
}

/// However often it is opened, a value is converted once.
#[test]
fn values_are_converted_once_whatever_the_letters() {
    for strict in [true, false] {
        let database = Database::Sqlite(folder());
        database.runs(&format!(
            r#"CREATE TABLE "Things" (id INTEGER PRIMARY KEY AUTOINCREMENT, "Price" INTEGER NOT NULL) {};
               INSERT INTO things (price) VALUES ({})"#,
            if strict { "STRICT" } else { "" },
            if strict { 150 } else { 1 },
        ));
        let mut now = 150;
        if !strict {
            let told = database.opens(vec![things(2)], Migrate::Apply).map(drop).unwrap_err();
            assert_eq!(database.paste(&pasted(&told)), "", "{told}");
            now = 100;
        }
        let opened = database.opens(vec![things(2)], Migrate::Apply).unwrap();
        assert_eq!(opened.column(&things(2), "price"), [Value::Integer(now)]);
        drop(opened);
        let told = database.opens(vec![things(3)], Migrate::Apply).map(drop).unwrap_err();
        assert_eq!(database.paste(&pasted(&told)), "", "{told}");
        for _ in 0..2 {
            let opened = database.opens(vec![things(3)], Migrate::Apply).unwrap();
            assert_eq!(opened.column(&things(3), "price"), [Value::Integer(now * 10)]);
        }
        for _ in 0..2 {
            let opened = database.opens(vec![things(4)], Migrate::Convert).unwrap();
            assert_eq!(opened.column(&things(4), "price"), [Value::Integer(now * 100)]);
        }
        let kept = database.texts(r#"SELECT "table" || '.' || "column" FROM _crewed_schema ORDER BY 1"#);
        assert_eq!(kept, ["things.id", "things.price"]);
        // A declaration in other letters is the same one.
        let mut loud = things(4);
        (loud.name, loud.columns[1].name) = ("THINGS", "PRICE");
        database.opens(vec![loud], Migrate::Check).map(drop).unwrap();
    }
}

/// What SQLite says of a constraint is said in the letters of the database.
#[test]
fn what_is_refused_is_known_whatever_the_letters() {
    let folder = folder();
    let path = folder.path().join("a.db");
    let other = rusqlite::Connection::open(&path).unwrap();
    other
        .execute_batch(
            r#"CREATE TABLE "Heroes" (id INTEGER PRIMARY KEY AUTOINCREMENT, "Name" TEXT NOT NULL UNIQUE, "Age" INTEGER,
               "Secret" TEXT NOT NULL) STRICT"#,
        )
        .unwrap();
    let location = Location::File(path);
    let store = SqliteStore::open(location, vec![heroes()], Options::default(), Migrate::Apply).unwrap();
    wait(write(&store, 3, hero("a"))).unwrap();
    let taken = wait(write(&store, 3, hero("a"))).unwrap_err();
    assert!(matches!(taken, StoreError::UniqueViolation { ref columns } if *columns == [1]), "{taken:?}");
    other.execute_batch("INSERT INTO heroes VALUES (9223372036854775807, 'last', NULL, '')").unwrap();
    let error = wait(write(&store, 3, hero("b"))).unwrap_err();
    assert_eq!(error.to_string(), "table `heroes`: its keys are used up");
}

/// A table in other letters is another table to PostgreSQL.
#[test]
fn postgres_tells_letters_apart() {
    let [_, database] = Database::each();
    database.runs(r#"CREATE TABLE "Things" (id bigint, "Price" bigint)"#);
    let opened = database.opens(vec![things(2)], Migrate::Apply).unwrap();
    assert_eq!(opened.changes, ["new table `things`"]);
    database.runs(
        r#"INSERT INTO _crewed_schema VALUES ('Things', 'price', '{"is":"decimal","scale":5,"version":1}'),
           ('things', 'Price', '{"is":"decimal","scale":5,"version":1}')"#,
    );
    database.opens(vec![things(2)], Migrate::Check).map(drop).unwrap();
}
