//! Rows of resources, for functions of one's own: by the rules of the routes, and several together.

use std::thread;
use std::time::Duration;

use crewed::prelude::*;
use crewed::rocket::local::blocking::Client;
use crewed::rocket::serde::json::Json;
use crewed::value::Value as Stored;
use serde_json::{Value, json};

use crate::kit::{self, get, issues, only, post};
use crate::program::{ask, example, start_with};
use crate::store::harness::postgres_schema;

#[model]
#[derive(Debug)]
struct Part {
    #[field(min_length = 2)]
    name: String,
    weight: Option<f64>,
}

#[resource("/things")]
#[derive(Debug)]
struct Thing {
    #[field(key, generated)]
    id: i64,
    #[field(unique, min_length = 1)]
    name: String,
    count: Option<i64>,
    #[field(write_only)]
    secret: String,
    #[field(json, default)]
    parts: Vec<Part>,
    #[field(json)]
    main: Option<Part>,
    #[field(scale = 2, default = Decimal::ONE)]
    price: Decimal,
    #[field(read_only, default = 7)]
    score: i32,
    #[field(created_at)]
    created_at: DateTime<Utc>,
}

/// Whom no route adds.
#[resource("/marks", operations(list))]
struct Mark {
    #[field(key)]
    id: Uuid,
    day: NaiveDate,
}

/// What nobody is served.
#[resource("/notes", operations())]
struct Note {
    #[field(key, generated)]
    id: i64,
    #[field(min_length = 1)]
    text: String,
}

#[crewed::post("/noted/<text>")]
async fn noted(text: String, notes: Repository<Note>) -> Result<Json<i64>, HttpError> {
    let made = notes.create(NoteCreate { text }).await?;
    assert_eq!(notes.read(&made.id).await?.text, made.text);
    Ok(Json(made.id))
}

/// A resource without operations is a table that is lent to code: no route, nothing in the document.
#[test]
fn what_is_stored_need_not_be_served() {
    for base in ["", "/api"] {
        let api = Api::new().at(base).resource::<Note>().resource::<Mark>().operations(operations![noted]);
        let client = kit::client(kit::config(), api);
        let at = |path: &str| format!("{base}{path}");
        assert_eq!(post(&client, &at("/noted/a"), Value::Null).0, 200);
        assert_eq!(post(&client, &at("/noted/b"), Value::Null).1, json!(2));
        for path in ["/notes", "/notes/1"] {
            assert_eq!(get(&client, &at(path)).0, 404, "{path}");
        }
        let document = get(&client, &at("/openapi.json")).1.to_string();
        assert!(document.contains("/marks"));
        assert!(!document.contains("notes") && !document.contains("Note\""), "{document}");
    }
}

#[resource("/settings", operations(), create = "replace")]
struct Setting {
    #[field(key)]
    name: String,
    value: i64,
}

#[crewed::post("/set/<value>")]
async fn set(value: i64, settings: Repository<Setting>) -> Result<Json<i64>, HttpError> {
    let set = settings.create(SettingCreate { name: "a".to_owned(), value }).await?;
    assert_eq!(settings.list(0, 9).await?.len(), 1);
    Ok(Json(set.value))
}

#[test]
fn what_is_not_served_may_be_overwritten() {
    let api = Api::new().resource::<Setting>().operations(operations![set]);
    let client = kit::client(kit::config(), api);
    for value in [1, 2] {
        assert_eq!(post(&client, &format!("/set/{value}"), Value::Null), (200, json!(value)));
    }
}

/// A transaction within a transaction would be one that the outer undoes, or one that waits for it.
#[crewed::post("/nested")]
async fn nested(marks: Repository<Mark>) -> Result<Json<bool>, HttpError> {
    marks
        .transaction(|tx| async move {
            let inner = tx.of::<Mark>().transaction(|_| async { Ok::<_, HttpError>(()) }).await;
            assert_eq!(inner.unwrap_err().code(), 500);
            let mark = MarkCreate { id: Uuid::nil(), day: NaiveDate::MIN.with_ymd(2024, 2, 29) };
            tx.of::<Mark>().create(mark).await
        })
        .await?;
    Ok(Json(marks.list(0, 9).await?.len() == 1))
}

#[test]
fn a_transaction_has_none_of_its_own() {
    let api = Api::new().resource::<Mark>().operations(operations![nested]);
    let client = kit::client(kit::config(), api);
    assert_eq!(post(&client, "/nested", Value::Null), (200, json!(true)));
}

