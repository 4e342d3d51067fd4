use crewed::get;

#[get("/", rank = 2, format = "json")]
fn read() {}

fn main() {}
