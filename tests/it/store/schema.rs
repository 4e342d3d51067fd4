//! What is said when a database is opened.

use std::path::Path;

use super::harness::*;
use crewed::__internals::resource::{ColumnType, Role, Table, TableColumn};
use crewed::__internals::store::sqlite::{ExaminedSqlite, Location, Options, SqliteStore};
use crewed::__internals::store::{Migrate, SchemaPolicy, Undeclared};
use rusqlite::Connection;
use tempfile::TempDir;

const USERS: &str = "CREATE TABLE users (name TEXT NOT NULL PRIMARY KEY, nickname TEXT NOT NULL) STRICT;
     CREATE INDEX users_nickname_index ON users (nickname);";
const HEROES: &str = "CREATE TABLE heroes (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL,
     age INTEGER, secret TEXT NOT NULL) STRICT; CREATE UNIQUE INDEX heroes_name_unique ON heroes (name);";

#[test]
fn makes_what_is_missing() {
    let file = File::with("CREATE TABLE other (x)");
    assert_eq!(file.open(vec![heroes(), users(), all_types()], Migrate::Apply), Ok(()));
    assert_eq!(
        file.schema(),
        [
            r#"CREATE INDEX "_crewed_index_5_users_nickname" ON "users" ("nickname")"#,
            r#"CREATE TABLE "all" ("key" BLOB NOT NULL PRIMARY KEY, "a" INTEGER NOT NULL, "b" INTEGER NOT NULL, "c" REAL NOT NULL, "d" INTEGER NOT NULL, "e" TEXT NOT NULL, "f" BLOB NOT NULL, "g" INTEGER NOT NULL, "h" TEXT NOT NULL, "i" INTEGER NOT NULL, "j" TEXT) STRICT"#,
            r#"CREATE TABLE "heroes" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "name" TEXT NOT NULL, "age" INTEGER, "secret" TEXT NOT NULL) STRICT"#,
            r#"CREATE TABLE "users" ("name" TEXT NOT NULL PRIMARY KEY, "nickname" TEXT NOT NULL) STRICT"#,
            "CREATE TABLE other (x)",
            r#"CREATE UNIQUE INDEX "_crewed_unique_6_heroes_name" ON "heroes" ("name")"#,
        ]
    );
    assert_eq!(file.open(vec![heroes(), users(), all_types()], Migrate::Check), Ok(()));
}

#[test]
fn takes_what_others_made_alike() {
    let file = File::with(&format!("{USERS} {HEROES}"));
    assert_eq!(file.open(vec![heroes(), users()], Migrate::Check), Ok(()));
    // In other letters, otherwise ordered, and with indexes of other names.
    let file = File::with(
        "CREATE TABLE Users (nickname text NOT NULL, NAME text PRIMARY KEY NOT NULL) STRICT;
         CREATE INDEX mine ON users (nickname, name);
         CREATE TABLE heroes (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,
         age INTEGER DEFAULT 3, secret TEXT NOT NULL) STRICT",
    );
    assert_eq!(file.open(vec![heroes(), users()], Migrate::Check), Ok(()));
    let key = TableColumn { role: Role::Key, ..column("id", ColumnType::Integer) };
    let file = File::with("CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT");
    assert_eq!(file.open(vec![table("t", vec![key])], Migrate::Check), Ok(()));
}

#[test]
fn makes_an_index_that_is_missing() {
    let file = File::with(
        "CREATE TABLE users (name TEXT NOT NULL PRIMARY KEY, nickname TEXT NOT NULL) STRICT;
         CREATE INDEX half ON users (nickname) WHERE nickname > 'a';
         CREATE INDEX folded ON users (nickname COLLATE NOCASE);
         CREATE INDEX second ON users (name, nickname);
         CREATE INDEX computed ON users (lower(nickname))",
    );
    assert_eq!(file.open(vec![users()], Migrate::Apply), Ok(()));
    assert!(file.schema().iter().any(|text| text.contains("_crewed_index_5_users_nickname")));
}

