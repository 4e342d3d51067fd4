//! Writes that are refused, and what they leave.

use std::sync::Arc;

use super::harness::*;
use crewed::__internals::issue::{Issue, IssueKind};
use crewed::__internals::resource::{
    Change, ColumnType, ComputeError, DecodeError, Role, Row, Table, TableColumn,
};
use crewed::__internals::store::{Action, Sink, StoreError};
use crewed::value::{Value, ValueRef};

suite! {
    names_the_column_that_is_taken
    never_counts_a_key_twice
    puts_a_row_over_the_one_that_is_there
    makes_values_of_stored_ones
    makes_nothing_where_there_is_no_row
    leaves_nothing_where_making_has_issues
    undoes_what_a_sink_cannot_take
    survives_a_panic
    survives_a_panic_of_whoever_asks
    names_the_first_of_several_that_are_taken
    refuses_null_and_other_types
    carries_out_what_nobody_waits_for
}

fn names_the_column_that_is_taken(open: Open) {
    let mut two = heroes();
    two.columns[3].unique = true;
    let opened = open(vec![two, users()]);
    let store = &*opened.store;
    wait(async {
        let hero = |name, secret| insert(0, [(1, cell(name)), (2, null()), (3, cell(secret))]);
        write(store, 3, hero("a", "x")).await.unwrap();
        write(store, 3, hero("b", "y")).await.unwrap();
        write(store, 2, insert(1, [(0, cell("k")), (1, cell("v"))])).await.unwrap();
        let taken = |error: StoreError| match error {
            StoreError::UniqueViolation { columns } if columns.len() == 1 => columns[0],
            other => panic!("{other:?}"),
        };
        assert_eq!(taken(write(store, 3, hero("a", "z")).await.unwrap_err()), 1);
        assert_eq!(taken(write(store, 3, hero("c", "y")).await.unwrap_err()), 3);
        assert_eq!(taken(write(store, 3, update(0, 2, [(1, cell("a"))])).await.unwrap_err()), 1);
        let again = insert(1, [(0, cell("k")), (1, cell("w"))]);
        assert_eq!(taken(write(store, 2, again).await.unwrap_err()), 0);
        assert_eq!(read(store, 3, page(0, 0, 9)).await.unwrap().len(), 2);
        assert_eq!(read(store, 2, one(1, "k")).await.unwrap(), [row([cell("k"), cell("v")])]);
    });
}

fn puts_a_row_over_the_one_that_is_there(open: Open) {
    let mut known = users();
    let mut note = known.columns[1].clone();
    note.name = "note";
    note.unique = true;
    known.columns.push(note);
    known.visible.push(2);
    // The same rows as three tables would overwrite them.
    let keeping = |name, preserved: &[usize]| {
        let mut table = Table { name, ..known.clone() };
        preserved.iter().for_each(|column| table.columns[*column].preserved = true);
        table
    };
    let opened = open(vec![keeping("a", &[]), keeping("b", &[1]), keeping("c", &[1, 2])]);
    let store = &*opened.store;
    let put = |table, key, value, note| {
        let values = vec![(0, cell(key).0), (1, cell(value).0), (2, cell(note).0)];
        action(table, Action::Upsert { values })
    };
    wait(async {
        for (table, then, why) in [
            (0, ["k", "b", "y"], "all is overwritten"),
            (1, ["k", "a", "y"], "what is kept stays"),
            (2, ["k", "a", "x"], "nothing is left to overwrite"),
        ] {
            let first = write(store, 3, put(table, "k", "a", "x")).await.unwrap();
            assert_eq!(first, [row(["k", "a", "x"].map(cell))]);
            let second = write(store, 3, put(table, "k", "b", "y")).await.unwrap();
            assert_eq!(second, [row(then.map(cell))], "{why}");
            assert_eq!(read(store, 3, page(table, 0, 9)).await.unwrap(), [row(then.map(cell))]);
        }
        write(store, 3, put(1, "l", "c", "z")).await.unwrap();
        let taken = write(store, 3, put(1, "l", "d", "y")).await.unwrap_err();
        assert!(matches!(taken, StoreError::UniqueViolation { ref columns } if *columns == [2]), "{taken:?}");
        assert_eq!(read(store, 3, one(1, "l")).await.unwrap(), [row([cell("l"), cell("c"), cell("z")])]);
    });
}

