//! Many at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;

use super::harness::*;
use crewed::__internals::resource::Change;
use crewed::__internals::store::{Action, StoreError};
use crewed::value::{Value, ValueRef};

suite! {
    half_of_the_creates_conflict
    reads_what_was_acknowledged
    loses_no_update
    reads_while_it_writes
}

fn half_of_the_creates_conflict(open: Open) {
    let opened = open(vec![heroes()]);
    let (created, taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for worker in 0..32 {
            let (store, created, taken) = (&*opened.store, &created, &taken);
            scope.spawn(move || {
                for i in 0..100 {
                    // Each name is sent twice, by neighbours, at about the same time.
                    let name = format!("hero {} {i}", worker / 2);
                    match wait(write(store, 3, hero(name))) {
                        Ok(rows) => created.fetch_add(rows.len(), Ordering::Relaxed),
                        Err(StoreError::UniqueViolation { columns }) if columns == [1] => {
                            taken.fetch_add(1, Ordering::Relaxed)
                        }
                        Err(other) => panic!("{other:?}"),
                    };
                }
            });
        }
    });
    assert_eq!((created.into_inner(), taken.into_inner()), (1600, 1600));
    assert_eq!(wait(read(&*opened.store, 3, page(0, 0, 5000))).unwrap().len(), 1600);
}

fn reads_what_was_acknowledged(open: Open) {
    let opened = open(vec![heroes()]);
    let acknowledged = Arc::new(AtomicU64::new(0));
    let tasks: Vec<_> = (0..64)
        .map(|client| {
            let (store, acknowledged) = (Arc::clone(&opened.store), Arc::clone(&acknowledged));
            runtime().spawn(async move {
                for i in 0..313 {
                    let written = write(&*store, 3, hero(format!("{client} {i}"))).await.unwrap();
                    let count = acknowledged.fetch_add(1, Ordering::SeqCst);
                    let key = written[0][0].clone();
                    assert_eq!(read(&*store, 3, one(0, key)).await.unwrap(), written);
                    if i % 20 == 0 {
                        assert_eq!(read(&*store, 3, page(0, count, 1)).await.unwrap().len(), 1);
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        wait(task).unwrap();
    }
    assert_eq!(wait(read(&*opened.store, 3, page(0, 0, 50_000))).unwrap().len(), 64 * 313);
}

fn loses_no_update(open: Open) {
    let opened = open(vec![heroes()]);
    wait(write(&*opened.store, 3, insert(0, [(1, cell("a")), (2, cell(0)), (3, cell("x"))]))).unwrap();
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let store = Arc::clone(&opened.store);
            runtime().spawn(async move {
                for _ in 0..20 {
                    let more = |stored: ValueRef<'_>| match stored {
                        ValueRef::Integer(i) => Ok(Value::Integer(i + 1)),
                        other => panic!("{other:?}"),
                    };
                    let changes = vec![(2, Change::Compute(Box::new(more)))];
                    let rows =
                        write(&*store, 3, action(0, Action::Update { key: Value::Integer(1), changes }));
                    assert_eq!(rows.await.unwrap().len(), 1);
                }
            })
        })
        .collect();
    for task in tasks {
        wait(task).unwrap();
    }
    let rows = wait(read(&*opened.store, 3, one(0, 1))).unwrap();
    assert_eq!(rows[0][2], Value::Integer(64 * 20));
}

fn reads_while_it_writes(open: Open) {
    let opened = open(vec![users()]);
    let tasks: Vec<_> = (0..32)
        .map(|client: i64| {
            let store = Arc::clone(&opened.store);
            runtime().spawn(async move {
                for i in 0..100 {
                    let name = format!("{client} {i}");
                    match (client + i) % 4 {
                        0 => drop(
                            write(&*store, 2, insert(0, [(0, cell(name)), (1, cell("x"))])).await.unwrap(),
                        ),
                        1 => drop(read(&*store, 2, page(0, 0, 1000)).await.unwrap()),
                        2 => drop(read(&*store, 2, one(0, "0 0")).await.unwrap()),
                        _ => drop(write(&*store, 2, delete(0, format!("{client} {}", i - 3))).await.unwrap()),
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        wait(task).unwrap();
    }
}
