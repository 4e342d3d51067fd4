//! What functions may answer: headers, cookies, statuses, kinds of bodies, streams, and tasks afterwards.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crewed::prelude::*;
use crewed::{
    JsonLines, Reply, ResponseParts, ServerSentEvent, ServerSentEvents, Tasks, delete, get, post, put,
};
use rocket::futures::stream::iter;
use rocket::http::{ContentType, Cookie, Header, SameSite, Status};
use rocket::response::content::RawHtml;
use rocket::response::stream::{TextStream, stream};
use rocket::response::{Redirect, Responder};
use rocket::serde::json::{Json, Value, json};
use rocket::time::{self, OffsetDateTime};
use rocket::tokio::task::spawn_blocking;
use rocket::tokio::time::sleep;
use rocket::{Either, Request, Response};

// ------------------------------------------------------------------------ log

static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn lines() -> MutexGuard<'static, Vec<String>> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner)
}

fn log(line: impl Into<String>) {
    lines().push(line.into());
}

/// The log, as soon as it has so many lines, and after a second at the latest.
#[get("/log?<least>", hidden)]
async fn read_log(#[param(default = 0)] least: u32) -> Json<Vec<String>> {
    for _ in 0..100 {
        if lines().len() >= least as usize {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    Json(lines().clone())
}

#[delete("/log", status = 204, hidden)]
async fn empty_log() {
    lines().clear();
}

// -------------------------------------------------- headers, cookies, statuses

#[model]
struct Item {
    name: String,
    description: Option<String>,
}

#[model]
struct PricedItem {
    name: String,
    price: f64,
}

/// Any answer, with one more header.
struct WithHeader<T>(T, Header<'static>);

impl<'r, 'o: 'r, T: Responder<'r, 'o>> Responder<'r, 'o> for WithHeader<T> {
    fn respond_to(self, request: &'r Request<'_>) -> rocket::response::Result<'o> {
        Response::build_from(self.0.respond_to(request)?).header(self.1).ok()
    }
}

#[get("/headers-and-object/")]
fn get_headers() -> Reply<Value> {
    Reply::new(json!({ "message": "Hello World" })).header("X-Cat-Dog", "alone in the world")
}

#[get("/headers/")]
fn get_headers_directly() -> Reply<Value> {
    Reply::new(json!({ "message": "Hello World" }))
        .header("X-Cat-Dog", "alone in the world")
        .header("Content-Language", "en-US")
}

/// A header is added and never replaced, so one that is not to be sent is not set.
#[get("/headers/several")]
fn get_headers_several() -> Reply<Value> {
    Reply::new(Value::Null).header("x-one", "second").header("X-Two", "first").header("X-Two", "second")
}

#[get("/headers/content-type")]
fn get_headers_content_type() -> Reply<Value> {
    Reply::new(json!({ "kind": "json" })).header("X-Kind", "json").header("Cache-Control", "max-age=60")
}

#[post("/cookie-and-object/")]
fn create_cookie() -> Reply<Value> {
    Reply::new(json!({ "message": "Come to the dark side, we have cookies" }))
        .cookie(("fakesession", "fake-cookie-session-value"))
}

#[post("/cookie/")]
fn create_cookie_directly() -> Reply<Value> {
    Reply::new(json!({ "message": "Come to the dark side, we have cookies" }))
        .cookie(("fakesession", "fake-cookie-session-value"))
}

#[post("/cookies/options")]
fn create_cookie_with_options() -> Reply<Value> {
    // This is 2030-01-02T03:04:05Z.
    let expires = OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(1_893_553_445);
    let cookie = Cookie::build(("whole", "a value, with = and \"quotes\""))
        .max_age(time::Duration::hours(1))
        .expires(expires)
        .path("/cookies")
        .domain("example.com")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Strict);
    Reply::new(Value::Null).cookie(cookie)
}

#[post("/cookies/<kind>")]
fn create_cookie_of_kind(kind: String) -> Reply<Value> {
    let reply = Reply::new(Value::Null);
    match kind.as_str() {
        "lax" => reply.cookie(Cookie::build(("a", "1")).same_site(SameSite::Lax)),
        "none" => reply.cookie(Cookie::build(("a", "1")).same_site(SameSite::None).secure(true)),
        // A cookie that says nothing of its path or of other sites has the defaults.
        "unsaid" => reply.header("Set-Cookie", "a=1"),
        "empty" => reply.cookie(("a", "")),
        "age" => reply.cookie(Cookie::build(("a", "1")).max_age(time::Duration::ZERO)),
        "several" => {
            reply.cookie(("a", "1")).cookie(Cookie::build(("b", "2")).http_only(true)).cookie(("a", "3"))
        }
        _ => reply,
    }
}

