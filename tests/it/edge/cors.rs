//! What pages of other origins are told. What Starlette answers is in the recordings; here is what it does not have.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crewed::prelude::*;
use crewed::rocket::figment::Figment;
use crewed::rocket::http::{ContentType, Header, Status};
use crewed::rocket::local::blocking::{Client, LocalResponse};
use crewed::rocket::tokio::sync::Semaphore;
use crewed::rocket::{Request, catch, catchers, patch, routes};
use crewed::{Bearer, HttpError, Reply};
use serde_json::{Value, json};

use crate::kit::{asked, config, header};
use crate::program::{Answer, ask, launched};

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
}

/// Who asks.
#[crewed::caller(depends(current))]
struct Me {
    #[caller(id)]
    id: i64,
}

#[crewed::depends]
fn current(token: Option<Bearer>) -> Result<Option<Me>, HttpError> {
    Ok(token.map(|_| Me { id: 1 }))
}

#[resource("/notes", access(caller = Me, owner))]
struct Note {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
}

#[crewed::depends]
fn checked(#[param(header)] x_checked: Option<String>) -> Option<String> {
    x_checked
}

#[crewed::depends]
fn keyed(
    #[param(depends(checked))] _checked: Option<String>,
    #[param(header, security)] x_key: Option<String>,
) -> bool {
    x_key.is_some()
}

#[crewed::get("/declared")]
fn declared(#[param(header)] x_token: Option<String>, #[param(header)] user_agent: Option<String>) -> String {
    format!("{x_token:?} {user_agent:?}")
}

#[crewed::put("/declared", depends(keyed))]
fn put_declared() {}

#[crewed::delete("/declared/<id>")]
fn delete_declared(id: i64, _token: Bearer) -> String {
    id.to_string()
}

#[crewed::get("/exposed")]
fn exposed() -> Reply<&'static str> {
    Reply::new("exposed").header("X-Mine", "1").header("Access-Control-Expose-Headers", "X-Mine")
}

#[crewed::get("/panics")]
fn panics() {
    panic!("this is part of the test")
}

#[crewed::post("/taken")]
fn taken(body: crewed::rocket::serde::json::Json<Value>) -> String {
    body.to_string()
}

static RELEASED: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(0));

static WAITS: AtomicBool = AtomicBool::new(false);

/// Tells once it has a place among the requests.
#[crewed::get("/waits")]
async fn waits() {
    WAITS.store(true, Ordering::SeqCst);
    let _ = RELEASED.acquire().await;
}

#[patch("/own/<_>")]
fn own() {}

const APP: (&str, &str) = ("origin", "https://app.example");
const EVIL: (&str, &str) = ("origin", "https://evil.example");
const EXPOSED: &str =
    "Location, ETag, Link, X-Total-Count, X-Request-Id, Retry-After, RateLimit, RateLimit-Policy";

fn cors() -> Figment {
    with_cors(config())
}

fn with_cors(figment: Figment) -> Figment {
    figment
        .merge((
            "crewed.cors.origins",
            ["https://app.example", "https://*.shop.example", "tauri://localhost"],
        ))
        .merge(("crewed.cors.credentials", true))
}

fn api(base: &str) -> Api {
    let mut operations = operations![declared, put_declared, delete_declared].to_vec();
    operations.extend(operations![exposed, panics, taken, waits]);
    Api::new().at(base).resource::<User>().operations(operations)
}

fn client(figment: Figment, base: &str) -> Client {
    let rocket = crewed::rocket::custom(figment).mount("/", routes![own]).attach(api(base));
    Client::untracked(rocket).unwrap()
}

/// What an answer tells of other origins: `Vary`, and the headers that say more.
fn told(response: &LocalResponse<'_>) -> (Option<String>, [Option<String>; 3]) {
    let names = ["allow-origin", "allow-credentials", "expose-headers"];
    (header(response, "vary"), names.map(|name| header(response, &format!("access-control-{name}"))))
}

