//! What is SQLite's own: the file, its other users, and the bounds.

use std::fs;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use super::harness::*;
use crewed::__internals::store::sqlite::{Location, Options, SqliteStore};
use crewed::__internals::store::{Migrate, Store, StoreError};
use crewed::value::Value;
use rusqlite::Connection;
use tempfile::TempDir;

pub(super) fn open(path: &Path, change: impl FnOnce(&mut Options)) -> Arc<dyn Store> {
    let mut options = Options::default();
    change(&mut options);
    let location = Location::File(path.to_owned());
    Arc::new(SqliteStore::open(location, vec![heroes(), users()], options, Migrate::Apply).unwrap())
}

#[test]
fn keeps_everything_for_the_next_time() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.db");
    for time in 1..4 {
        let store = open(&path, |_| {});
        let rows = wait(write(&*store, 3, hero(format!("hero {time}")))).unwrap();
        assert_eq!(rows[0][0], cell(time).0);
        assert_eq!(wait(read(&*store, 3, page(0, 0, 9))).unwrap().len(), time as usize);
    }
}

/// The row that an insert shows is made of its values: a trigger may write elsewhere, and may ignore the row.
#[test]
fn shows_a_new_row_beside_triggers() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.db");
    let store = open(&path, |_| {});
    Connection::open(&path)
        .unwrap()
        .execute_batch(
            "CREATE TABLE logs (id INTEGER PRIMARY KEY, name TEXT);
             INSERT INTO logs VALUES (70, 'older');
             CREATE TRIGGER logged AFTER INSERT ON heroes BEGIN INSERT INTO logs (name) VALUES (new.name); END;
             CREATE TRIGGER ignored BEFORE INSERT ON heroes WHEN new.name = 'nobody'
             BEGIN SELECT RAISE(IGNORE); END;",
        )
        .unwrap();
    let rows = wait(write(&*store, 3, hero("ada"))).unwrap();
    assert_eq!(rows[0][..2], [cell(1).0, cell("ada").0]);
    assert_eq!(wait(write(&*store, 3, hero("nobody"))).unwrap(), Rows::new());
    let rows = wait(write(&*store, 3, hero("bob"))).unwrap();
    assert_eq!(rows[0][..2], [cell(2).0, cell("bob").0]);
    assert_eq!(wait(read(&*store, 3, page(0, 0, 9))).unwrap().len(), 2);
}

#[test]
fn leaves_one_file_when_it_is_dropped() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder.path().join("a.db"), |_| {});
    wait(write(&*store, 3, hero("a"))).unwrap();
    assert!(folder.path().join("a.db-wal").exists());
    drop(store);
    let files: Vec<_> = folder.path().read_dir().unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["a.db"]);
}

#[test]
fn finishes_the_writes_that_wait_when_it_is_dropped() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.db");
    let store = open(&path, |_| {});
    for i in 0..3000 {
        let mut asked = std::pin::pin!(write(&*store, 3, hero(format!("hero {i}"))));
        // Asked once, so that it waits in the queue, unless it is answered at once; then nobody waits for it.
        let _ = asked.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
    drop(store);
    assert_eq!(wait(read(&*open(&path, |_| {}), 3, page(0, 0, 9999))).unwrap().len(), 3000);
}

#[test]
fn stops_reading_when_it_is_dropped() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder.path().join("a.db"), |_| {});
    fill(&*store, 2000);
    for _ in 0..2000 {
        let mut asked = std::pin::pin!(read(&*store, 3, page(0, 0, 2000)));
        let _ = asked.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
    let start = Instant::now();
    drop(store);
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[test]
fn is_unavailable_while_another_process_writes() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.db");
    let store = open(&path, |options| options.busy_timeout = Duration::from_millis(50));
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE; INSERT INTO users VALUES ('other', '')").unwrap();
    let error = wait(write(&*store, 3, hero("a"))).unwrap_err();
    assert!(matches!(&error, StoreError::Unavailable(why) if why == "another process holds the database"));
    // Reading goes on, of what was committed.
    assert!(wait(read(&*store, 2, page(1, 0, 9))).unwrap().is_empty());
    assert!(wait(read(&*store, 2, one(1, "other"))).unwrap().is_empty());
    other.execute_batch("COMMIT").unwrap();
    wait(write(&*store, 3, hero("a"))).unwrap();
    assert_eq!(wait(read(&*store, 2, page(1, 0, 9))).unwrap().len(), 1);
}

