//! Whether the program lives, and whether it is ready.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crewed::prelude::*;
use crewed::rocket::figment::Figment;
use crewed::rocket::fs::FileServer;
use crewed::rocket::futures::future::join;
use crewed::rocket::http::{Header, Method, Status};
use crewed::rocket::local::asynchronous::Client as AsyncClient;
use crewed::rocket::local::blocking::Client;
use crewed::rocket::tokio::sync::Semaphore;
use crewed::rocket::{self, State};
use crewed::{get, post};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::proxy::Proxy;
use crate::faults::server::Server;
use crate::kit::{self, client, config, json_of};
use crate::launch::refused;

#[resource("/notes")]
struct Note {
    #[field(key)]
    name: String,
}

#[get("/")]
fn root() -> &'static str {
    "root"
}

#[get("/<name>")]
fn named(name: String) -> String {
    name
}

/// Longer than an answer of the store holds.
const LATER: Duration = Duration::from_millis(1050);

fn ready(client: &Client) -> (u16, Value) {
    kit::get(client, "/health")
}

fn is(status: &str, checks: Value) -> Value {
    json!({"status": status, "checks": checks})
}

#[test]
fn a_program_without_resources_is_ready_and_says_so() {
    let client = client(config(), Api::new().operations(operations![root]));
    let well = is("ok", json!({"shutdown": "ok"}));
    assert_eq!(kit::get(&client, "/health"), (200, well.clone()));
    assert_eq!(kit::get(&client, "/health/ready"), (200, well));
    assert_eq!(kit::get(&client, "/health/live"), (200, is("ok", json!({}))));
    for path in ["/health", "/health/live", "/health/"] {
        let answer = client.get(path).header(Header::new("host", "anything.example")).dispatch();
        assert_eq!(answer.status(), Status::Ok, "{path}");
        assert_eq!(answer.headers().get_one("cache-control"), Some("no-store"));
        assert_eq!(answer.headers().get_one("content-type"), Some("application/json"));
        let length = answer.into_string().unwrap().len();
        let head = client.head(path).dispatch();
        assert_eq!((head.status(), head.body().preset_size()), (Status::Ok, Some(length)), "{path}");
        assert_eq!(head.into_string().unwrap_or_default(), "");
    }
    for method in [Method::Post, Method::Put, Method::Patch, Method::Delete, Method::Options] {
        let answer = client.req(method, "/health/live").dispatch();
        assert_eq!(answer.status(), Status::MethodNotAllowed, "{method}");
        assert_eq!(answer.headers().get_one("allow"), Some("GET"));
        assert_eq!(json_of(answer).1, json!({"detail": "Method Not Allowed"}));
    }
    for path in ["/healthy", "/health/nothing", "/health/live/x", "/healt"] {
        assert_eq!(kit::get(&client, path), (404, json!({"detail": "Not Found"})), "{path}");
    }
    assert!(!kit::get(&client, "/openapi.json").1.to_string().contains("health"));
}

/// From the root, whatever base the API has, and before whatever else takes any path.
#[test]
fn nothing_comes_before_it() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("health")).unwrap();
    fs::write(folder.path().join("health/live"), "a file").unwrap();
    fs::write(folder.path().join("health/other"), "another file").unwrap();
    // An operation that would match its path, and one that would not.
    for (base, operation) in [("", operations![named]), ("", operations![root]), ("/api", operations![named])]
    {
        let files = FileServer::from(folder.path());
        let mut api = Api::new().operations(operation);
        if !base.is_empty() {
            api = api.at(base);
        }
        let rocket = rocket::custom(config()).mount("/", files.rank(-100)).attach(api);
        let client = Client::untracked(rocket).unwrap();
        assert_eq!(kit::get(&client, "/health/live").1, is("ok", json!({})), "{base}");
        assert_eq!(kit::get(&client, "/health").0, 200, "{base}");
        assert_eq!(client.get("/health/other").dispatch().into_string().unwrap(), "another file");
        assert_eq!(client.head("/health").dispatch().status(), Status::Ok);
        let own = client.get(format!("{base}/x")).dispatch().into_string();
        assert!(own.is_some_and(|own| own == "x" || own.contains("Not Found")), "{base}");
    }
}

/// A database that is taken away makes it unready, and what it was told of the store holds for a second.
#[test]
fn it_is_ready_while_its_store_answers() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("notes.db");
    let figment = config().merge(("crewed.store", format!("sqlite:{}", file.display())));
    let client = client(figment, Api::new().resource::<Note>());
    let well = is("ok", json!({"store": "ok", "migrations": "ok", "shutdown": "ok"}));
    let asked = Instant::now();
    assert_eq!(ready(&client), (200, well.clone()));
    fs::rename(&file, folder.path().join("away")).unwrap();
    let told = ready(&client);
    if asked.elapsed() < Duration::from_secs(1) {
        assert_eq!(told, (200, well.clone()), "it was asked again");
    }
    sleep(LATER);
    let unwell = is("unavailable", json!({"store": "unavailable", "migrations": "ok", "shutdown": "ok"}));
    assert_eq!(ready(&client), (503, unwell));
    assert_eq!(kit::get(&client, "/health/live").0, 200);
    fs::rename(folder.path().join("away"), &file).unwrap();
    sleep(LATER);
    assert_eq!(ready(&client), (200, well));
}

