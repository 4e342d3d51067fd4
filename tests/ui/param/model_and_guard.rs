use crewed::prelude::*;
use crewed::rocket::request::{FromRequest, Outcome, Request};
use crewed::{get, post};

#[model]
struct User {
    username: String,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for User {
    type Error = HttpError;

    async fn from_request(_: &'r Request<'_>) -> Outcome<Self, HttpError> {
        Outcome::Success(User { username: "ada".to_owned() })
    }
}

#[post("/whoami")]
fn whoami(current_user: User) {
    drop(current_user);
}

#[get("/me")]
fn me(current_user: User) {
    drop(current_user);
}

#[post("/maybe")]
fn maybe(current_user: Option<User>) {
    drop(current_user);
}

#[post("/described")]
fn described(#[param(deprecated)] current_user: User) {
    drop(current_user);
}

fn main() {}
