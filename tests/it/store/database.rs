//! Databases that are opened again and again, on every engine.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::harness::*;
use crewed::__internals::resource::{ColumnType, Role, Table};
use crewed::__internals::store::postgres::{self, Address, PostgresStore};
use crewed::__internals::store::sqlite::{Location, SqliteStore};
use crewed::__internals::store::{Action, Migrate, SchemaPolicy, Store};
use crewed::__internals::wire::Shape;
use crewed::value::Value;
use tempfile::TempDir;

/// A database that is opened again and again.
#[derive(Debug)]
pub enum Database {
    Sqlite(TempDir),
    /// SQLite, in a folder that somebody else removes.
    At(PathBuf),
    Postgres(String),
}

/// What came of it.
pub struct Opened {
    pub store: Arc<dyn Store>,
    /// What was said before anything was changed, and what was changed.
    pub notes: Vec<String>,
    pub changes: Vec<String>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("notes", &self.notes).field("changes", &self.changes).finish()
    }
}

impl Database {
    /// One of each engine, empty.
    pub fn each() -> [Database; 2] {
        [Database::Sqlite(folder()), Database::Postgres(postgres_schema())]
    }

    /// One of each engine, as an earlier build has made it: `tests/data/schema`.
    pub fn fixtures(name: &str) -> [Database; 2] {
        let of = |end| format!("{}/tests/data/schema/{name}.{end}", env!("CARGO_MANIFEST_DIR"));
        let databases = Self::each();
        std::fs::copy(of("sqlite"), databases[0].file()).unwrap();
        databases[1].runs(&std::fs::read_to_string(of("sql")).unwrap());
        databases
    }

    /// The file of SQLite's.
    pub fn file(&self) -> PathBuf {
        match self {
            Database::Sqlite(folder) => folder.path().join("a.db"),
            Database::At(folder) => folder.join("a.db"),
            Database::Postgres(_) => panic!("it is no file"),
        }
    }

    pub fn open(&self, tables: Vec<Table>, migrate: Migrate) -> Result<Arc<dyn Store>, String> {
        self.opens(tables, migrate).map(|opened| opened.store)
    }

    pub fn opens(&self, tables: Vec<Table>, policy: impl Into<SchemaPolicy>) -> Result<Opened, String> {
        match self {
            Database::Sqlite(_) | Database::At(_) => {
                let location = Location::File(self.file());
                let examined = SqliteStore::examine(location, tables, Default::default(), policy)
                    .map_err(|error| error.0)?;
                let notes = examined.notes().to_vec();
                let (store, changes) = examined.open().map_err(|error| error.0)?;
                Ok(Opened { store: Arc::new(store), notes, changes })
            }
            Database::Postgres(url) => wait(async {
                let address = Address::parse(url).unwrap();
                // Each connection is a process of the server's.
                let mut options = postgres::Options::default();
                (options.readers, options.writers) = (1, 1);
                let examined = PostgresStore::examine(address, tables, options, policy).await;
                let examined = examined.map_err(|error| error.0)?;
                let notes = examined.notes().to_vec();
                let (store, changes) = examined.open().await.map_err(|error| error.0)?;
                Ok(Opened { store: Arc::new(store), notes, changes })
            }),
        }
    }

    /// Runs statements without a store.
    pub fn runs(&self, statements: &str) {
        match self {
            Database::Sqlite(_) | Database::At(_) => {
                rusqlite::Connection::open(self.file()).unwrap().execute_batch(statements).unwrap();
            }
            Database::Postgres(url) => postgres_runs(url, statements),
        }
    }