fn never_counts_a_key_twice(open: Open) {
    let opened = open(vec![heroes()]);
    let store = &*opened.store;
    wait(async {
        for name in ["a", "b"] {
            write(store, 3, hero(name)).await.unwrap();
        }
        write(store, 3, delete(0, 2)).await.unwrap();
        assert_eq!(write(store, 3, hero("c")).await.unwrap(), [row([cell(3), cell("c"), null()])]);
    });
}

fn makes_values_of_stored_ones(open: Open) {
    let opened = open(vec![heroes()]);
    let store = &*opened.store;
    wait(async {
        write(store, 3, hero("a")).await.unwrap();
        let changes = vec![
            (
                2,
                Change::Compute(Box::new(|stored| {
                    assert_eq!(stored, ValueRef::Null);
                    Ok(Value::Integer(5))
                })),
            ),
            (
                1,
                Change::Compute(Box::new(|stored| {
                    assert_eq!(stored, ValueRef::Text("a"));
                    Ok(Value::Text("b".to_owned()))
                })),
            ),
            (3, Change::Set(Value::Text("new".to_owned()))),
        ];
        let written =
            write(store, 3, action(0, Action::Update { key: Value::Integer(1), changes })).await.unwrap();
        assert_eq!(written, [row([cell(1), cell("b"), cell(5)])]);
    });
}

fn makes_nothing_where_there_is_no_row(open: Open) {
    let opened = open(vec![heroes()]);
    let store = &*opened.store;
    wait(async {
        let changes = vec![(1, Change::Compute(Box::new(|_| panic!("there is nothing to make it of"))))];
        let written = write(store, 3, action(0, Action::Update { key: Value::Integer(1), changes })).await;
        assert!(written.unwrap().is_empty());
    });
}

fn leaves_nothing_where_making_has_issues(open: Open) {
    let opened = open(vec![heroes()]);
    let store = &*opened.store;
    wait(async {
        let before = write(store, 3, hero("a")).await.unwrap();
        let fault = || vec![Issue::new(IssueKind::Missing, vec!["body".into()], serde_json::Value::Null)];
        let changes = vec![
            (3, Change::Set(Value::Text("new".to_owned()))),
            (1, Change::Compute(Box::new(move |_| Err(ComputeError::Invalid(fault()))))),
            (2, Change::Compute(Box::new(move |_| Err(ComputeError::Invalid(fault()))))),
        ];
        let error =
            write(store, 3, action(0, Action::Update { key: Value::Integer(1), changes })).await.unwrap_err();
        let StoreError::Invalid(issues) = error else { panic!("{error:?}") };
        assert_eq!(issues, [fault(), fault()].concat());
        assert_eq!(read(store, 3, one(0, 1)).await.unwrap(), before);
    });
}

/// Refuses every row.
struct Refuses;

impl Sink for Refuses {
    fn reset(&mut self) {}

    fn row(&mut self, _: &dyn Row) -> Result<(), DecodeError> {
        Err(DecodeError("a stone stands where bread should".to_owned()))
    }

    fn count(&self) -> u64 {
        0
    }
}

/// Panics at every row.
struct Panics;

impl Sink for Panics {
    fn reset(&mut self) {}

    fn row(&mut self, _: &dyn Row) -> Result<(), DecodeError> {
        panic!("on purpose")
    }

    fn count(&self) -> u64 {
        0
    }
}

fn undoes_what_a_sink_cannot_take(open: Open) {
    let opened = open(vec![heroes()]);
    let store = &*opened.store;
    wait(async {
        let before = write(store, 3, hero("a")).await.unwrap();
        for task in [hero("b"), update(0, 1, [(1, cell("b"))]), delete(0, 1)] {
            let Err(error) = store.execute(task, Refuses).await else { panic!() };
            assert_eq!(error.to_string(), "table `heroes`: a stone stands where bread should");
            assert!(matches!(error, StoreError::Internal(_)));
        }
        for task in [one(0, 1), page(0, 0, 1)] {
            let Err(error) = store.fetch(task, Refuses).await else { panic!() };
            assert!(matches!(error, StoreError::Internal(_)));
        }
        assert_eq!(read(store, 3, page(0, 0, 9)).await.unwrap(), before);
    });
}

