//! Access rules: who may see and do what, over the wire and in code.

mod answers;
mod callers;
mod closed;
mod code;
mod comparisons;
mod fields;
mod found;
mod migrations;
mod nothing;
mod order;
mod proofs;
mod tenants;

use crewed::prelude::*;
use crewed::rocket::Request;
use crewed::rocket::http::{ContentType, Header, Status};
use crewed::rocket::local::blocking::Client;
use crewed::rocket::outcome::Outcome;
use crewed::rocket::request::{self, FromRequest};
use serde_json::{Value, json};

use crate::kit::{config, in_code};

#[model]
#[serde(rename_all = "lowercase")]
#[derive(Clone, Copy)]
enum Role {
    User,
    Editor,
    Admin,
}

/// Who asks: `x-caller: 1 user`, a number and a role.
#[crewed::caller]
struct Me {
    #[caller(id)]
    id: i64,
    role: Role,
}

impl Me {
    fn is_admin(&self) -> bool {
        matches!(self.role, Role::Admin)
    }
}

#[crewed::rocket::async_trait]
impl<'r> FromRequest<'r> for Me {
    type Error = HttpError;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, HttpError> {
        let Some(sent) = request.headers().get_one("x-caller") else {
            return Outcome::Forward(Status::Unauthorized);
        };
        let me = sent.split_once(' ').and_then(|(id, role)| {
            let role = match role {
                "user" => Role::User,
                "editor" => Role::Editor,
                "admin" => Role::Admin,
                _ => return None,
            };
            Some(Me { id: id.parse().ok()?, role })
        });
        match me {
            Some(me) => Outcome::Success(me),
            None => Outcome::Error((Status::Unauthorized, HttpError::new(401, "Bad credentials"))),
        }
    }
}

/// A note, which its owner has written.
#[resource(
    "/notes",
    access(
        caller = Me,
        read(public_note || owner || matches!(caller.role, Role::Editor | Role::Admin)),
        create(caller),
        update(owner),
        delete(owner || caller.is_admin()),
    ),
    export("jsonl", "csv"),
)]
#[derive(Debug)]
struct Note {
    #[field(key, generated)]
    id: i64,
    #[field(owner)]
    owner_id: i64,
    #[field(filter)]
    public_note: bool,
    #[field(filter, sort, index, search)]
    title: String,
    #[field(unique)]
    slug: Option<String>,
}

/// A client of an API on the base "", and one of the same on "/api", with what stands before a path.
fn on_bases<C: 'static>(api: impl Fn() -> Api<C>) -> Vec<(Client, &'static str)> {
    let client = |base: &'static str| {
        let rocket = crewed::rocket::custom(config()).attach(api().at(base));
        (Client::untracked(rocket).unwrap(), base)
    };
    vec![client(""), client("/api")]
}

/// The answer to a request of a caller, who is nobody if it is "".
fn ask(client: &Client, method: &str, path: &str, caller: &str, body: Option<Value>) -> (u16, Value) {
    let method = method.parse().unwrap();
    let mut request = client.req(method, path.to_owned());
    if !caller.is_empty() {
        request.add_header(Header::new("x-caller", caller.to_owned()));
    }
    if let Some(body) = body {
        request.add_header(ContentType::JSON);
        request.set_body(body.to_string());
    }
    let answer = request.dispatch();
    let status = answer.status().code;
    let text = answer.into_string().unwrap_or_default();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// Creates a note, and returns its key.
fn note(client: &Client, base: &str, caller: &str, title: &str, public: bool) -> i64 {
    let body = json!({"title": title, "public_note": public, "slug": null});
    let (status, row) = ask(client, "POST", &format!("{base}/notes"), caller, Some(body));
    assert_eq!(status, 201, "{row}");
    row["id"].as_i64().unwrap()
}
