//! Replicas: asked as far as they have what was written here, and passed over where they are gone.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::harness::*;
use crate::faults::server::Server;
use crewed::__internals::store::postgres::{Address, Options, PostgresStore};
use crewed::__internals::store::{Migrate, Store};

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
    let replica = || store.state().replicas[0];
    assert_eq!((replica().is_up, replica().lag), (true, 0));
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

    // That is told in bytes, too.
    assert!(replica().is_up && replica().lag > 0, "{:?}", replica());

    // Once it has all, it is asked again.
    standby.query("SELECT pg_wal_replay_resume()::text");
    standby.until("SELECT (count(*) = 1)::text FROM users WHERE nickname = 'newer'");
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!((replica().is_up, replica().lag), (true, 0));
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
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!((replica().is_up, replica().lag), (false, 0));
}

/// Where a write cannot tell how far the log had come, no replica is asked until that is known; and then they are
/// again.
#[test]
fn replicas_are_asked_again_after_a_position_was_not_told() {
    let primary = Server::new();
    let standby = Server::standby_of(&primary);
    primary.query("CREATE ROLE app LOGIN");
    primary.query("GRANT ALL ON SCHEMA public TO app");
    let url = |server: &Server| server.url().replace("postgres@", "app@");
    let mut options = Options::default();
    options.replicas = vec![Address::parse_replica(&url(&standby)).unwrap()];
    let address = Address::parse(&url(&primary)).unwrap();
    let store = wait(PostgresStore::open(address, vec![users()], options, Migrate::Apply)).unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    let nickname = |name: &str| wait(read(&*store, 2, one(0, name))).unwrap()[0][1].clone();
    wait(write(&*store, 2, insert(0, [(0, cell("a")), (1, cell("old"))]))).unwrap();
    standby.until("SELECT (to_regclass('users') IS NOT NULL)::text");
    standby.until("SELECT (count(*) = 1)::text FROM users");
    // Others write what only the primary has: whoever sees it has asked that.
    let asks_the_replica = || {
        standby.query("SELECT pg_wal_replay_pause()::text");
        primary.query("UPDATE users SET nickname = 'others' RETURNING name");
        let begun = Instant::now();
        let asks = loop {
            match nickname("a") == cell("old").0 {
                true => break true,
                false if begun.elapsed() > Duration::from_secs(20) => break false,
                false => std::thread::sleep(Duration::from_millis(50)),
            }
        };
        primary.query("UPDATE users SET nickname = 'old' RETURNING name");
        standby.query("SELECT pg_wal_replay_resume()::text");
        standby.until("SELECT (nickname = 'old')::text FROM users WHERE name = 'a'");
        asks
    };
    assert!(asks_the_replica());

    primary.query("REVOKE EXECUTE ON FUNCTION pg_current_wal_insert_lsn() FROM PUBLIC");
    standby.query("SELECT pg_wal_replay_pause()::text");
    for write_it in [update(0, "a", [(1, cell("new"))]), insert(0, [(0, cell("b")), (1, cell("new"))])] {
        wait(write(&*store, 2, write_it)).unwrap();
    }
    assert_eq!((nickname("a"), nickname("b")), (cell("new").0, cell("new").0), "its own writes it sees");
    let mut transaction = wait(store.begin()).unwrap();
    let changed = update(0, "a", [(1, cell("old"))]);
    wait(transaction.execute(changed, Kept { width: 2, rows: Rows::new() })).unwrap();
    wait(transaction.commit()).unwrap();
    assert_eq!(nickname("a"), cell("old").0);
    standby.query("SELECT pg_wal_replay_resume()::text");

    primary.query("GRANT EXECUTE ON FUNCTION pg_current_wal_insert_lsn() TO PUBLIC");
    standby.until("SELECT (count(*) = 2)::text FROM users");
    std::thread::sleep(Duration::from_secs(3));
    assert!(asks_the_replica(), "no replica is asked any more");
}

/// A replica that is behind and comes no nearer is not asked all the time how far it is.
#[test]
fn a_replica_that_stands_still_is_left_alone() {
    let primary = Server::new();
    let standby = Server::standby_of(&primary);
    let mut options = Options::default();
    options.replicas = vec![Address::parse_replica(&standby.url()).unwrap()];
    let address = Address::parse(&primary.url()).unwrap();
    let store = wait(PostgresStore::open(address, vec![users()], options, Migrate::Apply)).unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    standby.until("SELECT (to_regclass('users') IS NOT NULL)::text");
    standby.query("SELECT pg_wal_replay_pause()::text");
    wait(write(&*store, 2, insert(0, [(0, cell("a")), (1, cell("x"))]))).unwrap();
    let asked = || -> u64 {
        // What a process has counted it tells once it has been idle, or ends.
        std::thread::sleep(Duration::from_millis(1500));
        let count = "SELECT xact_commit::text FROM pg_stat_database WHERE datname = 'postgres'";
        standby.query(count).unwrap().parse().unwrap()
    };
    let before = asked();
    std::thread::sleep(Duration::from_secs(3));
    let after = asked();
    assert!(after - before < 200, "it was asked {} times", after - before);
    standby.query("SELECT pg_wal_replay_resume()::text");
}