fn shared(origin: &str) -> (Option<String>, [Option<String>; 3]) {
    let some = |text: &str| Some(text.to_owned());
    (some("Origin"), [some(origin), some("true"), some(EXPOSED)])
}

fn varies() -> (Option<String>, [Option<String>; 3]) {
    (Some("Origin".to_owned()), [None, None, None])
}

fn preflight<'c>(client: &'c Client, path: &str, method: &str, more: &[(&str, &str)]) -> LocalResponse<'c> {
    let asks = [APP, ("access-control-request-method", method)];
    asked(client, "OPTIONS", path, &[&asks, more].concat())
}

#[test]
fn every_answer_is_shared_with_those_that_are_named() {
    for base in ["", "/api"] {
        // What may be compressed varies by that, too.
        let client = client(cors().merge(("crewed.compress", false)), base);
        for (method, path, status) in [
            ("GET", "/users", 200),
            ("HEAD", "/users", 200),
            ("GET", "/users/nobody", 404),
            ("GET", "/users?x=1", 422),
            ("POST", "/users", 422),
            ("DELETE", "/users", 405),
            ("OPTIONS", "/users", 405),
            ("GET", "/users/", 307),
            ("GET", "/panics", 500),
            ("GET", "/docs", 200),
            ("GET", "/docs/swagger-ui.css", 200),
            ("GET", "/nothing", 404),
        ] {
            let path = format!("{base}{path}");
            for origin in ["https://app.example", "https://a.shop.example", "tauri://localhost"] {
                let answer = asked(&client, method, &path, &[("origin", origin)]);
                assert_eq!(
                    (answer.status().code, told(&answer)),
                    (status, shared(origin)),
                    "{method} {path}"
                );
            }
            let none = asked(&client, method, &path, &[]);
            assert_eq!((none.status().code, told(&none)), (status, varies()), "{method} {path}");
            // Whoever changes something is refused.
            let foreign = asked(&client, method, &path, &[EVIL]);
            let status = if ["POST", "DELETE"].contains(&method) { 403 } else { status };
            assert_eq!((foreign.status().code, told(&foreign)), (status, varies()), "{method} {path}");
        }
        // Of a route of the user's, and where only a catcher answers.
        let answer = asked(&client, "PATCH", "/own/1", &[APP]);
        assert_eq!((answer.status(), told(&answer)), (Status::Ok, shared(APP.1)));
        let answer = asked(&client, "PATCH", "/own", &[APP]);
        assert_eq!((answer.status(), told(&answer)), (Status::NotFound, shared(APP.1)));
    }
}

#[test]
fn errors_of_limits_are_shared_too() {
    let figment = cors().merge(("limits.json", "32 B"));
    for base in ["", "/api"] {
        let client = client(figment.clone(), base);
        let request = client.post(format!("{base}/taken")).header(ContentType::JSON);
        let answer =
            request.header(Header::new(APP.0, APP.1)).body(json!(["x".repeat(40)]).to_string()).dispatch();
        assert_eq!((answer.status().code, told(&answer)), (413, shared(APP.1)));
    }
    // A catcher of the user's.
    #[catch(default)]
    fn caught(status: Status, _: &Request<'_>) -> String {
        status.to_string()
    }
    let rocket = crewed::rocket::custom(figment).register("/", catchers![caught]).attach(api(""));
    let client = Client::untracked(rocket).unwrap();
    for (path, status) in [("/nothing", 404), ("/panics", 500)] {
        let answer = asked(&client, "GET", path, &[APP]);
        assert_eq!((answer.status().code, told(&answer)), (status, shared(APP.1)));
    }
}

fn over_tcp(port: u16, head: &str, body: &str) -> Answer {
    ask(port, format!("{head}\r\nHost: x\r\nConnection: close\r\nOrigin: {}\r\n\r\n{body}", APP.1).as_bytes())
}

