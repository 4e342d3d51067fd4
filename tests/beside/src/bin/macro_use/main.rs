//! All of Rocket's macros in every file, and crewed's by their full names.

#[macro_use]
extern crate rocket;

mod pages;

use crewed::prelude::*;

/// Somebody, and the nickname they go by.
#[resource("/users")]
struct User {
    #[field(key)]
    name: String,
    nickname: String,
}

#[get("/")]
fn index() -> &'static str {
    "Ask for /users."
}

#[crewed::get("/users/<name>/greeting")]
fn greet(name: String) -> String {
    format!("Hello {name}")
}

#[crewed::launch]
fn rocket() -> _ {
    rocket::build()
        .mount("/", routes![index, pages::page])
        .attach(Api::new().resource::<User>().operations(operations![greet, pages::count]))
}

#[test]
fn both_are_served() {
    let config =
        rocket::Config::figment().merge(("log_level", "off")).merge(("crewed.store", "sqlite::memory:"));
    let client = rocket::local::blocking::Client::untracked(rocket().configure(config)).expect("a rocket");
    let text = |path: &'static str| client.get(path).dispatch().into_string().unwrap_or_default();
    assert_eq!(text("/"), "Ask for /users.");
    assert_eq!(text("/users"), "[]");
    assert_eq!(text("/users/ada/greeting"), "Hello ada");
    assert_eq!(text("/page"), "a page");
    assert_eq!(text("/count/3"), "3");
}
