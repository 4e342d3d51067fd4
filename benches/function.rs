//! What a function under crewed's `#[post]` costs beside one under Rocket's own: a typed body of ten
//! fields, read, held to its rules, and answered with a number.
//!
//! ```sh
//! cargo bench --bench function
//! ```
//!
//! Each stands on a rocket of its own, which is asked through Rocket's local client, one request after
//! the other: what is compared is what lies between the request and the function. Rocket's route takes
//! `rocket::serde::json::Json` of a struct with serde's own derive, which checks no rule.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark fails where it panics")]

use crewed::prelude::*;
use crewed::rocket::http::ContentType;
use crewed::rocket::local::blocking::Client;
use crewed::rocket::serde::json::Json;

#[model]
struct Order {
    number: i64,
    #[field(min_length = 1, max_length = 64)]
    name: String,
    street: String,
    #[field(min_length = 2)]
    city: String,
    zip: Option<String>,
    #[field(gt = 0.0)]
    price: f64,
    #[field(ge = 1, le = 100)]
    count: u32,
    express: bool,
    tags: Vec<String>,
    note: Option<String>,
}

#[derive(serde::Deserialize)]
#[allow(dead_code, reason = "it is read, which is what is measured")]
struct Plain {
    number: i64,
    name: String,
    street: String,
    city: String,
    zip: Option<String>,
    price: f64,
    count: u32,
    express: bool,
    tags: Vec<String>,
    note: Option<String>,
}

const BODY: &str = r#"{"number": 1234567, "name": "Ada Lovelace", "street": "12 St James's Square",
    "city": "London", "zip": "SW1Y 4JH", "price": 39.99, "count": 3, "express": true,
    "tags": ["gift", "fragile"], "note": null}"#;

#[crewed::post("/crewed")]
fn with_crewed(order: Order) -> Json<i64> {
    Json(order.number)
}

#[crewed::post("/crewed/<id>?<q>")]
fn with_parameters(id: i64, q: Option<String>, order: Order) -> Json<i64> {
    Json(order.number + id + q.map_or(0, |q| q.len() as i64))
}

#[rocket::post("/rocket", data = "<order>")]
fn with_rocket(order: Json<Plain>) -> Json<i64> {
    Json(order.number)
}

#[rocket::post("/rocket/<id>?<q>", data = "<order>")]
fn with_rockets_parameters(id: i64, q: Option<String>, order: Json<Plain>) -> Json<i64> {
    Json(order.number + id + q.map_or(0, |q| q.len() as i64))
}

fn client(path: &str) -> Client {
    let figment = crewed::rocket::Config::figment().merge(("log_level", "off"));
    let rocket = crewed::rocket::custom(figment);
    Client::untracked(match path.starts_with("/crewed") {
        true => rocket.attach(Api::new().operations(operations![with_crewed, with_parameters])),
        false => rocket.mount("/", crewed::rocket::routes![with_rocket, with_rockets_parameters]),
    })
    .unwrap()
}

fn asked(bencher: divan::Bencher<'_, '_>, path: &'static str) {
    let client = client(path);
    let request = client.post(path).header(ContentType::JSON).body(BODY);
    assert_eq!(request.clone().dispatch().status().code, 200);
    bencher.bench_local(|| request.clone().dispatch().status().code);
}

#[divan::bench(args = ["/crewed", "/rocket"])]
fn a_body_of_ten_fields(bencher: divan::Bencher<'_, '_>, path: &'static str) {
    asked(bencher, path);
}

#[divan::bench(args = ["/crewed/7?q=abc", "/rocket/7?q=abc"])]
fn and_two_parameters(bencher: divan::Bencher<'_, '_>, path: &'static str) {
    asked(bencher, path);
}

fn main() {
    divan::main();
}