#[delete("/cookies/<kind>")]
fn delete_cookie(kind: String) -> Reply<Value> {
    let reply = Reply::new(Value::Null);
    let options = Cookie::build(("a", ""))
        .path("/cookies")
        .domain("example.com")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::None);
    match kind.as_str() {
        "plain" => reply.remove_cookie("a"),
        "options" => reply.cookie(options.removal()),
        _ => reply,
    }
}

#[put("/get-or-create-task/<task_id>", status = 200)]
fn get_or_create_task(task_id: String) -> Reply<&'static str> {
    match task_id.as_str() {
        "foo" => Reply::new("Listen to the Bar Fighters"),
        _ => Reply::new("This didn't exist before").status(201),
    }
}

#[post("/items/?<name>", status = 201)]
async fn create_item(name: String) -> Value {
    json!({ "name": name })
}

#[post("/accepted?<code>", status = 202)]
async fn create_accepted(#[param(default = 0)] code: i64) -> Reply<Value> {
    let reply = Reply::new(json!({ "code": code }));
    match u16::try_from(code) {
        Ok(status @ 200..=599) => reply.status(status),
        _ => reply,
    }
}

#[delete("/items/<item_id>", status = 204)]
async fn delete_item(item_id: i64) -> Result<(), HttpError> {
    match item_id {
        0 => Err(HttpError::new(404, "Item not found").header("X-Error", "nothing there")),
        _ => Ok(()),
    }
}

#[get("/nothing")]
async fn read_nothing() -> Value {
    Value::Null
}

// --------------------------------------------------- Response in dependencies

#[crewed::depends]
fn outer_header(response: ResponseParts) -> ResponseParts {
    response.header("X-Outer", "outer");
    response.header("X-Shared", "outer");
    response.cookie(("outer", "1"));
    response.status(202);
    response
}

#[crewed::depends]
fn inner_header(response: ResponseParts, #[param(depends(outer_header))] _outer: ResponseParts) -> bool {
    response.header("X-Inner", "inner");
    response.header("X-Shared", "inner");
    response.cookie(("inner", "2"));
    true
}

#[get("/depends/headers")]
fn depends_headers(#[param(depends(inner_header))] same: bool) -> Value {
    json!({ "same": same })
}

#[get("/depends/own", status = 201)]
fn depends_own(#[param(depends(inner_header))] same: bool, response: ResponseParts) -> Value {
    response.header("X-Shared", "operation");
    response.cookie(("own", "3"));
    json!({ "same": same })
}

#[get("/depends/status")]
fn depends_status(#[param(depends(inner_header))] same: bool, response: ResponseParts) -> Value {
    response.status(203);
    json!({ "same": same })
}

#[get("/depends/direct")]
fn depends_direct(#[param(depends(inner_header))] same: bool) -> Reply<Value> {
    Reply::new(json!({ "same": same })).header("X-Own", "own")
}

#[get("/depends/fails?<q>")]
fn depends_fails(
    #[param(depends(inner_header))] same: bool,
    #[param(default = 0)] q: i64,
) -> Result<Value, HttpError> {
    let _ = (same, q);
    Err(HttpError::new(409, "Conflict").header("X-Own", "own"))
}

// ------------------------------------------------------------ kinds of bodies

#[get("/bodies/json")]
fn body_json() -> Reply<Value> {
    Reply::new(json!({ "a": [1, 2.5, null], "text": "Füße" })).status(203)
}

#[get("/bodies/text")]
fn body_text() -> &'static str {
    "Füße\n"
}

#[get("/bodies/text-class")]
fn body_text_class() -> &'static str {
    "Hello World"
}

#[get("/bodies/html")]
fn body_html() -> RawHtml<&'static str> {
    RawHtml("<h1>Füße</h1>")
}

