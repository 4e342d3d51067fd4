//! Every type of column, to its ends and back.

use super::harness::*;
use crewed::__internals::resource::{ColumnType, IndexMeta, Role, Table, TableColumn};
use crewed::__internals::wire::{MOST_INDEXED, UnitEnumMeta};
use crewed::value::Value;

suite! {
    round_trips_every_type
    round_trips_null_in_every_type
    keeps_no_sign_of_zero
    keys_are_of_any_type_that_addresses_name
    round_trips_what_is_large
    indexes_what_is_as_long_as_may_be
}

const STATES: &UnitEnumMeta = &UnitEnumMeta::new("State", "", &["draft", "live"]);

pub(super) fn kinds() -> Vec<(ColumnType, Vec<Value>)> {
    let integers = |list: &[i64]| list.iter().copied().map(Value::Integer).collect();
    let texts = |list: &[&str]| list.iter().map(|text| Value::Text((*text).to_owned())).collect();
    let reals = [0.0, 1.0, 0.1, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 9_007_199_254_740_993.0];
    let all_bytes: Vec<u8> = (0..=255).collect();
    vec![
        (ColumnType::Integer, integers(&[0, 1, -1, i64::MIN, i64::MAX, 1 << 53])),
        (ColumnType::Boolean, integers(&[0, 1])),
        (ColumnType::Real, reals.map(Value::Real).to_vec()),
        (ColumnType::Decimal { scale: 2 }, integers(&[0, 199, -199, i64::MIN, i64::MAX])),
        (
            ColumnType::Text,
            texts(&["", " ", "a", "1", "1e3", "é", "\u{10ffff}", "'\"`;--\\%_", "\n\r\t", "null"]),
        ),
        (ColumnType::UnitEnum(STATES), texts(&["draft", "live"])),
        (ColumnType::Bytes, vec![Value::Blob(vec![]), Value::Blob(vec![0]), Value::Blob(all_bytes)]),
        (ColumnType::Uuid, vec![Value::Blob(vec![0; 16]), Value::Blob(vec![255; 16])]),
        (ColumnType::Timestamp, integers(&[0, -62_135_596_800_000_000, 253_402_300_799_999_999])),
        (ColumnType::Date, texts(&["0001-01-01", "9999-12-31"])),
        (ColumnType::Time, integers(&[0, 86_399_999_999])),
        (ColumnType::Json, texts(&["{}", "[1, 2.50, \"\\u0000\"]", "0"])),
    ]
}

fn round_trips_every_type(open: Open) {
    for (kind, values) in kinds() {
        let id = TableColumn { role: Role::AutoIncrementKey, ..column("id", ColumnType::Integer) };
        let opened = open(vec![table("t", vec![id, column("c", kind)])]);
        let store = &*opened.store;
        wait(async {
            for (i, value) in (1..).zip(values) {
                let row = [row([cell(i), cell(value.clone())])];
                let written = write(store, 2, insert(0, [(1, cell(value.clone()))])).await.unwrap();
                assert_eq!(exact(&written), exact(&row), "{kind:?}");
                assert_eq!(exact(&read(store, 2, one(0, i)).await.unwrap()), exact(&row), "{kind:?}");
                let written = write(store, 2, update(0, i, [(1, cell(value))])).await.unwrap();
                assert_eq!(exact(&written), exact(&row), "{kind:?}");
            }
        });
    }
}

fn keeps_no_sign_of_zero(open: Open) {
    let id = TableColumn { role: Role::AutoIncrementKey, ..column("id", ColumnType::Integer) };
    let opened = open(vec![table("t", vec![id, column("c", ColumnType::Real)])]);
    let store = &*opened.store;
    let written = wait(write(store, 2, insert(0, [(1, cell(Value::Real(-0.0)))]))).unwrap();
    assert_eq!(exact(&written), exact(&[row([cell(1), cell(Value::Real(0.0))])]));
    assert_eq!(exact(&wait(read(store, 2, one(0, 1))).unwrap()), exact(&written));
}

/// -0.0 equals 0.0, and reads otherwise.
fn exact(rows: &[Vec<Value>]) -> String {
    format!("{rows:?}")
}

