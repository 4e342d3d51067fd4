async fn rocket() -> ::crewed::rocket::Rocket<::crewed::rocket::Build> {
    rocket::build()
}
fn main() {
    use ::crewed::__private as __crewed;
    __crewed::launch(async move { rocket().await })
}
