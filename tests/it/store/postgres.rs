//! What is PostgreSQL's own: its connections and how they are lost, TLS, poolers, others on the same database.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::harness::*;
use crewed::__internals::resource::{Change, Table};
use crewed::__internals::store::postgres::{Address, Options, PostgresStore};
use crewed::__internals::store::{Action, Migrate, OpenError, Store, StoreError};
use crewed::value::{Value, ValueRef};
use tokio_postgres::{Client, NoTls};

pub(super) async fn open_at(
    url: &str,
    tables: Vec<Table>,
    options: Options,
) -> Result<Arc<dyn Store>, OpenError> {
    let address = Address::parse(url).unwrap();
    Ok(Arc::new(PostgresStore::open(address, tables, options, Migrate::Apply).await?))
}

/// A connection beside the store's.
pub(super) async fn beside(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[test]
fn several_processes_start_at_once() {
    for _ in 0..5 {
        let url = postgres_schema();
        wait(async {
            let opening = (0..8).map(|_| {
                let url = url.clone();
                tokio::spawn(async move { open_at(&url, vec![heroes(), users()], Options::default()).await })
            });
            for (i, opened) in opening.collect::<Vec<_>>().into_iter().enumerate() {
                let store = opened.await.unwrap().unwrap();
                write(&*store, 3, hero(format!("{i}"))).await.unwrap();
            }
        });
    }
}

#[test]
fn lost_connections_are_made_again() {
    let url = format!("{}&application_name=lost", postgres_schema());
    wait(async {
        let store = open_at(&url, vec![heroes()], Options::default()).await.unwrap();
        let beside = beside(&postgres_url()).await;
        for i in 1..=30 {
            write(&*store, 3, hero(format!("{i}"))).await.unwrap();
            for _ in 0..4 {
                assert_eq!(read(&*store, 3, one(0, i)).await.unwrap().len(), 1);
            }
            assert_eq!(read(&*store, 3, page(0, 0, 999)).await.unwrap().len(), i as usize);
            let ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1";
            beside.query(ended, &[&"lost"]).await.unwrap();
        }
    });
}

/// What another process holds is waited for by those alone who want it.
#[test]
fn a_row_that_is_held_holds_up_nobody_else() {
    let url = postgres_schema();
    wait(async {
        let options = Options::default();
        let store = open_at(&url, vec![users()], options).await.unwrap();
        for i in 0..40 {
            write(&*store, 2, insert(0, [(0, cell(format!("{i}"))), (1, cell("x"))])).await.unwrap();
        }
        let beside = beside(&url).await;
        beside.batch_execute("BEGIN; UPDATE users SET nickname = 'held' WHERE name = '0'").await.unwrap();
        let held = {
            let store = Arc::clone(&store);
            tokio::spawn(async move { write(&*store, 2, update(0, "0", [(1, cell("new"))])).await })
        };
        let begun = Instant::now();
        for round in 0..10 {
            for i in 1..40 {
                let changed = update(0, format!("{i}"), [(1, cell(format!("{round}")))]);
                assert_eq!(write(&*store, 2, changed).await.unwrap().len(), 1);
            }
        }
        assert!(!held.is_finished());
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
        beside.batch_execute("COMMIT").await.unwrap();
        assert_eq!(held.await.unwrap().unwrap(), [row([cell("0"), cell("new")])]);
    });
}

/// A transaction in which something failed is no transaction any more, whatever is made of the failure.
#[test]
fn what_was_in_the_way_is_not_passed_over() {
    let url = postgres_schema();
    wait(async {
        let store = open_at(&url, vec![users()], Options::default()).await.unwrap();
        write(&*store, 2, insert(0, [(0, cell("a")), (1, cell("x"))])).await.unwrap();
        let beside = beside(&url).await;
        beside.batch_execute("BEGIN; UPDATE users SET nickname = 'held' WHERE name = 'a'").await.unwrap();
        let kept = || Kept { width: 2, rows: Rows::new() };
        let mut transaction = store.begin().await.unwrap();
        transaction.execute(insert(0, [(0, cell("b")), (1, cell("x"))]), kept()).await.unwrap();
        let held = transaction.execute(update(0, "a", [(1, cell("y"))]), kept()).await.map(|kept| kept.rows);
        assert!(matches!(held, Err(StoreError::Contention(_))), "{held:?}");
        let committed = transaction.commit().await;
        assert!(matches!(committed, Err(StoreError::Contention(_))), "{committed:?}");
        beside.batch_execute("ROLLBACK").await.unwrap();
        assert_eq!(read(&*store, 2, page(0, 0, 9)).await.unwrap(), [row(["a", "x"].map(cell))]);
    });
}

/// A table that another process changes holds up nobody who asks for another.
#[test]
fn a_table_that_is_held_holds_up_no_other() {
    let url = postgres_schema();
    wait(async {
        let store = open_at(&url, vec![users(), heroes()], Options::default()).await.unwrap();
        write(&*store, 2, insert(0, [(0, cell("a")), (1, cell("x"))])).await.unwrap();
        let beside = beside(&url).await;
        beside.batch_execute("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE").await.unwrap();
        let waiting = (0..6).map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { read(&*store, 2, one(0, "a")).await })
        });
        let waiting: Vec<_> = waiting.collect();
        let begun = Instant::now();
        for _ in 0..50 {
            assert!(read(&*store, 3, one(1, 1)).await.unwrap().is_empty());
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        assert!(waiting.iter().all(|read| !read.is_finished()));
        beside.batch_execute("COMMIT").await.unwrap();
        for read in waiting {
            assert_eq!(read.await.unwrap().unwrap().len(), 1);
        }
    });
}

