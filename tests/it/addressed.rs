//! Resources whose values stand in the address: `inputs = "path"` and `inputs = "query"`; creates that
//! overwrite, and replies of a status alone.

use crewed::prelude::*;
use crewed::rocket::http::Method;
use crewed::rocket::local::blocking::Client;
use serde_json::{Value, json};

use crate::kit::{config, delete, get, issues, json_of, only, send};

#[model(int)]
#[derive(Clone, Debug)]
enum Priority {
    Low = 1,
    High = 5,
}

/// A job, described by its address.
#[resource("/jobs", inputs = "path")]
struct Job {
    #[field(key, generated)]
    id: i64,
    #[field(min_length = 2)]
    title: String,
    priority: Priority,
    #[field(created_at)]
    created_at: DateTime<Utc>,
}

#[resource("/notes", inputs = "query", create = "replace", missing(status = 410, detail = "Gone."))]
struct Note {
    #[field(key)]
    name: String,
    #[field(unique)]
    place: Option<i32>,
    #[field(json, default, ge = 0)]
    marks: Vec<i64>,
    #[field(default = "plain")]
    kind: String,
    #[field(write_only)]
    secret: Option<String>,
    #[field(created_at)]
    created_at: DateTime<Utc>,
    #[field(updated_at)]
    updated_at: DateTime<Utc>,
}

/// Stored by a body, and answered as the tutorial does.
#[resource(
    "/people",
    replies = "status",
    create = "replace",
    operations(create, read, replace, patch, delete)
)]
struct Person {
    #[field(key)]
    name: String,
    age: u8,
}

fn client() -> Client {
    let api = Api::new().at("/api").resource::<Job>().resource::<Note>().resource::<Person>();
    crate::kit::client(config(), api)
}

fn post(client: &Client, path: &str) -> (u16, Value) {
    json_of(send(client, Method::Post, path, None))
}

#[test]
fn values_stand_in_the_path() {
    let client = client();
    let created = send(&client, Method::Post, "/api/jobs/title/wash%20up/priority/5", None);
    assert_eq!(created.headers().get_one("location"), Some("/api/jobs/id/1"));
    let (status, job) = json_of(created);
    assert_eq!(
        (status, &job["id"], &job["title"], &job["priority"]),
        (201, &json!(1), &json!("wash up"), &json!(5))
    );
    let (status, job) = json_of(send(&client, Method::Put, "/api/jobs/id/1/title/cook/priority/1", None));
    assert_eq!((status, &job["title"], &job["priority"]), (200, &json!("cook"), &json!(1)));
    assert_eq!(get(&client, "/api/jobs/id/1?anything=1").1, job);
    let (status, body) = post(&client, "/api/jobs/title/x/priority/3");
    let told = [only("string_too_short", "path.title"), only("enum", "path.priority")];
    assert_eq!((status, issues(&body)), (422, told.concat()));
    let (status, body) = json_of(send(&client, Method::Put, "/api/jobs/id/x/title/y/priority/1", None));
    assert_eq!(
        (status, issues(&body)),
        (422, [only("int_parsing", "path.id"), only("string_too_short", "path.title")].concat())
    );
    assert_eq!(delete(&client, "/api/jobs/id/1").0, 204);
    assert_eq!(get(&client, "/api/jobs/id/1"), (404, json!({"detail": "Not Found"})));
    for path in ["/api/jobs", "/api/jobs/1", "/api/jobs/id"] {
        assert_eq!(get(&client, path).0, 404, "{path}");
    }
    let (status, body) = get(&client, "/api/jobs/id/%ff");
    assert_eq!((status, issues(&body)), (422, only("string_unicode", "path.id")));
}

#[test]
fn values_stand_in_the_query() {
    let client = client();
    let (status, note) = post(&client, "/api/notes?name=&place=7&marks=1&marks=2&secret=s&ignored=1");
    assert_eq!((status, &note["name"], &note["place"]), (200, &json!(""), &json!(7)), "an empty key is one");
    assert_eq!((&note["marks"], &note["kind"], note.get("secret")), (&json!([1, 2]), &json!("plain"), None));
    assert_eq!(get(&client, "/api/notes?name="), (200, note));
    let (status, body) = get(&client, "/api/notes");
    assert_eq!((status, &body["detail"][0]["input"]), (422, &Value::Null));
    assert_eq!(issues(&body), only("missing", "query.name"));
    let (status, body) = post(&client, "/api/notes?place=x&marks=-1&marks=y");
    let told = [
        only("missing", "query.name"),
        only("int_parsing", "query.place"),
        only("greater_than_equal", "query.marks.0"),
        only("int_parsing", "query.marks.1"),
    ];
    assert_eq!((status, issues(&body)), (422, told.concat()));
    let missing = (410, json!({"detail": "Gone."}));
    assert_eq!(json_of(send(&client, Method::Put, "/api/notes?name=b", None)), missing);
    assert_eq!(get(&client, "/api/notes?name=b"), missing);
    assert_eq!(delete(&client, "/api/notes?name=").0, 204);
    // There is no list, and no patch.
    let refused = send(&client, Method::Patch, "/api/notes?name=b", None);
    assert_eq!(refused.headers().get_one("allow"), Some("DELETE, GET, POST, PUT"));
}

