#![allow(clippy::unwrap_used, reason = "a test fails where it panics")]

use crewed::rocket::Config;
use crewed::rocket::local::blocking::Client;
use serde_json::{Value, json};

fn client() -> Client {
    let config = Config::figment().merge(("log_level", "off")).merge(("crewed.store", "sqlite::memory:"));
    Client::untracked(super::rocket().configure(config)).unwrap()
}

fn deadpond() -> Value {
    json!({"name": "Deadpond", "secret_name": "Dive Wilson"})
}

#[test]
fn a_secret_goes_in_and_never_comes_out() {
    let client = client();
    let created = client.post("/heroes").json(&deadpond()).dispatch();
    assert_eq!(created.headers().get_one("location"), Some("/heroes/1"));
    let hero: Value = created.into_json().unwrap();
    assert_eq!((&hero["id"], &hero["age"], &hero["power"]), (&json!(1), &Value::Null, &json!(1.0)));
    assert!(hero.get("secret_name").is_none(), "{hero}");
    let list = client.get("/heroes").dispatch().into_string().unwrap();
    assert!(!list.contains("Dive"), "{list}");
}

#[test]
fn two_heroes_share_no_name() {
    let client = client();
    client.post("/heroes").json(&deadpond()).dispatch();
    let taken = client.post("/heroes").json(&deadpond()).dispatch();
    assert_eq!(taken.status().code, 409);
    assert_eq!(taken.into_json::<Value>().unwrap()["detail"][0]["loc"], json!(["body", "name"]));
}

#[test]
fn a_patch_changes_what_it_names() {
    let client = client();
    client.post("/heroes").json(&deadpond()).dispatch();
    let patched = client.patch("/heroes/1").json(&json!({"age": 41})).dispatch();
    let patched: Value = patched.into_json().unwrap();
    assert_eq!((&patched["age"], &patched["name"]), (&json!(41), &json!("Deadpond")));
    assert_ne!(patched["updated_at"], patched["created_at"]);
    let cleared = client.patch("/heroes/1").json(&json!({"age": null})).dispatch();
    assert_eq!(cleared.into_json::<Value>().unwrap()["age"], Value::Null);
    let refused = client.patch("/heroes/1").json(&json!({"power": 0})).dispatch();
    assert_eq!(refused.status().code, 422);
}

#[test]
fn heroes_are_found_by_what_is_known_of_them() {
    let client = client();
    for (name, age) in [("Deadpond", json!(null)), ("Spider-Boy", json!(17)), ("Rusty-Man", json!(48))] {
        let hero = json!({"name": name, "age": age, "secret_name": "Tommy Sharp"});
        assert_eq!(client.post("/heroes").json(&hero).dispatch().status().code, 201);
    }
    let names = |query: &str| {
        let found: Vec<Value> = client.get(format!("/heroes?{query}")).dispatch().into_json().unwrap();
        found.iter().map(|hero| hero["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(", ")
    };
    for (query, found) in [
        ("age__gte=18", "Rusty-Man"),
        ("age__isnull=true", "Deadpond"),
        ("q=boy", "Spider-Boy"),
        ("q=tommy", ""),
        ("name__contains=-&sort=-age", "Rusty-Man, Spider-Boy"),
        ("sort=name&limit=2", "Deadpond, Rusty-Man"),
    ] {
        assert_eq!(names(query), found, "{query}");
    }
    assert_eq!(client.get("/heroes?secret_name=Tommy").dispatch().status().code, 422);
}
