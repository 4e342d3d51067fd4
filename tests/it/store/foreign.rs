//! Foreign keys that somebody added to the tables by hand.

use crewed::__internals::resource::{ColumnType, Role, Table, TableColumn};
use crewed::__internals::store::postgres::{Address, Options, PostgresStore};
use crewed::__internals::store::sqlite::{self, Location, SqliteStore};
use crewed::__internals::store::{Action, Migrate, Store, StoreError, Write};
use crewed::prelude::*;
use crewed::value::Value;
use rocket::serde::json::Json;
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use super::harness::*;
use crate::kit::{self, delete as remove, get, patch, post, put};

/// A way to open a store of these tables, made by these statements.
type Made = fn(Vec<Table>, &str) -> Opened;

fn on_sqlite(tables: Vec<Table>, statements: &str) -> Opened {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("test.db");
    let statements =
        statements.replace("BIGINT", "INTEGER").replace("COLLATE \"C\"", "").replace(");", ") STRICT;");
    Connection::open(&path).unwrap().execute_batch(&statements).unwrap();
    let store = SqliteStore::open(Location::File(path), tables, sqlite::Options::default(), Migrate::Apply);
    Opened::new(store.unwrap(), Some(folder))
}

fn on_postgres(tables: Vec<Table>, statements: &str) -> Opened {
    let url = postgres_schema();
    postgres_runs(&url, statements);
    let address = Address::parse(&url).unwrap();
    let store = wait(PostgresStore::open(address, tables, Options::default(), Migrate::Apply));
    Opened::new(store.unwrap(), None)
}

/// `teams (id, code unique)`; `players (id, team, captain, note)`.
fn tables() -> Vec<Table> {
    let id = || TableColumn { role: Role::Key, ..column("id", ColumnType::Integer) };
    let code = TableColumn { unique: true, ..column("code", ColumnType::Text) };
    let optional = |name| TableColumn { nullable: true, ..column(name, ColumnType::Integer) };
    let note = TableColumn { nullable: true, ..column("note", ColumnType::Text) };
    let teams = table("teams", vec![id(), code]);
    vec![teams, table("players", vec![id(), optional("captain"), optional("team"), note])]
}

fn statements(how: &str) -> String {
    format!(
        r#"CREATE TABLE teams (id BIGINT PRIMARY KEY, code TEXT COLLATE "C" NOT NULL UNIQUE);
        CREATE TABLE players (id BIGINT PRIMARY KEY, captain BIGINT REFERENCES players {how},
            team BIGINT REFERENCES teams (id) {how}, note TEXT COLLATE "C" REFERENCES teams (code) {how});"#
    )
}

fn team(id: i64) -> Write {
    insert(0, [(0, cell(id)), (1, cell(format!("code {id}")))])
}

fn player(id: i64, captain: Option<i64>, team: Option<i64>) -> Write {
    let optional = |value: Option<i64>| value.map_or_else(null, cell);
    insert(1, [(0, cell(id)), (1, optional(captain)), (2, optional(team)), (3, null())])
}

async fn refused(store: &dyn Store, task: Write) -> StoreError {
    let width = if task.table == 1 && !matches!(task.action, Action::Delete { .. }) { 4 } else { 2 };
    match write(store, width, task).await {
        Err(error) => error,
        Ok(rows) => panic!("{rows:?}"),
    }
}

fn names_the_column(made: Made) {
    let opened = made(tables(), &statements(""));
    let store = &*opened.store;
    wait(async {
        write(store, 2, team(1)).await.unwrap();
        write(store, 4, player(1, None, Some(1))).await.unwrap();
        write(store, 4, player(2, Some(1), None)).await.unwrap();
        for (task, column) in [
            (player(3, None, Some(9)), 2),
            (player(3, Some(9), Some(1)), 1),
            // Of several the first.
            (player(3, Some(9), Some(9)), 1),
            (update(1, 1, [(2, cell(9))]), 2),
            (update(1, 1, [(3, cell("nobody"))]), 3),
            (update(1, 1, [(1, cell(9)), (2, cell(1))]), 1),
        ] {
            let error = refused(store, task).await;
            match error {
                StoreError::Reference { column: Some(told) } if told == column => {}
                // PostgreSQL tells the one that it came to first.
                StoreError::Reference { column: Some(1 | 2) } if column == 1 => {}
                error => panic!("{column}: {error:?}"),
            }
        }
        // What others refer to.
        for task in [delete(0, 1), delete(1, 1)] {
            let error = refused(store, task).await;
            assert!(matches!(error, StoreError::Referenced), "{error:?}");
        }
        write(store, 4, update(1, 1, [(3, cell("code 1"))])).await.unwrap();
        let error = refused(store, update(0, 1, [(1, cell("other"))])).await;
        assert!(matches!(error, StoreError::Referenced), "{error:?}");
        write(store, 4, delete(1, 2)).await.unwrap();
        write(store, 4, delete(1, 1)).await.unwrap();
        write(store, 2, delete(0, 1)).await.unwrap();
    });
}