/// Where time or room is over; a preflight takes neither.
#[test]
fn errors_of_time_and_load_are_shared_too() {
    let port = launched(|figment| {
        let figment =
            with_cors(figment).merge(("crewed.timeouts.body", 0.2)).merge(("crewed.timeouts.request", 3.0));
        crewed::rocket::custom(figment.merge(("crewed.load.max_requests", 1))).attach(api(""))
    });
    let is_shared = |answer: &Answer| {
        assert_eq!(answer.headers("access-control-allow-origin"), [APP.1], "{answer:?}");
        assert_eq!(answer.headers("access-control-allow-credentials"), ["true"], "{answer:?}");
        assert_eq!(answer.headers("vary"), ["Origin"], "{answer:?}");
    };
    let head = "POST /taken HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 100";
    let slow = over_tcp(port, head, "[1, 2, 3, 4, 5, 6, 7");
    assert_eq!(slow.status, 408, "{slow:?}");
    is_shared(&slow);

    let waiting = std::thread::spawn(move || over_tcp(port, "GET /waits HTTP/1.1", ""));
    while !WAITS.load(Ordering::SeqCst) {
        assert!(!waiting.is_finished(), "it does not wait");
        std::thread::sleep(Duration::from_millis(5));
    }
    let full = over_tcp(port, "GET /declared HTTP/1.1", "");
    assert_eq!(full.status, 503, "{full:?}");
    assert!(full.header("retry-after").is_some(), "{full:?}");
    is_shared(&full);
    let asks = over_tcp(port, "OPTIONS /declared HTTP/1.1\r\nAccess-Control-Request-Method: PUT", "");
    assert_eq!((asks.status, asks.text()), (200, "OK".to_owned()));
    let late = waiting.join().unwrap();
    assert_eq!(late.status, 503, "{late:?}");
    is_shared(&late);
}

#[test]
fn a_preflight_is_told_what_the_path_takes() {
    for base in ["", "/api"] {
        let client = client(cors().merge(("crewed.cors.headers", ["X-Guarded"])), base);
        let usual = "Accept, Accept-Language, Content-Language, Content-Type";
        for (path, methods, headers) in [
            (format!("{base}/users"), "GET, HEAD, POST", format!("{usual}, X-Guarded")),
            (format!("{base}/users/ada"), "DELETE, GET, HEAD, PATCH, PUT", format!("{usual}, X-Guarded")),
            // Of a redirect, those of where it goes.
            (format!("{base}/users/"), "GET, HEAD, POST", format!("{usual}, X-Guarded")),
            (
                format!("{base}/declared"),
                "GET, HEAD, PUT",
                format!("{usual}, user-agent, x-checked, X-Guarded, x-key, x-token"),
            ),
            (
                format!("{base}/declared/1"),
                "DELETE",
                "Accept, Accept-Language, Authorization, Content-Language, Content-Type, X-Guarded"
                    .to_owned(),
            ),
            (format!("{base}/docs"), "GET, HEAD", format!("{usual}, X-Guarded")),
            (format!("{base}/docs/swagger-ui.css"), "GET, HEAD", format!("{usual}, X-Guarded")),
            ("/own/1".to_owned(), "PATCH", format!("{usual}, X-Guarded")),
        ] {
            let first = methods.split(',').next().unwrap();
            let answer = preflight(&client, &path, first, &[("access-control-request-headers", &headers)]);
            assert_eq!(answer.status(), Status::Ok, "{path}");
            assert_eq!(header(&answer, "access-control-allow-methods").as_deref(), Some(methods), "{path}");
            assert_eq!(header(&answer, "access-control-allow-headers"), Some(headers), "{path}");
            assert_eq!(header(&answer, "access-control-max-age").as_deref(), Some("600"));
            assert_eq!(header(&answer, "access-control-allow-origin").as_deref(), Some(APP.1));
            assert_eq!(header(&answer, "access-control-allow-credentials").as_deref(), Some("true"));
            assert_eq!(header(&answer, "access-control-expose-headers"), None);
            for method in ["TRACE", "patch", "", "GET, PUT"] {
                let answer = preflight(&client, &path, method, &[]);
                assert_eq!(answer.status(), Status::BadRequest, "{path} {method}");
                assert_eq!(answer.into_string().as_deref(), Some("Disallowed CORS method"));
            }
        }
    }
}

