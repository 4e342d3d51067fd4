//! Functions under `#[get]` and its like: what they take, what they answer, what is said of them.

mod answers;
mod bodies;
mod documented;
mod forms;
mod guards;
mod table;

use crewed::prelude::*;
use crewed::rocket::data::Data;
use crewed::rocket::fs::TempFile;
use crewed::rocket::http::{ContentType, CookieJar, Header, Method, Status};
use crewed::rocket::local::blocking::Client;
use crewed::rocket::request::{FromRequest, Outcome, Request};
use crewed::rocket::response::Redirect;
use crewed::rocket::response::stream::{ByteStream, Event, EventStream};
use crewed::rocket::serde::json::Json;
use crewed::rocket::{State, catch, catchers};
use crewed::{delete, get, head, options, patch, post, put};
use serde_json::{Value, json};

use crate::kit::{config, get as ask, issues, json_of, only, post as send, send as request};

// ------------------------------------------------------------------------------------------ guards

struct Counter(i64);

/// Whoever sends the right token; else their request is answered by the guard.
struct Caller(String);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Caller {
    type Error = HttpError;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, HttpError> {
        match request.headers().get_one("authorization") {
            Some("secret") => Outcome::Success(Caller("ada".to_owned())),
            _ => {
                let error = HttpError::new(401, "Who are you").header("WWW-Authenticate", "Bearer");
                Outcome::Error((Status::Unauthorized, error))
            }
        }
    }
}

#[derive(Debug, HttpError)]
enum Refusal {
    /// No key was sent.
    #[answer(status = 403, detail = "No key.")]
    NoKey,
    /// The key is a wrong one.
    #[answer(status = 403, detail = "Wrong key {0}, not {{0}}.")]
    Wrong(String),
}

/// Whoever has a key.
struct Keyed;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Keyed {
    type Error = Refusal;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        match request.headers().get_one("x-key") {
            Some("right") => Outcome::Success(Keyed),
            Some(other) => Outcome::Error((Status::Forbidden, Refusal::Wrong(other.to_owned()))),
            None => Outcome::Error((Status::Forbidden, Refusal::NoKey)),
        }
    }
}

/// Fails without an answer of its own, and passes on what is not for it.
struct Odd<'r>(&'r str);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Odd<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match request.headers().get_one("x-odd") {
            Some("forward") => Outcome::Forward(Status::ImATeapot),
            Some("fail") => Outcome::Error((Status::PaymentRequired, ())),
            Some(other) => Outcome::Success(Odd(other)),
            None => Outcome::Success(Odd("none")),
        }
    }
}

#[get("/state/<n>")]
async fn with_state(n: i64, counter: &State<Counter>, cookies: &CookieJar<'_>) -> String {
    format!("{} {}", n + counter.0, cookies.get("a").map_or("-", |c| c.value()))
}

#[get("/caller/<n>")]
fn with_caller(n: i64, caller: Caller) -> String {
    format!("{} {n}", caller.0)
}

#[get("/keyed")]
fn with_key(_key: Keyed) -> &'static str {
    "open"
}

#[get("/maybe-caller")]
fn with_maybe(caller: Option<Caller>) -> &'static str {
    if caller.is_some() { "known" } else { "unknown" }
}

#[get("/odd")]
fn with_odd<'a>(odd: Odd<'a>, method: Method) -> String {
    format!("{} {method}", odd.0)
}

/// Has what the functions pass on.
#[rocket::get("/<_>", rank = 2)]
fn behind() -> &'static str {
    "behind"
}

// ------------------------------------------------------------------------------------------ bodies

#[model]
struct Item {
    #[field(min_length = 1)]
    name: String,
    #[field(default = 1)]
    count: u8,
}

#[model]
struct Note {
    text: String,
}

#[post("/json")]
fn json_body(item: Json<Item>) -> Json<u8> {
    Json(item.count)
}

#[post("/data-model", data = "<item>")]
fn data_model(item: Item) -> String {
    item.name
}

#[post("/data-json", data = "<item>")]
fn data_json(item: Json<Item>) -> String {
    item.into_inner().name
}

#[post("/data-text/<n>", data = "<text>")]
fn data_text(n: i64, text: String) -> String {
    format!("{n} {text}")
}

#[put("/data-raw", data = "<data>")]
async fn data_raw(data: Data<'_>) -> String {
    let bytes = data.open(crewed::rocket::data::ByteUnit::Byte(64)).into_bytes().await;
    format!("{}", bytes.map_or(0, |bytes| bytes.len()))
}

#[post("/data-file", data = "<file>")]
fn data_file(file: TempFile<'_>) -> String {
    file.len().to_string()
}

#[post("/several")]
fn several(
    item: Item,
    note: Option<Note>,
    #[param(body, default = 7)] times: i32,
    #[param(body)] tags: Option<Vec<String>>,
) -> Json<Value> {
    Json(json!({"item": item, "note": note, "times": times, "tags": tags}))
}

#[post("/default")]
fn with_default(#[param(default = Note { text: "none".to_owned() })] note: Note) -> String {
    note.text
}