#[test]
fn prints_what_it_would_make() {
    let file = File::with(HEROES);
    assert_eq!(
        file.refuses(vec![heroes(), users()], Migrate::Print),
        "the SQLite database DB is not yet as declared; these statements make it so (migrate = \"apply\" runs them):
  BEGIN;
  CREATE TABLE \"users\" (\"name\" TEXT NOT NULL PRIMARY KEY, \"nickname\" TEXT NOT NULL) STRICT;
  CREATE INDEX \"_crewed_index_5_users_nickname\" ON \"users\" (\"nickname\");
  CREATE TABLE IF NOT EXISTS \"_crewed_schema\" (\"table\" TEXT NOT NULL COLLATE NOCASE, \"column\" TEXT NOT NULL COLLATE NOCASE, \"meaning\" TEXT NOT NULL, PRIMARY KEY (\"table\", \"column\")) STRICT;
  INSERT INTO \"_crewed_schema\" (\"table\", \"column\", \"meaning\") SELECT 'users', 'name', '{\"is\":\"text\",\"version\":1}' WHERE EXISTS (SELECT 1 FROM pragma_table_xinfo('users') WHERE name = 'name' COLLATE NOCASE) ON CONFLICT (\"table\", \"column\") DO UPDATE SET \"meaning\" = excluded.\"meaning\";
  INSERT INTO \"_crewed_schema\" (\"table\", \"column\", \"meaning\") SELECT 'users', 'nickname', '{\"is\":\"text\",\"version\":1}' WHERE EXISTS (SELECT 1 FROM pragma_table_xinfo('users') WHERE name = 'nickname' COLLATE NOCASE) ON CONFLICT (\"table\", \"column\") DO UPDATE SET \"meaning\" = excluded.\"meaning\";
  COMMIT;"
    );
}

#[test]
fn tells_what_is_missing() {
    let file = File::with(HEROES);
    assert_eq!(
        file.refuses(vec![heroes(), users()], Migrate::Check),
        "the SQLite database DB is not yet as declared (migrate = \"apply\" makes it so):
  new table `users`
  new index `_crewed_index_5_users_nickname` of table `users`"
    );
}

#[test]
fn looks_without_making_a_file() {
    for migrate in [Migrate::Print, Migrate::Check] {
        let folder = TempDir::new().unwrap();
        let file = File { folder };
        assert!(file.open(vec![users()], migrate).unwrap_err().contains("users"));
        assert!(!file.path().exists());
    }
}

#[test]
fn tells_a_missing_column() {
    let file = File::with("CREATE TABLE heroes (id INTEGER PRIMARY KEY AUTOINCREMENT, age INTEGER) STRICT");
    assert_eq!(
        file.refuses(vec![heroes()], Migrate::Apply),
        "the SQLite database DB does not fit the declaration (nothing was changed):
  table `heroes`, column `name`: is missing, declared TEXT NOT NULL
    give the field a `default`, or rows that are there a value: ALTER TABLE \"heroes\" ADD COLUMN \"name\" TEXT NOT NULL DEFAULT <VALUE>
  table `heroes`, column `secret`: is missing, declared TEXT NOT NULL
    give the field a `default`, or rows that are there a value: ALTER TABLE \"heroes\" ADD COLUMN \"secret\" TEXT NOT NULL DEFAULT <VALUE>"
    );
}

