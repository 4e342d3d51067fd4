//! Functions under `#[get]` and its like: what they take, what they answer, what is said of them.

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

fn sent(client: &Client, path: &str, media: &'static str, body: impl AsRef<[u8]>) -> (u16, Value) {
    json_of(client.post(path).header(Header::new("content-type", media)).body(body).dispatch())
}

#[test]
fn guards_of_rockets_are_arguments() {
    let client = client();
    let answer = client.get("/state/2").cookie(("a", "b")).dispatch();
    assert_eq!(answer.into_string().unwrap(), "42 b");
    assert_eq!(text_of(&client, "/maybe-caller"), (200, "unknown".to_owned()));
    assert_eq!(with_header(&client, "/maybe-caller", "authorization", "secret"), (200, "known".to_owned()));
    assert_eq!(with_header(&client, "/odd", "x-odd", "3"), (200, "3 GET".to_owned()));
}

/// As FastAPI solves dependencies: who may not ask is not told what is wrong with the question.
#[test]
fn a_guard_fails_before_anything_is_looked_at() {
    let client = client();
    let refused = client.get("/caller/x").dispatch();
    assert_eq!(refused.headers().get_one("www-authenticate"), Some("Bearer"));
    assert_eq!(json_of(refused), (401, json!({"detail": "Who are you"})));
    assert_eq!(with_header(&client, "/caller/7", "authorization", "secret"), (200, "ada 7".to_owned()));
    let (status, body) = with_header(&client, "/caller/x", "authorization", "secret");
    assert_eq!((status, issues(&serde_json::from_str(&body).unwrap())), (422, only("int_parsing", "path.n")));
}

