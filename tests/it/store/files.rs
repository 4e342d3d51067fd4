//! SQLite's files: whose they are, and what happens where somebody takes them away.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::harness::*;
use super::sqlite::open;
use crewed::__internals::store::StoreError;
use tempfile::TempDir;

/// What somebody does to the files of a database while the program has them open, and what undoes it.
type Taken = (&'static str, fn(&Path), fn(&Path));

fn beside(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

const TAKEN: &[Taken] = &[
    (
        "the file is given another name",
        |path| fs::rename(path, beside(path, ".away")).unwrap(),
        |path| fs::rename(beside(path, ".away"), path).unwrap(),
    ),
    (
        "the file is deleted",
        |path| {
            fs::hard_link(path, beside(path, ".away")).unwrap();
            fs::remove_file(path).unwrap();
        },
        |path| fs::rename(beside(path, ".away"), path).unwrap(),
    ),
    (
        "another file is put in its place",
        |path| {
            fs::rename(path, beside(path, ".away")).unwrap();
            fs::copy(beside(path, ".away"), path).unwrap();
        },
        |path| fs::rename(beside(path, ".away"), path).unwrap(),
    ),
    (
        "a link to it is put in its place",
        |path| {
            fs::rename(path, beside(path, ".away")).unwrap();
            std::os::unix::fs::symlink(beside(path, ".away"), path).unwrap();
        },
        |path| fs::rename(beside(path, ".away"), path).unwrap(),
    ),
    (
        "the log is deleted",
        |path| fs::rename(beside(path, "-wal"), beside(path, ".away")).unwrap(),
        |path| fs::rename(beside(path, ".away"), beside(path, "-wal")).unwrap(),
    ),
    (
        "the log is emptied by a copy",
        |path| {
            fs::rename(beside(path, "-wal"), beside(path, ".away")).unwrap();
            fs::write(beside(path, "-wal"), "").unwrap();
        },
        |path| fs::rename(beside(path, ".away"), beside(path, "-wal")).unwrap(),
    ),
    (
        "the shared memory is deleted",
        |path| fs::rename(beside(path, "-shm"), beside(path, ".away")).unwrap(),
        |path| fs::rename(beside(path, ".away"), beside(path, "-shm")).unwrap(),
    ),
    (
        "the folder is given another name",
        |path| fs::rename(path.parent().unwrap(), path.parent().unwrap().with_extension("away")).unwrap(),
        |path| fs::rename(path.parent().unwrap().with_extension("away"), path.parent().unwrap()).unwrap(),
    ),
];

fn is_away<T: std::fmt::Debug>(outcome: &Result<T, StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Unavailable(why)) if why.contains("was deleted, replaced or emptied"))
}

/// Nothing is acknowledged that would be gone when the program ends, and nothing is read that is not there.
#[test]
fn notices_that_its_file_was_taken_away() {
    for (what, taken, undone) in TAKEN {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        let path = folder.path().join("data").join("a.db");
        let store = open(&path, |_| {});
        wait(write(&*store, 3, hero("before"))).unwrap();
        taken(&path);
        let refused = wait(write(&*store, 3, hero("lost")));
        assert!(is_away(&refused), "{what}: {refused:?}");
        // From then on everything is, and at once.
        for i in 0..3 {
            let refused = wait(write(&*store, 3, hero(format!("lost {i}"))));
            assert!(is_away(&refused), "{what}: {refused:?}");
            let by_key = wait(read(&*store, 3, one(0, 1)));
            let list = wait(read(&*store, 3, page(0, 0, 9)));
            assert!(is_away(&by_key) && is_away(&list), "{what}: {by_key:?}, {list:?}");
            let begun = wait(store.begin()).map(drop);
            assert!(is_away(&begun), "{what}: {begun:?}");
        }
        // Until it is back, whoever asks first.
        undone(&path);
        let rows = eventually(|| wait(read(&*store, 3, page(0, 0, 9))));
        assert_eq!(rows[0][1], cell("before").0, "{what}");
        wait(write(&*store, 3, hero("after"))).unwrap();
        drop(store);
        let rows = wait(read(&*open(&path, |_| {}), 3, page(0, 0, 9))).unwrap();
        let names: Vec<_> =
            rows.iter().map(|row| row[1].clone()).filter(|name| *name != cell("lost").0).collect();
        assert_eq!(names, ["before", "after"].map(|name| cell(name).0), "{what}");
    }
}

