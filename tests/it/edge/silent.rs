//! A PostgreSQL that takes everything and says nothing.

use std::time::{Duration, Instant};

use crewed::prelude::*;
use crewed::rocket::figment::Figment;
use crewed::rocket::futures::future::{Future, join_all};
use crewed::rocket::http::{ContentType, Status};
use crewed::rocket::local::asynchronous::Client;
use crewed::rocket::{self};
use crewed::{get, post};

use super::proxy::Proxy;
use crate::faults::server::Server;
use crate::kit::config;
use crate::launch::refused;

#[resource("/notes")]
struct Note {
    #[field(key)]
    name: String,
    /// A patch of this merges with what is stored, so that it is written by itself.
    #[field(json)]
    about: About,
}

#[model]
#[derive(Clone, PartialEq)]
struct About {
    #[field(default = 0)]
    stars: i64,
}

#[post("/twice/<name>")]
async fn twice(name: String, notes: Repository<Note>) -> Result<&'static str, HttpError> {
    let name = &name;
    notes
        .transaction(|tx| async move {
            let patch = NotePatch { about: Patched::Absent };
            tx.of::<Note>().patch(name, patch).await?;
            tx.of::<Note>().list(0, 10).await.map(drop)
        })
        .await?;
    Ok("done")
}

/// Takes so many seconds in the database.
#[get("/sleep/<seconds>")]
async fn nap(seconds: i64, notes: Repository<Note>) -> Result<&'static str, HttpError> {
    notes.sql("SELECT 'x' FROM pg_sleep($1::bigint)", &[seconds.into()]).await?;
    Ok("slept")
}

fn api() -> Api {
    Api::new().resource::<Note>().operations(operations![twice, nap])
}

/// No answer takes longer.
const LIMIT: Duration = Duration::from_secs(5);

fn behind(proxy: &Proxy) -> Figment {
    config().merge(("crewed.store", proxy.url())).merge(("crewed.page.max", 5000))
}

async fn client(proxy: &Proxy) -> Client {
    Client::untracked(rocket::custom(behind(proxy)).attach(api())).await.unwrap()
}

