//! The table of changes in docs/storage.md: what it says happens on both engines, to databases that an earlier
//! build has made, with rows in them.

use std::collections::BTreeSet;

use super::database::{Database, Opened};
use super::harness::*;
use crewed::__internals::resource::{ColumnType, IndexMeta, Role, Table, TableColumn};
use crewed::__internals::store::Migrate;
use crewed::__internals::wire::{FieldMeta, ObjectMeta, Shape, UnitEnumMeta};
use crewed::value::Value;

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/storage.md");

const STATES: &UnitEnumMeta = &UnitEnumMeta::new("State", "", &["draft", "live", "gone"]);
const MORE_STATES: &UnitEnumMeta = &UnitEnumMeta::new("State", "", &["draft", "live", "gone", "lost"]);
const USED_STATES: &UnitEnumMeta = &UnitEnumMeta::new("State", "", &["live", "draft"]);
const TOO_FEW_STATES: &UnitEnumMeta = &UnitEnumMeta::new("State", "", &["live", "gone"]);
const LABELS: &UnitEnumMeta = &UnitEnumMeta::new("Label", "", &["z", "c", "b", "a"]);
const LEVELS: &UnitEnumMeta = &UnitEnumMeta::numbers("Level", "", &[1, 2, 3]);
const SEVENS: &UnitEnumMeta = &UnitEnumMeta::numbers("Seven", "", &[7]);

const TAG_AND_SMALL: &[IndexMeta] = &[IndexMeta::new(&[2, 3]).unique()];
const TAG_AND_STATE: &[IndexMeta] = &[IndexMeta::new(&[2, 8]).unique()];
const SMALL_AND_TAG: &[IndexMeta] = &[IndexMeta::new(&[3, 2])];

const ADDRESS: &ObjectMeta = &ObjectMeta::new("Address", "", &[FieldMeta::new("street", text)]);
const WITH_TOWN: &ObjectMeta = &ObjectMeta::new(
    "Address",
    "",
    &[FieldMeta::new("street", text), FieldMeta::new("town", text).optional()],
);
const WITH_A_NUMBER: &ObjectMeta = &ObjectMeta::new("Address", "", &[FieldMeta::new("street", number)]);

fn text() -> Shape {
    Shape::Text { format: "" }
}

fn number() -> Shape {
    integer(i64::MIN, i64::MAX)
}

fn integer(min: i64, max: i64) -> Shape {
    Shape::Integer { min, max, format: "int64" }
}

/// The declaration that made the fixtures, in full.
pub(super) fn things() -> Table {
    let shaped = |name, kind, shape| TableColumn { shape: Some(shape), ..column(name, kind) };
    table(
        "things",
        vec![
            TableColumn { role: Role::AutoIncrementKey, ..column("id", ColumnType::Integer) },
            TableColumn { unique: true, ..column("label", ColumnType::Text) },
            TableColumn { index: true, ..column("tag", ColumnType::Text) },
            shaped("small", ColumnType::Integer, integer(-32_768, 32_767)),
            column("large", ColumnType::Integer),
            column("flag", ColumnType::Boolean),
            column("ratio", ColumnType::Real),
            column("price", ColumnType::Decimal { scale: 2 }),
            column("state", ColumnType::UnitEnum(STATES)),
            shaped("level", ColumnType::Integer, Shape::UnitEnum(LEVELS)),
            column("data", ColumnType::Bytes),
            column("ident", ColumnType::Uuid),
            column("moment", ColumnType::Timestamp),
            column("day", ColumnType::Date),
            column("hour", ColumnType::Time),
            shaped("doc", ColumnType::Json, Shape::Object(ADDRESS)),
            TableColumn { nullable: true, ..column("note", ColumnType::Text) },
            TableColumn { nullable: true, ..column("count", ColumnType::Integer) },
        ],
    )
}

