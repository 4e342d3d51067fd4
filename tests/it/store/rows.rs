//! Rows in, rows out.

use super::harness::*;
use crewed::value::Value;

suite! {
    inserts_and_reads
    counts_keys_and_hides_what_is_not_shown
    reads_pages_by_ascending_key
    orders_text_by_its_bytes
    updates
    deletes
    keeps_tables_apart
    quotes_every_name
    has_columns_called_as_sqlites_row_numbers
    says_which_table_there_is_not
}

fn inserts_and_reads(open: Open) {
    let opened = open(vec![users()]);
    let store = &*opened.store;
    wait(async {
        let written = write(store, 2, insert(0, [(0, cell("ada")), (1, cell("countess"))])).await.unwrap();
        assert_eq!(written, [row([cell("ada"), cell("countess")])]);
        assert_eq!(read(store, 2, one(0, "ada")).await.unwrap(), written);
        assert!(read(store, 2, one(0, "Ada")).await.unwrap().is_empty());
        assert!(read(store, 2, one(0, "")).await.unwrap().is_empty());
    });
}

fn counts_keys_and_hides_what_is_not_shown(open: Open) {
    let opened = open(vec![heroes()]);
    let store = &*opened.store;
    wait(async {
        for (id, name) in [(1, "a"), (2, "b")] {
            assert_eq!(write(store, 3, hero(name)).await.unwrap(), [row([cell(id), cell(name), null()])]);
        }
        let error = read(store, 4, one(0, 1)).await.unwrap_err();
        assert_eq!(error.to_string(), "table `heroes`: there is no column 3");
    });
}

fn reads_pages_by_ascending_key(open: Open) {
    let opened = open(vec![heroes()]);
    let store = &*opened.store;
    wait(async {
        for i in 0..30 {
            write(store, 3, hero(format!("hero {}", 30 - i))).await.unwrap();
        }
        let ids = async |skip, limit| {
            let rows = read(store, 1, page(0, skip, limit)).await.unwrap();
            rows.into_iter().map(|row| row[0].clone()).collect::<Vec<_>>()
        };
        let expected = |range: std::ops::RangeInclusive<i64>| range.map(Value::Integer).collect::<Vec<_>>();
        assert_eq!(ids(0, 3).await, expected(1..=3));
        assert_eq!(ids(27, 100).await, expected(28..=30));
        assert!(ids(30, 10).await.is_empty());
        assert!(ids(0, 0).await.is_empty());
        assert_eq!(ids(0, u64::MAX).await, expected(1..=30));
        assert!(ids(u64::MAX, u64::MAX).await.is_empty());
    });
}

fn orders_text_by_its_bytes(open: Open) {
    let opened = open(vec![users()]);
    let store = &*opened.store;
    wait(async {
        for name in ["b", "a", "Z", "é", "zz", "", "\u{10348}", "\u{fffd}"] {
            write(store, 2, insert(0, [(0, cell(name)), (1, cell(""))])).await.unwrap();
        }
        let rows = read(store, 1, page(0, 0, 100)).await.unwrap();
        let expected = ["", "Z", "a", "b", "zz", "é", "\u{fffd}", "\u{10348}"];
        assert_eq!(rows, expected.map(|name| row([cell(name)])));
    });
}

fn updates(open: Open) {
    let opened = open(vec![heroes()]);
    let store = &*opened.store;
    wait(async {
        write(store, 3, hero("a")).await.unwrap();
        write(store, 3, hero("b")).await.unwrap();
        let written = write(store, 3, update(0, 2, [(2, cell(7)), (1, cell("c"))])).await.unwrap();
        assert_eq!(written, [row([cell(2), cell("c"), cell(7)])]);
        assert_eq!(read(store, 3, one(0, 2)).await.unwrap(), written);
        assert_eq!(read(store, 3, one(0, 1)).await.unwrap(), [row([cell(1), cell("a"), null()])]);
        assert!(write(store, 3, update(0, 3, [(2, cell(7))])).await.unwrap().is_empty());
        let back = write(store, 3, update(0, 2, [(2, null())])).await.unwrap();
        assert_eq!(back, [row([cell(2), cell("c"), null()])]);
        assert_eq!(write(store, 3, update(0, 2, [])).await.unwrap(), back);
    });
}

fn deletes(open: Open) {
    let opened = open(vec![users()]);
    let store = &*opened.store;
    wait(async {
        write(store, 2, insert(0, [(0, cell("ada")), (1, cell("x"))])).await.unwrap();
        assert_eq!(write(store, 2, delete(0, "ada")).await.unwrap(), [row([cell("ada"), cell("x")])]);
        assert!(read(store, 2, one(0, "ada")).await.unwrap().is_empty());
        assert!(write(store, 2, delete(0, "ada")).await.unwrap().is_empty());
    });
}