#[test]
fn a_create_overwrites() {
    let client = client();
    let (_, first) = post(&client, "/api/notes?name=a&place=1&marks=1&kind=odd");
    let (status, second) = post(&client, "/api/notes?name=a&place=2");
    assert_eq!((status, &second["place"], &second["marks"]), (200, &json!(2), &json!([])));
    assert_eq!((&second["kind"], &second["created_at"]), (&json!("plain"), &first["created_at"]));
    assert_ne!(second["updated_at"], first["updated_at"]);
    post(&client, "/api/notes?name=b&place=3");
    let (status, body) = post(&client, "/api/notes?name=a&place=3");
    assert_eq!((status, issues(&body)), (409, only("unique", "query.place")));
    assert_eq!(body["detail"][0]["input"], "3");
    let (status, body) = json_of(send(&client, Method::Put, "/api/notes?name=a&place=3", None));
    assert_eq!((status, issues(&body)), (409, only("unique", "query.place")));
}

#[test]
fn replies_may_be_a_status() {
    let client = client();
    let success = (200, json!({"status": "success"}));
    let body = |age: u8| Some(json!({"name": "ada", "age": age}));
    assert_eq!(json_of(send(&client, Method::Post, "/api/people", body(36))), success);
    assert_eq!(json_of(send(&client, Method::Post, "/api/people", body(37))), success);
    assert_eq!(get(&client, "/api/people/ada"), (200, json!({"age": 37})));
    assert_eq!(json_of(send(&client, Method::Put, "/api/people/ada", Some(json!({"age": 38})))), success);
    assert_eq!(json_of(send(&client, Method::Patch, "/api/people/ada", Some(json!({})))), success);
    assert_eq!(json_of(send(&client, Method::Patch, "/api/people/ada", Some(json!({"age": 39})))), success);
    assert_eq!(get(&client, "/api/people/ada"), (200, json!({"age": 39})));
    assert_eq!(delete(&client, "/api/people/ada"), success);
    assert_eq!(delete(&client, "/api/people/ada").0, 404);
}

#[test]
fn the_document_says_where_values_stand() {
    let client = client();
    let (_, document) = get(&client, "/api/openapi.json");
    let create = &document["paths"]["/api/jobs/title/{title}/priority/{priority}"]["post"];
    let named = |operation: &Value| {
        let named = |p: &Value| format!("{} {}", p["in"].as_str().unwrap(), p["name"].as_str().unwrap());
        operation["parameters"].as_array().unwrap().iter().map(named).collect::<Vec<_>>()
    };
    assert_eq!(named(create), ["path title", "path priority"]);
    assert!(create.get("requestBody").is_none());
    let replace = &document["paths"]["/api/jobs/id/{id}/title/{title}/priority/{priority}"]["put"];
    assert_eq!(named(replace), ["path id", "path title", "path priority"]);
    let notes = &document["paths"]["/api/notes"];
    assert_eq!(
        named(&notes["post"]),
        ["query name", "query place", "query marks", "query kind", "query secret"]
    );
    assert_eq!(notes["post"]["parameters"][0]["required"], true);
    assert!(notes["post"]["parameters"][1].get("required").is_none());
    assert_eq!(named(&notes["get"]), ["query name"]);
    assert!(notes["post"]["responses"].get("201").is_none());
    assert!(notes["get"]["responses"].get("410").is_some());
    let read =
        &document["paths"]["/api/people/{name}"]["get"]["responses"]["200"]["content"]["application/json"];
    assert_eq!(read["schema"]["required"], json!(["age"]));
    let schemas = document["components"]["schemas"].as_object().unwrap();
    assert_eq!(schemas["Priority"]["enum"], json!([1, 5]));
}