/// What is not waited for any more does not wait in the way of others.
#[test]
fn a_list_that_nobody_waits_for_is_given_up() {
    let url = postgres_schema();
    wait(async {
        let mut options = Options::default();
        options.pool = 1;
        let store = open_at(&url, vec![users()], options).await.unwrap();
        let beside = beside(&url).await;
        beside.batch_execute("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE").await.unwrap();
        let long = read(&*store, 2, page(0, 0, 9999));
        assert!(tokio::time::timeout(Duration::from_millis(300), long).await.is_err());
        // The one connection of the pool is another one now.
        let begun = Instant::now();
        store.begin().await.unwrap().commit().await.unwrap();
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        beside.batch_execute("ROLLBACK").await.unwrap();
    });
}

#[test]
fn what_waits_too_long_is_unavailable() {
    let url = postgres_schema();
    wait(async {
        let mut options = Options::default();
        options.statement_timeout = Duration::from_secs(1);
        let store = open_at(&url, vec![users()], options).await.unwrap();
        write(&*store, 2, insert(0, [(0, cell("a")), (1, cell("x"))])).await.unwrap();
        let beside = beside(&url).await;
        beside.batch_execute("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE").await.unwrap();
        for outcome in [
            read(&*store, 2, one(0, "a")).await,
            read(&*store, 2, page(0, 0, 9999)).await,
            write(&*store, 2, update(0, "a", [(1, cell("y"))])).await,
        ] {
            assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
        }
        beside.batch_execute("ROLLBACK").await.unwrap();
        assert_eq!(write(&*store, 2, update(0, "a", [(1, cell("z"))])).await.unwrap().len(), 1);
    });
}

