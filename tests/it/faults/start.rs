//! A file that no program can start on.

use std::fs;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::disk::Disk;
use super::{EVER, environment};
use crate::program::{example, free_port, start};

#[test]
fn a_file_that_is_no_database_stays_as_it_is() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("heroes.db");
    let garbage: Vec<u8> = (0..100_000_u32).map(|i| (i.wrapping_mul(i) >> 7) as u8).collect();
    fs::write(&path, &garbage).unwrap();
    let mut program = Command::new(example("heroes"));
    let said = refused(program.current_dir(folder.path()).envs(environment("{}")));
    assert!(said.contains("heroes.db cannot be opened: the file is not a SQLite database"), "{said}");
    assert_eq!(fs::read(&path).unwrap(), garbage);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was made beside it");
}

#[test]
fn a_file_that_may_not_be_written_is_told() {
    let folder = TempDir::new().unwrap();
    drop(start(&example("heroes"), folder.path()));
    // No mode of a file keeps root from writing it.
    let from = folder.path().display();
    let before = format!(
        "mount -t tmpfs tmpfs .; cp '{from}'/heroes.db* \"$PWD\"; mount -o remount,ro tmpfs \"$PWD\""
    );
    let said = refused(&mut Disk::new().command(&example("heroes"), &before));
    assert!(said.contains("heroes.db cannot be written: Read-only file system"), "{said}");
    assert!(said.contains("the user that the program runs as needs the permission to write to it"), "{said}");
}

/// What a program says that ends at once.
fn refused(program: &mut Command) -> String {
    let started = Instant::now();
    program.env("ROCKET_PORT", free_port().to_string()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    while child.try_wait().unwrap().is_none() {
        if started.elapsed() > EVER {
            child.kill().unwrap();
            panic!("it has launched");
        }
        sleep(Duration::from_millis(10));
    }
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("crewed cannot launch:\n"), "{said}");
    said
}