fn round_trips_null_in_every_type(open: Open) {
    let mut columns = vec![TableColumn { role: Role::AutoIncrementKey, ..column("id", ColumnType::Integer) }];
    const NAMES: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
    for (name, (kind, _)) in NAMES.into_iter().zip(kinds()) {
        // JSON is not unique by anything.
        let unique = !matches!(kind, ColumnType::Json);
        columns.push(TableColumn { nullable: true, unique, ..column(name, kind) });
    }
    let opened = open(vec![table("t", columns)]);
    let store = &*opened.store;
    wait(async {
        let nulls: [(usize, Cell); 12] = std::array::from_fn(|i| (i + 1, null()));
        // NULL is not a value, so it is not taken either.
        for id in 1..3 {
            let mut expected = vec![Value::Null; 13];
            expected[0] = Value::Integer(id);
            assert_eq!(write(store, 13, insert(0, nulls.clone())).await.unwrap(), [expected.clone()]);
            assert_eq!(read(store, 13, one(0, id)).await.unwrap(), [expected]);
        }
    });
}

fn keys_are_of_any_type_that_addresses_name(open: Open) {
    let uuid = |first, last| cell(Value::Blob([vec![first; 15], vec![last]].concat()));
    let cases = [
        (ColumnType::Integer, [cell(i64::MIN), cell(-1), cell(0), cell(i64::MAX)]),
        (ColumnType::Text, [cell(""), cell("10"), cell("9"), cell("é")]),
        (ColumnType::Uuid, [uuid(0, 0), uuid(0, 255), uuid(127, 0), uuid(255, 0)]),
    ];
    for (kind, keys) in cases {
        let key = TableColumn { role: Role::Key, ..column("key", kind) };
        let opened = open(vec![table("t", vec![key, column("value", ColumnType::Integer)])]);
        let store = &*opened.store;
        wait(async {
            for (i, key) in keys.iter().enumerate().rev() {
                write(store, 2, insert(0, [(0, key.clone()), (1, cell(i as i64))])).await.unwrap();
            }
            let in_order: Vec<_> = (0..).zip(&keys).map(|(i, key)| row([key.clone(), cell(i)])).collect();
            assert_eq!(read(store, 2, page(0, 0, 9)).await.unwrap(), in_order, "{kind:?}");
            for (row, key) in in_order.into_iter().zip(keys) {
                let rows = vec![row];
                assert_eq!(read(store, 2, one(0, key.clone())).await.unwrap(), rows);
                let taken = write(store, 2, insert(0, [(0, key.clone()), (1, cell(0))])).await.unwrap_err();
                assert!(
                    matches!(taken, crewed::__internals::store::StoreError::UniqueViolation { ref columns } if *columns == [0]),
                    "{taken:?}"
                );
                assert_eq!(write(store, 2, delete(0, key)).await.unwrap(), rows);
            }
        });
    }
}

fn round_trips_what_is_large(open: Open) {
    let mut plain = users();
    plain.columns[1].index = false;
    let opened = open(vec![plain]);
    let store = &*opened.store;
    wait(async {
        let large = "é".repeat(1 << 20);
        let written = write(store, 2, insert(0, [(0, cell("a")), (1, cell(large))])).await.unwrap();
        assert_eq!(read(store, 2, page(0, 0, 1)).await.unwrap(), written);
    });
}

/// Nothing in it can be made shorter.
fn indexes_what_is_as_long_as_may_be(open: Open) {
    let (mut state, mut text) = (1_u32, String::new());
    while text.len() < MOST_INDEXED {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text.push(char::from(b'!' + (state >> 24) as u8 % 94));
    }
    // Several texts share what there is.
    const LISTS: &[IndexMeta] = &[IndexMeta::new(&[1, 2]).unique(), IndexMeta::new(&[2, 1])];
    let id = TableColumn { role: Role::AutoIncrementKey, ..column("id", ColumnType::Integer) };
    let sorted = TableColumn { sort: true, ..column("b", ColumnType::Text) };
    let two = Table { indexes: LISTS, ..table("two", vec![id, column("a", ColumnType::Text), sorted]) };
    let opened = open(vec![users(), two]);
    let store = &*opened.store;
    wait(async {
        let written = write(store, 2, insert(0, [(0, cell(&*text)), (1, cell(&*text))])).await.unwrap();
        assert_eq!(read(store, 2, one(0, &*text)).await.unwrap(), written);
        let (a, b) = text.split_at(MOST_INDEXED / 2);
        write(store, 3, insert(1, [(1, cell(a)), (2, cell(b))])).await.unwrap();
    });
}