// ------------------------------------------------------------------------------------------- forms

#[model]
#[serde(rename_all = "lowercase")]
enum Mood {
    Calm,
    Cross,
}

#[post("/form")]
fn form(
    #[param(form, min_length = 2)] username: String,
    #[param(form, ge = 0)] age: Option<u8>,
    #[param(form)] tags: Option<Vec<String>>,
    #[param(form, default = Mood::Calm)] mood: Mood,
) -> Json<Value> {
    Json(json!({"username": username, "age": age, "tags": tags, "mood": mood}))
}

#[model]
struct Login {
    #[field(min_length = 2)]
    username: String,
    remember: Option<bool>,
}

#[post("/login")]
fn login(#[param(form)] login: Login) -> Json<Login> {
    Json(login)
}

#[post("/files/<id>")]
fn files(
    id: i64,
    #[param(form)] file: Upload,
    #[param(form)] more: Option<Vec<Upload>>,
    #[param(form)] note: Option<String>,
) -> Json<Value> {
    let more: Vec<usize> = more.iter().flatten().map(Upload::len).collect();
    Json(json!({
        "id": id,
        "name": file.file_name(),
        "type": file.content_type(),
        "text": String::from_utf8_lossy(file.bytes()),
        "more": more,
        "note": note,
    }))
}

// ----------------------------------------------------------------------------------------- answers

#[get("/none")]
fn none() -> Option<&'static str> {
    None
}

#[get("/null")]
fn null() -> Json<Option<i64>> {
    Json(None)
}

#[get("/failed/<how>")]
fn failed(how: String) -> Result<String, HttpError> {
    match how.as_str() {
        "json" => Err(HttpError::status(409).detail(json!({"by": [1]}))),
        "headers" => {
            Err(HttpError::new(401, "No").header("X-A", "1").header("X-A", "2").header("X-B", "a\nb"))
        }
        "fine" => Ok(how),
        _ => Err(HttpError::status(418).detail(format!("{how} is a teapot"))),
    }
}

#[get("/status")]
fn status() -> Status {
    Status::ServiceUnavailable
}

#[get("/pair")]
fn pair() -> (Status, (ContentType, &'static str)) {
    (Status::Accepted, (ContentType::HTML, "<b>"))
}

#[post("/made", status = 201)]
fn made() -> Json<Note> {
    Json(Note { text: "made".to_owned() })
}

#[post("/made-or-not/<ok>", status = 201)]
fn made_or_not(ok: bool) -> Result<Json<bool>, Refusal> {
    if ok { Ok(Json(ok)) } else { Err(Refusal::Wrong("x".to_owned())) }
}

#[delete("/gone", status = 204)]
async fn gone() {}

#[get("/away")]
fn away() -> Redirect {
    Redirect::to("/pair")
}

#[get("/bytes")]
fn bytes() -> ByteStream![Vec<u8>] {
    ByteStream! {
        for i in 0..3u8 {
            yield vec![b'a' + i];
        }
    }
}

#[get("/events")]
fn events() -> EventStream![] {
    EventStream! {
        yield Event::data("one");
    }
}

#[head("/headed")]
fn headed() -> (Status, &'static str) {
    (Status::Accepted, "")
}

#[options("/headed")]
fn optioned() -> &'static str {
    "options"
}

#[patch("/wide?<a>&<b>&<c>")]
fn wide(a: usize, b: i8, c: Option<f32>) -> Json<Value> {
    Json(json!([a, b, c]))
}

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
}

/// More special than the resource's own route.
#[get("/users/me")]
fn me() -> &'static str {
    "me"
}

fn client() -> Client {
    client_with(config())
}

fn client_with(figment: crewed::rocket::figment::Figment) -> Client {
    let guards = operations![with_state, with_caller, with_key, with_maybe, with_odd];
    let bodies =
        operations![json_body, data_model, data_json, data_text, data_raw, data_file, several, with_default];
    let forms = operations![form, login, files];
    let answers = operations![none, null, failed, status, pair, made, made_or_not, gone, away, bytes, events];
    let others = operations![headed, optioned, wide, me];
    let api = Api::new().operations(guards).operations(bodies).operations(forms).operations(answers);
    let rocket = crewed::rocket::custom(figment)
        .manage(Counter(40))
        .mount("/", crewed::rocket::routes![behind])
        .attach(api.operations(others).resource::<User>());
    Client::untracked(rocket).unwrap()
}

fn text_of(client: &Client, path: &str) -> (u16, String) {
    let answer = client.get(path).dispatch();
    (answer.status().code, answer.into_string().unwrap_or_default())
}

fn with_header(client: &Client, path: &str, name: &'static str, value: &'static str) -> (u16, String) {
    let answer = client.get(path).header(Header::new(name, value)).dispatch();
    (answer.status().code, answer.into_string().unwrap_or_default())
}

fn sent(client: &Client, path: &str, media: &str, body: impl AsRef<[u8]>) -> (u16, Value) {
    json_of(client.post(path).header(Header::new("content-type", media.to_owned())).body(body).dispatch())
}

const FORM: &str = "application/x-www-form-urlencoded";
