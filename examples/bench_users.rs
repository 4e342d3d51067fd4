//! What `benches/compare` measures: users with a key that the store counts, a route that does no more than answer, notes
//! under access rules beside the same without, and routes that do no more than read a body, for hostile ones.
//!
//! ```sh
//! cargo run --example bench_users
//! curl -X POST localhost:8000/users -H 'content-type: application/json' -d '{"name": "ada", "nickname": "countess"}'
//! curl localhost:8000/users/1
//! curl 'localhost:8000/users?nickname=countess&created_at__gte=2026-01-01T00:00:00Z&sort=-created_at&limit=20'
//! curl localhost:8000/constant
//! curl -X POST localhost:8000/notes -H 'content-type: application/json' -H 'x-caller: 7' -d '{"title": "mine"}'
//! curl localhost:8000/notes -H 'x-caller: 7'
//! ```

use std::collections::BTreeMap;

use crewed::prelude::*;
use crewed::{Router, get, post};
use rocket::Request;
use rocket::http::Status;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use rocket::response::{self, Responder};
use rocket::serde::json::Json;

#[resource("/users", index(nickname, created_at))]
struct User {
    #[field(key, generated)]
    id: i64,
    #[field(unique, min_length = 1, max_length = 64)]
    name: String,
    #[field(filter(eq))]
    nickname: String,
    #[field(created_at, filter(gte), sort)]
    created_at: DateTime<Utc>,
}

/// Who asks: `x-caller: 7`.
#[crewed::caller]
struct Me {
    #[caller(id)]
    id: i64,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Me {
    type Error = HttpError;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, HttpError> {
        match request.headers().get_one("x-caller").map(str::parse) {
            Some(Ok(id)) => Outcome::Success(Me { id }),
            Some(Err(_)) => Outcome::Error((Status::Unauthorized, HttpError::new(401, "Bad credentials"))),
            None => Outcome::Forward(Status::Unauthorized),
        }
    }
}

/// Asks who asks, and no more: what rules cost is told beyond this.
#[crewed::depends]
fn known(me: Me) -> Me {
    me
}

/// Resources with the same columns, which differ by who may do what.
macro_rules! notes {
    ($($path:literal $name:ident($($access:tt)*) owner_id($($owner:tt)*);)*) => {
        $(#[resource($path, $($access)*)]
        struct $name {
            #[field(key, generated)]
            id: i64,
            #[field($($owner)*)]
            owner_id: i64,
            #[field(min_length = 1, max_length = 64)]
            title: String,
            #[field(created_at)]
            created_at: DateTime<Utc>,
        })*
    };
}

notes! {
    "/notes" Note(access(caller = Me, owner)) owner_id(owner);
    "/posts" Post(access(public)) owner_id(index, sort, filter(eq));
    "/memos" Memo() owner_id(index, sort, filter(eq));
    "/tasks" Task() owner_id(index, sort, filter(eq));
}

/// Rows that hold what a body can hold a lot of.
#[resource("/shelves")]
struct Shelf {
    #[field(key, generated)]
    id: i64,
    #[field(json, default)]
    items: BTreeMap<String, i64>,
    #[field(json, default)]
    numbers: Vec<f64>,
    #[field(default)]
    text: String,
}

#[model]
struct Constant {
    id: i64,
    name: String,
}

/// What a stored row's answer is compared with: a body as small, and no store.
#[get("/constant")]
fn constant() -> Json<Constant> {
    Json(Constant { id: 1, name: "ada".to_owned() })
}

/// An answer that is the caller's alone: it has the headers that answers have under access rules.
struct Private(Json<Constant>);

impl<'r> Responder<'r, 'static> for Private {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = self.0.respond_to(request)?;
        response.set_raw_header("Cache-Control", "private, no-cache");
        response.adjoin_raw_header("Vary", "Authorization, Cookie, X-API-Key");
        Ok(response)
    }
}

/// What these headers cost by themselves.
#[get("/private")]
fn private() -> Private {
    Private(constant())
}

/// A struct of sixty fields.
macro_rules! wide {
    ($name:ident, $kind:ty: $($field:ident)*) => {
        #[model]
        struct $name {
            $($field: $kind,)*
        }
    };
}

wide!(Required, i64: a b c d e f g h i j k l m n o p q r s t u v w x y z aa ab ac ad ae af ag ah ai aj ak al am an
    ao ap aq ar at au av aw ax ay az ba bb bc bd be bf bg bh bi);
wide!(Optional, Option<String>: a b c d e f g h i j k l m n o p q r s t u v w x y z aa ab ac ad ae af ag ah ai aj ak
    al am an ao ap aq ar at au av aw ax ay az ba bb bc bd be bf bg bh bi);

#[model]
#[serde(deny_unknown_fields)]
struct Record {
    name: String,
    #[field(default)]
    parts: Vec<Record>,
}

macro_rules! read_and_no_more {
    ($($path:literal $name:ident: $body:ty;)*) => {
        $(#[post($path)]
        fn $name(#[param(body)] body: $body) -> &'static str {
            let _ = body;
            "taken"
        })*

        fn takers() -> Vec<crewed::AnyFunction> {
            operations![$($name,)*].into_iter().collect()
        }
    };
}

read_and_no_more! {
    "/required" required: Json<Required>;
    "/requireds" requireds: Json<Vec<Required>>;
    "/optionals" optionals: Json<Vec<Optional>>;
    "/record" record: Json<Record>;
    "/floats" floats: Json<Vec<f64>>;
    "/lists" lists: Json<Vec<Vec<String>>>;
    "/map" map: Json<BTreeMap<String, i64>>;
    "/maps" maps: Json<Vec<BTreeMap<String, i64>>>;
    "/any" any: Json<rocket::serde::json::Value>;
}

#[crewed::launch]
fn rocket() -> _ {
    let guarded = Router::new("").depends::<known>().resource::<Task>();
    let notes = Router::new("").resource::<Note>().resource::<Post>().resource::<Memo>().include(guarded);
    let api = Api::new().title("Users").resource::<User>().resource::<Shelf>().include(notes);
    rocket::build().attach(api.operations(operations![constant, private]).operations(takers()))
}
