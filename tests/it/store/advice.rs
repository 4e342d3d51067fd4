//! What a person is told leads on: it is in the order in which it can be done, it can be done, and it loses nothing.

use super::database::{Database, pasted};
use super::harness::*;
use crewed::__internals::resource::{ColumnType, Role, Table, TableColumn};
use crewed::__internals::store::Migrate;
use crewed::__internals::wire::Shape;
use crewed::value::Value;

fn id() -> TableColumn {
    TableColumn { role: Role::AutoIncrementKey, ..column("id", ColumnType::Integer) }
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

/// The statement that stands in a line of what was told.
fn statement(told: &str, start: &str) -> String {
    let at = told.find(start).unwrap_or_else(|| panic!("no `{start}` in:\n{told}"));
    told[at..].lines().next().unwrap().to_owned()
}

/// A block is for the table as it was seen: what was added since would be lost with the table that it replaces.
#[test]
fn statements_for_a_table_that_has_changed_since_do_nothing() {
    for database in Database::each() {
        let former = books(vec![text("title"), optional(column("stock", ColumnType::Integer))]);
        let opened = database.opens(vec![former.clone()], Migrate::Apply).unwrap();
        opened.inserts(&former);
        drop(opened);
        let now = || {
            books(vec![
                text("title"),
                column("stock", ColumnType::Integer),
                column("pages", ColumnType::Integer),
            ])
        };
        let told = refused(&database, &now());
        // The table is made anew first.
        let (add, block) = (statement(&told, "ALTER TABLE \"books\" ADD COLUMN \"pages\""), pasted(&told));
        assert!(told.find(block.lines().next().unwrap()) < told.find(&add), "{told}");
        let sqlite = matches!(database, Database::Sqlite(_));
        database.runs(&add.replace("<VALUE>", "0"));
        database.runs("UPDATE books SET pages = 311");
        let before = database.dump();
        let said = database.paste(&block);
        assert_eq!(database.texts("SELECT CAST(pages AS text) FROM books"), ["311"], "{said}");
        // PostgreSQL changes a column in its place.
        if sqlite {
            assert_ne!(said, "");
            assert_eq!(database.dump(), before);
            assert_eq!(database.paste(&pasted(&refused(&database, &now()))), "");
        }
        let opened = database.opens(vec![now()], Migrate::Apply).unwrap();
        assert_eq!(opened.column(&now(), "pages"), [Value::Integer(311)]);
    }
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

/// Another field is the key: its values are looked at, and the former key stays as something that rows need not have.
#[test]
fn another_key_is_made_of_what_is_there() {
    let by_id = || {
        let id = TableColumn { role: Role::Key, ..column("id", ColumnType::Uuid) };
        table("users", vec![id, text("email")])
    };
    let by_email = || table("users", vec![TableColumn { role: Role::Key, ..text("email") }]);
    for repeats in [false, true] {
        let database = Database::Sqlite(tempfile::TempDir::new().unwrap());
        drop(database.opens(vec![by_id()], Migrate::Apply).unwrap().inserts(&by_id()));
        database
            .runs("CREATE TABLE parts (user REFERENCES users (id)); INSERT INTO parts SELECT id FROM users");
        if repeats {
            database.runs("INSERT INTO users VALUES (x'00000000000000000000000000000001', 'new')");
        }
        let told = refused(&database, &by_email());
        assert!(told.contains("it was the key, which is `email` now"), "{told}");
        assert!(!told.contains("was = \"id\"") && !told.contains("DROP COLUMN"), "{told}");
        let before = database.dump();
        let said = database.paste(&pasted(&told));
        if repeats {
            assert_ne!(said, "");
            assert_eq!(database.dump(), before);
            continue;
        }
        assert_eq!(said, "", "{told}");
        let opened = database.opens(vec![by_email()], Migrate::Apply).unwrap();
        let second = wait(write(&*opened.store, 1, insert(0, [(0, cell("another"))])));
        second.unwrap();
        let taken = wait(write(&*opened.store, 1, insert(0, [(0, cell("another"))])));
        assert!(
            matches!(taken, Err(crewed::__internals::store::StoreError::UniqueViolation { ref columns }) if *columns == [0]),
            "{taken:?}"
        );
        assert_eq!(database.texts("SELECT hex(id) FROM users WHERE id NOT NULL").len(), 1);
        assert_eq!(
            database.texts("SELECT name FROM pragma_foreign_key_check, (SELECT 'x' AS name)"),
            [""; 0]
        );
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

/// A field with another name is one column as long as that is said in time; and later it is told what to do.
#[test]
fn another_name_is_asked_for_before_a_column_is_added() {
    let was = |column: TableColumn| TableColumn { was: Some("title"), ..column };
    for database in Database::each() {
        let former = books(vec![text("title")]);
        drop(database.opens(vec![former.clone()], Migrate::Apply).unwrap().inserts(&former));
        let told = refused(&database, &books(vec![text("name")]));
        let first = "if it is `title` under another name, say so first: #[field(was = \"title\")]";
        assert!(told.find(first).unwrap() < told.find("ADD COLUMN").unwrap(), "{told}");
        database.runs(&statement(&told, "ALTER TABLE \"books\" ADD COLUMN").replace("<VALUE>", "''"));
        let told = refused(&database, &books(vec![was(text("name"))]));
        assert!(told.contains("`name` is there too, so #[field(was = \"title\")] does nothing"), "{told}");
        let copy = statement(&told, "UPDATE \"books\"");
        let (copy, drop) = copy.split_once("; to lose what it holds: ").unwrap();
        database.runs(copy);
        database.runs(drop);
        let now = books(vec![was(text("name"))]);
        let opened = database.opens(vec![now.clone()], Migrate::Apply).unwrap();
        assert_eq!(opened.column(&now, "name"), [Value::Text("new".to_owned())]);
    }
    for database in Database::each() {
        let former = books(vec![optional(text("title")), optional(column("year", ColumnType::Integer))]);
        drop(database.opens(vec![former.clone()], Migrate::Apply).unwrap().inserts(&former));
        let year = || optional(column("year", ColumnType::Integer));
        let opened =
            database.opens(vec![books(vec![optional(text("name")), year()])], Migrate::Apply).unwrap();
        let note = &opened.notes[0];
        assert!(note.contains("if it is what `name` is, which is new: #[field(was = \"title\")]"), "{note}");
        drop(opened);
        let now = books(vec![was(optional(text("name"))), year()]);
        let opened = database.opens(vec![now.clone()], Migrate::Apply).unwrap();
        let note = &opened.notes[0];
        assert!(note.contains("`name` is there too, so #[field(was = \"title\")] does nothing"), "{note}");
        database.runs(&statement(note, "UPDATE \"books\""));
        assert_eq!(opened.column(&now, "name"), [Value::Text("new".to_owned())]);
    }
}

/// A table that nobody declares any more is named where another one is new.
#[test]
fn rows_that_are_left_behind_are_told() {
    let of = |name| table(name, vec![id(), text("title")]);
    for database in Database::each() {
        database.runs("CREATE TABLE theirs (x INTEGER)");
        database.opens(vec![of("members")], Migrate::Apply).unwrap();
        let opened = database.opens(vec![of("people")], Migrate::Apply).unwrap();
        let notes = &opened.notes;
        assert!(
            notes[0].starts_with("table `members`: is declared no more, and `people` is new"),
            "{notes:?}"
        );
        assert!(notes[0].contains("table = \"members\"") && notes.len() == 1, "{notes:?}");
        // It is told once.
        drop(opened);
        assert_eq!(database.opens(vec![of("people")], Migrate::Apply).unwrap().notes, [""; 0]);
    }
}

/// What stands in the way comes before the statements that would fail because of it, with whose it is and how it is put
/// right.
#[test]
fn rows_that_stand_in_the_way_are_put_right_first() {
    let number = |max| Some(Shape::Integer { min: 0, max, format: "" });
    let former = || {
        let stock = TableColumn { shape: number(999), ..column("stock", ColumnType::Integer) };
        books(vec![optional(text("title")), stock, optional(text("isbn"))])
    };
    let now = || {
        let stock = TableColumn { shape: number(9), ..column("stock", ColumnType::Integer) };
        let isbn = TableColumn { unique: true, ..optional(text("isbn")) };
        books(vec![text("title"), stock, isbn])
    };
    for database in Database::each() {
        database.opens(vec![former()], Migrate::Apply).unwrap();
        database.runs(
            "INSERT INTO books (title, stock, isbn) VALUES (NULL, 1, 'x'), ('b', 10, 'x'), ('c', 11, 'y'), (NULL, 2, NULL)",
        );
        for migrate in [Migrate::Apply, Migrate::Convert] {
            let told = database.opens(vec![now()], migrate).map(drop).unwrap_err();
            let heading = match migrate {
                Migrate::Apply => {
                    "once no row stands in the way, to convert it (migrate = \"convert\" does the same):"
                }
                _ => "once no row stands in the way, the next launch does it; to convert it:",
            };
            let mut last = 0;
            for line in [
                "2 rows hold what does not fit: '10' (1 row), '11' (1 row)",
                "in the rows: `id` 2, 3",
                "put them right first: UPDATE \"books\" SET \"stock\" = <VALUE> WHERE NOT (",
                heading,
                "2 rows have a value that another row has too: 'x' (2 rows)",
                "in the rows: `id` 1, 2",
            ] {
                let at = told.find(line).unwrap_or_else(|| panic!("no `{line}` in:\n{told}"));
                assert!(at > last, "`{line}` is too early in:\n{told}");
                last = at;
            }
            for line in [
                "2 rows hold NULL: `id` 1, 4",
                "put them right first: UPDATE \"books\" SET \"title\" = <VALUE> WHERE \"title\" IS NULL",
            ] {
                assert!(told.find(line).unwrap() < told.find(heading).unwrap(), "{told}");
            }
        }
        // Every statement that is told runs.
        let told = refused(&database, &now());
        database.runs(&statement(&told, "UPDATE \"books\" SET \"title\"").replace("<VALUE>", "'z'"));
        database.runs(&statement(&told, "UPDATE \"books\" SET \"stock\"").replace("<VALUE>", "9"));
        let look = statement(&told, "SELECT \"isbn\", \"id\"");
        assert_eq!(database.texts(&format!("SELECT isbn FROM ({look}) AS found")), ["x", "x"]);
        let apart = statement(&told, "UPDATE \"books\" SET \"isbn\"");
        database.runs(&apart.replace("<VALUE>", "'z'").replace("<KEY>", "2"));
        database.opens(vec![now()], Migrate::Convert).map(drop).unwrap();
    }
}

/// What the database refuses is told with what was to be done, and how.
#[test]
fn a_change_that_the_database_refuses_is_named() {
    for database in Database::each() {
        database.runs(match database {
            Database::Postgres(_) => {
                "CREATE TABLE priced (price bigint NOT NULL);
                 CREATE TABLE books (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY) INHERITS (priced)"
            }
            _ => {
                "CREATE TABLE books (id INTEGER PRIMARY KEY AUTOINCREMENT,
                 price INTEGER NOT NULL CHECK (price < 300)) STRICT"
            }
        });
        let former = books(vec![column("price", ColumnType::Integer)]);
        database.opens(vec![former], Migrate::Apply).unwrap();
        database.runs("INSERT INTO books (price) VALUES (299)");
        let before = database.dump();
        // A column that is inherited is renamed with the table that it is from.
        let (now, named) = match database {
            Database::Postgres(_) => {
                let cost = TableColumn { was: Some("price"), ..column("cost", ColumnType::Integer) };
                (books(vec![cost]), "column `cost` of table `books`, which was `price`")
            }
            _ => {
                let price = column("price", ColumnType::Decimal { scale: 2 });
                (books(vec![price]), "so do:\n      ")
            }
        };
        let told = database.opens(vec![now], Migrate::Convert).map(drop).unwrap_err();
        for part in [
            "was not changed, as the database refused it: ",
            "` of table `books`",
            "the statement that was refused:",
            named,
        ] {
            assert!(told.contains(part), "`{part}` is not in:\n{told}");
        }
        assert!(!told.contains("cannot be opened"), "{told}");
        assert_eq!(database.dump(), before);
    }
    let database = Database::Sqlite(tempfile::TempDir::new().unwrap());
    database.opens(vec![books(vec![text("title")])], Migrate::Apply).unwrap();
    database.runs("CREATE VIEW broken AS SELECT gone FROM nowhere");
    let renamed = TableColumn { was: Some("title"), ..text("name") };
    let told = refused(&database, &books(vec![renamed]));
    assert!(told.contains("error in view broken"), "{told}");
    assert!(told.contains("column `name` of table `books`, which was `title`"), "{told}");
}
