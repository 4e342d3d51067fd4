#[crewed::launch]
struct Rocket;

fn main() {}
