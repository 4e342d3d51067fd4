//! The APIs of one rocket share a store, which is looked at last of all and changed when nothing can stop the launch.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crewed::prelude::*;
use crewed::rocket::fairing::AdHoc;
use crewed::rocket::figment::Figment;
use crewed::rocket::http::Status;
use crewed::rocket::local::blocking::Client;
use crewed::rocket::serde::json::Json;
use crewed::rocket::{Build, Rocket, State, get, routes};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::kit::{config, get as ask, post};
use crate::store::harness::wait;

#[resource("/users")]
#[derive(Debug)]
struct User {
    #[field(key)]
    name: String,
    #[field(write_only)]
    secret: String,
}

#[resource("/groups")]
struct Group {
    #[field(key, generated)]
    id: i64,
    #[field(unique)]
    title: String,
}

/// Another resource on the table of `User`.
#[resource("/people", table = "Users")]
struct Person {
    #[field(key)]
    name: String,
}

/// The table of `User` with another name for a column.
#[resource("/users")]
struct Renamed {
    #[field(key, was = "name")]
    title: String,
    #[field(write_only)]
    secret: String,
}

/// Adds a user and a group, or neither.
#[crewed::post("/both")]
async fn both(users: Repository<User>, title: Title) -> Result<Json<i64>, HttpError> {
    let title = &title.title;
    let added = users.transaction(|tx| async move {
        tx.of::<User>().create(UserCreate { name: title.clone(), secret: "s".into() }).await?;
        tx.of::<Group>().create(GroupCreate { title: title.clone() }).await
    });
    Ok(Json(added.await?.id))
}

#[model]
struct Title {
    title: String,
}

fn two_apis() -> [Api; 2] {
    [
        Api::new().at("/v1").resource::<User>().operations(operations![both]),
        Api::new().at("/v2").resource::<Group>().resource::<User>(),
    ]
}

fn rocket(figment: Figment, apis: impl IntoIterator<Item = Api>) -> Rocket<Build> {
    apis.into_iter().fold(crewed::rocket::custom(figment), Rocket::attach)
}

fn refusal(rocket: Rocket<Build>) -> String {
    wait(crewed::ignite(rocket)).map(drop).unwrap_err().to_string()
}

#[test]
fn a_resource_of_two_apis_is_one_table() {
    let client = Client::untracked(rocket(config(), two_apis())).unwrap();
    let ada = json!({"name": "ada", "secret": "x"});
    assert_eq!(post(&client, "/v1/users", ada.clone()).0, 201);
    assert_eq!(ask(&client, "/v2/users"), (200, json!([{"name": "ada"}])));
    let located = client.post("/v2/users").json(&json!({"name": "bob", "secret": ""})).dispatch();
    assert_eq!(located.headers().get_one("location"), Some("/v2/users/bob"));
    assert_eq!(post(&client, "/v2/users", ada).0, 409);
    let rows = Repository::<User>::of(client.rocket()).unwrap();
    assert_eq!(wait(rows.list(0, 9)).unwrap().len(), 2);
    assert_eq!(wait(rows.read(&"ada".to_owned())).unwrap().secret, "x");
}

/// A transaction reaches the resources of every API of the rocket.
#[test]
fn a_transaction_spans_apis() {
    let client = Client::untracked(rocket(config(), two_apis())).unwrap();
    assert_eq!(post(&client, "/v1/both", json!({"title": "one"})), (200, json!(1)));
    assert_eq!(post(&client, "/v2/groups", json!({"title": "two"})).0, 201);
    // The title is taken by a group, and so there is no user of that name either.
    assert_eq!(post(&client, "/v1/both", json!({"title": "two"})).0, 409);
    assert_eq!(ask(&client, "/v1/users"), (200, json!([{"name": "one"}])));
    assert_eq!(ask(&client, "/v2/users/two").0, 404);
}

#[test]
fn two_resources_of_one_table_are_refused_across_apis() {
    let apis = [Api::new().resource::<User>(), Api::new().at("/v2").resource::<Person>()];
    let report = refusal(rocket(config(), apis));
    assert!(
        report.contains("the resources `User` and `Person` are both stored in the table `Users`"),
        "{report}"
    );
}