fn new(name: &str) -> ThingCreate {
    ThingCreate {
        name: name.to_owned(),
        count: None,
        secret: "hush".to_owned(),
        parts: vec![Part { name: "ab".to_owned(), weight: Some(0.5) }],
        main: None,
        price: Decimal::new(125, 1),
    }
}

#[crewed::post("/walk")]
async fn walk(things: Repository<Thing>, marks: Repository<Mark>) -> Result<Json<Vec<String>>, HttpError> {
    let made = things.create(new("a")).await?;
    assert_eq!((made.id, made.score, &*made.secret), (1, 7, "hush"), "{made:?}");
    assert_eq!((made.price.to_string(), made.parts[0].weight), ("12.50".to_owned(), Some(0.5)));
    let read = things.read(&1).await?;
    assert_eq!((read.created_at, &read.name), (made.created_at, &made.name));
    let patch = ThingPatch { count: Patched::Value(3), ..Default::default() };
    assert_eq!(things.patch(&1, patch).await?.count, Some(3));
    let unchanged = things.patch(&1, ThingPatch::default()).await?;
    assert_eq!((unchanged.count, &*unchanged.secret), (Some(3), "hush"));
    let nulled = things.patch(&1, ThingPatch { count: Patched::Null, ..Default::default() }).await?;
    assert_eq!(nulled.count, None);
    let other = ThingReplace {
        name: "b".to_owned(),
        count: Some(1),
        secret: "new".to_owned(),
        parts: vec![],
        main: Some(Part { name: "cd".to_owned(), weight: None }),
        price: Decimal::ONE,
    };
    let replaced = things.replace(&1, other).await?;
    assert_eq!((replaced.name, replaced.created_at), ("b".to_owned(), made.created_at));
    let names = things.list(0, 10).await?.into_iter().map(|thing| thing.name).collect();
    let mark = MarkCreate { id: Uuid::nil(), day: NaiveDate::MIN.with_ymd(2024, 2, 29) };
    assert_eq!(marks.create(mark).await?.day.to_string(), "2024-02-29");
    things.delete(&1).await?;
    let gone = things.delete(&1).await.unwrap_err();
    assert_eq!(gone, HttpError::new(404, "Not Found"));
    Ok(Json(names))
}

trait Ymd {
    fn with_ymd(self, year: i32, month: u32, day: u32) -> NaiveDate;
}

impl Ymd for NaiveDate {
    fn with_ymd(self, year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }
}

/// Makes a thing of this name, and one more.
#[crewed::post("/two/<name>/<other>")]
async fn two(name: String, other: String, things: Repository<Thing>) -> Result<Json<i64>, HttpError> {
    let names = &[name, other];
    let made = things.transaction(|tx| async move {
        let mut last = 0;
        for name in names {
            last = tx.of::<Thing>().create(new(name)).await?.id;
        }
        let rows = tx.sql("SELECT count(*) FROM things WHERE score = $1", &[7.into()]).await?;
        assert!(matches!(rows[0][0], Stored::Integer(count) if count >= 2));
        Ok::<_, HttpError>(last)
    });
    Ok(Json(made.await?))
}

#[crewed::get("/none")]
async fn none(things: Repository<Thing>) -> Result<Json<i64>, HttpError> {
    Ok(Json(things.sql("SELECT nothing", &[]).await?.len() as i64))
}

fn client() -> Client {
    let api = Api::new().resource::<Thing>().resource::<Mark>().operations(operations![walk, two, none]);
    kit::client(kit::config(), api)
}

#[test]
fn rows_come_and_go_by_the_rules_of_the_routes() {
    let client = client();
    assert_eq!(post(&client, "/walk", json!(null)), (200, json!(["b"])));
    assert_eq!(get(&client, "/marks").1[0]["day"], "2024-02-29");
    let document = get(&client, "/openapi.json").1;
    assert!(document["paths"]["/walk"]["post"]["parameters"].is_null());
}

#[test]
fn what_fails_answers_as_the_route_does_and_has_not_happened() {
    let client = client();
    assert_eq!(post(&client, "/two/a/b", Value::Null).0, 200);
    let (status, body) = post(&client, "/two/c/a", Value::Null);
    assert_eq!((status, issues(&body)), (409, only("unique", "body.name")));
    assert_eq!(body["detail"][0]["input"], "a");
    assert_eq!(get(&client, "/none"), (500, json!({"detail": "Internal Server Error"})));
    let names: Vec<Value> =
        get(&client, "/things").1.as_array().unwrap().iter().map(|thing| thing["name"].clone()).collect();
    assert_eq!(names, ["a", "b"]);
}