/// In the company of others, and in a transaction.
fn holds_up_nobody_else(made: Made) {
    for how in ["", "DEFERRABLE INITIALLY DEFERRED"] {
        let opened = made(tables(), &statements(how));
        let store = &opened.store;
        wait(async {
            write(&**store, 2, team(1)).await.unwrap();
            let tasks = (0..60).map(|i| {
                let store = std::sync::Arc::clone(store);
                let team = if i % 10 == 0 { 9 } else { 1 };
                tokio::spawn(async move { (team, write(&*store, 4, player(i, None, Some(team))).await) })
            });
            for task in tasks.collect::<Vec<_>>() {
                match task.await.unwrap() {
                    (1, written) => drop(written.unwrap()),
                    (_, refused) => {
                        assert!(matches!(refused, Err(StoreError::Reference { .. })), "{how}: {refused:?}");
                    }
                }
            }
            assert_eq!(read(&**store, 4, page(1, 0, 99)).await.unwrap().len(), 54, "{how}");
            let error = refused(&**store, delete(0, 1)).await;
            assert!(matches!(error, StoreError::Referenced), "{how}: {error:?}");
            if how.is_empty() {
                let kept = || Kept { width: 4, rows: Rows::new() };
                let mut transaction = store.begin().await.unwrap();
                transaction.execute(player(100, None, Some(1)), kept()).await.unwrap();
                let error = transaction.execute(player(101, None, Some(9)), kept()).await.map(drop);
                assert!(matches!(error, Err(StoreError::Reference { column: Some(2) })), "{error:?}");
                let error = transaction.execute(delete(0, 1), kept()).await.map(drop);
                assert!(matches!(error, Err(StoreError::Referenced)), "{error:?}");
                transaction.commit().await.unwrap();
                assert_eq!(read(&**store, 4, one(1, 100)).await.unwrap().len(), 1);
                return;
            }
            // What is put off is told at the end, and of all that was written nothing is left.
            for (tasks, refers) in [
                (vec![team(2), player(101, None, Some(9))], true),
                (vec![player(101, None, Some(1)), delete(0, 1)], true),
                (vec![team(2), delete(0, 1)], false),
                (vec![delete(1, 1), delete(0, 1)], false),
            ] {
                let mut transaction = store.begin().await.unwrap();
                for task in tasks {
                    let of_teams = task.table == 0;
                    let kept = Kept { width: if of_teams { 2 } else { 4 }, rows: Rows::new() };
                    transaction.execute(task, kept).await.unwrap();
                }
                match transaction.commit().await {
                    Err(StoreError::Reference { column: None }) if refers => {}
                    Err(StoreError::Referenced) if !refers => {}
                    outcome => panic!("{outcome:?}"),
                }
                assert_eq!(read(&**store, 2, page(0, 0, 9)).await.unwrap().len(), 1);
            }
            // As a statement of one's own is told that is refused at once.
            let mut transaction = store.begin().await.unwrap();
            let kept = Kept { width: 0, rows: Rows::new() };
            transaction.run("DELETE FROM teams".to_owned(), vec![], kept).await.unwrap();
            assert!(matches!(transaction.commit().await, Err(StoreError::Internal(_))));
            // And it goes on.
            write(&**store, 2, team(2)).await.unwrap();
        });
    }
}

#[test]
fn names_the_column_on_sqlite() {
    names_the_column(on_sqlite);
}

#[test]
fn names_the_column_on_postgres() {
    names_the_column(on_postgres);
}

#[test]
fn holds_up_nobody_else_on_sqlite() {
    holds_up_nobody_else(on_sqlite);
}

#[test]
fn holds_up_nobody_else_on_postgres() {
    holds_up_nobody_else(on_postgres);
}

#[resource("/clubs")]
struct Club {
    #[field(key)]
    id: i64,
    name: String,
}

#[resource("/members")]
struct Member {
    #[field(key)]
    id: i64,
    club: Option<i64>,
    #[field(write_only)]
    sponsor: Option<i64>,
}

/// An error with what it is about in words.
fn in_words(error: HttpError) -> HttpError {
    let [issue] = error.issues() else { panic!("{error}") };
    HttpError::status(error.code()).detail(format!("{:?}", issue.kind))
}

#[crewed::post("/joined/<club>")]
async fn joined(club: i64, members: Repository<Member>) -> Result<Json<i64>, HttpError> {
    let new = || MemberCreate { id: 7, club: Some(club), sponsor: None };
    let made = members.transaction(|tx| async move { tx.of::<Member>().create(new()).await });
    Ok(Json(made.await.map_err(in_words)?.id))
}

#[crewed::post("/closed/<club>")]
async fn closed(club: i64, clubs: Repository<Club>) -> Result<Json<i64>, HttpError> {
    let closed = clubs.transaction(|tx| async move { tx.of::<Club>().delete(&club).await });
    closed.await.map_err(in_words)?;
    Ok(Json(club))
}