#[get("/bodies/html-directly")]
fn body_html_directly() -> (Status, RawHtml<&'static str>) {
    (Status::Created, RawHtml("<h1>Hi</h1>"))
}

#[get("/bodies/xml")]
fn body_xml() -> (ContentType, &'static str) {
    (ContentType::new("application", "xml"), r#"<?xml version="1.0"?><a>b</a>"#)
}

#[get("/bodies/bytes")]
fn body_bytes() -> WithHeader<Vec<u8>> {
    WithHeader(vec![0, 1], Header::new("X-Length", "2"))
}

#[get("/bodies/empty")]
fn body_empty() {}

#[get("/bodies/empty-status")]
fn body_empty_status() -> Status {
    Status::Accepted
}

#[get("/bodies/stream")]
fn body_stream() -> WithHeader<TextStream![String]> {
    let pieces = TextStream! {
        for number in 0..3 {
            yield format!("piece {number}\n");
        }
    };
    WithHeader(pieces, Header::new("X-Pieces", "3"))
}

#[get("/redirects/typer", status = 307)]
async fn redirect_typer() -> Redirect {
    Redirect::temporary("https://example.com/typer")
}

/// An address is a valid one, so the blank in it is encoded.
#[get("/redirects/fastapi", status = 307)]
async fn redirect_fastapi() -> Redirect {
    Redirect::temporary("https://example.com/fastapi?a=b%20c")
}

#[get("/redirects/pydantic", status = 302)]
async fn redirect_pydantic() -> Redirect {
    Redirect::found("https://example.com/pydantic")
}

#[post("/redirects/here")]
async fn redirect_here() -> WithHeader<Redirect> {
    WithHeader(Redirect::to("/bodies/text"), Header::new("X-Why", "see other"))
}

#[get("/values/<kind>")]
fn read_value(kind: String) -> Result<Value, HttpError> {
    Ok(match kind.as_str() {
        "text" => json!("text"),
        "number" => json!(5),
        "float" => json!(2.0),
        "true" => json!(true),
        "null" => Value::Null,
        "list" => json!([1, "two", null]),
        "date" => json!(NaiveDate::from_ymd_opt(2030, 1, 2)),
        "bytes" => json!("text"),
        "set" => json!(["only"]),
        "model" => json!(Item { name: "a".to_owned(), description: None }),
        _ => return Err(HttpError::status(500)),
    })
}

// ------------------------------------------------------------ response models

#[model]
struct ItemOut {
    name: String,
    #[field(default)]
    tags: Vec<String>,
}

/// The same, of which only what was set is answered.
#[model]
struct ItemSet {
    name: String,
    #[field(not_null)]
    tags: Patched<Vec<String>>,
}

fn portal_gun() -> ItemOut {
    ItemOut { name: "Portal Gun".to_owned(), tags: Vec::new() }
}

fn plumbus() -> ItemOut {
    ItemOut { name: "Plumbus".to_owned(), tags: vec!["a".to_owned()] }
}

#[get("/models/list")]
async fn read_list() -> Json<Vec<ItemOut>> {
    Json(vec![portal_gun(), plumbus()])
}

#[get("/models/annotated")]
async fn read_annotated() -> Json<Vec<ItemOut>> {
    Json(vec![portal_gun(), plumbus()])
}

#[get("/models/one")]
async fn read_one() -> Json<ItemOut> {
    Json(portal_gun())
}

#[get("/models/unset")]
async fn read_unset() -> Json<Vec<ItemSet>> {
    let (unset, set) = (portal_gun(), plumbus());
    Json(vec![
        ItemSet { name: unset.name, tags: Patched::Absent },
        ItemSet { name: set.name, tags: Patched::Value(set.tags) },
    ])
}

#[get("/models/mapping")]
async fn read_mapping() -> Json<BTreeMap<String, f64>> {
    Json(BTreeMap::from([("a".to_owned(), 1.0), ("b".to_owned(), 2.5)]))
}

#[get("/models/none?<direct>")]
async fn read_none(#[param(default = false)] direct: bool) -> Either<&'static str, Value> {
    match direct {
        true => Either::Left("direct"),
        false => Either::Right(json!({ "direct": false })),
    }
}

#[get("/models/status", status = 201)]
async fn read_status() -> Reply<ItemOut> {
    Reply::new(plumbus()).header("X-Own", "own").status(202)
}

#[get("/models/past-the-model", response(200, model = ItemOut))]
async fn read_past_the_model() -> Value {
    json!({ "anything": "else" })
}

// ----------------------------------------------------------------- JSON lines

fn items() -> [Item; 3] {
    [
        Item { name: "Plumbus".to_owned(), description: Some("It does it all.".to_owned()) },
        Item {
            name: "Portal Gun".to_owned(),
            description: Some("It opens doors:\nin \"walls\".".to_owned()),
        },
        Item { name: "Füße".to_owned(), description: None },
    ]
}

#[get("/items/stream")]
async fn stream_items() -> JsonLines<Item> {
    JsonLines::new(stream! {
        for item in items() {
            yield item;
        }
    })
}

#[get("/items/stream-no-async")]
fn stream_items_no_async() -> JsonLines<Item> {
    JsonLines::new(iter(items()))
}

#[get("/items/stream-no-annotation")]
async fn stream_items_no_annotation() -> JsonLines<Value> {
    JsonLines::new(stream! {
        for item in items() {
            yield json!(item);
        }
    })
}

#[get("/items/stream-no-async-no-annotation")]
fn stream_items_no_async_no_annotation() -> JsonLines<Value> {
    JsonLines::new(iter(items().map(|item| json!(item))))
}

#[get("/items/stream-filtered?<limit>", status = 203)]
async fn stream_items_filtered(#[param(default = 3)] limit: i64) -> WithHeader<JsonLines<ItemOut>> {
    let count = usize::try_from(limit).unwrap_or_default();
    let lines = JsonLines::new(iter([portal_gun(), plumbus()].into_iter().take(count)));
    WithHeader(lines, Header::new("X-Limit", limit.to_string()))
}

#[get("/items/stream-values")]
async fn stream_values() -> JsonLines<Value> {
    JsonLines::new(iter([
        json!(1),
        json!("two"),
        Value::Null,
        json!([3.0]),
        json!({ "four": true }),
        json!("Füße"),
    ]))
}

#[get("/items/stream-nothing")]
async fn stream_nothing() -> JsonLines<Item> {
    JsonLines::new(iter([]))
}

#[crewed::depends(after = leave)]
async fn lasting() -> String {
    log("enter");
    "lasting".to_owned()
}

async fn leave(_: String) {
    log("exit");
}

#[get("/items/stream-logged", depends(lasting))]
async fn stream_logged(tasks: Tasks) -> JsonLines<i64> {
    tasks.spawn(write_log("task".to_owned()));
    JsonLines::new(stream! {
        for number in [1, 2] {
            log(format!("yields {number}"));
            yield number;
        }
    })
}

// --------------------------------------------------------- server-sent events

fn priced() -> [PricedItem; 3] {
    [("Plumbus", 32.99), ("Portal Gun", 999.99), ("Meeseeks Box", 49.99)]
        .map(|(name, price)| PricedItem { name: name.to_owned(), price })
}

#[get("/sse/items/stream")]
async fn sse_items() -> ServerSentEvents<Item> {
    ServerSentEvents::new(stream! {
        for item in items() {
            yield item;
        }
    })
}

#[get("/sse/items/stream-no-async")]
fn sse_items_no_async() -> ServerSentEvents<Item> {
    ServerSentEvents::new(iter(items()))
}

#[get("/sse/items/stream-no-annotation")]
async fn sse_items_no_annotation() -> ServerSentEvents<Value> {
    ServerSentEvents::new(stream! {
        for item in items() {
            yield json!(item);
        }
    })
}

#[get("/sse/updates")]
async fn sse_updates() -> ServerSentEvents<PricedItem> {
    ServerSentEvents::new(stream! {
        yield ServerSentEvent::<PricedItem>::empty().comment("stream of item updates");
        for (number, item) in (1..).zip(priced()) {
            let event = ServerSentEvent::new(item).event("item_update").id(format!("{number}"));
            yield event.retry(Duration::from_secs(5));
        }
    })
}

#[get("/sse/logs/stream")]
async fn sse_logs() -> ServerSentEvents<String> {
    let lines = ["INFO  started", "DEBUG connected", "two\nlines"];
    ServerSentEvents::new(iter(lines.map(ServerSentEvent::<String>::raw)))
}

#[get("/sse/resumed")]
async fn sse_resumed(#[param(header)] last_event_id: Option<i64>) -> ServerSentEvents<PricedItem> {
    let start = last_event_id.map_or(0, |last| last.saturating_add(1));
    ServerSentEvents::new(stream! {
        for (number, item) in (0_i64..).zip(priced()) {
            if number >= start {
                yield ServerSentEvent::new(item).id(number.to_string());
            }
        }
    })
}

#[model]
struct Prompt {
    text: String,
}

#[post("/sse/chat/stream")]
async fn sse_chat(prompt: Prompt) -> ServerSentEvents<String> {
    ServerSentEvents::new(stream! {
        for word in prompt.text.split_whitespace() {
            yield ServerSentEvent::new(word.to_owned()).event("token");
        }
        yield ServerSentEvent::raw("[DONE]").event("done");
    })
}

/// Python's `data=None` is an event without data, as `empty` is.
fn event(kind: &str) -> ServerSentEvent<Value> {
    match kind {
        "text" => ServerSentEvent::new(json!("hello")),
        "lines" => ServerSentEvent::new(json!("one\ntwo")),
        "unicode" => ServerSentEvent::new(json!("Füße")),
        "number" => ServerSentEvent::new(json!(5)),
        "float" => ServerSentEvent::new(json!(2.0)),
        "false" => ServerSentEvent::new(json!(false)),
        "list" => ServerSentEvent::new(json!([1, null, { "a": "b" }])),
        "object" => ServerSentEvent::new(json!({ "b": 1, "a": 2 })),
        "model" => ServerSentEvent::new(json!(Item { name: "Füße".to_owned(), description: None })),
        "raw" => ServerSentEvent::raw("a: b"),
        "raw-empty" => ServerSentEvent::raw(""),
        "raw-lines" => ServerSentEvent::raw("one\r\ntwo\rthree\n\nfive\n"),
        "raw-unicode" => ServerSentEvent::raw("Füße"),
        "event" => ServerSentEvent::empty().event("ping"),
        "event-empty" => ServerSentEvent::new(json!(1)).event(""),
        "id" => ServerSentEvent::empty().id("7"),
        "id-empty" => ServerSentEvent::new(json!(1)).id(""),
        "retry" => ServerSentEvent::empty().retry(Duration::ZERO),
        "comment" => ServerSentEvent::empty().comment("one\ntwo"),
        "comment-empty" => ServerSentEvent::empty().comment(""),
        "all" => {
            let all = ServerSentEvent::new(json!(1)).event("e").id("i").comment("c");
            all.retry(Duration::from_millis(10))
        }
        "plain" => ServerSentEvent::new(json!({ "a": "Füße" })),
        _ => ServerSentEvent::empty(),
    }
}

#[get("/sse/events/<kind>")]
async fn sse_events(kind: String) -> ServerSentEvents<Value> {
    ServerSentEvents::new(iter([event(&kind)]))
}

#[get("/sse/nothing")]
async fn sse_nothing() -> ServerSentEvents<Item> {
    ServerSentEvents::new(iter([] as [Item; 0]))
}

#[get("/sse/response", status = 203)]
async fn sse_response() -> WithHeader<ServerSentEvents<Item>> {
    let events = ServerSentEvents::new(iter(items().into_iter().take(1)));
    WithHeader(events, Header::new("X-Own", "own"))
}

#[get("/sse/logged", depends(lasting))]
async fn sse_logged(tasks: Tasks) -> ServerSentEvents<i64> {
    tasks.spawn(write_log("task".to_owned()));
    ServerSentEvents::new(stream! {
        for number in [1_i64, 2] {
            yield number;
        }
        log("all yielded");
    })
}

// ---------------------------------------------------------------------- tasks

async fn write_log(message: String) {
    log(message);
}

async fn write_log_blocking(message: &'static str, times: usize) {
    let written = spawn_blocking(move || (0..times).for_each(|_| log(message))).await;
    if written.is_err() {
        log("it was not written");
    }
}

#[crewed::depends]
fn get_query(tasks: Tasks, q: Option<String>) -> Option<String> {
    if let Some(q) = q.as_ref().filter(|q| !q.is_empty()) {
        tasks.spawn(write_log(format!("found query: {q}")));
    }
    q
}

#[post("/send-notification/<email>", depends(get_query))]
async fn send_notification(email: String, tasks: Tasks) -> Value {
    log("send_notification");
    tasks.spawn(write_log(format!("message to {email}")));
    json!({ "message": "Message sent" })
}

#[get("/tasks/blocking")]
fn tasks_blocking(tasks: Tasks) -> Json<&'static str> {
    tasks.spawn(write_log_blocking("blocking", 2));
    tasks.spawn(write_log("asynchronous".to_owned()));
    Json("sent")
}

