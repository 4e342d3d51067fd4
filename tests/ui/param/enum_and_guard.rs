use crewed::prelude::*;
use crewed::rocket::request::{FromRequest, Outcome, Request};
use crewed::{get, post};

#[model]
enum Role {
    Reader,
    Writer,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Role {
    type Error = HttpError;

    async fn from_request(_: &'r Request<'_>) -> Outcome<Self, HttpError> {
        Outcome::Success(Role::Reader)
    }
}

#[get("/me")]
fn me(role: Role) {
    drop(role);
}

#[post("/described")]
fn described(#[param(deprecated)] role: Role) {
    drop(role);
}

#[post("/said")]
fn said(#[param(guard)] role: Role, #[param(body)] other: Role) {
    drop((role, other));
}

fn main() {}
