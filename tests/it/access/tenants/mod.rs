//! Tenants: their rows do not exist for each other, and what is unique is so in each of them.

mod code;
mod nulls;
mod reads;
mod schema;
mod texts;
mod unique;
mod writes;

use crewed::prelude::*;
use crewed::rocket::data::Data;
use crewed::rocket::http::{ContentType, Header, Method, Status};
use crewed::rocket::local::blocking::Client;
use crewed::rocket::outcome::Outcome;
use crewed::rocket::request::{self, FromRequest};
use crewed::rocket::route::{BoxFuture, Outcome as Routed, Route};
use crewed::rocket::{Request, async_trait};
use serde_json::{Value, json};

use super::ask;
use crate::kit::{config, in_code};

/// Who asks: `x-caller: 7 1` is the seventh, of the first tenant; `7 1 root` belongs to all.
#[crewed::caller(all_tenants = self.is_root)]
#[derive(Debug)]
struct Worker {
    #[caller(id)]
    id: i64,
    #[caller(tenant)]
    org: i64,
    is_root: bool,
}

impl Worker {
    fn of(id: i64, org: i64) -> Self {
        Worker { id, org, is_root: false }
    }
}

#[async_trait]
impl<'r> FromRequest<'r> for Worker {
    type Error = HttpError;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, HttpError> {
        let Some(sent) = request.headers().get_one("x-caller") else {
            return Outcome::Forward(Status::Unauthorized);
        };
        let words: Vec<&str> = sent.split(' ').collect();
        let number = |at: usize| words.get(at).and_then(|word| word.parse().ok());
        match (number(0), number(1)) {
            (Some(id), Some(org)) => {
                Outcome::Success(Worker { id, org, is_root: words.get(2) == Some(&"root") })
            }
            _ => Outcome::Error((Status::Unauthorized, HttpError::new(401, "Bad credentials"))),
        }
    }
}

/// All of it is everybody's, as far as the tenant goes.
#[resource(
    "/books",
    access(caller = Worker, public),
    unique(shelf, place),
    unique(color, place, everywhere),
    export("jsonl", "csv"),
)]
#[derive(Debug, PartialEq)]
struct Book {
    #[field(key, generated, filter)]
    id: i64,
    #[field(tenant, filter, sort)]
    org_id: i64,
    #[field(owner, filter)]
    maker_id: i64,
    #[field(unique, filter, sort, search, example = "a")]
    name: String,
    #[field(unique(everywhere))]
    code: Option<String>,
    shelf: Option<i64>,
    place: Option<i64>,
    color: Option<i64>,
}

fn api() -> Api {
    Api::new().resource::<Book>()
}

/// The same API on the base "", on "/api", and behind routes of the user's that take every request and pass it on.
fn everywhere(api: impl Fn() -> Api) -> Vec<(Client, &'static str)> {
    fn passes<'r>(_: &'r Request<'_>, data: Data<'r>) -> BoxFuture<'r> {
        Routed::forward(data, Status::ImATeapot).pin()
    }
    let methods = [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete];
    let routes: Vec<Route> =
        methods.into_iter().map(|method| Route::ranked(-100, method, "/<_..>", passes)).collect();
    let mut all = Vec::new();
    for base in ["", "/api"] {
        let rocket = || crewed::rocket::custom(config()).attach(api().at(base));
        all.push((Client::untracked(rocket()).unwrap(), base));
        all.push((Client::untracked(rocket().mount("/", routes.clone())).unwrap(), base));
    }
    all
}

fn named(name: &str) -> Value {
    json!({"name": name, "code": null, "shelf": null, "place": null, "color": null})
}

/// A body with more members than a name.
fn with(name: &str, more: Value) -> Value {
    let mut body = named(name);
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// Creates a row, and returns its key.
fn new(client: &Client, path: &str, caller: &str, body: Value) -> i64 {
    let (status, row) = ask(client, "POST", path, caller, Some(body));
    assert_eq!(status, 201, "{row}");
    row["id"].as_i64().unwrap()
}

/// The names of rows.
fn names(answer: (u16, Value)) -> Vec<String> {
    let (status, rows) = answer;
    assert_eq!(status, 200, "{rows}");
    rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

/// All that is answered: the status, the headers, and the bytes.
fn whole(
    client: &Client,
    (method, path): (&str, &str),
    caller: &str,
    headers: &[(&'static str, &'static str)],
    body: Option<Value>,
) -> (u16, Vec<(String, String)>, String) {
    let mut request = client.req(method.parse::<Method>().unwrap(), path.to_owned());
    if !caller.is_empty() {
        request.add_header(Header::new("x-caller", caller.to_owned()));
    }
    headers.iter().for_each(|(name, value)| request.add_header(Header::new(*name, *value)));
    if let Some(body) = body {
        request.add_header(ContentType::JSON);
        request.set_body(body.to_string());
    }
    let answer = request.dispatch();
    let mut headers: Vec<(String, String)> = answer
        .headers()
        .iter()
        .map(|header| (header.name().as_str().to_owned(), header.value().to_owned()))
        .collect();
    headers.sort();
    (answer.status().code, headers, answer.into_string().unwrap_or_default())
}