fn keeps_tables_apart(open: Open) {
    let opened = open(vec![heroes(), users()]);
    let store = &*opened.store;
    wait(async {
        write(store, 3, hero("a")).await.unwrap();
        write(store, 2, insert(1, [(0, cell("a")), (1, cell("b"))])).await.unwrap();
        assert_eq!(read(store, 3, page(0, 0, 9)).await.unwrap(), [row([cell(1), cell("a"), null()])]);
        assert_eq!(read(store, 2, page(1, 0, 9)).await.unwrap(), [row([cell("a"), cell("b")])]);
    });
}

fn quotes_every_name(open: Open) {
    let mut odd = heroes();
    odd.name = "select \"from\" 'x.y'; --";
    odd.columns[1].name = "order by \"1\".é";
    odd.columns[2].name = "group";
    odd.columns[2].index = true;
    let opened = open(vec![odd]);
    let store = &*opened.store;
    wait(async {
        write(store, 3, hero("a")).await.unwrap();
        let written = write(store, 3, update(0, 1, [(1, cell("'; DROP")), (2, cell(1))])).await.unwrap();
        assert_eq!(written, [row([cell(1), cell("'; DROP"), cell(1)])]);
        assert_eq!(read(store, 3, page(0, 0, 9)).await.unwrap(), written);
        write(store, 3, hero("a")).await.unwrap();
        let taken = write(store, 3, hero("a")).await.unwrap_err();
        assert!(
            matches!(taken, crewed::__internals::store::StoreError::UniqueViolation { ref columns } if *columns == [1]),
            "{taken:?}"
        );
        assert_eq!(write(store, 3, delete(0, 1)).await.unwrap(), written);
    });
}

/// SQLite numbers rows under these names, where no column has them.
fn has_columns_called_as_sqlites_row_numbers(open: Open) {
    let mut tables = Vec::new();
    for (index, (name, other)) in
        [("rowid", "oid"), ("oid", "_rowid_"), ("_rowid_", "RowID")].into_iter().enumerate()
    {
        let mut counted = heroes();
        counted.name = ["a", "b", "c"][index];
        counted.columns[1].name = name;
        counted.columns[2].name = other;
        counted.columns[2].index = true;
        let mut keyed = users();
        keyed.name = ["d", "e", "f"][index];
        keyed.columns[0].name = name;
        keyed.columns[1].name = other;
        tables.extend([counted, keyed]);
    }
    let opened = open(tables);
    let store = &*opened.store;
    wait(async {
        for table in [0, 2, 4] {
            let new = |name| insert(table, [(1, cell(name)), (3, cell("x"))]);
            let first = write(store, 3, new("ada")).await.unwrap();
            assert_eq!(first, [row([cell(1), cell("ada"), null()])]);
            let written = write(store, 3, update(table, 1, [(1, cell("bob")), (2, cell(7))])).await.unwrap();
            assert_eq!(written, [row([cell(1), cell("bob"), cell(7)])]);
            let taken = write(store, 3, new("bob")).await.unwrap_err();
            assert!(
                matches!(taken, crewed::__internals::store::StoreError::UniqueViolation { ref columns } if *columns == [1]),
                "{taken:?}"
            );
            assert_eq!(read(store, 3, page(table, 0, 9)).await.unwrap(), written);
            assert_eq!(write(store, 3, delete(table, 1)).await.unwrap(), written);
        }
        for table in [1, 3, 5] {
            let written = write(store, 2, insert(table, [(0, cell("a")), (1, cell("b"))])).await.unwrap();
            assert_eq!(read(store, 2, one(table, "a")).await.unwrap(), written);
            assert_eq!(read(store, 2, page(table, 0, 9)).await.unwrap(), written);
        }
    });
}

fn says_which_table_there_is_not(open: Open) {
    let opened = open(vec![users()]);
    let store = &*opened.store;
    wait(async {
        for error in [
            read(store, 2, one(1, "a")).await.unwrap_err(),
            read(store, 2, page(1, 0, 1)).await.unwrap_err(),
            write(store, 2, delete(1, "a")).await.unwrap_err(),
        ] {
            assert_eq!(error.to_string(), "there is no table 1");
        }
        let error = write(store, 2, insert(0, [(2, cell("a"))])).await.unwrap_err();
        assert_eq!(error.to_string(), "table `users`: column 2 cannot be set");
    });
}