/// Whoever adds rows need not know of a column that is filled by itself; whoever wants to can refuse it.
#[test]
fn tells_a_column_that_is_not_declared() {
    let file = File::with(&format!(
        "{HEROES} ALTER TABLE heroes ADD COLUMN power INTEGER NOT NULL DEFAULT 1;
         ALTER TABLE heroes ADD COLUMN note TEXT; ALTER TABLE heroes ADD COLUMN loud TEXT AS (upper(name))"
    ));
    let notes = [
        "table `heroes`, column `power`: is INTEGER NOT NULL, not declared",
        "table `heroes`, column `note`: is TEXT, not declared",
        "table `heroes`, column `loud`: is TEXT GENERATED, not declared",
    ];
    for migrate in [Migrate::Apply, Migrate::Check] {
        let examined = file.examine(vec![heroes()], migrate).unwrap();
        assert_eq!(examined.notes(), notes);
        let (store, changes) = examined.open().unwrap();
        wait(write(&store, 3, hero(format!("{migrate:?}")))).unwrap();
        let adopted = "`_crewed_schema` keeps from now on what 4 columns may hold, as they are declared now: a later declaration is compared with that";
        assert_eq!(changes, if migrate == Migrate::Apply { vec![adopted] } else { Vec::new() });
    }
    let mut policy = SchemaPolicy::from(Migrate::Apply);
    policy.undeclared = Undeclared::Refuse;
    let told = file.examine(vec![heroes()], policy).map(drop).unwrap_err();
    for note in notes {
        assert!(told.contains(note), "{told}");
    }
    let file = File::with(
        "CREATE TABLE heroes (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, age INTEGER,
         secret TEXT NOT NULL, power INTEGER NOT NULL) STRICT",
    );
    assert_eq!(
        file.refuses(vec![heroes()], Migrate::Apply),
        "the SQLite database DB does not fit the declaration (nothing was changed):
  table `heroes`, column `power`: is INTEGER NOT NULL, not declared
    if a field has another name now, say so: #[field(was = \"power\")]; to lose what it holds: ALTER TABLE \"heroes\" DROP COLUMN \"power\""
    );
}

#[test]
fn tells_another_type() {
    let file =
        File::with("CREATE TABLE users (name TEXT NOT NULL PRIMARY KEY, nickname BLOB NOT NULL) STRICT");
    assert_eq!(
        file.refuses(vec![users()], Migrate::Apply),
        "the SQLite database DB does not fit the declaration (nothing was changed):
  table `users`, column `nickname`: is BLOB NOT NULL, declared TEXT NOT NULL
    to convert it (migrate = \"convert\" does the same, where no row stands in the way):"
    );
}

#[test]
fn tells_what_may_be_null() {
    let file = File::with(
        "CREATE TABLE heroes (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE,
         age INTEGER NOT NULL, secret TEXT NOT NULL) STRICT",
    );
    assert_eq!(
        file.refuses(vec![heroes()], Migrate::Apply),
        "the SQLite database DB does not fit the declaration (nothing was changed):
  table `heroes`, column `name`: is TEXT, declared TEXT NOT NULL
    to convert it (migrate = \"convert\" does the same, where no row stands in the way):"
    );
    // In a STRICT table a key is never NULL.
    let file = File::with("CREATE TABLE users (name TEXT PRIMARY KEY, nickname TEXT NOT NULL)");
    assert_eq!(
        file.refuses(vec![users()], Migrate::Apply),
        "the SQLite database DB does not fit the declaration (nothing was changed):
  table `users`: is not STRICT, declared STRICT
  table `users`, column `name`: is TEXT PRIMARY KEY, declared TEXT NOT NULL PRIMARY KEY
    to make the table anew of what it holds:"
    );
}

#[test]
fn tells_another_key() {
    let file = File::with(
        "CREATE TABLE users (name TEXT NOT NULL UNIQUE, nickname TEXT NOT NULL PRIMARY KEY) STRICT;
         CREATE TABLE heroes (id INTEGER, name TEXT NOT NULL UNIQUE, age INTEGER, secret TEXT NOT NULL,
         PRIMARY KEY (id, name)) STRICT",
    );
    assert_eq!(
        file.refuses(vec![users(), heroes()], Migrate::Apply),
        "the SQLite database DB does not fit the declaration (nothing was changed):
  table `users`, column `name`: is TEXT NOT NULL, declared TEXT NOT NULL PRIMARY KEY
  table `users`, column `nickname`: is TEXT NOT NULL PRIMARY KEY, declared TEXT NOT NULL
    to make the table anew of what it holds:
  table `heroes`, column `id`: is INTEGER PRIMARY KEY, declared INTEGER PRIMARY KEY AUTOINCREMENT
  table `heroes`, column `name`: is TEXT NOT NULL PRIMARY KEY, declared TEXT NOT NULL
    to make the table anew of what it holds:"
    );
}

#[test]
fn tells_a_key_that_is_counted_otherwise() {
    let file = File::with(
        "CREATE TABLE heroes (id INTEGER PRIMARY KEY /* AUTOINCREMENT */, name TEXT NOT NULL UNIQUE,
         age INTEGER, secret TEXT NOT NULL) STRICT",
    );
    assert_eq!(
        file.refuses(vec![heroes()], Migrate::Apply),
        "the SQLite database DB does not fit the declaration (nothing was changed):
  table `heroes`, column `id`: is INTEGER PRIMARY KEY, declared INTEGER PRIMARY KEY AUTOINCREMENT
    to make the table anew of what it holds:"
    );
    let mut chosen = heroes();
    chosen.columns[0].role = Role::Key;
    assert_eq!(
        File::with(HEROES).refuses(vec![chosen], Migrate::Apply),
        "the SQLite database DB does not fit the declaration (nothing was changed):
  table `heroes`, column `id`: is INTEGER PRIMARY KEY AUTOINCREMENT, declared INTEGER PRIMARY KEY
    to make the table anew of what it holds:"
    );
}

