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

fn read(path: &str) -> (Status, String) {
    let client = client();
    let answer = client.get(path.to_owned()).dispatch();
    (answer.status(), answer.into_string().unwrap_or_default())
}

#[test]
fn the_world_is_greeted() {
    assert_eq!(
        read("/"),
        (Status::Ok, r#"{"message":"Hello World"}"#.to_owned())
    );
}

#[test]
fn parameters_are_typed() {
    assert_eq!(
        read("/items/5?q=somequery"),
        (Status::Ok, r#"{"item_id":5,"q":"somequery"}"#.to_owned())
    );
    assert_eq!(
        read("/items/5"),
        (Status::Ok, r#"{"item_id":5,"q":null}"#.to_owned())
    );
    assert_eq!(read("/items/foo").0, Status::UnprocessableEntity);
}

#[test]
fn bodies_are_checked() {
    let put = |body: &str| {
        let client = client();
        let answer = client
            .put("/items/3")
            .header(ContentType::JSON)
            .body(body)
            .dispatch();
        (answer.status(), answer.into_string().unwrap_or_default())
    };
    let updated = (Status::Ok, r#"{"item_name":"hat","item_id":3}"#.to_owned());
    assert_eq!(put(r#"{"name": "hat", "price": 3.5}"#), updated);
    assert_eq!(
        put(r#"{"name": "hat", "price": -1}"#).0,
        Status::UnprocessableEntity
    );
}

#[test]
fn users_are_kept() {
    let client = client();
    let ada = r#"{"name":"ada","nickname":"countess"}"#;
    let created = client
        .post("/users")
        .header(ContentType::JSON)
        .body(ada)
        .dispatch();
    assert_eq!(created.status(), Status::Created);
    assert_eq!(
        client.get("/users/ada").dispatch().into_string().as_deref(),
        Some(ada)
    );
    assert_eq!(
        client.delete("/users/ada").dispatch().status(),
        Status::NoContent
    );
    assert_eq!(
        client.get("/users/ada").dispatch().status(),
        Status::NotFound
    );
}
