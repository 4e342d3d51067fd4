//! An acknowledged write is on disk.
//!
//! Killing a process proves nothing: the system still has what it wrote. So the process that writes
//! runs with a preloaded library (`synced.c`) that keeps a copy of only what was synced. The
//! process is killed at some moment, and what it had acknowledged must be found in that copy.

use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use std::{env, fs, thread};

use crewed::__internals::resource::{ColumnType, DecodeError, Role, Row, Table, TableColumn};
use crewed::__internals::store::sqlite::{Location, Options, SqliteStore};
use crewed::__internals::store::{Action, Columns, Durability, Migrate, Scope, Select, Sink, Store};
use crewed::value::{Value, ValueRef};
use tempfile::TempDir;

use crate::program::{ask, example, get, start, start_with};

const WRITER: &str = "CREWED_DURABILITY_WRITER";

#[test]
fn what_was_acknowledged_is_on_disk() {
    let shim = Shim::build();
    // So that groups of one, small ones, and checkpoints are all hit.
    for (tasks, millis) in [(1, 0), (1, 350), (8, 150), (8, 700), (64, 20), (64, 900), (64, 1700)] {
        let (acknowledged, found) = shim.run("full", tasks, Duration::from_millis(millis));
        let lost: Vec<_> = acknowledged.iter().filter(|key| !found.contains(key)).collect();
        assert!(lost.is_empty(), "{} of {} are lost: {lost:?}", lost.len(), acknowledged.len());
    }
}

/// Without it, the test above might be one that cannot fail.
#[test]
fn what_is_not_synced_is_lost() {
    let shim = Shim::build();
    // At once, before a checkpoint syncs what the commits did not.
    let (acknowledged, found) = shim.run("normal", 8, Duration::ZERO);
    let lost = acknowledged.iter().filter(|key| !found.contains(key)).count();
    assert!(lost > 0, "all of {} were found, though nobody synced them", acknowledged.len());
}

/// What `durability` in the configuration says reaches the disk.
#[test]
fn the_configuration_decides() {
    let shim = Shim::build();
    for (durability, found) in [("full", 5), ("normal", 0)] {
        let folder = TempDir::new().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir(&from).unwrap();
        fs::create_dir(&to).unwrap();
        let environment = [
            ("ROCKET_CREWED", format!("{{durability=\"{durability}\"}}")),
            ("LD_PRELOAD", shim.library.display().to_string()),
            ("CREWED_SYNCED_FROM", from.canonicalize().unwrap().display().to_string()),
            ("CREWED_SYNCED_TO", to.display().to_string()),
        ];
        let environment = environment.map(|(key, value)| (key.to_owned(), value));
        let running = start_with(&example("users"), &from, &environment);
        for n in 0..5 {
            let body = format!(r#"{{"name": "{n}", "nickname": "x"}}"#);
            let request = format!(
                "POST /users HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: \
                 application/json\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            assert_eq!(ask(running.port, request.as_bytes()).status, 201);
        }
        // Without a word.
        drop(running);
        remove_halves(&to);
        let copy = start(&example("users"), &to);
        let rows: serde_json::Value = serde_json::from_slice(&get(copy.port, "/users").body).unwrap();
        assert_eq!(rows.as_array().unwrap().len(), found, "{durability}: {rows}");
    }
}

/// Not a test: what the tests above run as a process of its own.
#[test]
fn writer() {
    let Ok(how) = env::var(WRITER) else { return };
    let (durability, tasks) = how.split_once(' ').unwrap();
    let folder = PathBuf::from(env::var("CREWED_SYNCED_FROM").unwrap());
    let mut options = Options::default();
    if durability == "normal" {
        options.durability = Durability::Normal;
    }
    let store: Arc<dyn Store> = Arc::new(open(&folder, options));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let tasks: Vec<_> = (0..tasks.parse().unwrap())
        .map(|_| {
            let store = Arc::clone(&store);
            runtime.spawn(async move {
                loop {
                    // Large enough for a checkpoint every hundred writes or so.
                    let values = vec![(1, Value::Text("x".repeat(3000)))];
                    let keys = store
                        .execute(crate::store::harness::action(0, Action::Insert { values }), Keys::default())
                        .await
                        .unwrap();
                    let line = format!("acknowledged {}\n", keys.0[0]);
                    if std::io::stdout().write_all(line.as_bytes()).is_err() {
                        break;
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        runtime.block_on(task).unwrap();
    }
}

struct Shim {
    library: PathBuf,
    _folder: TempDir,
}

impl Shim {
    fn build() -> Self {
        let folder = TempDir::new().unwrap();
        let library = folder.path().join("synced.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/durability/synced.c");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .args([&library, &source])
            .args(["-ldl", "-pthread"])
            .status()
            .expect("this test needs a C compiler, `cc`");
        assert!(built.success());
        Shim { library, _folder: folder }
    }

    /// Writes for so long, then loses power: the keys that were acknowledged, and those on the disk.
    fn run(&self, durability: &str, tasks: usize, time: Duration) -> (Vec<i64>, Vec<i64>) {
        let folder = TempDir::new().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir(&from).unwrap();
        fs::create_dir(&to).unwrap();
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "durability::writer", "--nocapture"])
            .env(WRITER, format!("{durability} {tasks}"))
            .env("LD_PRELOAD", &self.library)
            .env("CREWED_SYNCED_FROM", from.canonicalize().unwrap())
            .env("CREWED_SYNCED_TO", &to)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        let lines = said.lines().map(Result::unwrap);
        let mut keys = lines.filter_map(|line| line.split_once("acknowledged ")?.1.parse().ok());
        let first: i64 = keys.next().expect("the process that writes has ended");
        let listener = thread::spawn(move || [first].into_iter().chain(keys).collect::<Vec<_>>());
        thread::sleep(time);
        assert!(child.try_wait().unwrap().is_none(), "the process that writes has ended");
        child.kill().unwrap();
        child.wait().unwrap();
        let acknowledged = listener.join().unwrap();

        remove_halves(&to);
        let store: Arc<dyn Store> = Arc::new(open(&to, Options::default()));
        let read = Select::page(0, Columns::Visible, 0, u64::MAX, Scope::all());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let found = runtime.block_on(store.fetch(read, Keys::default())).unwrap();
        (acknowledged, found.0)
    }
}

/// Removes what was being copied when the process ended.
fn remove_halves(folder: &Path) {
    for file in folder.read_dir().unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "half") {
            fs::remove_file(path).unwrap();
        }
    }
}

fn open(folder: &Path, options: Options) -> SqliteStore {
    let column = |name, kind, role| TableColumn { role, ..TableColumn::new(name, kind) };
    let columns = vec![
        column("id", ColumnType::Integer, Role::AutoIncrementKey),
        column("filling", ColumnType::Text, Role::Plain),
    ];
    let table = Table { name: "rows", columns, key: 0, visible: vec![0], indexes: &[], tenant: None };
    SqliteStore::open(Location::File(folder.join("a.db")), vec![table], options, Migrate::Apply).unwrap()
}

#[derive(Default)]
struct Keys(Vec<i64>);

impl Sink for Keys {
    fn reset(&mut self) {
        self.0.clear();
    }

    fn row(&mut self, row: &dyn Row) -> Result<(), DecodeError> {
        if let ValueRef::Integer(key) = row.get(0)? {
            self.0.push(key);
        }
        Ok(())
    }

    fn count(&self) -> u64 {
        self.0.len() as u64
    }
}