/// What is wrong with several APIs stands in one message, and the configuration's mistakes once.
#[test]
fn everything_wrong_with_all_apis_is_told_at_once() {
    let apis = [Api::new().at("x").resource::<User>(), Api::new().at("/y/").resource::<Person>()];
    let report = refusal(rocket(config().merge(("crewed.stroe", 1)), apis));
    for part in ["`.at(\"x\")` is no base", "`.at(\"/y/\")` is no base", "both stored in the table"] {
        assert_eq!(report.matches(part).count(), 1, "`{part}`\n{report}");
    }
    assert_eq!(report.matches("unknown key `stroe`").count(), 1, "{report}");
    assert_eq!(report.matches("crewed cannot launch").count(), 1, "{report}");
}

#[get("/users/<anybody>")]
fn anybody(anybody: &str) -> &str {
    anybody
}

/// What later fairings bring is seen, and so is an API that a fairing attaches.
#[test]
fn apis_are_put_together_after_all_other_fairings() {
    let later = AdHoc::on_ignite("routes", |rocket| async { rocket.mount("/", routes![anybody]) });
    let rocket_of = |api: Api| crewed::rocket::custom(config()).attach(api).attach(later);
    let report = refusal(rocket_of(Api::new().resource::<User>()));
    assert!(report.contains("by the route `GET /users/<anybody>` (anybody)"), "{report}");

    let nested = AdHoc::on_ignite("outer", |rocket| async {
        rocket.attach(AdHoc::on_ignite("inner", |rocket| async {
            rocket.attach(Api::new().at("/inner").resource::<Group>())
        }))
    });
    let rocket = crewed::rocket::custom(config()).attach(nested).attach(Api::new().resource::<User>());
    let client = Client::untracked(rocket).unwrap();
    assert_eq!(post(&client, "/inner/groups", json!({"title": "a"})).0, 201);
    assert_eq!(ask(&client, "/users").0, 200);
}

/// A database that stays from launch to launch.
struct Stored(TempDir);

impl Stored {
    fn new() -> Self {
        Stored(TempDir::new().unwrap())
    }

    fn path(&self) -> std::path::PathBuf {
        self.0.path().join("a.db")
    }

    fn config(&self) -> Figment {
        config().merge(("crewed.store", format!("sqlite:{}", self.path().display())))
    }

    fn columns(&self) -> Vec<String> {
        let connection = rusqlite::Connection::open(self.path()).unwrap();
        let mut statement = connection.prepare("SELECT name FROM pragma_table_info('users')").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    /// With one user in it.
    fn filled() -> Self {
        let stored = Stored::new();
        let client = Client::untracked(rocket(stored.config(), [Api::new().resource::<User>()])).unwrap();
        assert_eq!(post(&client, "/users", json!({"name": "ada", "secret": "x"})).0, 201);
        drop(client);
        stored
    }
}

struct Unmanaged;

#[get("/hello")]
fn hello() -> &'static str {
    "hello"
}

#[get("/hello")]
fn again() -> &'static str {
    "again"
}

#[get("/state")]
fn needs_state(_state: &State<Unmanaged>) -> &'static str {
    "state"
}

/// Whatever stops a launch, also after all fairings have ignited, stops it before the database is changed.
#[test]
fn nothing_is_changed_for_a_program_that_will_not_run() {
    for stored in [Stored::new(), Stored::filled()] {
        let before = stored.path().exists().then(|| std::fs::read(stored.path()).unwrap());
        let api = || [Api::new().resource::<Renamed>()];
        // Two routes of the user's that collide, and a sentinel: Rocket looks at both last.
        let colliding = rocket(stored.config(), api()).mount("/", routes![hello, again]);
        assert!(refusal(colliding).contains("collisions"));
        let aborted = rocket(stored.config(), api()).mount("/", routes![needs_state]);
        assert!(refusal(aborted).contains("sentinel"));
        // A port that another program has.
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let figment = stored.config().merge(("address", "127.0.0.1")).merge(("port", port));
        let ignited = wait(crewed::ignite(rocket(figment, api()))).unwrap();
        let error = wait(ignited.launch()).map(drop).unwrap_err();
        assert!(matches!(error.kind(), crewed::rocket::error::ErrorKind::Bind(_)), "{error}");
        // And a rocket that is ignited and left alone.
        drop(wait(crewed::ignite(rocket(stored.config(), api()))).unwrap());
        let after = stored.path().exists().then(|| std::fs::read(stored.path()).unwrap());
        assert_eq!(before, after);
    }
    // The same declaration, launched.
    let stored = Stored::filled();
    let client = Client::untracked(rocket(stored.config(), [Api::new().resource::<Renamed>()])).unwrap();
    assert_eq!(ask(&client, "/users"), (200, json!([{"title": "ada"}])));
    drop(client);
    assert_eq!(stored.columns(), ["title", "secret"]);
}

