//! Steps of a program's own on the way from one schema to the next, on both engines.

use crewed::prelude::*;
use crewed::rocket::figment::Figment;
use crewed::rocket::http::Status;
use crewed::rocket::local::blocking::Client;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::kit::{config, get as ask, post};
use crate::store::harness::{postgres_schema, wait};

/// What the first build declares.
#[resource("/people")]
struct Person {
    #[field(key, generated)]
    id: i64,
    name: String,
}

/// What the next one does.
#[resource("/people", name = "Person", table = "people")]
struct Split {
    #[field(key, generated)]
    id: i64,
    #[field(was = "name")]
    full_name: String,
    #[field(default = "")]
    first_name: String,
}

/// A database that stays from launch to launch.
pub(crate) struct Database {
    store: String,
    _folder: TempDir,
}

impl Database {
    /// One of each engine, with two people in it.
    pub(crate) fn each() -> [Database; 2] {
        let folder = || TempDir::new().unwrap();
        let sqlite = folder();
        let url = format!("sqlite:{}", sqlite.path().join("a.db").display());
        let databases = [
            Database { store: url, _folder: sqlite },
            Database { store: postgres_schema(), _folder: folder() },
        ];
        for database in &databases {
            let client = database.launch(Api::new().resource::<Person>());
            for name in ["Ada Lovelace", "Grace Hopper"] {
                assert_eq!(post(&client, "/people", json!({"name": name})).0, 201);
            }
        }
        databases
    }

    fn config(&self) -> Figment {
        config().merge(("crewed.store", &self.store))
    }

    pub(crate) fn launch(&self, api: Api) -> Client {
        Client::untracked(crewed::rocket::custom(self.config()).attach(api)).unwrap()
    }

    fn refusal(&self, api: Api) -> String {
        let rocket = crewed::rocket::custom(self.config()).attach(api);
        wait(crewed::ignite(rocket)).map(drop).unwrap_err().to_string()
    }

    /// What stands in a column of every row, whatever is declared.
    fn column(&self, column: &str) -> Vec<String> {
        let client = self.launch(Api::new().resource::<Audit>());
        let audit = Repository::<Audit>::of(client.rocket()).unwrap();
        let text = format!("SELECT {column} FROM people ORDER BY id");
        let rows = wait(audit.sql(&text, &[])).unwrap();
        let texts = rows.into_iter().map(|row| match &row[0] {
            crewed::value::Value::Text(text) => text.clone(),
            other => format!("{other:?}"),
        });
        texts.collect()
    }

    fn history(&self) -> Vec<Vec<crewed::value::Value>> {
        let client = self.launch(Api::new().resource::<Audit>());
        let audit = Repository::<Audit>::of(client.rocket()).unwrap();
        wait(audit.sql("SELECT count(*) FROM _crewed_history", &[])).unwrap()
    }
}

/// Another table, so that a database can be asked without its declaration.
#[resource("/audit")]
struct Audit {
    #[field(key)]
    id: i64,
}

fn both(statement: &'static str) -> Sql {
    Sql { sqlite: statement, postgres: statement }
}

#[test]
fn statements_are_run_once_before_and_after_the_change() {
    for database in Database::each() {
        // Each would fail on the other side of the change, and both statements of a text are run.
        let api = || {
            Api::new()
                .resource::<Split>()
                .migration(
                    "first",
                    Before,
                    both("UPDATE people SET name = name || '!'; UPDATE people SET name = name || '?'"),
                )
                .migration("second", After, both("UPDATE people SET first_name = 'first of ' || full_name"))
        };
        let client = database.launch(api());
        let (_, people) = ask(&client, "/people");
        assert_eq!(
            people[0],
            json!({"id": 1, "full_name": "Ada Lovelace!?", "first_name": "first of Ada Lovelace!?"})
        );
        drop(client);
        let noted = database.history();
        // A second launch runs neither again, nor does one that has left a step out, nor one that has changed a text.
        drop(database.launch(api()));
        drop(database.launch(Api::new().resource::<Split>()));
        drop(database.launch(Api::new().resource::<Split>().migration(
            "second",
            After,
            both("DELETE FROM people"),
        )));
        assert_eq!(database.column("full_name"), ["Ada Lovelace!?", "Grace Hopper!?"]);
        assert_eq!(database.history(), noted);
    }
}

#[test]
fn code_reaches_rows_after_the_change_and_sql_before() {
    for database in Database::each() {
        let api = || {
            Api::new()
                .resource::<Split>()
                .migration_with("before", Before, |tx| async move {
                    let rows = tx.sql("SELECT name FROM people ORDER BY id", &[]).await?;
                    assert_eq!(rows.len(), 2);
                    // The repositories know the new columns, which are not there.
                    assert_eq!(tx.of::<Split>().list(0, 9).await.map(drop).unwrap_err().code(), 500);
                    tx.sql("UPDATE people SET name = name || $1", &["!".into()]).await?;
                    Ok(())
                })
                .migration_with("split names", After, |tx| async move {
                    for person in tx.of::<Split>().list(0, 100).await? {
                        let first = person.full_name.split(' ').next().unwrap_or_default().to_owned();
                        let patch = SplitPatch { first_name: Patched::Value(first), ..Default::default() };
                        tx.of::<Split>().patch(&person.id, patch).await?;
                    }
                    Ok(())
                })
        };
        let client = database.launch(api());
        assert_eq!(
            ask(&client, "/people").1,
            json!([
                {"id": 1, "full_name": "Ada Lovelace!", "first_name": "Ada"},
                {"id": 2, "full_name": "Grace Hopper!", "first_name": "Grace"},
            ])
        );
        client.patch("/people/1").json(&json!({"first_name": "Augusta"})).dispatch();
        drop(client);
        // Code has no text that could change, and is not run again.
        let client = database.launch(api());
        assert_eq!(ask(&client, "/people/1").1["first_name"], "Augusta");
    }
}

