//! Routes of Rocket's, in a file that takes crewed's prelude too.

use crewed::prelude::*;
use rocket::form::{Form, FromForm};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::{Route, State, get, post, routes, uri};

use crate::Motto;

/// Whoever asks.
pub(crate) struct Visitor;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Visitor {
    type Error = HttpError;

    async fn from_request(_: &'r Request<'_>) -> Outcome<Self, HttpError> {
        Outcome::Success(Visitor)
    }
}

#[derive(FromForm)]
struct Page<'r> {
    title: &'r str,
}

#[get("/<number>")]
fn page(number: u8, motto: &State<Motto>, _visitor: Visitor) -> String {
    format!("page {number} of {}", motto.0)
}

#[get("/link")]
fn link() -> String {
    uri!("/pages", page(8)).to_string()
}

#[post("/", data = "<page>")]
fn write(page: Form<Page<'_>>) -> String {
    page.title.to_owned()
}

/// One of crewed's, in the same file.
#[crewed::get("/count?<of>")]
pub(crate) fn count(of: Vec<String>, _visitor: Visitor) -> String {
    of.len().to_string()
}

pub(crate) fn routes() -> Vec<Route> {
    routes![page, link, write]
}
