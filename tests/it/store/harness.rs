//! Opens engines, and speaks to them briefly.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use crewed::__internals::resource::{Change, ColumnType, DecodeError, Role, Row, Table, TableColumn};
use crewed::__internals::store::{Action, Columns, Scope, Select, Sink, Store, StoreError, Write};
use crewed::value::{Value, ValueRef};
use tempfile::TempDir;
use tokio::runtime::Runtime;

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(feature = "postgres")]
pub use postgres::Postgres;
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteFile, SqliteMemory};

/// Something that opens a store of these tables, empty.
pub trait Engine {
    fn open(tables: Vec<Table>) -> Opened;
}

/// A store, and the folder it stands in, if it does.
pub struct Opened {
    pub store: Arc<dyn Store>,
    _folder: Option<TempDir>,
}

impl Opened {
    pub fn new(store: impl Store, folder: Option<TempDir>) -> Self {
        Opened { store: Arc::new(store), _folder: folder }
    }
}

/// The URL of the server that the tests have, and of nothing in it.
pub fn postgres_url() -> String {
    std::env::var("CREWED_TEST_POSTGRES").expect(
        "these tests need a PostgreSQL server: run `scripts/test.sh`, or \
         `scripts/with-postgres.sh cargo test`, which start one; or name one in CREWED_TEST_POSTGRES",
    )
}

/// The URL of a schema of its own, with nothing in it.
pub fn postgres_schema() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    postgres_runs(&postgres_url(), &format!("CREATE SCHEMA {name}"));
    format!("{}&options=-csearch_path%3D{name}", postgres_url())
}

/// Runs statements without a store.
pub fn postgres_runs(url: &str, statements: &str) {
    wait(postgres_client(url, async |client| client.batch_execute(statements).await.unwrap()));
}

/// Speaks to a schema without a store, on a connection that others have used before.
pub async fn postgres_client<T>(url: &str, speak: impl AsyncFnOnce(&tokio_postgres::Client) -> T) -> T {
    static IDLE: Mutex<Vec<tokio_postgres::Client>> = Mutex::new(Vec::new());
    let own = postgres_url();
    let (server, schema) = match url.split_once("&options=-csearch_path%3D") {
        Some((server, schema)) => (server, format!("SET search_path TO {schema}")),
        None => (url, "RESET search_path".to_owned()),
    };
    if server != own || schema.contains('%') {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        return speak(&client).await;
    }
    let idle = IDLE.lock().unwrap().pop();
    let client = match idle {
        Some(client) => client,
        None => {
            let (client, connection) = tokio_postgres::connect(server, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            client
        }
    };
    client.batch_execute(&schema).await.unwrap();
    let said = speak(&client).await;
    IDLE.lock().unwrap().push(client);
    said
}

/// A folder for files whose loss nobody would mind: in memory, where there is such a place, since to sync is most of
/// what a small change of a file costs.
pub fn folder() -> TempDir {
    let memory = std::path::Path::new("/dev/shm");
    let made = memory.is_dir().then(|| TempDir::new_in(memory).ok()).flatten();
    made.unwrap_or_else(|| TempDir::new().unwrap())
}

/// Does this with each of these, a few at a time: most of it is waiting for others.
pub fn in_parallel<T: Sync>(all: &[T], each: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let work = || {
            while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                each(one);
            }
        };
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
}

/// Runs each case on each engine that crewed is built with.
macro_rules! suite {
    ($($case:ident)*) => {
        #[cfg(feature = "sqlite")]
        suite!(@engine sqlite_file: SqliteFile, $($case)*);
        #[cfg(feature = "sqlite")]
        suite!(@engine sqlite_memory: SqliteMemory, $($case)*);
        #[cfg(feature = "postgres")]
        suite!(@engine postgres: Postgres, $($case)*);
    };
    (@engine $module:ident: $engine:ident, $($case:ident)*) => {
        mod $module {
            use crate::store::harness::{Engine, $engine};
            $(
                #[test]
                fn $case() {
                    super::$case($engine::open);
                }
            )*
        }
    };
}

/// How a case opens the engine that it runs on.
pub type Open = fn(Vec<Table>) -> Opened;

/// The rows that a sink was shown.
pub type Rows = Vec<Vec<Value>>;

/// Keeps the rows it is shown, of so many columns.
pub struct Kept {
    pub width: usize,
    pub rows: Rows,
}

impl Sink for Kept {
    fn reset(&mut self) {
        self.rows.clear();
    }

    fn row(&mut self, row: &dyn Row) -> Result<(), DecodeError> {
        self.rows.push((0..self.width).map(|i| row.get(i).map(owned)).collect::<Result<_, _>>()?);
        Ok(())
    }

