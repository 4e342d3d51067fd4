//! The files of a program's database, whoever starts it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use tempfile::TempDir;

use crate::program::{Caller, example, launch};

/// A program of somebody whose files are everybody's.
#[test]
fn the_umask_makes_no_difference() {
    let folder = TempDir::new().unwrap();
    let start = || {
        let mut command = Command::new("sh");
        command.arg("-c").arg("umask 0000 && exec \"$0\"").arg(example("users")).current_dir(folder.path());
        launch(command)
    };
    let write = |port: u16, name: &str| {
        let body = format!(r#"{{"name": "{name}", "nickname": "x"}}"#);
        Caller::new(port, std::time::Duration::from_secs(10)).ask("POST", "/users", &body).unwrap().status
    };
    let modes = || {
        ["users.db", "users.db-wal", "users.db-shm"]
            .map(|name| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777)
    };
    let running = start();
    assert_eq!(write(running.port, "a"), 201);
    assert_eq!(modes(), [0o600; 3]);
    assert!(!running.said.contains("chmod"), "{}", running.said);
    drop(running);

    // A file that is there stays as it is, and that is said once.
    for name in ["users.db", "users.db-wal", "users.db-shm"] {
        let path = folder.path().join(name);
        if path.exists() {
            fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
        }
    }
    let running = start();
    assert_eq!(write(running.port, "b"), 201);
    assert_eq!(modes(), [0o644; 3]);
    let told = "has the mode 0644, so that others may read it; `chmod 600 ";
    assert_eq!(running.said.matches(told).count(), 1, "{}", running.said);
}
