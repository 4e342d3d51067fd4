//! The files of a database, which somebody may take away while the program has them open.
//!
//! A system keeps a file that is deleted for whoever has it open, and SQLite goes on writing to it: all of that is
//! gone once the program ends. So the names are looked up again and again, and must lead to the same files.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::store::StoreError;

/// The files that a database was opened with.
#[derive(Debug)]
pub(super) struct Files {
    opened: Vec<(PathBuf, Found)>,
    gone: AtomicBool,
}

impl Files {
    /// Those of a database that is open; none, where it is in memory.
    pub(super) fn of(database: Option<&Path>) -> Self {
        let paths = database.map(paths).unwrap_or_default();
        let opened = paths.into_iter().enumerate().filter_map(|(index, path)| {
            let found = found(&path).ok()?;
            // What stands beside the database may be emptied; the database, which comes first, never is.
            let holds = found.holds && index == 0;
            Some((path, Found { holds, ..found }))
        });
        let opened = opened.collect();
        Files { opened, gone: AtomicBool::new(false) }
    }

    /// Whether there are any.
    pub(super) fn are_there(&self) -> bool {
        !self.opened.is_empty()
    }

    /// Fails where the files were gone when they were looked at last.
    pub(super) fn known(&self) -> Result<(), StoreError> {
        if self.gone.load(Ordering::Relaxed) { Err(gone()) } else { Ok(()) }
    }

    /// The same, and looks again where they were gone: somebody may have brought them back.
    pub(super) fn back(&self) -> Result<(), StoreError> {
        if self.gone.load(Ordering::Relaxed) { self.look() } else { Ok(()) }
    }

    /// Looks whether the names still lead to the files, and tells in the log when that changes.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where they do not.
    pub(super) fn look(&self) -> Result<(), StoreError> {
        let other = self.opened.iter().find(|(path, opened)| match found(path) {
            Ok(now) => !opened.is(&now),
            // Of a name that cannot be looked up nothing is known.
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

/// The file, and those that stand beside it while it is open; they stand beside what a link leads to.
fn paths(path: &Path) -> Vec<PathBuf> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let beside = ["-wal", "-shm"].map(|suffix| {
        let mut name = target.clone().into_os_string();
        name.push(suffix);
        PathBuf::from(name)
    });
    [path.to_owned()].into_iter().chain(beside).collect()
}

/// Whether a folder takes the files that stand beside this one, unless they are there: by a file that is made and
/// removed, as nothing else tells.
pub(super) fn takes_files(folder: &Path, beside: &Path) -> io::Result<()> {
    if beside.exists() && paths(beside).iter().all(|path| path.exists()) {
        return Ok(());
    }
    let probe = folder.join(format!(".crewed-{}", std::process::id()));
    match fs::OpenOptions::new().write(true).create_new(true).open(&probe) {
        Ok(_) => fs::remove_file(&probe),
        // Another thread is asking.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// What a name leads to.
#[derive(Debug)]
struct Found {
    file: FileId,
    /// Whether it is a link: SQLite's other files stand beside what it leads to.
    is_link: bool,
    /// Whether there is something in it, which must stay so.
    holds: bool,
}

impl Found {
    /// Whether this, found later, is the file that was opened, with what was in it.
    fn is(&self, later: &Found) -> bool {
        self.file == later.file && self.is_link == later.is_link && (later.holds || !self.holds)
    }
}

/// Never by opening it: where a process closes a file, it loses all its locks on it.
fn found(path: &Path) -> io::Result<Found> {
    let mut metadata = fs::symlink_metadata(path)?;
    let is_link = metadata.is_symlink();
    if is_link {
        metadata = fs::metadata(path)?;
    }
    Ok(Found { file: FileId::of(&metadata), is_link, holds: metadata.len() > 0 })
}

/// Which file it is, whatever it is called.
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

/// Elsewhere a file that is open cannot be deleted.
#[cfg(not(unix))]
impl FileId {
    fn of(_: &Metadata) -> Self {
        FileId { device: 0, inode: 0 }
    }
}

/// Makes the file of a database that is not there yet, for nobody but its owner; the files beside it then are
/// the same. One that is there stays as it is.
#[cfg(unix)]
pub(super) fn make_private(path: &Path) {
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
    let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    // Whatever else keeps it from being made, SQLite tells.
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

#[cfg(not(unix))]
pub(super) fn make_private(_: &Path) {}