/// A program that only reads notices it too, and so does a transaction that is under way.
#[test]
fn notices_it_while_nothing_is_written() {
    for (what, taken, undone) in TAKEN {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        let path = folder.path().join("data").join("a.db");
        let store = open(&path, |_| {});
        wait(write(&*store, 3, hero("before"))).unwrap();
        let mut transaction = wait(store.begin()).unwrap();
        wait(transaction.execute(hero("lost"), Kept { width: 3, rows: Rows::new() })).unwrap();
        taken(&path);
        let committed = wait(transaction.commit());
        assert!(is_away(&committed), "{what}: {committed:?}");
        undone(&path);
        wait(write(&*store, 3, hero("between"))).unwrap();
        taken(&path);
        let begun = Instant::now();
        while !is_away(&wait(read(&*store, 3, one(0, 1)))) {
            assert!(begun.elapsed() < Duration::from_secs(10), "{what}: it is not noticed");
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(is_away(&wait(read(&*store, 3, page(0, 0, 9)))), "{what}");
        undone(&path);
        // Once somebody writes, or after a moment.
        assert_eq!(eventually(|| wait(read(&*store, 3, one(0, 1)))).len(), 1, "{what}");
    }
}

/// What is left of it nobody can read, and nothing more is said to be kept.
#[test]
fn notices_that_its_file_was_emptied() {
    for written in [true, false] {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("a.db");
        let store = open(&path, |_| {});
        wait(write(&*store, 3, hero("before"))).unwrap();
        fs::write(&path, "").unwrap();
        if written {
            let refused = wait(write(&*store, 3, hero("lost")));
            assert!(is_away(&refused), "{refused:?}");
        }
        let begun = Instant::now();
        while !is_away(&wait(read(&*store, 3, one(0, 1)))) {
            assert!(begun.elapsed() < Duration::from_secs(10), "it is not noticed");
            std::thread::sleep(Duration::from_millis(20));
        }
        for i in 0..3 {
            let refused = wait(write(&*store, 3, hero(format!("lost {i}"))));
            assert!(is_away(&refused), "{refused:?}");
        }
    }
}

/// A link may be turned to another file; and the log stands beside what it leads to.
#[cfg(unix)]
#[test]
fn follows_a_link_to_its_file() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    let (link, target) = (folder.path().join("link.db"), folder.path().join("data").join("a.db"));
    fs::write(&target, "").unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let store = open(&link, |_| {});
    for i in 0..3 {
        wait(write(&*store, 3, hero(format!("{i}")))).unwrap();
    }
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(folder.path().join("data").join("b.db"), &link).unwrap();
    let refused = wait(write(&*store, 3, hero("lost")));
    assert!(is_away(&refused), "{refused:?}");
}

fn eventually<T>(asked: impl Fn() -> Result<T, StoreError>) -> T {
    let begun = Instant::now();
    loop {
        match asked() {
            Ok(found) => return found,
            Err(error) => assert!(begun.elapsed() < Duration::from_secs(10), "{error:?}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// What crewed makes is its owner's alone; what is there stays as it is.
#[cfg(unix)]
#[test]
fn makes_files_for_their_owner() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let path = folder.path().join("a.db");
    let store = open(&path, |_| {});
    wait(write(&*store, 3, hero("a"))).unwrap();
    assert_eq!(["", "-wal", "-shm"].map(|suffix| mode(&beside(&path, suffix))), [0o600; 3]);
    drop(store);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let store = open(&path, |_| {});
    wait(write(&*store, 3, hero("b"))).unwrap();
    assert_eq!(["", "-wal", "-shm"].map(|suffix| mode(&beside(&path, suffix))), [0o640; 3]);
    // A file that a link leads to is made like any other.
    drop(store);
    let (link, second) = (folder.path().join("link.db"), folder.path().join("second.db"));
    std::os::unix::fs::symlink("second.db", &link).unwrap();
    fs::create_dir(folder.path().join("elsewhere")).unwrap();
    std::os::unix::fs::symlink("elsewhere/made.db", &second).unwrap();
    let store = open(&link, |_| {});
    wait(write(&*store, 3, hero("c"))).unwrap();
    let made = folder.path().join("elsewhere/made.db");
    assert_eq!(["", "-wal", "-shm"].map(|suffix| mode(&beside(&made, suffix))), [0o600; 3]);
}