/// A change of the declaration, by the words of the table.
pub(super) struct Case {
    pub(super) words: &'static str,
    pub(super) change: fn(&mut Table),
    /// A column, and what its rows hold once that is done.
    pub(super) holds: Option<(&'static str, [Value; 3])>,
}

fn of<'a>(table: &'a mut Table, name: &str) -> &'a mut TableColumn {
    table.columns.iter_mut().find(|column| column.name == name).unwrap()
}

fn becomes(table: &mut Table, name: &str, kind: ColumnType, shape: Option<Shape>) {
    let column = of(table, name);
    (column.kind, column.shape) = (kind, shape);
}

fn add(table: &mut Table, column: TableColumn) {
    table.visible.push(table.columns.len());
    table.columns.push(column);
}

fn remove(table: &mut Table, name: &str) {
    table.columns.retain(|column| column.name != name);
    table.visible.pop();
}

fn integers(values: [i64; 3]) -> [Value; 3] {
    values.map(Value::Integer)
}

fn texts(values: [&str; 3]) -> [Value; 3] {
    values.map(|text| Value::Text(text.to_owned()))
}

pub(super) fn cases() -> Vec<Case> {
    let case = |words, change: fn(&mut Table), holds| Case { words, change, holds };
    let texts_kept = || Some(("state", texts(["draft", "live", "live"])));
    let smalls = || Some(("small", integers([100, 150, 200])));
    vec![
        case(
            "a field more, an `Option`",
            |t| add(t, TableColumn { nullable: true, ..column("extra", ColumnType::Text) }),
            Some(("extra", [Value::Null, Value::Null, Value::Null])),
        ),
        case(
            "a field more, with a `default`",
            |t| {
                let default = Some(Value::Text("x".to_owned()));
                add(t, TableColumn { default, ..column("extra", ColumnType::Text) });
            },
            Some(("extra", texts(["x", "x", "x"]))),
        ),
        case("a field more, without either", |t| add(t, column("extra", ColumnType::Text)), None),
        case(
            "`created_at` or `updated_at` more",
            |t| add(t, TableColumn { role: Role::UpdatedAt, ..column("made_at", ColumnType::Timestamp) }),
            None,
        ),
        case("another order of fields", |t| t.columns[1..].reverse(), smalls()),
        case("a field less, an `Option` or one with a default", |t| remove(t, "note"), smalls()),
        case("a field less, any other", |t| remove(t, "tag"), None),
        case(
            "another name, with `was`",
            |t| {
                let column = of(t, "label");
                (column.name, column.was) = ("title", Some("label"));
            },
            Some(("title", texts(["a", "b", "c"]))),
        ),
        case("`T` to `Option<T>`", |t| of(t, "small").nullable = true, smalls()),
        case(
            "`Option<T>` to `T`, no row without a value",
            |t| of(t, "count").nullable = false,
            Some(("count", integers([7, 7, 7]))),
        ),
        case("`Option<T>` to `T`, rows without a value", |t| of(t, "note").nullable = false, None),
        case("a wider integer", |t| of(t, "small").shape = Some(number()), smalls()),
        case(
            "a narrower integer, all values fit",
            |t| of(t, "small").shape = Some(integer(0, 255)),
            smalls(),
        ),
        case(
            "a narrower integer, values that do not fit",
            |t| of(t, "small").shape = Some(integer(-128, 127)),
            None,
        ),
        case(
            "a greater `scale`",
            |t| of(t, "price").kind = ColumnType::Decimal { scale: 3 },
            Some(("price", integers([1500, 1600, 1700]))),
        ),
        case(
            "a lesser `scale`, all values fit",
            |t| of(t, "price").kind = ColumnType::Decimal { scale: 1 },
            Some(("price", integers([15, 16, 17]))),
        ),
        case(
            "a lesser `scale`, values that do not fit",
            |t| of(t, "price").kind = ColumnType::Decimal { scale: 0 },
            None,
        ),
        case("a variant more", |t| of(t, "state").kind = ColumnType::UnitEnum(MORE_STATES), texts_kept()),
        case(
            "a variant less, no row has it",
            |t| of(t, "state").kind = ColumnType::UnitEnum(USED_STATES),
            texts_kept(),
        ),
        case(
            "a variant less, rows that have it",
            |t| of(t, "state").kind = ColumnType::UnitEnum(TOO_FEW_STATES),
            None,
        ),
        case("an enum to `String`", |t| of(t, "state").kind = ColumnType::Text, texts_kept()),
        case(
            "`String` to an enum, all values fit",
            |t| of(t, "label").kind = ColumnType::UnitEnum(LABELS),
            Some(("label", texts(["a", "b", "c"]))),
        ),
        case(
            "`String` to an enum, values that do not fit",
            |t| of(t, "tag").kind = ColumnType::UnitEnum(LABELS),
            None,
        ),
        case(
            "an enum of numbers to an integer",
            |t| of(t, "level").shape = None,
            Some(("level", integers([1, 2, 3]))),
        ),
        case(
            "an integer to an enum of numbers, all values fit",
            |t| of(t, "count").shape = Some(Shape::UnitEnum(SEVENS)),
            Some(("count", integers([7, 7, 7]))),
        ),
        case(
            "`bool` to an integer",
            |t| becomes(t, "flag", ColumnType::Integer, None),
            Some(("flag", integers([0, 1, 0]))),
        ),
        case(
            "an integer to `bool`, values that do not fit",
            |t| becomes(t, "small", ColumnType::Boolean, None),
            None,
        ),
        case(
            "an integer to `Decimal`",
            |t| becomes(t, "small", ColumnType::Decimal { scale: 2 }, None),
            Some(("small", integers([10_000, 15_000, 20_000]))),
        ),
        case(
            "an integer to `f64`",
            |t| becomes(t, "small", ColumnType::Real, None),
            Some(("small", [100.0, 150.0, 200.0].map(Value::Real))),
        ),
        case(
            "an integer to `String`",
            |t| becomes(t, "small", ColumnType::Text, None),
            Some(("small", texts(["100", "150", "200"]))),
        ),
        case(
            "`Decimal` to `String`",
            |t| of(t, "price").kind = ColumnType::Text,
            Some(("price", texts(["1.50", "1.60", "1.70"]))),
        ),
        case("`String` to `Uuid`, values that do not fit", |t| of(t, "tag").kind = ColumnType::Uuid, None),
        case(
            "`Uuid` to `Vec<u8>`",
            |t| of(t, "ident").kind = ColumnType::Bytes,
            Some(("flag", integers([0, 1, 0]))),
        ),
        case(
            "`Vec<u8>` to `Uuid`, all values fit",
            |t| of(t, "data").kind = ColumnType::Uuid,
            Some(("flag", integers([0, 1, 0]))),
        ),
        case(
            "`NaiveDate` to `String`",
            |t| of(t, "day").kind = ColumnType::Text,
            Some(("day", texts(["2024-02-29"; 3]))),
        ),
        case(
            "`String` to `NaiveDate`, values that do not fit",
            |t| of(t, "tag").kind = ColumnType::Date,
            None,
        ),
        case(
            "an integer to `DateTime`",
            |t| becomes(t, "large", ColumnType::Timestamp, None),
            Some(("large", integers([1 << 40; 3]))),
        ),
        case("`DateTime` to `NaiveTime`", |t| of(t, "moment").kind = ColumnType::Time, None),
        case(
            "`json`: an optional member more",
            |t| of(t, "doc").shape = Some(Shape::Object(WITH_TOWN)),
            smalls(),
        ),
        case(
            "`json`: any other change",
            |t| of(t, "doc").shape = Some(Shape::Object(WITH_A_NUMBER)),
            smalls(),
        ),
        case("`unique` more, no value twice", |t| of(t, "small").unique = true, smalls()),
        case("`unique` more, values that repeat", |t| of(t, "tag").unique = true, None),
        case("`unique` given up", |t| of(t, "label").unique = false, smalls()),
        case("`index` more", |t| of(t, "small").index = true, smalls()),
        case("`index` given up", |t| of(t, "tag").index = false, smalls()),
        case("`unique(a, b)` more, no values twice", |t| t.indexes = TAG_AND_SMALL, smalls()),
        case("`unique(a, b)` more, values that repeat", |t| t.indexes = TAG_AND_STATE, None),
        case("`index(a, b)` more", |t| t.indexes = SMALL_AND_TAG, smalls()),
    ]
}