/// Whatever fails, nothing has happened: neither a step before it nor the change of the tables.
#[test]
fn a_step_that_fails_undoes_everything() {
    fn steps() -> Vec<(Api, &'static str)> {
        let api =
            || Api::new().resource::<Split>().migration("fine", Before, both("UPDATE people SET name = 'x'"));
        vec![
            (api().migration("broken", After, both("UPDATE people SET nobody = 1")), "statement"),
            (
                api().migration("broken", Before, both("UPDATE people SET name = 'y'; no SQL")),
                "second statement",
            ),
            (
                api().migration_with("broken", After, |_| async { Err(HttpError::new(400, "no luck")) }),
                "code",
            ),
            (
                api().migration_with("broken", After, |tx| async move {
                    // Refused within the transaction, and not heeded.
                    let _ = tx.of::<Split>().delete(&99).await;
                    tx.of::<Split>().delete(&99).await
                }),
                "code that meets an error",
            ),
            (api().migration_with("broken", After, |_| async { panic!("a step that panics") }), "panic"),
            (
                api().migration_with("broken", After, |tx| async move {
                    let people = tx.of::<Split>();
                    let mut deleted = std::pin::pin!(people.delete(&1));
                    let waker = std::task::Waker::noop();
                    // Asked once, and not waited for.
                    let _ = deleted.as_mut().poll(&mut std::task::Context::from_waker(waker));
                    Ok(())
                }),
                "an operation that is not waited for",
            ),
        ]
    }
    for database in Database::each() {
        for (api, what) in steps() {
            let client = database.launch(api);
            let answer = client.get("/people").dispatch();
            assert_eq!(answer.status(), Status::ServiceUnavailable, "{what}");
            drop(answer);
            drop(client);
            assert_eq!(database.column("name"), ["Ada Lovelace", "Grace Hopper"], "{what}");
        }
        // Once it is mended, all of it happens.
        let api =
            Api::new().resource::<Split>().migration("fine", Before, both("UPDATE people SET name = 'x'"));
        drop(database.launch(api.migration("broken", After, both("UPDATE people SET first_name = 'y'"))));
        assert_eq!(database.column("full_name || first_name"), ["xy", "xy"]);
    }
}

#[test]
fn a_database_without_tables_notes_steps_and_runs_none() {
    for store in ["sqlite".to_owned(), postgres_schema()] {
        let folder = TempDir::new().unwrap();
        let store = match store.as_str() {
            "sqlite" => format!("sqlite:{}", folder.path().join("new.db").display()),
            _ => store,
        };
        let database = Database { store, _folder: folder };
        let api = || {
            Api::new()
                .resource::<Split>()
                .migration(
                    "seed",
                    After,
                    both("INSERT INTO people (full_name, first_name) VALUES ('a', 'b')"),
                )
                .migration_with("code", After, |_| async { Err(HttpError::new(400, "it is not run")) })
        };
        assert_eq!(ask(&database.launch(api()), "/people"), (200, Value::Array(Vec::new())));
        assert_eq!(ask(&database.launch(api()), "/people"), (200, Value::Array(Vec::new())));
    }
}

#[test]
fn steps_that_cannot_be_are_refused() {
    for database in Database::each() {
        let api = || {
            Api::new().resource::<Split>().migration("one", After, both("UPDATE people SET first_name = 'x'"))
        };
        let report = database.refusal(api().migration_with("one", Before, |_| async { Ok(()) }));
        assert!(report.contains("two migrations are called `one`"), "{report}");
        for (ends, word) in [
            ("UPDATE people SET name = 'y'; COMMIT", "COMMIT"),
            ("-- a word\n commit", "COMMIT"),
            ("END", "END"),
        ] {
            let api = Api::new().resource::<Split>().migration("ends", Before, both(ends));
            let report = database.refusal(api);
            assert!(report.contains("the step `ends`") && report.contains(word), "{ends}: {report}");
        }
        // What no text tells is noticed when it has happened, and not committed with what follows.
        let sql = Api::new()
            .resource::<Split>()
            .migration_with("ends", Before, |tx| async move { tx.sql("COMMIT", &[]).await.map(drop) });
        assert_eq!(database.launch(sql).get("/people").dispatch().status(), Status::ServiceUnavailable);
        assert_eq!(database.column("name"), ["Ada Lovelace", "Grace Hopper"]);
    }
}

/// Steps of several APIs are run in the order of these.
#[test]
fn steps_are_run_in_the_order_of_their_apis() {
    for database in Database::each() {
        let add = |text: &'static str| both(text);
        let rocket = crewed::rocket::custom(database.config())
            .attach(Api::new().at("/a").resource::<Split>().migration(
                "a",
                After,
                add("UPDATE people SET first_name = first_name || 'a'"),
            ))
            .attach(Api::new().at("/b").resource::<Split>().migration(
                "b",
                After,
                add("UPDATE people SET first_name = first_name || 'b'"),
            ));
        drop(Client::untracked(rocket).unwrap());
        assert_eq!(database.column("first_name"), ["ab", "ab"]);
    }
}