/// Sets a count, of which the program has not seen whether the rules allow it.
#[crewed::post("/named/<id>/<name>")]
async fn named(id: i64, name: String, things: Repository<Thing>) -> Result<Json<String>, HttpError> {
    let patch = ThingPatch { name: Patched::Value(name), ..Default::default() };
    Ok(Json(things.patch(&id, patch).await?.name))
}

/// The same, which says what becomes of it.
#[crewed::post("/mapped/<how>/<name>")]
async fn mapped(how: String, name: String, things: Repository<Thing>) -> Result<Json<i64>, HttpError> {
    let made = things.create(new(&name)).await.map_err(|error| {
        if error.code() == 409 {
            return error.header("X-Kept", "yes");
        }
        assert_eq!(error.code(), 422, "{error}");
        let [issue] = error.issues() else { panic!("{error}") };
        let told = format!("{:?} of {:?}", issue.kind, issue.loc.last());
        match how.as_str() {
            "detail" => error.detail("That is no name."),
            "new" => HttpError::new(400, "That is no name."),
            "issues" => HttpError::status(422).detail(told),
            _ => error.header("X-Kept", "yes"),
        }
    });
    Ok(Json(made?.id))
}

#[crewed::get("/listed/<limit>")]
async fn listed(limit: u64, things: Repository<Thing>) -> Result<Json<usize>, HttpError> {
    Ok(Json(things.list(0, limit).await?.len()))
}

#[crewed::get("/marked/<key>")]
async fn marked(key: String, names: Repository<Name>) -> Result<Json<String>, HttpError> {
    Ok(Json(names.read(&key).await?.name))
}

#[crewed::delete("/marked/<key>")]
async fn unmarked(key: String, names: Repository<Name>) -> Result<Json<()>, HttpError> {
    Ok(Json(names.delete(&key).await?))
}

/// What a name may be.
#[resource("/names", missing(status = 410, detail = "No such name."))]
struct Name {
    #[field(key, min_length = 2, max_length = 5)]
    name: String,
}

/// Whoever asked has not sent the values that a program makes.
#[test]
fn values_that_the_program_made_are_no_fault_of_a_clients() {
    for errors in ["fastapi", "pydantic-v1", "problem"] {
        let functions = operations![named, mapped, listed, marked, unmarked, in_a_transaction, in_an_enum];
        let api = Api::new().resource::<Thing>().resource::<Name>().operations(functions);
        let client = kit::client(kit::config().merge(("crewed.errors", errors)), api);
        let thing = json!({"name": "a", "secret": "hush"});
        assert_eq!(post(&client, "/things", thing).0, 201);
        let detail = |body: &Value| body["detail"].as_str().map(str::to_owned);
        let told = |path: &str| {
            let (status, body) = post(&client, path, Value::Null);
            (status, detail(&body))
        };
        let internal = (500, Some("Internal Server Error".to_owned()));
        // As it is, in a transaction, and through an enum of errors.
        for path in ["/named/1/%00", "/transacted/%00", "/enum/%00", "/mapped/no/%00"] {
            assert_eq!(told(path), internal, "{path} {errors}");
        }
        assert_eq!(get(&client, "/listed/100000").0, 500);
        let kept = client.post("/mapped/no/%00").dispatch();
        assert_eq!(kept.headers().get_one("x-kept"), Some("yes"));
        // Mapped, it is what it was mapped to.
        let told_as = |text: &str| Some(text.to_owned());
        assert_eq!(told("/mapped/detail/%00"), (422, told_as("That is no name.")));
        assert_eq!(told("/mapped/new/%00"), (400, told_as("That is no name.")));
        assert_eq!(told("/mapped/issues/%00"), (422, told_as("Nul of Some(Name(\"name\"))")));
        // What else there is stays what it is.
        assert_eq!(told("/named/2/b").0, 404);
        assert_eq!(post(&client, "/things", json!({"name": "b", "secret": "hush"})).0, 201);
        assert_eq!(told("/named/2/a").0, 409);
        let taken = client.post("/mapped/no/a").dispatch();
        assert_eq!((taken.status().code, taken.headers().get_one("x-kept")), (409, Some("yes")));
        // A key that no row can have is the key of none.
        for key in ["a", "toolong", "%00%00", "unknown"] {
            let path = format!("/marked/{key}");
            assert_eq!(get(&client, &path).0, 410, "{path}");
            assert_eq!(kit::delete(&client, &path).0, 410, "{path}");
        }
    }
}

