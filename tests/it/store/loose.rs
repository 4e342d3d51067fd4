//! Tables that somebody else has made for SQLite, which hold each value as it was put in: where such a table is made
//! anew, a value is what it was, or stands in the way.

use super::database::{Database, pasted};
use super::harness::*;
use crewed::__internals::resource::{ColumnType, Role, Table, TableColumn};
use crewed::__internals::store::Migrate;
use crewed::__internals::wire::{Shape, UnitEnumMeta};
use crewed::value::Value;

const STATES: &UnitEnumMeta = &UnitEnumMeta::new("State", "", &["draft", "live"]);
const DECIMAL: ColumnType = ColumnType::Decimal { scale: 2 };

fn declared(kind: ColumnType, shape: Option<Shape>) -> Table {
    let id = TableColumn { role: Role::AutoIncrementKey, ..column("id", ColumnType::Integer) };
    table("t", vec![id, TableColumn { nullable: true, shape, ..column("c", kind) }])
}

/// What a value becomes; or what is told of it.
type Case = (&'static str, &'static str, ColumnType, Result<Value, &'static str>);

fn cases() -> Vec<Case> {
    let whole = |i| Ok(Value::Integer(i));
    let text = |text: &str| Ok(Value::Text(text.to_owned()));
    let misfit = |value| Err(value);
    vec![
        // A column of decimals, as others declare it, has integers for those without places.
        ("DECIMAL(10,2)", "12.00", DECIMAL, whole(1200)),
        ("DECIMAL(10,2)", "12.5", DECIMAL, whole(1250)),
        ("DECIMAL(10,2)", "-0.29", DECIMAL, whole(-29)),
        ("DECIMAL(10,2)", "1.15", DECIMAL, whole(115)),
        ("DECIMAL(10,2)", "12.345", DECIMAL, misfit("12.345")),
        ("DECIMAL(10,2)", "0.1 + 0.2", DECIMAL, misfit("0.3")),
        ("DECIMAL(10,2)", "1e300", DECIMAL, misfit("1.0e+300")),
        ("DECIMAL(10,2)", "'abc'", DECIMAL, misfit("abc")),
        ("DECIMAL(10,2)", "'12 EUR'", DECIMAL, misfit("12 EUR")),
        ("INTEGER", "12", DECIMAL, whole(1200)),
        ("INTEGER", "12.5", DECIMAL, whole(1250)),
        ("BIGINT", "12", DECIMAL, whole(1200)),
        ("REAL", "12", DECIMAL, whole(1200)),
        ("", "12", DECIMAL, whole(1200)),
        ("TEXT", "'12.50'", DECIMAL, misfit("12.50")),
        ("BLOB", "x'3132'", DECIMAL, misfit("X'3132'")),
        // Whole numbers.
        ("INTEGER", "12", ColumnType::Integer, whole(12)),
        ("INTEGER", "12.5", ColumnType::Integer, misfit("12.5")),
        ("INTEGER", "'twelve'", ColumnType::Integer, misfit("twelve")),
        ("REAL", "12", ColumnType::Integer, whole(12)),
        ("REAL", "12.5", ColumnType::Integer, misfit("12.5")),
        ("REAL", "9223372036854775807", ColumnType::Integer, misfit("9.22337203685")),
        ("TEXT", "'12'", ColumnType::Integer, whole(12)),
        ("TEXT", "'012'", ColumnType::Integer, misfit("012")),
        ("TEXT", "'12 EUR'", ColumnType::Integer, misfit("12 EUR")),
        ("BLOB", "x'3132'", ColumnType::Integer, misfit("X'3132'")),
        ("BLOB", "12", ColumnType::Integer, whole(12)),
        // Numbers.
        ("DOUBLE", "12", ColumnType::Real, Ok(Value::Real(12.0))),
        ("NUMERIC", "12", ColumnType::Real, Ok(Value::Real(12.0))),
        ("NUMERIC", "12.5", ColumnType::Real, Ok(Value::Real(12.5))),
        ("NUMERIC", "9007199254740993", ColumnType::Real, misfit("9007199254740993")),
        ("TEXT", "'12.5'", ColumnType::Real, misfit("12.5")),
        // What is true.
        ("BOOLEAN", "TRUE", ColumnType::Boolean, whole(1)),
        ("BOOLEAN", "'t'", ColumnType::Boolean, misfit("t")),
        ("BOOLEAN", "'false'", ColumnType::Boolean, misfit("false")),
        ("BOOLEAN", "2", ColumnType::Boolean, misfit("2")),
        ("TEXT", "'1'", ColumnType::Boolean, misfit("1")),
        // Texts.
        ("VARCHAR(9)", "'a'", ColumnType::Text, text("a")),
        ("VARCHAR(9)", "12", ColumnType::Text, text("12")),
        ("BLOB", "'a'", ColumnType::Text, text("a")),
        ("BLOB", "x'61'", ColumnType::Text, misfit("X'61'")),
        ("NUMERIC", "12", ColumnType::Text, text("12")),
        ("NUMERIC", "12.5", ColumnType::Text, misfit("12.5")),
        ("VARCHAR(9)", "'live'", ColumnType::UnitEnum(STATES), text("live")),
        ("TEXT", "'lost'", ColumnType::UnitEnum(STATES), misfit("lost")),
        ("INTEGER", "1", ColumnType::UnitEnum(STATES), misfit("1")),
        ("JSON", "'{\"a\": 1}'", ColumnType::Json, text("{\"a\": 1}")),
        ("TEXT", "'{'", ColumnType::Json, misfit("{")),
        ("JSON", "x'7b7d'", ColumnType::Json, misfit("X'7B7D'")),
        // Bytes.
        ("BLOB", "x'61'", ColumnType::Bytes, Ok(Value::Blob(vec![0x61]))),
        ("BLOB", "'a'", ColumnType::Bytes, misfit("a")),
        ("TEXT", "'a'", ColumnType::Bytes, misfit("a")),
        ("BLOB", "zeroblob(16)", ColumnType::Uuid, Ok(Value::Blob(vec![0; 16]))),
        ("BLOB", "zeroblob(15)", ColumnType::Uuid, misfit("X'0000")),
        ("TEXT", "'nothing of the kind'", ColumnType::Uuid, misfit("nothing of the kind")),
        // Times.
        ("DATE", "'2024-02-29'", ColumnType::Date, text("2024-02-29")),
        ("DATE", "'2023-02-29'", ColumnType::Date, misfit("2023-02-29")),
        ("DATE", "20240229", ColumnType::Date, misfit("20240229")),
        ("DATETIME", "1700000000", ColumnType::Timestamp, whole(1_700_000_000)),
        ("DATETIME", "'2024-02-29 12:00'", ColumnType::Timestamp, misfit("2024-02-29 12:00")),
        ("INTEGER", "1700000000", ColumnType::Timestamp, whole(1_700_000_000)),
        ("TIME", "'12:00'", ColumnType::Time, misfit("12:00")),
        ("INTEGER", "86400000000", ColumnType::Time, misfit("86400000000")),
    ]
}

#[test]
fn a_value_is_what_it_was_or_stands_in_the_way() {
    in_parallel(&cases(), |(kind, value, to, outcome)| {
        let context = format!("{value} in a column {kind}, declared {to:?}");
        let database = Database::Sqlite(folder());
        let made = format!("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, c {kind});");
        database.runs(&format!("{made} INSERT INTO t (c) VALUES (NULL), ({value})"));
        let declared = || vec![declared(*to, None)];
        let before = database.dump();
        let told = database.opens(declared(), Migrate::Convert).map(drop).unwrap_err();
        let said = database.paste(&pasted(&told));
        match outcome {
            Ok(value) => {
                assert_eq!(said, "", "{context}: {told}");
                let opened = database.opens(declared(), Migrate::Apply).expect(&context);
                assert_eq!(opened.column(&declared()[0], "c"), [Value::Null, value.clone()], "{context}");
            }
            Err(value) => {
                assert!(told.contains("1 row holds what does not fit: '"), "{context}: {told}");
                assert!(told.contains(value), "{context}: {told}");
                assert_ne!(said, "", "{context}");
                assert!(database.dump().starts_with(&before), "{context}");
            }
        }
    });
}

/// Where values might mean something else, it is said what they are taken for.
#[test]
fn what_values_are_taken_for_is_said() {
    for (kind, to, said) in [
        (
            "INTEGER",
            DECIMAL,
            "(where its integers are taken for whole numbers, and not for the last place of a decimal)",
        ),
        ("DECIMAL(9, 2)", DECIMAL, "(where its integers are taken for whole numbers"),
        ("INTEGER", ColumnType::Timestamp, "(where its integers are taken for microseconds since 1970)"),
        ("DATETIME", ColumnType::Timestamp, "(where its integers are taken for microseconds since 1970)"),
        ("INTEGER", ColumnType::Time, "(where its integers are taken for microseconds since midnight)"),
        ("TEXT", ColumnType::Json, "(where its texts are taken to be JSON of what is declared)"),
    ] {
        let database = Database::Sqlite(folder());
        database.runs(&format!("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, c {kind})"));
        let told = database.opens(vec![declared(to, None)], Migrate::Apply).map(drop).unwrap_err();
        assert!(told.contains(said), "{kind} to {to:?}: {told}");
    }
}

/// The bounds of an integer are looked at as well, and a column that compares otherwise is no exception.
#[test]
fn bounds_are_asked_of_each_value() {
    let bounded = || declared(ColumnType::Integer, Some(Shape::Integer { min: 0, max: 9, format: "" }));
    for kind in ["INTEGER", "BIGINT", "INTEGER COLLATE NOCASE"] {
        let database = Database::Sqlite(folder());
        database.runs(&format!(
            "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, c {kind}); INSERT INTO t (c) VALUES (9), (10)"
        ));
        let told = database.opens(vec![bounded()], Migrate::Apply).map(drop).unwrap_err();
        assert!(told.contains("1 row holds what does not fit: '10' (1 row)"), "{kind}: {told}");
        assert_ne!(database.paste(&pasted(&told)), "", "{kind}");
        database.runs("UPDATE t SET c = 1 WHERE c = 10");
        assert_eq!(database.paste(&pasted(&told)), "", "{kind}: {told}");
        database.opens(vec![bounded()], Migrate::Check).map(drop).unwrap();
    }
    // Nor is one of a STRICT table.
    let database = Database::Sqlite(folder());
    database.runs(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, c TEXT COLLATE NOCASE) STRICT; INSERT INTO t (c) VALUES ('Live')",
    );
    let states = || declared(ColumnType::UnitEnum(STATES), None);
    let told = database.opens(vec![states()], Migrate::Apply).map(drop).unwrap_err();
    assert!(told.contains("1 row holds what does not fit: 'Live' (1 row)"), "{told}");
    assert_ne!(database.paste(&pasted(&told)), "", "{told}");
    database.runs("UPDATE t SET c = 'live'");
    assert_eq!(database.paste(&pasted(&told)), "", "{told}");
    database.opens(vec![states()], Migrate::Check).map(drop).unwrap();
    // A text that compares otherwise is not taken for a decimal of its last place.
    let database = Database::Sqlite(folder());
    database.runs(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, c TEXT COLLATE NOCASE) STRICT; INSERT INTO t (c) VALUES ('12')",
    );
    let told = database.opens(vec![declared(DECIMAL, None)], Migrate::Convert).map(drop).unwrap_err();
    assert!(told.contains("1 row holds what does not fit: `id` 1"), "{told}");
    assert_ne!(database.paste(&pasted(&told)), "");
}
