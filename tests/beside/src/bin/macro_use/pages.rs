//! A file that names nothing of Rocket's macros, which `macro_use` brings.

use crewed::prelude::*;
use rocket::serde::json::Json;

/// How many there are.
#[model]
pub(crate) struct Count {
    of: u8,
}

#[get("/page")]
pub(crate) fn page() -> &'static str {
    "a page"
}

#[crewed::get("/count/<of>")]
pub(crate) fn count(of: u8) -> Json<u8> {
    Json(Count { of }.of)
}
