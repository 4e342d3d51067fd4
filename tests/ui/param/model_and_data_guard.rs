use crewed::post;
use crewed::prelude::*;
use crewed::rocket::data::{Data, FromData, Outcome};
use crewed::rocket::request::Request;

#[model]
struct Signed {
    text: String,
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Signed {
    type Error = HttpError;

    async fn from_data(_: &'r Request<'_>, _: Data<'r>) -> Outcome<'r, Self> {
        Outcome::Success(Signed { text: String::new() })
    }
}

#[post("/signed", data = "<signed>")]
fn signed(signed: Signed) {
    drop(signed);
}

#[post("/maybe", data = "<signed>")]
fn maybe(signed: Option<Signed>) {
    drop(signed);
}

#[post("/bytes", data = "<bytes>")]
fn bytes(bytes: Vec<u8>) {
    drop(bytes);
}

fn main() {}
