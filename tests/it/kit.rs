//! What every test over the wire needs: a rocket with a store in memory, and short ways to ask it.

use crewed::prelude::*;
use crewed::rocket::figment::Figment;
use crewed::rocket::http::{ContentType, Header, Method};
use crewed::rocket::local::blocking::{Client, LocalResponse};
use crewed::rocket::{Orbit, Rocket};
use serde_json::Value;

use crate::store::harness::postgres_schema;

/// Says nothing, and stores nothing that stays: in memory, or where `CREWED_TEST_ENGINE` is `postgres`, in a
/// schema of its own.
pub(crate) fn config() -> Figment {
    let store = match std::env::var("CREWED_TEST_ENGINE").as_deref() {
        Err(_) => "sqlite::memory:".to_owned(),
        Ok("postgres") => postgres_schema(),
        Ok(other) => panic!("CREWED_TEST_ENGINE is `{other}`, and should be `postgres`"),
    };
    crewed::rocket::Config::figment().merge(("log_level", "off")).merge(("crewed.store", store))
}

/// A client of an API alone.
pub(crate) fn client(figment: Figment, api: Api) -> Client {
    Client::untracked(crewed::rocket::custom(figment).attach(api)).unwrap()
}

/// Runs code of a program's own, beside its API.
pub(crate) fn in_code(api: Api, work: impl AsyncFnOnce(&Rocket<Orbit>)) {
    let rocket = crewed::rocket::custom(config()).attach(api);
    crewed::rocket::async_test(async {
        let client = crewed::rocket::local::asynchronous::Client::untracked(rocket).await.unwrap();
        work(client.rocket()).await;
    });
}

/// A request, and what came back: the status, `Location`, and the body.
pub(crate) fn send<'c>(
    client: &'c Client,
    method: Method,
    path: &'c str,
    body: Option<Value>,
) -> LocalResponse<'c> {
    let request = client.req(method, path);
    match body {
        Some(body) => request.header(ContentType::JSON).body(body.to_string()).dispatch(),
        None => request.dispatch(),
    }
}

/// A request with these headers.
pub(crate) fn asked<'c>(
    client: &'c Client,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> LocalResponse<'c> {
    let mut request = client.req(method.parse::<Method>().unwrap(), path.to_owned());
    for (name, value) in headers {
        request.add_header(Header::new((*name).to_owned(), (*value).to_owned()));
    }
    request.dispatch()
}

/// All values of a header of an answer.
pub(crate) fn header(response: &LocalResponse<'_>, name: &str) -> Option<String> {
    let values: Vec<&str> = response.headers().get(name).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

pub(crate) fn json_of(response: LocalResponse<'_>) -> (u16, Value) {
    let status = response.status().code;
    (status, response.into_json().unwrap_or(Value::Null))
}

pub(crate) fn get(client: &Client, path: &str) -> (u16, Value) {
    json_of(send(client, Method::Get, path, None))
}

pub(crate) fn post(client: &Client, path: &str, body: Value) -> (u16, Value) {
    json_of(send(client, Method::Post, path, Some(body)))
}

pub(crate) fn put(client: &Client, path: &str, body: Value) -> (u16, Value) {
    json_of(send(client, Method::Put, path, Some(body)))
}

pub(crate) fn patch(client: &Client, path: &str, body: Value) -> (u16, Value) {
    json_of(send(client, Method::Patch, path, Some(body)))
}

pub(crate) fn delete(client: &Client, path: &str) -> (u16, Value) {
    json_of(send(client, Method::Delete, path, None))
}

/// The `type` and `loc` of each issue.
pub(crate) fn issues(body: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let issue = |issue: &Value| {
        let loc: Vec<String> = issue["loc"].as_array().unwrap().iter().map(text).collect();
        (text(&issue["type"]), loc.join("."))
    };
    body["detail"].as_array().unwrap_or_else(|| panic!("no issues: {body}")).iter().map(issue).collect()
}

pub(crate) fn only(kind: &str, loc: &str) -> Vec<(String, String)> {
    vec![(kind.to_owned(), loc.to_owned())]
}
