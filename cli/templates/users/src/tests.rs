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
        .post("/users")
        .header(ContentType::JSON)
        .body(body)
        .dispatch();
    (answer.status(), answer.into_string().unwrap_or_default())
}

#[test]
fn users_are_kept() {
    let client = client();
    let ada = r#"{"name":"ada","nickname":"countess"}"#;
    assert_eq!(create(&client, ada), (Status::Created, ada.to_owned()));
    assert_eq!(
        client.get("/users/ada").dispatch().into_string().as_deref(),
        Some(ada)
    );
    assert_eq!(create(&client, ada).0, Status::Conflict);
    assert_eq!(
        create(&client, r#"{"name":""}"#).0,
        Status::UnprocessableEntity
    );
}

#[test]
fn users_are_greeted() {
    let client = client();
    create(&client, r#"{"name":"ada","nickname":"countess"}"#);
    let greeting = client
        .get("/users/ada/greeting?times=2")
        .dispatch()
        .into_string();
    assert_eq!(
        greeting.as_deref(),
        Some("Hello, countess! Hello, countess!")
    );
    assert_eq!(
        client.get("/users/eve/greeting").dispatch().status(),
        Status::NotFound
    );
    assert_eq!(
        client
            .get("/users/ada/greeting?times=11")
            .dispatch()
            .status(),
        Status::UnprocessableEntity
    );
}
