//! Long reads do not hold short ones up, nor writes.

use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use crewed::__internals::resource::{Change, DecodeError, Row};
use crewed::__internals::store::postgres::{Address, Options as PostgresOptions, PostgresStore};
use crewed::__internals::store::sqlite::{Location, Options, SqliteStore};
use crewed::__internals::store::{
    Action, Columns, Comparison, Condition, Migrate, Order, Select, Sink, Store,
};
use crewed::value::Value;
use serde_json::json;
use tokio::task::JoinHandle;

use crate::http::client_with;
use crate::kit::{get, issues, only};
use crate::store::harness::*;

/// Holds those who come until it is opened, and counts them.
#[derive(Clone, Default)]
struct Gate(Arc<(Mutex<(usize, bool)>, Condvar)>);

impl Gate {
    fn pass(&self) {
        let (state, changed) = &*self.0;
        let mut state = state.lock().unwrap();
        state.0 += 1;
        changed.notify_all();
        drop(changed.wait_while(state, |(_, is_open)| !*is_open));
    }

    /// Whether so many are there before long.
    fn holds(&self, count: usize) -> bool {
        let (state, changed) = &*self.0;
        let state = state.lock().unwrap();
        let (state, _) =
            changed.wait_timeout_while(state, Duration::from_secs(2), |(there, _)| *there < count).unwrap();
        state.0 == count
    }

    fn open(&self) {
        self.0.0.lock().unwrap().1 = true;
        self.0.1.notify_all();
    }
}

/// A sink that the first row holds up.
struct Held {
    gate: Gate,
    rows: u64,
}

impl Sink for Held {
    fn reset(&mut self) {
        self.rows = 0;
    }

    fn row(&mut self, _: &dyn Row) -> Result<(), DecodeError> {
        if self.rows == 0 {
            self.gate.pass();
        }
        self.rows += 1;
        Ok(())
    }

    fn count(&self) -> u64 {
        self.rows
    }
}

fn held(store: &Arc<SqliteStore>, select: Select, gate: &Gate) -> JoinHandle<u64> {
    let (store, gate) = (Arc::clone(store), gate.clone());
    runtime().spawn(async move {
        (&*store as &dyn Store).fetch(select, Held { gate, rows: 0 }).await.unwrap().rows
    })
}

fn sqlite(readers: usize) -> Arc<SqliteStore> {
    let mut options = Options::default();
    options.readers = readers;
    let store = SqliteStore::open(Location::Memory, vec![heroes()], options, Migrate::Apply).unwrap();
    for number in 0..30 {
        wait(write(&store, 3, hero(format!("hero {number}")))).unwrap();
    }
    Arc::new(store)
}

/// Each of a kind that may take long.
fn long_reads() -> [Select; 4] {
    let by_age = Order { column: 2, descending: false, may_be_null: true };
    [
        page(0, 0, 1000),
        Select { columns: Columns::Count, ..page(0, 0, 1) },
        Select { filter: Condition::Null { column: 2 }, ..page(0, 0, 20) },
        Select { order: vec![by_age], ..page(0, 0, 20) },
    ]
}

#[test]
fn as_many_long_lists_as_sqlite_has_readers_hold_no_short_one_up() {
    for readers in [1, 2, 4, 5] {
        let store = sqlite(readers);
        let gate = Gate::default();
        let long: Vec<_> = (0..4).flat_map(|_| long_reads()).map(|read| held(&store, read, &gate)).collect();
        let lanes = readers.max(2) - readers.max(2) / 2;
        assert!(gate.holds(lanes), "{readers}");
        let by_name = Condition::Compare {
            column: 1,
            comparison: Comparison::Equal,
            value: Value::Text("hero 7".to_owned()),
        };
        for short in [page(0, 0, 200), page(0, 29, 1), Select { filter: by_name, ..page(0, 0, 20) }] {
            let asked = Instant::now();
            let rows = wait(async {
                tokio::time::timeout(Duration::from_secs(2), read(&*store, 3, short)).await.expect("it waits")
            });
            assert!(!rows.unwrap().is_empty());
            assert!(asked.elapsed() < Duration::from_secs(1));
        }
        gate.open();
        for long in long {
            assert!(wait(long).unwrap() > 0);
        }
    }
}

/// Where nobody asks for long ones, all readers are there for short ones.
#[test]
fn no_reader_of_sqlite_is_idle_for_want_of_long_lists() {
    let store = sqlite(4);
    let gate = Gate::default();
    let short: Vec<_> = (0..8).map(|_| held(&store, page(0, 0, 100), &gate)).collect();
    assert!(gate.holds(4));
    gate.open();
    for short in short {
        assert_eq!(wait(short).unwrap(), 30);
    }
    // And they end with the store, whichever queue is closed first.
    let asked = Instant::now();
    drop(store);
    assert!(asked.elapsed() < Duration::from_secs(5));
}

/// Long lists wait for a lock on each connection that they may have.
#[test]
fn long_lists_leave_connections_of_postgres_to_others() {
    let url = postgres_schema();
    let address = Address::parse(&url).unwrap();
    let mut options = PostgresOptions::default();
    options.pool = 4;
    let store = wait(PostgresStore::open(address, vec![heroes(), users()], options, Migrate::Apply)).unwrap();
    let store = Arc::new(store);
    wait(write(&*store, 3, hero("Deadpond"))).unwrap();
    wait(write(&*store, 2, insert(1, [(0, cell("ada")), (1, cell("a"))]))).unwrap();
    wait(postgres_client(&url, async |client| {
        client.batch_execute("BEGIN; LOCK TABLE heroes IN ACCESS EXCLUSIVE MODE").await.unwrap();
        let long: Vec<_> = (0..8)
            .map(|_| {
                let store = Arc::clone(&store);
                runtime().spawn(async move { read(&*store, 3, page(0, 0, 1000)).await })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(500)).await;
        let asked = Instant::now();
        assert_eq!(read(&*store, 2, page(1, 0, 20)).await.unwrap().len(), 1);
        // A value that is computed needs a connection by itself, and so does a transaction.
        let changes = vec![(1, Change::Compute(Box::new(|_| Ok(Value::Text("b".to_owned())))))];
        let update = action(1, Action::Update { key: Value::Text("ada".to_owned()), changes });
        assert_eq!(write(&*store, 2, update).await.unwrap()[0][1], Value::Text("b".to_owned()));
        drop(store.begin().await.unwrap());
        assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
        assert!(long.iter().all(|long| !long.is_finished()));
        client.batch_execute("COMMIT").await.unwrap();
        for long in long {
            assert_eq!(long.await.unwrap().unwrap().len(), 1);
        }
    }));
}

#[test]
fn skipping_far_is_refused_with_the_way_that_is_meant() {
    let client = client_with(|config| config.merge(("crewed.page.skip", 50)));
    assert_eq!(get(&client, "/users?skip=50"), (200, json!([])));
    let (status, body) = get(&client, "/users?skip=51");
    assert_eq!((status, issues(&body)), (422, only("less_than_equal", "query.skip")));
    let message = body["detail"][0]["msg"].as_str().unwrap();
    assert!(message.contains("cursor"), "{message}");
}