    fn count(&self) -> u64 {
        self.rows.len() as u64
    }
}

/// Keeps rows with all the columns that they have.
#[derive(Default)]
pub struct Whole(pub Rows);

impl Sink for Whole {
    fn reset(&mut self) {
        self.0.clear();
    }

    fn row(&mut self, row: &dyn Row) -> Result<(), DecodeError> {
        self.0.push((0..row.width()).map(|i| row.get(i).map(owned)).collect::<Result<_, _>>()?);
        Ok(())
    }

    fn count(&self) -> u64 {
        self.0.len() as u64
    }
}

pub fn owned(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(i) => Value::Integer(i),
        ValueRef::Real(r) => Value::Real(r),
        ValueRef::Text(t) => Value::Text(t.to_owned()),
        ValueRef::Blob(b) => Value::Blob(b.to_vec()),
    }
}

pub async fn read(store: &dyn Store, width: usize, read: Select) -> Result<Rows, StoreError> {
    store.fetch(read, Kept { width, rows: Rows::new() }).await.map(|kept| kept.rows)
}

pub async fn write(store: &dyn Store, width: usize, write: Write) -> Result<Rows, StoreError> {
    store.execute(write, Kept { width, rows: Rows::new() }).await.map(|kept| kept.rows)
}

pub fn one(table: usize, key: impl Into<Cell>) -> Select {
    Select::by_key(table, Columns::Visible, key.into().0, Scope::all())
}

pub fn page(table: usize, skip: u64, limit: u64) -> Select {
    Select::page(table, Columns::Visible, skip, limit, Scope::all())
}

/// A write of what clients may see, by somebody who may do everything.
pub fn action(table: usize, action: Action) -> Write {
    Write { table, columns: Columns::Visible, action, conditions: Scope::all().into() }
}

pub fn insert<const N: usize>(table: usize, values: [(usize, Cell); N]) -> Write {
    action(
        table,
        Action::Insert { values: values.into_iter().map(|(column, cell)| (column, cell.0)).collect() },
    )
}

pub fn update<const N: usize>(table: usize, key: impl Into<Cell>, values: [(usize, Cell); N]) -> Write {
    let changes = values.into_iter().map(|(column, cell)| (column, Change::Set(cell.0))).collect();
    action(table, Action::Update { key: key.into().0, changes })
}

pub fn delete(table: usize, key: impl Into<Cell>) -> Write {
    action(table, Action::Delete { key: key.into().0 })
}

/// A value, from what Rust has.
#[derive(Clone)]
pub struct Cell(pub Value);

impl From<i64> for Cell {
    fn from(i: i64) -> Self {
        Cell(Value::Integer(i))
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell(Value::Text(text.to_owned()))
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell(Value::Text(text))
    }
}

impl From<Value> for Cell {
    fn from(value: Value) -> Self {
        Cell(value)
    }
}

pub fn cell(value: impl Into<Cell>) -> Cell {
    value.into()
}

pub fn row<const N: usize>(cells: [Cell; N]) -> Vec<Value> {
    cells.into_iter().map(|cell| cell.0).collect()
}

pub fn null() -> Cell {
    Cell(Value::Null)
}

/// Runs a future on the threads that all tests share.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    runtime().block_on(future)
}

pub fn runtime() -> &'static Runtime {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
        tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap()
    });
    &RUNTIME
}

pub fn column(name: &'static str, kind: ColumnType) -> TableColumn {
    TableColumn::new(name, kind)
}

/// A table that shows all its columns; the first is the key.
pub fn table(name: &'static str, columns: Vec<TableColumn>) -> Table {
    let visible = (0..columns.len()).collect();
    Table { name, columns, key: 0, visible, indexes: &[], tenant: None }
}

/// `users (name key, nickname indexed)`.
pub fn users() -> Table {
    let name = TableColumn { role: Role::Key, ..column("name", ColumnType::Text) };
    let nickname = TableColumn { index: true, ..column("nickname", ColumnType::Text) };
    table("users", vec![name, nickname])
}

/// `heroes (id counted, name unique, age nullable, secret not shown)`.
pub fn heroes() -> Table {
    let id = TableColumn { role: Role::AutoIncrementKey, ..column("id", ColumnType::Integer) };
    let name = TableColumn { unique: true, ..column("name", ColumnType::Text) };
    let age = TableColumn { nullable: true, ..column("age", ColumnType::Integer) };
    let secret = column("secret", ColumnType::Text);
    Table { visible: vec![0, 1, 2], ..table("heroes", vec![id, name, age, secret]) }
}

/// A hero of this name.
pub fn hero(name: impl Into<Cell>) -> Write {
    insert(0, [(1, name.into()), (2, null()), (3, cell("shh"))])
}
