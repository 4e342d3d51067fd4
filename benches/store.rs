//! The SQLite store against what one would write first: a connection behind a lock, statements
//! prepared when they are needed, a transaction for each write. Both have WAL and sync every commit.
// A benchmark is its own documentation, and may fail.
#![allow(missing_docs, clippy::unwrap_used)]

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use crewed::__internals::resource::{ColumnType, DecodeError, Role, Row, Table, TableColumn};
use crewed::__internals::store::sqlite::{Location, Options, SqliteStore};
use crewed::__internals::store::{Action, Columns, Migrate, Scope, Select, Sink, Store, Write};
use crewed::value::{Value, ValueRef};
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use rusqlite::Connection;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const ROWS: i64 = 10_000;
const CLIENTS: usize = 32;
const WRITES: usize = 20;

fn main() {
    divan::main();
}

#[divan::bench_group(sample_size = 1000)]
mod read_one {
    use super::*;

    #[divan::bench]
    fn store(bencher: Bencher<'_, '_>) {
        let store = Crewed::filled();
        bencher.with_inputs(key).bench_values(|key| {
            store.read(Select::by_key(0, Columns::Visible, Value::Integer(key), Scope::all()))
        });
    }

    #[divan::bench]
    fn naive(bencher: Bencher<'_, '_>) {
        let naive = Naive::filled();
        bencher.with_inputs(key).bench_values(|key| {
            naive.read("SELECT id, name, nickname, created_at FROM users WHERE id = ?1", [key, 0], 1)
        });
    }
}

#[divan::bench_group(sample_size = 100)]
mod page_of_20 {
    use super::*;

    const SKIPS: [u64; 2] = [0, 5000];

    #[divan::bench(args = SKIPS)]
    fn store(bencher: Bencher<'_, '_>, skip: u64) {
        let store = Crewed::filled();
        bencher.bench(|| store.read(Select::page(0, Columns::Visible, skip, 20, Scope::all())));
    }

    #[divan::bench(args = SKIPS)]
    fn naive(bencher: Bencher<'_, '_>, skip: u64) {
        let naive = Naive::filled();
        let page = "SELECT id, name, nickname, created_at FROM users ORDER BY id LIMIT ?1 OFFSET ?2";
        bencher.bench(|| naive.read(page, [20, skip as i64], 2));
    }
}

#[divan::bench_group(sample_count = 30, sample_size = 1)]
mod pages_for_32_clients {
    use super::*;

    #[divan::bench]
    fn store(bencher: Bencher<'_, '_>) {
        let crewed = Crewed::filled();
        bencher.counter(ItemsCount::new(CLIENTS * 100)).bench(|| {
            let client = || {
                let store = Arc::clone(&crewed.store);
                runtime().spawn(async move {
                    for _ in 0..100 {
                        let page = Select::page(0, Columns::Visible, 0, 20, Scope::all());
                        black_box(store.fetch(page, Json::default()).await.unwrap());
                    }
                })
            };
            let clients: Vec<_> = (0..CLIENTS).map(|_| client()).collect();
            clients.into_iter().for_each(|client| wait(client).unwrap());
        });
    }

    #[divan::bench]
    fn naive(bencher: Bencher<'_, '_>) {
        let naive = Naive::filled();
        let page = "SELECT id, name, nickname, created_at FROM users ORDER BY id LIMIT ?1 OFFSET ?2";
        let read = || {
            for _ in 0..100 {
                black_box(naive.read(page, [20, 0], 2));
            }
        };
        bencher.counter(ItemsCount::new(CLIENTS * 100)).bench(|| {
            std::thread::scope(|scope| (0..CLIENTS).for_each(|_| drop(scope.spawn(read))));
        });
    }
}

#[divan::bench_group(sample_count = 1000)]
mod insert {
    use super::*;

    #[divan::bench]
    fn store(bencher: Bencher<'_, '_>) {
        let store = Crewed::filled();
        bencher.with_inputs(name).bench_values(|name| store.insert(name));
    }

    #[divan::bench]
    fn naive(bencher: Bencher<'_, '_>) {
        let naive = Naive::filled();
        bencher.with_inputs(name).bench_values(|name| naive.insert(&name));
    }
}

#[divan::bench_group(sample_count = 30, sample_size = 1)]
mod inserts_by_32_clients {
    use super::*;

    #[divan::bench]
    fn store(bencher: Bencher<'_, '_>) {
        let store = Crewed::filled();
        bencher.counter(ItemsCount::new(CLIENTS * WRITES)).bench(|| by_threads(|name| store.insert(name)));
    }

    #[divan::bench]
    fn naive(bencher: Bencher<'_, '_>) {
        let naive = Naive::filled();
        bencher.counter(ItemsCount::new(CLIENTS * WRITES)).bench(|| by_threads(|name| naive.insert(&name)));
    }
}

fn by_threads(write: impl Fn(String) -> usize + Sync) {
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                (0..WRITES).for_each(|_| {
                    black_box(write(name()));
                })
            });
        }
    });
}

