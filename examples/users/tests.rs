#![allow(clippy::unwrap_used, reason = "a test fails where it panics")]

use crewed::rocket::Config;
use crewed::rocket::local::blocking::Client;
use serde_json::{Value, json};

fn client() -> Client {
    let config = Config::figment().merge(("log_level", "off")).merge(("crewed.store", "sqlite::memory:"));
    Client::untracked(super::rocket().configure(config)).unwrap()
}

#[test]
fn a_user_comes_and_goes() {
    let client = client();
    let ada = json!({"name": "ada", "nickname": "countess"});
    let created = client.post("/users").json(&ada).dispatch();
    assert_eq!(created.status().code, 201);
    assert_eq!(created.headers().get_one("location"), Some("/users/ada"));

    let lady = json!({"name": "ada", "nickname": "lady"});
    assert_eq!(
        client.put("/users/ada").json(&json!({"nickname": "lady"})).dispatch().into_json(),
        Some(lady.clone())
    );
    assert_eq!(client.get("/users").dispatch().into_json(), Some(json!([lady])));
    assert_eq!(client.delete("/users/ada").dispatch().status().code, 204);
    assert_eq!(client.get("/users/ada").dispatch().into_json(), Some(json!({"detail": "Not Found"})));
}

#[test]
fn a_name_too_long_is_refused() {
    let name = "x".repeat(65);
    let client = client();
    let refused = client.post("/users").json(&json!({"name": name, "nickname": ""})).dispatch();
    assert_eq!(refused.status().code, 422);
    let body: Value = refused.into_json().unwrap();
    assert_eq!(body["detail"][0]["msg"], "String should have at most 64 characters");
}