#[test]
fn a_database_in_memory_is_ready_while_it_is_written() {
    let client = client(config().merge(("crewed.store", "sqlite::memory:")), Api::new().resource::<Note>());
    assert_eq!(ready(&client).0, 200);
}

/// Its migrations have failed on liftoff, so that the rocket is about to end.
#[test]
fn it_is_not_ready_without_its_migrations() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("notes.db");
    let other = rusqlite::Connection::open(&file).unwrap();
    other.execute_batch("CREATE VIEW _crewed_schema AS SELECT 1 AS x").unwrap();
    let figment = config().merge(("crewed.store", format!("sqlite:{}", file.display())));
    let client = client(figment, Api::new().resource::<Note>());
    let told = is("unavailable", json!({"store": "unavailable", "migrations": "failed", "shutdown": "ok"}));
    assert_eq!(ready(&client), (503, told));
}

#[test]
fn its_path_is_configured() {
    let client_at = |health: Value| {
        let figment = config().merge(("crewed.health", health));
        client(figment, Api::new().at("/api").operations(operations![root]))
    };
    let client = client_at(json!("/internal/health"));
    assert_eq!(kit::get(&client, "/internal/health").0, 200);
    assert_eq!(kit::get(&client, "/internal/health/live").0, 200);
    assert_eq!(kit::get(&client, "/health").0, 404);
    let client = client_at(json!(false));
    assert_eq!(kit::get(&client, "/health").0, 404);
    assert_eq!(kit::get(&client, "/health/live").0, 404);
}

#[post("/<a>/<b>")]
fn change(a: String, b: String) -> String {
    format!("{a} {b}")
}

/// What is no health check is a request like any other, also below their path.
#[test]
fn nothing_else_passes_with_it() {
    let figment = config()
        .merge(("crewed.hosts", ["api.example"]))
        .merge(("crewed.cors.origins", ["https://app.example"]))
        .merge(("crewed.load.per_caller", "1/1h"));
    let client = client(figment, Api::new().operations(operations![change, named]));
    let status = |method: Method, path: &'static str, host: &'static str, site: &'static str| {
        let request = client.req(method, path).header(Header::new("host", host));
        request.header(Header::new("sec-fetch-site", site)).dispatch().status().code
    };
    assert_eq!(status(Method::Post, "/health/x", "evil.example", "same-origin"), 400);
    assert_eq!(status(Method::Get, "/health/x", "evil.example", "same-origin"), 400);
    assert_eq!(status(Method::Post, "/health/x", "api.example", "cross-site"), 403);
    for _ in 0..5 {
        assert_eq!(status(Method::Get, "/health", "10.0.0.1", "none"), 200);
        assert_eq!(status(Method::Head, "/health/live", "10.0.0.1", "none"), 200);
    }
}

/// What looks after a program asks it by its address, from anywhere.
#[test]
fn neither_hosts_nor_origins_are_in_its_way() {
    let figment = config()
        .merge(("crewed.health", "/up"))
        .merge(("crewed.hosts", ["api.example"]))
        .merge(("crewed.cors.origins", ["https://app.example"]));
    let client = client(figment, Api::new().operations(operations![root]));
    for (path, expected) in [("/up", 200), ("/up/live", 200), ("/", 400), ("/health", 400), ("/upper", 400)] {
        let request = client.get(path).header(Header::new("host", "10.0.0.7"));
        assert_eq!(request.dispatch().status().code, expected, "{path}");
    }
    let cross_site = client.get("/up").header(Header::new("origin", "https://evil.example"));
    let answer = cross_site.header(Header::new("sec-fetch-site", "cross-site")).dispatch();
    assert_eq!(answer.status(), Status::Ok);
    assert_eq!(answer.headers().get_one("access-control-allow-origin"), None);
    assert_eq!(answer.headers().get_one("x-content-type-options"), Some("nosniff"));
}

fn refusal(figment: Figment) -> String {
    refused(figment, Api::new().resource::<Note>())
}

#[test]
fn a_path_that_is_none_is_told() {
    for health in
        [json!("health"), json!("/"), json!("/health/"), json!("/a b"), json!(true), json!(7), json!("")]
    {
        let told = refusal(config().merge(("crewed.health", health.clone())));
        let expected = "`health` in `crewed` of ";
        assert!(told.contains(expected), "{health}: {told}");
        assert!(told.contains(", and should be a path like \"/health\", or `false`"), "{told}");
    }
}

