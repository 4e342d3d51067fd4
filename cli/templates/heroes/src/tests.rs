//! What clients are promised.

use crewed::rocket::Config;
use crewed::rocket::http::{ContentType, Status};
use crewed::rocket::local::blocking::Client;

/// The program, with a store that is gone afterwards.
fn client() -> Client {
    let config = Config::figment()
        .merge(("crewed.store", "sqlite::memory:"))
        .merge(("log_level", "off"));
    Client::untracked(super::rocket().configure(config)).expect("the program launches")
}

fn create(client: &Client, body: &str) -> (Status, String) {
    let answer = client
        .post("/heroes")
        .header(ContentType::JSON)
        .body(body)
        .dispatch();
    (answer.status(), answer.into_string().unwrap_or_default())
}

#[test]
fn a_secret_goes_in_and_never_comes_out() {
    let client = client();
    let (status, hero) = create(
        &client,
        r#"{"name": "Deadpond", "secret_name": "Dive Wilson"}"#,
    );
    assert_eq!(status, Status::Created);
    assert!(
        hero.starts_with(r#"{"id":1,"name":"Deadpond","age":null,"power":1.0"#),
        "{hero}"
    );
    assert!(!hero.contains("Dive"), "{hero}");
}

#[test]
fn the_strongest_is_found() {
    let client = client();
    assert_eq!(
        client.get("/heroes/strongest").dispatch().status(),
        Status::NotFound
    );
    create(
        &client,
        r#"{"name": "Spider-Boy", "secret_name": "Pedro", "power": 2}"#,
    );
    create(
        &client,
        r#"{"name": "Rusty-Man", "secret_name": "Tommy", "power": 9.5}"#,
    );
    let strongest = client.get("/heroes/strongest").dispatch().into_string();
    assert_eq!(
        strongest.as_deref(),
        Some(r#"{"name":"Rusty-Man","power":9.5}"#)
    );
}