fn survives_a_panic(open: Open) {
    let opened = open(vec![heroes()]);
    let store = &*opened.store;
    wait(async {
        let before = write(store, 3, hero("a")).await.unwrap();
        // More often than there are threads or connections.
        for _ in 0..20 {
            let changes = vec![(1, Change::Compute(Box::new(|_| panic!("on purpose"))))];
            let make = action(0, Action::Update { key: Value::Integer(1), changes });
            for answer in [
                store.fetch(one(0, 1), Panics).await,
                store.fetch(page(0, 0, 1), Panics).await,
                store.execute(hero("b"), Panics).await,
                store.execute(delete(0, 1), Panics).await,
                store.execute(make, Panics).await,
            ] {
                let Err(error) = answer else { panic!() };
                assert_eq!(error.to_string(), "reading or writing a row panicked");
            }
        }
        assert_eq!(read(store, 3, page(0, 0, 9)).await.unwrap(), before);
        assert_eq!(write(store, 3, hero("b")).await.unwrap().len(), 1);
    });
}

/// Panics where it is told to forget, or is dropped: on whichever thread that is.
struct Falls {
    again: bool,
    dropped: bool,
}

impl Sink for Falls {
    fn reset(&mut self) {
        assert!(!self.again, "on purpose");
    }

    fn row(&mut self, _: &dyn Row) -> Result<(), DecodeError> {
        Ok(())
    }

    fn count(&self) -> u64 {
        0
    }
}

impl Drop for Falls {
    fn drop(&mut self) {
        assert!(!self.dropped || std::thread::panicking(), "on purpose");
    }
}

/// Neither the threads nor the tasks of a store end with it: whatever comes then is served.
fn survives_a_panic_of_whoever_asks(open: Open) {
    use std::future::Future;
    use std::task::{Context, Waker};
    let opened = open(vec![heroes()]);
    let store = &*opened.store;
    wait(async {
        write(store, 3, hero("a")).await.unwrap();
        for i in 0..20 {
            let fallen =
                store.execute(hero(format!("again {i}")), Falls { again: true, dropped: false }).await;
            assert!(matches!(fallen, Err(StoreError::Internal(_))), "{:?}", fallen.err());
            // Nobody waits for the answer, and so the store has to drop it.
            for task in [hero(format!("dropped {i}")), update(0, 1, [(2, cell(i))])] {
                let mut asked = Box::pin(store.execute(task, Falls { again: false, dropped: true }));
                let answer = asked.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                if let std::task::Poll::Ready(Ok(sink)) = answer {
                    std::mem::forget(sink);
                }
            }
            let mut asked = Box::pin(store.fetch(page(0, 0, 9), Falls { again: false, dropped: true }));
            let answer = asked.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            match answer {
                std::task::Poll::Ready(Ok(sink)) => std::mem::forget(sink),
                // Where it is read on the thread that asks, it is dropped there.
                _ => drop(std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || drop(asked)))),
            }
            let rows = write(store, 3, hero(format!("then {i}"))).await.unwrap();
            assert_eq!(read(store, 3, one(0, rows[0][0].clone())).await.unwrap(), rows);
            assert!(!read(store, 3, page(0, 0, 999)).await.unwrap().is_empty());
            let changed = write(store, 3, update(0, 1, [(2, cell(i))])).await;
            assert_eq!(changed.unwrap().len(), 1);
        }
    });
}