#[test]
fn a_guard_answers_with_an_error_of_its_own() {
    let client = client();
    assert_eq!(ask(&client, "/keyed"), (403, json!({"detail": "No key."})));
    assert_eq!(with_header(&client, "/keyed", "x-key", "left").1, r#"{"detail":"Wrong key left, not {0}."}"#);
    assert_eq!(with_header(&client, "/keyed", "x-key", "right"), (200, "open".to_owned()));
}

#[test]
fn a_guard_without_an_answer_is_caught_and_what_it_forwards_goes_on() {
    let client = client();
    assert_eq!(
        with_header(&client, "/odd", "x-odd", "fail"),
        (402, r#"{"detail":"Payment Required"}"#.to_owned())
    );
    assert_eq!(with_header(&client, "/odd", "x-odd", "forward"), (200, "behind".to_owned()));
}

#[test]
fn catchers_of_ones_own_go_first() {
    #[catch(404)]
    fn lost() -> &'static str {
        "lost"
    }
    let rocket = crewed::rocket::custom(config())
        .register("/", catchers![lost])
        .attach(Api::new().operations(operations![none, failed]));
    let client = Client::untracked(rocket).unwrap();
    assert_eq!(text_of(&client, "/none"), (404, "lost".to_owned()));
    assert_eq!(text_of(&client, "/failed/x").0, 418);
}

#[test]
fn bodies_are_taken_in_every_way() {
    let client = client();
    assert_eq!(send(&client, "/json", json!({"name": "a", "count": "3"})), (200, json!(3)));
    let (status, body) = send(&client, "/json", json!({"name": "", "count": 256}));
    let both = [only("string_too_short", "body.name"), only("less_than_equal", "body.count")].concat();
    assert_eq!((status, issues(&body)), (422, both));
    for path in ["/data-model", "/data-json"] {
        let item = json!({"name": "a"}).to_string();
        let answer = client.post(path).header(ContentType::JSON).body(&item).dispatch();
        assert_eq!(answer.into_string().unwrap(), "a", "{path}");
        assert_eq!(send(&client, path, json!([])).0, 422, "{path}");
    }
    let answer = client.post("/data-text/5").body("as it is").dispatch();
    assert_eq!(answer.into_string().unwrap(), "5 as it is");
    let (status, body) = sent(&client, "/data-text/x", "text/plain", "as it is");
    assert_eq!((status, issues(&body)), (422, only("int_parsing", "path.n")));
    assert_eq!(client.put("/data-raw").body("12345").dispatch().into_string().unwrap(), "5");
    assert_eq!(client.post("/data-file").body("123456").dispatch().into_string().unwrap(), "6");
    assert_eq!(client.post("/default").dispatch().into_string().unwrap(), "none");
}

#[test]
fn several_bodies_are_members_of_one() {
    let client = client();
    let item = json!({"name": "a", "count": 1});
    let (status, body) = send(&client, "/several", json!({"item": {"name": "a"}}));
    assert_eq!((status, body), (200, json!({"item": item, "note": null, "times": 7, "tags": null})));
    let whole = json!({"item": {"name": "a"}, "note": {"text": "b"}, "times": "8", "tags": ["c"], "x": 1});
    let (status, body) = send(&client, "/several", whole);
    assert_eq!(
        (status, body),
        (200, json!({"item": item, "note": {"text": "b"}, "times": 8, "tags": ["c"]}))
    );
    let (status, body) = send(&client, "/several", json!({"note": {}, "times": null, "tags": [1]}));
    let told = [
        only("missing", "body.item"),
        only("missing", "body.note.text"),
        only("int_type", "body.times"),
        only("string_type", "body.tags.0"),
    ];
    assert_eq!((status, issues(&body)), (422, told.concat()));
    // What cannot be read is told alone, whichever member it is in.
    for broken in
        [r#"{"item": {"name": 1e999}}"#, r#"{"item": {"name": "a"}, "#, r#"{"item": {"name": "\ud800"}}"#]
    {
        let (status, body) = sent(&client, "/several", "application/json", broken);
        assert_eq!((status, body["detail"].as_array().unwrap().len()), (422, 1), "{body}");
        assert_eq!(body["detail"][0]["type"], "json_invalid", "{body}");
    }
    // Of two members of one name it is the last.
    let twice = r#"{"item": {"name": ""}, "item": {"name": "b"}}"#;
    assert_eq!(sent(&client, "/several", "application/json", twice).1["item"]["name"], "b");
    assert_eq!(sent(&client, "/several", "application/json", "\u{feff}{\"item\": {\"name\": \"c\"}}").0, 200);
    // What is no JSON is nothing.
    assert_eq!(issues(&sent(&client, "/several", "text/plain", "{}").1), only("missing", "body.item"));
}

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn forms_are_coerced_and_explained() {
    let client = client();
    let whole = "username=ada%20l&age=+36&tags=a&tags=b&mood=cross&other=1";
    let told = json!({"username": "ada l", "age": 36, "tags": ["a", "b"], "mood": "cross"});
    assert_eq!(sent(&client, "/form", FORM, whole), (200, told));
    // Of a form, an empty field is one that was not sent; in a list it is an item.
    let told = json!({"username": "ada", "age": null, "tags": null, "mood": "calm"});
    assert_eq!(sent(&client, "/form", FORM, "username=ada&age=7&age=&mood="), (200, told));
    let told = json!({"username": "ada", "age": null, "tags": ["", "b"], "mood": "calm"});
    assert_eq!(sent(&client, "/form", FORM, "username=ada&tags=&tags=b"), (200, told));
    let (status, body) = sent(&client, "/form", FORM, "username=a&age=old&mood=odd");
    let told = [
        only("string_too_short", "body.username"),
        only("int_parsing", "body.age"),
        only("enum", "body.mood"),
    ];
    assert_eq!((status, issues(&body)), (422, told.concat()));
    for (media, body) in
        [(FORM, ""), ("application/json", r#"{"username": "ada"}"#), ("text/plain", "username=ada")]
    {
        assert_eq!(
            issues(&sent(&client, "/form", media, body).1),
            only("missing", "body.username"),
            "{media}"
        );
    }
    assert_eq!(sent(&client, "/form", FORM, "username=ada").1["mood"], "calm");
}

#[test]
fn a_form_may_be_a_model() {
    let client = client();
    let told = json!({"username": "ada", "remember": true});
    assert_eq!(sent(&client, "/login", FORM, "username=ada&remember=on"), (200, told));
    let told = json!({"username": "ada", "remember": null});
    assert_eq!(sent(&client, "/login", FORM, "username=ada&remember=on&remember="), (200, told));
    let (status, body) = sent(&client, "/login", FORM, "remember=perhaps");
    let told = [only("missing", "body.username"), only("bool_parsing", "body.remember")];
    assert_eq!((status, issues(&body)), (422, told.concat()));
}

const MULTIPART: &str = "multipart/form-data; boundary=XX";

fn part(name: &str, more: &str, content: &str) -> String {
    format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{content}\r\n")
}

#[test]
fn files_come_in_forms() {
    let client = client();
    let file = part("file", "; filename=\"a b.txt\"\r\nContent-Type: text/plain", "some text");
    let more = part("more", "; filename=\"1\"", "1") + &part("more", "; filename=\"2\"", "22");
    let whole = format!("{file}{more}{}--XX--\r\n", part("note", "", "hi"));
    let told = json!({
        "id": 5, "name": "a b.txt", "type": "text/plain", "text": "some text", "more": [1, 2], "note": "hi",
    });
    assert_eq!(sent(&client, "/files/5", MULTIPART, &whole), (200, told));
    let (status, body) = sent(&client, "/files/x", MULTIPART, format!("{more}--XX--\r\n"));
    let told = [only("int_parsing", "path.id"), only("missing", "body.file")];
    assert_eq!((status, issues(&body)), (422, told.concat()));
    // A browser whose user chose no file sends one without name and content.
    let nothing = part("file", "; filename=\"\"", "");
    let (status, body) = sent(&client, "/files/5", MULTIPART, format!("{file}{nothing}--XX--\r\n"));
    assert_eq!((status, issues(&body)), (422, only("missing", "body.file")));
    let nothing = part("more", "; filename=\"\"", "");
    assert_eq!(
        sent(&client, "/files/5", MULTIPART, format!("{file}{more}{nothing}--XX--\r\n")).1["more"],
        json!([1, 2])
    );
    let note = part("note", "; filename=\"n.txt\"", "hi");
    let (status, body) = sent(&client, "/files/5", MULTIPART, format!("{file}{note}--XX--\r\n"));
    assert_eq!((status, issues(&body)), (422, only("string_type", "body.note")));
    assert_eq!(body["detail"][0]["input"], json!({"filename": "n.txt", "size": 2}));
    let text = part("file", "", "no file");
    let (status, body) = sent(&client, "/files/5", MULTIPART, format!("{text}--XX--\r\n"));
    assert_eq!((status, issues(&body)), (422, only("value_error", "body.file")));
    for broken in [whole.replace("--XX--", ""), "no form".to_owned()] {
        let told = json!({"detail": "There was an error parsing the body"});
        assert_eq!(sent(&client, "/files/5", MULTIPART, &broken), (400, told), "{broken}");
    }
    assert_eq!(sent(&client, "/files/5", "multipart/form-data", &whole).0, 400);
}

#[test]
fn forms_and_files_have_limits() {
    let limited = config().merge(("limits", json!({"form": "32 B", "file": "8 B", "data-form": "1 KiB"})));
    let client = client_with(limited);
    let long = format!("username={}", "x".repeat(64));
    assert_eq!(sent(&client, "/form", FORM, long).0, 413);
    let file = |n| part("file", "; filename=\"a\"", &"x".repeat(n)) + "--XX--\r\n";
    assert_eq!(sent(&client, "/files/5", MULTIPART, file(8)).0, 200);
    assert_eq!(sent(&client, "/files/5", MULTIPART, file(9)).0, 413);
    assert_eq!(sent(&client, "/files/5", MULTIPART, file(2000)).0, 413);
}

#[test]
fn answers_are_what_responders_say() {
    let client = client();
    let not_found = json!({"detail": "Not Found"});
    assert_eq!(ask(&client, "/none"), (404, not_found));
    assert_eq!(text_of(&client, "/null"), (200, "null".to_owned()));
    assert_eq!(ask(&client, "/failed/json"), (409, json!({"detail": {"by": [1]}})));
    assert_eq!(ask(&client, "/failed/x"), (418, json!({"detail": "x is a teapot"})));
    let headers = client.get("/failed/headers").dispatch();
    assert_eq!(headers.headers().get("x-a").collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(headers.headers().get_one("x-b"), None, "what no header can hold is left out");
    assert_eq!(text_of(&client, "/failed/fine"), (200, "fine".to_owned()));
    assert_eq!(ask(&client, "/status"), (503, json!({"detail": "Service Unavailable"})));
    let pair = client.get("/pair").dispatch();
    assert_eq!((pair.status(), pair.content_type()), (Status::Accepted, Some(ContentType::HTML)));
    assert_eq!(send(&client, "/made", json!({})), (201, json!({"text": "made"})));
    assert_eq!(send(&client, "/made-or-not/yes", json!({})), (201, json!(true)));
    assert_eq!(
        send(&client, "/made-or-not/no", json!({})),
        (403, json!({"detail": "Wrong key x, not {0}."}))
    );
    let gone = request(&client, Method::Delete, "/gone", None);
    assert_eq!(
        (gone.status(), gone.content_type(), gone.into_string()),
        (Status::NoContent, None, Some(String::new()))
    );
    assert_eq!(client.get("/away").dispatch().headers().get_one("location"), Some("/pair"));
    assert_eq!(text_of(&client, "/bytes"), (200, "abc".to_owned()));
    let events = client.get("/events").dispatch();
    assert_eq!(events.content_type(), Some(ContentType::EventStream));
}

#[test]
fn every_method_can_be_answered() {
    let client = client();
    assert_eq!(client.head("/headed").dispatch().status(), Status::Accepted);
    assert_eq!(client.options("/headed").dispatch().into_string().unwrap(), "options");
    let refused = client.post("/headed").dispatch();
    assert_eq!(refused.headers().get_one("allow"), Some("HEAD, OPTIONS"));
    assert_eq!(refused.status(), Status::MethodNotAllowed);
    assert_eq!(client.head("/null").dispatch().status(), Status::Ok);
    assert_eq!(client.options("/null").dispatch().status(), Status::MethodNotAllowed);
    assert_eq!(json_of(client.patch("/wide?a=9&b=-128&c=1.5").dispatch()), (200, json!([9, -128, 1.5])));
    let (status, body) = json_of(client.patch("/wide?a=-1&b=128").dispatch());
    let told = [only("greater_than_equal", "query.a"), only("less_than_equal", "query.b")];
    assert_eq!((status, issues(&body)), (422, told.concat()));
}

#[test]
fn functions_stand_beside_resources() {
    let client = client();
    assert_eq!(send(&client, "/users", json!({"name": "ada"})).0, 201);
    assert_eq!(text_of(&client, "/users/me"), (200, "me".to_owned()));
    assert_eq!(ask(&client, "/users/ada"), (200, json!({"name": "ada"})));
    // What the function does not answer, the resource does.
    assert_eq!(json_of(client.delete("/users/me").dispatch()).0, 404);
    let base = Client::untracked(
        crewed::rocket::custom(config())
            .attach(Api::new().at("/api/v1").operations(operations![data_text, none])),
    );
    let base = base.unwrap();
    assert_eq!(base.post("/api/v1/data-text/5").body("x").dispatch().into_string().unwrap(), "5 x");
    assert_eq!(base.get("/api/v1/none/").dispatch().headers().get_one("location"), Some("/api/v1/none"));
}

#[test]
fn a_form_cannot_pass_for_another_method() {
    let client = client();
    let answer = client.post("/gone").header(ContentType::Form).body("_method=delete").dispatch();
    assert_eq!(answer.status(), Status::MethodNotAllowed);
}

#[test]
fn two_of_one_place_are_refused() {
    #[get("/users/<id>")]
    fn read(id: i64) -> String {
        id.to_string()
    }
    let rocket =
        crewed::rocket::custom(config()).attach(Api::new().resource::<User>().operations(operations![read]));
    let error = crewed::rocket::execute(crewed::ignite(rocket)).unwrap_err().to_string();
    assert!(
        error.contains("`GET /users/<id>` is claimed by resource `User` and by the function `read`"),
        "{error}"
    );
}

/// What the older tutorials print for `/items/foo`, to the letter.
#[test]
fn errors_read_as_configured() {
    #[get("/items/<item_id>")]
    fn read_item(item_id: i64) -> Json<i64> {
        Json(item_id)
    }
    let api = || Api::new().operations(operations![read_item, failed]);
    let client = crate::kit::client(config().merge(("crewed.errors", "pydantic-v1")), api());
    assert_eq!(
        text_of(&client, "/items/foo").1,
        r#"{"detail":[{"loc":["path","item_id"],"msg":"value is not a valid integer","type":"type_error.integer"}]}"#
    );
    assert_eq!(text_of(&client, "/failed/x").1, r#"{"detail":"x is a teapot"}"#);
    let client = crate::kit::client(config().merge(("crewed.errors", "problem")), api());
    let answer = client.get("/failed/x").dispatch();
    assert_eq!(answer.headers().get_one("content-type"), Some("application/problem+json"));
    assert_eq!(
        answer.into_json::<Value>().unwrap(),
        json!({"type": "about:blank", "title": "I'm a Teapot", "status": 418, "detail": "x is a teapot"})
    );
    let (_, taken) = ask(&client, "/failed/json");
    assert_eq!((&taken["detail"], &taken["context"]), (&json!("Conflict"), &json!({"by": [1]})));
    assert_eq!(ask(&client, "/items/foo").1["errors"][0]["loc"], json!(["path", "item_id"]));
    let (_, document) = ask(&client, "/openapi.json");
    let answers = &document["paths"]["/items/{item_id}"]["get"]["responses"]["422"]["content"];
    assert!(answers.get("application/problem+json").is_some(), "{answers}");
}

mod documented {
    use super::*;
    use rocket_okapi::r#gen::OpenApiGenerator;
    use rocket_okapi::okapi::openapi3::{Object, SecurityRequirement, SecurityScheme, SecuritySchemeData};
    use rocket_okapi::request::{OpenApiFromRequest, RequestHeaderInput};

    /// A guard that says what it wants.
    struct Bearer;

    #[rocket::async_trait]
    impl<'r> FromRequest<'r> for Bearer {
        type Error = ();

        async fn from_request(_: &'r Request<'_>) -> Outcome<Self, ()> {
            Outcome::Success(Bearer)
        }
    }

    impl<'r> OpenApiFromRequest<'r> for Bearer {
        fn from_request_input(
            _: &mut OpenApiGenerator,
            _: String,
            _: bool,
        ) -> rocket_okapi::Result<RequestHeaderInput> {
            let scheme = SecurityScheme {
                description: None,
                data: SecuritySchemeData::Http { scheme: "bearer".to_owned(), bearer_format: None },
                extensions: Object::default(),
            };
            let mut requirement = SecurityRequirement::new();
            requirement.insert("Bearer".to_owned(), Vec::new());
            Ok(RequestHeaderInput::Security("Bearer".to_owned(), scheme, requirement))
        }
    }

    /// Reads a thing.
    ///
    /// In *Markdown*.
    #[get(
        "/things/<id>?<q>&<old>",
        tags("things", "all"),
        summary = "Reads",
        name = "read_one_thing",
        deprecated,
        response(202, "Not yet."),
        response(404, "No such thing.", model = Note)
    )]
    fn thing(
        _bearer: Bearer,
        /// What is looked for.
        #[param(ge = 1, example = 7)]
        id: i64,
        #[param(max_length = 5)] q: Option<String>,
        #[param(deprecated, default = 3)] old: i64,
        #[param(header)] x_trace: Option<Uuid>,
    ) -> Result<Json<Note>, Refusal> {
        let _ = (id, q, old, x_trace);
        Err(Refusal::NoKey)
    }

    #[get("/hidden", hidden)]
    fn hidden() {}

    #[get("/text")]
    fn text() -> String {
        String::new()
    }

    #[get("/maybe")]
    fn maybe() -> Option<Json<Vec<Note>>> {
        None
    }

    #[test]
    fn what_a_function_says_stands_in_the_document() {
        let api = Api::new()
            .operations(operations![thing, hidden, text, maybe, form, login, files, several, events]);
        let client = crate::kit::client(config(), api);
        let (_, document) = ask(&client, "/openapi.json");
        let operation = &document["paths"]["/things/{id}"]["get"];
        assert_eq!(operation["tags"], json!(["things", "all"]));
        assert_eq!(
            (&operation["summary"], &operation["operationId"]),
            (&json!("Reads"), &json!("read_one_thing"))
        );
        assert_eq!(operation["description"], "Reads a thing.\n\nIn *Markdown*.");
        assert_eq!(operation["deprecated"], true);
        assert_eq!(operation["security"], json!([{"Bearer": []}]));
        assert_eq!(document["components"]["securitySchemes"]["Bearer"]["scheme"], "bearer");
        assert_eq!(
            operation["parameters"],
            json!([
                {
                    "name": "id", "in": "path", "required": true, "description": "What is looked for.",
                    "schema": {"title": "Id", "type": "integer", "format": "int64", "minimum": 1, "example": 7},
                },
                {
                    "name": "q", "in": "query",
                    "schema": {"title": "Q", "type": "string", "maxLength": 5},
                },
                {
                    "name": "old", "in": "query", "deprecated": true,
                    "schema": {"title": "Old", "type": "integer", "format": "int64", "default": 3},
                },
                {
                    "name": "x-trace", "in": "header",
                    "schema": {"title": "X-Trace", "type": "string", "format": "uuid"},
                },
            ])
        );
        let answers = operation["responses"].as_object().unwrap();
        let statuses: Vec<&str> = answers.keys().map(String::as_str).collect();
        assert_eq!(statuses, ["200", "202", "403", "404", "422"]);
        assert_eq!(answers["202"]["description"], "Not yet.");
        assert_eq!(answers["403"]["description"], "No key was sent., or The key is a wrong one.");
        let note = json!({"$ref": "#/components/schemas/Note"});
        assert_eq!(answers["404"]["content"]["application/json"]["schema"], note);
        assert_eq!(answers["200"]["content"]["application/json"]["schema"], note);

        assert!(document["paths"].get("/hidden").is_none());
        let text = &document["paths"]["/text"]["get"]["responses"]["200"]["content"];
        assert!(text.as_object().unwrap().keys().any(|media| media.starts_with("text/plain")), "{text}");
        let maybe = document["paths"]["/maybe"]["get"]["responses"].as_object().unwrap();
        assert_eq!(maybe.keys().collect::<Vec<_>>(), ["200", "404"]);
        let events = &document["paths"]["/events"]["get"]["responses"]["200"]["content"];
        assert!(events.get("text/event-stream").is_some(), "{events}");

        let body = |path: &str| document["paths"][path]["post"]["requestBody"]["content"].clone();
        let schemas = &document["components"]["schemas"];
        assert_eq!(body("/form")[FORM]["schema"]["$ref"], "#/components/schemas/Body_form");
        assert_eq!(schemas["Body_form"]["required"], json!(["username"]));
        assert_eq!(body("/login")[FORM]["schema"]["$ref"], "#/components/schemas/Login");
        let files = &body("/files/{id}")["multipart/form-data"]["schema"]["$ref"];
        assert_eq!(*files, "#/components/schemas/Body_files");
        assert_eq!(schemas["Body_files"]["properties"]["file"]["format"], "binary");
        assert_eq!(schemas["Body_several"]["required"], json!(["item"]));
    }
}