/// A browser looks at the status, so this is a refusal.
#[test]
fn nothing_is_allowed_where_nothing_is() {
    for base in ["", "/api"] {
        let client = client(cors(), base);
        for path in [
            "/nothing".to_owned(),
            format!("{base}/users/ada/x"),
            "/own".to_owned(),
            "/apis/users".to_owned(),
        ] {
            let answer = preflight(&client, &path, "GET", &[]);
            assert_eq!((answer.status(), told(&answer)), (Status::NotFound, varies()), "{path}");
            assert_eq!(header(&answer, "access-control-allow-methods"), None);
            assert_eq!(answer.into_json::<Value>(), Some(json!({"detail": "Not Found"})));
        }
    }
}

#[test]
fn whoever_is_not_named_is_told_nothing() {
    let client = client(cors(), "");
    for origin in [
        "https://evil.example",
        "null",
        "https://app.example:8443",
        "http://app.example",
        "https://app.example.",
        "https://a.b.shop.example",
        "https://shop.example",
        "https://.shop.example",
        "https://a.shop.example:8443",
        "https://evil.example/.shop.example",
        "https://evil.example#.shop.example",
        "https://a.shop.example, https://b.shop.example",
    ] {
        let asks = [("origin", origin), ("access-control-request-method", "GET")];
        let answer = asked(&client, "OPTIONS", "/users", &asks);
        assert_eq!(answer.status(), Status::BadRequest, "{origin}");
        let says: Vec<String> =
            answer.headers().iter().map(|header| header.name.to_string().to_ascii_lowercase()).collect();
        assert!(!says.iter().any(|name| name.starts_with("access-control")), "{origin}: {says:?}");
        assert!(header(&answer, "vary").unwrap().starts_with("Origin, "));
        assert_eq!(answer.into_string().as_deref(), Some("Disallowed CORS origin"));
    }
}

#[test]
fn an_operation_exposes_headers_of_its_own() {
    let client = client(cors(), "");
    let answer = asked(&client, "GET", "/exposed", &[APP]);
    assert_eq!(header(&answer, "access-control-expose-headers"), Some(format!("X-Mine, {EXPOSED}")));
}

/// The caller of a resource comes with a token.
#[test]
fn a_caller_is_asked_for() {
    let api = Api::new().auth(Auth::<Me>::new()).resource::<Note>();
    let client = Client::untracked(crewed::rocket::custom(cors()).attach(api)).unwrap();
    let answer = preflight(&client, "/notes", "POST", &[("access-control-request-headers", "authorization")]);
    assert_eq!(answer.status(), Status::Ok);
    let headers = "Accept, Accept-Language, Authorization, Content-Language, Content-Type";
    assert_eq!(header(&answer, "access-control-allow-headers").as_deref(), Some(headers));
}

/// What is not configured is not there.
#[test]
fn without_cors_nothing_is_said() {
    for base in ["", "/api"] {
        let client = client(config(), base);
        let answer = asked(&client, "GET", &format!("{base}/users"), &[APP]);
        assert_eq!((answer.status(), told(&answer)), (Status::Ok, (None, [None, None, None])));
        let asks = preflight(&client, &format!("{base}/users"), "GET", &[]);
        assert_eq!(asks.status(), Status::MethodNotAllowed);
        assert_eq!(told(&asks), (None, [None, None, None]));
    }
}
