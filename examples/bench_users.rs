//! What `benches/compare` measures: users with a key that the store counts, a route that does no more than answer,
//! and some that do no more than read a body, for hostile ones.
//!
//! ```sh
//! cargo run --example bench_users
//! curl -X POST localhost:8000/users -H 'content-type: application/json' -d '{"name": "ada", "nickname": "countess"}'
//! curl localhost:8000/users/1
//! curl 'localhost:8000/users?nickname=countess&created_at__gte=2026-01-01T00:00:00Z&sort=-created_at&limit=20'
//! curl localhost:8000/constant
//! ```

use std::collections::BTreeMap;

use crewed::prelude::*;
use crewed::{get, post};
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
    let api = Api::new().title("Users").resource::<User>().resource::<Shelf>();
    rocket::build().attach(api.operations(operations![constant]).operations(takers()))
}
