//! How long requests may take, and how many are answered at once.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use crewed::prelude::*;
use crewed::rocket::figment::Figment;
use crewed::rocket::tokio::time::sleep;
use crewed::rocket::tokio::{spawn, task::yield_now};
use crewed::{HttpError, get, post};
use serde_json::json;

use crate::kit::{self, client, json_of};
use crate::program::{Answer, ask, launched, read_answer};

#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    #[field(default = "")]
    nickname: String,
}

fn named(name: &str) -> UserCreate {
    UserCreate { name: name.to_owned(), nickname: String::new() }
}

const MILLIS: fn(u64) -> Duration = Duration::from_millis;

/// How many calls of `nap` were dropped before their end.
static DROPPED: AtomicUsize = AtomicUsize::new(0);

struct Dropped;

impl Drop for Dropped {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Ordering::SeqCst);
    }
}

#[get("/nap/<millis>")]
async fn nap(millis: u64) -> &'static str {
    let dropped = Dropped;
    sleep(MILLIS(millis)).await;
    std::mem::forget(dropped);
    "awake"
}

/// Keeps all writes waiting for a while, after this request.
#[post("/hold/<millis>")]
async fn hold(millis: u64, users: Repository<User>) {
    let (begun, has_begun) = crewed::rocket::tokio::sync::oneshot::channel();
    let begun = std::sync::Mutex::new(Some(begun));
    spawn(async move {
        let begun = &begun;
        let held = users.transaction(|tx| async move {
            tx.of::<User>().create(named("held")).await?;
            if let Some(begun) = begun.lock().unwrap().take() {
                let _ = begun.send(());
            }
            sleep(MILLIS(millis)).await;
            Err::<(), _>(HttpError::new(409, "it is rolled back"))
        });
        let _ = held.await;
    });
    let _ = has_begun.await;
}

/// Writes, and then takes its time.
#[post("/write-and-nap")]
async fn write_and_nap(users: Repository<User>) -> Result<(), HttpError> {
    users
        .transaction(|tx| async move {
            tx.of::<User>().create(named("undone")).await?;
            sleep(MILLIS(5000)).await;
            Ok(())
        })
        .await
}

/// How often it has begun.
static DAWDLED: AtomicUsize = AtomicUsize::new(0);

/// A dependency that takes its time.
#[crewed::depends]
async fn dawdle() {
    DAWDLED.fetch_add(1, Ordering::SeqCst);
    sleep(MILLIS(1500)).await;
}

#[resource("/guarded", depends(dawdle))]
struct Guarded {
    #[field(key)]
    name: String,
}

#[resource("/lamps", inputs = "query")]
struct Lamp {
    #[field(key)]
    name: String,
}

fn api() -> Api {
    let api = Api::new().resource::<User>().resource::<Guarded>().resource::<Lamp>();
    api.operations(operations![nap, hold, write_and_nap])
}

fn config(timeouts: &str, load: &str) -> Figment {
    let table = |text: &str| text.parse::<crewed::rocket::figment::value::Value>().unwrap();
    kit::config().merge(("crewed.timeouts", table(timeouts))).merge(("crewed.load", table(load)))
}

const UNAVAILABLE: &str = r#"{"detail":"Service Unavailable"}"#;

/// Sends the beginning of a body, and a part of it again and again.
fn slowly(port: u16, path: &str, pause: Duration, parts: usize) -> (Answer, Duration) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(br#"{"name": "slow and more than Rocket looks at", "#).unwrap();
    let begun = Instant::now();
    stream.set_read_timeout(Some(pause)).unwrap();
    let mut first = [0; 1];
    for _ in 0..parts {
        // Until there is an answer.
        if stream.read(&mut first).is_ok() {
            break;
        }
        let _ = stream.write_all(b" ");
    }
    let took = begun.elapsed();
    stream.set_read_timeout(Some(MILLIS(10_000))).unwrap();
    (read_answer(&mut first.as_slice().chain(stream)), took)
}