#[test]
fn waits_for_another_process_that_writes_for_a_moment() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.db");
    let store = open(&path, |_| {});
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    std::thread::scope(|scope| {
        let written = scope.spawn(|| wait(write(&*store, 3, hero("a"))));
        std::thread::sleep(Duration::from_millis(200));
        other.execute_batch("COMMIT").unwrap();
        written.join().unwrap().unwrap();
    });
}

/// To change tables takes as long as there are rows; whoever starts meanwhile waits for that, and only then.
#[test]
fn waits_for_another_program_that_changes_its_tables() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.db");
    let impatient = |options: &mut Options| options.busy_timeout = Duration::from_millis(50);
    for mode in ["DELETE", "WAL"] {
        let _ = fs::remove_file(&path);
        let other = Connection::open(&path).unwrap();
        other.pragma_update(None, "journal_mode", mode).unwrap();
        other.execute_batch("BEGIN IMMEDIATE; CREATE TABLE other (x)").unwrap();
        std::thread::scope(|scope| {
            let opened = scope.spawn(|| open(&path, impatient));
            std::thread::sleep(Duration::from_millis(1500));
            assert!(!opened.is_finished());
            other.execute_batch("COMMIT").unwrap();
            let store = opened.join().unwrap();
            wait(write(&*store, 3, hero("a"))).unwrap();
            // Once it is open it waits as long as it is told to.
            other.execute_batch("BEGIN IMMEDIATE").unwrap();
            let begun = Instant::now();
            assert!(matches!(wait(write(&*store, 3, hero("b"))), Err(StoreError::Unavailable(_))));
            assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
            other.execute_batch("COMMIT").unwrap();
        });
    }
}

/// However many wait, and however few go together, none waits for those before it to give up.
#[test]
fn gives_up_on_another_process_once_for_all_that_wait() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.db");
    let store = open(&path, |options| {
        options.busy_timeout = Duration::from_millis(300);
        options.group = 1;
    });
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let start = Instant::now();
    for outcome in at_once(&*store, 50) {
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    }
    // One after another they would take 15 s.
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
}

#[test]
fn opens_while_another_process_writes() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.db");
    drop(open(&path, |_| {}));
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE; INSERT INTO users VALUES ('other', '')").unwrap();
    let store = open(&path, |options| options.busy_timeout = Duration::from_millis(50));
    assert!(wait(read(&*store, 2, page(1, 0, 9))).unwrap().is_empty());
}

#[test]
fn ends_a_read_that_takes_too_long() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder.path().join("a.db"), |options| options.read_timeout = Duration::ZERO);
    fill(&*store, 5000);
    let error = wait(read(&*store, 3, page(0, 4990, 20))).unwrap_err();
    assert!(
        matches!(&error, StoreError::Unavailable(why) if why == "the statement took too long"),
        "{error:?}"
    );
    assert_eq!(wait(read(&*store, 3, page(0, 0, 20))).unwrap().len(), 20);
}

#[test]
fn refuses_what_would_wait_too_long() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder.path().join("a.db"), |options| options.queue = 0);
    for error in
        [wait(write(&*store, 3, hero("a"))).unwrap_err(), wait(read(&*store, 3, page(0, 0, 1))).unwrap_err()]
    {
        assert_eq!(error.to_string(), "too much is waiting for the database");
    }
    assert!(wait(read(&*store, 3, one(0, 1))).unwrap().is_empty());
}

#[test]
fn says_that_keys_are_used_up() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.db");
    let store = open(&path, |_| {});
    let other = Connection::open(&path).unwrap();
    other.execute_batch("INSERT INTO heroes VALUES (9223372036854775807, 'last', NULL, '')").unwrap();
    let error = wait(write(&*store, 3, hero("a"))).unwrap_err();
    assert_eq!(error.to_string(), "table `heroes`: its keys are used up");
    assert!(matches!(error, StoreError::Internal(_)));
    wait(write(&*store, 2, insert(1, [(0, cell("a")), (1, cell("b"))]))).unwrap();
}