#[test]
fn tells_a_table_that_is_not_strict() {
    let file =
        File::with("CREATE TABLE users (name TEXT NOT NULL PRIMARY KEY, nickname VARCHAR(9) NOT NULL)");
    assert_eq!(
        file.refuses(vec![users()], Migrate::Apply),
        "the SQLite database DB does not fit the declaration (nothing was changed):
  table `users`: is not STRICT, declared STRICT
  table `users`, column `nickname`: is VARCHAR(9) NOT NULL, declared TEXT NOT NULL
    to make the table anew of what it holds:"
    );
}

#[test]
fn tells_what_is_no_table() {
    let file = File::with(
        "CREATE VIEW users AS SELECT 1 AS name, 2 AS nickname; CREATE VIRTUAL TABLE heroes USING fts5(name)",
    );
    assert_eq!(
        file.refuses(vec![users(), heroes()], Migrate::Apply),
        "the SQLite database DB does not fit the declaration (nothing was changed):
  table `users`: is a view, declared a table
  table `heroes`: is a virtual table, declared a table"
    );
}

#[test]
fn tells_what_is_computed_or_compares_otherwise() {
    let file = File::with(
        "CREATE TABLE users (name TEXT NOT NULL PRIMARY KEY COLLATE NOCASE,
         nickname TEXT NOT NULL AS (upper(name))) STRICT",
    );
    assert_eq!(
        file.refuses(vec![users()], Migrate::Apply),
        "the SQLite database DB does not fit the declaration (nothing was changed):
  table `users`, column `name`: is TEXT NOT NULL PRIMARY KEY COLLATE NOCASE, declared TEXT NOT NULL PRIMARY KEY
  table `users`, column `nickname`: is TEXT NOT NULL GENERATED, declared TEXT NOT NULL
    to make the table anew of what it holds:"
    );
}

#[test]
fn tells_values_that_are_not_unique() {
    let file = File::with(
        "CREATE TABLE heroes (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, age INTEGER,
         secret TEXT NOT NULL) STRICT; CREATE INDEX not_unique ON heroes (name);
         INSERT INTO heroes (name, secret) VALUES ('a', ''), ('b', ''), ('a', '')",
    );
    assert_eq!(
        file.refuses(vec![heroes(), users()], Migrate::Apply),
        "the SQLite database DB does not fit the declaration (nothing was changed):
  table `heroes`, column `name`: has a value in more than one row, declared unique
    2 rows have a value that another row has too: 'a' (2 rows)
    in the rows: `id` 1, 3
    look at them first: SELECT \"name\", \"id\" FROM \"heroes\" WHERE \"name\" IN (SELECT \"name\" FROM \"heroes\" GROUP BY \"name\" HAVING count(*) > 1) ORDER BY 1, 2
    and give each a value of its own: UPDATE \"heroes\" SET \"name\" = <VALUE> WHERE \"id\" = <KEY>"
    );
}

