//! What the document says of functions whose answers are unusual.

use crewed::prelude::*;
use crewed::rocket::fs::NamedFile;
use crewed::rocket::http::Status;
use crewed::rocket::request::{FromRequest, Outcome, Request};
use crewed::rocket::response::Redirect;
use crewed::rocket::response::status::NotFound;
use crewed::rocket::serde::json::Json;
use crewed::{get, post};
use serde_json::{Value, json};

use crate::kit::{client, config};

#[model]
struct Item {
    name: String,
}

type Answer<T> = Result<T, ItemError>;

#[derive(Debug, HttpError)]
enum ItemError {
    /// It was there before.
    #[answer(status = 410)]
    Gone,
}

struct User;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for User {
    type Error = ItemError;

    async fn from_request(_: &'r Request<'_>) -> Outcome<Self, ItemError> {
        Outcome::Error((Status::Gone, ItemError::Gone))
    }
}

#[get("/status")]
fn status() -> (Status, Json<Item>) {
    (Status::Ok, Json(Item { name: String::new() }))
}

#[get("/bare")]
fn bare() -> Status {
    Status::Accepted
}

#[get("/redirect")]
fn redirect() -> Redirect {
    Redirect::to("/")
}

#[get("/file")]
async fn file() -> Option<NamedFile> {
    NamedFile::open("Cargo.toml").await.ok()
}

#[get("/alias")]
fn alias() -> Answer<Json<Item>> {
    Err(ItemError::Gone)
}

#[get("/failing")]
fn failing() -> Result<Json<Item>, NotFound<Json<Item>>> {
    Err(NotFound(Json(Item { name: String::new() })))
}

#[get("/guarded")]
fn guarded(_user: User) -> Json<Item> {
    Json(Item { name: String::new() })
}

#[get("/said", name = "said_v2", response(200, "The item."), response(410, "Gone.", model = Item))]
fn said_plainly() -> Json<Item> {
    Json(Item { name: String::new() })
}

mod one {
    use super::*;

    #[post("/one")]
    pub fn create(#[param(form)] name: String, #[param(form)] size: i64) -> String {
        format!("{name} {size}")
    }
}

mod two {
    use super::*;

    #[post("/two")]
    pub fn create(#[param(form)] other: String) -> String {
        other
    }
}

#[get("/unsaid", response(200), response(202), response(404), response(409, model = Item))]
fn unsaid() -> Json<Item> {
    Json(Item { name: String::new() })
}

#[post("/unsaid", status = 204, response(204), response(404))]
fn nothing_unsaid() {}

macro_rules! declared {
    ($name:ident, $path:literal, $body:ty, $answer:ty) => {
        #[post($path)]
        fn $name(item: $body) -> $answer {
            Ok(item)
        }
    };
}

declared!(by_macro, "/by-macro", Json<Item>, Result<Json<Item>, ItemError>);

#[test]
fn what_is_answered_is_described() {
    let functions = operations![
        status,
        bare,
        redirect,
        file,
        alias,
        failing,
        guarded,
        said_plainly,
        one::create,
        two::create,
        by_macro,
        unsaid,
        nothing_unsaid
    ];
    let client = client(config(), Api::new().operations(functions));
    let document: Value = client.get("/openapi.json").dispatch().into_json().unwrap();
    let answers = |path: &str| {
        let operation = document["paths"][path].as_object().unwrap().values().next().unwrap();
        operation["responses"].clone()
    };
    let item = json!({"$ref": "#/components/schemas/Item"});
    let keys = |path: &str| answers(path).as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(answers("/status")["200"]["content"]["application/json"]["schema"], item);
    assert_eq!(keys("/bare"), ["200"]);
    assert_eq!(keys("/redirect"), ["303"]);
    assert_eq!(keys("/file"), ["200", "404"]);
    assert_eq!(
        answers("/file")["200"]["content"]["application/octet-stream"]["schema"],
        json!({"type": "string", "format": "binary"})
    );
    assert_eq!(keys("/alias"), ["200", "410"]);
    assert_eq!(answers("/alias")["200"]["content"]["application/json"]["schema"], item);
    assert_eq!(keys("/failing"), ["200", "404"]);
    assert_eq!(answers("/failing")["404"]["content"]["application/json"]["schema"], item);
    assert_eq!(keys("/guarded"), ["200", "410"]);
    assert_eq!(answers("/guarded")["410"]["description"], "It was there before.");
    let said = &document["paths"]["/said"]["get"];
    assert_eq!((&said["operationId"], &said["summary"]), (&json!("said_v2"), &json!("Said Plainly")));
    assert_eq!(answers("/said")["200"]["description"], "The item.");
    assert_eq!(answers("/said")["200"]["content"]["application/json"]["schema"], item);
    assert_eq!(answers("/said")["410"]["content"]["application/json"]["schema"], item);
    let words = |method: &str| {
        let answers = document["paths"]["/unsaid"][method]["responses"].as_object().unwrap();
        answers.iter().map(|(status, a)| format!("{status} {}", a["description"].as_str().unwrap())).collect()
    };
    let said: Vec<String> = words("get");
    assert_eq!(said, ["200 Successful Response", "202 Accepted", "404 Not Found", "409 Conflict"]);
    let said: Vec<String> = words("post");
    assert_eq!(said, ["204 Successful Response", "404 Not Found"]);
    assert_eq!(answers("/unsaid")["409"]["content"]["application/json"]["schema"], item);
    let body = |path: &str| {
        let content = &document["paths"][path]["post"]["requestBody"]["content"];
        let schema = content.as_object().unwrap().values().next().unwrap()["schema"]["$ref"].clone();
        let name = schema.as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        document["components"]["schemas"][name]["required"].clone()
    };
    assert_eq!(body("/one"), json!(["name", "size"]));
    assert_eq!(body("/two"), json!(["other"]));
    assert_eq!(keys("/by-macro"), ["200", "410", "422"]);
    assert_eq!(answers("/by-macro")["200"]["content"]["application/json"]["schema"], item);
    crate::document::golden("openapi_described.json", &document);
}
