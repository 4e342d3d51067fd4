//! Columns that are unique together: which of several constraints a refused write is reported for.

use std::sync::Arc;

use super::harness::*;
use crewed::__internals::resource::{Change, ColumnType, IndexMeta, Role, Table, TableColumn};
use crewed::__internals::store::{Action, StoreError};
use crewed::value::Value;

suite! {
    names_all_columns_that_are_unique_together
}

/// Single columns come first, and then lists, whichever of their columns a write has.
fn names_all_columns_that_are_unique_together(open: Open) {
    // The lists have their columns in other orders than the table.
    const LISTS: &[IndexMeta] = &[
        IndexMeta::new(&[3, 2]).unique(),
        IndexMeta::new(&[2, 4]).unique(),
        IndexMeta::new(&[1, 4]),
        IndexMeta::new(&[4, 5]).unique(),
    ];
    let text = |name| column(name, ColumnType::Text);
    let columns = vec![
        TableColumn { role: Role::Key, ..text("key") },
        TableColumn { unique: true, ..text("a") },
        text("b"),
        text("c"),
        TableColumn { nullable: true, ..text("d") },
        TableColumn { nullable: true, preserved: true, ..text("e") },
    ];
    let opened = open(vec![Table { indexes: LISTS, ..table("t", columns) }]);
    let store = &*opened.store;
    let cells = |of: [Option<&str>; 6]| {
        let cells = of.map(|text| text.map_or(Value::Null, |text| cell(text).0));
        cells.into_iter().enumerate().collect::<Vec<_>>()
    };
    let row = |of: [&str; 6]| cells(of.map(|text| (text != "-").then_some(text)));
    let new = |of| action(0, Action::Insert { values: row(of) });
    let put = |of| action(0, Action::Upsert { values: row(of) });
    let set = |key: &str, of: &[(usize, &str)]| {
        let changes = of.iter().map(|(column, value)| (*column, Change::Set(cell(*value).0)));
        action(0, Action::Update { key: cell(key).0, changes: changes.collect() })
    };
    wait(async {
        for write_of in [
            new(["k1", "a1", "b1", "c1", "d1", "e1"]),
            new(["k2", "a2", "b2", "c2", "d2", "e2"]),
            // NULLs are distinct.
            new(["k3", "a3", "b1", "c3", "-", "e3"]),
            new(["k4", "a4", "b1", "c4", "-", "e3"]),
            new(["k5", "a5", "b2", "c1", "d1", "-"]),
        ] {
            write(store, 6, write_of).await.unwrap();
        }
        let cases = || {
            [
                (new(["k9", "a9", "b1", "c1", "d9", "e9"]), &[3, 2][..]),
                (new(["k9", "a9", "b1", "c9", "d1", "e9"]), &[2, 4]),
                (new(["k9", "a9", "b9", "c9", "d1", "e1"]), &[4, 5]),
                // The first in the order of the declaration, whichever the engine has come to first.
                (new(["k9", "a9", "b1", "c1", "d1", "e1"]), &[3, 2]),
                (new(["k9", "a9", "b1", "c9", "d1", "e1"]), &[2, 4]),
                (new(["k9", "a2", "b1", "c1", "d1", "e1"]), &[1]),
                (new(["k2", "a1", "b1", "c1", "d1", "e1"]), &[0]),
                // Of the row itself are the values that are not sent.
                (set("k3", &[(3, "c1")]), &[3, 2]),
                (set("k4", &[(3, "c3")]), &[3, 2]),
                (set("k4", &[(4, "d1")]), &[2, 4]),
                (set("k4", &[(4, "d1"), (3, "c3")]), &[3, 2]),
                (set("k2", &[(2, "b1"), (4, "d1")]), &[2, 4]),
                (set("k2", &[(2, "b1"), (4, "d1"), (3, "c3")]), &[3, 2]),
                (set("k2", &[(4, "d1")]), &[2, 4]),
                (set("k2", &[(4, "d1"), (1, "a1")]), &[1]),
                (set("k2", &[(3, "c1")]), &[3, 2]),
                (set("k1", &[(5, "e1"), (2, "b2"), (4, "d2")]), &[3, 2]),
                (put(["k2", "a2", "b1", "c1", "d1", "e2"]), &[3, 2]),
                (put(["k2", "a2", "b1", "c9", "d1", "e2"]), &[2, 4]),
                (put(["k9", "a9", "b9", "c9", "d1", "e1"]), &[4, 5]),
            ]
        };
        let taken = |outcome: Result<Rows, StoreError>, case: usize| match outcome {
            Err(StoreError::UniqueViolation { columns }) => columns,
            other => panic!("{case}: {other:?}"),
        };
        let before = read(store, 6, page(0, 0, 99)).await.unwrap();
        // Each by itself, all at once, and in a transaction, which goes on.
        for (i, (case, expected)) in cases().into_iter().enumerate() {
            assert_eq!(taken(write(store, 6, case).await, i), expected, "{i}");
        }
        let at_once = cases().map(|(case, expected)| {
            let store = Arc::clone(&opened.store);
            (tokio::spawn(async move { write(&*store, 6, case).await }), expected)
        });
        for (i, (outcome, expected)) in at_once.into_iter().enumerate() {
            assert_eq!(taken(outcome.await.unwrap(), i), expected, "{i}");
        }
        let mut transaction = store.begin().await.unwrap();
        for (i, (case, expected)) in cases().into_iter().enumerate() {
            let outcome = transaction.execute(case, Kept { width: 6, rows: Rows::new() }).await;
            assert_eq!(taken(outcome.map(|kept| kept.rows), i), expected, "{i}");
        }
        transaction.commit().await.unwrap();
        assert_eq!(read(store, 6, page(0, 0, 99)).await.unwrap(), before);
        // No conflict: of a row with itself, or where a NULL is.
        for write_of in [
            set("k1", &[(3, "c1"), (2, "b1"), (4, "d1")]),
            put(["k1", "a1", "b1", "c1", "d1", "e9"]),
            set("k3", &[(2, "b1")]),
            set("k5", &[(3, "c5")]),
        ] {
            assert_eq!(write(store, 6, write_of).await.unwrap().len(), 1);
        }
    });
}
