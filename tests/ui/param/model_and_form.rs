use crewed::post;
use crewed::prelude::*;
use crewed::rocket::form::{DataField, FromForm, Options, Result, ValueField};

#[model]
struct Login {
    username: String,
}

#[rocket::async_trait]
impl<'r> FromForm<'r> for Login {
    type Context = ();

    fn init(_: Options) {}
    fn push_value((): &mut (), _: ValueField<'r>) {}
    async fn push_data((): &mut (), _: DataField<'r, '_>) {}
    fn finalize((): ()) -> Result<'r, Self> {
        Ok(Login { username: String::new() })
    }
}

#[post("/login")]
fn login(login: Login) {
    drop(login);
}

#[post("/maybe", data = "<login>")]
fn maybe(login: Option<Login>) {
    drop(login);
}

fn main() {}
