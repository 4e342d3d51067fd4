//! Replicas: asked as far as they have what was written here, and passed over where they are gone.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::harness::*;
use crate::faults::server::Server;
use crewed::store::postgres::{Address, Options, PostgresStore};
use crewed::store::{Migrate, Store};

#[test]
fn a_reader_sees_its_own_writes() {
    let primary = Server::new();
    let standby = Server::standby_of(&primary);
    let mut options = Options::default();
    options.replicas = vec![Address::parse_replica(&standby.url()).unwrap()];
    let address = Address::parse(&primary.url()).unwrap();
    let store = wait(PostgresStore::open(address, vec![users(), heroes()], options, Migrate::Apply)).unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    let named = |name: &str| insert(0, [(0, cell(name)), (1, cell("old"))]);
    let nickname = |name: &str| wait(read(&*store, 2, one(0, name))).unwrap()[0][1].clone();
    for name in ["a", "b", "c"] {
        wait(write(&*store, 2, named(name))).unwrap();
        assert_eq!(wait(read(&*store, 2, one(0, name))).unwrap().len(), 1, "whoever has it");
    }
    // Until the replica has these; and then it stays where it is.
    standby.until("SELECT (to_regclass('users') IS NOT NULL)::text");
    standby.until("SELECT (count(*) = 3)::text FROM users");
    std::thread::sleep(Duration::from_millis(1500));
    standby.query("SELECT pg_wal_replay_pause()::text");

    // What others write, this process need not see, and does not: it asks the replica.
    primary.query("UPDATE users SET nickname = 'others' RETURNING name");
    assert_eq!(nickname("a"), cell("old").0);
    let page_of = |limit| wait(read(&*store, 2, page(0, 0, limit))).unwrap();
    assert_eq!((page_of(9)[0][1].clone(), page_of(999)[0][1].clone()), (cell("old").0, cell("old").0));

    // What it writes itself it sees: of this row, of lists of this table, and of no other.
    wait(write(&*store, 2, update(0, "a", [(1, cell("new"))]))).unwrap();
    assert_eq!((nickname("a"), nickname("b")), (cell("new").0, cell("old").0));
    assert_eq!((page_of(9)[0][1].clone(), page_of(999)[0][1].clone()), (cell("new").0, cell("new").0));
    wait(write(&*store, 2, named("d"))).unwrap();
    assert_eq!(nickname("d"), cell("old").0);
    wait(write(&*store, 2, delete(0, "c"))).unwrap();
    assert!(wait(read(&*store, 2, one(0, "c"))).unwrap().is_empty());
    let counted = insert(1, [(1, cell("x")), (2, null()), (3, cell("shh"))]);
    wait(write(&*store, 3, counted)).unwrap();
    assert_eq!(wait(read(&*store, 3, one(1, 1))).unwrap().len(), 1);
    assert_eq!(nickname("b"), cell("old").0);
    let mut transaction = wait(store.begin()).unwrap();
    wait(transaction.execute(update(0, "d", [(1, cell("newer"))]), Kept { width: 2, rows: Rows::new() }))
        .unwrap();
    wait(transaction.commit()).unwrap();
    assert_eq!((nickname("d"), nickname("b")), (cell("newer").0, cell("others").0), "from the primary");

    // Once it has all, it is asked again.
    standby.query("SELECT pg_wal_replay_resume()::text");
    standby.until("SELECT (count(*) = 1)::text FROM users WHERE nickname = 'newer'");
    std::thread::sleep(Duration::from_millis(1500));
    standby.query("SELECT pg_wal_replay_pause()::text");
    primary.query("UPDATE users SET nickname = 'again' RETURNING name");
    assert_eq!(nickname("d"), cell("newer").0);

    // And where it is gone, it is not missed.
    standby.crash();
    let begun = Instant::now();
    for _ in 0..100 {
        assert_eq!(nickname("b"), cell("again").0);
    }
    assert!(begun.elapsed() < Duration::from_secs(10));
}