    /// The texts that a query shows, in one column.
    pub fn texts(&self, query: &str) -> Vec<String> {
        match self {
            Database::Sqlite(_) | Database::At(_) => {
                let connection = rusqlite::Connection::open(self.file()).unwrap();
                let mut statement = connection.prepare(query).unwrap();
                statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
            }
            Database::Postgres(url) => wait(postgres_client(url, async |client| {
                client.query(query, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
            })),
        }
    }

    /// Every statement that was run, in order.
    pub fn history(&self) -> Vec<String> {
        self.texts("SELECT statement FROM _crewed_history ORDER BY id")
    }

    /// All that is in it.
    pub fn dump(&self) -> String {
        match self {
            Database::Sqlite(_) | Database::At(_) => {
                let connection = rusqlite::Connection::open(self.file()).unwrap();
                let mut made = connection
                    .prepare("SELECT type = 'table', name, sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY rowid")
                    .unwrap();
                let mut dump = Vec::new();
                let mut rows = made.query([]).unwrap();
                while let Some(row) = rows.next().unwrap() {
                    dump.push(row.get::<_, String>(2).unwrap());
                    if row.get(0).unwrap() {
                        let name: String = row.get(1).unwrap();
                        let mut rows = connection.prepare(&format!("SELECT * FROM \"{name}\"")).unwrap();
                        let width = rows.column_count();
                        let rows = rows.query_map([], |row| {
                            let values = (0..width).map(|i| row.get::<_, rusqlite::types::Value>(i).unwrap());
                            Ok(format!("{name}: {:?}", values.collect::<Vec<_>>()))
                        });
                        dump.extend(rows.unwrap().map(Result::unwrap));
                    }
                }
                dump.join("\n")
            }
            Database::Postgres(_) => {
                let tables = self.texts(
                    "SELECT relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                     WHERE nspname = current_schema() AND relkind = 'r' ORDER BY 1",
                );
                let mut dump = self
                    .texts("SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1");
                dump.extend(self.texts(
                    "SELECT concat_ws(' ', table_name, column_name, data_type, numeric_scale, column_default, is_nullable)
                     FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1",
                ));
                for table in tables {
                    dump.extend(self.texts(&format!("SELECT t::text FROM \"{table}\" t ORDER BY 1")));
                }
                dump.join("\n")
            }
        }
    }

    /// Adds what somebody may have put beside `things`: an index, a trigger, a view and a table that refers to it.
    /// Gives back what it is.
    pub fn add_own(&self) -> Vec<String> {
        self.runs(
            "CREATE INDEX mine ON things (large, small); CREATE VIEW seen AS SELECT id, note FROM things;
             CREATE TABLE parts (thing bigint NOT NULL REFERENCES things (id) ON DELETE CASCADE);
             CREATE TABLE logs (thing bigint); INSERT INTO parts VALUES (3);",
        );
        self.runs(match self {
            Database::Sqlite(_) | Database::At(_) => {
                "CREATE TRIGGER logged AFTER INSERT ON things BEGIN INSERT INTO logs VALUES (new.id); END;
                 CREATE TRIGGER counted AFTER INSERT ON parts BEGIN INSERT INTO logs SELECT id FROM things; END"
            }
            Database::Postgres(_) => {
                "CREATE FUNCTION logged() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN INSERT INTO logs VALUES (new.id); RETURN new; END $$;
                 CREATE TRIGGER logged AFTER INSERT ON things FOR EACH ROW EXECUTE FUNCTION logged()"
            }
        });
        self.own()
    }

    fn own(&self) -> Vec<String> {
        self.texts(match self {
            Database::Sqlite(_) | Database::At(_) => {
                "SELECT sql FROM sqlite_schema WHERE name IN ('mine', 'seen', 'parts', 'logs', 'logged', 'counted')
                 ORDER BY name"
            }
            Database::Postgres(_) => {
                "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname = 'mine'
                 UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint
                 WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
            }
        })
    }

    /// All of that is still there and works; so many rows were added since.
    pub fn has_own(&self, own: Vec<String>, rows: usize) {
        assert_eq!(self.own(), own);
        assert_eq!(self.texts("SELECT CAST(thing AS text) FROM parts"), ["3"]);
        assert_eq!(self.texts("SELECT CAST(thing AS text) FROM logs").len(), rows);
        assert_eq!(self.texts("SELECT CAST(id AS text) FROM seen").len(), 3 + rows);
    }

    /// Pastes statements into the engine's own shell, which goes on after errors, and gives back what it said of
    /// these.
    pub fn paste(&self, statements: &str) -> String {
        self.paste_into(PSQL[0], statements)
    }

    /// The ways in which the engine's own shell goes on after errors.
    pub fn shells(&self) -> &'static [&'static [&'static str]] {
        match self {
            Database::Sqlite(_) | Database::At(_) => &[&[]],
            Database::Postgres(_) => PSQL,
        }
    }

    /// The same, into a shell that was told this.
    pub fn paste_into(&self, told: &[&str], statements: &str) -> String {
        let mut shell = match self {
            Database::Sqlite(_) | Database::At(_) => {
                let mut shell = Command::new("sqlite3");
                shell.arg(self.file());
                shell
            }
            Database::Postgres(url) => {
                let mut shell = Command::new("psql");
                shell.args(["--no-psqlrc", "--quiet", url]).args(told);
                shell
            }
        };
        let mut shell =
            shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        shell.stdin.take().unwrap().write_all(statements.as_bytes()).unwrap();
        let said = String::from_utf8(shell.wait_with_output().unwrap().stderr).unwrap();
        said.lines().filter(|line| !line.starts_with("NOTICE:")).collect::<Vec<_>>().join("\n")
    }
}

/// How `psql` may be set up: by itself it goes on after an error, in a transaction that does nothing any more; as many
/// set it up, it undoes the one statement that failed, and goes on with the transaction.
pub const PSQL: &[&[&str]] = &[&[], &["--set=ON_ERROR_ROLLBACK=on"]];
/// The statements that stand at the end of what `print` tells.
pub fn printed(told: &str) -> String {
    let (_, statements) = told.split_once("these statements make it so").unwrap_or_else(|| panic!("{told}"));
    statements.split_once('\n').unwrap().1.lines().map(|line| format!("{}\n", line.trim_start())).collect()
}

/// The statements that stand in what was told: those that are made of several lines.
pub fn pasted(told: &str) -> String {
    told.lines().filter(|line| line.starts_with("      ")).map(|line| format!("{}\n", line.trim())).collect()
}

impl Opened {
    /// What the rows of the first table hold in a column.
    pub fn column(&self, table: &Table, name: &str) -> Vec<Value> {
        let at = table.visible.iter().position(|column| table.columns[*column].name == name).unwrap();
        let rows = wait(read(&*self.store, table.visible.len(), page(0, 0, 9))).unwrap();
        rows.into_iter().map(|row| row[at].clone()).collect()
    }

