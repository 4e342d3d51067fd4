//! Notices when a file changes that a program is made from.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use notify::event::ModifyKind;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, timeout_at};

use crate::cargo::Project;
use crate::failure::{Failure, While};
use crate::terminal;

/// How long nothing has to happen before a change counts as complete: an editor writes a file in several steps.
const QUIET: Duration = Duration::from_millis(100);

/// How long a change is waited for that does not end.
const LATEST: Duration = Duration::from_secs(2);

/// How often files are looked at that the system tells nothing of.
const POLL: Duration = Duration::from_secs(1);

/// The files that a program is made from, and what they had when they were last looked at.
pub(super) struct Watch {
    project: Project,
    notices: Notices,
    events: mpsc::UnboundedReceiver<notify::Result<Event>>,
    /// The folders that are watched.
    folders: BTreeSet<PathBuf>,
    /// The content of each file as a hash, or `None` where there is no such file.
    files: HashMap<PathBuf, Option<u64>>,
    /// The folders of sources, in which a new file of Rust may be what a program lacks.
    sources: BTreeSet<PathBuf>,
    /// The folders of all packages that the program may be built from, or `None` if they have to be asked for.
    packages: Option<Vec<PathBuf>>,
    /// Whether a file has changed that nobody was told of.
    missed: bool,
}

/// How a change is noticed.
enum Notices {
    /// The system tells of it.
    Told(RecommendedWatcher),
    /// The files are looked at again and again.
    Polled(Interval),
}

impl Watch {
    /// Watches the files of a project. With `poll` they are looked at once a second.
    pub(super) fn new(project: &Project, poll: bool) -> Result<Self, Failure> {
        let (sender, events) = mpsc::unbounded_channel();
        let handler = move |event| {
            // Once nobody listens, nothing is told.
            let _ = sender.send(event);
        };
        let notices = match poll {
            true => {
                let mut interval = interval(POLL);
                interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
                Notices::Polled(interval)
            }
            false => Notices::Told(
                notify::recommended_watcher(handler)
                    .or_fail("files cannot be watched (`--poll` looks at them instead)")?,
            ),
        };
        let mut watch = Watch {
            project: project.clone(),
            notices,
            events,
            folders: BTreeSet::new(),
            files: HashMap::new(),
            sources: BTreeSet::new(),
            packages: None,
            missed: false,
        };
        watch.refresh(None, SystemTime::now());
        Ok(watch)
    }

    /// Looks again at what the program is made from, as cargo notes it beside the program. What was seen of files before
    /// is kept. A file that was not known may have changed since the build has begun, which then counts as a change.
    pub(super) fn refresh(&mut self, notes: Option<&Path>, begun: SystemTime) {
        let packages = self.packages.get_or_insert_with(|| self.project.local_packages());
        let mut files: BTreeSet<PathBuf> = BTreeSet::new();
        for package in packages {
            files.insert(package.join("Cargo.toml"));
            let source = package.join("src");
            if source.is_dir() {
                self.sources.insert(source);
            }
        }
        let root = self.project.root.clone();
        files.extend([root.join("Cargo.toml"), root.join("Cargo.lock"), root.join(".cargo/config.toml")]);
        files.extend(rocket_toml());
        let noted = notes.map(dep_info).unwrap_or_default();
        // What a build makes itself is no reason to build again.
        files.extend(noted.into_iter().filter(|file| !file.starts_with(&self.project.target)));
        if let Notices::Polled(_) = self.notices {
            files.extend(self.sources.iter().flat_map(|source| rust_files(source)));
        }
        // A link may stay as it is while its target changes.
        let targets: Vec<PathBuf> = files.iter().filter_map(|file| file.canonicalize().ok()).collect();
        files.extend(targets);
        self.watch_folders(&files);
        for file in files {
            if !self.files.contains_key(&file) {
                let changed = fs::metadata(&file).and_then(|metadata| metadata.modified());
                let is_late = changed.is_ok_and(|changed| changed >= begun);
                self.missed |= is_late;
                self.files.insert(file.clone(), if is_late { None } else { content(&file) });
            }
        }
        // Cargo has written it.
        let lock = root.join("Cargo.lock");
        let locked = content(&lock);
        self.files.insert(lock, locked);
    }

    /// Watches the folders of files, and all that is below the folders of sources.
    fn watch_folders(&mut self, files: &BTreeSet<PathBuf>) {
        let Notices::Told(watcher) = &mut self.notices else { return };
        let sources = &self.sources;
        let folders = files.iter().filter_map(|file| file.parent().map(Path::to_owned));
        let folders = folders.filter(|folder| folder.is_dir());
        let beside = folders.filter(|folder| !sources.iter().any(|source| folder.starts_with(source)));
        let wanted = beside
            .map(|folder| (folder, RecursiveMode::NonRecursive))
            .chain(sources.iter().cloned().map(|folder| (folder, RecursiveMode::Recursive)));
        for (folder, mode) in wanted.collect::<BTreeMap<_, _>>() {
            if self.folders.contains(&folder) {
                continue;
            }
            match watcher.watch(&folder, mode) {
                Ok(()) => drop(self.folders.insert(folder)),
                Err(error) => terminal::warn(&format!("{} cannot be watched: {error}", folder.display())),
            }
        }
    }