/// Whatever the engine came to first: the order is that of the declaration.
fn names_the_first_of_several_that_are_taken(open: Open) {
    let unique = |name| TableColumn { unique: true, ..column(name, ColumnType::Text) };
    let key = TableColumn { role: Role::Key, ..column("key", ColumnType::Text) };
    let shown = |columns: Vec<TableColumn>| table("three", columns);
    // The key is not always the first.
    let first = shown(vec![key.clone(), unique("a"), unique("b"), unique("c")]);
    let last = Table { name: "last", key: 3, ..shown(vec![unique("a"), unique("b"), unique("c"), key]) };
    let opened = open(vec![first, last]);
    let store = &*opened.store;
    let taken = |outcome: Result<Rows, StoreError>| match outcome {
        Err(StoreError::UniqueViolation { columns }) if columns.len() == 1 => columns[0],
        other => panic!("{other:?}"),
    };
    wait(async {
        for (table, [key, a, b, c]) in [(0, [0, 1, 2, 3]), (1, [3, 0, 1, 2])] {
            let values = |of: [&str; 4]| {
                let columns = [key, a, b, c].into_iter().zip(of);
                columns.map(|(column, value)| (column, cell(value).0)).collect::<Vec<_>>()
            };
            let new = |of: [&str; 4]| action(table, Action::Insert { values: values(of) });
            let put = |of: [&str; 4]| action(table, Action::Upsert { values: values(of) });
            let change = |key: &str, of: &[(usize, &str)]| {
                // However they are given.
                let changes = of.iter().rev().map(|(column, value)| (*column, Change::Set(cell(*value).0)));
                action(table, Action::Update { key: cell(key).0, changes: changes.collect() })
            };
            for i in 1..=3 {
                let name = i.to_string();
                let of = ["k", "a", "b", "c"].map(|prefix| format!("{prefix}{name}"));
                write(store, 4, new(of.each_ref().map(String::as_str))).await.unwrap();
            }
            let cases = || {
                vec![
                    (new(["k1", "a2", "b3", "c1"]), key.min(a)),
                    (new(["k9", "a2", "b3", "c1"]), a),
                    (new(["k9", "a9", "b3", "c1"]), b),
                    (new(["k1", "a9", "b9", "c1"]), key.min(c)),
                    (put(["k1", "a1", "b2", "c3"]), b),
                    (put(["k1", "a3", "b2", "c1"]), a),
                    (put(["k9", "a9", "b2", "c1"]), b),
                    (change("k1", &[(a, "a2"), (b, "b3"), (c, "c2")]), a),
                    (change("k1", &[(a, "a1"), (b, "b3"), (c, "c2")]), b),
                    (change("k1", &[(c, "c2"), (b, "b2")]), b),
                ]
            };
            for (index, (task, expected)) in cases().into_iter().enumerate() {
                assert_eq!(taken(write(store, 4, task).await), expected, "{table}, {index}");
            }
            // All of them at the same time, with others.
            let tasks = cases().into_iter().enumerate().flat_map(|(index, (task, expected))| {
                let name = format!("other {index}");
                let good = new([&*name, &*name, &*name, &*name]);
                [(task, Some(expected)), (good, None)]
            });
            let tasks: Vec<_> = tasks
                .map(|(task, expected)| {
                    let store = Arc::clone(&opened.store);
                    tokio::spawn(async move { (expected, write(&*store, 4, task).await) })
                })
                .collect();
            for task in tasks {
                match task.await.unwrap() {
                    (Some(expected), outcome) => assert_eq!(taken(outcome), expected),
                    (None, outcome) => assert_eq!(outcome.unwrap().len(), 1),
                }
            }
            let mut transaction = store.begin().await.unwrap();
            for (index, (task, expected)) in cases().into_iter().enumerate() {
                let outcome = transaction.execute(task, Kept { width: 4, rows: Rows::new() }).await;
                assert_eq!(taken(outcome.map(|kept| kept.rows)), expected, "{table}, {index}");
            }
            transaction.roll_back().await.unwrap();
        }
    });
}

fn refuses_null_and_other_types(open: Open) {
    let opened = open(vec![heroes()]);
    let store = &*opened.store;
    wait(async {
        for values in [
            [(1, null()), (2, null()), (3, cell("x"))],
            [(1, cell("a")), (2, cell("x")), (3, cell("x"))],
            [(1, cell(Value::Blob(vec![1]))), (2, null()), (3, cell("x"))],
        ] {
            let error = write(store, 3, insert(0, values)).await.unwrap_err();
            assert!(matches!(error, StoreError::Internal(_)), "{error:?}");
        }
        let error = write(store, 3, insert(0, [(1, cell("a"))])).await.unwrap_err();
        assert!(matches!(error, StoreError::Internal(_)), "{error:?}");
        assert!(read(store, 3, page(0, 0, 9)).await.unwrap().is_empty());
    });
}

fn carries_out_what_nobody_waits_for(open: Open) {
    let opened = open(vec![users()]);
    let mut asked = 0;
    for i in 0..2000 {
        let store = Arc::clone(&opened.store);
        let name = format!("user {i:04}");
        let task = runtime().spawn(async move {
            write(&*store, 2, insert(0, [(0, cell(name.clone())), (1, cell(name))])).await.unwrap();
        });
        if i % 3 == 0 {
            task.abort();
        } else {
            asked += 1;
            drop(task);
        }
    }
    wait(async {
        let store = &*opened.store;
        loop {
            let rows = read(store, 2, page(0, 0, 3000)).await.unwrap();
            assert!(rows.iter().all(|row| row[0] == row[1]));
            if rows.len() >= asked {
                break;
            }
            tokio::task::yield_now().await;
        }
        assert_eq!(write(store, 2, insert(0, [(0, cell("x")), (1, cell("x"))])).await.unwrap().len(), 1);
    });
}
