//! Notices if the files of a database are deleted or replaced while the program has them open.
//!
//! Unix keeps a deleted file for the processes that have it open. SQLite would go on writing to it without an error,
//! and all of that would be lost once the program ends. So the paths are looked up regularly, and must lead to the same
//! files as when the database was opened.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::store::StoreError;

/// The files that a database was opened with.
#[derive(Debug)]
pub(super) struct Files {
    opened: Vec<(PathBuf, FileState)>,
    gone: AtomicBool,
}

impl Files {
    /// The files of an open database; there are none if it is in memory.
    pub(super) fn of(database: Option<&Path>) -> Self {
        let paths = database.map(paths).unwrap_or_default();
        let opened = paths.into_iter().enumerate().filter_map(|(index, path)| {
            let state = file_state(&path).ok()?;
            // SQLite itself truncates the `-wal` file. The database, which is the first path, never becomes empty.
            let not_empty = state.not_empty && index == 0;
            Some((path, FileState { not_empty, ..state }))
        });
        let opened = opened.collect();
        Files { opened, gone: AtomicBool::new(false) }
    }

    /// Whether there are files to check.
    pub(super) fn exist(&self) -> bool {
        !self.opened.is_empty()
    }

    /// The result of the last check, without a new one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the files were gone.
    pub(super) fn check_last(&self) -> Result<(), StoreError> {
        if self.gone.load(Ordering::Relaxed) { Err(gone()) } else { Ok(()) }
    }

    /// The result of the last check. If the files were gone, it checks again, as they may have been restored.
    ///
    /// # Errors
    /// As of [`check`](Self::check).
    pub(super) fn check_if_gone(&self) -> Result<(), StoreError> {
        if self.gone.load(Ordering::Relaxed) { self.check() } else { Ok(()) }
    }

    /// Checks whether the paths still lead to the files, and logs when that changes.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if they do not.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let other = self.opened.iter().find(|(path, opened)| match file_state(path) {
            Ok(now) => !opened.is(&now),
            // Any other error (a missing permission, say) does not mean that the file is gone.
            Err(error) => matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
        });
        let Some((path, _)) = other else {
            if self.gone.swap(false, Ordering::Relaxed) {
                log::warn!(
                    "the files of the SQLite database are back, and reads and writes are served again"
                );
            }
            return Ok(());
        };
        if !self.gone.swap(true, Ordering::Relaxed) {
            log::error!(
                "{} was deleted, replaced or emptied while the program has it open. What would be written now would be \
                 lost, so reads and writes are answered 503 until the same file is back or the program is \
                 started again",
                path.display()
            );
        }
        Err(gone())
    }
}

fn gone() -> StoreError {
    StoreError::Unavailable("the database file was deleted, replaced or emptied".to_owned())
}

/// The path of a database, and those of the `-wal` and `-shm` files, which SQLite keeps next to a link's target.
fn paths(path: &Path) -> Vec<PathBuf> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let beside = ["-wal", "-shm"].map(|suffix| {
        let mut name = target.clone().into_os_string();
        name.push(suffix);
        PathBuf::from(name)
    });
    [path.to_owned()].into_iter().chain(beside).collect()
}

/// Checks that SQLite can create its other files in a folder, unless they exist already. It creates a file and removes
/// it, since nothing else answers that reliably.
pub(super) fn takes_files(folder: &Path, beside: &Path) -> io::Result<()> {
    if beside.exists() && paths(beside).iter().all(|path| path.exists()) {
        return Ok(());
    }
    let probe = folder.join(format!(".crewed-{}", std::process::id()));
    match fs::OpenOptions::new().write(true).create_new(true).open(&probe) {
        Ok(_) => fs::remove_file(&probe),
        // Another thread is making the same check.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// What a path leads to.
#[derive(Debug)]
struct FileState {
    file: FileId,
    /// Whether it is a link, whose target's folder has SQLite's other files.
    is_link: bool,
    /// Whether the file has content, and must keep it.
    not_empty: bool,
}

impl FileState {
    /// Whether the file that was found later is still this one, and was not emptied.
    fn is(&self, later: &FileState) -> bool {
        self.file == later.file && self.is_link == later.is_link && (later.not_empty || !self.not_empty)
    }
}

/// Looks up a path without opening the file: POSIX drops all locks of a process on a file when it closes any
/// descriptor of that file, so SQLite would lose its locks.
fn file_state(path: &Path) -> io::Result<FileState> {
    let mut metadata = fs::symlink_metadata(path)?;
    let is_link = metadata.is_symlink();
    if is_link {
        metadata = fs::metadata(path)?;
    }
    Ok(FileState { file: FileId::of(&metadata), is_link, not_empty: metadata.len() > 0 })
}

/// The identity of a file, whatever its path.
#[derive(Debug, PartialEq, Eq)]
struct FileId {
    device: u64,
    inode: u64,
}

#[cfg(unix)]
impl FileId {
    fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        FileId { device: metadata.dev(), inode: metadata.ino() }
    }
}

/// On other systems an open file cannot be deleted, so all files count as the same.
#[cfg(not(unix))]
impl FileId {
    fn of(_: &Metadata) -> Self {
        FileId { device: 0, inode: 0 }
    }
}

/// Creates the file of a new database with permissions for its owner alone. SQLite gives its other files the same
/// permissions. A file that exists is left as it is, with a warning if others may access it.
#[cfg(unix)]
pub(super) fn make_private(path: &Path) {
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
    let make = |path: &Path| fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let made = match fs::read_link(path) {
        // SQLite would make the file that a link leads to, which may not be there yet.
        Ok(_) => make(&target(path)),
        Err(_) => make(path),
    };
    // Any other error is reported by SQLite, which opens the file next.
    if let Err(error) = made
        && error.kind() == ErrorKind::AlreadyExists
        && let Ok(metadata) = fs::metadata(path)
        && metadata.mode() & 0o077 != 0
    {
        let (path, mode) = (path.display(), metadata.mode() & 0o777);
        log::warn!(
            "{path} has the mode {mode:04o}, so that others may read it; `chmod 600 {path}` keeps them out"
        );
    }
}

/// The path that links lead to, if there is something or not.
#[cfg(unix)]
fn target(path: &Path) -> PathBuf {
    /// As many as Linux follows.
    const MOST: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST {
        match fs::read_link(&path) {
            Ok(next) => path = path.parent().map_or_else(|| next.clone(), |folder| folder.join(&next)),
            Err(_) => break,
        }
    }
    path
}

#[cfg(not(unix))]
pub(super) fn make_private(_: &Path) {}
