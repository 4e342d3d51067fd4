#[crewed::launch]
fn rocket(port: u16) -> _ {
    crewed::rocket::build()
}
