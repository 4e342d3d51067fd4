//! Answers that a strict validator compares with the document: `scripts/validate-openapi.sh` reads the files that
//! are held here.
//!
//! Nulls stand wherever they may: for a model, an enum, a list, a member of a list or map, at every depth.

use std::collections::BTreeMap;

use crewed::prelude::*;
use crewed::rocket::http::Method;
use crewed::rocket::local::blocking::Client;
use crewed::rocket::serde::json::Json;
use crewed::{get, post};
use serde_json::{Value, json};

use crate::document::{golden, heroes, users};
use crate::kit::{client, config, send};

/// How they feel.
#[model]
#[serde(rename_all = "lowercase")]
enum Mood {
    Calm,
    Cross,
}

#[model(int)]
enum Rank {
    Low = 1,
    High = 2,
}

/// Where they live.
#[model]
struct Place {
    city: String,
    mood: Option<Mood>,
    /// The same again.
    within: Option<Box<Place>>,
    #[field(default)]
    ranks: Vec<Option<Rank>>,
}

#[resource("/people")]
struct Person {
    #[field(key)]
    name: String,
    /// Not always known.
    mood: Option<Mood>,
    rank: Option<Rank>,
    #[field(json)]
    place: Option<Place>,
    #[field(json)]
    home: Place,
    #[field(json)]
    others: Vec<Option<Place>>,
    #[field(json, default)]
    names: Vec<Option<String>>,
    #[field(json, default)]
    by_day: BTreeMap<String, Option<Mood>>,
    born: Option<NaiveDate>,
    #[field(scale = 2)]
    owes: Option<Decimal>,
    picture: Option<Vec<u8>>,
    #[field(write_only)]
    secret: Option<String>,
    #[field(created_at)]
    created_at: DateTime<Utc>,
}

#[model]
struct Wrapped<T> {
    value: Option<T>,
    values: Vec<Option<T>>,
}

#[model]
struct Partial {
    mood: Patched<Mood>,
    place: Patched<Place>,
    count: Patched<i64>,
}

#[post("/wrapped")]
fn wrapped(body: Wrapped<Place>) -> Json<Wrapped<Place>> {
    Json(body)
}

#[post("/moods")]
fn moods(body: Vec<Option<Mood>>) -> Json<Vec<Option<Mood>>> {
    Json(body)
}

#[post("/partial")]
fn partial(body: Partial) -> Json<Partial> {
    Json(body)
}

#[get("/nobody")]
fn nobody() -> Json<Option<Place>> {
    Json(None)
}

#[get("/either")]
fn either() -> Json<Option<Mood>> {
    Json(Some(Mood::Cross))
}

/// What was asked and what came, beside the document that says what may come.
struct Asked {
    client: Client,
    base: &'static str,
    answers: Vec<Value>,
}

impl Asked {
    fn of(client: Client, base: &'static str) -> Self {
        Asked { client, base, answers: Vec::new() }
    }

    /// Asks, and keeps the answer; `refused` are bodies that the document does not allow in its place.
    fn ask(&mut self, method: Method, path: &str, of: &str, body: Option<Value>, refused: &[Value]) -> Value {
        let address = format!("{}{path}", self.base);
        let answer = send(&self.client, method, &address, body);
        let status = answer.status().code;
        let mut body: Value = answer.into_json().unwrap();
        // The one thing that is not the same in every run.
        let rows =
            if body.is_array() { body.as_array_mut().unwrap().iter_mut().collect() } else { vec![&mut body] };
        for row in rows {
            for time in ["created_at", "updated_at"] {
                if let Some(time) = row.get_mut(time) {
                    *time = json!("2026-01-31T12:30:00.5Z");
                }
            }
        }
        self.answers.push(json!({
            "method": method.as_str().to_ascii_lowercase(), "path": format!("{}{of}", self.base), "status": status,
            "body": body, "refused": refused,
        }));
        body
    }

    fn held(self, name: &str) {
        let document: Value =
            self.client.get(format!("{}/openapi.json", self.base)).dispatch().into_json().unwrap();
        golden(&format!("openapi_{name}.json"), &document);
        golden(
            &format!("answers_{name}.json"),
            &json!({"document": format!("openapi_{name}.json"), "answers": self.answers}),
        );
    }
}