/// A row of the table.
pub(super) struct Documented {
    pub(super) words: String,
    apply: String,
    pub(super) convert: String,
    said: String,
}

pub(super) fn documented() -> Vec<Documented> {
    let docs = std::fs::read_to_string(DOCS).unwrap();
    let (_, table) = docs.split_once("| Change of a declaration |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let row = |line: &str| {
        let cells: Vec<String> =
            line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect();
        let [words, apply, convert, said] = cells.try_into().unwrap_or_else(|cells| panic!("{cells:?}"));
        Documented { words, apply, convert, said: said.trim_matches('"').to_owned() }
    };
    rows.map(row).collect()
}

/// What a cell says of an engine: `done`, or `stops; done on PostgreSQL`.
pub(super) fn outcome(cell: &str, database: &Database) -> String {
    let name = match database {
        Database::Sqlite(_) | Database::At(_) => " on SQLite",
        Database::Postgres(_) => " on PostgreSQL",
    };
    let parts = || cell.split("; ");
    let own = parts().find_map(|part| part.strip_suffix(name));
    own.or_else(|| parts().next()).unwrap().to_owned()
}

#[test]
fn every_row_of_the_table_is_a_case() {
    let documented: BTreeSet<String> = documented().into_iter().map(|row| row.words).collect();
    let known: BTreeSet<String> = cases().iter().map(|case| case.words.to_owned()).collect();
    assert_eq!(documented, known);
}