#[get("/tasks/only-dependency")]
async fn tasks_only_dependency(#[param(depends(get_query))] q: Option<String>) -> Value {
    json!({ "q": q })
}

#[get("/tasks/response", depends(get_query))]
async fn tasks_response(tasks: Tasks) -> &'static str {
    tasks.spawn(write_log("of the operation".to_owned()));
    "directly"
}

#[get("/tasks/fails?<n>", depends(get_query))]
async fn tasks_fails(tasks: Tasks, #[param(default = 0)] n: i64) -> Result<Value, HttpError> {
    let _ = n;
    tasks.spawn(write_log("of the operation".to_owned()));
    Err(HttpError::new(409, "Conflict"))
}

async fn broken() {
    log("broken");
    panic!("not meant to happen");
}

#[get("/tasks/broken")]
async fn tasks_broken(tasks: Tasks) -> Json<&'static str> {
    tasks.spawn(write_log("before".to_owned()));
    tasks.spawn(broken());
    tasks.spawn(write_log("after".to_owned()));
    Json("sent")
}

#[get("/tasks/stream")]
async fn tasks_stream(tasks: Tasks) -> TextStream![String] {
    tasks.spawn(write_log("task".to_owned()));
    TextStream! {
        for number in [1, 2] {
            log(format!("piece {number}"));
            yield number.to_string();
        }
    }
}