#[crewed::post("/transacted/<name>")]
async fn in_a_transaction(name: String, things: Repository<Thing>) -> Result<Json<i64>, HttpError> {
    let name = &name;
    let made = things.transaction(|tx| async move { tx.of::<Thing>().create(new(name)).await });
    Ok(Json(made.await?.id))
}

#[derive(HttpError)]
enum ThingError {
    #[answer(status = 404)]
    Gone,
    #[answer(transparent)]
    Other(HttpError),
}

#[crewed::post("/enum/<name>")]
async fn in_an_enum(name: String, things: Repository<Thing>) -> Result<Json<i64>, ThingError> {
    if name == "gone" {
        return Err(ThingError::Gone);
    }
    let name = &name;
    let made = things.transaction(|tx| async move {
        tx.of::<Thing>().create(new(name)).await?;
        Ok::<_, ThingError>(tx.of::<Thing>().read(&1).await?)
    });
    Ok(Json(made.await?.id))
}

#[crewed::get("/asks")]
async fn asks(_things: Repository<Thing>) -> &'static str {
    "never"
}

#[test]
fn rows_that_nobody_serves_are_told_at_launch() {
    let rocket = crewed::rocket::custom(kit::config()).attach(Api::new().operations(operations![asks]));
    let refused = crewed::rocket::async_test(crewed::ignite(rocket)).map(drop).unwrap_err().to_string();
    assert!(refused.contains("`asks` takes `Repository<Thing>`, but no API serves it"), "{refused}");
}

#[test]
fn a_rocket_lends_its_rows_to_tasks() {
    let client = client();
    let things: Repository<Thing> = Repository::of(client.rocket()).unwrap();
    let made = crewed::rocket::async_test(async move { things.create(new("task")).await });
    // Another runtime than the store's: the answer comes all the same.
    assert_eq!(made.unwrap().name, "task");
    assert!(Repository::<Nobody>::of(client.rocket()).is_none());
}

#[resource("/nobody")]
struct Nobody {
    #[field(key)]
    id: i64,
}

/// The example `transfer`: whoever moves what to whom at the same time, no money is lost or made.
#[test]
fn no_money_is_lost_between_accounts() {
    let folder = tempfile::TempDir::new().unwrap();
    for store in ["sqlite:transfer.db".to_owned(), postgres_schema()] {
        let environment = [("ROCKET_CREWED".to_owned(), format!("{{store=\"{store}\"}}"))];
        let program = start_with(&example("transfer"), folder.path(), &environment);
        let port = program.port;
        let send = |path: &str, body: Value| {
            let body = body.to_string();
            let request = format!(
                "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: \
                 application/json\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            ask(port, request.as_bytes())
        };
        for name in ["a", "b", "c"] {
            assert_eq!(send("/accounts", json!({"name": name, "balance": 100})).status, 201);
        }
        let moved: i64 = thread::scope(|scope| {
            let move_some = |from: &'static str, to: &'static str| {
                move || {
                    let mut moved = 0;
                    for amount in 1..=15 {
                        let order = json!({"from": from, "to": to, "amount": amount});
                        match send("/transfers", order).status {
                            200 => moved += 1,
                            409 => {}
                            // Whoever was in the way too often may ask again.
                            503 => thread::sleep(Duration::from_millis(20)),
                            other => panic!("{other}"),
                        }
                    }
                    moved
                }
            };
            let ways = [("a", "b"), ("b", "c"), ("c", "a"), ("b", "a"), ("a", "c"), ("c", "b")];
            let threads = ways.map(|(from, to)| scope.spawn(move_some(from, to)));
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        let json = |path: &str| -> Value {
            let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            serde_json::from_slice(&ask(port, request.as_bytes()).body).unwrap()
        };
        assert_eq!(json("/total"), json!({"balance": 300}));
        let accounts = json("/accounts");
        assert!(accounts.as_array().unwrap().iter().all(|account| account["balance"].as_i64() >= Some(0)));
        let transfers = json("/transfers?limit=1000");
        assert_eq!(transfers.as_array().unwrap().len() as i64, moved, "each that succeeded is noted, once");
        assert!(moved > 10, "{moved}");
    }
}
