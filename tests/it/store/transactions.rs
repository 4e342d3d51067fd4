//! Several statements together or not at all.

use std::sync::Arc;

use super::harness::*;
use crewed::__internals::store::{StoreError, Transaction};
use crewed::value::Value;

suite! {
    happens_whole_or_not_at_all
    sees_what_it_has_written
    goes_on_after_what_is_refused
    runs_statements_of_ones_own
    is_ended_by_nobody_else
    loses_no_update_between_others
}

/// The rows that a transaction reads.
async fn read_in(
    transaction: &mut dyn Transaction,
    read: crewed::__internals::store::Select,
    width: usize,
) -> Rows {
    transaction.fetch(read, Kept { width, rows: Rows::new() }).await.unwrap().rows
}

async fn write_in(
    transaction: &mut dyn Transaction,
    write: crewed::__internals::store::Write,
) -> Result<Rows, StoreError> {
    transaction.execute(write, Kept { width: 2, rows: Rows::new() }).await.map(|kept| kept.rows)
}

fn named(name: &str) -> crewed::__internals::store::Write {
    insert(0, [(0, cell(name)), (1, cell("x"))])
}

fn happens_whole_or_not_at_all(open: Open) {
    let opened = open(vec![users()]);
    let store = &*opened.store;
    wait(async {
        let mut kept = store.begin().await.unwrap();
        write_in(&mut *kept, named("a")).await.unwrap();
        write_in(&mut *kept, named("b")).await.unwrap();
        kept.commit().await.unwrap();
        let mut dropped = store.begin().await.unwrap();
        write_in(&mut *dropped, named("c")).await.unwrap();
        write_in(&mut *dropped, delete(0, "a")).await.unwrap();
        drop(dropped);
        let mut undone = store.begin().await.unwrap();
        write_in(&mut *undone, named("c")).await.unwrap();
        undone.roll_back().await.unwrap();
        let rows = [row(["a", "x"].map(cell)), row(["b", "x"].map(cell))];
        assert_eq!(read(store, 2, page(0, 0, 9)).await.unwrap(), rows);
        write(store, 2, named("c")).await.unwrap();
    });
}

/// What a statement of one's own would end, or begin, is not its own.
fn is_ended_by_nobody_else(open: Open) {
    let opened = open(vec![users()]);
    let store = &*opened.store;
    wait(async {
        let mut transaction = store.begin().await.unwrap();
        write_in(&mut *transaction, named("a")).await.unwrap();
        for text in ["COMMIT", "-- now\n end", "rollback;", "BEGIN", "/* so */ Commit ;"] {
            let refused =
                transaction.run(text.to_owned(), vec![], Kept { width: 1, rows: Rows::new() }).await;
            assert!(
                matches!(&refused, Err(StoreError::Internal(_))),
                "{text}: {:?}",
                refused.map(|kept| kept.rows)
            );
        }
        // It is as it was.
        write_in(&mut *transaction, named("b")).await.unwrap();
        assert_eq!(read(store, 2, page(0, 0, 9)).await.unwrap(), Rows::new());
        transaction.roll_back().await.unwrap();
        assert_eq!(read(store, 2, page(0, 0, 9)).await.unwrap(), Rows::new());
    });
}

fn sees_what_it_has_written(open: Open) {
    let opened = open(vec![users()]);
    wait(async {
        let mut transaction = opened.store.begin().await.unwrap();
        write_in(&mut *transaction, named("a")).await.unwrap();
        assert_eq!(read_in(&mut *transaction, one(0, "a"), 2).await, [row(["a", "x"].map(cell))]);
        assert_eq!(read_in(&mut *transaction, page(0, 0, 9), 2).await.len(), 1);
        write_in(&mut *transaction, update(0, "a", [(1, cell("y"))])).await.unwrap();
        assert_eq!(read_in(&mut *transaction, one(0, "a"), 2).await, [row(["a", "y"].map(cell))]);
        transaction.commit().await.unwrap();
    });
}

fn goes_on_after_what_is_refused(open: Open) {
    let opened = open(vec![users()]);
    let store = &*opened.store;
    wait(async {
        write(store, 2, named("a")).await.unwrap();
        let mut transaction = store.begin().await.unwrap();
        write_in(&mut *transaction, named("b")).await.unwrap();
        let taken = write_in(&mut *transaction, named("a")).await.unwrap_err();
        assert!(matches!(taken, StoreError::UniqueViolation { ref columns } if *columns == [0]), "{taken:?}");
        let null = write_in(&mut *transaction, insert(0, [(0, cell("d")), (1, null())])).await.unwrap_err();
        assert!(matches!(null, StoreError::Internal(_)), "{null:?}");
        let wrong = transaction.run("SELECT nothing".to_owned(), vec![], Whole::default()).await;
        assert!(matches!(wrong, Err(StoreError::Internal(_))));
        write_in(&mut *transaction, named("c")).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(read(store, 2, page(0, 0, 9)).await.unwrap().len(), 3);
    });
}