#[test]
fn changes_are_done_or_told_as_documented() {
    in_parallel(&documented(), |row| {
        let cases = cases();
        let case = cases.iter().find(|case| case.words == row.words).unwrap();
        let mut changed = things();
        (case.change)(&mut changed);
        for (migrate, cell) in [(Migrate::Apply, &row.apply), (Migrate::Convert, &row.convert)] {
            for database in Database::fixtures("things") {
                let outcome = outcome(cell, &database);
                let context = format!("{} under {migrate:?} on {database:?}", row.words);
                // Deployed once as it stood: from then on it is known what the columns mean.
                database.opens(vec![things()], Migrate::Apply).unwrap();
                let own = database.add_own();
                let before = database.dump();
                let opened = database.opens(vec![changed.clone()], migrate);
                let said = match (&opened, outcome.as_str()) {
                    (Ok(Opened { changes, notes, .. }), "done" | "goes on") => {
                        [&changes[..], &notes[..]].concat().join("\n")
                    }
                    (Err(told), "stops") => told.clone(),
                    other => panic!("{context}: {other:?}, documented as `{outcome}`"),
                };
                if migrate == Migrate::Apply {
                    assert!(
                        said.replace('`', "").contains(&row.said)
                            || (row.said == "nothing" && said.is_empty()),
                        "{context}:\n{said}"
                    );
                }
                if let (Ok(opened), Some((name, values))) = (&opened, &case.holds) {
                    assert_eq!(opened.column(&changed, name), values, "{context}");
                }
                match opened {
                    Ok(opened) => {
                        // The next key is the next one.
                        assert_eq!(opened.inserts(&changed), Value::Integer(5), "{context}");
                        drop(opened);
                        database.opens(vec![changed.clone()], Migrate::Check).map(drop).expect(&context);
                        database.has_own(own, 1);
                    }
                    Err(_) => assert_eq!(database.dump(), before, "{context}"),
                }
            }
        }
    });
}