fn with(row: &Value, member: &str, value: Value) -> Value {
    let mut row = row.clone();
    row[member] = value;
    row
}

#[test]
fn rows_with_nulls() {
    let functions = operations![wrapped, moods, partial, nobody, either];
    let api = Api::new().at("/api").resource::<Person>().operations(functions);
    let mut asked = Asked::of(client(config(), api), "/api");
    let place = json!({"city": "Rome", "within": {"city": "Italy", "mood": "calm", "ranks": [1, null]}});
    let ada =
        json!({"name": "ada", "home": {"city": "London"}, "others": [null, place], "by_day": {"Mon": null}});
    let row = asked.ask(Method::Post, "/people", "/people", Some(ada), &[]);
    assert_eq!((&row["mood"], &row["place"], &row["others"][0]), (&json!(null), &json!(null), &json!(null)));
    let wrong = [
        with(&row, "home", json!(null)),
        with(&row, "name", json!(null)),
        with(&row, "mood", json!("angry")),
        with(&row, "mood", json!({})),
        with(&row, "place", json!({"town": "Rome"})),
        with(&row, "others", json!([1])),
        with(&row, "by_day", json!({"Mon": "angry"})),
        with(&row, "created_at", json!(null)),
    ];
    asked.ask(Method::Get, "/people/ada", "/people/{name}", None, &wrong);
    let full = json!({
        "mood": "cross", "rank": 2, "place": place, "home": place, "others": [], "names": [null, "a"], "born": "2000-02-29", "owes": "1.50",
        "picture": "Y3Jld2Vk", "secret": "x",
    });
    asked.ask(Method::Put, "/people/ada", "/people/{name}", Some(full), &[]);
    let patch = json!({"mood": null, "place": {"within": null, "mood": "calm"}, "rank": null});
    asked.ask(Method::Patch, "/people/ada", "/people/{name}", Some(patch), &[]);
    asked.ask(Method::Get, "/people", "/people", None, &[json!([null]), json!({})]);
    asked.ask(Method::Get, "/people/eve", "/people/{name}", None, &[json!({"detail": 1})]);
    asked.ask(Method::Post, "/people", "/people", Some(json!({"name": 1})), &[json!({"detail": "x"})]);

    let body = json!({"value": null, "values": [null, place]});
    asked.ask(Method::Post, "/wrapped", "/wrapped", Some(body), &[json!({"value": 1, "values": []})]);
    asked.ask(
        Method::Post,
        "/moods",
        "/moods",
        Some(json!([null, "calm"])),
        &[json!(["angry"]), json!(null)],
    );
    let bodies =
        [json!({"mood": null, "place": null, "count": null}), json!({}), json!({"mood": "calm", "count": 1})];
    for body in bodies {
        let answer =
            asked.ask(Method::Post, "/partial", "/partial", Some(body.clone()), &[json!({"mood": 1})]);
        assert_eq!(answer, body, "what is absent is left out");
    }
    asked.ask(Method::Get, "/nobody", "/nobody", None, &[json!(1), json!({})]);
    asked.ask(Method::Get, "/either", "/either", None, &[json!("angry")]);
    asked.held("nulls");
}

#[test]
fn rows_of_the_examples() {
    let of = |rocket: crewed::rocket::Rocket<crewed::rocket::Build>| {
        Asked::of(Client::untracked(rocket.configure(config())).unwrap(), "")
    };
    let mut asked = of(heroes::rocket());
    let hero = json!({"name": "Deadpond", "secret_name": "Dive Wilson"});
    asked.ask(Method::Post, "/heroes", "/heroes", Some(hero.clone()), &[]);
    asked.ask(Method::Post, "/heroes", "/heroes", Some(hero), &[]);
    asked.ask(Method::Patch, "/heroes/1", "/heroes/{id}", Some(json!({"age": 30})), &[]);
    asked.ask(Method::Get, "/heroes", "/heroes", None, &[json!([{}])]);
    asked.held("heroes");
    let mut asked = of(users::rocket());
    asked.ask(Method::Post, "/users", "/users", Some(json!({"name": "ada", "nickname": "countess"})), &[]);
    asked.ask(Method::Get, "/users/ada", "/users/{name}", None, &[json!({"name": "ada", "nickname": null})]);
    asked.ask(Method::Get, "/users/eve", "/users/{name}", None, &[]);
    asked.held("users");
}
