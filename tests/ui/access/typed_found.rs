use crewed::rocket::Request;
use crewed::rocket::http::Status;
use crewed::rocket::request::{FromRequest, Outcome};

#[crewed::depends]
fn current_user() -> i64 {
    1
}

fn no_dependency() -> i64 {
    1
}

#[crewed::caller]
struct Guard {
    id: i64,
}

#[crewed::caller(depends(current_user))]
struct OfAnotherType {
    id: i64,
}

#[crewed::caller(depends(no_dependency))]
struct OfNoDependency {
    id: i64,
}

/// A guard whose error no answer is made of.
#[crewed::caller]
struct OfAnotherError {
    id: i64,
}

#[crewed::rocket::async_trait]
impl<'r> FromRequest<'r> for OfAnotherError {
    type Error = std::fmt::Error;

    async fn from_request(_: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Error((Status::Unauthorized, std::fmt::Error))
    }
}

fn main() {}