fn runs_statements_of_ones_own(open: Open) {
    let opened = open(vec![users()]);
    let store = &*opened.store;
    wait(async {
        write(store, 2, named("a")).await.unwrap();
        write(store, 2, named("b")).await.unwrap();
        let mut transaction = store.begin().await.unwrap();
        let text =
            "SELECT name, count(*), NULL, 1.5 FROM users WHERE nickname = $2 AND name > $1 GROUP BY name";
        let values = vec![Value::Text("a".to_owned()), Value::Text("x".to_owned())];
        let rows = transaction.run(text.to_owned(), values, Whole::default()).await.unwrap().0;
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0][..3], [Value::Text("b".to_owned()), Value::Integer(1), Value::Null]);
        for (text, values) in [
            ("SELECT $1", vec![]),
            ("SELECT name FROM users WHERE name = $1", vec![Value::Null, Value::Null]),
            ("SELEC", vec![]),
            // One statement, and no other is passed over.
            ("DELETE FROM users; SELECT 1", vec![]),
        ] {
            let refused = transaction.run(text.to_owned(), values, Whole::default()).await.map(|rows| rows.0);
            assert!(matches!(&refused, Err(StoreError::Internal(why)) if why.contains(text)), "{refused:?}");
        }
        for text in ["SELECT name FROM users WHERE name = ?1", "SELECT name FROM users WHERE name = ?"] {
            let values = vec![Value::Text("a".to_owned())];
            let refused = transaction.run(text.to_owned(), values, Whole::default()).await.map(|rows| rows.0);
            assert!(matches!(&refused, Err(StoreError::Internal(why)) if why.contains("$1")), "{refused:?}");
        }
        let update = "UPDATE users SET nickname = $1 WHERE name = $2".to_owned();
        let values = vec![Value::Text("'; DROP TABLE users; --".to_owned()), Value::Text("a".to_owned())];
        transaction.run(update, values, Whole::default()).await.unwrap();
        transaction.commit().await.unwrap();
        let expected = [row(["a", "'; DROP TABLE users; --"].map(cell))];
        assert_eq!(read(store, 2, one(0, "a")).await.unwrap(), expected);
    });
}

/// Reading, adding one and writing is one thing, whoever else does it, and whoever writes beside it.
fn loses_no_update_between_others(open: Open) {
    let opened = open(vec![heroes()]);
    wait(async {
        for name in ["a", "b"] {
            let hero = insert(0, [(1, cell(name)), (2, cell(0)), (3, cell("s"))]);
            write(&*opened.store, 3, hero).await.unwrap();
        }
        let tasks = (0..6).map(|i| {
            let store = Arc::clone(&opened.store);
            tokio::spawn(async move {
                let mut done = 0;
                while done < 10 {
                    let (from, to) = if (i + done) % 2 == 0 { (1, 2) } else { (2, 1) };
                    match transfer(&*store, from, to).await {
                        Ok(()) => done += 1,
                        Err(StoreError::Contention(_)) => {
                            tokio::time::sleep(std::time::Duration::from_millis(i as u64)).await;
                        }
                        Err(other) => panic!("{other:?}"),
                    }
                    write(&*store, 3, hero(format!("{i} {done} {}", rand()))).await.unwrap();
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        let mut sum = 0;
        for id in [1, 2] {
            let rows = read(&*opened.store, 3, one(0, id)).await.unwrap();
            let Value::Integer(age) = rows[0][2] else { panic!("{rows:?}") };
            sum += age;
        }
        assert_eq!(sum, 6 * 10 * 3);
    });
}

/// One less here, four more there.
async fn transfer(
    store: &dyn crewed::__internals::store::Store,
    from: i64,
    to: i64,
) -> Result<(), StoreError> {
    let mut transaction = store.begin().await?;
    for (key, change) in [(from, -1), (to, 4)] {
        if let Err(error) = add(&mut *transaction, key, change).await {
            transaction.roll_back().await.unwrap();
            return Err(error);
        }
    }
    transaction.commit().await
}

async fn add(transaction: &mut dyn Transaction, key: i64, change: i64) -> Result<(), StoreError> {
    let kept = transaction.fetch(one(0, key), Kept { width: 3, rows: Rows::new() }).await?;
    let Value::Integer(age) = kept.rows[0][2] else { panic!("{:?}", kept.rows) };
    let changed = update(0, key, [(2, cell(age + change))]);
    transaction.execute(changed, Kept { width: 3, rows: Rows::new() }).await.map(drop)
}

fn rand() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(())
}