#[resource("/health")]
struct Health {
    #[field(key)]
    name: String,
}

#[post("/health/<part>")]
fn part(part: String) -> String {
    part
}

#[rocket::get("/health/db")]
fn database() -> &'static str {
    "up"
}

#[rocket::get("/<path..>", rank = 50)]
fn anything(path: std::path::PathBuf) -> String {
    path.display().to_string()
}

#[test]
fn what_stands_on_its_path_is_told_at_once() {
    let rocket = |figment: Figment| {
        let api = Api::new().resource::<Health>().operations(operations![part, named]);
        rocket::custom(figment).mount("/", rocket::routes![database, anything]).attach(api)
    };
    let told = rocket::async_test(crewed::ignite(rocket(config()))).unwrap_err().to_string();
    let claimed = "`/health` and what is below it is claimed by the health checks and by ";
    for owner in ["the resource `Health`", "the function `part`", "the route `GET /health/db` (database)"] {
        assert!(
            told.contains(&format!("{claimed}{owner}: give one another path")),
            "`{owner}` is not in\n{told}"
        );
    }
    assert_eq!(told.matches(claimed).count(), 3, "{told}");
    assert!(told.contains("or leave them out with `health = false`"), "{told}");
    for elsewhere in [json!("/healthz"), json!(false)] {
        let rocket = rocket(config().merge(("crewed.health", elsewhere)));
        let client = Client::untracked(rocket).unwrap();
        assert_eq!(client.get("/health/db").dispatch().into_string().as_deref(), Some("up"));
    }
}

#[get("/wait")]
async fn wait(gate: &State<Semaphore>) -> &'static str {
    let _passed = gate.acquire().await;
    "waited"
}

/// However much is asked of the program.
#[test]
fn nothing_limits_it() {
    let figment = config().merge(("crewed.load.max_requests", 1));
    let rocket = rocket::custom(figment).manage(Semaphore::new(0));
    let rocket = rocket.attach(Api::new().operations(operations![root, wait]));
    rocket::async_test(async {
        let client = AsyncClient::untracked(rocket).await.unwrap();
        let waiting = client.get("/wait").dispatch();
        let others = async {
            // The first one is under way, as futures are polled in this order.
            let refused = client.get("/").dispatch().await.status();
            let health = client.get("/health").dispatch().await.status();
            client.rocket().state::<Semaphore>().unwrap().add_permits(1);
            (refused, health)
        };
        let (waited, others) = join(waiting, others).await;
        assert_eq!(others, (Status::ServiceUnavailable, Status::Ok));
        assert_eq!(waited.status(), Status::Ok);
    });
}

#[test]
fn a_server_that_goes_away_and_comes_back() {
    let server = Server::new();
    let proxy = Proxy::to(server.port);
    let figment = config().merge(("crewed.store", proxy.url()));
    let client = client(figment, Api::new().resource::<Note>());
    let told = |store: &str| is("ok", json!({"store": store, "migrations": "ok", "shutdown": "ok"}));
    assert_eq!(ready(&client), (200, told("ok")));

    // However many ask, it is asked once a second.
    let (before, begun) = (proxy.sent(), Instant::now());
    for _ in 0..200 {
        assert_eq!(ready(&client).0, 200);
    }
    let questions = proxy.sent() - before;
    let most = begun.elapsed().as_secs() as usize + 1;
    assert!(questions <= most, "{questions} questions in {:?}", begun.elapsed());

    server.crash();
    sleep(LATER);
    let (status, body) = ready(&client);
    assert_eq!((status, &body["checks"]["store"]), (503, &json!("unavailable")));
    server.start();
    sleep(LATER);
    assert_eq!(ready(&client), (200, told("ok")));

    // One that says nothing is waited for as long as one second, by each and by all.
    proxy.swallow(true);
    sleep(LATER);
    for _ in 0..3 {
        let begun = Instant::now();
        assert_eq!(ready(&client).0, 503);
        assert!(begun.elapsed() < Duration::from_millis(1500), "{:?}", begun.elapsed());
        sleep(LATER);
    }
    proxy.swallow(false);
    let begun = Instant::now();
    while ready(&client).0 != 200 {
        assert!(begun.elapsed() < Duration::from_secs(10), "it does not become ready again");
        sleep(LATER);
    }

    // One that is read-only answers reads, so that it is ready.
    server.query("ALTER SYSTEM SET default_transaction_read_only = on");
    server.query("SELECT pg_reload_conf()::text");
    server.until("SELECT (current_setting('transaction_read_only') = 'on')::text");
    sleep(LATER);
    assert_eq!(ready(&client), (200, told("read-only")));
}
