//! A PostgreSQL that can be read and not written.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crewed::post;
use crewed::prelude::*;
use crewed::rocket::figment::Figment;
use crewed::rocket::local::blocking::Client;
use serde_json::json;

use crate::faults::server::Server;
use crate::kit::{client, config, delete, get, patch, post};
use crate::launch::refused;

#[resource("/notes")]
struct Note {
    #[field(key)]
    name: String,
    #[field(default = 0)]
    stars: i64,
}

#[post("/twice")]
async fn twice(notes: Repository<Note>) -> Result<&'static str, HttpError> {
    notes
        .transaction(|tx| async move {
            tx.of::<Note>().create(NoteCreate { name: "twice".to_owned(), stars: 0 }).await.map(drop)
        })
        .await?;
    Ok("done")
}

fn api() -> Api {
    Api::new().resource::<Note>().operations(operations![twice])
}

fn of(url: &str) -> Figment {
    config().merge(("crewed.store", url)).merge(("crewed.page.max", 5000))
}

/// It reads, by all ways, and refuses whatever would be written, each time soon.
fn only_reads(client: &Client) {
    let begun = Instant::now();
    for path in ["/notes/a", "/notes", "/notes?limit=5000"] {
        assert_eq!(get(client, path).0, 200, "{path}");
    }
    assert_eq!(get(client, "/notes/nobody").0, 404);
    for _ in 0..3 {
        assert_eq!(post(client, "/notes", json!({"name": "b"})).0, 503);
        assert_eq!(patch(client, "/notes/a", json!({"stars": 1})).0, 503);
        assert_eq!(delete(client, "/notes/a").0, 503);
        assert_eq!(post(client, "/twice", json!(null)).0, 503);
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    sleep(Duration::from_millis(1050));
    assert_eq!(get(client, "/health").1["checks"]["store"], "read-only");
}

fn writes_again(client: &Client) {
    let begun = Instant::now();
    while patch(client, "/notes/a", json!({"stars": 2})).0 != 200 {
        assert!(begun.elapsed() < Duration::from_secs(10), "it does not write again");
        sleep(Duration::from_millis(50));
    }
    // What was just written is read, and not what the server had that was read-only. Other connections read than write.
    let read = |path: &str| loop {
        match get(client, path) {
            (503, _) => assert!(begun.elapsed() < Duration::from_secs(10), "it does not read again"),
            (_, body) => break body,
        }
    };
    assert_eq!(read("/notes/a")["stars"], 2);
    assert_eq!(read("/notes")[0]["stars"], 2);
    sleep(Duration::from_millis(1050));
    assert_eq!(get(client, "/health").1["checks"]["store"], "ok");
}

fn read_only(server: &Server, is_read_only: bool) {
    let value = if is_read_only { "on" } else { "off" };
    server.query(&format!("ALTER SYSTEM SET default_transaction_read_only = {value}"));
    server.query("SELECT pg_reload_conf()::text");
    server.until(&format!("SELECT (current_setting('transaction_read_only') = '{value}')::text"));
}

#[test]
fn a_server_that_is_made_read_only_still_reads() {
    let server = Server::new();
    let client = client(of(&server.url()), api());
    assert_eq!(post(&client, "/notes", json!({"name": "a"})).0, 201);
    read_only(&server, true);
    only_reads(&client);
    // Programs that start meanwhile, as tables are as declared.
    only_reads(&crate::kit::client(of(&server.url()), api()));
    read_only(&server, false);
    writes_again(&client);
}

/// What would have to be made cannot be: such a program is not ready, and says why where it is launched.
#[test]
fn tables_that_are_not_there_are_not_made() {
    let server = Server::new();
    read_only(&server, true);
    let told = refused(of(&server.url()).merge(("crewed.migrate", "check")), api());
    assert!(told.contains("notes"), "{told}");
    let client = client(of(&server.url()), api());
    let (status, health) = get(&client, "/health");
    assert_eq!((status, &health["checks"]["migrations"]), (503, &json!("failed")));
    assert_eq!(get(&client, "/notes").0, 503);
}

/// A standby that is all there is, until it takes over.
#[test]
fn a_standby_reads_and_writes_once_it_is_promoted() {
    let primary = Server::new();
    let before = client(of(&primary.url()), api());
    assert_eq!(post(&before, "/notes", json!({"name": "a"})).0, 201);
    let standby = Server::standby_of(&primary);
    let client = client(of(&standby.url()), api());
    only_reads(&client);
    standby.promote();
    writes_again(&client);
}

/// Where there are several hosts, a standby does not stand in for a primary that is away: it may lack what was written.
#[test]
fn a_standby_is_not_read_while_its_primary_is_away() {
    let primary = Server::new();
    let standby = Server::standby_of(&primary);
    let hosts = format!("127.0.0.1:{},127.0.0.1:{}", primary.port, standby.port);
    let client = client(of(&format!("postgres://postgres@{hosts}/postgres?sslmode=disable")), api());
    assert_eq!(post(&client, "/notes", json!({"name": "a"})).0, 201);
    assert_eq!(get(&client, "/notes/a").0, 200);
    primary.crash();
    assert_eq!(get(&client, "/notes/a").0, 503);
    standby.promote();
    writes_again(&client);
}