/// SQLite would make NULL of it.
#[test]
fn refuses_what_is_no_number() {
    let store =
        SqliteStore::open(Location::Memory, vec![users()], Options::default(), Migrate::Apply).unwrap();
    let store: &dyn Store = &store;
    let mut transaction = wait(store.begin()).unwrap();
    let asked = transaction.run(
        "SELECT $1".to_owned(),
        vec![Value::Real(f64::NAN)],
        Kept { width: 1, rows: Rows::new() },
    );
    let refused = wait(asked).map(|kept| kept.rows);
    assert!(matches!(&refused, Err(StoreError::Internal(why)) if why.contains("NaN")), "{refused:?}");
}

#[test]
fn memory_is_shared_with_nobody() {
    let [first, second] = [(); 2].map(|()| {
        SqliteStore::open(Location::Memory, vec![heroes()], Options::default(), Migrate::Apply).unwrap()
    });
    wait(write(&first, 3, hero("a"))).unwrap();
    assert!(wait(read(&second, 3, page(0, 0, 9))).unwrap().is_empty());
    assert_eq!(wait(read(&first, 3, page(0, 0, 9))).unwrap().len(), 1);
}

#[test]
fn is_damaged_where_the_file_is() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.db");
    let store = open(&path, |_| {});
    fill(&*store, 3000);
    drop(store);
    let mut bytes = std::fs::read(&path).unwrap();
    let length = bytes.len();
    // Everything but the pages with the schema.
    bytes[10 * 4096..length].fill(0x55);
    std::fs::write(&path, bytes).unwrap();
    let store = open(&path, |_| {});
    let error = wait(read(&*store, 3, page(0, 0, 3000))).unwrap_err();
    assert!(matches!(&error, StoreError::Internal(why) if why.contains("damaged")), "{error:?}");
}

#[test]
fn says_what_others_stored_wrongly() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.db");
    let store = open(&path, |_| {});
    let other = Connection::open(&path).unwrap();
    other.execute_batch("INSERT INTO users VALUES ('a', CAST(x'ff' AS TEXT))").unwrap();
    let error = wait(read(&*store, 2, one(1, "a"))).unwrap_err();
    assert_eq!(error.to_string(), "table `users`: text is not UTF-8");
    assert!(matches!(error, StoreError::Internal(_)));
}

/// However few wait, they hold no more than so many bytes; and whatever is larger than that is not refused for ever.
#[test]
fn refuses_what_would_hold_too_much() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.db");
    let store = open(&path, |options| {
        options.queue_bytes = 1_000_000;
        options.busy_timeout = Duration::from_secs(3);
    });
    let large =
        |size: usize| insert(0, [(1, cell(size.to_string())), (2, null()), (3, cell("x".repeat(size)))]);
    wait(write(&*store, 3, large(2_000_000))).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut waiting = [600_000, 300_000, 99_000].map(|size| Box::pin(write(&*store, 3, large(size))));
    for waits in &mut waiting {
        assert!(waits.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    for size in [300_001, 2_000_000] {
        let error = wait(write(&*store, 3, large(size))).unwrap_err();
        assert_eq!(error.to_string(), "too much is waiting for the database");
    }
    // What changes little waits beside it, and so does what is read.
    let mut small = Box::pin(write(&*store, 3, update(0, 1, [(2, cell(1))])));
    assert!(small.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    assert_eq!(wait(read(&*store, 3, page(0, 0, 9))).unwrap().len(), 1);
    other.execute_batch("COMMIT").unwrap();
    for waits in waiting {
        wait(waits).unwrap();
    }
    wait(small).unwrap();
    wait(write(&*store, 3, large(300_001))).unwrap();
}

fn fill(store: &dyn Store, count: usize) {
    for outcome in at_once(store, count) {
        outcome.unwrap();
    }
}

/// Writes so many heroes, all of which wait at the same time.
fn at_once(store: &dyn Store, count: usize) -> Vec<Result<Rows, StoreError>> {
    let futures: Vec<_> = (0..count).map(|i| Box::pin(write(store, 3, hero(format!("hero {i}"))))).collect();
    wait(async {
        let mut futures = futures;
        for future in &mut futures {
            let _ = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        }
        let mut outcomes = Vec::new();
        for future in futures {
            outcomes.push(future.await);
        }
        outcomes
    })
}
