#[crewed::launch]
fn rocket() {
    crewed::rocket::build();
}
