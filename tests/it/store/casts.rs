//! What becomes of the extremes of every type where a column becomes one of every other: it is refused, or every row
//! reads, and to the same on both engines.

use std::collections::BTreeMap;

use super::database::{Database, pasted};
use super::harness::*;
use crewed::__internals::resource::{Column, ColumnType, Role, Table, TableColumn};
use crewed::__internals::store::Migrate;
use crewed::__internals::wire::{Constraints, Shape, UnitEnumMeta};
use crewed::value::{Value, ValueRef};

const STATES: &UnitEnumMeta = &UnitEnumMeta::new("State", "", &["draft", "9"]);
const LEVELS: &UnitEnumMeta = &UnitEnumMeta::numbers("Level", "", &[1, 9]);

/// A type of a field.
struct Type {
    name: &'static str,
    kind: ColumnType,
    shape: Option<Shape>,
    /// What a column of it may hold, at its ends.
    values: Vec<Value>,
    /// What a client is shown of a value.
    reads: fn(ValueRef<'_>) -> Option<String>,
}

fn of<T: Column>(value: ValueRef<'_>) -> Option<String> {
    scaled::<T>(value, None)
}

fn decimal<const SCALE: u32>(value: ValueRef<'_>) -> Option<String> {
    scaled::<rust_decimal::Decimal>(value, Some(SCALE))
}

fn scaled<T: Column>(value: ValueRef<'_>, scale: Option<u32>) -> Option<String> {
    let (mut constraints, mut out) = (Constraints::NONE, Vec::new());
    constraints.scale = scale;
    T::write_json(value, &constraints, &mut out).ok()?;
    String::from_utf8(out).ok().filter(|json| json != "null")
}

fn one_of(value: ValueRef<'_>) -> Option<String> {
    let json = match value {
        ValueRef::Text(text) => serde_json::Value::from(text),
        ValueRef::Integer(number) => number.into(),
        _ => return None,
    };
    let known = [STATES, LEVELS].iter().any(|meta| meta.choices.to_json().contains(&json));
    known.then(|| json.to_string())
}

fn types() -> Vec<Type> {
    let integers = |list: &[i64]| list.iter().copied().map(Value::Integer).collect::<Vec<_>>();
    let reals = |list: &[f64]| list.iter().copied().map(Value::Real).collect::<Vec<_>>();
    let texts = |list: &[&str]| list.iter().map(|text| Value::Text((*text).to_owned())).collect::<Vec<_>>();
    let within = |min, max| Some(Shape::Integer { min, max, format: "" });
    let number = |format| Some(Shape::Number { format });
    let ends = |digits: i64| integers(&[-digits, digits, 0, 100, 150]);
    let wide = 999_999_999_999_999_999;
    let of_type = |name, kind, shape, values, reads| Type { name, kind, shape, values, reads };
    vec![
        of_type(
            "i64",
            ColumnType::Integer,
            None,
            integers(&[i64::MIN, i64::MAX, 0, 9, 1 << 53, (1 << 53) + 1, 86_399_999_999, 86_400_000_000]),
            of::<i64>,
        ),
        of_type("u8", ColumnType::Integer, within(0, 255), integers(&[0, 1, 255]), of::<u8>),
        of_type("levels", ColumnType::Integer, Some(Shape::UnitEnum(LEVELS)), integers(&[1, 9]), one_of),
        of_type("bool", ColumnType::Boolean, None, integers(&[0, 1]), of::<bool>),
        of_type(
            "f64",
            ColumnType::Real,
            None,
            reals(&[
                1e300,
                -1e300,
                3.5e38,
                5e-324,
                1.005,
                0.1,
                0.30000000000000004,
                9.0,
                9_007_199_254_740_993.0,
                9_223_372_036_854_775_807.0,
                1_234_567_890_123.45,
                12_345_678_901_234_567.8,
            ]),
            of::<f64>,
        ),
        of_type("f32", ColumnType::Real, number("float"), reals(&[f32::MAX.into(), 1.5, 9.0]), of::<f32>),
        of_type("places_2", ColumnType::Decimal { scale: 2 }, None, ends(wide), decimal::<2>),
        of_type("places_5", ColumnType::Decimal { scale: 5 }, None, ends(wide), decimal::<5>),
        of_type("places_18", ColumnType::Decimal { scale: 18 }, None, ends(wide), decimal::<18>),
        of_type(
            "text",
            ColumnType::Text,
            None,
            texts(&[
                "",
                "9",
                "-0",
                "9223372036854775807",
                "9223372036854775808",
                "0000-01-01",
                "9999-12-31",
                "2023-02-29",
                "draft",
                "[1]",
                "00000000-0000-0000-0000-00000000000F",
                "00000000-0000-0000-0000-00000000000g",
            ]),
            of::<String>,
        ),
        of_type("states", ColumnType::UnitEnum(STATES), None, texts(&["draft", "9"]), one_of),
        of_type(
            "bytes",
            ColumnType::Bytes,
            None,
            vec![Value::Blob(vec![]), Value::Blob(vec![255; 16]), Value::Blob(vec![1; 17])],
            of::<Vec<u8>>,
        ),
        of_type(
            "uuid",
            ColumnType::Uuid,
            None,
            vec![Value::Blob(vec![0; 16]), Value::Blob(vec![255; 16])],
            of::<uuid::Uuid>,
        ),
        of_type(
            "moment",
            ColumnType::Timestamp,
            None,
            integers(&[-62_135_596_800_000_000, 253_402_300_799_999_999, 9]),
            of::<chrono::DateTime<chrono::Utc>>,
        ),
        of_type("day", ColumnType::Date, None, texts(&["0001-01-01", "9999-12-31"]), of::<chrono::NaiveDate>),
        of_type("time", ColumnType::Time, None, integers(&[0, 9, 86_399_999_999]), of::<chrono::NaiveTime>),
        of_type("json", ColumnType::Json, None, texts(&["[1]", "\"a\""]), |value| match value {
            ValueRef::Text(text) => {
                serde_json::from_str(text).ok().map(|json: serde_json::Value| json.to_string())
            }
            _ => None,
        }),
    ]
}

/// A table of one row each.
fn of_one(name: &'static str, of: &Type) -> Table {
    let id = TableColumn { role: Role::Key, ..column("id", ColumnType::Integer) };
    table(name, vec![id, TableColumn { shape: of.shape, ..column("c", of.kind) }])
}

/// What clients are shown of each value that was not refused.
fn converted(database: &Database, to: &Type) -> BTreeMap<String, String> {
    let types = types();
    let cases: Vec<(&'static str, &Type, &Value)> = types
        .iter()
        .flat_map(|from| from.values.iter().map(move |value| (from, value)))
        .enumerate()
        .map(|(i, (from, value))| (&*format!("t{i}x").leak(), from, value))
        .collect();
    let before = cases.iter().map(|(name, from, _)| of_one(name, from)).collect();
    let opened = database.opens(before, Migrate::Apply).unwrap();
    for (i, (_, _, value)) in cases.iter().enumerate() {
        wait(write(&*opened.store, 2, insert(i, [(0, cell(1)), (1, cell((*value).clone()))]))).unwrap();
    }
    drop(opened);
    let declared = |name: &&'static str| of_one(name, to);
    let mut names: Vec<&'static str> = cases.iter().map(|(name, ..)| *name).collect();
    if let Err(told) = database.opens(names.iter().map(declared).collect(), Migrate::Apply) {
        database.paste(&pasted(&told));
    }
    if let Err(told) = database.opens(names.iter().map(declared).collect(), Migrate::Apply) {
        names.retain(|name| !told.contains(&format!("table `{name}`")));
    }
    let opened = database.opens(names.iter().map(declared).collect(), Migrate::Apply).unwrap();
    let mut shown = BTreeMap::new();
    for (i, name) in names.iter().enumerate() {
        let (_, from, value) = cases.iter().find(|(known, ..)| known == name).unwrap();
        let case = format!("{} {value:?} to {}", from.name, to.name);
        let rows = wait(read(&*opened.store, 2, page(i, 0, 9)));
        let rows = rows.unwrap_or_else(|error| panic!("{case} on {database:?}: {error}"));
        let json = (to.reads)(rows[0][1].as_ref());
        let json = json.unwrap_or_else(|| panic!("{case} on {database:?}: does not read, {:?}", rows[0]));
        shown.insert(case, json);
    }
    shown
}

#[test]
fn what_is_converted_reads_and_is_the_same_on_both_engines() {
    in_parallel(&types(), |to| {
        let [sqlite, postgres] = Database::each().map(|database| converted(&database, to));
        for (case, shown) in &sqlite {
            if let Some(other) = postgres.get(case) {
                assert_eq!(shown, other, "{case}");
            }
        }
        // Of its own values each stays.
        let own = |shown: &BTreeMap<String, String>| {
            shown.keys().filter(|case| case.starts_with(&format!("{} ", to.name))).count()
        };
        assert_eq!((own(&sqlite), own(&postgres)), (to.values.len(), to.values.len()), "{}", to.name);
    });
}