    /// Adds a row to the first table, and gives back its key.
    pub fn inserts(&self, table: &Table) -> Value {
        let given = |(i, column): (usize, &crewed::__internals::resource::TableColumn)| {
            let number = |number: i64| Value::Integer(number);
            let value = match (column.kind, column.shape) {
                (ColumnType::Integer, Some(Shape::UnitEnum(meta))) => {
                    number(meta.choices.to_json()[0].as_i64().unwrap())
                }
                (ColumnType::UnitEnum(meta), _) => {
                    Value::Text(meta.choices.to_json()[0].as_str().unwrap().to_owned())
                }
                (ColumnType::Real, _) => Value::Real(1.0),
                (ColumnType::Text, _) => Value::Text("new".to_owned()),
                (ColumnType::Date, _) => Value::Text("2000-01-01".to_owned()),
                (ColumnType::Json, _) => Value::Text("{}".to_owned()),
                (ColumnType::Bytes | ColumnType::Uuid, _) => Value::Blob(vec![9; 16]),
                _ => number(1),
            };
            (i, value)
        };
        let columns = table.columns.iter().enumerate();
        let values =
            columns.filter(|(_, column)| !matches!(column.role, Role::AutoIncrementKey)).map(given).collect();
        let rows =
            wait(write(&*self.store, table.visible.len(), action(0, Action::Insert { values }))).unwrap();
        rows[0][table.visible.iter().position(|column| *column == table.key).unwrap()].clone()
    }
}
