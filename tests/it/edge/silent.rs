//! A PostgreSQL that takes everything and says nothing.

use std::time::{Duration, Instant};

use crewed::prelude::*;
use crewed::rocket::figment::Figment;
use crewed::rocket::futures::future::{Future, join, join_all};
use crewed::rocket::futures::{StreamExt, stream};
use crewed::rocket::http::{ContentType, Status};
use crewed::rocket::local::asynchronous::Client;
use crewed::rocket::tokio::time::{sleep, timeout};
use crewed::rocket::{self};
use crewed::{get, post};
use tokio_postgres::NoTls;

use super::proxy::Proxy;
use crate::faults::server::Server;
use crate::kit::config;

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

const MILLIS: fn(u64) -> Duration = Duration::from_millis;

/// No answer takes longer.
const LIMIT: Duration = Duration::from_secs(5);

fn behind(proxy: &Proxy) -> Figment {
    at(&proxy.url())
}

fn at(url: &str) -> Figment {
    config().merge(("crewed.store", url)).merge(("crewed.page.max", 5000))
}

async fn client(proxy: &Proxy) -> Client {
    client_of(behind(proxy)).await
}

async fn client_of(figment: Figment) -> Client {
    Client::untracked(rocket::custom(figment).attach(api())).await.unwrap()
}

async fn make_one(client: &Client) {
    let made = client.post("/notes").header(ContentType::JSON).body(r#"{"name": "a", "about": {}}"#);
    assert_eq!(made.dispatch().await.status(), Status::Created);
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
        make_one(&client).await;
        all_work(&client).await;
        // Each by itself, on connections that are open, in a program and a database of its own.
        join_all(ALL.map(|what| is_not_waited_for(&server, what))).await;
        // All at once; and again, when there are no connections, and at any moment in between.
        proxy.swallow(true);
        all_are_refused(&client, "with connections").await;
        all_are_refused(&client, "without connections").await;
        sleep(MILLIS(300)).await;
        all_are_refused(&client, "a little later").await;
        proxy.swallow(false);
        resumed(&client).await;
    });
}

async fn is_not_waited_for(server: &Server, what: &'static str) {
    let database = copied(server, &format!("for {what}"), "template0").await;
    let proxy = Proxy::to(server.port);
    let client = client_of(at(&of_database(&proxy.url(), &database))).await;
    make_one(&client).await;
    all_work(&client).await;
    proxy.swallow(true);
    let begun = Instant::now();
    assert_eq!(asked(&client, what).await.1, Status::ServiceUnavailable, "{what}");
    assert!(begun.elapsed() < LIMIT, "{what}: {:?}", begun.elapsed());
    proxy.swallow(false);
    resumed(&client).await;
}

/// Somebody else in a database.
async fn connected(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    rocket::tokio::spawn(connection);
    client
}

fn of_database(url: &str, database: &str) -> String {
    url.replace("/postgres?", &format!("/{database}?"))
}

/// Makes another database of a server, with what is in one that nobody uses; gives its name.
async fn copied(server: &Server, name: &str, template: &str) -> String {
    let name = name.replace(' ', "_");
    let client = connected(&of_database(&server.url(), "template1")).await;
    client.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await.unwrap();
    name
}

