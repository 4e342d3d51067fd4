//! A disk of some megabytes, which a program has for itself.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use tempfile::TempDir;

use super::environment;
use crate::program::{Running, launch};

/// A disk that is there for as long as the program that is started on it, and seen by that alone.
pub(super) struct Disk {
    folder: TempDir,
}

impl Disk {
    pub(super) fn new() -> Self {
        Disk { folder: TempDir::new().unwrap() }
    }

    /// Starts a program on it.
    pub(super) fn start(&self, program: &Path, megabytes: usize) -> Running {
        launch(self.command(program, &format!("mount -t tmpfs -o size={megabytes}m tmpfs .")))
    }

    /// A program on it, after these commands of the shell, which begin in an empty folder.
    pub(super) fn command(&self, program: &Path, before: &str) -> Command {
        let mut command = Command::new("unshare");
        // What is mounted upon a folder is seen by those who enter it afterwards.
        command
            .args(&*APART)
            .args(["sh", "-ec", &format!("{before}\ncd \"$PWD\"\nexec \"$0\"")])
            .arg(program);
        command.current_dir(self.folder.path()).envs(environment("{}"));
        command
    }

    /// A file on it, from where it is not seen.
    pub(super) fn path(&self, running: &Running, name: &str) -> PathBuf {
        let folder = self.folder.path().strip_prefix("/").unwrap();
        Path::new("/proc").join(running.pid().to_string()).join("root").join(folder).join(name)
    }
}

/// How `unshare` gives a program mounts of its own: root may, and others where the system lets them be root of
/// a namespace.
static APART: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let folder = TempDir::new().unwrap();
    let mut said = String::new();
    for ways in [vec!["--mount"], vec!["--user", "--map-root-user", "--mount"]] {
        let mounts = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", "."];
        let tried = Command::new("unshare").args(&ways).args(mounts).current_dir(folder.path()).output();
        match tried {
            Ok(output) if output.status.success() => return ways,
            Ok(output) => said.push_str(&String::from_utf8_lossy(&output.stderr)),
            Err(error) => said.push_str(&format!("unshare: {error}\n")),
        }
    }
    panic!(
        "this test mounts a small disk, and needs to be run by root who may mount (in a container: with \
         CAP_SYS_ADMIN), or where everybody may have a namespace (`unshare --user --map-root-user --mount`):\n{said}"
    )
});