/// Where the server's own isolation makes transactions fail that others were in the way of.
#[test]
fn what_others_were_in_the_way_of_is_tried_again() {
    let url = format!("{}%20-cdefault_transaction_isolation%3Dserializable", postgres_schema());
    wait(async {
        // As two processes.
        let stores = [
            open_at(&url, vec![heroes()], Options::default()).await.unwrap(),
            open_at(&url, vec![heroes()], Options::default()).await.unwrap(),
        ];
        let first = insert(0, [(1, cell("a")), (2, cell(0)), (3, cell("s"))]);
        write(&*stores[0], 3, first).await.unwrap();
        let tasks = (0..16).map(|i| {
            let store = Arc::clone(&stores[i % 2]);
            tokio::spawn(async move {
                for _ in 0..10 {
                    let more = |stored: ValueRef<'_>| match stored {
                        ValueRef::Integer(i) => Ok(Value::Integer(i + 1)),
                        _ => panic!("{stored:?}"),
                    };
                    let change = Change::Compute(Box::new(more));
                    let write_more =
                        action(0, Action::Update { key: Value::Integer(1), changes: vec![(2, change)] });
                    // Whoever had no luck six times may ask again.
                    let mut outcome = write(&*store, 3, write_more).await;
                    while let Err(StoreError::Unavailable(_)) = outcome {
                        let change = Change::Compute(Box::new(more));
                        let again =
                            action(0, Action::Update { key: Value::Integer(1), changes: vec![(2, change)] });
                        outcome = write(&*store, 3, again).await;
                    }
                    outcome.unwrap();
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert_eq!(read(&*stores[0], 3, one(0, 1)).await.unwrap(), [row([cell(1), cell("a"), cell(160)])]);
    });
}

/// Those that can be written are, whatever is wrong with another one of their group: only that one goes by itself,
/// and waits here for the one connection of the pool.
#[test]
fn a_write_that_is_refused_takes_no_group_apart() {
    for prepared in [true, false] {
        let url = postgres_schema();
        wait(async {
            let mut options = Options::default();
            (options.writers, options.pool, options.prepared) = (1, 1, prepared);
            options.wait_timeout = Duration::from_secs(30);
            let store = open_at(&url, vec![heroes()], options).await.unwrap();
            for name in ["a", "b", "c"] {
                write(&*store, 3, hero(name)).await.unwrap();
            }
            let held = store.begin().await.unwrap();
            let mut refused = Vec::new();
            for round in 0..30 {
                let mut good = Vec::new();
                for i in 0..20 {
                    let tell = |task| {
                        let store = Arc::clone(&store);
                        tokio::spawn(async move { write(&*store, 3, task).await })
                    };
                    good.push(tell(hero(format!("{round} {i}"))));
                    good.push(tell(update(0, 3, [(2, cell(i))])));
                    // A name that is taken, a text for a number, a value that may not be NULL.
                    let wrong = match i % 7 {
                        0 => update(0, 1, [(1, cell("b"))]),
                        3 => update(0, 2, [(2, cell("x"))]),
                        5 => update(0, 2, [(1, null())]),
                        _ => continue,
                    };
                    refused.push(tell(wrong));
                }
                for write in good {
                    let written = tokio::time::timeout(Duration::from_secs(10), write).await;
                    assert_eq!(written.expect("it is not held up").unwrap().unwrap().len(), 1);
                }
            }
            // But for those that were no part of a group.
            assert!(refused.iter().any(|write| !write.is_finished()), "none waits for the pool");
            held.roll_back().await.unwrap();
            for write in refused {
                let error = write.await.unwrap().unwrap_err();
                let as_it_is = match &error {
                    StoreError::UniqueViolation { columns } => *columns == [1],
                    other => matches!(other, StoreError::Internal(_)),
                };
                assert!(as_it_is, "{error:?}");
            }
            assert_eq!(read(&*store, 3, page(0, 0, 9999)).await.unwrap().len(), 603);
        });
    }
}

/// However few wait, they hold no more than so many bytes, whichever way they go.
#[test]
fn what_would_hold_too_much_is_refused() {
    let url = postgres_schema();
    wait(async {
        let mut options = Options::default();
        options.queue_bytes = 1_000_000;
        let store = open_at(&url, vec![heroes()], options).await.unwrap();
        let large =
            |size: usize| insert(0, [(1, cell(size.to_string())), (2, null()), (3, cell("x".repeat(size)))]);
        write(&*store, 3, large(2_000_000)).await.unwrap();
        let beside = beside(&url).await;
        beside.batch_execute("BEGIN; LOCK TABLE heroes IN ACCESS EXCLUSIVE MODE").await.unwrap();
        let waiting = [600_000, 300_000].map(|size| {
            let (store, task) = (Arc::clone(&store), large(size));
            tokio::spawn(async move { write(&*store, 3, task).await })
        });
        let merged = {
            let make: crewed::__internals::resource::Compute =
                Box::new(|_| Ok(Value::Text("merged".to_owned())));
            let changes = vec![(3, Change::Merge { make, bytes: 90_000 })];
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                write(&*store, 3, action(0, Action::Update { key: Value::Integer(1), changes })).await
            })
        };
        tokio::time::sleep(Duration::from_millis(500)).await;
        for size in [20_000, 2_000_000] {
            let error = write(&*store, 3, large(size)).await.unwrap_err();
            assert_eq!(error.to_string(), "too much is waiting for the database");
        }
        beside.batch_execute("COMMIT").await.unwrap();
        for waits in waiting {
            waits.await.unwrap().unwrap();
        }
        merged.await.unwrap().unwrap();
        write(&*store, 3, large(20_000)).await.unwrap();
    });
}

/// As behind a pooler that hands out another connection for each transaction.
#[test]
fn works_without_prepared_statements() {
    let url = postgres_schema();
    wait(async {
        let mut options = Options::default();
        options.prepared = false;
        let store = open_at(&url, vec![heroes()], options).await.unwrap();
        let tasks = (0..32).map(|i| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { write(&*store, 3, hero(format!("{}", i / 2))).await })
        });
        let mut taken = 0;
        for task in tasks.collect::<Vec<_>>() {
            match task.await.unwrap() {
                Ok(_) => {}
                Err(StoreError::UniqueViolation { columns }) if columns == [1] => taken += 1,
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(taken, 16);
        assert_eq!(read(&*store, 3, page(0, 0, 999)).await.unwrap().len(), 16);
        let prepared = "SELECT sum(0) FROM pg_prepared_statements";
        beside(&url).await.query(prepared, &[]).await.unwrap();
    });
}

#[test]
fn travels_in_secret() {
    let authority = std::env::var("CREWED_TEST_POSTGRES_CA").expect("`scripts/with-postgres.sh` names it");
    let url = |host: &str, mode: &str| {
        postgres_schema().replace("127.0.0.1", host).replace("sslmode=disable", mode)
    };
    let full = format!("sslmode=verify-full&sslrootcert={authority}");
    let by_authority = format!("sslmode=verify-ca&sslrootcert={authority}");
    let cases = [
        ("localhost", &*full, None),
        ("127.0.0.1", &*full, Some("not valid for name")),
        ("127.0.0.1", &*by_authority, None),
        ("localhost", "sslmode=verify-full&sslrootcert=system", Some("UnknownIssuer")),
        ("127.0.0.1", "sslmode=require", None),
        // If the server has it.
        ("127.0.0.1", "connect_timeout=3", None),
    ];
    for (host, mode, expected) in cases {
        let url = format!("{}&application_name=secret", url(host, mode));
        wait(async {
            let opened = open_at(&url, vec![users()], Options::default()).await;
            match (opened, expected) {
                (Ok(store), None) => {
                    write(&*store, 2, insert(0, [(0, cell("a")), (1, cell("x"))])).await.unwrap();
                    let sent = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
                        WHERE application_name = 'secret' AND ssl";
                    let encrypted: i64 =
                        beside(&postgres_url()).await.query_one(sent, &[]).await.unwrap().get(0);
                    assert!(encrypted > 0, "{mode}");
                }
                (Err(OpenError(why)), Some(part)) => assert!(why.contains(part), "{mode}: {why}"),
                (Ok(_), Some(part)) => panic!("{mode}: {part} was not told"),
                (Err(why), None) => panic!("{mode}: {why}"),
            }
        });
    }
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let told = |url: &str| wait(open_at(url, vec![users()], Options::default())).map(drop).unwrap_err().0;
    let nobody = told("postgres://me:secret@127.0.0.1:1/mine");
    assert!(
        nobody.starts_with("the PostgreSQL database postgres://me@127.0.0.1:1/mine cannot be opened: "),
        "{nobody}"
    );
    assert!(nobody.contains("Connection refused") && !nobody.contains("secret"), "{nobody}");
    for url in ["postgres://h/x?sslmode=verify-ca", "postgres://h/x?sslmode=require&sslrootcert=system"] {
        assert!(Address::parse(url).unwrap_err().contains("write `sslmode=verify-full`"));
    }
    assert!(Address::parse_replica("postgres://a,b/x").unwrap_err().contains("a URL for each"));
    let nothing = told(&postgres_url().replace("/postgres?", "/nothing?"));
    assert!(nothing.contains(r#"database "nothing" does not exist"#), "{nothing}");
    // The second of two.
    let url = postgres_schema().replace("@127.0.0.1", "@127.0.0.1:1,127.0.0.1");
    wait(open_at(&url, vec![users()], Options::default())).unwrap();
}