/// Everything works again by itself, and soon.
async fn resumed(client: &Client) {
    let begun = Instant::now();
    while asked(client, "replace").await.1 != Status::Ok || asked(client, "read").await.1 != Status::Ok {
        assert!(begun.elapsed() < Duration::from_secs(10), "service does not resume");
        sleep(MILLIS(50)).await;
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

/// Silent from the beginning, or after any message of the launch.
#[test]
fn a_launch_does_not_wait_for_it_either() {
    let server = Server::new();
    rocket::async_test(async {
        drop(client(&Proxy::to(server.port)).await);
        // How many messages a launch sends that changes nothing any more: until it has ignited, and in all.
        let whole = Proxy::to(server.port);
        let ignited = crewed::ignite(rocket::custom(behind(&whole)).attach(api())).await.unwrap();
        let until_ignited = whole.sent();
        let launched = Client::untracked(ignited).await.unwrap();
        let in_all = whole.sent();
        drop(launched);
        assert!(until_ignited > 20 && in_all > until_ignited + 20, "{until_ignited} of {in_all}");

        // Each in a database of its own, where none waits for what another has begun. What the last message asks for
        // is not answered any more.
        let server = &server;
        let cases = (0..5).chain((5..until_ignited).step_by(7)).chain((until_ignited..in_all).step_by(7));
        let told: Vec<_> = stream::iter(cases)
            .map(|most| told_by_a_launch(server, most, most <= until_ignited))
            .buffer_unordered(6)
            .collect()
            .await;
        // On liftoff, the program is told to shut down again.
        assert!(told.iter().any(|told| told.contains(r#""migrations":"failed""#)), "no migration has failed");
    });
}

/// What a program tells whose server is silent after so many messages: that it does not launch, or its health.
async fn told_by_a_launch(server: &Server, most: usize, is_refused: bool) -> String {
    let database = copied(server, &format!("after {most}"), "postgres").await;
    let proxy = Proxy::until(server.port, most);
    let figment = at(&of_database(&proxy.url(), &database));
    let begun = Instant::now();
    let ignited = crewed::ignite(rocket::custom(figment).attach(api())).await;
    let rocket = match ignited {
        Ok(rocket) => rocket,
        Err(error) => {
            assert!(begun.elapsed() < LIMIT, "after {most} messages: {:?}", begun.elapsed());
            let told = error.to_string();
            let is_told = told.contains("does not answer") || told.contains("there was no answer within 3s");
            assert!(is_refused && is_told, "after {most} messages: {told}");
            return told;
        }
    };
    assert!(!is_refused, "after {most} messages it ignites");
    let client = Client::untracked(rocket).await.unwrap();
    assert!(begun.elapsed() < LIMIT, "after {most} messages: {:?}", begun.elapsed());
    let health = client.get("/health").dispatch().await.into_string().await.unwrap();
    // Nor does it tell where all of it was done.
    let is_told = health.contains(r#""store":"unavailable","migrations":"ok""#)
        || health.contains(r#""migrations":"failed""#);
    assert!(is_told, "after {most} messages: {health}");
    health
}

/// What is queued behind a group that waits does not wait twice as long.
#[test]
fn no_write_waits_longer_that_came_later() {
    let server = Server::new();
    let proxy = Proxy::to(server.port);
    rocket::async_test(async {
        let client = client(&proxy).await;
        make_one(&client).await;
        proxy.swallow(true);
        let writes = (0..30).map(|i| {
            let client = &client;
            async move {
                sleep(MILLIS(150 * i)).await;
                let begun = Instant::now();
                assert_eq!(asked(client, "replace").await.1, Status::ServiceUnavailable);
                begun.elapsed()
            }
        });
        let longest = join_all(writes).await.into_iter().max().unwrap();
        assert!(longest < LIMIT, "{longest:?}");
        proxy.swallow(false);
        resumed(&client).await;
    });
}

/// A read that has waited for a replica does not wait for the primary as long again.
#[test]
fn a_silent_replica_takes_no_time_of_a_silent_primary() {
    let primary = Server::new();
    let standby = Server::standby_of(&primary);
    let (first, second) = (Proxy::to(primary.port), Proxy::to(standby.port));
    rocket::async_test(async {
        let client = client_of(behind(&first).merge(("crewed.replicas", [second.url()]))).await;
        make_one(&client).await;
        sleep(MILLIS(1500)).await;
        all_work(&client).await;
        sleep(MILLIS(1500)).await;
        second.swallow(true);
        let begun = Instant::now();
        for (what, status) in join_all(["read", "list", "long list"].map(|what| asked(&client, what))).await {
            assert_eq!(status, Status::Ok, "{what} of the primary");
        }
        assert!(begun.elapsed() < LIMIT, "{:?}", begun.elapsed());
        second.swallow(false);
        sleep(MILLIS(4000)).await;
        first.swallow(true);
        second.swallow(true);
        all_are_refused(&client, "with connections").await;
        all_are_refused(&client, "without connections").await;
    });
}

fn both(first: &Proxy, second: &Proxy) -> Figment {
    let hosts = format!("127.0.0.1:{},127.0.0.1:{}", first.port, second.port);
    at(&format!("postgres://postgres@{hosts}/postgres?sslmode=disable"))
}

/// Nor does it make the second one count as silent.
#[test]
fn a_first_host_that_says_nothing_keeps_nobody_from_the_second() {
    let server = Server::new();
    let (first, second) = (Proxy::until(server.port, 0), Proxy::to(server.port));
    rocket::async_test(async {
        let begun = Instant::now();
        let client = client_of(both(&first, &second)).await;
        // Each of the connections of the launch finds the second host soon.
        assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
        let begun = Instant::now();
        let health = client.get("/health").dispatch().await.into_string().await.unwrap();
        assert!(health.contains(r#""store":"ok""#), "{health}");
        make_one(&client).await;
        all_work(&client).await;
        assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
        // What takes long is waited for, and no connection is given up meanwhile.
        let naps = join_all([6, 6].map(|seconds| client.get(format!("/sleep/{seconds}")).dispatch()));
        assert!(naps.await.iter().all(|nap| nap.status() == Status::Ok));
        let made = second.made();
        all_work(&client).await;
        assert_eq!(second.made(), made, "connections were made again");
        // A launch that waits for a lock, too.
        let locker = connected(&server.url()).await;
        locker.batch_execute("BEGIN; LOCK TABLE _crewed_schema IN ACCESS EXCLUSIVE MODE").await.unwrap();
        let unlocked = async {
            sleep(MILLIS(6000)).await;
            locker.batch_execute("COMMIT").await.unwrap();
        };
        let figment = both(&first, &second);
        let launched = join(crewed::ignite(rocket::custom(figment).attach(api())), unlocked).await.0;
        assert!(launched.is_ok(), "{:?}", launched.err().map(|error| error.to_string()));
    });
}

/// Whoever waits for the first host is told, and the others go on with the second.
#[test]
fn a_host_that_becomes_silent_is_left_for_the_next() {
    let server = Server::new();
    let (first, second) = (Proxy::to(server.port), Proxy::to(server.port));
    rocket::async_test(async {
        let client = client_of(both(&first, &second)).await;
        make_one(&client).await;
        all_work(&client).await;
        assert_eq!(second.made(), 0);
        first.swallow(true);
        let begun = Instant::now();
        join_all(ALL.map(|what| asked(&client, what))).await;
        assert!(begun.elapsed() < LIMIT, "{:?}", begun.elapsed());
        let begun = Instant::now();
        resumed(&client).await;
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    });
}

/// All who wait learn together what a new connection says.
#[test]
fn those_who_wait_do_not_each_open_a_connection() {
    let server = Server::new();
    let proxy = Proxy::to(server.port);
    rocket::async_test(async {
        let client = client(&proxy).await;
        make_one(&client).await;
        // Both connections that reads share.
        for _ in 0..4 {
            asked(&client, "read").await;
        }
        proxy.lose();
        let before = proxy.made();
        let reads = join_all((0..300).map(|_| asked(&client, "read")));
        assert!(timeout(MILLIS(6000), reads).await.is_err(), "nobody waited");
        let made = proxy.made() - before;
        assert!((1..20).contains(&made), "{made} connections");
        // Nobody is given those connections any more.
        let begun = Instant::now();
        assert_eq!(asked(&client, "read").await.1, Status::Ok);
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    });
}

/// The connections of a machine that is gone stay open, while a proxy in front of it refuses new ones.
#[test]
fn a_server_that_is_gone_is_not_waited_for() {
    let server = Server::new();
    let proxy = Proxy::to(server.port);
    rocket::async_test(async {
        let client = client(&proxy).await;
        make_one(&client).await;
        all_work(&client).await;
        proxy.lose();
        proxy.refuse();
        all_are_refused(&client, "with connections").await;
        all_are_refused(&client, "without connections").await;
    });
}

/// A server with no room for another connection says so, and is there.
#[test]
fn a_server_that_takes_no_more_connections_is_waited_for() {
    let server = Server::new();
    rocket::async_test(async {
        let beside = connected(&server.url()).await;
        beside.batch_execute("CREATE ROLE app LOGIN; GRANT ALL ON SCHEMA public TO app").await.unwrap();
        let client = client_of(at(&server.url().replace("postgres@", "app@"))).await;
        make_one(&client).await;
        let full = async {
            sleep(MILLIS(300)).await;
            beside.batch_execute("ALTER ROLE app CONNECTION LIMIT 1").await.unwrap();
            let idle = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE usename = 'app' AND state = 'idle'";
            beside.query(idle, &[]).await.unwrap();
            sleep(MILLIS(100)).await;
            assert_eq!(asked(&client, "read").await.1, Status::ServiceUnavailable);
        };
        let (nap, ()) = join(client.get("/sleep/6").dispatch(), full).await;
        assert_eq!(nap.status(), Status::Ok);
    });
}

/// The server does not go on for nobody.
#[test]
fn a_read_that_is_given_up_is_interrupted() {
    let server = Server::new();
    let proxy = Proxy::to(server.port);
    rocket::async_test(async {
        let client = client_of(behind(&proxy).merge(("crewed.timeouts.request", 0.5))).await;
        make_one(&client).await;
        let beside = connected(&server.url()).await;
        beside.batch_execute("BEGIN; LOCK TABLE notes IN ACCESS EXCLUSIVE MODE").await.unwrap();
        let waiting = async || -> i64 {
            let query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
            beside.query_one(query, &[]).await.unwrap().get(0)
        };
        let reads = join_all((0..8).map(|_| asked(&client, "long list")));
        let (refused, at_once) = join(reads, async {
            sleep(MILLIS(400)).await;
            waiting().await
        })
        .await;
        assert!(refused.iter().all(|(_, status)| *status == Status::ServiceUnavailable));
        assert!(at_once > 0, "nobody waited");
        let begun = Instant::now();
        while waiting().await > 0 {
            assert!(begun.elapsed() < Duration::from_secs(5), "{} still wait", waiting().await);
            sleep(MILLIS(100)).await;
        }
        beside.batch_execute("COMMIT").await.unwrap();
        assert_eq!(asked(&client, "long list").await.1, Status::Ok);
    });
}