/// What is looked at no sooner than when a transaction is committed is told then as it is told at once.
#[test]
fn is_told_to_code_of_ones_own_whenever_it_is_looked_at() {
    for (engine, how) in ["sqlite", "postgres"]
        .into_iter()
        .flat_map(|engine| ["", "DEFERRABLE INITIALLY DEFERRED"].map(|how| (engine, how)))
    {
        let statements = format!(
            r#"CREATE TABLE clubs (id BIGINT PRIMARY KEY, name TEXT COLLATE "C" NOT NULL);
            CREATE TABLE members (id BIGINT PRIMARY KEY, club BIGINT REFERENCES clubs {how}, sponsor BIGINT);"#
        );
        let (_folder, url) = made_at(engine, &statements);
        let api = Api::new().resource::<Club>().resource::<Member>().operations(operations![joined, closed]);
        let client = kit::client(kit::config().merge(("crewed.store", &url)), api);
        let asked = |path| post(&client, path, serde_json::Value::Null);
        let told = |status, kind: &str| (status, json!({"detail": kind}));
        assert_eq!(post(&client, "/clubs", json!({"id": 1, "name": "a"})).0, 201);
        assert_eq!(asked("/joined/9"), told(422, "Reference"), "{engine} {how}");
        assert_eq!(get(&client, "/members/7").0, 404);
        assert_eq!(asked("/joined/1").0, 200);
        assert_eq!(asked("/closed/1"), told(409, "Referenced"), "{engine} {how}");
        assert_eq!(get(&client, "/clubs/1").0, 200);
        assert_eq!(remove(&client, "/members/7").0, 204);
        assert_eq!(asked("/closed/1").0, 200);
    }
}

/// A database of an engine, made by these statements.
fn made_at(engine: &str, statements: &str) -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let url = match engine {
        "sqlite" => {
            let path = folder.path().join("test.db");
            let statements = statements
                .replace("BIGINT", "INTEGER")
                .replace("COLLATE \"C\"", "")
                .replace(");", ") STRICT;");
            Connection::open(&path).unwrap().execute_batch(&statements).unwrap();
            format!("sqlite:{}", path.display())
        }
        _ => {
            let url = postgres_schema();
            postgres_runs(&url, statements);
            url
        }
    };
    (folder, url)
}

/// What clients are told.
#[test]
fn is_told_to_clients() {
    for engine in ["sqlite", "postgres"] {
        let statements = r#"CREATE TABLE clubs (id BIGINT PRIMARY KEY, name TEXT COLLATE "C" NOT NULL);
            CREATE TABLE members (id BIGINT PRIMARY KEY, club BIGINT REFERENCES clubs, sponsor BIGINT REFERENCES clubs);"#;
        let (_folder, url) = made_at(engine, statements);
        for base in ["", "/api"] {
            let api = Api::new().at(base).resource::<Club>().resource::<Member>();
            let client = kit::client(kit::config().merge(("crewed.store", &url)), api);
            let at = |path: &str| format!("{base}{path}");
            let (clubs, members, one) = (at("/clubs"), at("/members"), at("/members/1"));
            assert_eq!(post(&client, &clubs, json!({"id": 1, "name": "a"})).0, 201);
            let reference = |name: &str, input: serde_json::Value| {
                let item =
                    json!({"type": "reference", "loc": ["body", name], "msg": "No such row", "input": input});
                (422, json!({"detail": [item]}))
            };
            let hidden = reference("sponsor", "**********".into());
            assert_eq!(post(&client, &members, json!({"id": 1, "club": 9})), reference("club", 9.into()));
            assert_eq!(post(&client, &members, json!({"id": 1, "sponsor": 9})), hidden);
            assert_eq!(get(&client, &one).0, 404);
            assert_eq!(post(&client, &members, json!({"id": 1, "club": 1})).0, 201);
            assert_eq!(put(&client, &one, json!({"club": 9})), reference("club", 9.into()));
            assert_eq!(patch(&client, &one, json!({"club": "9"})), reference("club", "9".into()));
            assert_eq!(patch(&client, &one, json!({"sponsor": 9})), hidden);
            let item = json!({"type": "referenced", "loc": ["path", "id"],
                "msg": "Other rows refer to this one", "input": "1"});
            assert_eq!(remove(&client, &at("/clubs/1")), (409, json!({"detail": [item]})));
            assert_eq!(remove(&client, &one).0, 204);
            assert_eq!(remove(&client, &at("/clubs/1")).0, 204);
        }
    }
}

/// A value of the table's own is taken before a reference is looked at, or after: it is refused either way.
#[test]
fn says_of_each_value_what_is_wrong() {
    for made in [on_sqlite as Made, on_postgres] {
        let opened = made(tables(), &statements(""));
        let store = &*opened.store;
        wait(async {
            write(store, 2, team(1)).await.unwrap();
            write(store, 4, player(1, None, Some(1))).await.unwrap();
            let error = refused(store, player(1, None, Some(9))).await;
            assert!(
                matches!(error, StoreError::UniqueViolation { ref columns } if *columns == [0]),
                "{error:?}"
            );
            let put =
                vec![(0, Value::Integer(1)), (1, Value::Null), (2, Value::Integer(9)), (3, Value::Null)];
            let error = write(store, 4, action(1, Action::Upsert { values: put })).await.unwrap_err();
            assert!(matches!(error, StoreError::Reference { column: Some(2) }), "{error:?}");
        });
    }
}
