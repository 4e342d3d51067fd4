#[crewed::launch]
fn main() -> _ {
    crewed::rocket::build()
}