/// A fairing of the user's that asks for rows on liftoff finds them, in whatever order the fairings lift off.
#[test]
fn rows_are_there_for_what_happens_on_liftoff() {
    let seen = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&seen);
    let seed = AdHoc::on_liftoff("seed", move |rocket| {
        let count = Arc::clone(&count);
        Box::pin(async move {
            let users = Repository::<User>::of(rocket).unwrap();
            users.create(UserCreate { name: "seed".into(), secret: "s".into() }).await.unwrap();
            count.store(users.list(0, 9).await.unwrap().len(), Ordering::SeqCst);
        })
    });
    let stored = Stored::new();
    let rocket = crewed::rocket::custom(stored.config()).attach(seed).attach(Api::new().resource::<User>());
    let client = Client::untracked(rocket).unwrap();
    assert_eq!(seen.load(Ordering::SeqCst), 1);
    assert_eq!(ask(&client, "/users/seed").0, 200);
}

/// A program that only wants the rows ignites its rocket and does not launch it.
#[test]
fn a_rocket_that_is_not_launched_has_rows() {
    let stored = Stored::new();
    let ignited = wait(crewed::ignite(rocket(stored.config(), [Api::new().resource::<User>()]))).unwrap();
    assert!(!stored.path().exists());
    let users = Repository::<User>::of(&ignited).unwrap();
    wait(users.create(UserCreate { name: "ada".into(), secret: "s".into() })).unwrap();
    assert_eq!(wait(users.list(0, 9)).unwrap().len(), 1);
}

/// What goes wrong with the database between ignition and liftoff ends the program; until then it answers 503.
#[test]
fn a_store_that_cannot_be_opened_on_liftoff_answers_503() {
    let stored = Stored::new();
    let path = stored.path();
    let spoils = AdHoc::on_liftoff("spoils", move |_| {
        let path = path.clone();
        Box::pin(async move {
            let connection = rusqlite::Connection::open(path).unwrap();
            connection.execute_batch("CREATE VIEW users AS SELECT 1 AS name").unwrap();
        })
    });
    let rocket = crewed::rocket::custom(stored.config()).attach(spoils).attach(Api::new().resource::<User>());
    let client = Client::untracked(rocket).unwrap();
    let answer = client.get("/users").dispatch();
    assert_eq!(answer.status(), Status::ServiceUnavailable);
    assert_eq!(answer.headers().get_one("retry-after"), Some("1"));
    assert_eq!(ask(&client, "/openapi.json").0, 200);
    // And nobody else can hold up what is already ending.
    assert!(wait(async {
        client.rocket().shutdown().await;
        true
    }));
}

/// Many who ask at the first moment, some of whom give up, open one store.
#[test]
fn a_store_is_opened_once_whoever_gives_up() {
    let stored = Stored::new();
    let ignited = wait(crewed::ignite(rocket(stored.config(), [Api::new().resource::<User>()]))).unwrap();
    let users = Repository::<User>::of(&ignited).unwrap();
    wait(async {
        let tasks = (0..32).map(|number| {
            let users = users.clone();
            crewed::rocket::tokio::spawn(async move {
                let new = UserCreate { name: format!("user {number}"), secret: "s".into() };
                let created = users.create(new);
                // Every third gives up at once.
                match number % 3 {
                    0 => drop(crewed::rocket::tokio::time::timeout(Default::default(), created).await),
                    _ => drop(created.await.unwrap()),
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
    });
    let count = wait(users.list(0, 99)).unwrap().len();
    assert!((21..=32).contains(&count), "{count}");
}

/// The rows of two rockets in one program are apart, unless they are in one place.
#[test]
fn rockets_have_stores_of_their_own() {
    let client = || {
        Client::untracked(rocket(config().merge(("crewed.store", "sqlite::memory:")), two_apis())).unwrap()
    };
    let (one, two) = (client(), client());
    post(&one, "/v1/users", json!({"name": "ada", "secret": "x"}));
    assert_eq!(ask(&two, "/v1/users").1, Value::Array(Vec::new()));
    let stored = Stored::new();
    let client = || Client::untracked(rocket(stored.config(), two_apis())).unwrap();
    let (one, two) = (client(), client());
    post(&one, "/v1/users", json!({"name": "ada", "secret": "x"}));
    assert_eq!(ask(&two, "/v2/users/ada").0, 200);
}