/// No two columns ask for one name, and where somebody has it nevertheless the next one is taken.
#[test]
fn names_of_indexes_are_unambiguous() {
    let key = |name| TableColumn { role: Role::Key, ..column(name, ColumnType::Text) };
    let unique = |name| TableColumn { unique: true, ..column(name, ColumnType::Text) };
    let long: &'static str = "x".repeat(60).leak();
    let longer: &'static str = format!("{long}y").leak();
    let file = File::with(
        "CREATE TABLE other (x); CREATE INDEX _crewed_unique_4_user_group_name ON other (x);
         CREATE TABLE user_group_name_unique (x)",
    );
    let tables = || {
        vec![
            table(
                "user",
                vec![key("id"), unique("group_name"), unique("group_name_2"), unique("2_group_name")],
            ),
            table("user_group", vec![key("id"), unique("name"), unique("name_index"), unique("name_unique")]),
            table(long, vec![key("id"), unique("a"), unique("b")]),
            table(longer, vec![key("id"), unique("a"), unique(long)]),
        ]
    };
    assert_eq!(file.open(tables(), Migrate::Apply), Ok(()));
    assert_eq!(file.open(tables(), Migrate::Check), Ok(()));
    let texts = file.schema();
    let indexes = texts.iter().filter(|text| text.starts_with("CREATE UNIQUE"));
    assert_eq!(indexes.count(), 10);
    assert!(texts.iter().any(|text| text.contains(r#""_crewed_unique_4x2_user_group_name" ON "user""#)));
    assert!(texts.iter().filter_map(|text| text.split('"').nth(1)).all(|name| name.len() <= 63));
}

#[test]
fn tells_everything_at_once() {
    let file = File::with(
        "CREATE TABLE users (name TEXT NOT NULL PRIMARY KEY); CREATE TABLE heroes (id INTEGER) STRICT",
    );
    assert_eq!(
        file.refuses(vec![users(), heroes(), all_types(), users()], Migrate::Check),
        "the SQLite database DB does not fit the declaration (nothing was changed):
  table `users`: is not STRICT, declared STRICT
  table `users`, column `nickname`: is missing, declared TEXT NOT NULL
    give the field a `default`, or rows that are there a value: ALTER TABLE \"users\" ADD COLUMN \"nickname\" TEXT NOT NULL DEFAULT <VALUE>
  table `heroes`, column `id`: is INTEGER, declared INTEGER PRIMARY KEY AUTOINCREMENT
  table `heroes`, column `name`: is missing, declared TEXT NOT NULL
    give the field a `default`, or rows that are there a value: ALTER TABLE \"heroes\" ADD COLUMN \"name\" TEXT NOT NULL DEFAULT <VALUE>
  table `heroes`, column `secret`: is missing, declared TEXT NOT NULL
    give the field a `default`, or rows that are there a value: ALTER TABLE \"heroes\" ADD COLUMN \"secret\" TEXT NOT NULL DEFAULT <VALUE>
  table `users`: is declared twice
and is not yet as declared (migrate = \"apply\" makes it so):
  new column `age` of table `heroes`
  new table `all`"
    );
}

#[test]
fn tells_what_cannot_be_a_file() {
    let folder = TempDir::new().unwrap();
    let told = |path: &Path| {
        let location = Location::File(path.to_owned());
        let error =
            SqliteStore::open(location, vec![users()], Options::default(), Migrate::Apply).unwrap_err();
        error.0.replace(folder.path().to_str().unwrap(), "FOLDER")
    };
    assert_eq!(
        told(&folder.path().join("none/such/a.db")),
        "the SQLite database FOLDER/none/such/a.db cannot be opened: there is no folder FOLDER/none/such"
    );
    assert_eq!(told(folder.path()), "the SQLite database FOLDER cannot be opened: it is a folder");
    let text = folder.path().join("text.db");
    std::fs::write(&text, "It was a dark and stormy night; the rain fell in torrents.".repeat(99)).unwrap();
    assert_eq!(
        told(&text),
        "the SQLite database FOLDER/text.db cannot be opened: the file is not a SQLite database"
    );
    // Nobody makes files there, whoever runs this; and what cannot be written is told before a port is bound.
    let location = Location::File("/proc/a.db".into());
    let examined = SqliteStore::examine(location, vec![users()], Options::default(), Migrate::Apply);
    let error = examined.map(drop).unwrap_err().0;
    assert!(error.contains("cannot be opened: its folder /proc is not writable: "), "{error}");
    assert!(error.contains("the user that the program runs as"), "{error}");
    let device = Path::new("/dev/null/a.db");
    assert_eq!(
        told(device),
        "the SQLite database /dev/null/a.db cannot be opened: there is no folder /dev/null"
    );
}

/// A database that somebody has made.
struct File {
    folder: TempDir,
}

impl File {
    fn with(statements: &str) -> Self {
        let file = File { folder: TempDir::new().unwrap() };
        Connection::open(file.path()).unwrap().execute_batch(statements).unwrap();
        file
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("a.db")
    }

    fn open(&self, tables: Vec<Table>, migrate: Migrate) -> Result<(), String> {
        let opened = self.examine(tables, migrate)?.open();
        opened.map(drop).map_err(|error| error.0.replace(self.path().to_str().unwrap(), "DB"))
    }

    fn examine(&self, tables: Vec<Table>, policy: impl Into<SchemaPolicy>) -> Result<ExaminedSqlite, String> {
        SqliteStore::examine(Location::File(self.path()), tables, Options::default(), policy)
            .map_err(|error| error.0.replace(self.path().to_str().unwrap(), "DB"))
    }

    /// What is said; and nothing may have changed.
    fn refuses(&self, tables: Vec<Table>, migrate: Migrate) -> String {
        let before = std::fs::read(self.path()).unwrap();
        let said = self.open(tables, migrate).unwrap_err();
        assert_eq!(std::fs::read(self.path()).unwrap(), before);
        // Statements that are made of several are pasted elsewhere.
        let lines = said.lines().filter(|line| !line.starts_with("      "));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn schema(&self) -> Vec<String> {
        let connection = Connection::open(self.path()).unwrap();
        let mut statement = connection
            .prepare(
                "SELECT sql FROM sqlite_schema WHERE sql NOT NULL AND name NOT LIKE 'sqlite%'
                 AND tbl_name NOT LIKE '\\_crewed%' ESCAPE '\\' ORDER BY sql",
            )
            .unwrap();
        let texts = statement.query_map([], |row| row.get(0)).unwrap();
        texts.collect::<Result<_, _>>().unwrap()
    }
}

fn all_types() -> Table {
    let key = TableColumn { role: Role::Key, ..column("key", ColumnType::Uuid) };
    let kinds = [
        ("a", ColumnType::Integer),
        ("b", ColumnType::Boolean),
        ("c", ColumnType::Real),
        ("d", ColumnType::Decimal { scale: 2 }),
        ("e", ColumnType::Text),
        ("f", ColumnType::Bytes),
        ("g", ColumnType::Timestamp),
        ("h", ColumnType::Date),
        ("i", ColumnType::Time),
    ];
    let mut columns = vec![key];
    columns.extend(kinds.map(|(name, kind)| column(name, kind)));
    columns.push(TableColumn { nullable: true, ..column("j", ColumnType::Json) });
    table("all", columns)
}