/// A request, by what it is for.
fn asked<'c>(client: &'c Client, what: &'static str) -> impl Future<Output = (&'static str, Status)> + 'c {
    let request = match what {
        "create" => client.post("/notes").body(r#"{"name": "b", "about": {}}"#),
        "patch" => client.patch("/notes/a").body(r#"{"about": {"stars": 3}}"#),
        "replace" => client.put("/notes/a").body(r#"{"about": {"stars": 2}}"#),
        "transaction" => client.post("/twice/a"),
        "read" => client.get("/notes/a"),
        "list" => client.get("/notes"),
        "long list" => client.get("/notes?limit=5000"),
        _ => unreachable!(),
    };
    let request = request.header(ContentType::JSON);
    async move { (what, request.dispatch().await.status()) }
}

const ALL: [&str; 7] = ["create", "patch", "replace", "transaction", "read", "list", "long list"];

async fn all_work(client: &Client) {
    for what in ALL {
        let (_, status) = asked(client, what).await;
        assert!(status.code < 300 || (what == "create" && status == Status::Conflict), "{what}: {status}");
    }
}

async fn all_are_refused(client: &Client, when: &str) {
    let begun = Instant::now();
    for (what, status) in join_all(ALL.map(|what| asked(client, what))).await {
        assert_eq!(status, Status::ServiceUnavailable, "{what}, {when}");
    }
    assert!(begun.elapsed() < LIMIT, "{when}: {:?}", begun.elapsed());
}

#[test]
fn nobody_waits_for_a_server_that_says_nothing() {
    let server = Server::new();
    let proxy = Proxy::to(server.port);
    rocket::async_test(async {
        let client = client(&proxy).await;
        let made = client.post("/notes").header(ContentType::JSON).body(r#"{"name": "a", "about": {}}"#);
        assert_eq!(made.dispatch().await.status(), Status::Created);
        all_work(&client).await;
        // Each by itself, on connections that are open.
        for what in ALL {
            proxy.swallow(true);
            let begun = Instant::now();
            assert_eq!(asked(&client, what).await.1, Status::ServiceUnavailable, "{what}");
            assert!(begun.elapsed() < LIMIT, "{what}: {:?}", begun.elapsed());
            proxy.swallow(false);
            resumed(&client).await;
        }
        // All at once; and again, when there are no connections, and at any moment in between.
        proxy.swallow(true);
        all_are_refused(&client, "with connections").await;
        all_are_refused(&client, "without connections").await;
        rocket::tokio::time::sleep(Duration::from_millis(300)).await;
        all_are_refused(&client, "a little later").await;
        proxy.swallow(false);
        resumed(&client).await;
    });
}

/// Everything works again by itself, and soon.
async fn resumed(client: &Client) {
    let begun = Instant::now();
    while asked(client, "replace").await.1 != Status::Ok || asked(client, "read").await.1 != Status::Ok {
        assert!(begun.elapsed() < Duration::from_secs(10), "service does not resume");
        rocket::tokio::time::sleep(Duration::from_millis(50)).await;
    }
    all_work(client).await;
}

/// A statement that takes long is no silence.
#[test]
fn a_server_that_is_at_work_is_waited_for() {
    let server = Server::new();
    let proxy = Proxy::to(server.port);
    rocket::async_test(async {
        let client = client(&proxy).await;
        let begun = Instant::now();
        let answer = client.get("/sleep/6").dispatch().await;
        assert_eq!(answer.status(), Status::Ok);
        assert!(begun.elapsed() > Duration::from_secs(6));
    });
}

/// Silent from the beginning, or after any word of the launch.
#[test]
fn a_launch_does_not_wait_for_it_either() {
    let server = Server::new();
    rocket::async_test(async {
        drop(client(&Proxy::to(server.port)).await);
        // How many pieces a launch sends that changes nothing any more: until it has ignited, and in all.
        let first = Proxy::to(server.port);
        let ignited = crewed::ignite(rocket::custom(behind(&first)).attach(api())).await.unwrap();
        let until_ignited = first.sent();
        drop(ignited);
        let whole = Proxy::to(server.port);
        let launched = client(&whole).await;
        let in_all = whole.sent();
        drop(launched);
        assert!(until_ignited > 6 && in_all > until_ignited + 6, "{until_ignited} of {in_all}");
        for most in (0..5).chain((5..until_ignited).step_by(5)) {
            let proxy = Proxy::until(server.port, most);
            let figment = behind(&proxy);
            let begun = Instant::now();
            let told = rocket::tokio::task::spawn_blocking(|| refused(figment, api())).await.unwrap();
            assert!(begun.elapsed() < LIMIT, "after {most} pieces: {:?}", begun.elapsed());
            let is_told = told.contains("does not answer") || told.contains("there was no answer within 3s");
            assert!(is_told, "after {most} pieces: {told}");
        }
        // On liftoff, the program is told to shut down again.
        let mut failed = 0;
        for most in (until_ignited..in_all).step_by(7) {
            let proxy = Proxy::until(server.port, most);
            let begun = Instant::now();
            // Pieces that are sent one after the other may come as one, so that it does not come so far.
            let ignited = crewed::ignite(rocket::custom(behind(&proxy)).attach(api())).await;
            let client = match ignited {
                Ok(rocket) => Client::untracked(rocket).await.unwrap(),
                Err(_) => continue,
            };
            assert!(begun.elapsed() < LIMIT, "after {most} pieces: {:?}", begun.elapsed());
            let health = client.get("/health").dispatch().await.into_string().await.unwrap();
            // Nor do they tell where all of it was done.
            let is_done = health.contains(r#""store":"unavailable","migrations":"ok""#);
            assert!(is_done || health.contains(r#""migrations":"failed""#), "after {most} pieces: {health}");
            failed += u32::from(!is_done);
        }
        assert!(failed > 0, "no migration has failed");
    });
}