fn key() -> i64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    (NEXT.fetch_add(7919, Ordering::Relaxed) % ROWS as u64) as i64 + 1
}

fn name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("user {}", NEXT.fetch_add(1, Ordering::Relaxed))
}

struct Crewed {
    store: Arc<dyn Store>,
    _folder: TempDir,
}

impl Crewed {
    fn filled() -> Self {
        let folder = TempDir::new().unwrap();
        let location = Location::File(folder.path().join("a.db"));
        let store = SqliteStore::open(location, vec![users()], Options::default(), Migrate::Apply).unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        let tasks: Vec<_> = (0..ROWS)
            .map(|_| {
                let store = Arc::clone(&store);
                runtime()
                    .spawn(async move { drop(store.execute(insert(name()), Json::default()).await.unwrap()) })
            })
            .collect();
        tasks.into_iter().for_each(|task| wait(task).unwrap());
        Crewed { store, _folder: folder }
    }

    fn read(&self, read: Select) -> usize {
        let json = wait(self.store.fetch(read, Json::default())).unwrap();
        assert!(!json.0.is_empty());
        json.0.len()
    }

    fn insert(&self, name: String) -> usize {
        wait(self.store.execute(insert(name), Json::default())).unwrap().0.len()
    }
}

fn users() -> Table {
    let column = TableColumn::new;
    let columns = vec![
        TableColumn { role: Role::AutoIncrementKey, ..column("id", ColumnType::Integer) },
        TableColumn { unique: true, ..column("name", ColumnType::Text) },
        TableColumn { index: true, ..column("nickname", ColumnType::Text) },
        column("created_at", ColumnType::Timestamp),
    ];
    Table { name: "users", columns, key: 0, visible: vec![0, 1, 2, 3], indexes: &[], tenant: None }
}

fn insert(name: String) -> Write {
    let values = vec![
        (1, Value::Text(name)),
        (2, Value::Text("nickname".to_owned())),
        (3, Value::Integer(1_700_000_000_000_000)),
    ];
    let (columns, action) = (Columns::Visible, Action::Insert { values });
    Write { table: 0, columns, action, conditions: Scope::all().into() }
}

/// Writes what it is shown as JSON, near enough.
#[derive(Default)]
struct Json(Vec<u8>);

impl Sink for Json {
    fn reset(&mut self) {
        self.0.clear();
    }

    fn row(&mut self, row: &dyn Row) -> Result<(), DecodeError> {
        for index in 0..4 {
            self.0.push(b',');
            match row.get(index)? {
                ValueRef::Integer(i) => serde_json::to_writer(&mut self.0, &i),
                ValueRef::Text(text) => serde_json::to_writer(&mut self.0, text),
                _ => Ok(()),
            }
            .unwrap();
        }
        Ok(())
    }

    fn count(&self) -> u64 {
        self.0.len() as u64
    }
}

struct Naive {
    connection: Mutex<Connection>,
    _folder: TempDir,
}

impl Naive {
    fn filled() -> Self {
        let folder = TempDir::new().unwrap();
        let connection = Connection::open(folder.path().join("a.db")).unwrap();
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                 CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL,
                     nickname TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
                 CREATE UNIQUE INDEX users_name ON users (name);
                 CREATE INDEX users_nickname ON users (nickname); BEGIN",
            )
            .unwrap();
        let naive = Naive { connection: Mutex::new(connection), _folder: folder };
        for _ in 0..ROWS {
            naive.insert(&name());
        }
        naive.connection.lock().unwrap().execute_batch("COMMIT").unwrap();
        naive
    }

    fn read(&self, statement: &str, parameters: [i64; 2], count: usize) -> usize {
        #[derive(serde::Serialize)]
        struct User {
            id: i64,
            name: String,
            nickname: String,
            created_at: i64,
        }
        let connection = self.connection.lock().unwrap();
        let mut statement = connection.prepare(statement).unwrap();
        let users = statement
            .query_map(rusqlite::params_from_iter(&parameters[..count]), |row| {
                Ok(User {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    nickname: row.get(2)?,
                    created_at: row.get(3)?,
                })
            })
            .unwrap();
        let users: Vec<User> = users.collect::<Result<_, _>>().unwrap();
        serde_json::to_vec(&users).unwrap().len()
    }

    fn insert(&self, name: &str) -> usize {
        let connection = self.connection.lock().unwrap();
        let id: i64 = connection
            .prepare("INSERT INTO users (name, nickname, created_at) VALUES (?1, ?2, ?3) RETURNING id")
            .unwrap()
            .query_row((name, "nickname", 1_700_000_000_000_000_i64), |row| row.get(0))
            .unwrap();
        id as usize
    }
}

fn runtime() -> &'static Runtime {
    static RUNTIME: LazyLock<Runtime> =
        LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap());
    &RUNTIME
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    runtime().block_on(future)
}
