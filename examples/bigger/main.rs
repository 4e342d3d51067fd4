//! The tutorial's "Bigger Applications", in several files: routers, and dependencies that several of them share.
//!
//! ```sh
//! cargo run --example bigger
//! curl 'localhost:8000/users/?token=jessica'
//! curl 'localhost:8000/items/plumbus?token=jessica' -H 'x-token: fake-super-secret-token'
//! ```

mod dependencies;
mod internal;
mod routers;

use crewed::{Router, get, prelude::*};
use rocket::serde::json::{Value, json};

use crate::dependencies::{get_query_token, get_token_header};

#[get("/")]
async fn root() -> Value {
    json!({ "message": "Hello Bigger Applications!" })
}

#[crewed::launch]
fn rocket() -> _ {
    let admin = Router::new("/admin").tag("admin").depends::<get_token_header>();
    let admin = admin.response(418, "I'm a teapot").include(internal::admin::router());
    let api = Api::new().title("bigger").depends::<get_query_token>().include(routers::users::router());
    rocket::build().attach(api.include(routers::items::router()).include(admin).operations(operations![root]))
}
