#[macro_use]
extern crate rocket;

#[crewed::get("/")]
fn index() -> &'static str {
    "Hello"
}

fn main() {
    let _ = rocket::build().mount("/", routes![index]);
}
