async fn rocket() -> ::crewed::rocket::Rocket<::crewed::rocket::Build> {
    rocket::build()
}
fn main() {
    use ::crewed::__private as __crewed;
    const PROGRAM: __crewed::Launched = __crewed::Launched::new(
        ::core::option_env!("CARGO_PKG_NAME"),
        ::core::option_env!("CARGO_PKG_VERSION"),
    );
    __crewed::launch(PROGRAM, async move { rocket().await })
}
