//! What a person is told leads on: it is in the order in which it can be done, it can be done, and it loses nothing.

use super::database::{Database, pasted};
use super::harness::*;
use crewed::resource::{ColumnType, Role, Table, TableColumn};
use crewed::store::Migrate;
use crewed::value::Value;

fn id() -> TableColumn {
    TableColumn { role: Role::CountedKey, ..column("id", ColumnType::Integer) }
}

fn optional(column: TableColumn) -> TableColumn {
    TableColumn { nullable: true, ..column }
}

fn books(columns: Vec<TableColumn>) -> Table {
    table("books", [vec![id()], columns].concat())
}

fn text(name: &'static str) -> TableColumn {
    column(name, ColumnType::Text)
}

fn refused(database: &Database, table: &Table) -> String {
    database.opens(vec![table.clone()], Migrate::Apply).map(drop).unwrap_err()
}

/// So is what belongs to it.
#[test]
fn an_index_that_was_made_since_is_not_lost() {
    let database = Database::Sqlite(tempfile::TempDir::new().unwrap());
    database.opens(vec![books(vec![optional(text("title"))])], Migrate::Apply).unwrap();
    let block = pasted(&refused(&database, &books(vec![text("title")])));
    database.runs("CREATE INDEX mine ON books (title)");
    let before = database.dump();
    assert_ne!(database.paste(&block), "");
    assert_eq!(database.dump(), before);
}

/// Whoever pastes twice has what it does once.
#[test]
fn what_is_pasted_twice_is_done_once() {
    for database in Database::each() {
        let former = books(vec![column("price", ColumnType::Integer)]);
        drop(database.opens(vec![former.clone()], Migrate::Apply).unwrap().inserts(&former));
        let now = books(vec![column("price", ColumnType::Decimal { scale: 2 })]);
        let block = pasted(&refused(&database, &now));
        assert_eq!(database.paste(&block), "");
        database.paste(&block);
        let opened = database.opens(vec![now.clone()], Migrate::Apply).unwrap();
        assert_eq!(opened.column(&now, "price"), [Value::Integer(100)], "{database:?}");
    }
}

/// A key that stays as a field and that others refer to is unique no more: then nothing is done.
#[test]
fn a_key_that_others_refer_to_is_not_given_up_halfway() {
    let of = |key: usize| {
        let mut columns = vec![text("name"), text("code")];
        columns[key].role = Role::Key;
        Table { key, ..table("users", columns) }
    };
    let database = Database::Sqlite(tempfile::TempDir::new().unwrap());
    drop(database.opens(vec![of(0)], Migrate::Apply).unwrap().inserts(&of(0)));
    database.runs("CREATE TABLE parts (user REFERENCES users (name)); INSERT INTO parts VALUES ('new')");
    let told = refused(&database, &of(1));
    let before = database.dump();
    assert_ne!(database.paste(&pasted(&told)), "");
    assert_eq!(database.dump(), before, "{told}");
}