    /// Waits until something happens to a file that matters, whether or not it then differs.
    pub(super) async fn touched(&mut self) {
        if std::mem::take(&mut self.missed) {
            return;
        }
        loop {
            match &mut self.notices {
                Notices::Polled(interval) => {
                    interval.tick().await;
                    if self.differs() {
                        return;
                    }
                }
                Notices::Told(_) => {
                    let Some(event) = self.events.recv().await else { return std::future::pending().await };
                    if self.concerns(event) {
                        return;
                    }
                }
            }
        }
    }

    /// Whether any file differs from what it was. A new file of Rust is one that matters from now on.
    fn differs(&mut self) -> bool {
        for file in self.sources.iter().flat_map(|source| rust_files(source)) {
            self.files.entry(file).or_insert(None);
        }
        self.files.iter().any(|(file, before)| content(file) != *before)
    }

    /// Waits until nothing more happens, and returns the files that differ from what they were. While a build runs, the
    /// lock file is cargo's to write.
    pub(super) async fn settled(&mut self, builds: bool) -> Vec<PathBuf> {
        let latest = Instant::now() + LATEST;
        let mut quiet = Instant::now() + QUIET;
        if let Notices::Polled(_) = self.notices {
            tokio::time::sleep_until(quiet).await;
        }
        // Who only reads the files is no reason to wait.
        while let Ok(Some(event)) = timeout_at(quiet, self.events.recv()).await {
            if self.concerns(event) {
                quiet = latest.min(Instant::now() + QUIET);
            }
        }
        let lock = self.project.root.join("Cargo.lock");
        let mut changed = Vec::new();
        for (file, before) in self.files.iter_mut().filter(|(file, _)| !builds || **file != lock) {
            let now = content(file);
            if now != *before {
                *before = now;
                changed.push(file.clone());
            }
        }
        if changed.iter().any(|file| file.ends_with("Cargo.toml") || file.ends_with("Cargo.lock")) {
            self.packages = None;
        }
        changed.sort();
        changed
    }

    /// Whether an event is about a file that matters. A new file of Rust, for which a program may have been waiting, is
    /// one from now on.
    fn concerns(&mut self, event: notify::Result<Event>) -> bool {
        let Ok(event) = event else { return false };
        if event.need_rescan() {
            return true;
        }
        if matches!(event.kind, EventKind::Access(_)) {
            return false;
        }
        let comes_or_goes = matches!(
            event.kind,
            EventKind::Create(_) | EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_))
        );
        let mut concerned = false;
        for path in event.paths {
            if comes_or_goes {
                self.forget(&path);
                concerned |= self.sources.contains(&path);
            }
            if self.sources.iter().any(|source| path.starts_with(source)) {
                for file in rust_files(&path) {
                    self.files.entry(file).or_insert(None);
                }
            }
            // A folder that comes or goes takes its files with it.
            concerned |= self.files.keys().any(|file| file.starts_with(&path));
        }
        if concerned {
            let files = self.files.keys().cloned().collect();
            self.watch_folders(&files);
        }
        concerned
    }

    /// Ends the watch over a folder that has come or gone, and over those below it: it is that of the folder that was
    /// there before.
    fn forget(&mut self, path: &Path) {
        let Notices::Told(watcher) = &mut self.notices else { return };
        let gone: Vec<PathBuf> =
            self.folders.iter().filter(|folder| folder.starts_with(path)).cloned().collect();
        for folder in gone {
            // The system may have ended it already.
            let _ = watcher.unwatch(&folder);
            self.folders.remove(&folder);
        }
    }
}

/// The files of Rust at a path, or below it.
fn rust_files(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        return if is_rust { vec![path.to_owned()] } else { Vec::new() };
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.flat_map(|entry| rust_files(&entry.path())).collect()
}

/// A hash of what a file has, or `None` if it cannot be read.
fn content(file: &Path) -> Option<u64> {
    let bytes = fs::read(file).ok()?;
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    Some(hasher.finish())
}

/// The files that a program was built from, as cargo notes them: `program: file file ..`, with a backslash before a
/// blank in a name.
fn dep_info(file: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let files = text.lines().filter_map(|line| line.split_once(": ")).flat_map(|(_, files)| names(files));
    files.map(PathBuf::from).collect()
}

fn names(line: &str) -> Vec<String> {
    let (mut all, mut name) = (Vec::new(), String::new());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => name.extend(letters.next()),
            ' ' => all.push(std::mem::take(&mut name)),
            letter => name.push(letter),
        }
    }
    all.push(name);
    all.retain(|name| !name.is_empty());
    all
}

/// The configuration of Rocket: the file that `ROCKET_CONFIG` names, or `Rocket.toml` in this folder and in each above
/// it, one of which may still be made.
pub(super) fn rocket_toml() -> Vec<PathBuf> {
    let name = std::env::var_os("ROCKET_CONFIG").map_or_else(|| PathBuf::from("Rocket.toml"), PathBuf::from);
    if name.is_absolute() {
        return vec![name];
    }
    let here = std::env::current_dir().unwrap_or_default();
    let found = here.ancestors().map(|folder| folder.join(&name)).find(|file| file.is_file());
    [Some(here.join(&name)), found].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_have_blanks() {
        assert_eq!(names(r"/a/b.rs /a/my\ file.rs"), ["/a/b.rs", "/a/my file.rs"]);
        assert_eq!(names(""), Vec::<String>::new());
    }
}