#[test]
fn a_body_that_does_not_come_is_408() {
    for base in ["", "/api"] {
        let port = launched(move |figment| {
            let figment = figment.merge(config("{ body = 0.4, request = 1.5 }", "{}"));
            crewed::rocket::custom(figment).attach(api().at(base))
        });
        let path = format!("{base}/users");
        let (stalled, took) = slowly(port, &path, MILLIS(5000), 1);
        assert_eq!((stalled.status, stalled.text().as_str()), (408, r#"{"detail":"Request Timeout"}"#));
        assert_eq!(stalled.header("connection"), Some("close"));
        assert!((MILLIS(350)..MILLIS(1400)).contains(&took), "{took:?}");
        // A byte now and then does not help for ever.
        let (trickled, took) = slowly(port, &path, MILLIS(100), 100);
        assert_eq!(trickled.status, 408);
        assert!((MILLIS(1300)..MILLIS(4000)).contains(&took), "{took:?}");
    }
}

#[test]
fn a_length_beyond_the_limit_is_refused_before_it_is_read() {
    let port = launched(|figment| crewed::rocket::custom(figment).attach(api()));
    let head = "POST /users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 999999999\r\n\r\n";
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(br#"{"name": "and no more than this"#).unwrap();
    stream.set_read_timeout(Some(MILLIS(5000))).unwrap();
    assert_eq!(read_answer(&mut stream).status, 413);
}

#[test]
fn what_takes_too_long_is_503_and_ends() {
    let client = client(config("{ request = 0.3 }", "{}"), api());
    let before = DROPPED.load(Ordering::SeqCst);
    let begun = Instant::now();
    let answer = client.get("/nap/5000").dispatch();
    assert_eq!(answer.headers().get_one("retry-after"), Some("1"));
    assert_eq!((answer.status().code, answer.into_string().unwrap().as_str()), (503, UNAVAILABLE));
    assert!((MILLIS(250)..MILLIS(3000)).contains(&begun.elapsed()));
    assert_eq!(DROPPED.load(Ordering::SeqCst), before + 1);
    assert_eq!(client.get("/nap/1").dispatch().into_string().unwrap(), "awake");
    // A transaction is undone.
    assert_eq!(client.post("/write-and-nap").dispatch().status().code, 503);
    assert_eq!(kit::get(&client, "/users/undone").0, 404);
    assert_eq!(kit::post(&client, "/users", json!({"name": "next"})).0, 201);
}

/// On PostgreSQL such a transaction makes nobody wait but those who write the same row.
#[test]
fn a_write_that_waits_is_given_up_and_never_made() {
    let client = client(config("{ request = 0.4 }", "{}"), api());
    let name = if is_postgres() { "held" } else { "waiting" };
    assert_eq!(client.post("/hold/1500").dispatch().status().code, 200);
    let begun = Instant::now();
    let (status, _) = kit::post(&client, "/users", json!({"name": name}));
    if is_postgres() {
        // It is under way there, and waits for a lock of the database's: nobody can tell what becomes of it.
        assert_eq!(status, 201);
        assert!(begun.elapsed() > MILLIS(1000));
        return;
    }
    assert_eq!(status, 503);
    assert!(begun.elapsed() < MILLIS(1200), "{:?}", begun.elapsed());
    // The next write comes after everything that waited.
    std::thread::sleep(MILLIS(1500));
    assert_eq!(kit::post(&client, "/users", json!({"name": "next"})).0, 201);
    assert_eq!(json_of(client.get("/users").dispatch()).1, json!([{"name": "next", "nickname": ""}]));
}

fn is_postgres() -> bool {
    std::env::var("CREWED_TEST_ENGINE").is_ok_and(|engine| engine == "postgres")
}

#[test]
fn beyond_the_greatest_load_all_are_refused_at_once() {
    let port = launched(|figment| {
        crewed::rocket::custom(figment.merge(config("{}", "{ max_requests = 2 }"))).attach(api())
    });
    let get = |path: &str| {
        ask(port, format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes())
    };
    std::thread::scope(|scope| {
        let naps = [scope.spawn(|| get("/nap/1500").status), scope.spawn(|| get("/nap/1500").status)];
        std::thread::sleep(MILLIS(500));
        for path in ["/users", "/users/x", "/nap/1"] {
            let begun = Instant::now();
            let refused = get(path);
            assert_eq!((refused.status, refused.text().as_str()), (503, UNAVAILABLE), "{path}");
            assert_eq!(refused.header("retry-after"), Some("1"));
            assert!(begun.elapsed() < MILLIS(500), "{path}: {:?}", begun.elapsed());
        }
        let napped: Vec<_> = naps.into_iter().map(|nap| nap.join().unwrap()).collect();
        assert_eq!(napped, [200, 200]);
    });
    // And all is as before.
    for _ in 0..5 {
        assert_eq!(get("/users").status, 200);
    }
}

/// Whoever is waited for in front of an operation has a place, and so has a write whose values are in the address.
#[test]
fn whatever_is_done_takes_a_place() {
    let port = launched(|figment| {
        crewed::rocket::custom(figment.merge(config("{}", "{ max_requests = 1 }"))).attach(api())
    });
    let send = |method: &str, path: &str, body: &str| {
        let length = body.len();
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}");
        ask(port, format!("{head}\r\nContent-Type: application/json\r\n\r\n{body}").as_bytes()).status
    };
    for (method, path, body) in [
        ("POST", "/guarded", "{\"name\": \"a\"}"),
        ("PUT", "/guarded/a", "{\"name\": \"a\"}"),
        ("POST", "/lamps?name=a", ""),
    ] {
        std::thread::scope(|scope| {
            if path.starts_with("/lamps") {
                assert_eq!(send("POST", "/hold/1500", ""), 200);
            }
            let dawdled = DAWDLED.load(Ordering::SeqCst);
            let first = scope.spawn(|| send(method, path, body));
            match path.starts_with("/lamps") {
                // Nobody tells that it waits.
                true => std::thread::sleep(MILLIS(700)),
                false => {
                    while DAWDLED.load(Ordering::SeqCst) == dawdled {
                        assert!(!first.is_finished(), "{method} {path}: it asks for no dependency");
                        std::thread::sleep(MILLIS(5));
                    }
                }
            }
            assert_eq!(send("GET", "/nap/1", ""), 503, "{method} {path}");
            let status = first.join().unwrap();
            assert!((200..300).contains(&status), "{method} {path}: {status}");
        });
        assert_eq!(send("GET", "/nap/1", ""), 200, "{method} {path}");
    }
}

#[test]
fn who_sends_slowly_keeps_nobody_out() {
    let port = launched(|figment| {
        let figment = figment.merge(config("{ body = 5 }", "{ max_requests = 1 }"));
        crewed::rocket::custom(figment).attach(api())
    });
    let head = "POST /users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{\"name\": \"slow and more\"";
    let mut slow = TcpStream::connect(("127.0.0.1", port)).unwrap();
    slow.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(MILLIS(200));
    let others = ask(port, b"GET /users HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_eq!(others.status, 200);
    slow.write_all(format!("{}}}", " ".repeat(50 - 24 - 1)).as_bytes()).unwrap();
    slow.set_read_timeout(Some(MILLIS(5000))).unwrap();
    assert_eq!(read_answer(&mut slow).status, 201);
}

/// A future that is not polled to its end withdraws its write, or leaves it to the writer: nothing is half done.
#[test]
fn a_request_that_is_cancelled_leaves_nothing_half_done() {
    let client = client(config("{}", "{}"), api());
    crewed::rocket::async_test(async {
        let users = Repository::<User>::of(client.rocket()).unwrap();
        for number in 0..50 {
            let name = format!("cancelled {number}");
            let create = users.create(named(&name));
            let mut create = Box::pin(create);
            // It is asked for the first time, and dropped at once or a moment later.
            let _ = std::future::poll_fn(|context| Poll::Ready(create.as_mut().poll(context))).await;
            if number % 2 == 0 {
                yield_now().await;
            }
            drop(create);
        }
        users.create(named("last")).await.unwrap();
        let all = users.list(0, 100).await.unwrap();
        assert!(all.iter().any(|user| user.name == "last"));
    });
}

#[test]
fn wrong_limits_are_refused_with_what_they_should_be() {
    for (key, value, told) in [
        ("crewed.timeouts.body", "0", "it is 0, and should be seconds: more than 0, and at most 86400"),
        ("crewed.timeouts.request", "-1", "it is -1, and should be seconds: more than 0"),
        ("crewed.timeouts.write", "1000000", "it is 1000000, and should be seconds"),
        ("crewed.timeouts.drain", "\"5s\"", "it is \"5s\", and should be a number"),
        ("crewed.timeouts.bodies", "1", "did you mean `timeouts.body`?"),
        ("crewed.timeouts", "5", "it is written { body = 10, request = 30, write = 30, drain = 5 }"),
        ("crewed.load.max_requests", "0", "it is 0, and should be 1 or more"),
        (
            "crewed.load",
            "512",
            "it is written { max_requests = 1024, max_streams = 1024, blocking = 40, per_caller = \"100/60s\" }",
        ),
    ] {
        let value: crewed::rocket::figment::value::Value = value.parse().unwrap();
        let rocket = crewed::rocket::custom(kit::config().merge((key, value))).attach(api());
        let error = crewed::rocket::async_test(crewed::ignite(rocket)).unwrap_err().to_string();
        assert!(error.contains(told), "{key}: {error}");
    }
}

#[test]
fn pages_take_no_place() {
    let client = client(config("{}", "{ max_requests = 2 }"), api());
    for path in ["/openapi.json", "/openapi.json", "/docs/", "/openapi.json", "/users"] {
        assert_ne!(client.get(path).dispatch().status().code, 503, "{path}");
    }
}