#[get("/tasks/nested")]
async fn tasks_nested(tasks: Tasks) -> Json<&'static str> {
    let more = tasks.clone();
    tasks.spawn(async move {
        log("first");
        more.spawn(write_log("added by the first".to_owned()));
    });
    tasks.spawn(write_log("second".to_owned()));
    Json("sent")
}

#[crewed::launch]
fn rocket() -> _ {
    let headers =
        operations![get_headers, get_headers_directly, get_headers_several, get_headers_content_type];
    let depends = operations![depends_headers, depends_own, depends_status, depends_direct, depends_fails];
    let cookies = operations![
        create_cookie,
        create_cookie_directly,
        create_cookie_with_options,
        create_cookie_of_kind,
        delete_cookie,
    ];
    let statuses = operations![get_or_create_task, create_item, create_accepted, delete_item, read_nothing];
    let bodies = operations![
        body_json,
        body_text,
        body_text_class,
        body_html,
        body_html_directly,
        body_xml,
        body_bytes,
        body_empty,
        body_empty_status,
        body_stream,
    ];
    let redirects =
        operations![redirect_typer, redirect_fastapi, redirect_pydantic, redirect_here, read_value];
    let models = operations![
        read_list,
        read_annotated,
        read_one,
        read_unset,
        read_mapping,
        read_none,
        read_status,
        read_past_the_model,
    ];
    let json_lines = operations![
        stream_items,
        stream_items_no_async,
        stream_items_no_annotation,
        stream_items_no_async_no_annotation,
        stream_items_filtered,
        stream_values,
        stream_nothing,
        stream_logged,
    ];
    let events = operations![
        sse_items,
        sse_items_no_async,
        sse_items_no_annotation,
        sse_updates,
        sse_logs,
        sse_resumed,
        sse_chat,
        sse_events,
        sse_nothing,
        sse_response,
        sse_logged,
    ];
    let tasks = operations![
        send_notification,
        tasks_blocking,
        tasks_only_dependency,
        tasks_response,
        tasks_fails,
        tasks_broken,
        tasks_stream,
        tasks_nested,
    ];
    let api = Api::new()
        .title("answers")
        .operations(operations![read_log, empty_log])
        .operations(depends)
        .operations(headers)
        .operations(cookies)
        .operations(statuses)
        .operations(bodies)
        .operations(redirects)
        .operations(models)
        .operations(json_lines)
        .operations(events)
        .operations(tasks);
    rocket::build().attach(api)
}
