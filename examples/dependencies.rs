//! The tutorial's dependencies: functions, classes, sub-dependencies, in decorators, global, and with `yield`.
//!
//! ```sh
//! cargo run --example dependencies
//! curl 'localhost:8000/items/?q=foo&skip=20'
//! curl localhost:8000/sub/items/ -H 'cookie: last_query=bar'
//! curl localhost:8000/decorators/items/ -H 'x-token: secret-token' -H 'x-key: secret-key'
//! ```

use std::sync::atomic::{AtomicUsize, Ordering};

use crewed::get;
use crewed::prelude::*;
use rocket::State;
use rocket::serde::json::{Json, Value, json};

// Dependencies: `#[crewed::depends]` makes a function one. Its arguments are taken from the request like those of an
// operation. As it has no route, a number or a text that says nothing else is a parameter of the query, and a model
// is the body.

#[model]
struct CommonParameters {
    q: Option<String>,
    skip: i64,
    limit: i64,
}

#[crewed::depends]
fn common_parameters(
    q: Option<String>,
    #[param(default = 0)] skip: i64,
    #[param(default = 100)] limit: i64,
) -> CommonParameters {
    CommonParameters { q, skip, limit }
}

// `depends(..)` gives an argument the value. Both operations have `q`, `skip` and `limit` in the document.
#[get("/items/")]
fn read_items(#[param(depends(common_parameters))] commons: CommonParameters) -> Json<CommonParameters> {
    Json(commons)
}

#[get("/users/")]
fn read_users(#[param(depends(common_parameters))] commons: CommonParameters) -> Json<CommonParameters> {
    Json(commons)
}

// Classes: the value may be of any type that owns what it has. A class whose constructor FastAPI calls is a struct
// here, with a function that makes it, and methods of its own.

struct Slice {
    skip: u32,
    limit: u32,
}

impl Slice {
    fn of(&self, items: &[&'static str]) -> Vec<&'static str> {
        items.iter().copied().skip(self.skip as usize).take(self.limit as usize).collect()
    }
}

#[crewed::depends]
fn slice_parameters(#[param(default = 0)] skip: u32, #[param(default = 100, le = 100)] limit: u32) -> Slice {
    Slice { skip, limit }
}

#[get("/classes/items/")]
fn read_slice(#[param(depends(slice_parameters))] slice: Slice) -> Value {
    json!({ "items": slice.of(&["Foo", "Bar", "Baz"]) })
}

// Sub-dependencies: a dependency takes the value of another in the same way. One that several depend on is asked once
// for each request, and each of them gets a clone of its value; `depends(query_extractor, fresh)` would ask it again.

#[crewed::depends]
fn query_extractor(q: Option<String>) -> Option<String> {
    q
}

#[crewed::depends]
fn query_or_cookie_extractor(
    #[param(depends(query_extractor))] q: Option<String>,
    #[param(cookie)] last_query: Option<String>,
) -> Option<String> {
    q.or(last_query)
}

#[get("/sub/items/")]
fn read_query(#[param(depends(query_or_cookie_extractor))] query_or_default: Option<String>) -> Value {
    json!({ "q_or_cookie": query_or_default })
}

// In decorators: where nobody needs the value, the attribute of the operation names the dependency. One that returns
// an `Err` ends the request, and the operation is not called. `response(..)` tells the document of it.

#[crewed::depends(response(400, "X-Token header invalid"))]
fn verify_token(#[param(header)] x_token: String) -> Result<(), HttpError> {
    if x_token == "secret-token" { Ok(()) } else { Err(HttpError::new(400, "X-Token header invalid")) }
}

#[crewed::depends(response(400, "X-Key header invalid"))]
fn verify_key(#[param(header)] x_key: String) -> Result<String, HttpError> {
    if x_key == "secret-key" { Ok(x_key) } else { Err(HttpError::new(400, "X-Key header invalid")) }
}

#[get("/decorators/items/", depends(verify_token, verify_key))]
fn read_items_with_key() -> Value {
    json!([{ "item": "Foo" }, { "item": "Bar" }])
}

// Global: `Api::depends` below has this asked before every operation. `&State` is what the rocket manages.

#[derive(Default)]
struct Requests(AtomicUsize);

#[crewed::depends]
fn count_request(requests: &State<Requests>) {
    requests.0.fetch_add(1, Ordering::Relaxed);
}

// With `yield`: what stands behind it in Python is a function that `after` names. It is given the value when the answer
// was sent, be it an error or not. As it is one more receiver of the value, that is `Clone`.

static OPEN_SESSIONS: AtomicUsize = AtomicUsize::new(0);

/// A session with a database, which this program has none of: it knows how many are open, itself included.
#[derive(Clone)]
struct Session(usize);

#[crewed::depends(after = close)]
async fn get_session() -> Session {
    Session(1 + OPEN_SESSIONS.fetch_add(1, Ordering::Relaxed))
}

async fn close(_: Session) {
    OPEN_SESSIONS.fetch_sub(1, Ordering::Relaxed);
}

#[get("/yield/sessions")]
fn read_sessions(#[param(depends(get_session))] session: Session, requests: &State<Requests>) -> Value {
    json!({ "open_sessions": session.0, "requests": requests.0.load(Ordering::Relaxed) })
}

#[crewed::launch]
fn rocket() -> _ {
    let api = Api::new().title("dependencies").depends::<count_request>();
    let api = api.operations(operations![read_items, read_users, read_slice, read_query]);
    let api = api.operations(operations![read_items_with_key, read_sessions]);
    rocket::build().manage(Requests::default()).attach(api)
}
